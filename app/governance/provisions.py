"""What a charter lays down: every setting that code reads, and what holds where it is silent (governance.md §1, §2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.governance.composition import Constraint, Kind
from app.governance.rotation import STARTER_TERMS, Limit
from app.governance.rules import Rule
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

CONTEST: Final = timedelta(days=7)
"""The time to object where no charter says another (governance.md §2, fine-print 33)."""

RHYTHM: Final = timedelta(days=30)
DELIBERATION: Final = {
    "convened": timedelta(0),
    "mandate": timedelta(hours=48),
    "ratification": timedelta(hours=48),
    "recall": timedelta(hours=24),
    "online": timedelta(days=7),
    "charter": timedelta(days=7),
    "admission": timedelta(days=7),
}
_SENIORITY: Final = {"charter": 2, "exclusion": 2, "recall": 2}  # hostile F34
_DORMANT: Final = timedelta(days=183)
_LAPSE: Final = timedelta(days=183)
_ONE_WOMAN: Final = Constraint(Kind.CO_CHAIRS, ("woman",), 2)
_NOT_TWO_MEN: Final = Constraint(Kind.NOT_TWO, ("man",))

STARTER_CHAIRS: Final[Mapping[str, tuple[Constraint, ...]]] = {"other": (_ONE_WOMAN,)}
"""Who holds an office of the assembly's own: two, of whom at least one is a woman, expected (R5)."""

POINTS_OF_UNITY: Final = "points of unity"
"""What is entrenched where a charter names nothing: the clauses that bind a confederation together (G11)."""


class Binds(StrEnum):
    """Whom an adopted confederal outcome binds."""

    RATIFYING = "ratifying"
    ALL = "all"


class Scope(StrEnum):
    """What a confederation is: exchange and calls, where nothing binds, or coordination."""

    PLATFORM = "platform"
    COORDINATION = "coordination"


@dataclass(frozen=True, slots=True)
class Scrutineer:
    """A co-signer and the key with which they confirm, a Multikey string (fine-print 29)."""

    id: Id
    key: str

    @property
    def name(self) -> str:
        """The end of the address: by what name they sign in on their own server."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Scrutineers:
    """`k` of the co-signers `of` must confirm before an act of the assembly counts."""

    k: int
    of: tuple[Scrutineer, ...]


@dataclass(frozen=True, slots=True)
class Urgent:
    """Who may shorten the times: this share of the roll, or of those present; never for the gravest matters."""

    roll: Fraction = Fraction(1, 10)
    present: Fraction = Fraction(2, 3)


@dataclass(frozen=True, slots=True)
class Words:
    """What the base and the upper body are called here."""

    base: str = "commune"
    upper: str = "confederation"


class Fit(StrEnum):
    """How the households of an assembly fit into the bounds of its charter."""

    UNKNOWN = "unknown"  # nobody counted
    WITHIN = "within"
    TOO_MANY = "split"  # what is suggested: it becomes two
    TOO_FEW = "merge"  # it joins with another


@dataclass(frozen=True, slots=True)
class Size:
    """How many households an assembly is meant for; outside a split or a merge is suggested (R1)."""

    least: int = 30
    most: int = 400

    def fit(self, households: int) -> Fit:
        """How so many households fit; both bounds are within."""
        if households > self.most:
            return Fit.TOO_MANY
        return Fit.TOO_FEW if households < self.least else Fit.WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What code reads of `gov:settings`, with the defaults of governance.md §2 filled in.

    `uncounted` has the categories whose rule this version does not count, with why; `composition`
    and `seats` are those of a delegation; `seniority` from which meeting on somebody votes, by
    category, the first where it names none; `offices` whether people in outside offices carry the
    assembly's mandate (B18); `chairs` who holds an office of its own together, by its name or as `other` (R5);
    `lapse` after how long a matter that nobody decides is off the agenda, never if nothing; `reasons` for which
    choices beside a block a ballot gives a reason: `block`, or `disagree` for both (§3).
    """

    rules: Mapping[str, Rule] = field(hash=False, default_factory=dict)
    binds: Mapping[str, str] = field(hash=False, default_factory=dict)
    scope: Scope = Scope.PLATFORM
    contest: timedelta = CONTEST
    deliberation: Mapping[str, timedelta] = field(hash=False, default_factory=lambda: dict(DELIBERATION))
    rhythm: timedelta = RHYTHM
    scrutineers: Scrutineers | None = None
    ballots: str = "closed"
    publicity: Mapping[str, str] = field(hash=False, default_factory=dict)
    uncounted: Mapping[str, Refusal] = field(hash=False, default_factory=dict)
    terms: Mapping[str, Limit] = field(hash=False, default_factory=lambda: dict(STARTER_TERMS))
    seats: int = 2
    composition: tuple[Constraint, ...] = (_NOT_TWO_MEN,)
    vote_age: int = 16
    urgent: Urgent = Urgent()
    entrenched: tuple[str, ...] = (POINTS_OF_UNITY,)
    words: Words = Words()
    size: Size = Size()
    next_meeting: Instant | None = None
    roll: str = "register"
    entry: str = "vouch(2)"
    dormant: timedelta = _DORMANT
    seniority: Mapping[str, int] = field(hash=False, default_factory=lambda: dict(_SENIORITY))
    offices: bool = False
    chairs: Mapping[str, tuple[Constraint, ...]] = field(hash=False, default_factory=lambda: dict(STARTER_CHAIRS))
    lapse: timedelta = _LAPSE
    reasons: str = "block"
