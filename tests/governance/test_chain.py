"""What is in force follows from the decisions alone, whatever order they are read in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from app.governance.act import Head, Ref
from app.governance.chain import chain
from app.governance.proposal import Link, Proposal, State
from app.governance.ratification import Decision
from app.governance.rules import Counts, Rule, Status, parse_rule
from app.kernel.ids import Id

HOME = Id("https://hill.example/assembly")
START = datetime(2026, 11, 2, tzinfo=UTC)
LATER = START + timedelta(days=1)


def head(name: str, hour: int) -> Head:
    ref = Ref(Id(f"https://hill.example/acts/{name}"), f"z{name}")
    return Head(ref, "gov:Decision", HOME, START + timedelta(hours=hour))


def rule() -> Rule:
    found = parse_rule({"method": "majority", "quorum": "1/5"})
    assert isinstance(found, Rule)
    return found


def decided(name: str, hour: int, *links: Link, status: Status = Status.ADOPTED) -> tuple[Decision, Proposal]:
    proposal = Proposal(head(f"text-{name}", hour), name, "policy", (HOME,), links=links)
    return Decision(head(name, hour), status, Counts(10, 8, 8), rule(), proposal.head.ref), proposal


def about(kind: str, earlier: tuple[Decision, Proposal]) -> Link:
    return Link(kind, (earlier[0].head.ref,))


@pytest.mark.shows("G10")
@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("continues", State.IN_FORCE),
        ("amends", State.IN_FORCE),
        ("implements", State.IN_FORCE),
        ("supersedes", State.SUPERSEDED),
        ("repeals", State.REPEALED),
    ],
)
def test_a_later_decision_moves_the_earlier_one_that_it_names(kind: str, state: State) -> None:
    wood = decided("wood", 1)
    later = decided("pellets", 2, about(kind, wood))
    first, second = chain([wood, later], LATER)
    assert (first.state, second.state) == (state, State.IN_FORCE)
    assert first.named_by == ((kind, later[0].head.ref),)


def test_a_link_may_name_the_text_instead_of_the_decision() -> None:
    wood = decided("wood", 1)
    later = decided("pellets", 2, Link("repeals", (wood[1].head.ref,)))
    assert chain([wood, later], LATER)[0].by == later[0].head.ref


def test_what_is_not_adopted_moves_nothing() -> None:
    wood = decided("wood", 1)
    later = decided("pellets", 2, about("repeals", wood), status=Status.REJECTED)
    assert [one.state for one in chain([wood, later], LATER)] == [State.IN_FORCE]


def test_an_earlier_decision_moves_no_later_one() -> None:
    later = decided("pellets", 2)
    wood = decided("wood", 1, about("repeals", later))
    assert [one.state for one in chain([later, wood], LATER)] == [State.IN_FORCE, State.IN_FORCE]


def test_what_was_repealed_stays_so() -> None:
    wood = decided("wood", 1)
    end = decided("end", 2, about("repeals", wood))
    again = decided("again", 3, about("supersedes", wood))
    first = chain([wood, end, again], LATER)[0]
    assert (first.state, first.by) == (State.REPEALED, end[0].head.ref)
    assert len(first.named_by) == 2


def test_the_order_in_which_decisions_are_read_changes_nothing() -> None:
    wood = decided("wood", 1)
    more = [decided("a", 2, about("amends", wood)), decided("b", 3, about("supersedes", wood)), decided("c", 4)]
    expected = chain([wood, *more], LATER)
    assert all(chain(order, LATER) == expected for order in permutations([wood, *more]))


def test_a_link_of_an_unknown_kind_is_not_shown() -> None:
    wood = decided("wood", 1)
    decision, proposal = decided("x", 2)
    later = (decision, replace(proposal, links=(about("worships", wood),)))
    assert chain([wood, later], LATER)[0].named_by == ()


def lasting(name: str, hour: int, until: int, *links: Link) -> tuple[Decision, Proposal]:
    decision, proposal = decided(name, hour, *links)
    return decision, replace(proposal, valid_until=START + timedelta(hours=until))


@pytest.mark.shows("G10")
def test_what_was_decided_for_a_time_is_in_force_before_its_end_and_not_at_it() -> None:
    wood = lasting("wood", 1, 5)
    assert chain([wood], START + timedelta(hours=5, seconds=-1))[0].state is State.IN_FORCE
    assert chain([wood], START + timedelta(hours=5))[0].state is State.EXPIRED


def test_what_is_over_is_not_repealed_and_what_was_repealed_does_not_expire() -> None:
    wood = lasting("wood", 1, 3)
    assert chain([wood, decided("late", 4, about("repeals", wood))], LATER)[0].state is State.EXPIRED
    assert chain([wood, decided("soon", 2, about("repeals", wood))], LATER)[0].state is State.REPEALED
    assert chain([wood, decided("then", 3, about("repeals", wood))], LATER)[0].state is State.EXPIRED
