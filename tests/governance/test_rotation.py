from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.governance.rotation import DELEGATE, STARTER_TERMS, Excess, Limit, Term, limit_for, overruns
from app.governance.rules import Counts, Status
from app.governance.terms import derogates, terms_of
from app.kernel.ids import Id
from tests.governance.valley import HARBOUR, HILL, ROJIN, TOM, decision, hour, mandate

AVA, BEN = Id("https://hill.example/people/ava"), Id("https://hill.example/people/ben")
YEAR = timedelta(days=365)
LIMIT = STARTER_TERMS["other"]


def treasurers(*held: Iterable[Id]) -> list[Term]:
    """One term a year, first to last."""
    return [
        Term("treasurer", frozenset(people), hour(0) + number * YEAR, hour(0) + (number + 1) * YEAR)
        for number, people in enumerate(held)
    ]


def exceeded(*held: Iterable[Id], limit: Limit = LIMIT) -> list[tuple[Excess, int]]:
    """What the last of these terms exceeds."""
    *past, proposed = treasurers(*held)
    return [(one.excess, one.terms) for one in overruns(limit, past, proposed)]


@pytest.mark.shows("B11")
def test_two_terms_in_a_row_and_then_one_off() -> None:
    assert exceeded([AVA]) == []
    assert exceeded([AVA], [AVA]) == []
    assert exceeded([AVA], [AVA], [AVA]) == [(Excess.IN_A_ROW, 2)]
    assert exceeded([AVA], [AVA], [BEN], [AVA]) == [], "one term off is enough"
    assert exceeded([AVA], [AVA], [BEN], [AVA], limit=replace(LIMIT, cool_down=2)) == [(Excess.COOL_DOWN, 1)]
    assert exceeded([AVA], [BEN], [AVA]) == [], "never two in a row"
    assert exceeded([BEN], [BEN], [AVA]) == []
    assert exceeded([AVA], [BEN], [AVA], [AVA]) == [], "what was before the break is not in this row"


@pytest.mark.shows("B11")
def test_each_person_of_an_office_is_counted_for_themselves() -> None:
    *past, proposed = treasurers([AVA, BEN], [AVA], [AVA, BEN])
    assert [(one.excess, one.people) for one in overruns(LIMIT, past, proposed)] == [
        (Excess.IN_A_ROW, frozenset({AVA}))
    ]


@pytest.mark.shows("B11")
def test_delegates_are_counted_as_the_pair_they_are_from_the_mandates_of_their_own_assembly() -> None:
    given = [mandate(when=hour(-9), valid_from=hour(100 * n), valid_until=hour(100 * n + 50)) for n in range(3)]
    foreign = mandate(HARBOUR, [ROJIN, TOM], valid_from=hour(20), valid_until=hour(30))
    *past, proposed = terms_of((*given, foreign), HILL)
    limit = limit_for({}, DELEGATE)
    assert len(past) == 2, "no instance matches persons across servers"
    assert [one.excess for one in overruns(limit, past, proposed)] == [Excess.IN_A_ROW]
    assert overruns(limit, past[1:], proposed) == ()
    assert overruns(limit, past, replace(proposed, people=frozenset({ROJIN, AVA}))) == (), "another pair"
    three = [replace(term, people=term.people | {AVA}) for term in past]
    assert overruns(limit, three, proposed) == (), "of three of whom they are two neither"


def test_a_term_longer_than_the_longest_is_told() -> None:
    long = Term("treasurer", frozenset({AVA}), hour(0), hour(0) + timedelta(days=366, seconds=1))
    assert [one.excess for one in overruns(LIMIT, (), long)] == [Excess.LONGEST]
    assert overruns(LIMIT, (), replace(long, ends=hour(0) + timedelta(days=366))) == ()


def test_order_and_other_kinds_change_nothing() -> None:
    *past, proposed = treasurers([AVA], [AVA], [AVA])
    others = [replace(term, kind="teller") for term in past]
    assert overruns(LIMIT, [*reversed(past), *others], proposed) == overruns(LIMIT, past, proposed)
    assert overruns(LIMIT, others, proposed) == ()
    *past, proposed = treasurers([AVA], [AVA], [BEN], [AVA])
    assert overruns(LIMIT, reversed(past), proposed) == ()
    assert overruns(LIMIT, [*past[1:], replace(proposed, starts=hour(0) + 4 * YEAR)], proposed) == ()


def test_what_comes_later_or_at_the_same_time_is_no_earlier_term() -> None:
    first, *others = treasurers([AVA], [AVA], [AVA])
    assert overruns(LIMIT, [*others, first], first) == ()
    beside = [replace(first, ends=term.ends) for term in others]
    assert overruns(LIMIT, beside, first) == ()


def test_each_kind_of_office_has_its_own_limit_else_that_of_other_offices() -> None:
    own, others = Limit(None, 5, 0), Limit(None, 7, 0)
    assert limit_for({"treasurer": own, "other": others}, "treasurer") == own
    assert limit_for({"teller": own, "other": others}, "treasurer") == others
    assert limit_for({}, "treasurer") == LIMIT


@pytest.mark.shows("B11")
def test_the_assembly_derogates_by_two_thirds() -> None:
    adopted = decision(HILL, hour(0), category="procedure")
    for (yes, no), holds in {(20, 10): True, (19, 10): False, (13, 7): False, (0, 0): False, (1, 0): True}.items():
        refused = derogates(replace(adopted, counts=Counts(50, yes + no, yes, disagree=no)))
        assert (refused is None) is holds, (yes, no)
    assert derogates(replace(adopted, status=Status.REJECTED)) is not None
