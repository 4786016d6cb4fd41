"""Whom a decision counts on: from which meeting somebody votes, and when they are not counted (governance.md §1)."""

from datetime import UTC, datetime, timedelta

import pytest

from app.governance.belonging import NOTICE, is_dormant, is_senior, told_from
from app.governance.charter import Settings, parse_settings
from app.kernel.canonical import Document

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
SECOND, HALF_A_YEAR = timedelta(seconds=1), timedelta(days=183)


def rules(**said: object) -> Settings:
    document: Document = dict(said)
    parsed = parse_settings(document)
    assert isinstance(parsed, Settings)
    return parsed


@pytest.mark.withstands("F34")
@pytest.mark.parametrize("category", ["policy", "mandate", "task", "charter", "exclusion", "recall"])
def test_from_the_first_meeting_on_but_on_rules_people_and_recalls_from_the_second(category: str) -> None:
    slow = category in {"charter", "exclusion", "recall"}
    assert [is_senior(rules(), category, meetings) for meetings in (0, 1, 2)] == [not slow, True, True]


@pytest.mark.withstands("F34")
def test_an_assembly_may_ask_for_more_meetings_or_none() -> None:
    own = rules(seniority={"policy": 3, "charter": 1})
    assert [is_senior(own, "policy", meetings) for meetings in (0, 1, 2)] == [False, False, True]
    assert is_senior(own, "charter", 0)


def test_who_was_not_seen_for_half_a_year_is_not_counted_once_all_were_told_in_time() -> None:
    told = told_from(rules(), SEEN)
    assert told == SEEN + HALF_A_YEAR - NOTICE
    assert not is_dormant(rules(), SEEN, told, SEEN + HALF_A_YEAR - SECOND)
    assert is_dormant(rules(), SEEN, told, SEEN + HALF_A_YEAR)
    assert not is_dormant(rules(), SEEN, None, SEEN + HALF_A_YEAR), "nobody was told"
    late = told + timedelta(days=5)
    assert not is_dormant(rules(), SEEN, late, late + NOTICE - SECOND)
    assert is_dormant(rules(), SEEN, late, late + NOTICE)
    back = SEEN + HALF_A_YEAR
    assert not is_dormant(rules(), back, told, back), "who is back is counted"


def test_an_assembly_sets_how_long_somebody_may_be_away() -> None:
    week = rules(dormant="P7D")
    assert told_from(week, SEEN) == SEEN
    assert not is_dormant(week, SEEN, SEEN, SEEN + timedelta(days=7) - SECOND)
    assert is_dormant(week, SEEN, SEEN, SEEN + timedelta(days=7))
