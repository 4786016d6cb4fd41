"""More time to answer is given once, asked for by the close, and of three weeks at most (governance.md §2)."""

# ruff: noqa: ANN401 - changes are handed through to a record of many kinds of acts

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.governance.extension import Closing, closing_of, may_ask, request_is_void
from app.governance.ratification import Decision
from app.governance.record import Record
from tests.governance.valley import CLOSES, HILL, PROPOSAL, RIVERSIDE, VALLEY, decision, hour, known, receipt, record

SECOND, WEEK = timedelta(seconds=1), timedelta(weeks=1)
LATEST, ASKED = CLOSES + 3 * WEEK, hour(50)


def request(when: datetime = ASKED, until: datetime = CLOSES + WEEK) -> Decision:
    return replace(decision(HILL, when, category="procedure"), extends=known(PROPOSAL), closes=until)


def asked(*requests: Decision, **changes: Any) -> Record:
    """The record in which the forum had each of these by the close."""
    seen = [receipt(one, one.head.published) for one in requests]
    return replace(record(*seen, *requests, requests=requests, askers=frozenset({HILL})), **changes)


def refused(held: Record, one: Decision) -> str | None:
    why = request_is_void(held, one)
    return why.code if why is not None else None


@pytest.mark.withstands("F15")
def test_a_request_at_exactly_the_close_counts_and_its_receipt_too() -> None:
    for when, at in ((CLOSES, CLOSES + WEEK), (CLOSES + SECOND, CLOSES)):
        assert closing_of(asked(request(when)), hour(500)).at == at
    one = request()
    for seen, at in ((CLOSES, CLOSES + WEEK), (CLOSES + SECOND, CLOSES)):
        assert closing_of(asked(one, receipts=(receipt(one, seen),)), hour(500)).at == at


def test_what_is_asked_for_is_later_than_the_close_by_three_weeks_at_most() -> None:
    spans = {CLOSES: "extension.span", CLOSES + SECOND: None, LATEST: None, LATEST + SECOND: "extension.span"}
    for until, code in spans.items():
        one = request(until=until)
        assert refused(asked(one), one) == code
        why = may_ask(PROPOSAL, until, CLOSES, Closing(CLOSES))
        assert (why.code if why is not None else None) == code
    endless = replace(request(), closes=None)
    assert refused(asked(endless), endless) == "extension.span"


def test_the_receipt_is_the_forums_and_a_list_needs_none() -> None:
    one = request()
    by_another = replace(receipt(one), head=replace(receipt(one).head, author=RIVERSIDE))
    assert refused(asked(one, receipts=(by_another,)), one) == "extension.unseen"
    assert refused(asked(one, receipts=(receipt(PROPOSAL),)), one) == "extension.unseen"
    pact = replace(PROPOSAL, forum=(HILL, RIVERSIDE), listed=True, charter=None)
    assert refused(asked(one, receipts=(), proposal=pact), one) is None
    assert PROPOSAL.confederation == VALLEY


def test_the_first_that_stands_moves_the_close_and_nobody_asks_twice() -> None:
    first, second = request(hour(40)), request(hour(50), LATEST)
    both = asked(second, first)
    assert closing_of(both, hour(39)) == Closing(CLOSES)
    assert closing_of(both, hour(60)) == Closing(CLOSES + WEEK, first)
    twice = may_ask(PROPOSAL, LATEST, hour(60), Closing(CLOSES + WEEK, first))
    assert twice is not None
    assert twice.code == "extension.second"


def test_nobody_asks_after_the_close_or_where_there_is_none() -> None:
    late = may_ask(PROPOSAL, LATEST, CLOSES + SECOND, Closing(CLOSES))
    assert late is not None
    assert late.code == "extension.late"
    open_ended = replace(PROPOSAL, closes=None)
    assert closing_of(asked(request(), proposal=open_ended), hour(60)) == Closing(None)
    never = may_ask(open_ended, LATEST, hour(60), Closing(None))
    assert never is not None
    assert never.code == "extension.none"


def test_an_answer_at_exactly_the_close_is_not_over() -> None:
    assert [Closing(CLOSES).is_over(at) for at in (CLOSES, CLOSES + SECOND)] == [False, True]
    assert not Closing(None).is_over(LATEST)
