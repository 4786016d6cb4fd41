"""An assembly's own rules: a version of its charter, and what follows from it (governance.md §2)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.governance.act import Head, Ref
from app.governance.charter_form import parse_settings
from app.governance.provisions import CONTEST, Binds, Scope, Scrutineer, Scrutineers, Settings
from app.governance.rules import Base, Method, Rule
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant

__all__ = [
    "CONTEST",
    "Binds",
    "Charter",
    "Clause",
    "Member",
    "Scope",
    "Scrutineer",
    "Scrutineers",
    "Settings",
    "Standing",
    "admits_rule",
    "binds_for",
    "contest_of",
    "in_force",
    "may_leave_by",
    "parse_settings",
    "rule_for",
    "standing",
]

_LEAST_MEMBERS: Final = 2
_HALF: Final = Fraction(1, 2)
_TWO_THIRDS: Final = Fraction(2, 3)
_BIND_ALL: Final = frozenset({"charter", "admission", "challenge"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause of a charter or of a proposal."""

    number: str
    content: str
    entrenched: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A founding member of a confederation, as its first Charter lists it (fine-print 14, 28)."""

    assembly: Id
    keylog: str | None = None
    seats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter(Settings):
    """A version of an assembly's charter: its settings as code reads them, and `settings` as they were written."""

    head: Head
    name: str
    version: int
    settings: Document = field(hash=False)
    members: tuple[Member, ...] = ()
    clauses: tuple[Clause, ...] = ()
    decision: Ref | None = None
    outcome: Ref | None = None


class Standing(StrEnum):
    """How far a charter is: proposed, adopted and not yet by all whom it asks, or ratified (R8)."""

    PROPOSED = "proposed"
    PROVISIONAL = "provisional"
    RATIFIED = "ratified"


def standing(charter: Charter, roll: Collection[Id]) -> Standing:
    """How far `charter` is, given who is on the `roll` of its author.

    A founding charter of a confederation is proposed until two of those that it lists have adopted
    it, provisional until all of them have; any other was decided by whom it binds (fine-print 14).
    """
    listed = {member.assembly for member in charter.members}
    agreed = listed & set(roll)
    if charter.outcome is not None or agreed == listed:
        return Standing.RATIFIED
    return Standing.PROVISIONAL if len(agreed) >= _LEAST_MEMBERS else Standing.PROPOSED


def rule_for(charter: Charter, category: str) -> Rule | None:
    """The rule that `charter` has for `category`, or None."""
    return charter.rules.get(category)


def admits_rule(charter: Charter, categories: tuple[str, ...], rule: Rule) -> Rule | None:
    """The charter's rule of one of `categories` that `rule` is, as a whole, its `first` or its `then`; else None.

    Source: fine-print 9.
    """
    for category in categories:
        whole = charter.rules.get(category)
        if whole is not None and (rule is whole or rule in (whole, whole.first, whole.then)):
            return whole
    return None


def may_leave_by(rule: Rule) -> bool:
    """True if two thirds of those present are always enough to leave by `rule` (governance.md §2, `withdrawal`).

    A share of all members asks for more of those present than it says: divided by the quorum, at worst.
    """
    if rule.method is Method.TWO_STAGE:
        return rule.then is not None and may_leave_by(rule.then)
    if rule.method not in {Method.MAJORITY, Method.QUALIFIED}:
        return False
    share, strict = (rule.threshold, rule.strict) if rule.method is Method.QUALIFIED else (_HALF, True)
    shares = [(share, strict, rule.base is Base.ENTITLED), (rule.floor or Fraction(0), False, True)]
    for asked, more, of_all in shares:
        most = _TWO_THIRDS * (rule.quorum if of_all else 1)
        if asked > most or (more and asked == most):
            return False
    return True


def binds_for(charter: Charter | None, category: str) -> Binds | None:
    """Whom an adopted outcome of `category` binds; None where nothing binds, since the scope is `platform`.

    A forum that is a list has no charter: the defaults hold (governance.md §2, fine-print 22, 33).
    """
    if charter is not None and charter.scope is Scope.PLATFORM:
        return None
    default = Binds.ALL if category in _BIND_ALL else Binds.RATIFYING
    return default if charter is None else Binds(charter.binds.get(category, default))


def contest_of(charter: Charter | None) -> timedelta:
    """The time to object: the charter's, or 7 days for a forum that is a list (fine-print 33)."""
    return CONTEST if charter is None else charter.contest


def settled_from(closes: Instant | None, charter: Charter | None) -> Instant | None:
    """From when nothing undoes an adopted Outcome any more, so that it may be acted on (hostile F16).

    None where there is no time to object, or no close after which it would run: then at once.
    """
    contest = contest_of(charter)
    return None if closes is None or not contest else closes + contest


def may_be_final(closes: Instant | None, charter: Charter | None, at: Instant) -> bool:
    """True if an Outcome of `at` may say that it is final: the time to object after the close is over (12)."""
    return closes is not None and at >= closes + contest_of(charter)


def in_force(charters: tuple[Charter, ...], author: Id, at: Instant) -> Charter | None:
    """The charter of `author` in force at `at`: the latest of those published by then (fine-print 29)."""
    latest: Charter | None = None
    for charter in charters:
        if charter.head.author == author and charter.head.published <= at:
            latest = charter if latest is None else max(latest, charter, key=_place)
    return latest


def _place(charter: Charter) -> tuple[Instant, int, Ref]:
    return charter.head.published, charter.version, charter.head.ref
