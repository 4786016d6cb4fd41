"""Decision rules: what each part of a rule means, and the arithmetic of shares (governance.md §3)."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.governance.act import Ref
from app.governance.counts import Counts
from app.kernel.ids import Id

QUARTER: Final = Fraction(1, 4)
"""The share of those who took part that may stand aside from a consensus, where a rule names none."""


class Method(StrEnum):
    """How a count comes to a status (governance.md §3, §8)."""

    MAJORITY = "majority"
    QUALIFIED = "qualified"
    CONSENSUS = "consensus"
    CONSENT = "consent"
    TWO_STAGE = "two_stage"
    APPROVAL = "approval"
    SCORE = "score"
    DOTS = "dots"
    RANKED = "ranked"
    ACCESSION = "accession"
    PROVISIONAL = "provisional"
    DOUBLE = "double"


OF_OPTIONS: Final = frozenset({Method.APPROVAL, Method.SCORE, Method.DOTS, Method.RANKED})
"""The methods that put options in an order; their ballots are `gov:ballot` (fine-print 10)."""


class Base(StrEnum):
    """What a share is taken of: Y+N, Y+N+A, P or E."""

    CAST = "cast"
    VALID = "valid"
    PRESENT = "present"
    ENTITLED = "entitled"


class Status(StrEnum):
    """What a count came to."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    NO_QUORUM = "no_quorum"
    OPEN = "open"


class Weight(StrEnum):
    """Who weighs in a count between assemblies: each once, by its seats, or by its people (fine-print 5)."""

    ASSEMBLIES = "assemblies"
    DELEGATES = "delegates"
    PEOPLE = "people"


class CaucusMode(StrEnum):
    """What a caucus holds: it must agree as well, or it may suspend (R12, fine-print 20)."""

    CONCURRENT = "concurrent"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class Caucus:
    """A body whose stance a rule asks for beside the count."""

    body: Id
    mode: CaucusMode


@dataclass(frozen=True, slots=True)
class Rule:
    """One decision rule; equal to another if the JCS bytes are equal (fine-print 7).

    Made by `rule_form.parse_rule` only: `canonical` holds the bytes as written and the other fields what
    they mean, defaults filled in.
    """

    canonical: bytes
    method: Method = field(compare=False)
    quorum: Fraction = field(compare=False)
    threshold: Fraction = field(compare=False, default=Fraction(0))
    base: Base = field(compare=False, default=Base.CAST)
    strict: bool = field(compare=False, default=False)
    floor: Fraction | None = field(compare=False, default=None)
    blocks: int = field(compare=False, default=0)
    stand_asides: Fraction = field(compare=False, default=QUARTER)
    meetings: int = field(compare=False, default=1)
    flat: bool = field(compare=False, default=False)
    first: "Rule | None" = field(compare=False, default=None)
    then: "Rule | None" = field(compare=False, default=None)
    wait: timedelta = field(compare=False, default=timedelta(0))
    window: timedelta = field(compare=False, default=timedelta(0))
    weight: Weight = field(compare=False, default=Weight.ASSEMBLIES)
    dots: int = field(compare=False, default=0)
    lot: Ref | None = field(compare=False, default=None)
    parts: "tuple[Rule, ...]" = field(compare=False, default=())
    caucuses: tuple[Caucus, ...] = field(compare=False, default=())

    @property
    def counted(self) -> "tuple[Rule, ...]":
        """What one count looks at: the rule itself, its first stage, its two parts; never `then`."""
        inside = (self.first,) if self.first is not None else self.parts
        return (self, *(part for one in inside for part in one.counted))

    @property
    def bodies(self) -> frozenset[Id]:
        """The caucuses that one of these asks (fine-print 20)."""
        return frozenset(caucus.body for part in self.counted for caucus in part.caucuses)

    @property
    def lots(self) -> tuple[Ref, ...]:
        """The draws by which ties are ordered (fine-print 6)."""
        return tuple(part.lot for part in self.counted if part.lot is not None)

    def weighs(self, weight: Weight) -> bool:
        """True if one of these counts by `weight`."""
        return any(part.weight is weight for part in self.counted)

    @property
    def of_options(self) -> "Rule | None":
        """The first of these that puts options in an order, or None."""
        return next((part for part in self.counted if part.method in OF_OPTIONS), None)

    @property
    def choosing(self) -> "Rule | None":
        """The part whose order says which option won, or None: of a double rule two orders may say two things."""
        return None if self.method is Method.DOUBLE else self.of_options


def reaches(in_favour: int, base: int, share: Fraction, *, strict: bool = False) -> bool:
    """True if `in_favour` is at least `share` of `base`, or more than it if `strict`; 2/3 of 100 is 67.

    Source: governance.md §3, `qualified`.
    """
    ours, needed = in_favour * share.denominator, share.numerator * base
    return ours > needed if strict else ours >= needed


def needed_of(base: int, share: Fraction, *, strict: bool = False) -> int:
    """The smallest whole number of `base` that `reaches` `share`."""
    product = share.numerator * base
    return product // share.denominator + 1 if strict else -(-product // share.denominator)


def base_of(base: Base, counts: Counts) -> int:
    """How many a share is taken of, with N taking in K and A taking in S (fine-print 2)."""
    match base:
        case Base.CAST:
            return counts.yes + counts.no
        case Base.VALID:
            return counts.yes + counts.no + counts.neither
        case Base.PRESENT:
            return counts.present
        case Base.ENTITLED:
            return counts.entitled
