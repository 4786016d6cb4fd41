"""The first page, the members' list, and what a browser sees at an actor's address."""

from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import gettext as _
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.proposal import State
from app.http.pages import forms, page
from app.kernel.refusal import Refusal
from app.operations import naming
from app.operations.sealing import load
from app.operations.visiting import STRANGER, Door
from app.store import accounts, actors, acts, agenda
from app.store.accounts import Session
from app.store.agenda import Kind
from app.store.database import Connection
from app.translation import notes
from app.wiring import Instance

_MOST: Final = 40
_WAITING: Final = frozenset({State.OPEN, State.DECIDING})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, as the first page shows it."""

    when: int
    day: str
    sentence: str
    title: str
    item: str | None
    act: str | None


async def home(request: Request) -> Response:
    """What waits for our answer and what happened; strangers see what is public."""
    instance: Instance = request.app.state.instance
    session: Session | None = request.state.session

    def look(connection: Connection) -> tuple[tuple[agenda.Item, ...], tuple[Happening, ...]]:
        waiting = tuple(
            item
            for item in agenda.listed(connection, 200)
            if item.state in _WAITING and (item.kind is Kind.ANSWER or item.asked)
        )
        door = Door(connection, instance)
        told = [
            happening(connection, instance, event)
            for event in agenda.told(connection, _MOST)
            if session is not None or _is_for_all(connection, door, event)
        ]
        return waiting, tuple(one for one in told if one is not None and (session is not None or one.act is not None))

    waiting, events = await instance.database.read(look)
    if session is None:
        events = tuple(Happening(one.when, one.day, one.sentence, one.title, None, one.act) for one in events)
    return page.render(request, "home.html", asked=waiting, events=events)


def _is_for_all(connection: Connection, door: Door, event: agenda.Event) -> bool:
    act = acts.by_seq(connection, event.act) if event.act is not None else None
    return act is not None and door.opens(STRANGER, act)


def happening(connection: Connection, instance: Instance, event: agenda.Event) -> Happening | None:
    """What an event of the feed says; None if there is nothing to say of it."""
    act = acts.by_seq(connection, event.act) if event.act is not None else None
    item = agenda.get(connection, event.item) if event.item is not None else None
    day = datetime.fromtimestamp(event.happened_at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    if act is not None:
        document = load(act)
        sentence = notes.sentence(document, naming.names(connection, instance, document), _)
    else:
        sentence = _event_sentence(event.kind)
    if not sentence:
        return None
    return Happening(
        event.happened_at,
        day,
        sentence,
        item.title if item is not None else "",
        event.item,
        f"/acts/{act.id.rpartition('/')[2]}" if act is not None and act.own else None,
    )


def _event_sentence(kind: str) -> str:
    words = {
        "vote_opened": _("A vote was opened."),
        "member-added": _("The members’ list has a new name."),
        "member-removed": _("A name was taken off the members’ list."),
        "asked": _("A delegate asks the assembly what to say."),
        "against_mandate": _("A delegate voted against the mandate. It is not counted; the mandate stands beside it."),
    }
    return words.get(kind, "")


async def members(request: Request, _session: Session) -> Response:
    """The members' list, for members."""
    instance: Instance = request.app.state.instance
    return page.render(request, "members.html", members=await instance.database.read(accounts.members))


async def assembly(request: Request) -> Response:
    """The assembly's public page."""
    instance: Instance = request.app.state.instance
    body = request.state.body
    if body is None:
        return page.refused(request, Refusal("page.unknown", "no assembly yet"))
    said = _(
        "The assembly’s own page. What it decides is signed for by the assembly and can be counted again by anyone."
    )
    return page.render(request, "actor.html", name=body.name, said=said, handle=_handle("assembly", instance))


async def person(request: Request) -> Response:
    """The public page of a member who acts in public; strangers learn of no other member."""
    instance: Instance = request.app.state.instance
    name = request.path_params["person"]
    plain = name if name.isascii() and name.isprintable() else ""  # PostgreSQL takes no NUL

    def look(connection: Connection) -> accounts.Account | None:
        public = bool(actors.keys_of(connection, f"{instance.url}/people/{plain}"))
        return accounts.named(connection, plain) if public else None

    account = await instance.database.read(look)
    if account is None:
        return page.refused(request, Refusal("page.unknown", "nobody of that name acts in public here"))
    said = _("A member of {assembly}.").format(assembly=request.state.body.name)
    return page.render(request, "actor.html", name=account.shown, said=said, handle=_handle(account.name, instance))


def _handle(name: str, instance: Instance) -> str:
    return f"@{name}@{urlsplit(instance.url).netloc}"


ROUTES = (
    Route("/", forms.open_to_all(home), methods=["GET"]),
    Route("/members", forms.for_members(members), methods=["GET"]),
)
