"""Rotation: how long and how often in a row somebody holds an office (governance.md §2, §5; B11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.kernel.ids import Id
from app.kernel.instant import Instant

DELEGATE: Final = "delegate"
"""The kind of office that a mandate to a council or host gives; its pair is counted, not each person."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest term (None: one session), most in a row, and the terms off that follow."""

    longest: timedelta | None
    in_a_row: int
    cool_down: int


STARTER_TERMS: Final[Mapping[str, Limit]] = {
    DELEGATE: Limit(None, 2, 0),
    "other": Limit(timedelta(days=366), 2, 1),
}
"""Delegates: one session, the same pair at most twice running; other offices one year, two terms, one term off."""


@dataclass(frozen=True, slots=True)
class Term:
    """A time for which people of this assembly held or are to hold an office together."""

    kind: str
    people: frozenset[Id]
    starts: Instant
    ends: Instant


class Excess(StrEnum):
    """What of a limit is exceeded."""

    LONGEST = "term.longest"
    IN_A_ROW = "term.in_a_row"
    COOL_DOWN = "term.cool_down"


@dataclass(frozen=True, slots=True)
class Overrun:
    """Who would exceed what, by how many terms already held (in a row) or had off (cool-down); it bars nobody."""

    excess: Excess
    people: frozenset[Id]
    terms: int = 0


def limit_for(limits: Mapping[str, Limit], kind: str) -> Limit:
    """The limit for a kind of office: its own, else that of `other` offices, else the starter's."""
    return limits.get(kind) or limits.get("other") or STARTER_TERMS.get(kind, STARTER_TERMS["other"])


def overruns(limit: Limit, past: Iterable[Term], proposed: Term) -> tuple[Overrun, ...]:
    """What `proposed` would exceed after `past`, the terms of the same assembly; other kinds are left aside.

    Delegates are counted as the pair they are; in other offices each person for themselves.
    """
    before = [
        term.people
        for term in sorted(past, key=lambda term: (term.starts, term.ends, sorted(term.people)))
        if term.kind == proposed.kind and term.starts < proposed.starts
    ]
    found: list[Overrun] = []
    if limit.longest is not None and proposed.ends - proposed.starts > limit.longest:
        found.append(Overrun(Excess.LONGEST, proposed.people))
    together = proposed.kind == DELEGATE
    for people in (proposed.people,) if together else tuple(frozenset({one}) for one in sorted(proposed.people)):
        held = [people == term if together else people <= term for term in before]
        found += _in_a_row(limit, people, held)
    return tuple(found)


def _in_a_row(limit: Limit, people: frozenset[Id], held: list[bool]) -> list[Overrun]:
    """`held` says for each earlier term, first to last, whether these people held it."""
    off = next((index for index, one in enumerate(reversed(held)) if one), len(held))
    running = 0
    for one in reversed(held[: len(held) - off]):
        if not one:
            break
        running += 1
    if running < limit.in_a_row:
        return []
    if not off:
        return [Overrun(Excess.IN_A_ROW, people, running)]
    return [Overrun(Excess.COOL_DOWN, people, off)] if off < limit.cool_down else []
