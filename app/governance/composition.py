"""Who may sit: constraints on a delegation as a whole, and why it is not seated (governance.md §6)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.governance.rules import needed_of, parse_fraction
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

ASKED_FOR: Final = timedelta(hours=24)
"""How long the other of two co-chairs is waited for before one acts alone (governance.md §6)."""

_CALL: Final = re.compile(r"([a-z_]+)\(([^()]{1,2100})\)")
_NUMBER: Final = re.compile(r"[0-9]+")
_ONE_OF: Final = re.compile(r"at_least one (.+)")


class Kind(StrEnum):
    """The forms of a constraint."""

    NOT_TWO = "not_two"
    PAIR = "pair"
    AT_LEAST = "at_least"
    RESERVED = "reserved"
    CO_CHAIRS = "co_chairs"


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint: shown as unmet if it is `expected`, a bar to being seated if it is `required`.

    `groups` are words that people declare, or for `reserved` the body that fills the seats; `share`
    of all seats or `count` seats, as the form takes them.
    """

    kind: Kind
    groups: tuple[str, ...]
    count: int = 1
    share: Fraction | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's seat, by what was declared to the door-keepers or by the `body` that filled it; used, never kept."""

    groups: frozenset[str] = frozenset()
    body: Id | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """A constraint that a delegation does not meet: how many seats count for it, and how many it takes."""

    constraint: Constraint
    have: int
    needed: int


@dataclass(frozen=True, slots=True)
class Composition:
    """What federates is `met`, one word for the whole delegation; `unmet` stays at the door."""

    unmet: tuple[Unmet, ...] = ()

    @property
    def met(self) -> bool:
        """True if nothing is unmet."""
        return not self.unmet

    @property
    def bar(self) -> Refusal | None:
        """Why the delegation is not seated until it is changed: the first required constraint unmet; else None."""
        for one in self.unmet:
            if one.constraint.required:
                return Refusal(f"composition.{one.constraint.kind}", f"{text_of(one.constraint)}: has {one.have}")
        return None


def parse_constraint(text: object, *, required: bool = False) -> Constraint | Refusal:
    """The constraint that `not_two(man)`, `pair(woman, man)`, `at_least(woman, 2/5)` and their like state.

    Also `reserved(https://women.example/assembly, 1)` and `co_chairs(2, at_least one woman)`;
    `composition.form` otherwise.
    """
    found = _CALL.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[1] not in set(Kind):
        return Refusal("composition.form", f"no constraint on who may sit: {text!r}")
    kind, words = Kind(found[1]), [word.strip() for word in found[2].split(",")]
    constraint = _read(kind, words, required=required)
    return constraint or Refusal("composition.form", f"{kind} does not take {found[2]!r}")


def text_of(constraint: Constraint) -> str:
    """The constraint as it is written."""
    groups = ", ".join(constraint.groups)
    match constraint.kind:
        case Kind.NOT_TWO | Kind.PAIR:
            return f"{constraint.kind}({groups})"
        case Kind.AT_LEAST if constraint.share is not None:
            return f"at_least({groups}, {constraint.share.numerator}/{constraint.share.denominator})"
        case Kind.AT_LEAST | Kind.RESERVED:
            return f"{constraint.kind}({groups}, {constraint.count})"
        case Kind.CO_CHAIRS:
            return f"co_chairs({constraint.count}, at_least one {groups})"


def compose(constraints: Iterable[Constraint], seats: Iterable[Seat]) -> Composition:
    """What of `constraints` the delegation of `seats` does not meet; nobody's group is ever inferred."""
    taken = tuple(seats)
    return Composition(tuple(found for one in constraints if (found := _unmet(one, taken)) is not None))


def acts_alone(asked: Instant | None, at: Instant) -> Refusal | None:
    """None if one of two co-chairs may act alone at `at`: the other was asked 24 hours before; else `office.alone`.

    The act then says so (R5).
    """
    if asked is not None and at >= asked + ASKED_FOR:
        return None
    return Refusal("office.alone", "the other co-chair is asked first, and waited for a day")


def _read(kind: Kind, words: list[str], *, required: bool) -> Constraint | None:
    if not all(words):
        return None
    if kind is Kind.NOT_TWO:
        return Constraint(kind, (words[0],), required=required) if len(words) == 1 else None
    if kind is Kind.PAIR:
        return Constraint(kind, tuple(words), required=required) if len(words) == 2 else None
    if len(words) != 2:
        return None
    if kind is Kind.CO_CHAIRS:
        group = _ONE_OF.fullmatch(words[1])
        if group is None or _NUMBER.fullmatch(words[0]) is None or int(words[0]) < 2:
            return None
        return Constraint(kind, (group[1],), int(words[0]), required=required)
    if _NUMBER.fullmatch(words[1]) is not None:
        return Constraint(kind, (words[0],), int(words[1]), required=required)
    share = parse_fraction(words[1]) if kind is Kind.AT_LEAST else None
    if share is None or isinstance(share, Refusal) or share > 1:
        return None
    return Constraint(kind, (words[0],), share=share, required=required)


def _unmet(constraint: Constraint, seats: tuple[Seat, ...]) -> Unmet | None:
    have = sum(constraint.groups[0] in seat.groups for seat in seats)
    match constraint.kind:
        case Kind.NOT_TWO:
            return Unmet(constraint, have, 1) if have > 1 else None
        case Kind.PAIR:
            pairs = _pairs(constraint.groups, seats)
            return Unmet(constraint, pairs, 2) if pairs < 2 else None
        case Kind.AT_LEAST:
            share = constraint.share
            needed = constraint.count if share is None else needed_of(len(seats), share)
            return None if have >= needed else Unmet(constraint, have, needed)
        case Kind.RESERVED:
            have = sum(seat.body == constraint.groups[0] for seat in seats)
            return None if have >= constraint.count else Unmet(constraint, have, constraint.count)
        case Kind.CO_CHAIRS:
            if len(seats) < constraint.count:
                return Unmet(constraint, len(seats), constraint.count)
            return None if have else Unmet(constraint, 0, 1)


def _pairs(groups: tuple[str, ...], seats: tuple[Seat, ...]) -> int:
    """How many of the two places of a pair are filled, by two persons: who declares both fills only one."""
    ones, others = ([index for index, seat in enumerate(seats) if group in seat.groups] for group in groups)
    if any(one != other for one in ones for other in others):
        return 2
    return 1 if ones or others else 0
