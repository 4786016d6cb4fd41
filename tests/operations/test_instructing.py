"""What no mandate covers goes back to the base for instruction in good time, and nobody is surprised by an end."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.mandates import delegating, instructing
from app.operations.matters import proposing
from app.store import agenda
from app.store.agenda import Kind as Items
from tests.operations.mandated import Kind, Latitude, Position, agreeing_on, brought, confederated, granted, seen
from tests.operations.neighbours import Place, Valley, done


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def told(place: Place, kind: str) -> int:
    return sum(event.kind == kind for event in place.read(lambda c: agenda.told(c, 500)))


def at(valley: Valley, moment: Instant) -> None:
    """Hill looks after its duties at this moment, twice."""
    for _ in range(2):
        valley.clock.at = moment - timedelta(seconds=1)
        valley["Hill"].do(instructing.duties)


@pytest.mark.shows("B7")
@pytest.mark.shows("G5")
def test_what_no_mandate_covers_is_asked_about_at_once_and_once(valley: Valley) -> None:
    hill = valley["Hill"]
    granted(valley, agreeing_on("resource"))
    brought(valley, "Wood for all", "resource")
    brought(valley)
    at(valley, valley.clock.now())
    assert hill.item(Items.ANSWER, "Winter fuel").asked
    assert not hill.item(Items.ANSWER, "Wood for all").asked
    assert told(hill, "asked") == 1


@pytest.mark.shows("B7")
def test_all_are_reminded_when_the_next_meeting_is_the_last_before_the_close(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    end = valley.clock.now() + timedelta(days=90)
    mandate = granted(valley, Position("policy", Kind.INDICATIVE, ()), valid_until=end)
    closes = next(one for one in _open(hill, mandate) if one[0] == fuel)[1]
    last = closes - timedelta(days=30)  # they meet once a month
    at(valley, last - timedelta(seconds=1))
    assert told(hill, "instruction_due") == 0
    at(valley, last)
    assert told(hill, "instruction_due") == 1


@pytest.mark.shows("B7")
def test_a_default_that_says_what_holds_needs_no_instruction(valley: Valley) -> None:
    granted(valley, default=Latitude(Kind.FIXED, agreeing_on("").choices))
    brought(valley)
    at(valley, valley.clock.now())
    assert told(valley["Hill"], "asked") == 0


@pytest.mark.shows("B3")
def test_a_mandates_end_is_told_a_week_before_and_when_it_came(valley: Valley) -> None:
    hill = valley["Hill"]
    end = valley.clock.now() + timedelta(days=60)
    mandate = granted(valley, agreeing_on("policy"), valid_until=end)
    for moment, before, after in (
        (end - timedelta(days=7, seconds=1), 0, 0),
        (end - timedelta(days=7), 1, 0),
        (end - timedelta(seconds=1), 1, 0),
        (end, 1, 1),
    ):
        at(valley, moment)
        assert (told(hill, "mandate_ends"), told(hill, "mandate_ended")) == (before, after)
    assert not seen(hill, mandate).is_in_force(end)


def _open(hill: Place, mandate: str) -> list[tuple[str, Instant]]:
    found = hill.do(delegating.open_for, seen(hill, mandate).mandate)
    return [(one.head.ref.id, one.closes) for one in found if one.closes is not None]


@pytest.mark.shows("B7")
def test_only_a_mandate_in_force_asks_and_only_about_what_is_before_its_council(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    granted(valley, agreeing_on(fuel))
    tom, leyla = hill.people["tom"], hill.people["leyla"]
    draft = proposing.Draft("A bench", "At the well.", "task", None)
    bench = done(hill.do(proposing.propose, leyla, draft))
    for who, about, code in ((tom, bench.act, "vote.proposal"), (leyla, fuel, "delegate.none")):
        refused = hill.do(delegating.ask_for, who, about)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    assert hill.do(delegating.ask_for, tom, fuel) == hill.item(Items.ANSWER, "Winter fuel").id
    valley.clock.tick(days=31)
    late = hill.do(delegating.ask_for, tom, fuel)
    assert isinstance(late, Refusal)
    assert late.code == "delegate.none"
    assert [one.title for one in hill.read(lambda c: agenda.of_kind(c, Items.ANSWER)) if one.asked] == ["Winter fuel"]
