"""Structured fields of HTTP (RFC 9651): dictionaries as they are received, read once and strictly."""

from typing import Any, Final

import http_sf

from app.kernel.refusal import Refusal

_LONGEST: Final = 16_384

Member = tuple[Any, dict[str, Any]]
"""A value (an inner list is a list of members) and its parameters."""


def parse(value: str) -> dict[str, Member] | Refusal:
    """The members of a dictionary by their names; `hdr.duplicate` for a name that stands twice, else `sig.form`."""
    if len(value) > _LONGEST:
        return Refusal("sig.form", f"a structured field of {len(value)} characters")
    twice: list[str] = []
    try:
        found = http_sf.parse(
            value.encode("latin-1"), tltype="dictionary", on_duplicate_key=lambda name, _: twice.append(name)
        )
    except (ValueError, OverflowError) as bad:
        return Refusal("sig.form", f"not a dictionary of structured fields: {bad}")
    if twice:  # the standard takes the last one: two readers would not agree
        return Refusal("hdr.duplicate", f"{twice[0][:40]!r} stands twice in one header")
    return found  # type: ignore[return-value] # a dictionary was asked for


def render(member: Member) -> str:
    """One member in the only form that signatures are over, whatever its spaces were.

    Plain strings and numbers, which is what signatures are made of, are written here: the library checks every
    character of them once more.
    """
    value, parameters = member
    head = f"({' '.join(render(item) for item in value)})" if isinstance(value, list) else _bare(value)
    return head + "".join(
        f";{name}={_bare(more)}" if more is not True else f";{name}" for name, more in parameters.items()
    )


def _bare(value: Any) -> str:  # noqa: ANN401 - whatever stands in a field
    if type(value) is str and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return str(value) if type(value) is int else http_sf.ser((value, {}))
