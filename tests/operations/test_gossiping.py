"""Who shows one result to some and another to others is found out: what one has seen all have seen in the end (F20)."""

from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.governance.outcome import Kind as Verdict
from app.kernel.canonical import Document
from app.kernel.instant import format_instant
from app.operations.confederation import counting
from app.operations.matters import proposing
from app.operations.record import bundling
from app.operations.record.sealing import load, seal_signer
from app.store import acts
from app.store.agenda import Kind
from app.verifier import verify_bundle
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.visits import browser, read


def other_tally(council: Place, honest: Document, left_out: str) -> Document:
    """The same result by the same council, made anew without the answer of one assembly."""
    document = {key: value for key, value in honest.items() if key != "proof"}
    rows = [row for row in document["gov:stances"] if row["assembly"] != left_out]
    rows.append({"assembly": left_out, "stance": "silent"})
    counts = document["gov:counts"] | {"present": 2, "agree": 2}
    at = council.clock.now()
    document |= {
        "id": f"{document['id']}X",
        "published": format_instant(at),
        "gov:stances": sorted(rows, key=lambda row: row["assembly"]),
        "gov:counts": counts,
        "gov:tendency": document["gov:tendency"] | {"counts": counts},
        "gov:binds": [one for one in document["gov:binds"] if one != left_out],
    }
    return integrity_proofs.seal(document, council.do(lambda c, i: seal_signer(c, i, council.assembly)), at)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Valley, str, set[str]]:
    """Valley shows its result to Riverside and Harbour, and to Hill alone another that leaves Harbour out."""
    valley = settle_down(tmp_path_factory.mktemp("gossip"), sqlite_template, PEOPLE)
    found_council(valley, PEOPLE)
    council, river, hill, harbour = (valley[name] for name in ("Valley", "Riverside", "Hill", "Harbour"))
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    for place in (river, hill):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
        valley.deliver()
    valley.delayed = {"Hill": "gov:Outcome"}
    harbour.decide(harbour.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    passed_on = [one for one in valley.under_way if one[2]["actor"] != council.assembly]
    [honest] = [load(act) for act in council.read(lambda c: acts.of_type(c, "gov:Outcome")) if act.own]
    other = other_tally(council, honest, harbour.assembly)
    valley.hand(hill, other, {})
    valley.under_way = passed_on  # what Valley itself sent Hill never arrives
    valley.arrive()
    return valley, honest["gov:proposal"]["id"], {honest["id"], other["id"]}


@pytest.mark.withstands("F20")
@pytest.mark.parametrize("name", ["Riverside", "Hill", "Harbour"])
def test_both_results_are_known_to_all_and_the_later_is_refuted_by_the_earlier(
    shown: tuple[Valley, str, set[str]], name: str
) -> None:
    valley, proposal, results = shown
    board = done(valley[name].do(counting.board, proposal))
    assert {one.act.id for one in board.outcomes} == results
    [refuted] = board.refuted
    assert refuted.judgement.kind is Verdict.FAULT
    assert "outcome.second" in [reason.code for reason in refuted.judgement.reasons]
    assert board.newest is not None
    assert board.newest.same
    said = read(browser(valley[name]), "/confederation")
    assert "Valley signed two different results." in said
    assert "Both are kept as proof." in said


@pytest.mark.withstands("F20")
def test_each_result_is_a_line_of_the_ledger_of_whoever_saw_it(shown: tuple[Valley, str, set[str]]) -> None:
    valley, _, results = shown
    for name in ("Riverside", "Hill", "Harbour"):
        kept = valley[name].read(lambda c: [act for act in acts.of_type(c, "gov:Outcome") if act.id in results])
        assert len(kept) == 2
        report = verify_bundle(done(valley[name].do(bundling.export)))
        found = {one.ref.id: one.judgement.kind.value for proposal in report.proposals for one in proposal.outcomes}
        assert sorted(found[one] for one in results) == ["fault", "fine"]
        assert report.exit_code == 1


def test_what_is_passed_on_goes_round_once(shown: tuple[Valley, str, set[str]]) -> None:
    valley, _, results = shown
    hill = valley["Hill"]
    [again] = [load(act) for act in hill.read(lambda c: acts.of_type(c, "gov:Outcome")) if act.id == min(results)]
    before = {name: size(place) for name, place in valley.places.items()}
    valley.hand(hill, again, {})
    valley.deliver()
    assert {name: size(place) for name, place in valley.places.items()} == before


def size(place: Place) -> int:
    return place.read(acts.size)
