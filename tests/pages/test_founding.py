"""A gathering founds itself by a show of hands, entered in a form; then its members confirm what it signs."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.store import acts
from tests.pages.commune import Commune, commune

AGREED: dict[str, str | list[str]] = {
    "name": "Harbour commons",
    "belongs": "Everybody who lives between the two bridges.",
    "entry": "vouch(2)",
    "roll": "register",
    "vote_age": "16",
    "caretaker": ["kim", "max"],
    "co_signer": ["jo", "amina", "tom"],
    "present": "11",
    "agree": "10",
}


def founds(gathering: Commune, by: str = "Ada", second: str = "Ida") -> str:
    """Two tellers of the founding meeting enter the same; the words of the page that answers the second."""
    gathering.meeting()
    first = gathering.member(by).send("/gathering/found", "/gathering/found", 200, **AGREED)
    assert f"{by} entered it. Now a second teller does, who is somebody else." in first
    return gathering.member(second).send("/gathering/found", "/gathering/found", 200, **AGREED)


@pytest.fixture
def gathering(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path, founded=False) as opened:
        yield opened


def test_the_founding_decision_is_entered_once_and_gives_away_the_power_over_the_list(gathering: Commune) -> None:
    ada = gathering.member("Ada")
    assert "A gathering: it has no rules yet." in ada.read("/")
    assert "Zoe" in ada.send("/gathering/people", "/members", name="Zoe")
    page = founds(gathering)
    assert "Harbour commons is founded" in page
    assert "Write this key on paper" in page
    assert "Only the assembly changes the members’ list." in ada.send("/gathering/people", "/members", 403, name="Eve")
    assert "Our assembly is founded" in ada.send("/gathering/found", "/members", 409, **AGREED)
    members = ada.read("/members")
    assert "Kim caretaker" in members
    assert "Max caretaker" in members
    assert members.count("caretaker ") == 2
    decisions = ada.read("/decisions")
    assert "Harbour commons has decided on its founding: adopted. 11 of 13 took part: 10 agreed." in decisions


def test_nobody_founds_alone_and_only_in_a_meeting(gathering: Commune) -> None:
    kim, jo, ida = (gathering.member(name) for name in ("Kim", "Jo", "Ida"))
    form = "/gathering/found"
    assert "An assembly is founded in a meeting" in jo.send(form, form, 422, **AGREED)
    jo.send("/gathering/people", "/members", name="Hassan")
    gathering.meeting(tellers=("jo", "ida", "hassan"))
    assert "facilitates" in kim.send(form, form, 403, **AGREED)
    jo.send(form, form, 200, **AGREED)
    jo.send(form, form, 200, **AGREED)  # once more is still one teller
    assert "Somebody else who can sign in" in jo.send(form, form, 403, **(AGREED | {"teller": "hassan"}))
    assert "Jo, Ida entered different things." in ida.send(form, form, 200, **(AGREED | {"agree": "9"}))
    assert "A gathering: it has no rules yet." in jo.read("/")
    assert "Harbour commons is founded" in ida.send(form, form, 200, **AGREED)


@pytest.mark.shows("S11")
def test_a_gathering_is_offered_a_first_meeting_and_nothing_of_it_leaves(gathering: Commune) -> None:
    ada = gathering.member("Ada")
    assert "Plan a first meeting" in ada.read("/")
    offered = ada.browser.get("/meetings/new").text
    assert re.search(r'value="acquaintance" checked>\s*getting to know each other', offered)
    soon = (gathering.instance.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    page = ada.send("/meetings/new", "/meetings/new", meets=soon, place="The kitchen", kind=["acquaintance"])
    assert "getting to know each other to come" in page
    meeting = re.findall(r'href="(/meetings/[0-9A-Z]{26})"', ada.browser.get("/").text)[0]
    assert "Plan a first meeting" not in ada.read("/")
    ada.send(f"{meeting}/duty", meeting, duty="facilitator", member="ada")
    ada.send(f"{meeting}/duty", meeting, duty="door", member="jo")
    ada.send(f"{meeting}/begin", meeting)
    jo = gathering.member("Jo")
    jo.send("/door/paper", "/door/keep", name="Old Hassan", say="vote")  # with no rules yet one yes is enough
    assert "1 with a vote came in at the door." in ada.read(meeting)
    assert "1 with a vote came in at the door." in ada.send(f"{meeting}/close", meeting, notes="We are thirteen.")
    kept = asyncio.run(gathering.instance.database.read(lambda connection: list(acts.every(connection, 10))))
    assert kept == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agree": "7"}, "these rules need three quarters"),
        ({"caretaker": ["kim"]}, "At least two caretakers keep a server."),
        ({"co_signer": ["jo", "tom"]}, "Name three co-signers or more, or none as yet."),
        ({"co_signer": ["jo", "tom", "nobody"]}, "Caretakers and co-signers are on the list, each once."),
        ({"agree": "12"}, "These figures cannot be"),
        ({"belongs": "x" * 2_001}, "Say in at most 2,000 characters who belongs."),
        ({"entry": "me"}, "Choose one of the answers on the page."),
        ({"name": "x" * 61}, "A name has 1 to 60 characters."),
        ({"name": "H\u0430rbour"}, "Write the name in one alphabet"),  # a Cyrillic а
        ({"present": "many"}, "A figure in the form is not a whole number."),
    ],
)
def test_what_was_not_agreed_is_not_founded(
    gathering: Commune, changed: dict[str, str | list[str]], sentence: str
) -> None:
    ada = gathering.member("Ada")
    assert sentence in ada.send("/gathering/found", "/gathering/found", 422, **(AGREED | changed))
    assert "A gathering: it has no rules yet." in ada.read("/")


@pytest.mark.withstands("F26")
def test_a_decision_says_that_it_waits_for_second_signatures_until_two_are_there(gathering: Commune) -> None:
    ada = gathering.member("Ada")
    founds(gathering)
    jo, tom, kim = (gathering.member(name) for name in ("Jo", "Tom", "Kim"))
    assert "1 entry waits for a second signature, so it does not count yet." in ada.read("/")
    assert "0 of 2 second signatures are there, so it does not count yet." in ada.read("/co-sign")
    assert "Confirm this as a co-signer" not in kim.read("/co-sign")
    first = jo.browser.get("/co-sign").text
    act = first.split('name="act" value="')[1].split('"')[0]
    assert "Our rules do not name you" in kim.send("/co-sign", "/members", 403, act=act)
    assert "1 of 2 second signatures are there, so it does not count yet. (Jo)" in jo.send(
        "/co-sign", "/co-sign", act=act
    )
    assert "You have confirmed this already." in jo.send("/co-sign", "/co-sign", 409, act=act)
    assert "Nothing waits for a second signature." in tom.send("/co-sign", "/co-sign", act=act)
    assert "confirmed by" not in ada.read("/co-sign")
    assert "second signature" not in ada.read("/")
