"""Whom a confederation counts, and who is asked beside: the part of a change of its rules that needs no JSON."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from gettext import gettext as _
from typing import Any, Final

from app.governance.rules import Base, CaucusMode, Method, Rule, Weight, rule_document
from app.http.pages import sentences
from app.http.pages.assembly import provisions
from app.http.pages.forms import Fields
from app.kernel.canonical import Document

_PAIRS: Final = (
    (Weight.ASSEMBLIES, Weight.PEOPLE),
    (Weight.ASSEMBLIES, Weight.DELEGATES),
    (Weight.DELEGATES, Weight.PEOPLE),
)
"""Of whom two majorities at once can be asked."""

SPARE: Final = 1
"""Empty rows below the caucuses that are there."""

_MORE_THAN_HALF: Final = {"method": "majority", "base": "entitled"}
_THREE_FIFTHS: Final = {"method": "qualified", "threshold": "3/5"}
_BEGINS: Final = (_MORE_THAN_HALF, _THREE_FIFTHS)
_PARTS: Final = ("a", "b")


@dataclass(frozen=True, slots=True)
class Question:
    """Whom the rule of one kind of matter counts: `chosen` is one of `choices`."""

    category: str
    about: str
    says: str
    chosen: str
    shares: tuple["Share", ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Of which share one of two majorities is: `more` if exactly that much is not enough."""

    of: str
    more: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A caucus with what it may do, and the kinds of matters about which it is asked."""

    body: str = ""
    mode: str = CaucusMode.CONCURRENT.value
    about: frozenset[str] = frozenset()


def choices() -> tuple[tuple[str, str], ...]:
    """Whom a rule may count."""
    return (
        (Weight.ASSEMBLIES.value, _("each assembly once")),
        (Weight.DELEGATES.value, _("each assembly by its seats")),
        (Weight.PEOPLE.value, _("the people of all assemblies together")),
        (_pair(*_PAIRS[0]), _("both assemblies and people")),
        (_pair(*_PAIRS[1]), _("both assemblies and their seats")),
        (_pair(*_PAIRS[2]), _("both the seats and the people")),
    )


def modes() -> tuple[tuple[str, str], ...]:
    """What a caucus may do."""
    return (
        (CaucusMode.CONCURRENT.value, _("has to agree as well")),
        (CaucusMode.VETO.value, _("can suspend the decision")),
    )


def questions(rules: Mapping[str, Rule]) -> tuple[Question, ...]:
    """One for each kind of matter, but for those that nobody decides for all."""
    return tuple(
        Question(category, sentences.category(category), provisions.rule(rule), _counted_by(rule), _shares(rule))
        for category, rule in sorted(rules.items())
        if rule.method is not Method.ACCESSION
    )


def asked(rules: Mapping[str, Rule]) -> tuple[Asked, ...]:
    """The caucuses that `rules` ask, and an empty row."""
    found: dict[tuple[str, str], set[str]] = {}
    for category, rule in sorted(rules.items()):
        for caucus in rule.caucuses:
            found.setdefault((str(caucus.body), caucus.mode.value), set()).add(category)
    return (*(Asked(*which, frozenset(about)) for which, about in found.items()), *[Asked()] * SPARE)


def chosen(fields: Fields, rules: Document, known: Mapping[str, Rule]) -> Document:
    """`rules` with what the form asks otherwise than `known` has it; what is left alone stays as it was written."""
    found = deepcopy(rules)
    bodies, how = fields.all("caucus-body"), fields.all("caucus-mode")
    rows = [(number, body, mode) for number, (body, mode) in enumerate(zip(bodies, how, strict=False)) if body]
    for one in questions(known):
        rule, name = found.get(one.category), one.category
        if not isinstance(rule, dict):
            continue
        wanted = fields.get(f"weight-{name}") or one.chosen
        if wanted != one.chosen:
            rule = found[name] = _counting(rule, wanted)
        rule = found[name] = _sharing(rule, fields, name)
        caucuses = [
            {"body": body, "mode": mode} for number, body, mode in rows if name in fields.all(f"caucus-about-{number}")
        ]
        if bodies and caucuses != rule_document(known[name]).get("caucus", []):
            found[name] = _asking(rule, caucuses)
    return found


def _counted_by(rule: Rule) -> str:
    if rule.method is Method.DOUBLE:
        return _pair(*(part.weight for part in rule.parts))
    return (rule.first or rule).weight.value


def _counting(rule: Document, whom: str) -> Document:
    """`rule` so that it counts `whom`; of a double one what it was for the assemblies is kept."""
    caucuses: Document = {"caucus": rule["caucus"]} if "caucus" in rule else {}
    quorum: Document = {"quorum": rule["quorum"]} if "quorum" in rule else {}
    pair = next((pair for pair in _PAIRS if _pair(*pair) == whom), None)
    if pair is not None:
        one, other = (_weighing(share, weight) | quorum for share, weight in zip(_BEGINS, pair, strict=True))
        return {"method": "double", "a": one, "b": other} | quorum | caucuses
    if rule.get("method") == Method.DOUBLE and isinstance(rule.get("a"), dict):
        return _counting(rule["a"], whom) | caucuses
    inside = {name: _counting(rule[name], whom) for name in ("first", "then") if isinstance(rule.get(name), dict)}
    weight: dict[str, Any] = {"weight": whom} if whom != Weight.ASSEMBLIES and not inside else {}
    return {key: value for key, value in rule.items() if key != "weight"} | inside | weight


def _pair(*weights: Weight) -> str:
    return "+".join(weights)


def _weighing(share: Document, weight: Weight) -> Document:
    return share | ({"weight": weight.value} if weight is not Weight.ASSEMBLIES else {})


def _shares(rule: Rule) -> tuple[Share, ...]:
    """The two shares of a double majority, or those with which one begins; none where a part is no share."""
    if rule.method is not Method.DOUBLE:
        return (Share("1/2", more=True), Share("3/5", more=False))
    found = [_share(rule_document(rule)[part]) for part in _PARTS]
    return tuple(one for one in found if one is not None) if None not in found else ()


def _share(part: Document) -> Share | None:
    if part.get("method") == Method.MAJORITY and part.get("base") == Base.ENTITLED:
        return Share("1/2", more=True)
    if part.get("method") != Method.QUALIFIED:
        return None
    return Share(str(part.get("threshold")), more=part.get("strict") is True)


def _sharing(rule: Document, fields: Fields, name: str) -> Document:
    """`rule` with the shares that a form asks for, if it is of two majorities; what is left alone stays as written."""
    if rule.get("method") != Method.DOUBLE:
        return rule
    found = dict(rule)
    for number, part in enumerate(_PARTS):
        wanted = Share(fields.get(f"share-{number}-{name}"), more=f"{number}-{name}" in fields.all("more"))
        if wanted.of and _share(rule[part]) not in {None, wanted}:
            kept = {key: rule[part][key] for key in ("base", "weight", "quorum") if key in rule[part]}
            strict: Document = {"strict": True} if wanted.more else {}
            found[part] = {"method": Method.QUALIFIED.value, "threshold": wanted.of} | strict | kept
    return found


def _asking(rule: Document, caucuses: list[Document]) -> Document:
    """`rule` with these caucuses; a second round, which is decided by `then` alone, asks them too."""
    found = {key: value for key, value in rule.items() if key != "caucus"}
    if isinstance(found.get("then"), dict):
        found["then"] = _asking(found["then"], caucuses)
    return found | ({"caucus": caucuses} if caucuses else {})
