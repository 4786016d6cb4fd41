"""What is in force follows from the decisions alone, whatever order they are read in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from app.governance.act import Head, Ref
from app.governance.chain import Settled, chain, provisional_until, with_mandate
from app.governance.mandate import Mandate, Recall
from app.governance.proposal import Link, Proposal, State
from app.governance.ratification import Decision
from app.governance.rules import Counts, Rule, Status, parse_rule
from app.kernel.ids import Id
from tests.governance import valley

HOME = Id("https://hill.example/assembly")
START = datetime(2026, 11, 2, tzinfo=UTC)
LATER = START + timedelta(days=1)


def head(name: str, hour: int) -> Head:
    ref = Ref(Id(f"https://hill.example/acts/{name}"), f"z{name}")
    return Head(ref, "gov:Decision", HOME, START + timedelta(hours=hour))


def rule(**keys: object) -> Rule:
    found = parse_rule({"method": "majority", "quorum": "1/5", **keys})
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
    assert first.by == (None if first.in_force else later[0].head.ref)


def test_a_decision_leaves_alone_what_it_does_not_name() -> None:
    wood, bread = decided("wood", 1), decided("bread", 1)
    later = decided("pellets", 2, about("repeals", wood))
    found = {one.proposal.name: one for one in chain([wood, bread, later], LATER)}
    assert (found["bread"].state, found["bread"].named_by) == (State.IN_FORCE, ())


def test_what_was_not_decided_yet_is_not_in_force_and_moves_nothing() -> None:
    wood = decided("wood", 1)
    later = decided("pellets", 2, about("repeals", wood))
    [alone] = chain([wood, later], START + timedelta(hours=2, seconds=-1))
    assert alone.state is State.IN_FORCE
    assert chain([wood, later], START + timedelta(hours=2))[0].state is State.REPEALED


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


def resolved(name: str, hour: int, *links: Link) -> tuple[Decision, Proposal]:
    """What a meeting resolved provisionally, to be called back within ten hours."""
    decision, proposal = decided(name, hour, *links)
    return replace(decision, rule=rule(method="provisional", window="PT10H")), proposal


def in_place_of(earlier: tuple[Decision, Proposal], name: str, hour: int) -> tuple[Decision, Proposal]:
    """The Decision by which three leave it to the next meeting."""
    decision, proposal = earlier
    called = replace(decision, head=replace(head(name, hour), supersedes=decision.head.ref), status=Status.UNRESOLVED)
    return called, proposal


def states(decided: list[tuple[Decision, Proposal]], after: float) -> list[State]:
    return [one.state for one in chain(decided, START + timedelta(hours=after))]


def test_what_was_resolved_provisionally_is_in_force_at_once_and_moves_others_when_it_cannot_be_called_back() -> None:
    wood = decided("wood", 1)
    soon = resolved("pellets", 2, about("repeals", wood))
    assert states([wood, soon], 11.99) == [State.IN_FORCE, State.IN_FORCE]
    assert states([wood, soon], 12) == [State.REPEALED, State.IN_FORCE]


def test_what_three_call_back_in_time_is_in_force_no_more_and_moves_nothing() -> None:
    wood = decided("wood", 1)
    soon = resolved("pellets", 2, about("repeals", wood))
    called, late = in_place_of(soon, "back", 11), in_place_of(soon, "back", 12)
    assert states([wood, soon, called], 24) == [State.IN_FORCE, State.UNRESOLVED]
    assert chain([wood, soon, called], LATER)[1].by == called[0].head.ref
    assert states([wood, soon, late], 24) == [State.REPEALED, State.IN_FORCE], "not within the window"


def test_only_what_was_resolved_provisionally_and_is_in_force_can_be_called_back() -> None:
    wood = decided("wood", 1)
    assert states([wood, in_place_of(wood, "back", 2)], 24) == [State.IN_FORCE]
    soon = resolved("pellets", 2)
    end = decided("end", 3, about("repeals", soon))
    assert states([soon, end, in_place_of(soon, "back", 4)], 24) == [State.REPEALED, State.IN_FORCE]


def test_only_what_was_adopted_provisionally_has_a_window() -> None:
    soon = resolved("pellets", 2)
    assert provisional_until(soon[0]) == START + timedelta(hours=12)
    assert provisional_until(in_place_of(soon, "back", 3)[0]) is None
    decision, proposal = decided("wood", 2)
    with_window = replace(decision, rule=rule(window="PT10H"))
    assert provisional_until(with_window) is None, "a key that does not apply changes nothing"
    assert states([(with_window, proposal), in_place_of((with_window, proposal), "back", 3)], 24) == [State.IN_FORCE]


def test_what_the_next_meeting_decides_has_no_second_window() -> None:
    wood = decided("wood", 1)
    soon = resolved("pellets", 2, about("repeals", wood))
    called = in_place_of(soon, "back", 3)
    decision, proposal = resolved("again", 4)
    again = replace(decision, unresolved=called[0].head.ref), replace(proposal, links=soon[1].links)
    assert states([wood, soon, called, again], 4) == [State.REPEALED, State.UNRESOLVED, State.IN_FORCE]
    assert states([wood, soon, called, again, in_place_of(again, "late", 5)], 24)[2] is State.IN_FORCE


def test_a_time_that_is_not_over_yet_ends_nothing_whatever_is_still_to_come() -> None:
    assert states([lasting("wood", 1, 11), resolved("pellets", 2)], 10) == [State.IN_FORCE, State.IN_FORCE]


GIVEN = valley.mandate(when=valley.hour(0), valid_from=valley.hour(0), valid_until=valley.hour(90))
"""Rojin and Tom, until hour 90."""


def granted(at: float, *recalls: Recall, replaced: Mandate | None = None, one: Settled | None = None) -> Settled:
    """Where the decision that gave it stands."""
    grant = one or Settled(valley.GRANT[valley.HILL], decided("grant", 1)[1], State.IN_FORCE)
    return with_mandate(grant, GIVEN, recalls, replaced, valley.hour(at))


def recalled(when: float, *delegates: Id) -> Recall:
    return valley.recall(GIVEN, valley.hour(when), delegates=delegates)


@pytest.mark.shows("B4")
def test_a_recall_of_all_ends_the_decision_that_gave_the_mandate_and_one_of_some_changes_it() -> None:
    whole, first, second = recalled(60), recalled(60, valley.ROJIN), recalled(70, valley.TOM)
    assert [granted(at, whole).state for at in (59, 60)] == [State.IN_FORCE, State.REPEALED]
    assert granted(60, whole).by == whole.decision
    part = granted(80, first)
    assert (part.state, part.named_by) == (State.IN_FORCE, (("amends", first.decision),))
    for both in ((first, second), (second, first)):
        assert [granted(at, *both).state for at in (69, 70)] == [State.IN_FORCE, State.REPEALED]


def test_a_grant_in_its_place_ends_it_and_so_does_its_own_time() -> None:
    other = valley.mandate(when=valley.hour(50), valid_from=valley.hour(50), valid_until=valley.hour(99))
    assert [granted(at, replaced=other).state for at in (49, 50)] == [State.IN_FORCE, State.SUPERSEDED]
    assert granted(50, replaced=other).by == other.decision
    assert [granted(at).state for at in (89, 90, 91)] == [State.IN_FORCE, State.EXPIRED, State.EXPIRED]


def test_what_came_first_ended_it() -> None:
    other = valley.mandate(when=valley.hour(50), valid_from=valley.hour(50), valid_until=valley.hour(99))
    assert granted(95, recalled(60), replaced=other).state is State.SUPERSEDED
    assert granted(95, recalled(40), replaced=other).state is State.REPEALED
    assert granted(95, recalled(90)).state is State.EXPIRED, "it was over"
    over = Settled(valley.GRANT[valley.HILL], decided("grant", 1)[1], State.EXPIRED)
    assert granted(95, recalled(60), one=over).state is State.REPEALED
    assert granted(95, one=over).state is State.EXPIRED
    assert granted(95, recalled(60), one=replace(over, state=State.SUPERSEDED)).state is State.SUPERSEDED
