"""How we live together: the part of a change of the rules on votes, offices, times and readers without JSON."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from gettext import gettext as _
from typing import Final

from app.governance.charter import Settings
from app.governance.modes import Mode
from app.governance.provisions import Binds
from app.governance.publicity import EVERYTHING_ELSE, Publicity
from app.http.pages import forms, sentences
from app.http.pages.assembly import setting_words
from app.http.pages.forms import Fields
from app.kernel.canonical import Document
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal

KEYS: Final = frozenset(
    {"ballots", "lapse", "dormant", "seniority", "urgent", "terms", "next_meeting", "offices", "binds", "publicity"}
)
"""The settings that this part of the form has."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: `choices` where one of them is chosen, else `kind` is that of an input."""

    name: str
    label: str
    value: str
    kind: str = "number"
    choices: tuple[tuple[str, str], ...] = ()


def shown(known: Settings, *, of_people: bool) -> tuple[Field, ...]:
    """The fields with what holds now; of a confederation none that is about people alone."""
    following = known.next_meeting.strftime("%Y-%m-%dT%H:%M") if known.next_meeting is not None else ""
    return (
        Field("next_meeting", _("The next meeting (UTC; may stay empty)"), following, "datetime-local"),
        Field("lapse", _("After how many days a matter that nobody decides lapses; 0 for never"), _days(known.lapse)),
        *(_of_people(known) if of_people else _between(known)),
        Field(
            f"publicity-{EVERYTHING_ELSE}",
            _("Who may read what we sign, where nothing else is laid down"),
            known.publicity.get(EVERYTHING_ELSE, ""),
            choices=(
                ("", _("by kind: what a count rests on everybody, reports those who belong with us")),
                *((word.value, setting_words.may_read(word)) for word in Publicity),
            ),
        ),
    )


def asked(fields: Fields, known: Settings) -> Document | Refusal:
    """These settings as the form asks for them; a field that was not sent is as it is now.

    Refuses by `form.number` and `form.moment`; what the rules cannot read is refused with the whole charter.
    """
    now = as_now(known)
    following = forms.moment(fields.get("next_meeting")) if "next_meeting" in fields.values else known.next_meeting
    if isinstance(following, Refusal):
        return following
    figures = _Figures(fields)
    found: Document = {
        "ballots": fields.get("ballots") or now["ballots"],
        "lapse": figures.days("lapse", now["lapse"]),
        "dormant": figures.days("dormant", now["dormant"]),
        "seniority": {name: figures.number(f"seniority-{name}", since) for name, since in known.seniority.items()},
        "urgent": {name: fields.get(f"urgent-{name}") or share for name, share in now["urgent"].items()},
        "terms": {name: figures.limit(name, limit) for name, limit in now["terms"].items()},
        "next_meeting": format_instant(following) if following is not None else None,
        "offices": fields.get("offices") == "yes" if "offices" in fields.values else known.offices,
        "binds": {name: fields.get(f"binds-{name}") or whom for name, whom in known.binds.items()},
        "publicity": _readers(fields, known),
    }
    return figures.refused or found


def as_now(known: Settings) -> Document:
    """The same settings as the charter has them now."""
    return {
        "ballots": known.ballots,
        "lapse": _span(known.lapse),
        "dormant": _span(known.dormant),
        "seniority": dict(known.seniority),
        "urgent": {"roll": _share(known.urgent.roll), "present": _share(known.urgent.present)},
        "terms": {
            name: ({"longest": _span(limit.longest)} if limit.longest is not None else {})
            | {"inARow": limit.in_a_row, "coolDown": limit.cool_down}
            for name, limit in known.terms.items()
        },
        "next_meeting": format_instant(known.next_meeting) if known.next_meeting is not None else None,
        "offices": known.offices,
        "binds": dict(known.binds),
        "publicity": dict(known.publicity),
    }


class _Figures:
    """The figures of a form, each as it is now where it was not sent; `refused` is the first that is none."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.refused: Refusal | None = None

    def number(self, name: str, now: int) -> int:
        found = self._fields.number(name) if self._fields.get(name) else now
        if isinstance(found, Refusal):
            self.refused = self.refused or found
            return now
        return found

    def days(self, name: str, now: str) -> str:
        """A length of time in days; what is no whole number of days now stays as it is until another is typed."""
        typed = self.number(name, -1)
        return now if typed < 0 or str(typed) == _whole(now) else f"P{typed}D" if typed else "PT0S"

    def limit(self, name: str, now: Document) -> Document:
        longest = {"longest": self.days(f"terms-longest-{name}", now["longest"])} if "longest" in now else {}
        often = {key: self.number(f"terms-{key}-{name}", now[key]) for key in ("inARow", "coolDown")}
        return longest | often


def _of_people(known: Settings) -> tuple[Field, ...]:
    modes = tuple((mode.value, sentences.mode(mode.value)) for mode in Mode)
    yes_no = (("no", _("they carry no mandate of ours")), ("yes", _("they carry our mandate")))
    since = (
        Field(f"seniority-{name}", _("{what} (1 is the first)").format(what=setting_words.since(name)), str(number))
        for name, number in sorted(known.seniority.items())
    )
    terms = (field for name in sorted(known.terms) for field in _term(name, known))
    return (
        Field("ballots", _("How votes online are kept"), known.ballots, choices=modes),
        Field("dormant", _("After how many days unseen somebody is not counted on"), _days(known.dormant)),
        *since,
        Field(
            "urgent-roll",
            _("Share of all members who may shorten times, as in 1/10"),
            _share(known.urgent.roll),
            "text",
        ),
        Field("urgent-present", _("Share of those present who may, as in 2/3"), _share(known.urgent.present), "text"),
        *terms,
        Field(
            "offices",
            _("Offices outside, such as in a city council"),
            "yes" if known.offices else "no",
            choices=yes_no,
        ),
    )


def _term(name: str, known: Settings) -> tuple[Field, ...]:
    limit, what = known.terms[name], setting_words.term(name)
    longest = (
        ()
        if limit.longest is None
        else (Field(f"terms-longest-{name}", _("{what}: days at most").format(what=what), _days(limit.longest)),)
    )
    return (
        *longest,
        Field(f"terms-inARow-{name}", _("{what}: times in a row").format(what=what), str(limit.in_a_row)),
        Field(f"terms-coolDown-{name}", _("{what}: terms off then").format(what=what), str(limit.cool_down)),
    )


def _between(known: Settings) -> tuple[Field, ...]:
    whom = tuple((one.value, setting_words.bound(one)) for one in Binds)
    return tuple(
        Field(f"binds-{name}", setting_words.whom(name), said, choices=whom)
        for name, said in sorted(known.binds.items())
    )


def _readers(fields: Fields, known: Settings) -> dict[str, str]:
    name = f"publicity-{EVERYTHING_ELSE}"
    if name not in fields.values:
        return dict(known.publicity)
    word = fields.get(name)
    kept = {key: said for key, said in known.publicity.items() if key != EVERYTHING_ELSE}
    return kept | ({EVERYTHING_ELSE: word} if word else {})


def _days(time: timedelta) -> str:
    return str(-(-time // _DAY))


def _span(time: timedelta) -> str:
    if time % _DAY == timedelta(0) and time:
        return f"P{time // _DAY}D"
    return f"PT{int(time.total_seconds())}S"


def _whole(span: str) -> str:
    """The days of a span of `_span`, rounded up as the form shows them."""
    if span.startswith("P") and span.endswith("D"):
        return span[1:-1]
    return str(-(-int(span[2:-1]) // int(_DAY.total_seconds())))


def _share(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"
