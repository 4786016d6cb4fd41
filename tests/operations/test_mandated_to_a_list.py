"""Delegates who sign a call before a list of assemblies, with nobody above them (G6, H3; fine-print 33)."""

from pathlib import Path

import pytest

from app.governance.ratification import Stance
from app.governance.tally import By
from app.operations.confederation import counting
from app.operations.mandates import delegating, mandating, recalling
from app.operations.mandates.delegating import Wish
from app.operations.record import bundling
from app.store.agenda import Kind
from app.verifier import verify_bundle
from tests.operations.cycle import PEOPLE, give_mandate, send
from tests.operations.mandated import agreeing_on, brought, confederated, granted
from tests.operations.neighbours import Place, Valley, done, settle_down
from tests.operations.test_calls import bring_call
from tests.pages.visits import read, signed_in

NAMES = ("Riverside", "Hill", "Harbour")


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Valley, str]:
    """Riverside calls Hill and Harbour; Hill sends Rojîn and Tom to sign, and recalls Tom when Rojîn has signed."""
    valley = settle_down(tmp_path_factory.mktemp("called"), sqlite_template, PEOPLE)
    river, hill = valley["Riverside"], valley["Hill"]
    call = bring_call(valley, None, (hill.assembly, valley["Harbour"].assembly))
    council = next(one for one in hill.do(mandating.receivers) if " " in one)
    assert council.split() == sorted(valley[name].assembly for name in NAMES)
    mandate = give_mandate(hill, council, call, "rojin", "tom")
    valley.deliver()
    assert send(hill, "rojin", Wish(call, Stance.RATIFIED, mandate)).check.binds
    valley.deliver()
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "Not again."))
    hill.decide(recall, agree=4)
    valley.deliver()
    again = send(hill, "tom", Wish(call, Stance.REJECTED, mandate))
    assert not again.check.binds
    valley.deliver()
    assert river.item(Kind.ANSWER, "A day without cars").act == call
    return valley, call


def row_of(place: Place, hill: Place, call: str) -> tuple[str, By | None]:
    count = done(done(place.do(counting.board, call)).count)
    return next((row.stance.value, row.by) for row in count.rows if row.assembly == hill.assembly)


@pytest.mark.shows("G6", "H3")
@pytest.mark.parametrize("name", NAMES)
def test_a_delegate_signs_for_the_assembly_and_everybody_of_the_list_counts_it(
    called: tuple[Valley, str], name: str
) -> None:
    valley, call = called
    assert row_of(valley[name], valley["Hill"], call) == ("ratified", By.MANDATE)


@pytest.mark.parametrize("name", NAMES)
def test_the_verifier_counts_it_alike(called: tuple[Valley, str], name: str) -> None:
    valley, call = called
    report = verify_bundle(done(valley[name].do(bundling.export)))
    [found] = [one for one in report.proposals if one.ref.id == call]
    assert found.count is not None
    rows = {one.row.assembly: (one.row.stance, one.row.by) for one in found.count.stands}
    assert rows[valley["Hill"].assembly] == ("ratified", "mandate")


def test_the_form_names_the_list_and_the_delegate_is_offered_the_call(called: tuple[Valley, str]) -> None:
    valley, call = called
    client = signed_in(valley["Hill"], "rojin")
    new = read(client, "/mandates/new")
    assert "For the meeting of harbour.example, Hill, Riverside" in new
    [mandate] = valley["Hill"].do(delegating.held_by, valley["Hill"].people["rojin"])
    said = read(client, f"/mandates/{mandate.head.ref.id.rpartition('/')[2]}")
    assert "A day without cars" in said
    assert [one.head.ref.id for one in valley["Hill"].do(delegating.open_for, mandate)] == [call]


def test_what_our_assembly_has_answered_itself_is_shown_as_counted(tmp_path: Path, sqlite_template: Path) -> None:
    valley = confederated(tmp_path, sqlite_template)
    hill, fuel = valley["Hill"], brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    page, client = f"/mandates/{mandate.rpartition('/')[2]}", signed_in(hill, "rojin")
    assert "Your vote for Hill" in read(client, page)
    hill.decide(hill.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    said = read(client, page)
    assert "Hill has answered itself, and that is what counts." in said
    assert "Your vote for Hill" not in said
