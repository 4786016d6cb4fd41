"""A proposal from its first text to the signed result, as members see it on the pages."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from app.operations.votes import closing
from app.store import acts, votes
from tests.pages.commune import Commune, commune


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def sealed(harbour: Commune, act_type: str) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, act_type)))
    return [json.loads(act.raw) for act in found]


def vote_id(harbour: Commune, path: str) -> str:
    item = path.rpartition("/")[2]
    return asyncio.run(harbour.instance.database.read(lambda connection: votes.of_item(connection, item)[-1].id))


def test_an_amendment_has_a_fingerprint_of_its_own_and_the_earlier_text_stays(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    page = ada.send(f"{path}/amend", path, title="Winter fuel", text="We buy together, from spring.")
    first, second = sealed(harbour, "gov:Proposal")
    assert second["gov:supersedes"] == {"id": first["id"], "gov:digest": second["gov:supersedes"]["gov:digest"]}
    assert second["gov:version"] == 2
    assert "We buy together, from spring." in page
    assert "1 earlier text" in page


def test_only_who_proposed_a_text_changes_it(harbour: Commune) -> None:
    path = harbour.member("Ada").propose("Winter fuel", "We buy together.")
    page = harbour.member("Tom").send(f"{path}/amend", path, 422, title="Mine", text="Mine.")
    assert "Only who proposed it can change the text." in page


@pytest.mark.shows("B12")
def test_two_tellers_and_online_ballots_count_together_and_nobody_twice(harbour: Commune) -> None:
    ada, jo, baran, amina = (harbour.member(name) for name in ("Ada", "Jo", "Baran", "Amina"))
    path = ada.propose("Winter fuel", "We buy together.")
    chair = harbour.meeting(path)
    for teller in (jo, baran):
        teller.counts_hands_on(path, "both_rounds")
    chair.send(f"{path}/open", path, closes_in="7", unit="days", where="meeting", both_rounds="1")
    said = amina.vote(path, "reserve")
    assert "Recorded. You can change it until" in said
    assert "Members see that you took part, not what you chose." in said
    baran.vote(path, "agree")
    jo.send(f"{path}/count", path, agree="6", disagree="1", both=["3"])
    assert "agree: Jo 6, Baran 7: count again." in baran.send(
        f"{path}/count", path, agree="7", disagree="1", both=["3"]
    )
    assert "The two tellers differ: count again." in jo.send(f"{path}/close", path, 409)
    again = baran.send(f"{path}/count", path, agree="6", disagree="1", both=["3"])
    assert "1 person is in both; only the room counts." in again
    page = jo.closes(path)
    for sentence in (
        "Adopted.",
        "8 took part of 12 (3 were needed). 7 agreed, 1 against. No consensus: 1 disagreed.",
        "Two thirds of the 8 for or against is 6; 7 agreed.",
        "Signed by our server alone.",
    ):
        assert sentence in page
        assert sentence in jo.read(f"{path}/print")
    unresolved, adopted = sealed(harbour, "gov:Decision")[-2:]
    assert (unresolved["gov:status"], adopted["gov:status"]) == ("unresolved", "adopted")
    assert adopted["gov:unresolved"]["id"] == unresolved["id"]
    assert adopted["gov:counts"]["agree"] == 7
    assert adopted["gov:modes"] == ["room", "closed"]


@pytest.mark.shows("B19")
def test_a_small_matter_is_decided_with_no_confederation_and_nothing_is_sent_anywhere(harbour: Commune) -> None:
    ada, jo, amina = (harbour.member(name) for name in ("Ada", "Jo", "Amina"))
    assert "We do not belong to a confederation yet." in ada.read("/confederation")
    path = ada.propose("A bench before the hall", "We build it on Saturday.", "task")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    for member, choice in ((ada, "agree"), (jo, "agree"), (amina, "agree")):
        member.vote(path, choice)
    harbour.passes(path)
    assert "Adopted." in jo.closes(path)
    assert sealed(harbour, "gov:Decision")[-1]["gov:status"] == "adopted"
    by_hand = ada.propose("A lamp at the gate", "Kim brings one.", "task")
    chair = harbour.meeting(by_hand)
    chair.send(f"{by_hand}/open", by_hand, closes_in="1", unit="hours", where="meeting")
    for teller in ("Jo", "Baran"):
        harbour.member(teller).send(f"{by_hand}/count", by_hand, agree="9", disagree="2", present="11")
    assert "Adopted." in chair.closes(by_hand)
    for title in ("A bench before the hall", "A lamp at the gate"):
        assert title in ada.read("/decisions")
    read = harbour.instance.database.read
    assert asyncio.run(read(lambda c: c.exec_driver_sql("SELECT count(*) FROM deliveries").scalar())) == 0


def test_nobody_sees_what_another_chose(harbour: Commune) -> None:
    ada, jo, amina = (harbour.member(name) for name in ("Ada", "Jo", "Amina"))
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    amina.vote(path, "stand_aside", reason="not my matter")
    assert 'value="stand_aside" required checked' in amina.browser.get(path).text
    other = jo.browser.get(path).text
    assert "Amina" in other
    assert "checked" not in other
    assert "not my matter" not in other


@pytest.mark.withstands("F01")
def test_a_changed_ballot_counts_once_and_the_replaced_one_is_kept_hashed(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    jo.vote(path, "disagree")
    jo.vote(path, "agree")
    number = vote_id(harbour, path)
    read = harbour.instance.database.read
    assert list(asyncio.run(read(lambda connection: votes.cast_ballots(connection, number))).values()) == ["agree"]
    assert asyncio.run(read(lambda connection: votes.replaced_count(connection, number))) == 1


@pytest.mark.withstands("F02")
def test_a_ballot_after_the_close_is_refused(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    version = ada.version(path)
    harbour.passes(path)
    jo.closes(path)
    page = ada.send(f"{path}/vote", path, 422, choice="agree", version=version)
    assert "The vote closed before your answer came. It was not counted." in page


@pytest.mark.withstands("F06")
def test_a_ballot_about_another_text_or_none_is_refused(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    for version in ("", "zQmV7uZ6ta8oZAkWb72BaPX9q3AMRUTkBrnAj82wk8fNep2"):
        page = ada.send(f"{path}/vote", path, 422, choice="agree", version=version)
        assert "Your answer was about another text." in page


def test_who_proposed_a_text_may_withdraw_it_until_it_is_voted_on(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    assert "Only who proposed it" in jo.send(f"{path}/withdraw", path, 422)
    assert "Withdrawn." in ada.send(f"{path}/withdraw", path)
    assert "past that point" in jo.send(f"{path}/open", path, 409, closes_in="7", unit="days")


def test_a_block_needs_a_reason(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    assert "A block needs a reason" in ada.vote(path, "block", 422)


def test_who_proposed_a_text_is_no_teller_of_its_vote(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    harbour.meeting(path).send(f"{path}/open", path, closes_in="7", unit="days", where="meeting")
    assert "A teller is neither who proposed it" in ada.send(f"{path}/count", path, 403, agree="5")


def test_figures_that_cannot_be_are_refused(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    harbour.meeting(path).send(f"{path}/open", path, closes_in="7", unit="days", where="meeting")
    assert "These figures cannot be" in jo.send(f"{path}/count", path, 422, agree="13")
    assert "not a whole number" in jo.send(f"{path}/count", path, 422, agree="-1")


def test_too_few_is_no_quorum_and_not_a_no(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    ada.vote(path, "agree")
    harbour.passes(path)
    page = jo.closes(path)
    assert "Too few took part to decide." in page
    assert "Only 1 took part of 12; 3 were needed." in page
    assert sealed(harbour, "gov:Decision")[-1]["gov:small"] is True


def test_nobody_closes_a_vote_that_is_held_online_early_a_caretaker_neither(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path, before = ada.propose("Winter fuel", "We buy together."), sealed(harbour, "gov:Decision")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    for member in (ada, jo):  # Jo keeps the server
        assert "sign for the assembly" not in member.read(path)
        assert "Before the time is over" in member.send(f"{path}/close", path, 422)
    assert sealed(harbour, "gov:Decision") == before


def test_a_vote_that_is_not_due_is_not_closed_by_the_worker(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    write = harbour.instance.database.write
    assert asyncio.run(write(lambda connection: closing.close_due(connection, harbour.instance))) == 0


@pytest.mark.parametrize("path", ["/proposals/nothing", "/proposals/%00", "/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV"])
def test_a_page_that_is_not_there_is_a_404(harbour: Commune, path: str) -> None:
    ada = harbour.member("Ada")
    assert ada.browser.get(path).status_code == 404


def test_markup_in_what_members_write_is_shown_and_not_run(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("<b>Fuel</b>", "<script>alert(1)</script> [x](javascript:alert(1))")
    html = ada.browser.get(path).text
    assert "<script" not in html
    assert "<b>Fuel" not in html
    assert 'href="javascript' not in html


def test_strangers_are_asked_to_sign_in_and_come_back(harbour: Commune) -> None:
    answer = harbour.client.get("/proposals", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/proposals")
    assert harbour.client.get("/").status_code == 200


def test_a_long_discussion_is_read_in_parts_that_fit_an_old_phone(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    for number in range(12):
        ada.send(f"{path}/comment", path, text=f"Word {number}. " + "wood " * 900)
    page = ada.browser.get(path).text
    assert "Word 11." in page
    assert "Word 0." not in page
    assert len(page.encode()) <= 60 * 1024
    seen = {number for number in range(12) if f"Word {number}." in page}
    while earlier := re.search(r"\?before=(\d+)", page):
        page = ada.browser.get(f"{path}?before={earlier[1]}").text
        seen |= {number for number in range(12) if f"Word {number}." in page}
    assert seen == set(range(12))
    assert "Word 11." in ada.read(f"{path}?before=nonsense")
