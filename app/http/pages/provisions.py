"""What a charter lays down, in words: each rule, each setting, and what a change would change (governance.md §2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from gettext import gettext as _
from gettext import ngettext
from typing import Final

from app.federation.documents import host_of
from app.governance.charter import Clause, Settings
from app.governance.composition import Constraint, Kind, text_of
from app.governance.provisions import POINTS_OF_UNITY, Scope
from app.governance.rules import Base, Caucus, CaucusMode, Method, Rule, Weight, rule_document
from app.http.pages import explanations, sentences

Name = Callable[[str], str]
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One provision: what it is about, and what it says."""

    about: str
    says: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a proposal would change: as it is, and as it would be; either is empty if there is nothing."""

    about: str
    now: str
    then: str


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


def lines(settings: Settings, *, of_people: bool = True) -> tuple[Line, ...]:
    """Every other setting that the code reads, as it holds now; of a confederation none that is about people alone."""
    return (
        Line(_("How we belong together"), _scope(settings.scope)),
        *(_of_people(settings) if of_people else ()),
        Line(_("How often we meet"), _rhythm(settings.rhythm)),
        Line(_("Time to object"), span(settings.contest)),
        Line(_("A matter that nobody decides lapses after"), _lapse(settings)),
        *(Line(before(name), span(time)) for name, time in sorted(settings.deliberation.items())),
        Line(
            _("Who may shorten these times"),
            _("{roll} of all members, or {present} of those present; never for our rules, joining or exclusion").format(
                roll=explanations.share(settings.urgent.roll), present=explanations.share(settings.urgent.present)
            ),
        ),
        Line(_("Entrenched: only by the rule for our rules"), ", ".join(map(_entrenched, settings.entrenched))),
        Line(_("Delegates we send") if of_people else _("Seats of a delegation"), str(settings.seats)),
        *(Line(_chair(name), _chairs(found)) for name, found in sorted(settings.chairs.items())),
        Line(
            _("Names"),
            _("{base} here, {upper} above").format(base=settings.words.base, upper=settings.words.upper),
        ),
        Line(_("Second signatures"), _cosigners(settings)),
    )


def _of_people(settings: Settings) -> tuple[Line, ...]:
    """The settings that an assembly of people reads, and a confederation does not."""
    return (
        Line(_("Who joins us"), _entry(settings.entry)),
        Line(_("From which age on one votes"), str(settings.vote_age)),
        Line(_("Who may vote"), _roll(settings.roll)),
        Line(_("Who gives a reason"), _reasons(settings)),
        Line(
            _("How many households we are meant for"),
            _("{least} to {most}").format(least=settings.size.least, most=settings.size.most),
        ),
    )


def changes(
    before: Settings,
    clauses: tuple[Clause, ...],
    after: Settings,
    proposed: tuple[Clause, ...],
    name: Name = host_of,
) -> tuple[Change, ...]:
    """What differs between two charters, clauses first; nothing that stays as it is."""
    pairs = (
        (_numbered(clauses), _numbered(proposed)),
        (_told(rules(before, name)), _told(rules(after, name))),
        (_told(lines(before)), _told(lines(after))),
    )
    return tuple(
        Change(about, now.get(about, ""), then.get(about, ""))
        for now, then in pairs
        for about in {**now, **then}
        if now.get(about) != then.get(about)
    )


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


def _told(known: tuple[Line, ...]) -> Mapping[str, str]:
    return {line.about: line.says for line in known}


def _numbered(clauses: tuple[Clause, ...]) -> Mapping[str, str]:
    hard = _("(entrenched)")
    return {
        _("Clause {number}").format(number=one.number): f"{one.content} {hard}" if one.entrenched else one.content
        for one in clauses
    }


def _scope(scope: Scope) -> str:
    if scope is Scope.PLATFORM:
        return _("A platform: we exchange, and what is resolved together binds nobody.")
    return _("Coordination: what is resolved together binds those whom the result names.")


def _rhythm(time: timedelta) -> str:
    return _("every {time}").format(time=span(time)) if time else _("when somebody convenes a meeting")


def _chair(name: str) -> str:
    return _("Who holds an office of ours") if name == "other" else _("Who holds the office {name}").format(name=name)


def _chairs(found: tuple[Constraint, ...]) -> str:
    return "; ".join(map(_together, found)) or _("anybody")


def _together(one: Constraint) -> str:
    rule = text_of(one)
    if one.kind is Kind.CO_CHAIRS:
        rule = _("{count} together, of whom at least one {group}").format(count=one.count, group=one.groups[0])
    return (_("{rule} (required)") if one.required else _("{rule} (expected)")).format(rule=rule)


def _reasons(settings: Settings) -> str:
    both = settings.reasons == "disagree"
    return _("who disagrees and who blocks") if both else _("who blocks; who disagrees need not")


def _lapse(settings: Settings) -> str:
    return span(settings.lapse) if settings.lapse else _("it never does")


def _entry(entry: str) -> str:
    if entry == "door":
        return _("two members at a meeting open the door")
    if entry == "assembly":
        return _("the assembly decides")
    return _("{n} members vouch for who comes").format(n=entry.removeprefix("vouch(").removesuffix(")"))


def _roll(name: str) -> str:
    return _("who is on the members’ list") if name == "register" else _("who is counted at the door")


def before(name: str) -> str:
    """What a time for deliberation comes before."""
    words = {
        "convened": _("Time before a meeting decides"),
        "mandate": _("Time before a mandate is given"),
        "ratification": _("Time before we answer other assemblies"),
        "recall": _("Time before a recall"),
        "online": _("Time before deciding online alone"),
        "charter": _("Time before our rules change"),
        "admission": _("Time before we join others"),
    }
    return words.get(name, name)


def _entrenched(name: str) -> str:
    return _("our points of unity") if name == POINTS_OF_UNITY else name


def _cosigners(settings: Settings) -> str:
    if settings.scrutineers is None:
        return _("none: signed by one server alone")
    names = ", ".join(sorted(one.name for one in settings.scrutineers.of))
    return _("{k} of {n}: {names}").format(k=settings.scrutineers.k, n=len(settings.scrutineers.of), names=names)
