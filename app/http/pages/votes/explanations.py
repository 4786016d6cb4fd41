"""Why a count came out as it did, in words and with the figures that decided (governance.md §3)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from gettext import gettext as _
from gettext import ngettext
from types import MappingProxyType
from typing import Any

from app.governance.rules import Fact, Result, Status


def figures(counts: Mapping[str, int]) -> str:
    """How many chose what, as in `24 agreed, 1 against, 2 abstained`."""
    said = [
        (counts.get("agree", 0), _("{n} agreed")),
        (counts.get("reserve", 0), _("{n} agreed with reservations")),
        (counts.get("stand_aside", 0), _("{n} stood aside")),
        (counts.get("disagree", 0), _("{n} against")),
        (counts.get("block", 0), _("{n} blocked")),
        (counts.get("abstain", 0), _("{n} abstained")),
    ]
    parts = [words.format(n=heads) for heads, words in said if heads]
    return ", ".join(parts) + "." if parts else _("Nobody chose anything.")


def why(result: Result) -> str:
    """The whole reason in one line, as in `Adopted: 41 of 60 agreed, and two thirds of 60 is 40.`."""
    decided = [one for one in result.because if one.code not in _ON_THE_WAY]
    told = " ".join(fact(one.code, dict(one.figures)) for one in decided or result.because)
    return f"{status(result.status)}: {_small(told)}"


def reasons(
    result: Result, name: Callable[[str], str], options: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, ...]:
    """Why, in one line, and then what was told on the way; what bodies and options are called is filled in."""
    named = replace(result, because=tuple(_with_names(one, name, options) for one in result.because))
    steps = tuple(fact(one.code, dict(one.figures)) for one in named.because if one.code in _ON_THE_WAY)
    return (why(named), *steps)


def _with_names(one: Fact, name: Callable[[str], str], options: Mapping[str, str]) -> Fact:
    known = with_options(dict(one.figures), options).items()
    return replace(one, figures=tuple((key, name(str(value)) if key == "body" else value) for key, value in known))


def with_options(figures: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The figures of a fact with the names of options in place of their ids."""
    found = {key: names.get(str(value), value) if key in _OPTIONS else value for key, value in figures.items()}
    if "options" in found:
        found["options"] = ", ".join(names.get(one, one) for one in str(found["options"]).split(", "))
    return found


_OPTIONS = frozenset({"option", "over", "next"})


def in_figures(result: Result) -> str:
    """The figures that decided, part by part, as in `4 of 6 assemblies, where more than half is 4, and …`.

    Empty where a method has none of its own.
    """
    weight, said = "assemblies", []
    for one in result.because:
        known: dict[str, Any] = dict(one.figures)
        if one.code in {"weighed", "double.part"}:
            weight = str(known["weight"])
        elif one.code in {"share.met", "share.missed"}:
            of = _of(weight, known["yes"], known["whole"])
            share = _share_named(known)
            said.append(
                _("{figures}, where {share} is {needed}").format(figures=of, share=share, needed=known["needed"])
            )
        elif one.code.startswith("majority."):
            said.append(_("{figures} for, {no} against").format(figures=_heads(weight, known["yes"]), no=known["no"]))
    return _(", and ").join(said)


def _of(weight: str, yes: int, whole: int) -> str:
    words = {
        "assemblies": ngettext("{yes} of {n} assembly", "{yes} of {n} assemblies", whole),
        "delegates": ngettext("{yes} of {n} seat", "{yes} of {n} seats", whole),
        "people": ngettext("{yes} of {n} person", "{yes} of {n} people", whole),
    }
    return words[weight].format(yes=yes, n=whole)


def _heads(weight: str, number: int) -> str:
    words = {
        "assemblies": ngettext("{n} assembly", "{n} assemblies", number),
        "delegates": ngettext("{n} seat", "{n} seats", number),
        "people": ngettext("{n} person", "{n} people", number),
    }
    return words[weight].format(n=number)


def status(name: Status) -> str:
    """What a status is called at the start of a sentence."""
    words = {
        Status.ADOPTED: _("Adopted"),
        Status.REJECTED: _("Not adopted"),
        Status.UNRESOLVED: _("Not decided yet"),
        Status.NO_QUORUM: _("Too few took part"),
        Status.OPEN: _("Open for signing"),
    }
    return words[name]


_ON_THE_WAY = frozenset({"quorum.met", "counted"})
"""What is told on the way and decides nothing by itself."""


def fact(code: str, known: Mapping[str, Any]) -> str:
    """One step of why a count came out as it did."""
    if code == "counted":
        return figures(known)
    if code in {"share.met", "share.missed"}:
        return _share(known)
    if code == "weighed":
        return _weighed(known)
    if code == "double.part":
        return _part(known)
    words = {**_thresholds(), **_options()}
    return words.get(code, code).format_map(dict(known))


def told(code: str, known: Mapping[str, Any]) -> str:
    """A step as a sentence of its own, as in `Two thirds of the 28 for or against is 19; 27 agreed.`."""
    if code not in {"share.met", "share.missed"} or known["base"] != "cast":
        return fact(code, known)
    share = _share_named(known)
    words = _("{share} of the {whole} for or against is {needed}; {yes} agreed.")
    return words.format(
        share=share[:1].upper() + share[1:], whole=known["whole"], needed=known["needed"], yes=known["yes"]
    )


