"""Values as other servers write them: one or many, a string or an object, with or without a prefix.

Sources: Activity Streams 2.0 §4 and the documents of some thirty implementations. Nothing here raises
on any JSON.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from app.kernel.ids import Id, parse_id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

MOST: Final = 50
"""So many mentions, tags, attachments and recipients of one document are looked at (hostile D09)."""

_PREFIXES: Final = ("https://www.w3.org/ns/activitystreams#", "http://www.w3.org/ns/activitystreams#", "as:")


def listed(value: object, most: int = MOST) -> tuple[object, ...]:
    """The values of a property that may be missing, one, or a list: at most the first `most`."""
    if value is None:
        return ()
    return tuple(value[:most]) if isinstance(value, list) else (value,)


def kinds(value: object) -> tuple[str, ...]:
    """The types of an object, of which a few servers name several, without the prefix of Activity Streams."""
    return tuple(_bare(item) for item in listed(value) if isinstance(item, str))


def address(value: object, *, loopback: bool = False) -> Id | None:
    """The address that a value is or has (`id`, else `href`); None if there is none that may be an id."""
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("href")
    found = parse_id(value, loopback=loopback)
    return None if isinstance(found, Refusal) else found


def addresses(value: object, *, loopback: bool = False) -> tuple[Id, ...]:
    """Every address in a property, each once, in the order written."""
    found = (address(item, loopback=loopback) for item in listed(value))
    return tuple(dict.fromkeys(item for item in found if item is not None))


def first(value: object, *, loopback: bool = False) -> Id | None:
    """The first address in a property."""
    return next(iter(addresses(value, loopback=loopback)), None)


def page(value: object, *, loopback: bool = False) -> Id | None:
    """Where people read a thing: of several links the HTML one, else the first."""
    links = listed(value)
    as_html = [item for item in links if isinstance(item, Mapping) and item.get("mediaType") == "text/html"]
    return first([*as_html, *links], loopback=loopback)


def when(value: object) -> Instant | None:
    """An instant in whole seconds, whatever its offset and fraction; None for anything that is none."""
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def not_after(at: Instant | None, now: Instant) -> Instant:
    """`at` if it may be true, else `now`: a post from the future would stay on top of every list."""
    return now if at is None or at > now + timedelta(minutes=5) or at.year < 1990 else at


def text(value: object) -> str:
    """A string, or the empty one for anything else."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    """A whole number from 0, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _bare(kind: str) -> str:
    return next((kind.removeprefix(prefix) for prefix in _PREFIXES if kind.startswith(prefix)), kind)
