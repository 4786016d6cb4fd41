"""What a rule makes of a count, and the facts from which a page explains why (governance.md §3)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

from app.governance.counts import Counts
from app.governance.rule import Base, Method, Rule, Status, base_of, needed_of, reaches

_HALF: Final = Fraction(1, 2)


class FactCode(StrEnum):
    """The stable names of the facts; `gov:because` carries them and pages translate them."""

    COUNTED = "counted"
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


FACTS: Final = tuple(code.value for code in FactCode)
"""Every code that a `Fact` may have; the catalogue of pages has a sentence for each."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One step of why a count came out as it did, with every figure that a sentence needs."""

    code: str
    figures: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A status and the ordered facts that produced it."""

    status: Status
    because: tuple[Fact, ...]


def decide(rule: Rule, counts: Counts) -> Result:
    """What `rule` makes of `counts`, which `check_counts` must have passed.

    The first facts say who took part and what was chosen; a failed quorum is `no_quorum`, not
    rejected. `two_stage` never waits: this is its first stage, and what that does not adopt is
    `unresolved` (fine-print 9).
    """
    quorum, facts = _quorum(rule, counts)
    if not quorum:
        return Result(Status.NO_QUORUM, facts)
    if rule.method is Method.TWO_STAGE and rule.first is not None:
        return _first_stage(rule.first, counts)
    adopted, reasons = _method(rule, counts)
    return Result(Status.ADOPTED if adopted else Status.REJECTED, (*facts, *reasons))


def _quorum(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    needed = max(1, needed_of(counts.entitled, rule.quorum))
    met = counts.present >= needed
    return met, (
        _fact(
            FactCode.QUORUM_MET if met else FactCode.QUORUM_MISSED,
            present=counts.present,
            entitled=counts.entitled,
            needed=needed,
        ),
        _fact(
            FactCode.COUNTED,
            agree=counts.agree,
            reserve=counts.reserve,
            stand_aside=counts.stand_aside,
            disagree=counts.disagree,
            block=counts.block,
            abstain=counts.abstain,
        ),
    )


def _first_stage(first: Rule, counts: Counts) -> Result:
    result = decide(first, counts)
    if result.status is Status.REJECTED:
        return Result(Status.UNRESOLVED, (*result.because, _fact(FactCode.SECOND_ROUND)))
    return result


def _method(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    match rule.method:
        case Method.MAJORITY:
            return _with_floor(rule, counts, _majority(rule, counts))
        case Method.QUALIFIED:
            share = _share(counts, rule.base, rule.threshold, strict=rule.strict)
            return _with_floor(rule, counts, (share.code == FactCode.SHARE_MET and counts.yes >= 1, share))
        case Method.CONSENSUS:
            reason = _consensus(rule, counts)
            return reason.code == FactCode.CONSENSUS_REACHED, (reason,)
        case Method.TWO_STAGE:
            raise ValueError("parse_rule makes no two_stage without its first stage")
        case _:
            assert_never(rule.method)


def _majority(rule: Rule, counts: Counts) -> tuple[bool, Fact]:
    if rule.base is not Base.CAST:
        share = _share(counts, rule.base, _HALF, strict=True)
        return share.code == FactCode.SHARE_MET, share
    code = FactCode.MAJORITY_FEWER
    if counts.yes >= counts.no:
        code = FactCode.MAJORITY_MORE if counts.yes > counts.no else FactCode.MAJORITY_TIE
    return counts.yes > counts.no, _fact(code, yes=counts.yes, no=counts.no)


def _share(counts: Counts, base: Base, share: Fraction, *, strict: bool) -> Fact:
    whole = base_of(base, counts)
    met = reaches(counts.yes, whole, share, strict=strict)
    return _fact(
        FactCode.SHARE_MET if met else FactCode.SHARE_MISSED,
        share=_text(share),
        base=base.value,
        whole=whole,
        needed=max(1, needed_of(whole, share, strict=strict)),
        yes=counts.yes,
        strict=int(strict),
    )


def _with_floor(rule: Rule, counts: Counts, found: tuple[bool, Fact]) -> tuple[bool, tuple[Fact, ...]]:
    adopted, reason = found
    if rule.floor is None:
        return adopted, (reason,)
    met = reaches(counts.yes, counts.entitled, rule.floor)
    floor = _fact(
        FactCode.FLOOR_MET if met else FactCode.FLOOR_MISSED,
        share=_text(rule.floor),
        entitled=counts.entitled,
        needed=needed_of(counts.entitled, rule.floor),
        yes=counts.yes,
    )
    return adopted and met, (reason, floor)


def _consensus(rule: Rule, counts: Counts) -> Fact:
    """The first thing that stands in the way of consensus, or that it is reached."""
    if counts.disagree:
        return _fact(FactCode.CONSENSUS_DISAGREED, disagree=counts.disagree)
    if counts.block > rule.blocks:
        return _fact(FactCode.CONSENSUS_BLOCKED, block=counts.block, allowed=rule.blocks)
    allowed = rule.stand_asides.numerator * counts.present // rule.stand_asides.denominator
    if counts.stand_aside > allowed:
        return _fact(FactCode.CONSENSUS_STOOD_ASIDE, stand_aside=counts.stand_aside, allowed=allowed)
    if counts.yes < 1:
        return _fact(FactCode.CONSENSUS_NOBODY)
    return _fact(
        FactCode.CONSENSUS_REACHED,
        yes=counts.yes,
        block=counts.block,
        blocks_allowed=rule.blocks,
        stand_aside=counts.stand_aside,
        stand_asides_allowed=allowed,
    )


def _fact(code: FactCode, **figures: int | str) -> Fact:
    return Fact(code.value, tuple(figures.items()))


def _text(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"
