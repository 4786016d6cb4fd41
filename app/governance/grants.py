"""Several grants of one assembly for one seat: which took the place of which (governance.md §5; hostile F09)."""

from collections.abc import Iterable

from app.governance.act import precedes
from app.governance.mandate import Mandate


def later_grants(mandate: Mandate, mandates: Iterable[Mandate]) -> tuple[Mandate, ...]:
    """The later grants of the same term and council, and the Mandates that supersede this one, first given first.

    The first that its assembly decided on ends the mandate at its time; votes cast before it stand.
    """
    later = [
        other
        for other in _others(mandate, mandates)
        if other.head.supersedes == mandate.head.ref
        or (_same_seat(mandate, other) and precedes(mandate.head, other.head))
    ]
    return tuple(sorted(later, key=lambda other: (other.head.published, other.head.ref)))


def held_twice(mandate: Mandate, mandates: Iterable[Mandate]) -> tuple[Mandate, ...]:
    """The other grants of the same term and council; none where one that was given in its place says so."""
    others = _others(mandate, mandates)
    named = {one.head.supersedes for one in (mandate, *others)}
    if mandate.head.ref in named:
        return ()
    return tuple(other for other in others if _same_seat(mandate, other) and other.head.ref not in named)


def _others(mandate: Mandate, mandates: Iterable[Mandate]) -> tuple[Mandate, ...]:
    return tuple(
        other for other in mandates if other.head.author == mandate.head.author and other.head.ref != mandate.head.ref
    )


def _same_seat(one: Mandate, other: Mandate) -> bool:
    return one.term is not None and (one.term, one.council, one.office) == (other.term, other.council, other.office)
