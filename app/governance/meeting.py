"""A meeting and the points of its agenda: what may follow what (governance.md §1, §12)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from app.kernel.refusal import Refusal


class Kind(StrEnum):
    """What a point of the agenda is; a meeting may have none that decides anything (S11)."""

    MINUTES = "minutes"  # the minutes of an earlier meeting, for the assembly to adopt
    ITEM = "item"  # something to decide
    ACQUAINTANCE = "acquaintance"  # getting to know each other
    BREAKOUT = "breakout"  # in small groups, whose results come back to the plenary (G13)
    SOCIAL = "social"  # time together
    REPORT = "report"  # what was done since the last meeting
    OTHER = "other"


class Stage(StrEnum):
    """Where a meeting is in its life."""

    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Point(StrEnum):
    """Where a point of the agenda stands."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"  # with the consent of those present
    CARRIED = "carried"  # not reached: it comes first in the next meeting (G10)
    MISSED = "missed"  # not reached, and of that day alone


FREE: Final = frozenset({Kind.ACQUAINTANCE, Kind.BREAKOUT, Kind.SOCIAL, Kind.REPORT, Kind.OTHER})
"""Points that anybody may put on the agenda by a title alone."""

OF_THE_DAY: Final = frozenset({Kind.ACQUAINTANCE, Kind.SOCIAL})
"""Points that nobody owes the next meeting."""

_NEXT: Final = {
    Point.WAITING: frozenset({Point.OPEN, Point.SKIPPED, Point.CARRIED}),
    Point.OPEN: frozenset({Point.DONE, Point.SKIPPED, Point.CARRIED}),
}
_ORDER: Final = (Kind.MINUTES,)


class _Listed(Protocol):
    @property
    def kind(self) -> Kind: ...


P = TypeVar("P", bound=_Listed)


def move(now: Point, to: Point) -> Refusal | None:
    """None if a point may go from `now` to `to`; `point.state` for what is over, or was never opened."""
    if to in _NEXT.get(now, frozenset()):
        return None
    return Refusal("point.state", f"a point that is {now} does not become {to}")


def in_order(carried: Sequence[P], planned: Sequence[P]) -> tuple[P, ...]:
    """The agenda of a meeting: earlier minutes, then what the last one did not reach, then what is new (G10)."""
    minutes = [point for point in (*carried, *planned) if point.kind in _ORDER]
    rest = [point for point in (*carried, *planned) if point.kind not in _ORDER]
    return (*minutes, *rest)
