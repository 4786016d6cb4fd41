"""What an answer to a delivery means, and when to try again."""

from datetime import timedelta
from enum import Enum, auto
from typing import Final

_SLOWEST: Final = timedelta(hours=12)
_GIVE_UP: Final = timedelta(days=7)
_FIRST: Final = timedelta(seconds=2)
_DOUBLINGS: Final = 16
_TRY_AGAIN: Final = frozenset({401, 408, 429})


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


def next_attempt(tries: int, jitter: float) -> timedelta | None:
    """How long to wait after `tries` failed attempts; None once seven days are over.

    Doubles from two seconds up to half a day, times 0.5 to 1.5 by `jitter` (0 to 1).
    """
    waited = sum((_doubled(attempt) for attempt in range(tries)), timedelta())
    return None if waited > _GIVE_UP else _doubled(tries) * (0.5 + jitter)


def _doubled(tries: int) -> timedelta:
    return min(_FIRST * (1 << min(tries, _DOUBLINGS)), _SLOWEST)
