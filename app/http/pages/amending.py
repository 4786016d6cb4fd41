"""The plain form in which a charter is changed: what it shows, and the settings and clauses that come back."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from app.governance.charter import Clause, Settings
from app.http.pages import ways, whom
from app.http.pages.forms import Fields
from app.kernel.canonical import Document, read_document
from app.kernel.refusal import Refusal

UNITS: Final = {"days": timedelta(days=1), "hours": timedelta(hours=1), "minutes": timedelta(minutes=1)}
SPANS: Final = ("rhythm", "contest")
WORDS: Final = ("base", "upper")
SPARE: Final = 3
"""Empty rows below the clauses that are there."""

_PLAIN: Final = frozenset(
    {"scope", "entry", "vote_age", "roll", "rhythm", "contest", "deliberation", "size", "words", "reasons"}
)
_WORDED: Final = re.compile(r"[1-9][0-9]?", re.ASCII)


def rest(settings: Document) -> str:
    """The settings for which the form has no field of their own, as JSON to be changed by hand."""
    kept = {key: value for key, value in settings.items() if key not in _PLAIN}
    return json.dumps(kept, indent=2, ensure_ascii=False, sort_keys=True)


def measured(time: timedelta) -> tuple[int, str]:
    """A length of time as a number and the largest unit in which it is whole."""
    for unit, one in UNITS.items():
        if time and time % one == timedelta(0):
            return time // one, unit
    return (0, "days") if not time else (-(-time // UNITS["minutes"]), "minutes")


def settings_of(fields: Fields, written: Document, known: Settings) -> Document | Refusal:
    """The whole settings that a form asks for, given the charter's `written` ones and what they mean.

    What is left as it was stays as it was written. Refuses by `charter.json` and `form.number`.
    """
    others = read_document(fields.get("rest").encode() or b"{}")
    if isinstance(others, Refusal):
        return Refusal("charter.json", f"the rest of the settings is no JSON object: {others.because}")
    wanted = _plain(fields, known)
    if isinstance(wanted, Refusal):
        return wanted
    if isinstance(others.get("rules"), dict):
        rules = ways.chosen(fields, others["rules"], known.rules)
        others = {**others, "rules": whom.chosen(fields, rules, known.rules)}
    now = _as_plain(known)
    kept = {key: written[key] for key in _PLAIN if key in written and wanted[key] == now[key]}
    return {**others, **kept, **{key: value for key, value in wanted.items() if value != now[key]}}


def clauses_of(fields: Fields) -> tuple[Clause, ...]:
    """The clauses that a form has, without the empty rows."""
    numbers, texts, hard = fields.all("clause-number"), fields.all("clause-text"), set(fields.all("entrenched"))
    rows = enumerate(zip(numbers, texts, strict=False))
    return tuple(Clause(number, text, str(row) in hard) for row, (number, text) in rows if number or text)


def _plain(fields: Fields, known: Settings) -> Document | Refusal:
    figures: dict[str, int] = {}
    names = ("vote_age", "size-from", "size-to", *SPANS, *(f"deliberation-{name}" for name in known.deliberation))
    for name in names:
        number = fields.number(name)
        if isinstance(number, Refusal):
            return number
        figures[name] = number

    def span(name: str) -> str:
        return _iso(figures[name], fields.get(f"{name}-unit"))

    entry, vouching = fields.get("entry"), fields.get("vouching")
    return {
        "scope": fields.get("scope"),
        "entry": f"vouch({vouching if _WORDED.fullmatch(vouching) else 2})" if entry == "vouch" else entry,
        "vote_age": figures["vote_age"],
        "roll": fields.get("roll"),
        "reasons": fields.get("reasons"),
        **{name: span(name) for name in SPANS},
        "deliberation": {name: span(f"deliberation-{name}") for name in known.deliberation},
        "size": {"from": figures["size-from"], "to": figures["size-to"]},
        "words": {name: fields.get(f"word-{name}") for name in WORDS},
    }


def _as_plain(known: Settings) -> Mapping[str, object]:
    """The same keys as the charter has them now."""
    return {
        "scope": known.scope.value,
        "entry": known.entry,
        "vote_age": known.vote_age,
        "roll": known.roll,
        "reasons": known.reasons,
        "rhythm": _iso(*measured(known.rhythm)),
        "contest": _iso(*measured(known.contest)),
        "deliberation": {name: _iso(*measured(time)) for name, time in known.deliberation.items()},
        "size": {"from": known.size.least, "to": known.size.most},
        "words": {"base": known.words.base, "upper": known.words.upper},
    }


def _iso(number: int, unit: str) -> str:
    if unit == "days" and number:
        return f"P{number}D"
    return f"PT{number}{'H' if unit == 'hours' else 'M' if unit == 'minutes' else 'S'}"
