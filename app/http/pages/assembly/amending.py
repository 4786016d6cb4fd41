"""The plain form in which a charter is changed: what it shows, and the settings and clauses that come back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from gettext import gettext as _
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.charter import Charter, Clause, Settings
from app.http.pages import forms, page
from app.http.pages.assembly import living, setting_words, ways, whom
from app.http.pages.assembly.charter import charter_of_page
from app.http.pages.forms import Fields
from app.kernel.canonical import Document, read_document
from app.kernel.refusal import Refusal
from app.operations.assembly import charters, cosigning, naming
from app.store import accounts
from app.store.accounts import Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

UNITS: Final = {"days": timedelta(days=1), "hours": timedelta(hours=1), "minutes": timedelta(minutes=1)}
SPANS: Final = ("rhythm", "contest")
WORDS: Final = ("base", "upper")
SPARE: Final = 3
"""Empty rows below the clauses that are there."""

_PLAIN: Final = living.KEYS | {
    *("scope", "entry", "vote_age", "roll", "rhythm", "contest", "deliberation", "size", "words", "reasons"),
}
_WORDED: Final = re.compile(r"[1-9][0-9]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of a change starts from."""

    of: str
    name: str
    clauses: tuple[Clause, ...]
    settings: Settings
    rest: str
    rows: tuple[ways.Row, ...]
    lived: tuple[living.Field, ...]
    spans: tuple[tuple[str, str, int, str], ...]
    questions: tuple[whom.Question, ...] = ()
    asked: tuple[whom.Asked, ...] = ()
    people: tuple[tuple[str, str, bool], ...] = ()
    needed: int = cosigning.NEEDED


async def form(request: Request, _session: Session) -> Response:
    """The form for a change."""
    instance: Instance = request.app.state.instance
    of = request.query_params.get("of", "")
    found = await instance.database.read(lambda connection: _form(connection, instance, of))
    if found is None:
        return page.refused(request, Refusal("page.unknown", "no such charter is here"))
    return page.render(
        request,
        "charter/amend.html",
        form=found,
        units=_units(),
        spare=SPARE,
        choices=whom.choices(),
        modes=whom.modes(),
        ways=ways.ways(),
        bases=ways.bases(),
        spare_rule=ways.spare(),
    )


async def amend(request: Request, session: Session, fields: Fields) -> Response:
    """Put a change on our agenda."""
    instance: Instance = request.app.state.instance
    of = fields.get("of")
    back = f"/charter/amend?of={quote(of, safe='')}" if of else "/charter/amend"

    def work(connection: Connection) -> Item | Refusal:
        charter = charter_of_page(connection, instance, of)
        if charter is None:
            return Refusal("charter.missing", "there is no charter to change")
        settings = settings_of(fields, charter.settings, charter)
        named = _cosigned(connection, instance, charter, fields) if not of else {}
        if isinstance(settings, Refusal):
            return settings
        if isinstance(named, Refusal):
            return named
        settings = {key: value for key, value in {**settings, **named}.items() if value is not None}
        wish = charters.Amendment(clauses_of(fields), settings, fields.get("why"), of or None)
        return charters.propose(connection, instance, session.account, wish)

    done = await instance.database.write(work)
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


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
    plain, lived = _plain(fields, known), living.asked(fields, known)
    if isinstance(plain, Refusal):
        return plain
    if isinstance(lived, Refusal):
        return lived
    wanted = plain | lived
    if isinstance(others.get("rules"), dict):
        rules = ways.chosen(fields, others["rules"], known.rules)
        others = {**others, "rules": whom.chosen(fields, rules, known.rules)}
    now = {**_as_plain(known), **living.as_now(known)}
    kept = {key: written[key] for key in _PLAIN if key in written and wanted[key] == now[key]}
    changed = {key: value for key, value in wanted.items() if value != now[key]}
    return {key: value for key, value in {**others, **kept, **changed}.items() if value is not None}


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


def _form(connection: Connection, instance: Instance, of: str) -> Form | None:
    charter = charter_of_page(connection, instance, of)
    if charter is None:
        return None
    spans = [("rhythm", _("How often we meet"), charter.rhythm), ("contest", _("Time to object"), charter.contest)]
    spans += [(f"deliberation-{key}", setting_words.before(key), time) for key, time in charter.deliberation.items()]
    found = Form(
        of,
        naming.assembly_name(connection, instance, charter.head.author),
        charter.clauses,
        charter,
        rest(charter.settings),
        ways.rows(charter.rules),
        living.shown(charter, of_people=not of),
        tuple((key, label, *measured(time)) for key, label, time in spans),
    )
    if not of:  # at home people are counted, each once
        asked = charter.scrutineers
        listed = {one.name for one in asked.of} if asked is not None else set()
        people = tuple((one.name, one.shown, one.name in listed) for one in accounts.members(connection))
        return replace(found, people=people, needed=asked.k if asked is not None else cosigning.NEEDED)
    return replace(found, questions=whom.questions(charter.rules), asked=whom.asked(charter.rules))


def _cosigned(
    connection: Connection, instance: Instance, charter: Charter, fields: Fields
) -> dict[str, object] | Refusal:
    """The co-signers as the form has them, where it names others than the charter does or another number of them."""
    needed, asked = fields.number("co_signers_needed"), charter.scrutineers
    if isinstance(needed, Refusal):
        return needed
    names = set(fields.all("co_signer"))
    before = {one.name for one in asked.of} if asked is not None else set()
    if names == before and (not names or needed == (asked.k if asked is not None else 0)):
        return {}
    found = cosigning.chosen(connection, instance, charter, sorted(names), needed)
    return found if isinstance(found, Refusal) else {"scrutineers": found}


def _units() -> tuple[tuple[str, str], ...]:
    return (("days", _("days")), ("hours", _("hours")), ("minutes", _("minutes")))


ROUTES = (
    Route("/charter/amend", forms.for_members(form), methods=["GET"]),
    Route("/charter/amend", forms.from_members(amend), methods=["POST"]),
)