def _thresholds() -> Mapping[str, str]:
    return {
        "quorum.met": _("{present} took part of {entitled} ({needed} were needed)."),
        "quorum.missed": _("Only {present} took part of {entitled}; {needed} were needed."),
        "majority.more": _("More were for it than against: {yes} to {no}."),
        "majority.tie": _("As many were for it as against: {yes} to {no}. A tie does not adopt."),
        "majority.fewer": _("Fewer were for it than against: {yes} to {no}."),
        "floor.met": _("At least {needed} of the {entitled} members had to agree; {yes} did."),
        "floor.missed": _("At least {needed} of the {entitled} members had to agree; only {yes} did."),
        "consensus.reached": _("There was consensus: {yes} agreed and nobody stood against it."),
        "consensus.nobody_agreed": _("No consensus: of {present} who took part nobody agreed."),
        "consensus.disagreed": _("No consensus: {disagree} disagreed."),
        "consensus.blocked": _("No consensus: {block} blocked; {allowed} may."),
        "consensus.stood_aside": _("No consensus: {stand_aside} stood aside; at most {allowed} may."),
        "second_round.next": _("So there is a second round, by another rule."),
        "consent.given": _("{present} took part and {block} objected."),
        "consent.blocked": _("{block} of {present} objected; nobody may."),
        "consent.early": _("There is still time to object."),
        "provisional.stands": _("{yes} agreed and {block} objected; {needed} can call it back."),
        "provisional.called": _(
            "{block} objected to what {yes} agreed to, and {needed} are enough: the next meeting decides."
        ),
        "provisional.nobody_agreed": _("Of {present} who took part nobody agreed."),
        "accession.open": _("{signed} have signed. It binds those who sign, from the day they sign."),
        "caucus.agreed": _("{body}, which had to agree as well, did."),
        "caucus.lacking": _("{body} had to agree as well, and did not."),
        "caucus.suspended": _("{body} said no, and may suspend it."),
    }


def _options() -> Mapping[str, str]:
    return {
        "option.first": _("“{option}” comes first with {total}, before “{next}” with {next_total}."),
        "option.preferred": _("“{option}” comes first: {ahead} prefer it to “{over}”, {behind} the other way round."),
        "option.tie": _("{among} options came out alike: {options}."),
        "option.no_change": _("Leaving things as they are came first."),
        "option.none": _("Nobody named an option."),
        "option.drawn": _("{among} came out alike; the draw put “{option}” first."),
    }


def _share(known: Mapping[str, Any]) -> str:
    """How a share came out, as in `41 of 60 agreed, and two thirds of 60 is 40.`."""
    wholes = {
        "cast": _("{yes} of {whole} agreed, and {share} of {whole} is {needed}."),
        "valid": _("{yes} of the {whole} who chose agreed, and {share} of {whole} is {needed}."),
        "present": _("{yes} of the {whole} who took part agreed, and {share} of {whole} is {needed}."),
        "entitled": _("{yes} of all {whole} who may vote agreed, and {share} of {whole} is {needed}."),
    }
    share = _share_named(known)
    return wholes[known["base"]].format(share=share, whole=known["whole"], needed=known["needed"], yes=known["yes"])


def _share_named(known: Mapping[str, Any]) -> str:
    named = _named(known["share"])
    return _("more than {share}").format(share=named) if known.get("strict") else named


def share(part: Fraction) -> str:
    """A share in words, as in `two thirds`; `1/7` where there is no short word for it."""
    return _named(f"{part.numerator}/{part.denominator}")


def _named(share: str) -> str:
    words = {
        "1/2": _("half"),
        "2/3": _("two thirds"),
        "3/4": _("three quarters"),
        "3/5": _("three fifths"),
        "1/5": _("a fifth"),
        "1/3": _("a third"),
        "1/10": _("a tenth"),
        "1/4": _("a quarter"),
    }
    return words.get(share, share)


def _weighed(known: Mapping[str, Any]) -> str:
    words = {
        "delegates": _("Counted by seats: {yes} for, {no} against, of {entitled}."),
        "people": _("Counted by people: {yes} for, {no} against, of {entitled}."),
    }
    return words.get(known["weight"], "{weight}: {yes}, {no}, {entitled}").format_map(dict(known))


def _part(known: Mapping[str, Any]) -> str:
    words = {
        "assemblies": _("Among the assemblies: {status}."),
        "delegates": _("Among the delegates’ seats: {status}."),
        "people": _("Among the people: {status}."),
    }
    return words[known["weight"]].format(status=_small(status(Status(known["status"]))))


def _small(sentence: str) -> str:
    """The sentence as it continues another; a name in quotes keeps its letters."""
    return sentence[:1].lower() + sentence[1:]


def rule(known: Mapping[str, Any]) -> str:
    """How a rule decides, in a few words."""
    method = known.get("method")
    if method == "two_stage":
        return _("seek consensus, then {then}").format(then=rule(known["then"]))
    if method == "double":
        return _("both {one} and {other}").format(one=rule(known["a"]), other=rule(known["b"]))
    if method == "majority":
        return _("more for than against") if known.get("base", "cast") == "cast" else _("more than half")
    words = {
        "consensus": _("consensus"),
        "consent": _("nobody objects"),
        "approval": _("the option that most approve of"),
        "score": _("the option with the highest score"),
        "dots": _("the option with the most dots"),
        "ranked": _("the option that wins in pairs"),
        "accession": _("it binds those who sign"),
        "provisional": _("in force unless three object"),
    }
    if str(method) in words:
        return words[str(method)]
    return _share_named({"share": str(known.get("threshold", "")), "strict": known.get("strict")})
