"""The form of a rule on the wire: `gov:rule` read strictly, and written as it was (fine-print 4 to 8)."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from math import gcd
from typing import Final

from app.governance.act import Ref
from app.governance.rule import QUARTER, Base, Caucus, CaucusMode, Method, Rule, Weight
from app.kernel.canonical import Document, canonical
from app.kernel.ids import parse_id
from app.kernel.instant import parse_duration
from app.kernel.refusal import Refusal

_FRACTION: Final = re.compile(r"(0|[1-9][0-9]{0,8})/([1-9][0-9]{0,8})", re.ASCII)
_WHOLE_ONLY: Final = frozenset({Method.TWO_STAGE, Method.DOUBLE, Method.ACCESSION})


def parse_rule(document: object) -> Rule | Refusal:
    """The rule that a `gov:rule` object states.

    Refuses by `rule.method`, `rule.weight`, `rule.caucus`, `rule.quorum` (missing: it is mandatory,
    also inside; `accession` alone has none, fine-print 4), `rule.fraction` (not in lowest terms, or
    out of bounds) and `rule.form`. Keys that do not apply to the method are read and change nothing.
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
    return {key: _without(item) for key, item in value.items() if item is not None}


def _without(item: object) -> object:
    if isinstance(item, Mapping):
        return without_nulls(item)
    return [_without(one) for one in item] if isinstance(item, list) else item


def _read(keys: Document, *, inside: bool) -> Rule:
    name = keys.get("method")
    if not isinstance(name, str) or name not in set(Method):
        raise _BadRuleError("rule.method", f"no method that is counted here: {name!r}")
    method = Method(name)
    if inside and method in _WHOLE_ONLY:
        raise _BadRuleError("rule.form", f"no part of another rule: {method}")
    quorum = Fraction(0)
    if method is not Method.ACCESSION:
        if "quorum" not in keys:
            raise _BadRuleError("rule.quorum", "every rule has a quorum, inside too, and inherits none")
        quorum = _share(keys, "quorum")
    rule = _plain(keys, method, quorum)
    if method is Method.TWO_STAGE:
        first, then = _parts(keys, "first", "then")
        return replace(rule, first=first, then=then)
    return replace(rule, parts=_parts(keys, "a", "b")) if method is Method.DOUBLE else rule


def _plain(keys: Document, method: Method, quorum: Fraction) -> Rule:
    threshold = _share(keys, "threshold") if method is Method.QUALIFIED else Fraction(0)
    if method is Method.QUALIFIED and not threshold:
        raise _BadRuleError("rule.fraction", "the threshold is more than nothing")
    dots = _count(keys, "n", 0)
    if method is Method.DOTS and not dots:
        raise _BadRuleError("rule.form", "n is how many dots each has, one at least")
    return Rule(
        canonical(keys),
        method,
        quorum,
        threshold,
        Base(_word(keys, "base", Base, Base.CAST)),
        strict=_flag(keys, "strict"),
        floor=_share(keys, "floor") if "floor" in keys else None,
        blocks=_count(keys, "blocks", 0),
        stand_asides=_share(keys, "standAsides") if "standAsides" in keys else QUARTER,
        meetings=_count(keys, "meetings", 1),
        flat=_flag(keys, "flat"),
        wait=_span(keys, "wait"),
        window=_span(keys, "window"),
        weight=Weight(_word(keys, "weight", Weight, Weight.ASSEMBLIES)),
        dots=dots,
        lot=_lot(keys.get("lot")),
        caucuses=_caucuses(keys.get("caucus", [])),
    )


def _parts(keys: Document, *names: str) -> tuple[Rule, ...]:
    parts = []
    for name in names:
        part = _parse(keys.get(name), inside=True)
        if isinstance(part, Refusal):
            raise _BadRuleError(part.code, f"in {name}: {part.because}")
        parts.append(part)
    return tuple(parts)


def _lot(value: object) -> Ref | None:
    """The draw whose seed orders ties (fine-print 6)."""
    if value is None:
        return None
    found = parse_id(value.get("id"), loopback=True) if isinstance(value, Mapping) else None
    digest = value.get("gov:digest") if isinstance(value, Mapping) else None
    if found is None or isinstance(found, Refusal) or not isinstance(digest, str) or not digest.startswith("z"):
        raise _BadRuleError("rule.form", "lot is a reference to a draw")
    return Ref(found, digest)


def _caucuses(value: object) -> tuple[Caucus, ...]:
    if not isinstance(value, list):
        raise _BadRuleError("rule.caucus", "caucus is a list of bodies")
    return tuple(_caucus(entry) for entry in value)


def _caucus(entry: object) -> Caucus:
    body = parse_id(entry.get("body"), loopback=True) if isinstance(entry, Mapping) else None
    mode = entry.get("mode") if isinstance(entry, Mapping) else None
    if body is None or isinstance(body, Refusal) or not isinstance(mode, str) or mode not in set(CaucusMode):
        raise _BadRuleError("rule.caucus", "a caucus has a body and a mode: veto or concurrent")
    return Caucus(body, CaucusMode(mode))


def _word(keys: Document, name: str, allowed: type[StrEnum], default: str) -> str:
    value = keys.get(name, default)
    if not isinstance(value, str) or value not in set(allowed):
        raise _BadRuleError(f"rule.{name}" if name == "weight" else "rule.form", f"no such {name}: {value!r}")
    return value


def _span(keys: Document, name: str) -> timedelta:
    span = parse_duration(keys.get(name, "PT0S"))
    if isinstance(span, Refusal):
        raise _BadRuleError("rule.form", f"{name}: {span.because}")
    return span


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
