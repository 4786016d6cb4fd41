"""How a charter decides, in words: each rule a sentence (governance.md §3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from gettext import gettext as _
from gettext import ngettext
from typing import Final

from app.federation.documents import host_of
from app.governance.charter import Settings
from app.governance.rules import Base, Caucus, CaucusMode, Method, Rule, Weight, rule_document
from app.http.pages import sentences
from app.http.pages.votes import explanations

Name = Callable[[str], str]
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One provision: what it is about, and what it says."""

    about: str
    says: str


def rules(settings: Settings, name: Name = host_of) -> tuple[Line, ...]:
    """How each kind of matter is decided, a sentence each; `name` gives that of a body."""
    return tuple(Line(sentences.category(key), rule(found, name)) for key, found in sorted(settings.rules.items()))


def rule(found: Rule, name: Name = host_of) -> str:
    """A rule as a sentence, as in `Two thirds of those for or against; at least 1/5 of us take part.`."""
    parts = [_by_base(found)]
    if found.floor is not None:
        parts.append(_("at least {share} of all members agree").format(share=explanations.share(found.floor)))
    if found.method is Method.TWO_STAGE and found.wait:
        parts.append(_("{time} lie between the two rounds").format(time=span(found.wait)))
    if found.method is Method.PROVISIONAL:
        parts.append(_("three who object within {time} call it back").format(time=span(found.window)))
    parts += [_caucus(one, name) for part in found.counted for one in part.caucuses]
    if found.quorum:
        parts.append(_("at least {share} of us take part").format(share=explanations.share(found.quorum)))
    if found.meetings > 1:
        parts.append(
            ngettext("in {n} meeting", "adopted in {n} meetings, one after the other", found.meetings).format(
                n=found.meetings
            )
        )
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."


def span(time: timedelta) -> str:
    """A length of time, as in `7 days`, `48 hours`, `none`."""
    if not time:
        return _("none")
    if time % _DAY == timedelta(0) and time > 2 * _DAY:
        return ngettext("{n} day", "{n} days", time // _DAY).format(n=time // _DAY)
    if time % _HOUR == timedelta(0):
        return ngettext("{n} hour", "{n} hours", time // _HOUR).format(n=time // _HOUR)
    minutes = time // timedelta(minutes=1)
    return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)


def _by_base(found: Rule, *, inside: bool = False) -> str:
    """How the rule decides, with what a share is taken of; `inside` a double one, the assemblies are named too."""
    if found.method is Method.DOUBLE:
        one, other = (_by_base(part, inside=True) for part in found.parts)
        return _("both {one} and {other}").format(one=one, other=other)
    if found.method is Method.TWO_STAGE and found.then is not None and found.first is not None:
        return _("first {first}, then {then}").format(first=_by_base(found.first), then=_by_base(found.then))
    said = explanations.rule(rule_document(found))
    named = inside or found.weight is not Weight.ASSEMBLIES
    if found.method is Method.QUALIFIED or (found.method is Method.MAJORITY and found.base is not Base.CAST):
        bases = _bases()[found.weight if named else None]
        return bases[found.base].format(share=said)
    among = {
        Weight.ASSEMBLIES: _("{rule} among the assemblies"),
        Weight.DELEGATES: _("{rule}, counted by seats"),
        Weight.PEOPLE: _("{rule} among the people"),
    }
    return among[found.weight].format(rule=said) if named else said


def _bases() -> Mapping[Weight | None, Mapping[Base, str]]:
    """What a share is taken of, by who counts; None where it needs no saying."""
    return {
        None: {
            Base.CAST: _("{share} of those for or against"),
            Base.VALID: _("{share} of those who chose"),
            Base.PRESENT: _("{share} of those who took part"),
            Base.ENTITLED: _("{share} of all who may vote"),
        },
        Weight.ASSEMBLIES: {
            Base.CAST: _("{share} of the assemblies for or against"),
            Base.VALID: _("{share} of the assemblies that chose"),
            Base.PRESENT: _("{share} of the assemblies that took part"),
            Base.ENTITLED: _("{share} of all assemblies"),
        },
        Weight.DELEGATES: {
            Base.CAST: _("{share} of the seats for or against"),
            Base.VALID: _("{share} of the seats of those that chose"),
            Base.PRESENT: _("{share} of the seats of those that took part"),
            Base.ENTITLED: _("{share} of all seats"),
        },
        Weight.PEOPLE: {
            Base.CAST: _("{share} of the people for or against"),
            Base.VALID: _("{share} of the people who chose"),
            Base.PRESENT: _("{share} of the people who took part"),
            Base.ENTITLED: _("{share} of all people who may vote where an assembly answered"),
        },
    }


def _caucus(found: Caucus, name: Name) -> str:
    words = {
        CaucusMode.CONCURRENT: _("{body} agrees as well"),
        CaucusMode.VETO: _("{body} can suspend it"),
    }
    return words[found.mode].format(body=name(found.body))
