"""Choosing among several options on the pages, online and by hands in the room."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from app.store import acts, votes
from tests.pages.commune import AT_ONCE, URL, Commune, Member, commune, token, words

RULES = {
    "dates": {"method": "approval", "quorum": "1/5"},
    "marks": {"method": "score", "quorum": "1/5"},
    "money": {"method": "dots", "n": 5, "quorum": "1/5"},
    "names": {"method": "ranked", "quorum": "1/5"},
    "quick": {"method": "consent", "quorum": "1/5"},
    "trial": {"method": "provisional", "window": "P3D", "quorum": "1/5"},
}


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path, AT_ONCE | {"rules": AT_ONCE["rules"] | RULES}) as opened:
        yield opened


def sealed(harbour: Commune, act_type: str) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, act_type)))
    return [json.loads(act.raw) for act in found]


def ask(harbour: Commune, category: str, *options: str, status: int = 200) -> str:
    """The path of a question of Ada's that is voted on in a meeting."""
    member = harbour.member("Ada")
    page = token(member.browser.get("/proposals/new").text)
    fields = {
        "csrf": page,
        "title": "A question",
        "text": "Which?",
        "category": category,
        "options": "\n".join(options),
    }
    answer = member.browser.post("/proposals/new", data=fields, headers={"Origin": URL})
    assert answer.status_code == status, answer.text
    path = answer.url.path
    if status == 200:
        harbour.meeting(path).send(f"{path}/open", path, closes_in="7", unit="days", where="meeting")
    return path


def send(member: Member, path: str, form: str, fields: dict[str, str | list[str]], status: int = 200) -> str:
    """Send a form of the page of a question; the words of the page that answers."""
    page = member.browser.get(path).text
    answer = member.browser.post(f"{path}/{form}", data={"csrf": token(page), **fields}, headers={"Origin": URL})
    assert answer.status_code == status, answer.text
    return words(answer.text)


def choose(member: Member, path: str, fields: dict[str, str | list[str]], status: int = 200) -> str:
    return send(member, path, "vote", {"version": member.version(path), **fields}, status)


def in_the_room(harbour: Commune, path: str, fields: dict[str, str | list[str]]) -> str:
    jo, baran = harbour.member("Jo"), harbour.member("Baran")
    for teller in (jo, baran):
        send(teller, path, "count", fields)
    return jo.closes(path)


def test_approval_adds_up_ticks_online_and_hands_in_the_room(harbour: Commune) -> None:
    ada, amina = harbour.member("Ada"), harbour.member("Amina")
    path = ask(harbour, "dates", "Monday", "Friday")
    assert "Tick every option that you approve of." in ada.read(path)
    choose(ada, path, {"approve": ["option-1", "option-2"]})
    choose(amina, path, {"approve": ["option-2"]})
    page = in_the_room(harbour, path, {"agree": "4", "count-option-1": "3", "count-option-2": "4"})
    assert "Adopted." in page
    assert "“Friday” comes first with 6, before “Monday” with 4." in page
    assert "Friday: 6 Monday: 4" in page
    [decision] = sealed(harbour, "gov:Decision")[1:]
    assert decision["gov:ballot"] == ["option-1", "option-2"]
    assert (decision["gov:counts"]["present"], decision["gov:counts"]["agree"]) == (6, 6)
    [proposal] = sealed(harbour, "gov:Proposal")
    assert proposal["gov:options"] == [{"id": "option-1", "name": "Monday"}, {"id": "option-2", "name": "Friday"}]


