"""What the board says of a result: the same, corrected, not up to date, incomplete, refuted; and of two answers."""

import re
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from app.operations.confederation import counting, hosting
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import proposing
from app.operations.record.sealing import heading, load
from app.store import acts
from app.store.agenda import Kind
from app.store.database import Connection
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.commune import words
from tests.pages.visits import browser


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Valley:
    settled = settle_down(tmp_path_factory.mktemp("results"), sqlite_template, PEOPLE)
    found_council(settled, PEOPLE)
    return settled


def bring(valley: Valley, title: str) -> str:
    river = valley["Riverside"]
    draft = proposing.Draft(title, "We share it.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    return river.item(Kind.ANSWER, title).act


def answer(valley: Valley, title: str, *names: str) -> None:
    for name in names:
        valley[name].decide(valley[name].item(Kind.ANSWER, title))
        valley.deliver()


def board(place: Place, title: str) -> str:
    """What the part of the board about one matter says."""
    page = browser(place).get("/confederation").text
    [part] = [part for part in re.findall(r"<section>.*?</section>", page, re.DOTALL) if f"<bdi>{title}</bdi>" in part]
    return words(part)


def sign(place: Place, document: Document) -> None:
    """An act of an assembly that it made on its own, outside any form."""

    def make(connection: Connection, instance: Instance) -> None:
        head = heading(connection, instance)
        seal_and_announce(connection, instance, {**document, "id": head.id, "attributedTo": head.author})

    place.do(make)


def sealed(place: Place, kind: str, proposal: str) -> list[Document]:
    kept = place.read(lambda c: acts.naming(c, proposal))
    return [load(act) for act in kept if act.type == kind]


@pytest.mark.shows("B9", "G9")
def test_a_result_is_provisional_while_there_is_time_to_object_and_then_final(valley: Valley) -> None:
    bring(valley, "Seeds")
    answer(valley, "Seeds", *PEOPLE)
    said = board(valley["Hill"], "Seeds")
    assert "Valley signed a result. It can change until the time to object is over." in said
    assert "Objections until" in said
    valley.clock.tick(days=60)
    valley["Valley"].do(hosting.duties)
    valley.deliver()
    said = board(valley["Hill"], "Seeds")
    assert "The time to object ended on" in said
    assert "Valley signed the final result. It corrects an earlier one. Counted again here: same result." in said


@pytest.mark.withstands("F11")
def test_two_different_answers_of_one_assembly_wait_for_it_and_the_result_is_corrected(valley: Valley) -> None:
    proposal = bring(valley, "Bread")
    answer(valley, "Bread", *PEOPLE)
    hill = valley["Hill"]
    [first] = [one for one in sealed(hill, "gov:Ratification", proposal) if one["attributedTo"] == hill.assembly]
    sign(hill, {key: value for key, value in first.items() if key != "proof"} | {"gov:stance": "abstained"})
    valley.deliver()
    for name in ("Riverside", "Hill", "Valley"):
        said = board(valley[name], "Bread")
        assert "Hill two different answers; waiting for Hill to say which" in said
        assert "This result is not up to date: more was signed since." in said
        assert "It corrects an earlier one. Counted again here: same result." in said
        assert "no answer yet: Hill." in said, "what is contested is counted as none"


@pytest.mark.withstands("F22")
def test_who_lacks_an_entry_says_so_and_accuses_nobody(valley: Valley) -> None:
    proposal = bring(valley, "Water")
    valley.delayed = {"Harbour": "gov:Ratification"}
    answer(valley, "Water", "Riverside", "Hill")
    harbour = valley["Harbour"]
    harbour.decide(harbour.item(Kind.ANSWER, "Water"))
    valley.deliver()
    said = board(harbour, "Water")
    assert "Entries that this result names are not here yet: it cannot be counted again as a whole." in said
    assert "An entry of Hill that it names is not here yet." in said
    assert "does not bear" not in said
    valley.arrive()
    said = board(harbour, "Water")
    assert "Counted again here: same result." in said
    assert done(harbour.do(counting.board, proposal)).refuted == ()


@pytest.mark.withstands("F19")
def test_a_result_that_its_entries_do_not_bear_out_is_shown_with_what_is_wrong(valley: Valley) -> None:
    proposal = bring(valley, "Wood")
    answer(valley, "Wood", *PEOPLE)
    [honest] = sealed(valley["Hill"], "gov:Outcome", proposal)
    made_up = {key: value for key, value in honest.items() if key not in {"proof", "gov:binds"}}
    sign(valley["Riverside"], made_up | {"gov:status": "rejected"})
    valley.deliver()
    said = board(valley["Hill"], "Wood")
    assert (
        "Riverside signed a result that its entries do not bear out. Its figures do not follow from what it lists."
        in said
    )
    assert "Our count has not changed. Both are kept as proof. Download the proof as one file" in said
    assert "Valley signed a result." in said


def test_a_proposal_that_does_not_follow_the_rules_it_names_is_not_counted(valley: Valley) -> None:
    proposal = bring(valley, "Stone")
    [text] = [load(act) for act in valley["Hill"].read(lambda c: acts.of_type(c, "gov:Proposal")) if act.id == proposal]
    easier = {"gov:rule": {"method": "majority", "quorum": "0/1"}, "name": "Gravel"}
    sign(valley["Riverside"], {key: value for key, value in text.items() if key != "proof"} | easier)
    valley.deliver()
    assert "This proposal cannot be decided as it is: it does not follow the rules that it names." in board(
        valley["Hill"], "Gravel"
    )
