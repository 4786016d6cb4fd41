"""What an answer to a delivery means, and how long we keep trying."""

from datetime import timedelta
from itertools import count, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.delivery import Verdict, judge, next_attempt


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DONE),
        (202, Verdict.DONE),
        (204, Verdict.DONE),
        (301, Verdict.AGAIN),
        (400, Verdict.REFUSED),
        (401, Verdict.AGAIN),
        (403, Verdict.REFUSED),
        (404, Verdict.REFUSED),
        (408, Verdict.AGAIN),
        (410, Verdict.REFUSED),
        (413, Verdict.REFUSED),
        (429, Verdict.AGAIN),
        (500, Verdict.AGAIN),
        (503, Verdict.AGAIN),
    ],
)
def test_a_refusal_for_good_ends_a_delivery_and_trouble_does_not(status: int, verdict: Verdict) -> None:
    assert judge(status) is verdict


def test_a_delivery_is_tried_for_seven_days_at_growing_distances() -> None:
    pauses = [pause for pause in takewhile(bool, (next_attempt(tries, 0.5) for tries in count())) if pause]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=12)
    assert timedelta(days=7) < sum(pauses, timedelta()) < timedelta(days=8)


@given(st.integers(0, 100_000), st.floats(0, 1))
def test_jitter_spreads_a_pause_by_half_and_never_lengthens_the_week(tries: int, jitter: float) -> None:
    middle, pause = next_attempt(min(tries, 1_000), 0.5), next_attempt(min(tries, 1_000), jitter)
    assert (middle is None) == (pause is None)
    if middle is not None and pause is not None:
        assert middle / 2 <= pause <= middle * 3 / 2