def test_an_order_always_has_leaving_things_as_they_are_among_the_options(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ask(harbour, "names", "Harbour", "Quay")
    assert "leave things as they are" in ada.read(path)
    choose(ada, path, {"option-option-2": "1", "option-option-1": "2"})
    assert 'name="option-option-2" type="number" inputmode="numeric" min="1" max="3" value="1"' in (
        ada.browser.get(path).text
    )
    page = in_the_room(harbour, path, {"agree": "5", "papers": "3 x 2 > 1 > 3\n2 x 3 > 1=2"})
    assert "“Quay” comes first: 4 prefer it to “Harbour”, 0 the other way round." in page
    decision = sealed(harbour, "gov:Decision")[-1]
    assert decision["gov:ballot"] == [["option-2"], ["option-1"], ["no-change"]]


def test_what_comes_behind_leaving_things_as_they_are_is_not_adopted(harbour: Commune) -> None:
    path = ask(harbour, "names", "Harbour", "Quay")
    page = in_the_room(harbour, path, {"agree": "5", "papers": "3 x 3 > 1\n2 x 1 > 2"})
    assert "Not adopted." in page
    assert "Leaving things as they are came first." in page


def test_score_and_dots_are_filled_in_and_counted(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    marks = ask(harbour, "marks", "Wood", "Pellets")
    choose(ada, marks, {"option-option-1": "-2", "option-option-2": "1"})
    page = in_the_room(harbour, marks, {"agree": "4", "count-option-1": "-3", "count-option-2": "5"})
    assert "“Pellets” comes first with 6, before “Wood” with -5." in page
    assert sealed(harbour, "gov:Decision")[-1]["gov:ballot"] == {"option-1": -1, "option-2": 1}
    money = ask(harbour, "money", "Roof", "Door")
    choose(ada, money, {"option-option-1": "4", "option-option-2": "1"})
    page = in_the_room(harbour, money, {"agree": "4", "count-option-1": "3", "count-option-2": "17"})
    assert "“Door” comes first with 18, before “Roof” with 7." in page


@pytest.mark.parametrize(
    ("category", "fields"),
    [
        ("dates", {"approve": ["option-9"]}),
        ("marks", {"option-option-1": "3"}),
        ("marks", {"option-option-1": "good"}),
        ("money", {"option-option-1": "3", "option-option-2": "3"}),
        ("names", {"option-option-1": "first"}),
    ],
)
def test_a_ballot_that_the_rule_does_not_know_is_refused(
    harbour: Commune, category: str, fields: dict[str, str | list[str]]
) -> None:
    ada = harbour.member("Ada")
    path = ask(harbour, category, "One", "Two")
    assert "This is no ballot about these options" in choose(ada, path, fields, 422)


def test_options_are_for_what_is_decided_by_choosing(harbour: Commune) -> None:
    ask(harbour, "policy", "One", "Two", status=422)
    ask(harbour, "dates", "One", status=422)
    ask(harbour, "dates", "One", "One", status=422)


def test_tellers_who_count_the_options_differently_count_again(harbour: Commune) -> None:
    jo, baran = harbour.member("Jo"), harbour.member("Baran")
    path = ask(harbour, "dates", "Monday", "Friday")
    send(jo, path, "count", {"agree": "4", "count-option-1": "3"})
    send(baran, path, "count", {"agree": "4", "count-option-1": "2"})
    assert "The two tellers differ" in jo.send(f"{path}/close", path, 409)


@pytest.mark.withstands("F31")
def test_what_was_said_of_options_is_forgotten_with_who_said_it(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ask(harbour, "dates", "Monday", "Friday")
    choose(ada, path, {"approve": ["option-2"]})
    in_the_room(harbour, path, {"agree": "4", "count-option-1": "1"})
    number = path.rpartition("/")[2]
    database = harbour.instance.database
    [vote] = asyncio.run(database.read(lambda connection: votes.of_item(connection, number)))
    assert asyncio.run(database.read(lambda connection: votes.options_cast(connection, vote.id))) != {}
    asyncio.run(database.write(lambda connection: votes.forget_choices(connection, 2**40)))
    assert asyncio.run(database.read(lambda connection: votes.options_cast(connection, vote.id))) == {}


def test_under_consent_an_objection_has_a_reason_and_ends_it(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Paint the door", "Green.", "quick")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    assert "stand aside" not in ada.read(path)
    assert "A block needs a reason" in ada.vote(path, "block", 422)
    ada.vote(path, "block", reason="Not before we asked the neighbours; I will.")
    for name in ("Jo", "Amina", "Leyla"):
        harbour.member(name).vote(path, "agree")
    harbour.passes(path)
    assert "1 of 4 objected; nobody may." in jo.closes(path)


def test_under_consent_nobody_cuts_short_the_time_to_object(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path, before = ada.propose("Paint the door", "Green.", "quick"), len(sealed(harbour, "gov:Decision"))
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    for name in ("Jo", "Amina", "Leyla"):
        harbour.member(name).vote(path, "agree")
    assert "Before the time is over" in jo.send(f"{path}/close", path, 422)
    assert len(sealed(harbour, "gov:Decision")) == before


def test_resolved_provisionally_three_who_block_call_it_back(harbour: Commune) -> None:
    path = harbour.member("Ada").propose("A stall", "On Saturdays.", "trial")
    page = harbour.meeting(path).send(f"{path}/open", path, closes_in="7", unit="days", where="meeting")
    assert "abstain" not in page
    page = in_the_room(harbour, path, {"agree": "6", "block": "2", "present": "8", "reason": "Our aims say: no cars."})
    assert "6 agreed and 2 objected; 3 can call it back." in page
    assert "Adopted provisionally." in page
    ada, amina, leyla = (harbour.member(name) for name in ("Ada", "Amina", "Leyla"))
    assert "In force provisionally: until" in ada.read("/decisions")
    assert "Who objects gives a reason" in amina.send(f"{path}/call-back", path, 422, reason=" ")
    said = amina.send(f"{path}/call-back", path, reason="Our aims say: no cars.")
    assert "1 calls it back so far: Amina. Why: Our aims say: no cars." in said
    assert "You call it back already." in amina.send(f"{path}/call-back", path, 409)
    leyla.send(f"{path}/call-back", path)
    said = ada.send(f"{path}/call-back", path)
    assert "Called back: the next meeting decides." in said
    assert "Called back by Amina, Leyla, Ada: Our aims say: no cars." in said
    assert "Go on to the second round?" not in said
    assert "Three called back what was resolved" in ada.read("/")
    assert "What is in force today Nothing yet." in ada.read("/decisions")
    assert "A meeting decides on this" in ada.send(f"{path}/open", path, 422, closes_in="7", unit="days")


@pytest.mark.withstands("F36")
def test_two_options_that_look_alike_are_not_put_side_by_side(harbour: Commune) -> None:
    path = ask(harbour, "dates", "the mill", "the mіll", status=422)  # the second has a Cyrillic і
    assert path == "/proposals/new"
    ask(harbour, "dates", "the mill", "the m\u200bill", status=422)
    ask(harbour, "dates", "CACHE", "САСНЕ", status=422)  # the second has no letter of the first
    ask(harbour, "dates", "мельница", "the mill", "Mill", "Мира")


@pytest.mark.withstands("F36")
def test_the_ballot_has_its_options_letter_by_letter_and_is_about_these_and_no_others(harbour: Commune) -> None:
    path = ask(harbour, "dates", "the mill", "the schооl")  # written with two Cyrillic о
    jo = harbour.member("Jo")
    assert "the sch⟦U+043E⟧⟦U+043E⟧l" in jo.read(path)
    send(jo, path, "vote", {"choice": "agree", "option": ["option-1"], "version": "zAnother"}, 422)
