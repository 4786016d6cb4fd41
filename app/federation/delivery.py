"""What an answer to a delivery means, and when to try again."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Final

from app.kernel.instant import Instant

KEPT_FOR: Final = timedelta(days=7)
"""How long a delivery is tried; afterwards the other side finds what it missed by range."""

BREAKS_AFTER: Final = 5
"""A host that failed so often without a success between is tried with one delivery at a time."""

_SLOWEST: Final = timedelta(hours=12)
_FIRST: Final = timedelta(seconds=2)
_DOUBLINGS: Final = 16
_TRY_AGAIN: Final = frozenset({401, 408, 429})
_LONGEST_WISH: Final = timedelta(days=1)
_MOST_DIGITS: Final = 9


class Verdict(Enum):
    """What becomes of a delivery."""

    DONE = auto()
    AGAIN = auto()
    REFUSED = auto()


def judge(status: int) -> Verdict:
    """Done for 2xx; refused for good for 4xx but 401, 408 and 429; anything else is tried again."""
    if 200 <= status < 300:
        return Verdict.DONE
    return Verdict.REFUSED if 400 <= status < 500 and status not in _TRY_AGAIN else Verdict.AGAIN


def backoff(failures: int, jitter: float) -> timedelta:
    """How long to wait after `failures` failures before this one.

    Doubles from two seconds up to half a day, times 0.5 to 1.5 by `jitter` (0 to 1).
    """
    return min(_FIRST * (1 << min(failures, _DOUBLINGS)), _SLOWEST) * (0.5 + jitter)


def retry_after(wish: str | None, now: Instant) -> timedelta | None:
    """How long a host asks to be left alone, in seconds or by a date (RFC 9110 §10.2.3), at most a day; or None."""
    if wish is None:
        return None
    wish = wish.strip()
    if wish.isascii() and wish.isdecimal():
        return min(timedelta(seconds=int(wish[:_MOST_DIGITS])), _LONGEST_WISH)
    try:
        until: datetime = parsedate_to_datetime(wish)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta()), _LONGEST_WISH)
