"""What people read of the confederal cycle: the board, the mandates, the entries of the record."""

import json
import re
from pathlib import Path

import pytest

from app.operations.record import recording
from app.store import acts
from tests.operations.cycle import NAMES, PEOPLE, Played, forge, join, play
from tests.operations.neighbours import found_council, settle_down
from tests.pages.commune import token, words
from tests.pages.visits import browser, read, signed_in


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Played:
    valley = settle_down(tmp_path_factory.mktemp("cycle"), sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    return play(valley)


@pytest.mark.shows("G9")
@pytest.mark.parametrize("name", NAMES)
def test_the_board_says_the_same_everywhere(played: Played, name: str) -> None:
    said = read(browser(played.valley[name]), "/confederation")
    assert "Riverside agreed" in said
    assert "Harbour agreed" in said
    assert "Hill agreed (by mandate)" in said
    assert "Adopted. Binding: 3 of 3. Tendency then: 3 of 3." in said
    assert "Binds Harbour, Hill, Riverside." in said
    assert "no answer yet: none." in said
    assert "Counted again here: same result." in said


@pytest.mark.shows("B6")
def test_every_vote_of_a_delegate_stands_beside_the_mandate(played: Played) -> None:
    said = read(browser(played.valley["Hill"]), "/mandates")
    assert "Winter fuel: agree, on the text of 17 December 2026, nothing else." in said
    assert "Rojin voted agree on Winter fuel. Counts for Hill." in said
    assert "Tom voted against on Winter fuel. Mandate: agree. Not counted." in said
    assert "Tom voted against on Winter fuel. After the recall: void." in said
    assert "Tom’s mandate has ended (18:" in said
    assert "asked to answer" not in said  # what the assembly asks its delegate is for its members


@pytest.mark.parametrize("name", ["Riverside", "Harbour", "Valley"])
def test_a_recall_is_read_everywhere_with_its_time(played: Played, name: str) -> None:
    home = re.search(r"Tom’s mandate has ended \((\d\d:\d\d UTC)\)", read(browser(played.valley["Hill"]), "/mandates"))
    there = re.search(r"Hill recalled Tom, (\d\d:\d\d UTC)\.", read(browser(played.valley[name]), "/mandates"))
    assert home is not None
    assert there is not None
    assert there[1] == home[1]


def test_a_recalled_delegate_is_warned_and_offered_the_other_ways(played: Played) -> None:
    hill = played.valley["Hill"]
    tom = signed_in(hill, "Tom")
    path = f"/mandates/{played.mandate.rpartition('/')[2]}"
    page = tom.get(path).text
    fields = {"csrf": token(page), "proposal": played.proposal, "choice": "rejected"}
    answer = tom.post(f"{path}/vote", data=fields, headers={"Origin": hill.instance.url})
    assert answer.status_code == 200
    said = words(answer.text)
    assert "You were recalled. This will not be counted and all of Hill will see it." in said
    for way in ("Give an indicative vote", "Ask Hill", "Send anyway"):
        assert way in said


def test_a_mandate_and_a_recall_are_proposed_by_forms(played: Played) -> None:
    harbour = played.valley["Harbour"]
    kim = signed_in(harbour, "Kim")
    page = kim.get("/mandates/new").text
    assert "Winter fuel" in page
    fields = {
        "csrf": token(page),
        "council": played.valley["Valley"].assembly,
        "delegates": ["kim", "lou"],
        "subject": played.proposal,
        "latitude": "fixed",
        "choices": "ratified",
        "until": "2027-03-01T12:00",
        "why": "It was a long winter.",
    }
    answer = kim.post("/mandates", data=fields, headers={"Origin": harbour.instance.url})
    assert answer.status_code == 200, answer.text
    assert "Mandate for Kim, Lou" in words(answer.text)
    mandate = harbour.read(lambda c: acts.of_type(c, "gov:Mandate", author=harbour.assembly))[0]
    path = f"/mandates/{mandate.id.rpartition('/')[2]}"
    recall = {"csrf": token(kim.get(path).text), "why": "Jo moved away."}
    answer = kim.post(f"{path}/recall", data=recall, headers={"Origin": harbour.instance.url})
    assert answer.status_code == 200, answer.text
    assert "Recall of Jo" in words(answer.text)


def test_an_entry_shows_its_proof_and_its_bytes(played: Played) -> None:
    hill = played.valley["Hill"]
    said = read(browser(hill), f"/acts/{played.mandate.rpartition('/')[2]}")
    assert "Checked just now: Hill signed exactly these bytes." in said
    assert '"type": "gov:Mandate"' in said
    raw = browser(hill).get(f"/acts/{played.mandate.rpartition('/')[2]}", headers={"Accept": "application/ld+json"})
    assert json.loads(raw.content)["id"] == played.mandate


def test_what_was_decided_is_listed_with_its_entries(played: Played) -> None:
    said = read(browser(played.valley["Riverside"]), "/decisions")
    assert "Riverside has decided on “Winter fuel”: adopted." in said
    assert (
        "Riverside has decided on its founding: adopted. 5 of 5 took part: 5 agreed." in said
    )  # the founding, which has no text


def test_what_can_be_answered_no_more_does_not_wait_for_an_answer(played: Played) -> None:
    hill = played.valley["Hill"]
    assert "Waiting for our answer Winter fuel" in read(signed_in(hill, "Rojin"), "/")  # by mandate it stands already
    hill.clock.tick(days=90)
    assert "Waiting for our answer" not in read(signed_in(hill, "Rojin"), "/")
    hill.clock.tick(days=-90)


@pytest.mark.parametrize("path", ["/acts/nothing", "/mandates/nothing", "/acts/x?of=%00", "/mandates/é"])
def test_what_is_not_there_is_said_to_be_not_there(played: Played, path: str) -> None:
    assert browser(played.valley["Hill"]).get(path).status_code == 404


@pytest.mark.withstands("F18")
def test_two_results_are_shown_side_by_side_with_the_missing_entry(played: Played) -> None:
    forged = forge(played, played.valley["Valley"], played.valley["Harbour"])
    for name in ("Riverside", "Hill", "Harbour"):
        place = played.valley[name]
        place.do(recording.record, forged, {}, None)
        said = read(browser(place), "/confederation")
        assert "Valley signed two different results. This one leaves out Harbour’s entry of 18:" in said
        assert "The entry of Harbour" in said
        assert "Our count has not changed. Both are kept as proof." in said
        assert "Counted again here: same result." in said
