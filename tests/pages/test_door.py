"""Coming in: any name, no e-mail, a member's yes; a voice without a vote; nobody needs a device."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.store.votes import Vote
from tests.pages.commune import AT_ONCE, URL, Commune, Member, commune, token, words
from tests.pages.hall import sitting
from tests.pages.test_deciding import proposed

Open = Callable[[str], Commune]
ENTRANT = re.compile(r'name="entrant" value="([^"]+)"')


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """A commune with the rule of entry that is asked for."""
    running = []

    def begin(entry: str) -> Commune:
        made = commune(tmp_path, AT_ONCE | {"entry": entry})
        running.append(made)
        return made.__enter__()

    yield begin
    for made in running:
        made.__exit__(None, None, None)


class Phone:
    """A browser in the hand of somebody whom nobody knows here yet."""

    def __init__(self, harbour: Commune) -> None:
        self.browser = TestClient(harbour.client.app, base_url=URL, follow_redirects=True)

    def knock(self, name: str, status: int = 200) -> str:
        data = {"csrf": token(self.browser.get("/door").text), "name": name}
        answer = self.browser.post("/door", data=data, headers={"Origin": URL})
        assert answer.status_code == status
        return words(answer.text)

    def look(self, path: str = "/door") -> str:
        return words(self.browser.get(path).text)

    def send(self, path: str, page: str, status: int = 200, **fields: str) -> str:
        data = {"csrf": token(self.browser.get(page).text), **fields}
        answer = self.browser.post(path, data=data, headers={"Origin": URL})
        assert answer.status_code == status, answer.text
        return words(answer.text)


def says(member: Member, said: str, status: int = 200, **fields: str) -> str:
    """What a member says to whoever waits first."""
    entrant = ENTRANT.search(member.browser.get("/door/keep").text)
    assert entrant is not None
    return member.send("/door/keep", "/door/keep", status, entrant=entrant[1], say=said, **fields)


@pytest.mark.shows("B21")
@pytest.mark.shows("R3")
def test_between_meetings_who_asks_is_in_by_the_charters_rule_and_votes_at_once(opened: Open) -> None:
    harbour = opened("vouch(1)")
    zoe, ada = Phone(harbour), harbour.member("Ada")
    assert "You can come to the meetings, listen and speak without an account." in zoe.look("/")
    assert "From 16 years of age one votes here" in zoe.look()
    assert "Show this to a member at the door: Zoe" in zoe.knock("Zoe")
    assert "1 person asks to come in." in ada.read("/")
    says(ada, "vote")
    assert "You are in. You may vote." in zoe.look()
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    version = ada.version(path)
    assert "13 members may vote." in zoe.look(path)
    assert "Recorded. You can change it until" in zoe.send(f"{path}/vote", path, choice="agree", version=version)


@pytest.mark.withstands("F05")
def test_who_comes_in_later_is_not_counted_in_a_vote_that_is_open(opened: Open) -> None:
    harbour = opened("vouch(1)")
    zoe, ada = Phone(harbour), harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    zoe.knock("Zoe")
    says(ada, "vote")
    zoe.look()
    page = zoe.look(path)
    assert "12 members may vote." in page
    assert "You are not on the list for this vote; you can speak below." in page


def test_two_members_vouch_and_nobody_vouches_twice(opened: Open) -> None:
    harbour = opened("vouch(2)")
    zoe, ada, jo = Phone(harbour), harbour.member("Ada"), harbour.member("Jo")
    zoe.knock("Zoe")
    says(ada, "vote")
    assert "Said yes: Ada." in says(ada, "vote")
    assert "Show this to a member" in zoe.look()
    assert "Nobody waits." in says(jo, "vote")
    assert "You are in." in zoe.look()
    assert "Zoe" in ada.read("/members")


@pytest.mark.shows("B20")
@pytest.mark.shows("R3")
@pytest.mark.shows("G14")
def test_a_voice_speaks_and_an_observer_looks_on_and_neither_votes(opened: Open) -> None:
    harbour = opened("vouch(2)")
    kid, guest, ada = Phone(harbour), Phone(harbour), harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    kid.knock("")
    says(ada, "voice")
    guest.knock("Rosa of the press")
    says(ada, "observer")
    assert "You may speak; you have no vote." in kid.look()
    assert "You are in, to look on." in guest.look()
    assert "We are cold." in kid.send(f"{path}/comment", path, text="We are cold.")
    refused = "You may listen and speak here; whoever has a vote does this."
    assert refused in guest.send(f"{path}/comment", path, 403, text="Why?")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    assert "12 members may vote." in kid.look(path)
    stranger = "You are not on the members’ list that was fixed when this vote opened."
    assert stranger in kid.send(f"{path}/vote", path, 403, choice="agree", version=ada.version(path))
    at_door = ada.read("/door/keep")
    assert "no name voice" in at_door
    assert "Rosa of the press observer" in at_door
    assert "12 people are on the members’ list." in ada.read("/members")


def test_a_door_keeper_ticks_many_who_wait_and_presses_once(opened: Open) -> None:
    harbour = opened("vouch(2)")
    hall = sitting(harbour.instance, proposed(harbour.instance, "task"))
    phones, kim = [Phone(harbour) for _ in range(40)], harbour.member("Kim")
    for number, phone in enumerate(phones):
        phone.knock(f"Guest {number}")
    waiting = list(dict.fromkeys(ENTRANT.findall(kim.browser.get("/door/keep").text)))
    assert len(waiting) == 40
    assert "Tick at least one." in kim.send("/door/keep", "/door/keep", 422, say="vote")
    page = kim.send("/door/keep", "/door/keep", entrant=waiting[:-1], say="vote")
    assert "Guest 39" in page
    assert "Guest 38" not in page.partition("Members who come in")[0]
    assert hall.numbers()["vote"] == 39
    assert "You are in. You may vote tonight." in phones[0].look()
    assert "Show this to a member at the door" in phones[39].look()


def test_whom_another_let_in_meanwhile_stops_nobody_who_is_ticked(opened: Open) -> None:
    harbour = opened("vouch(1)")
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    for name in ("Zoe", "Lina", ""):
        Phone(harbour).knock(name)
    zoe, lina, nameless = dict.fromkeys(ENTRANT.findall(ada.browser.get("/door/keep").text))
    jo.send("/door/keep", "/door/keep", entrant=zoe, say="vote")
    refused = ada.send("/door/keep", "/door/keep", 422, entrant=[zoe, nameless, lina], say="vote")
    assert "A name has 1 to 60 characters." in refused
    assert {"Zoe", "Lina"} <= set(ada.read("/members").split())


def test_members_who_come_to_a_meeting_are_ticked_and_let_in_by_one_press(opened: Open) -> None:
    harbour = opened("vouch(2)")
    hall = sitting(harbour.instance, proposed(harbour.instance, "task"))
    kim = harbour.member("Kim")
    keep = kim.browser.get("/door/keep").text
    boxes = re.findall(r'type="checkbox" name="member" value="(\d+)"', keep)
    assert len(boxes) == 12
    door = f"/meetings/{hall.meeting.id}/door"
    assert "Nobody of that name is here." in kim.send(door, "/door/keep", 422, member=[boxes[0], "999"])
    assert hall.numbers()["vote"] == 0
    assert "9 are here" in kim.send(door, "/door/keep", member=boxes[:9])
    assert hall.numbers()["vote"] == 9
    assert "Tick at least one." in kim.send(door, "/door/keep", 422)


@pytest.mark.shows("B20")
def test_a_voice_is_deleted_at_will_and_what_was_said_stays_without_a_name(opened: Open) -> None:
    harbour = opened("vouch(2)")
    kid, ada = Phone(harbour), harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    kid.knock("Lina")
    says(ada, "voice")
    kid.look()
    kid.send(f"{path}/comment", path, text="We are cold.")
    assert "Lina" in ada.read(path)
    assert "Ask to come in" in kid.send("/door/forget-me", "/")
    page = ada.read(path)
    assert "We are cold." in page
    assert "Lina" not in page + ada.read("/door/keep")
    assert "You are on the members’ list" in ada.send("/door/forget-me", "/", 422)


@pytest.mark.shows("B21")
def test_a_name_or_a_card_on_the_paper_list_is_a_full_member(opened: Open) -> None:
    harbour = opened("vouch(1)")
    ada = harbour.member("Ada")
    ada.send("/door/paper", "/door/keep", name="Old Hassan", card="", say="vote")
    ada.send("/door/paper", "/door/keep", name="", card="41", say="vote")
    members = ada.read("/members")
    assert "14 people are on the members’ list." in members
    assert "Old Hassan" in members
    assert "Card 41 card 41" in members


def test_one_no_has_a_name_and_undoes_nobodys_yes(opened: Open) -> None:
    harbour = opened("vouch(2)")
    zoe, ada, jo, tom = Phone(harbour), harbour.member("Ada"), harbour.member("Jo"), harbour.member("Tom")
    zoe.knock("Zoe")
    says(jo, "vote")
    page = says(ada, "no", reason="Nobody knows where she lives.")
    assert "Said yes: Jo. Ada said no: Nobody knows where she lives." in page
    says(tom, "vote")
    assert "You are in. You may vote." in zoe.look()


def test_what_is_before_the_assembly_about_somebody_no_two_members_decide(opened: Open) -> None:
    harbour = opened("vouch(2)")
    zoe, ada, jo = Phone(harbour), harbour.member("Ada"), harbour.member("Jo")
    zoe.knock("Zoe")
    says(ada, "no", reason="Nobody knows where she lives.")
    zoe.send("/door/assembly", "/door")
    assert "the assembly" in says(jo, "vote", 422)


def test_who_is_refused_reads_why_and_asks_the_assembly_which_decides(opened: Open) -> None:
    harbour = opened("vouch(2)")
    zoe, ada, jo = Phone(harbour), harbour.member("Ada"), harbour.member("Jo")
    zoe.knock("Zoe")
    assert "Say why not" in says(ada, "no", 422)
    says(ada, "no", reason="Nobody knows where she lives.")
    assert "You were not let in: Nobody knows where she lives." in zoe.look()
    assert "The assembly is asked whether you come in." in zoe.send("/door/assembly", "/door")
    listed = ada.browser.get("/proposals").text
    assert "Zoe asks to come in" in listed
    path = re.findall(r'href="(/proposals/[0-9A-Z]{26})"', listed)[0]
    harbour.meeting(path).send(f"{path}/open", path, closes_in="1", unit="hours", where="meeting")
    for teller in (ada, jo):
        teller.send(f"{path}/count", path, agree="7", disagree="1")
    assert "Adopted." in jo.closes(path)
    assert "You are in. You may vote tonight." in zoe.look()
    stranger = words(harbour.client.get("/decisions").text)
    assert "Zoe" not in stranger


def test_the_assembly_decides_where_its_rule_says_so(opened: Open) -> None:
    harbour = opened("assembly")
    zoe, ada = Phone(harbour), harbour.member("Ada")
    zoe.knock("Zoe")
    assert "By our rules the assembly itself decides" in says(ada, "vote", 422)
    says(ada, "assembly")
    assert "The assembly is asked whether you come in." in zoe.look()
    assert "Zoe asks to come in" in ada.read("/proposals")


@pytest.mark.withstands("B25")
def test_a_name_that_is_taken_and_a_form_of_elsewhere_are_refused(opened: Open) -> None:
    harbour = opened("vouch(2)")
    zoe = Phone(harbour)
    assert "That name is on the list." in zoe.knock("ada", 422)
    assert "A name has 1 to 60 characters." in zoe.knock("x" * 61, 422)
    assert "Write the name in one alphabet" in zoe.knock("\u0410da", 422)  # a Cyrillic А
    assert "That name is on the list." in zoe.knock("\u0408\u043e", 422)  # Jo, in Cyrillic letters alone
    data = {"csrf": "x", "name": "Zoe"}
    assert zoe.browser.post("/door", data=data, headers={"Origin": URL}).status_code == 403
    assert zoe.browser.post("/door", data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert "Nobody waits." in harbour.member("Ada").read("/door/keep")


@pytest.mark.shows("B20")
@pytest.mark.shows("B21")
@pytest.mark.shows("R3")
def test_who_scans_the_wall_sheet_is_in_by_one_yes_is_present_and_votes(opened: Open) -> None:
    harbour = opened("vouch(2)")
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    zoe, kid, kim = Phone(harbour), Phone(harbour), harbour.member("Kim")
    assert re.search(
        r"Meeting (tonight|today|\w+day \d+ \w+,) .*UTC, School hall\. You can listen and speak", zoe.look()
    )
    zoe.knock("Zoe")
    kid.knock("")
    says(kim, "vote")
    assert "Nobody waits." in says(kim, "voice")
    assert hall.numbers() == {"vote": 1, "voice": 1, "room0": 1}
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    page = zoe.look()
    assert "You are in. You may vote tonight. Open now: Winter fuel" in page
    path = f"/proposals/{item.id}"
    assert "13 members may vote." in zoe.look(path)
    sent = zoe.send(f"{path}/vote", path, choice="agree", version=item.act_digest)
    assert "Recorded. You can change it until" in sent
    assert "You may speak; you have no vote. The meeting and its agenda" in kid.look()


@pytest.mark.withstands("F34")
def test_one_member_alone_lets_nobody_in_with_a_vote_whatever_duties_they_take(opened: Open) -> None:
    harbour = opened("door")
    instance = harbour.instance
    zoe, jo, kim = Phone(harbour), harbour.member("Jo"), harbour.member("Kim")
    zoe.knock("Zoe")
    assert "members say yes at a meeting, and none is going on" in says(kim, "vote", 409)
    hall = sitting(instance)  # Jo begins it
    says(jo, "vote")
    assert "Show this to a member at the door: Zoe" in zoe.look()
    assert hall.numbers()["vote"] == 0
    says(kim, "vote")
    assert "You are in." in zoe.look()
    assert hall.numbers()["vote"] == 1


def test_at_the_door_of_several_rooms_each_is_seated_where_they_go(opened: Open) -> None:
    harbour = opened("vouch(1)")
    hall = sitting(harbour.instance, rooms=("Upper village", "Mill"))
    kim = harbour.member("Kim")
    assert "The meeting has no such room." in kim.send(
        "/door/paper", "/door/keep", 422, name="Ali", say="vote", room="2"
    )
    kim.send("/door/paper", "/door/keep", name="Old Hassan", say="vote", room="1")
    kim.send("/door/paper", "/door/keep", 422, name="Rosa", say="vote", room="x")
    assert hall.numbers() == {"vote": 1, "voice": 0, "room0": 0, "room1": 1}
    assert "Card 1 Old Hassan" in kim.read("/door/keep")


@pytest.mark.shows("B20")
def test_who_is_deleted_at_will_in_a_meeting_leaves_a_card_with_no_name(opened: Open) -> None:
    harbour = opened("vouch(2)")
    hall = sitting(harbour.instance)
    kid, kim = Phone(harbour), harbour.member("Kim")
    kid.knock("Lina")
    says(kim, "voice")
    kid.look()
    assert "Card 1 Lina (voice, no vote)" in kim.read("/door/keep")
    kid.send("/door/forget-me", "/")
    assert "Lina" not in kim.read("/door/keep")
    assert hall.numbers()["voice"] == 1
