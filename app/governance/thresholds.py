"""The methods that look at one set of figures: each adopts or not, and says by which figure (governance.md §3)."""

from fractions import Fraction
from typing import Final

from app.governance.counts import Counts
from app.governance.fact import Fact, FactCode, fact, fraction_text
from app.governance.rule import Base, Method, Rule, base_of, needed_of, reaches

_HALF: Final = Fraction(1, 2)

CALLED_BACK_BY: Final = 3
"""Who blocks and two supporters: so many put what was resolved provisionally on the next agenda."""


def majority(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    """More for than against; with another base than `cast`, more than half of it (fine-print 6)."""
    if rule.base is not Base.CAST:
        share = _share(counts, rule.base, _HALF, strict=True)
        return _with_floor(rule, counts, met=share.code == FactCode.SHARE_MET, reason=share)
    code = FactCode.MAJORITY_FEWER
    if counts.yes >= counts.no:
        code = FactCode.MAJORITY_MORE if counts.yes > counts.no else FactCode.MAJORITY_TIE
    return _with_floor(rule, counts, met=counts.yes > counts.no, reason=fact(code, yes=counts.yes, no=counts.no))


def qualified(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    """A share of the base, reached or passed, and at least one who agrees."""
    share = _share(counts, rule.base, rule.threshold, strict=rule.strict)
    return _with_floor(rule, counts, met=share.code == FactCode.SHARE_MET, reason=share)


def consensus(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    """The first thing that stands in the way of consensus, or that it is reached."""
    allowed = rule.stand_asides.numerator * counts.present // rule.stand_asides.denominator
    if counts.disagree:
        return False, (fact(FactCode.CONSENSUS_DISAGREED, disagree=counts.disagree),)
    if counts.block > rule.blocks:
        return False, (fact(FactCode.CONSENSUS_BLOCKED, block=counts.block, allowed=rule.blocks),)
    if counts.stand_aside > allowed:
        return False, (fact(FactCode.CONSENSUS_STOOD_ASIDE, stand_aside=counts.stand_aside, allowed=allowed),)
    if counts.yes < 1:
        return False, (fact(FactCode.CONSENSUS_NOBODY, present=counts.present),)
    reached = fact(
        FactCode.CONSENSUS_REACHED,
        yes=counts.yes,
        block=counts.block,
        blocks_allowed=rule.blocks,
        stand_aside=counts.stand_aside,
        stand_asides_allowed=allowed,
    )
    return True, (reached,)


def consent(counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    """Nobody objects: under consent a rejection is a block (fine-print 1)."""
    code = FactCode.CONSENT_BLOCKED if counts.no else FactCode.CONSENT_GIVEN
    return not counts.no, (fact(code, present=counts.present, block=counts.no),)


def provisional(counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    """Somebody agreed, and fewer block than can call it back to the next meeting."""
    if counts.yes < 1:
        return False, (fact(FactCode.PROVISIONAL_NOBODY, present=counts.present),)
    called = counts.no >= CALLED_BACK_BY
    code = FactCode.PROVISIONAL_CALLED if called else FactCode.PROVISIONAL_STANDS
    return not called, (fact(code, yes=counts.yes, block=counts.no, needed=CALLED_BACK_BY),)


def holds(rule: Rule, counts: Counts) -> bool | None:
    """Whether a majority or a share is reached, with no fact told; None for the other methods."""
    match rule.method:
        case Method.MAJORITY if rule.base is Base.CAST:
            met = counts.yes > counts.no
        case Method.MAJORITY:
            met = _reached(counts, rule.base, _HALF, strict=True)
        case Method.QUALIFIED:
            met = _reached(counts, rule.base, rule.threshold, strict=rule.strict)
        case _:
            return None
    return met and (rule.floor is None or reaches(counts.yes, counts.entitled, rule.floor))


def _reached(counts: Counts, base: Base, share: Fraction, *, strict: bool) -> bool:
    return counts.yes >= 1 and reaches(counts.yes, base_of(base, counts), share, strict=strict)


def _share(counts: Counts, base: Base, share: Fraction, *, strict: bool) -> Fact:
    whole = base_of(base, counts)
    met = _reached(counts, base, share, strict=strict)
    return fact(
        FactCode.SHARE_MET if met else FactCode.SHARE_MISSED,
        share=fraction_text(share),
        base=base.value,
        whole=whole,
        needed=max(1, needed_of(whole, share, strict=strict)),
        yes=counts.yes,
        strict=int(strict),
    )


def _with_floor(rule: Rule, counts: Counts, *, met: bool, reason: Fact) -> tuple[bool, tuple[Fact, ...]]:
    if rule.floor is None:
        return met, (reason,)
    reached = reaches(counts.yes, counts.entitled, rule.floor)
    floor = fact(
        FactCode.FLOOR_MET if reached else FactCode.FLOOR_MISSED,
        share=fraction_text(rule.floor),
        entitled=counts.entitled,
        needed=needed_of(counts.entitled, rule.floor),
        yes=counts.yes,
    )
    return met and reached, (reason, floor)
