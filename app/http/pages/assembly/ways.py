"""How each kind of matter is decided: the part of a change of the rules that needs no JSON."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from app.governance.rules import OF_OPTIONS, Base, Method, Rule, rule_document
from app.http.pages import sentences
from app.http.pages.assembly import provisions
from app.http.pages.forms import Fields
from app.kernel.canonical import Document

SPARE: Final = "+"
"""Stands in the fields' names for a kind of matter that has no rule yet; no category is called so."""

_KEPT: Final = "kept"
_MORE: Final = "more"
_HALF: Final = "half"
_SHARE: Final = "share"
_ROUNDS: Final = "rounds"
_LIKE_METHOD: Final = (Method.CONSENSUS, Method.CONSENT, *sorted(OF_OPTIONS), Method.PROVISIONAL)
_CONSENSUS: Final = {"method": "consensus", "blocks": 0, "standAsides": "1/4"}
_A_WEEK: Final = "P7D"
_FIFTH: Final = "1/5"
_DOTS: Final = 3
_MOST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Way:
    """How the rule of one kind of matter decides, as far as the form has fields for it.

    `way` is one of `ways`; `share` and `base` go with a share and with a second round, `dots` with dots.
    """

    category: str
    way: str = _MORE
    share: str = "2/3"
    base: str = Base.CAST.value
    quorum: str = _FIFTH
    dots: str = str(_DOTS)


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of matter as the form shows it: `says` is its rule in a sentence."""

    about: str
    says: str
    now: Way


def ways() -> tuple[tuple[str, str], ...]:
    """The ways in which a rule of the form may decide."""
    return (
        (_MORE, _("more for than against")),
        (_HALF, _("more than half of …")),
        (_SHARE, _("a share of …")),
        (Method.CONSENSUS.value, _("consensus: nobody disagrees")),
        (_ROUNDS, _("consensus first, then a share of …")),
        (Method.CONSENT.value, _("consent: nobody objects")),
        (Method.APPROVAL.value, _("among options: the one that most can live with")),
        (Method.SCORE.value, _("among options: points from −2 to 2")),
        (Method.DOTS.value, _("among options: dots to give away")),
        (Method.RANKED.value, _("among options: everybody puts them in order")),
        (Method.PROVISIONAL.value, _("in force at once, unless three call it back within a week")),
    )


def bases() -> tuple[tuple[str, str], ...]:
    """Of whom a share is taken."""
    return (
        (Base.CAST.value, _("those for or against")),
        (Base.VALID.value, _("those who chose, abstaining too")),
        (Base.PRESENT.value, _("those who took part")),
        (Base.ENTITLED.value, _("all who may vote")),
    )


def rows(rules: Mapping[str, Rule]) -> tuple[Row, ...]:
    """A row for each kind of matter, but for those that nobody decides for all."""
    return tuple(
        Row(sentences.category(category), provisions.rule(rule), _way(category, rule))
        for category, rule in sorted(rules.items())
        if rule.method is not Method.ACCESSION
    )


def spare() -> Row:
    """The row in which a kind of matter gets a rule that has none yet."""
    return Row("", "", Way(SPARE))


def chosen(fields: Fields, rules: Document, known: Mapping[str, Rule]) -> Document:
    """`rules` with what the form asks otherwise than `known` has it; what is left alone stays as it was written."""
    found = deepcopy(rules)
    for row in rows(known):
        rule = found.get(row.now.category)
        wanted = _asked(fields, row.now)
        if isinstance(rule, dict) and wanted != row.now and wanted.way != _KEPT:
            found[row.now.category] = _document(rule, wanted)
    name = fields.get("new-category").lower()
    return found | ({name: _document({}, _asked(fields, Way(SPARE)))} if name and name not in found else {})


def _way(category: str, rule: Rule) -> Way:
    """What the fields say of `rule`; `kept` where the form has no words for it."""
    plain = Way(category, quorum=_fraction(rule_document(rule).get("quorum")))
    if rule.method is Method.TWO_STAGE and rule.first is not None and rule.then is not None:
        fits = rule.first.method is Method.CONSENSUS and rule.then.method is Method.QUALIFIED
        then = rule_document(rule.then)
        return _with(plain, _ROUNDS, str(then["threshold"]), rule.then.base) if fits else _with(plain, _KEPT)
    if rule.method is Method.QUALIFIED:
        return _with(plain, _SHARE, str(rule_document(rule)["threshold"]), rule.base)
    if rule.method is Method.MAJORITY:
        return _with(plain, _MORE if rule.base is Base.CAST else _HALF, base=rule.base)
    if rule.method is Method.DOTS:
        return Way(category, Method.DOTS.value, quorum=plain.quorum, dots=str(rule.dots))
    return _with(plain, rule.method.value if rule.method in _LIKE_METHOD else _KEPT)


def _with(plain: Way, way: str, share: str = "2/3", base: Base = Base.CAST) -> Way:
    return Way(plain.category, way, share, base.value, plain.quorum)


def _fraction(value: object) -> str:
    return value if isinstance(value, str) else _FIFTH


def _asked(fields: Fields, now: Way) -> Way:
    """The way that the fields of a row ask for; a field that was not sent is as it is now."""

    def field(name: str, otherwise: str) -> str:
        return fields.get(f"{name}-{now.category}") or otherwise

    return Way(
        now.category,
        field("way", now.way),
        field("of", now.share),
        field("base", now.base),
        field("quorum", now.quorum),
        field("dots", now.dots)[:_MOST_DIGITS],
    )


def _document(old: Document, wanted: Way) -> Document:
    """The rule that is wanted, with what of the old one goes with any way: meetings, whom it counts, who is asked."""
    first = old["first"] if isinstance(old.get("first"), dict) else {}
    whom = old.get("weight", first.get("weight"))
    inside: Document = {"quorum": wanted.quorum} | ({"weight": whom} if whom is not None else {})
    caucus: Document = {"caucus": old["caucus"]} if "caucus" in old else {}
    around = {key: old[key] for key in ("meetings", "flat") if key in old} | caucus
    if wanted.way != _ROUNDS:
        return _one_round(old, first, wanted) | inside | around
    return {
        "method": Method.TWO_STAGE.value,
        "first": _attempt(first or old) | inside,
        "then": _by_share(wanted) | inside | caucus,
        "wait": old.get("wait", _A_WEEK),
        "quorum": wanted.quorum,
    } | around


def _one_round(old: Document, first: Document, wanted: Way) -> Document:
    if wanted.way == _MORE:
        return {"method": Method.MAJORITY.value} | {key: old[key] for key in ("floor",) if key in old}
    if wanted.way == _HALF:
        return {"method": Method.MAJORITY.value, "base": wanted.base}
    if wanted.way == _SHARE:
        return _by_share(wanted) | {key: old[key] for key in ("strict",) if key in old}
    if wanted.way == Method.CONSENSUS:
        return _attempt(first or old)
    if wanted.way == Method.DOTS:
        return {"method": Method.DOTS.value, "n": int(wanted.dots) if wanted.dots.isdecimal() else 0}
    if wanted.way == Method.PROVISIONAL:
        return {"method": Method.PROVISIONAL.value, "window": old.get("window", _A_WEEK)}
    return {"method": wanted.way}


def _attempt(old: Document) -> Document:
    """A search for consensus, with the bounds of the one that was there."""
    return _CONSENSUS | {key: old[key] for key in ("blocks", "standAsides") if key in old}


def _by_share(wanted: Way) -> Document:
    return {"method": Method.QUALIFIED.value, "threshold": wanted.share, "base": wanted.base}
