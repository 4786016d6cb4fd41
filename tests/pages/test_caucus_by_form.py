"""A women's assembly is asked beside the assemblies: from the form of the rules to the words on the board."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.governance.starter import STARTER_SETTINGS
from app.operations.confederation import hosting
from app.operations.meetings import attending
from app.operations.meetings.attending import Comer
from app.store import accounts
from app.store.database import Connection
from app.wiring import Instance
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.commune import token, words
from tests.pages.test_charter import filled
from tests.pages.visits import browser, read, send, signed_in

PEOPLE = {
    "Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"),
    "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida"),
    "Women": ("Nur", "Pia", "Ruth", "Sol"),
}
SCREENS: dict[tuple[str, str], TestClient] = {}
WOMEN = "https://women.example/assembly"
MOST = {"rules": STARTER_SETTINGS["rules"] | {"ratification": {"method": "majority", "quorum": "1/5"}}}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    """Riverside and Hill are Valley; Women is no member and has read Valley's record."""
    settled = settle_down(tmp_path, sqlite_template, PEOPLE, changes=MOST)
    found_council(settled, ("Riverside", "Hill"))
    settled.visit(settled["Women"], settled["Valley"])
    return settled


def at(place: Place, name: str) -> TestClient:
    """The browser of a member, who signed in once."""
    screen = (str(place.instance.data_dir), name)
    if screen not in SCREENS:
        SCREENS[screen] = signed_in(place, name)
    return SCREENS[screen]


def first(place: Place) -> TestClient:
    return at(place, PEOPLE[place.name][0])


def path_of(client: TestClient, title: str) -> str:
    """The newest item with these words in its title."""
    listed: list[tuple[str, str]] = re.findall(
        r'href="(/proposals/[0-9A-Z]{26})"[^>]*>(.*?)</a>', client.get("/proposals").text, re.DOTALL
    )
    return next(path for path, name in listed if title in words(name))


def meeting_about(place: Place, path: str, figures: dict[str, str]) -> str:
    """A meeting on the pages that decides on one item by hands; the page of the item then."""
    chair = first(place)
    meets = place.clock.now().strftime("%Y-%m-%dT%H:%M:%S")
    plan = {"meets": meets, "place": "School hall", "item": [path.rpartition("/")[2]]}
    convened = chair.post(
        "/meetings/new",
        data=plan | {"csrf": token(chair.get("/meetings/new").text)},
        headers={"Origin": place.instance.url},
    )
    assert convened.status_code == 200, convened.text
    meeting = convened.url.path
    place.clock.tick()
    send(chair, place, f"{meeting}/duty", meeting, duty="facilitator")
    tellers = PEOPLE[place.name][-2:]
    for name in tellers:
        send(chair, place, f"{meeting}/duty", meeting, duty="teller", member=name.lower())
    send(chair, place, f"{meeting}/begin", meeting)
    place.do(all_come_in, meeting.rpartition("/")[2], PEOPLE[place.name][0].lower())
    send(chair, place, f"{path}/open", path, closes_in="1", unit="hours", where="meeting")
    for name in tellers:
        send(at(place, name), place, f"{path}/count", path, 200, **figures)
    send(chair, place, f"{path}/close", path)
    signed = send(chair, place, f"{path}/sign", path)
    send(chair, place, f"{meeting}/close", meeting)
    place.clock.tick()
    return signed


def all_come_in(connection: Connection, instance: Instance, meeting: str, by: str) -> None:
    """Who is on the members' list is let in by one of them."""
    keeper = accounts.named(connection, by)
    assert keeper is not None
    for person in accounts.members(connection):
        done(attending.let_in(connection, instance, keeper, meeting, Comer(member=person.id)))


def everybody(place: Place) -> dict[str, str]:
    here = str(len(PEOPLE[place.name]))
    return {"agree": here, "present": here}


def settled(valley: Valley, *, days: int) -> None:
    """Time passes, and the council counts and does what follows."""
    valley.deliver()
    valley.clock.tick(days=days)
    SCREENS.clear()  # a sign-in does not last for ever
    for _ in range(2):
        valley["Valley"].do(hosting.duties)
        valley.deliver()


@pytest.mark.shows("R12")
def test_a_caucus_is_named_on_the_form_adopted_asked_counted_and_told_on_the_board(valley: Valley) -> None:
    river, hill, women, council = (valley[name] for name in ("Riverside", "Hill", "Women", "Valley"))
    ana_names_the_women_on_the_form(river, council)
    rules = path_of(first(river), "The rules of Valley")
    for _ in range(2):  # in two meetings
        meeting_about(river, rules, everybody(river))
    valley.deliver()
    for place in (river, hill):
        answer = path_of(first(place), "The rules of Valley")
        meeting_about(place, answer, everybody(place))
        valley.deliver()
    settled(valley, days=60)
    of = quote(council.assembly, safe="")
    assert "women.example agrees as well" in read(first(hill), f"/charter?of={of}")
    ana = first(river)
    text = {"title": "A bakery", "text": "One for all.", "category": "policy", "forum": council.assembly}
    send(ana, river, "/proposals/new", "/proposals/new", 200, **text)
    meeting_about(river, path_of(ana, "A bakery"), everybody(river))
    valley.deliver()
    for place in (river, hill):
        meeting_about(place, path_of(first(place), "A bakery"), everybody(place))
    valley.deliver()
    assert "no answer yet It has to agree as well." in read(browser(hill), "/confederation")
    assert "or what put them in force, are not here yet." in read(browser(women), "/confederation")
    valley.visit(women, council)  # as who is asked reads the record of who asks
    meeting_about(women, path_of(first(women), "A bakery"), {"agree": "1", "disagree": "3", "present": "4"})
    settled(valley, days=0)
    for place in (river, hill, council, women):
        said = read(browser(place), "/confederation").replace("women.example", "Women")  # whose record is not here
        assert "Women had to agree as well" in said, place.name
        assert "Women against It has to agree as well." in said, place.name


def ana_names_the_women_on_the_form(river: Place, council: Place) -> None:
    ana = first(river)
    form = ana.get("/charter/amend", params={"of": council.assembly}).text
    asked = {"caucus-body": [WOMEN], "caucus-mode": ["concurrent"], "caucus-about-0": ["policy"]}
    fields = filled(form) | asked | {"why": ["Half of us decide nothing without them."]}
    answer = ana.post("/charter/amend", data=fields, headers={"Origin": river.instance.url})
    assert answer.status_code == 200, answer.text
    assert "women.example agrees as well" in words(answer.text)
