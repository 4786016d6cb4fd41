"""The form by which a mandate is proposed, blank or filled in from one in whose place another comes."""

import re
from dataclasses import dataclass
from gettext import gettext as _
from html import unescape
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.composition import text_of
from app.governance.mandate import Latitude, Office
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.mandates import breaches, matters, sending, sitting
from app.http.pages.mandates.matters import Matter
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import counting
from app.operations.mandates import mandating, registering
from app.operations.mandates.registering import Entry
from app.operations.matters.proposing import charter_of
from app.store import accounts
from app.store.accounts import Account, Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form holds when it opens; all empty in a blank one.

    `instead_of` is the mandate whose place this one takes, `gone` who was recalled, by name, `recalled` and
    `staying` the people of that mandate who are out of it and still in it.
    """

    matters: tuple[Matter, ...]
    instead_of: str = ""
    gone: str = ""
    recalled: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()
    council: str = ""
    until: str = ""
    term: str = ""
    why: str = ""
    default: Latitude | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What a new mandate is made of: who receives it and proposals by address and name, people who can be sent."""

    councils: tuple[tuple[str, str], ...]
    people: tuple[Account, ...]
    proposals: tuple[tuple[str, str], ...]
    seats: int
    offices: bool
    chairs: str
    filled: Filled


async def new(request: Request, _session: Session) -> Response:
    """The form for a new mandate; `?after=` names one of ours whose place it takes."""
    instance: Instance = request.app.state.instance
    after = request.query_params.get("after", "")

    def look(connection: Connection) -> Means:
        charter = charter_of(connection, instance, instance.assembly, instance.now())
        return Means(
            tuple(
                (council, ", ".join(naming.assembly_name(connection, instance, one) for one in council.split()))
                for council in mandating.receivers(connection, instance)
            ),
            accounts.members(connection),
            tuple((board.act.id, sending.about(board.proposal)) for board in counting.boards(connection, instance)),
            charter.seats if charter is not None else 0,
            charter is not None and charter.offices,
            " ".join(
                sitting.in_words(connection, instance, text_of(one))
                for one in (charter.chairs["other"] if charter is not None else ())
            ),
            _filled(connection, instance, after),
        )

    means = await instance.database.read(look)
    return page.render(request, "mandates/new.html", means=means, filled=means.filled, choices=matters.choices())


async def propose(request: Request, session: Session, fields: Fields) -> Response:
    """Put a mandate on the agenda; one that is longer than the rules foresee asks for a reason first."""
    instance: Instance = request.app.state.instance
    wish = _wish(fields, instance)
    item: Item | Refusal = (
        wish
        if isinstance(wish, Refusal)
        else await instance.database.write(lambda c: mandating.propose(c, instance, session.account, wish))
    )
    if isinstance(item, Refusal) and item.code == "mandate.beyond":
        hidden = [(name, value) for name, values in fields.values.items() if name != "csrf" for value in values]
        return page.render(request, "mandates/beyond.html", 422, said=item.because, hidden=hidden)
    if isinstance(item, Refusal):
        return page.refused(request, item, back="/mandates/new")
    return RedirectResponse(f"/proposals/{item.id}", status_code=303, headers=page.HEADERS)


def _filled(connection: Connection, instance: Instance, name: str) -> Filled:
    """The form as the mandate with this name in our record fills it; blank if there is none."""
    if not (name.isascii() and name.isalnum()):
        return Filled(matters.blank())
    entry = registering.entry(connection, instance, f"{instance.url}/acts/{name}")
    if not isinstance(entry, Entry):
        return Filled(matters.blank())
    mandate = entry.mandate
    recalled = tuple(person for person in mandate.delegates if person in entry.recalled)
    staying = tuple(person for person in mandate.delegates if person not in entry.recalled)
    return Filled(
        matters.of_mandate(mandate),
        entry.act.id,
        breaches.names(connection, instance, recalled),
        tuple(person.rpartition("/")[2] for person in recalled),
        tuple(person.rpartition("/")[2] for person in staying) if recalled else (),
        " ".join(mandate.council),
        f"{mandate.valid_until:%Y-%m-%dT%H:%M}",
        mandate.term or "",
        unescape(_TAG.sub("", (mandate.head.content or "").replace("</p><p>", "\n\n"))),
        mandate.default,
    )


def _wish(fields: Fields, instance: Instance) -> mandating.Wish | Refusal:
    until, since = forms.moment(fields.get("until")), forms.moment(fields.get("since"))
    said, default = matters.read(fields), matters.read_default(fields)
    if isinstance(until, Refusal):
        return until
    if isinstance(since, Refusal):
        return since
    if isinstance(said, Refusal):
        return said
    if isinstance(default, Refusal):
        return default
    if until is None:
        return Refusal("form.time", "a mandate says until when")
    own = fields.get("own_office")
    held = (own, instance.assembly) if own else (fields.get("office"), fields.get("institution"))
    return mandating.Wish(
        fields.get("council"),
        fields.all("delegates"),
        said,
        until,
        _reasons(fields),
        fields.get("title"),
        valid_from=since,
        term=fields.get("term"),
        default=default,
        office=Office(*held) if any(held) else None,
        instead_of=fields.get("instead_of"),
        beyond=fields.get("beyond"),
    )


def _reasons(fields: Fields) -> str:
    """What was argued, what mattered and what would be considered, as one text."""
    parts = [fields.get("why")] if fields.get("why") else []
    if fields.get("mattered"):
        parts.append(_("What mattered: {words}").format(words=fields.get("mattered")))
    if fields.get("consider"):
        parts.append(_("What we would consider: {words}").format(words=fields.get("consider")))
    return "\n\n".join(parts)


ROUTES = (
    Route("/mandates", forms.from_members(propose), methods=["POST"]),
    Route("/mandates/new", forms.for_members(new), methods=["GET"]),
)
