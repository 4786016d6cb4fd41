"""A memory with bounds: nothing is kept too long, and never too much."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.recent import Recent

NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
LATER: Final = NOW + timedelta(minutes=1)


def test_what_was_not_asked_for_longest_makes_room() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1, LATER)
    kept.put("b", 2, LATER)
    assert kept.get("a", NOW) == 1
    kept.put("c", 3, LATER)
    assert [kept.get(key, NOW) for key in "abc"] == [1, None, 3]


def test_nothing_is_kept_after_its_time() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1, LATER)
    assert kept.get("a", LATER - timedelta(seconds=1)) == 1
    assert kept.get("a", LATER) is None
    assert len(kept) == 0


def test_values_may_be_forgotten_by_what_they_are() -> None:
    kept: Recent[str, int] = Recent(3)
    for key, value in zip("abc", (1, 2, 3), strict=True):
        kept.put(key, value, LATER)
    kept.drop(lambda value: value != 2)
    assert [kept.get(key, NOW) for key in "abc"] == [None, 2, None]


def test_there_is_room_for_one_at_least() -> None:
    with pytest.raises(ValueError, match="room"):
        Recent(0)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers())), st.integers(1, 4))
def test_there_is_never_more_than_its_room_and_the_last_is_there(told: list[tuple[str, int]], room: int) -> None:
    kept: Recent[str, int] = Recent(room)
    for key, value in told:
        kept.put(key, value, LATER)
        assert kept.get(key, NOW) == value
        assert len(kept) <= room
