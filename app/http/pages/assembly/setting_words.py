"""What else a charter lays down, in words: every setting that the code reads (governance.md §2)."""

from datetime import timedelta
from gettext import gettext as _
from gettext import ngettext

from app.governance.charter import Settings
from app.governance.composition import Constraint, Kind, text_of
from app.governance.provisions import POINTS_OF_UNITY, Binds, Scope
from app.governance.publicity import EVERYTHING_ELSE, Publicity
from app.governance.rotation import DELEGATE, Limit
from app.http.pages import moments, sentences
from app.http.pages.assembly.provisions import Line, span
from app.http.pages.votes import explanations


def lines(settings: Settings, *, of_people: bool = True) -> tuple[Line, ...]:
    """Every setting that the code reads, but for the rules; of a confederation none that is about people alone."""
    return (
        Line(_("How we belong together"), _scope(settings.scope)),
        *(_of_people(settings) if of_people else ()),
        *_times(settings),
        Line(_("Entrenched: only by the rule for our rules"), ", ".join(map(_entrenched, settings.entrenched))),
        *_offices(settings, of_people=of_people),
        *(Line(whom(name), bound(all_or)) for name, all_or in sorted(settings.binds.items())),
        *(Line(_readers(name), may_read(word)) for name, word in sorted(settings.publicity.items())),
        Line(_("How votes online are kept"), _ballots(settings.ballots)),
        Line(
            _("Names"),
            _("{base} here, {upper} above").format(base=settings.words.base, upper=settings.words.upper),
        ),
        Line(_("Second signatures"), _cosigners(settings)),
        *(Line(sentences.category(name), _("by a rule that our server cannot count")) for name in settings.uncounted),
    )


def _times(settings: Settings) -> tuple[Line, ...]:
    """When we meet, and how long things take."""
    following = settings.next_meeting
    return (
        Line(_("How often we meet"), _rhythm(settings.rhythm)),
        *([Line(_("The next meeting"), moments.day_and_time(int(following.timestamp())))] if following else []),
        Line(_("Time to object"), span(settings.contest)),
        Line(_("A matter that nobody decides lapses after"), _lapse(settings)),
        *(Line(before(name), span(time)) for name, time in sorted(settings.deliberation.items())),
        Line(
            _("Who may shorten these times"),
            _("{roll} of all members, or {present} of those present; never for our rules, joining or exclusion").format(
                roll=explanations.share(settings.urgent.roll), present=explanations.share(settings.urgent.present)
            ),
        ),
    )


def _of_people(settings: Settings) -> tuple[Line, ...]:
    """The settings that an assembly of people reads, and a confederation does not."""
    return (
        Line(_("Who joins us"), _entry(settings.entry)),
        Line(_("From which age on one votes"), str(settings.vote_age)),
        Line(_("Who may vote"), _roll(settings.roll)),
        *(Line(since(name), _meetings(number)) for name, number in sorted(settings.seniority.items())),
        Line(_("Whoever was not seen for so long is not counted on"), span(settings.dormant)),
        Line(_("Who gives a reason"), _reasons(settings)),
        Line(
            _("How many households we are meant for"),
            _("{least} to {most}").format(least=settings.size.least, most=settings.size.most),
        ),
    )


def _offices(settings: Settings, *, of_people: bool) -> tuple[Line, ...]:
    """Who is sent, who holds what together, and for how long."""
    return (
        Line(_("Delegates we send") if of_people else _("Seats of a delegation"), str(settings.seats)),
        Line(_("Who sits in a delegation"), _together_all(settings.composition)),
        *(Line(_chair(name), _together_all(found)) for name, found in sorted(settings.chairs.items())),
        *(Line(term(name), _limits(limit)) for name, limit in sorted(settings.terms.items())),
        Line(
            _("Offices outside, such as in a city council"),
            _("they carry our mandate") if settings.offices else _("they carry no mandate of ours"),
        ),
    )


def _scope(scope: Scope) -> str:
    if scope is Scope.PLATFORM:
        return _("A platform: we exchange, and what is resolved together binds nobody.")
    return _("Coordination: what is resolved together binds those whom the result names.")


def _rhythm(time: timedelta) -> str:
    return _("every {time}").format(time=span(time)) if time else _("when somebody convenes a meeting")


def _chair(name: str) -> str:
    return _("Who holds an office of ours") if name == "other" else _("Who holds the office {name}").format(name=name)


def _together_all(found: tuple[Constraint, ...]) -> str:
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


def since(name: str) -> str:
    """From when on one votes on a kind of matter."""
    return _("From which meeting on one votes on {what}").format(what=sentences.category(name))


def _meetings(number: int) -> str:
    return _("the first") if number <= 1 else _("the {n}th").format(n=number) if number > 3 else _ordinals()[number]


def _ordinals() -> dict[int, str]:
    return {2: _("the second"), 3: _("the third")}


def term(name: str) -> str:
    """How long an office lasts, as a heading."""
    words = {DELEGATE: _("How long a delegation is sent"), "other": _("How long any other office lasts")}
    return words.get(name) or _("How long the office {name} lasts").format(name=name)


def _limits(limit: Limit) -> str:
    longest = _("one session") if limit.longest is None else _("{time} at most").format(time=span(limit.longest))
    often = ngettext("once in a row", "{n} times in a row at most", limit.in_a_row).format(n=limit.in_a_row)
    off = ngettext("then one term off", "then {n} terms off", limit.cool_down).format(n=limit.cool_down)
    return ", ".join((longest, often, *((off,) if limit.cool_down else ())))


def whom(category: str) -> str:
    """Whom a result about a kind of matter binds, as a heading."""
    return _("Whom a result binds: {what}").format(what=sentences.category(category))


def bound(said: str) -> str:
    """Whom that is."""
    return _("all who belong") if said == Binds.ALL else _("those that agreed")


def _readers(name: str) -> str:
    what = _("everything not named here") if name == EVERYTHING_ELSE else _kinds().get(name, sentences.category(name))
    return _("Who may read: {what}").format(what=what)


def _kinds() -> dict[str, str]:
    """Kinds of entries that a setting may name, beside those of matters."""
    return {
        "report": _("reports"),
        "decision": _("decisions"),
        "ratification": _("our answers"),
        "proposal": _("proposals"),
        "mandate": _("mandates"),
        "recall": _("recalls"),
        "delegatevote": _("what delegates say"),
        "session": _("meetings of delegations"),
    }


def may_read(word: str) -> str:
    """Who may read what has this word of the setting `publicity`."""
    words = {
        Publicity.PUBLIC: _("everybody"),
        Publicity.CONFEDERATES: _("assemblies that belong with us"),
        Publicity.COMMITMENT: _("nobody: only a fingerprint of it leaves this server"),
    }
    return words.get(Publicity(word) if word in set(Publicity) else Publicity.ASSEMBLY) or _("our members alone")


def _ballots(name: str) -> str:
    words = {
        "closed": sentences.mode("closed"),
        "rollCall": sentences.mode("rollCall"),
        "roll_call": sentences.mode("rollCall"),
        "secret": sentences.mode("secret"),
    }
    return words.get(name, name)
