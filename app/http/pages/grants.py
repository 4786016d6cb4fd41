"""The form by which a mandate is proposed, blank or filled in from one whose delegate was recalled."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.mandate import Kind, Mandate, Topic
from app.governance.ratification import Stance
from app.http.pages import breaches, forms, page, sending
from app.http.pages.forms import Fields
from app.http.pages.mandates import choices, read_choice
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations import confederations, counting, mandating, naming, registering
from app.operations.registering import Entry
from app.store import accounts
from app.store.accounts import Account, Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

_FORMATS: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form holds when it opens; all empty in a blank one. `instead_of` is who was recalled."""

    instead_of: str = ""
    recalled: tuple[str, ...] = ()
    council: str = ""
    subject: str = ""
    topic: str = ""
    latitude: str = ""
    choices: tuple[str, ...] = ()
    until: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What a new mandate is made of: councils and proposals by address and name, people who can be sent."""

    councils: tuple[tuple[str, str], ...]
    people: tuple[Account, ...]
    matters: tuple[tuple[str, str], ...]
    filled: Filled


async def new(request: Request, _session: Session) -> Response:
    """The form for a new mandate; `?after=` names one of ours whose place it takes."""
    instance: Instance = request.app.state.instance
    after = request.query_params.get("after", "")

    def look(connection: Connection) -> Means:
        ours = sorted(confederations.ours(connection, instance))
        return Means(
            tuple((address, naming.assembly_name(connection, instance, address)) for address in ours),
            accounts.members(connection),
            tuple((board.act.id, sending.about(board.proposal)) for board in counting.boards(connection, instance)),
            _filled(connection, instance, after),
        )

    means = await instance.database.read(look)
    return page.render(request, "mandates/new.html", means=means, filled=means.filled, choices=choices())


async def propose(request: Request, session: Session, fields: Fields) -> Response:
    """Put a mandate on the agenda."""
    instance: Instance = request.app.state.instance
    wish = _wish(fields)
    item: Item | Refusal = (
        wish
        if isinstance(wish, Refusal)
        else await instance.database.write(lambda c: mandating.propose(c, instance, session.account, wish))
    )
    if isinstance(item, Refusal):
        return page.refused(request, item, back="/mandates/new")
    return RedirectResponse(f"/proposals/{item.id}", status_code=303, headers=page.HEADERS)


def _filled(connection: Connection, instance: Instance, name: str) -> Filled:
    """The form as the mandate with this name in our record fills it; blank if there is none."""
    if not (name.isascii() and name.isalnum()):
        return Filled()
    entry = registering.entry(connection, instance, f"{instance.url}/acts/{name}")
    if not isinstance(entry, Entry):
        return Filled()
    mandate = entry.mandate
    gone = {person for recall in entry.recalls for person in recall.delegates or mandate.delegates}
    recalled = tuple(person for person in mandate.delegates if person in gone)
    subject, topic, latitude, answers = _position(mandate)
    return Filled(
        breaches.names(connection, instance, recalled),
        tuple(person.rpartition("/")[2] for person in recalled),
        next(iter(mandate.council), ""),
        subject,
        topic,
        latitude,
        answers,
        f"{mandate.valid_until:%Y-%m-%dT%H:%M}",
        unescape(_TAG.sub("", (mandate.head.content or "").replace("</p><p>", "\n\n"))),
    )


def _position(mandate: Mandate) -> tuple[str, str, str, tuple[str, ...]]:
    """Subject, topic, latitude and answers of the first matter: the form has room for one."""
    item = next(iter(mandate.items), None)
    if item is None:
        return "", "", "", ()
    answers = tuple(one.value for one in item.latitude.choices)
    if isinstance(item.subject, Topic):
        return "", item.subject.name, item.latitude.kind.value, answers
    return item.subject.id, "", item.latitude.kind.value, answers


def _wish(fields: Fields) -> mandating.Wish | Refusal:
    until = _moment(fields.get("until"))
    if isinstance(until, Refusal):
        return until
    answers = [read_choice(text) for text in fields.all("choices")]
    bad = next((answer for answer in answers if isinstance(answer, Refusal)), None)
    if bad is not None or fields.get("latitude") not in set(Kind):
        return bad or Refusal("form.choice", f"no such room to move: {fields.get('latitude')[:40]!r}")
    subject = fields.get("subject") or fields.get("topic")
    if not subject:
        return Refusal("mandate.items", "a mandate names what it is about")
    said = tuple(answer for answer in answers if isinstance(answer, Stance))
    position = mandating.Position(subject, Kind(fields.get("latitude")), said)
    return mandating.Wish(
        fields.get("council"), fields.all("delegates"), (position,), until, fields.get("why"), fields.get("title")
    )


def _moment(text: str) -> Instant | Refusal:
    """A moment as a form gives it, taken as UTC; `form.time` for no moment."""
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    return Refusal("form.time", f"not a day and time: {text[:40]!r}")


ROUTES = (
    Route("/mandates", forms.from_members(propose), methods=["POST"]),
    Route("/mandates/new", forms.for_members(new), methods=["GET"]),
)
