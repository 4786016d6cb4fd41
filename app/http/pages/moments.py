"""Moments in words; every one of them is UTC, and says so."""

from datetime import UTC, datetime
from gettext import gettext as _
from typing import Final

from babel.dates import format_date, format_datetime

from app.kernel.instant import Instant

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_EVENING: Final = 17


def day_and_time(seconds: int) -> str:
    """A moment of any year, as in `28 November 2026, 18:00 UTC`."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), "d MMMM y, HH:mm 'UTC'", tzinfo=UTC, locale="en")


def near(seconds: int) -> str:
    """A moment of these weeks, as in `Saturday 28 November, 18:00 UTC`."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), "EEEE d MMMM, HH:mm 'UTC'", tzinfo=UTC, locale="en")


def day(seconds: int) -> str:
    """A day, as in `12 March 2026`."""
    return format_date(datetime.fromtimestamp(seconds, UTC), "d MMMM y", locale="en")


def coming(seconds: int, now: int) -> str:
    """A moment to come, as in `tonight 19:00 UTC` if it is today, else as `near` has it."""
    then, today = datetime.fromtimestamp(seconds, UTC), datetime.fromtimestamp(now, UTC)
    if then.date() != today.date():
        return near(seconds)
    words = _("tonight {time}") if then.hour >= _EVENING else _("today {time}")
    return words.format(time=clock(seconds))


def until(seconds: int, now: int) -> str:
    """A moment up to which something is open, as in `20:40 UTC` if it is today, else as `near` has it."""
    same = datetime.fromtimestamp(seconds, UTC).date() == datetime.fromtimestamp(now, UTC).date()
    return clock(seconds) if same else near(seconds)


def clock(seconds: int) -> str:
    """The time of a day that is told beside it, as in `20:12 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M UTC")


def lasting(seconds: int) -> str:
    """How long something lasts already, as in `40 s`, `12 min`, `5 h` or `3 days`."""
    if seconds < _MINUTE:
        return _("{n} s").format(n=seconds)
    if seconds < _HOUR:
        return _("{n} min").format(n=seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return _("{n} h").format(n=seconds // _HOUR)
    return _("{n} days").format(n=seconds // _DAY)


def seconds(at: Instant) -> int:
    """The moment as pages carry it: seconds since 1970."""
    return int(at.timestamp())
