"""The facts that produced a status, in order, from which a page says why (governance.md §3)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.governance.options import Order
from app.governance.rule import Status


class FactCode(StrEnum):
    """The stable names of the facts; `gov:because` carries them and pages translate them."""

    COUNTED = "counted"
    WEIGHED = "weighed"
    QUORUM_MET = "quorum.met"
    QUORUM_MISSED = "quorum.missed"
    MAJORITY_MORE = "majority.more"
    MAJORITY_TIE = "majority.tie"
    MAJORITY_FEWER = "majority.fewer"
    SHARE_MET = "share.met"
    SHARE_MISSED = "share.missed"
    FLOOR_MET = "floor.met"
    FLOOR_MISSED = "floor.missed"
    CONSENSUS_REACHED = "consensus.reached"
    CONSENSUS_NOBODY = "consensus.nobody_agreed"
    CONSENSUS_DISAGREED = "consensus.disagreed"
    CONSENSUS_BLOCKED = "consensus.blocked"
    CONSENSUS_STOOD_ASIDE = "consensus.stood_aside"
    SECOND_ROUND = "second_round.next"
    CONSENT_GIVEN = "consent.given"
    CONSENT_BLOCKED = "consent.blocked"
    CONSENT_EARLY = "consent.early"
    PROVISIONAL_STANDS = "provisional.stands"
    PROVISIONAL_CALLED = "provisional.called"
    PROVISIONAL_NOBODY = "provisional.nobody_agreed"
    ACCESSION_OPEN = "accession.open"
    OPTION_FIRST = "option.first"
    OPTION_PREFERRED = "option.preferred"
    OPTION_TIE = "option.tie"
    OPTION_NO_CHANGE = "option.no_change"
    OPTION_NONE = "option.none"
    OPTION_DRAWN = "option.drawn"
    PART_CAME = "double.part"
    CAUCUS_AGREED = "caucus.agreed"
    CAUCUS_LACKING = "caucus.lacking"
    CAUCUS_SUSPENDED = "caucus.suspended"


FACTS: Final = tuple(code.value for code in FactCode)
"""Every code that a `Fact` may have; the catalogue of pages has a sentence for each."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One step of why a count came out as it did, with every figure that a sentence needs."""

    code: str
    figures: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A status and the ordered facts that produced it; `order` where the rule puts options in one."""

    status: Status
    because: tuple[Fact, ...]
    order: Order = ()


def fact(code: FactCode, **figures: int | str) -> Fact:
    """The fact of `code` with its figures, in the order given."""
    return Fact(code.value, tuple(figures.items()))


def fraction_text(share: Fraction) -> str:
    """`3/4`."""
    return f"{share.numerator}/{share.denominator}"
