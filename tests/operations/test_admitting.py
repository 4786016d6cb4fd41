"""Admission: who joins belongs once nothing can be objected any more, and is in no count that was open before (F16)."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.charter import settled_from
from app.governance.ratification import Stance
from app.operations.confederation import confederations, counting, hosting, joining
from app.operations.mandates.delegating import Wish
from app.operations.matters import proposing
from app.operations.record.sealing import load
from app.store import acts
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE, give_mandate, nothing_was_objected, send
from tests.operations.neighbours import Valley, done, found_council, settle_down
from tests.operations.test_vouching import counted_again, let_in_unasked, roll
from tests.pages.visits import browser, read, signed_in

MORE_FOR = {"method": "majority", "quorum": "1/5"}
EVERYWHERE = ("Valley", "Riverside", "Hill", "Harbour")
WAITS = "Harbour is admitted when nothing has been objected by "


def asked(valley: Valley) -> str:
    """Harbour asks to join; the address of what its members decide on."""
    harbour = valley["Harbour"]
    valley.visit(harbour, valley["Valley"])
    item = done(harbour.do(joining.propose, harbour.people["jo"], valley["Valley"].assembly, "We share the water."))
    harbour.decide(item)
    valley.deliver()
    return valley["Riverside"].item(Kind.ANSWER, "join").act


def answered(valley: Valley, title: str, **agree: int) -> None:
    for name, figure in agree.items():
        place = valley[name.title()]
        place.decide(place.item(Kind.ANSWER, title), agree=figure, disagree=5 - figure)
    valley.deliver()


def admissions(valley: Valley) -> int:
    return len(valley["Valley"].read(lambda c: acts.of_type(c, "gov:Admission")))


def agreed_by_a_delegate(folder: Path, template: Path) -> tuple[Valley, str]:
    """Riverside lets Harbour in, and so does Hill's delegate under a mandate; the Proposal's id."""
    valley = settle_down(folder, template, PEOPLE, changes={"rules": {"ratification": MORE_FOR}})
    found_council(valley, ("Riverside", "Hill"))
    proposal, hill = asked(valley), valley["Hill"]
    answered(valley, "join", riverside=5)
    mandate = give_mandate(hill, valley["Valley"].assembly, proposal, "rojin", "tom")
    send(hill, "rojin", Wish(proposal, Stance.RATIFIED, mandate))
    valley.deliver()
    return valley, proposal


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    settled = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(settled, ("Riverside", "Hill"))
    return settled


@pytest.mark.withstands("F16")
def test_nobody_is_admitted_before_the_time_to_object_is_over(valley: Valley) -> None:
    proposal = asked(valley)
    answered(valley, "join", riverside=5, hill=5)
    for name in ("Valley", "Riverside", "Hill"):
        assert done(done(valley[name].do(counting.board, proposal)).count).status == "adopted"
        assert roll(valley, name) == counted_again(valley, name) == ["hill", "riverside"]
        assert WAITS in read(browser(valley[name]), "/confederation")
    ours = valley["Harbour"].item(Kind.JOIN)
    assert WAITS in read(signed_in(valley["Harbour"], "Jo"), f"/proposals/{ours.id}")
    assert admissions(valley) == 0
    closes = done(valley["Valley"].do(counting.board, proposal)).closing.at
    assert closes is not None
    valley.clock.at = closes + timedelta(days=6)
    valley["Valley"].do(hosting.duties)
    valley.deliver()
    assert admissions(valley) == 0
    valley.clock.tick(days=2)
    valley["Valley"].do(hosting.duties)
    valley.deliver()
    valley["Valley"].do(hosting.duties)
    assert admissions(valley) == 1
    for name in EVERYWHERE:
        assert roll(valley, name) == ["harbour", "hill", "riverside"]
        assert WAITS not in read(browser(valley[name]), "/confederation")


@pytest.mark.withstands("F16")
def test_an_answer_that_is_changed_in_time_leaves_nobody_admitted_by_mistake(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley, proposal = agreed_by_a_delegate(tmp_path, sqlite_template)
    assert done(done(valley["Valley"].do(counting.board, proposal)).count).status == "adopted"
    answered(valley, "join", hill=1)  # the assembly itself says otherwise than its delegate
    nothing_was_objected(valley)
    outcomes = [load(one) for one in valley["Valley"].read(lambda c: acts.of_type(c, "gov:Outcome"))]
    assert [(one["gov:status"], one["gov:final"]) for one in outcomes] == [
        ("adopted", False),
        ("rejected", False),
        ("rejected", True),
    ]
    assert admissions(valley) == 0
    for name in ("Valley", "Riverside", "Hill"):
        assert roll(valley, name) == counted_again(valley, name) == ["hill", "riverside"]


@pytest.mark.withstands("F16")
def test_who_is_admitted_is_in_no_count_that_was_open_before(valley: Valley) -> None:
    asked(valley)
    answered(valley, "join", riverside=5, hill=5)
    river = valley["Riverside"]
    valley.clock.tick(days=36)
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    fuel = valley["Hill"].item(Kind.ANSWER, "Winter fuel").act
    valley.clock.tick(days=9)
    valley["Valley"].do(hosting.duties)
    valley.deliver()
    assert roll(valley, "Valley") == ["harbour", "hill", "riverside"]
    answered(valley, "Winter fuel", riverside=5, hill=5)
    for name in ("Valley", "Riverside", "Hill"):
        board = done(valley[name].do(counting.board, fuel))
        assert [one.split("/")[2].partition(".")[0] for one in board.record.roll] == ["hill", "riverside"]
        assert (done(board.count).counts.entitled, done(board.count).status) == (2, "adopted")


def test_where_there_is_no_time_to_object_a_member_is_admitted_at_once(tmp_path: Path, sqlite_template: Path) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"), {"contest": "PT0S"})
    asked(valley)
    answered(valley, "join", riverside=5, hill=5)
    assert admissions(valley) == 1
    assert roll(valley, "Hill") == counted_again(valley, "Hill") == ["harbour", "hill", "riverside"]


def let_in_at_once(valley: Valley) -> None:
    """What a council with other software signs, which does not wait."""
    valley["Valley"].do(let_in_unasked, valley["Harbour"].assembly)
    valley.deliver()
    assert admissions(valley) == 1


@pytest.mark.withstands("F16")
def test_an_admission_that_does_not_wait_puts_nobody_on_a_roll_before_that_time_is_over(
    valley: Valley,
) -> None:
    proposal = asked(valley)
    answered(valley, "join", riverside=5, hill=5)
    let_in_at_once(valley)
    for name in EVERYWHERE:
        assert roll(valley, name) == counted_again(valley, name) == ["hill", "riverside"]
    for name in ("Valley", "Riverside", "Hill"):
        assert WAITS in read(browser(valley[name]), "/confederation")
    harbour = valley["Harbour"]
    assert "We do not belong to a confederation yet." in read(browser(harbour), "/confederation")
    assert WAITS in read(signed_in(harbour, "Jo"), f"/proposals/{harbour.item(Kind.JOIN).id}")
    closes = done(valley["Valley"].do(counting.board, proposal)).closing.at
    assert closes is not None
    valley.clock.at = closes + timedelta(days=7, seconds=1)
    for name in EVERYWHERE:
        assert roll(valley, name) == counted_again(valley, name) == ["harbour", "hill", "riverside"]
        assert "Harbour belongs to Valley." in read(browser(valley[name]), "/confederation")


@pytest.mark.withstands("F16")
def test_an_answer_that_is_changed_in_time_undoes_an_admission_that_did_not_wait(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley, proposal = agreed_by_a_delegate(tmp_path, sqlite_template)
    let_in_at_once(valley)
    answered(valley, "join", hill=1)  # the assembly itself says otherwise than its delegate
    nothing_was_objected(valley)
    for name in ("Valley", "Riverside", "Hill"):
        assert roll(valley, name) == counted_again(valley, name) == ["hill", "riverside"]
        board = done(valley[name].do(counting.board, proposal))
        assert board.refuted == ()  # nobody is accused for not having waited
    assert valley["Harbour"].do(confederations.ours) == frozenset()


def test_with_no_close_there_is_nothing_to_wait_for() -> None:
    assert settled_from(None, None) is None
