"""Decision rules: what a rule says on the wire, and what it makes of a count (governance.md §3)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from math import gcd
from typing import Final

from app.governance.counts import Counts
from app.kernel.canonical import Document, canonical
from app.kernel.instant import parse_duration
from app.kernel.refusal import Refusal

_FRACTION: Final = re.compile(r"(0|[1-9][0-9]{0,8})/([1-9][0-9]{0,8})", re.ASCII)
_QUARTER: Final = Fraction(1, 4)
_SAME_ONLY: Final = "assemblies"


class Method(StrEnum):
    """The methods that this version counts; the others of governance.md §3 are refused when parsed."""

    MAJORITY = "majority"
    QUALIFIED = "qualified"
    CONSENSUS = "consensus"
    TWO_STAGE = "two_stage"


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


@dataclass(frozen=True, slots=True)
class Rule:
    """One decision rule; equal to another if the JCS bytes are equal (fine-print 7).

    Made by `parse_rule` only: `canonical` holds the bytes as written and the other fields what
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
    stand_asides: Fraction = field(compare=False, default=_QUARTER)
    meetings: int = field(compare=False, default=1)
    flat: bool = field(compare=False, default=False)
    first: "Rule | None" = field(compare=False, default=None)
    then: "Rule | None" = field(compare=False, default=None)
    wait: timedelta = field(compare=False, default=timedelta(0))


def parse_rule(document: object) -> Rule | Refusal:
    """The rule that a `gov:rule` object states.

    Refuses by `rule.method` (a method that is not counted yet), `rule.weight` (people, delegates),
    `rule.caucus`, `rule.quorum` (missing: it is mandatory, also inside, fine-print 4),
    `rule.fraction` (not in lowest terms, or out of bounds) and `rule.form`.
    """
    return _parse(document, inside=False)


def rule_document(rule: Rule) -> Document:
    """The JSON object of `rule`, exactly the keys with which it was written."""
    document: Document = json.loads(rule.canonical)
    return document


def parse_fraction(text: object) -> Fraction | Refusal:
    """The fraction that `"3/4"` names; `rule.fraction` unless in lowest terms (fine-print 7)."""
    found = _FRACTION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return Refusal("rule.fraction", f"a fraction is a string such as 3/4, got {text!r}")
    numerator, denominator = int(found[1]), int(found[2])
    if gcd(numerator, denominator) != 1:
        return Refusal("rule.fraction", f"not in lowest terms: {text!r}")
    return Fraction(numerator, denominator)


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


class _BadRuleError(ValueError):
    def __init__(self, code: str, because: str) -> None:
        super().__init__(because)
        self.refusal = Refusal(code, because)


def _parse(document: object, *, inside: bool) -> Rule | Refusal:
    if not isinstance(document, Mapping):
        return Refusal("rule.form", "a rule is an object")
    keys: Document = without_nulls(document)
    try:
        return _read(keys, inside=inside)
    except _BadRuleError as bad:
        return bad.refusal


def without_nulls(value: Mapping[str, object]) -> Document:
    """A copy in which no key has null, all the way down: null reads as absent (fine-print 32)."""
    return {
        key: without_nulls(item) if isinstance(item, Mapping) else item
        for key, item in value.items()
        if item is not None
    }


def _read(keys: Document, *, inside: bool) -> Rule:
    name = keys.get("method")
    if not isinstance(name, str) or name not in set(Method):
        raise _BadRuleError("rule.method", f"this version does not count the method {name!r} yet")
    method = Method(name)
    if inside and method is Method.TWO_STAGE:
        raise _BadRuleError("rule.form", "a stage of two_stage is no two_stage")
    if keys.get("weight", _SAME_ONLY) != _SAME_ONLY:
        raise _BadRuleError("rule.weight", f"this version counts assemblies, not {keys['weight']!r}, yet")
    if "caucus" in keys:
        raise _BadRuleError("rule.caucus", "this version does not count a caucus yet")
    if "quorum" not in keys:
        raise _BadRuleError("rule.quorum", "every rule has a quorum, inside too, and inherits none")
    rule = _plain(keys, method)
    return _staged(keys, rule) if method is Method.TWO_STAGE else rule


def _plain(keys: Document, method: Method) -> Rule:
    threshold = _share(keys, "threshold") if method is Method.QUALIFIED else Fraction(0)
    if method is Method.QUALIFIED and not threshold:
        raise _BadRuleError("rule.fraction", "the threshold is more than nothing")
    base = keys.get("base", Base.CAST)
    if not isinstance(base, str) or base not in set(Base):
        raise _BadRuleError("rule.form", f"no such base: {base!r}")
    return Rule(
        canonical(keys),
        method,
        _share(keys, "quorum"),
        threshold,
        Base(base),
        strict=_flag(keys, "strict"),
        floor=_share(keys, "floor") if "floor" in keys else None,
        blocks=_count(keys, "blocks", 0),
        stand_asides=_share(keys, "standAsides") if "standAsides" in keys else _QUARTER,
        meetings=_count(keys, "meetings", 1),
        flat=_flag(keys, "flat"),
    )


def _staged(keys: Document, rule: Rule) -> Rule:
    stages = []
    for name in ("first", "then"):
        stage = _parse(keys.get(name), inside=True)
        if isinstance(stage, Refusal):
            raise _BadRuleError(stage.code, f"in {name}: {stage.because}")
        stages.append(stage)
    wait = parse_duration(keys.get("wait", "PT0S"))
    if isinstance(wait, Refusal):
        raise _BadRuleError("rule.form", f"wait: {wait.because}")
    return Rule(rule.canonical, rule.method, rule.quorum, first=stages[0], then=stages[1], wait=wait)


def _share(keys: Document, name: str) -> Fraction:
    share = parse_fraction(keys.get(name))
    if isinstance(share, Refusal):
        raise _BadRuleError(share.code, f"{name}: {share.because}")
    if share > 1:
        raise _BadRuleError("rule.fraction", f"{name}: more than the whole: {share}")
    return share


def _count(keys: Document, name: str, default: int) -> int:
    value = keys.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _BadRuleError("rule.form", f"{name} is a whole number, got {value!r}")
    return value


def _flag(keys: Document, name: str) -> bool:
    value = keys.get(name, False)
    if not isinstance(value, bool):
        raise _BadRuleError("rule.form", f"{name} is true or false, got {value!r}")
    return value
