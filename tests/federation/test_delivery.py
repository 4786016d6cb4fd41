"""What an answer to a delivery means, and how long we keep trying."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.delivery import KEPT_FOR, Verdict, backoff, judge, retry_after

NOW = datetime(2026, 11, 2, 18, tzinfo=UTC)
NOWHERE = "Mon, 02 Nov 2026 18:05:00 -0000"  # a time of no zone (RFC 5322 §3.3)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DONE),
        (202, Verdict.DONE),
        (204, Verdict.DONE),
        (299, Verdict.DONE),
        (300, Verdict.AGAIN),
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


def test_pauses_grow_from_two_seconds_to_half_a_day_and_a_week_holds_about_thirty() -> None:
    pauses = [backoff(failures, 0.5) for failures in range(40)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=12)
    assert timedelta(days=7) == KEPT_FOR < sum(pauses[:30], timedelta())


@given(st.integers(0, 100_000), st.floats(0, 1))
def test_jitter_spreads_a_pause_by_half(failures: int, jitter: float) -> None:
    middle, pause = backoff(failures, 0.5), backoff(failures, jitter)
    assert middle / 2 <= pause <= middle * 3 / 2


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("99999999999999999999", 86_400),
        ("Mon, 02 Nov 2026 18:05:00 GMT", 300),
        ("Mon, 02 Nov 2026 17:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)
def test_a_host_may_say_how_long_to_wait_in_seconds_or_by_a_date_and_at_most_a_day(wish: str, seconds: int) -> None:
    assert retry_after(wish, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("wish", [None, "", "soon", "-5", "1.5", "Mon, 99 Nov 2026 18:05:00 GMT", "\u0661", NOWHERE])
def test_a_wish_that_cannot_be_read_is_none(wish: str | None) -> None:
    assert retry_after(wish, NOW) is None


@given(st.text())
def test_no_wish_is_more_than_a_day_or_an_error(wish: str) -> None:
    found = retry_after(wish, NOW)
    assert found is None or timedelta() <= found <= timedelta(days=1)
