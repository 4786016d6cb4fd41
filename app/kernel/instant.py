"""Instants and durations as they travel: RFC 3339 in UTC with whole seconds, and `P7D` or `PT24H`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from app.kernel.refusal import Refusal

Instant = datetime
"""An aware UTC datetime with no fraction of a second."""

_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,9})S)?)?", re.ASCII
)


def parse_instant(text: object) -> Instant | Refusal:
    """The instant that `2026-11-22T15:04:05Z` names; `instant.form` for any other form (protocol.md §2)."""
    if not isinstance(text, str) or _INSTANT.fullmatch(text) is None:
        return Refusal("instant.form", f"not an RFC 3339 instant in UTC with whole seconds: {text!r}")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return Refusal("instant.form", f"no such day or time: {text!r}")


def format_instant(instant: Instant) -> str:
    """`2026-11-22T15:04:05Z`. ValueError if `instant` is naive; a fraction of a second is cut off."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs its time zone, got {instant!r}")
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def in_words(instant: Instant) -> str:
    """`22 November 2026, 15:04 UTC`, for texts that people read."""
    at = instant.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def parse_duration(text: object) -> timedelta | Refusal:
    """The length that `P7D`, `PT24H` or `P1DT2H` names; `duration.form` for any other form (fine-print 33)."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()) or found[0].endswith("T"):
        return Refusal("duration.form", f"not a duration such as P7D or PT24H: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
