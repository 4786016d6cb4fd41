"""Whom a document is for: the public collection in its three spellings, and lists that may be single values."""

from typing import Final

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})


def addresses(value: object) -> tuple[str, ...]:
    """The addresses in a `to` or `cc`, whether it is a list, one string or missing; others are left out."""
    listed = value if isinstance(value, list) else [value]
    return tuple(item for item in listed if isinstance(item, str))


def is_public(document: dict[str, object]) -> bool:
    """True if `to` or `cc` names the public collection."""
    return any(item in _SPELLINGS for key in ("to", "cc") for item in addresses(document.get(key)))
