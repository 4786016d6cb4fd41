"""What the register says of a decision that gave a mandate: in force while somebody may speak under it, and why."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.chain import Settled
from app.governance.proposal import State
from app.operations.mandates import recalling
from app.operations.matters import linking
from app.store import agenda
from app.store.agenda import Kind
from tests.operations.mandated import agreeing_on, confederated, granted
from tests.operations.neighbours import Place, Valley, done
from tests.pages.visits import browser, read

SUBJECT = "winter"


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def given(hill: Place) -> Settled:
    """The first decision of Hill that gave a mandate, as the register has it."""
    return next(one for one in hill.do(linking.settled) if one.proposal.category == "mandate")


def recall(hill: Place, mandate: str, *names: str) -> str:
    people = tuple(hill.person(name) for name in names)
    item = done(hill.do(recalling.propose, hill.people["leyla"], mandate, people, "They went against it."))
    return hill.decide(item, agree=3).acts[0].id


def on_agenda(hill: Place, one: Settled) -> str:
    found = hill.read(lambda c: agenda.about(c, one.proposal.head.ref.id))
    assert found is not None
    assert found.kind is Kind.MANDATE
    return found.state


@pytest.mark.shows("G10", "B5")
def test_a_recall_of_all_ends_it_and_one_of_some_changes_it_in_part(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on(SUBJECT))
    assert given(hill).state is State.IN_FORCE
    first = recall(hill, mandate, "tom")
    one = given(hill)
    assert (one.state, [(how, by.id) for how, by in one.named_by]) == (State.IN_FORCE, [("amends", first)])
    second = recall(hill, mandate, "rojin")
    one = given(hill)
    assert one.state is State.REPEALED
    assert one.by is not None
    assert one.by.id == second
    assert on_agenda(hill, one) == State.REPEALED
    said = read(browser(hill), "/decisions")
    before = said[said.index("What was in force before") :]
    assert "No longer in force." in before
    assert "ended by" in before


def test_another_mandate_in_its_place_ends_it(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on(SUBJECT))
    granted(valley, agreeing_on(SUBJECT), delegates=("rojin", "ida"), instead_of=mandate)
    one = given(hill)
    assert one.state is State.SUPERSEDED
    assert on_agenda(hill, one) == State.SUPERSEDED


def test_its_time_ends_it_and_not_what_came_before_its_end(valley: Valley) -> None:
    hill = valley["Hill"]
    until = valley.clock.now() + timedelta(days=10)
    granted(valley, agreeing_on(SUBJECT), valid_until=until)
    valley.clock.at = until - timedelta(seconds=2)
    assert given(hill).state is State.IN_FORCE
    valley.clock.at = until
    assert given(hill).state is State.EXPIRED


def test_what_was_recalled_before_its_time_was_over_stays_recalled(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on(SUBJECT), valid_until=valley.clock.now() + timedelta(days=10))
    recall(hill, mandate, "tom", "rojin")
    valley.clock.tick(days=30)
    assert given(hill).state is State.REPEALED
