"""The rules of an assembly as its members read and change them on the pages."""

import asyncio
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.kernel.canonical import Document
from app.store import acts
from tests.pages.commune import AT_ONCE, URL, Commune, Member, commune, token, words


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def sealed(harbour: Commune, act_type: str) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, act_type)))
    return [json.loads(act.raw) for act in found]


def filled(page: str) -> dict[str, list[str]]:
    """The fields of the form of a change as the page fills them in."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag) and "sign-out" not in tag:
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, body in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found.setdefault(name, []).append(unescape(body))
    for name, body in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        assert chosen is not None, name
        found[name] = [chosen[1]]
    return found | {"csrf": [token(page)]}


def change(member: Member, fields: dict[str, list[str]], status: int = 200) -> tuple[str, str]:
    """The path of the page that answers the form of a change, and its words."""
    page = member.browser.get("/charter/amend").text
    answer = member.browser.post("/charter/amend", data=filled(page) | fields, headers={"Origin": URL})
    assert answer.status_code == status, answer.text
    return answer.url.path, words(answer.text)


def adopt(harbour: Commune, path: str) -> str:
    """One meeting in which ten of twelve raise their hands for it; the words of the page."""
    jo, baran = harbour.member("Jo"), harbour.member("Baran")
    harbour.meeting(path).send(f"{path}/open", path, closes_in="7", unit="days", where="meeting")
    for teller in (jo, baran):
        teller.send(f"{path}/count", path, agree="10", disagree="0", present="10")
    return jo.closes(path)


@pytest.mark.shows("R8")
def test_the_rules_in_force_are_told_in_plain_words_with_how_they_came(harbour: Commune) -> None:
    said = harbour.member("Ada").read("/charter")
    assert "Version 1. In force." in said
    assert "our rules Three quarters of those who took part; at least a third of us take part; adopted in 2" in said
    assert "First consensus, then two thirds of those for or against; 7 days lie between the two rounds" in said
    assert "What adopted version 1" in said


@pytest.mark.shows("G17")
@pytest.mark.shows("R8")
def test_a_change_of_the_rules_needs_two_meetings_and_makes_a_new_version(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    asked = {
        "scope": ["platform"],
        "contest": ["10"],
        "why": ["We want no more than to talk with others."],
        "clause-number": ["1", "", ""],
        "clause-text": ["Water belongs to all.", "", ""],
        "entrenched": ["0"],
    }
    path, page = change(ada, asked)
    assert "Clause 1 then Water belongs to all. (entrenched)" in page
    assert "Time to object now 7 days then 10 days" in page
    assert "Proposed: not in force yet." in ada.read("/charter")
    assert "1 meeting has adopted this text; another one decides." in adopt(harbour, path)
    assert len(sealed(harbour, "gov:Charter")) == 1
    assert "Provisional" in ada.read("/charter")
    adopt(harbour, path)
    first, second = sealed(harbour, "gov:Charter")
    decisions = sealed(harbour, "gov:Decision")
    assert second["gov:supersedes"]["id"] == first["id"]
    assert second["gov:decision"]["id"] == decisions[-1]["id"]
    assert (second["gov:version"], second["gov:settings"]["scope"], second["gov:settings"]["contest"]) == (
        2,
        "platform",
        "P10D",
    )
    unchanged = first["gov:settings"].keys() - {"scope", "contest"}
    assert {key: second["gov:settings"][key] for key in unchanged} == {
        key: first["gov:settings"][key] for key in unchanged
    }
    assert "Version 2. In force." in ada.read("/charter")
    assert "Water belongs to all." in ada.read("/charter")


def test_two_meetings_are_two_of_them_and_no_vote_online_is_one(harbour: Commune) -> None:
    path, _ = change(harbour.member("Ada"), {"contest": ["10"], "why": ["More time."]})
    adopt(harbour, path)
    chair = harbour.member("Kim")  # who still facilitates that meeting
    waits = "Several meetings decide this, each of them once: it waits for the next one."
    for where in ("meeting", "online"):
        assert waits in chair.send(f"{path}/open", path, 409, closes_in="7", unit="days", where=where)
    adopt(harbour, path)
    assert "Version 2. In force." in chair.read("/charter")


def test_an_assembly_that_never_met_takes_two_votes_online_for_two_meetings(harbour: Commune) -> None:
    path, _ = change(harbour.member("Ada"), {"contest": ["10"], "why": ["More time."]})
    members = [harbour.member(name) for name in ("Jo", "Baran", "Amina", "Leyla")]
    for version in (1, 2):
        members[0].send(f"{path}/open", path, closes_in="7", unit="days")
        for member in members:
            member.vote(path, "agree")
        harbour.passes(path)
        members[0].closes(path)
        assert f"Version {version}. In force." in members[0].read("/charter")


def test_between_the_two_meetings_lies_the_time_that_the_rules_name(tmp_path: Path) -> None:
    times = AT_ONCE["deliberation"] | {"charter": "P7D"}
    with commune(tmp_path, AT_ONCE | {"deliberation": times}) as slow:
        path, _ = change(slow.member("Ada"), {"contest": ["10"], "why": ["More time."]})
        said = slow.meeting(path).send(f"{path}/open", path, 422, closes_in="7", unit="days", where="meeting")
        assert "It is too early to vote on this" in said


KEPT_IN = json.dumps({"rules": AT_ONCE["rules"] | {"withdrawal": {"method": "consensus", "quorum": "1/5"}}})

CHOOSE: Document = {"method": "approval", "quorum": "1/5"}
TWO_WINNERS = json.dumps(
    {
        "rules": AT_ONCE["rules"]
        | {"policy": {"method": "double", "a": CHOOSE, "b": {**CHOOSE, "weight": "people"}, "quorum": "1/5"}}
    }
)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"why": [""]}, "A proposal needs a text"),
        ({"why": ["For nothing."]}, "Nothing would change."),
        ({"rest": ["{"]}, "they are written as JSON"),
        ({"rest": ['{"rules": {}}']}, "Our rules have none for this kind of proposal."),
        ({"rest": ['{"rules": {"charter": {"method": "majority"}}}']}, "Every rule says how many"),
        ({"rest": [KEPT_IN]}, "Two thirds of those present are always enough to leave"),
        ({"rest": [TWO_WINNERS]}, "each might choose another one"),
        ({"scope": ["empire"]}, "One of these settings has a value"),
        ({"contest": ["soon"]}, "not a whole number"),
        ({"clause-number": ["1", "1"], "clause-text": ["a", "b"]}, "Each clause needs a number of its own"),
    ],
)
def test_a_change_that_could_not_be_read_is_refused(harbour: Commune, fields: dict[str, list[str]], said: str) -> None:
    _, page = change(harbour.member("Ada"), {"why": ["Because."], **fields}, 422)
    assert said in page


def test_two_changes_are_not_voted_on_at_once(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    one, _ = change(ada, {"contest": ["10"], "why": ["More time."]})
    other, _ = change(ada, {"contest": ["9"], "why": ["Some more time."]})
    jo = harbour.meeting(one, other)
    jo.send(f"{one}/open", one, closes_in="7", unit="days", where="meeting")
    said = jo.send(f"{other}/open", other, 422, closes_in="7", unit="days", where="meeting")
    assert "one after the other" in said


def test_a_stranger_reads_a_charter_that_is_public(harbour: Commune) -> None:
    guest = TestClient(harbour.client.app, base_url=URL, follow_redirects=False)
    answer = guest.get("/charter")
    assert answer.status_code == 200
    assert "In force." in answer.text
    assert "Propose a change" not in answer.text


def test_co_signers_are_named_and_replaced_on_the_form_of_the_rules(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    few = {"co_signer": ["tom", "nour"], "co_signers_needed": ["3"], "why": ["Two pairs of eyes."]}
    assert "As many have to confirm as there are co-signers at most" in change(ada, few, 422)[1]
    path, page = change(ada, few | {"co_signer": ["tom", "nour", "sami"], "co_signers_needed": ["2"]})
    assert "Second signatures now none: signed by one server alone then 2 of 3: nour, sami, tom" in page
    adopt(harbour, path)
    adopt(harbour, path)
    named = sealed(harbour, "gov:Charter")[-1]["gov:settings"]["scrutineers"]
    assert (named["k"], [one["id"].rpartition("/")[2] for one in named["of"]]) == (2, ["nour", "sami", "tom"])
    again = {"co_signer": ["tom", "leyla", "sami"], "why": ["Nour has moved away."]}
    path, page = change(ada, again)
    assert "Second signatures now 2 of 3: nour, sami, tom then 2 of 3: leyla, sami, tom" in page
    adopt(harbour, path)
    adopt(harbour, path)
    later = sealed(harbour, "gov:Charter")[-1]["gov:settings"]["scrutineers"]["of"]
    assert [one for one in later if one in named["of"]] == [one for one in named["of"] if "nour" not in one["id"]]


@pytest.mark.shows("G12")
def test_the_upper_body_has_the_name_that_our_rules_give_it(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    assert ">Confederation</a>" in ada.browser.get("/").text
    path, _ = change(ada, {"word-upper": ["assembly of assemblies"], "why": ["So we call it."]})
    assert ">Confederation</a>" in ada.browser.get("/").text
    adopt(harbour, path)
    adopt(harbour, path)
    assert ">Assembly of assemblies</a>" in ada.browser.get("/").text
