"""Mandates: the register, a delegate's own, voting under one with a warning, proposing one, proposing a recall."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.mandate import Kind
from app.governance.ratification import Stance
from app.http.pages import forms, page, sending, stances
from app.http.pages.forms import Fields
from app.http.pages.sending import Sent
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations import confederations, counting, delegating, entries, mandating, naming, recalling, registering
from app.operations.delegating import Preview, Wish
from app.operations.visiting import STRANGER, Door
from app.store import accounts
from app.store.accounts import Account, Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

_FORMATS: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Open:
    """A proposal on which a delegate may speak now."""

    id: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Means:
    """What a new mandate is made of: councils and proposals by address and name, people who can be sent."""

    councils: tuple[tuple[str, str], ...]
    people: tuple[Account, ...]
    matters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One mandate with what this member may do under it."""

    sent: Sent
    mine: bool
    matters: tuple[Open, ...]


async def register(request: Request) -> Response:
    """Every mandate, with what was done under each; a delegate's own come first."""
    instance: Instance = request.app.state.instance
    session: Session | None = request.state.session

    def look(connection: Connection) -> tuple[Sheet, ...]:
        door = Door(connection, instance)
        found = [
            entry
            for entry in registering.register(connection, instance)
            if session is not None or door.opens(STRANGER, entry.act)
        ]
        account = session.account if session is not None else None
        return tuple(_sheet(connection, instance, entry, account) for entry in found)

    sheets = await instance.database.read(look)
    return page.render(request, "mandates/register.html", sheets=sorted(sheets, key=lambda sheet: not sheet.mine))


async def show(request: Request) -> Response:
    """One mandate; its delegate votes from here."""
    instance: Instance = request.app.state.instance
    session: Session | None = request.state.session
    mandate_id = await _mandate_id(request)

    def look(connection: Connection) -> Sheet | Refusal:
        found = registering.entry(connection, instance, mandate_id)
        if isinstance(found, Refusal):
            return found
        if session is None and not Door(connection, instance).opens(STRANGER, found.act):
            return Refusal("mandate.unknown", f"no mandate {mandate_id} is here for everybody")
        return _sheet(connection, instance, found, session.account if session is not None else None)

    sheet = await instance.database.read(look)
    if isinstance(sheet, Refusal):
        return page.refused(request, Refusal("page.unknown", sheet.because), back="/mandates")
    return page.render(request, "mandates/mandate.html", sheet=sheet, choices=_choices())


async def vote(request: Request, session: Session, fields: Fields) -> Response:
    """Send a delegate's vote; one that would not count is shown with the other ways first."""
    instance: Instance = request.app.state.instance
    wish = _wish(fields, await _mandate_id(request))
    if isinstance(wish, Refusal):
        return page.refused(request, wish, back="/mandates")
    seen = await instance.database.read(lambda c: delegating.preview(c, instance, session.account, wish))
    if isinstance(seen, Refusal):
        return page.refused(request, seen, back=request.url.path.removesuffix("/vote"))
    if seen.warns and fields.get("anyway") != "yes":
        return await _warn(request, instance, seen)
    sent = await instance.database.write(lambda c: delegating.send(c, instance, session.account, wish))
    if isinstance(sent, Refusal):
        return page.refused(request, sent, back=request.url.path.removesuffix("/vote"))
    return _to(request.url.path.removesuffix("/vote"))


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Put a proposal on our agenda instead of voting: the assembly says what to say."""
    instance: Instance = request.app.state.instance
    held = await instance.database.read(lambda c: delegating.held_by(c, instance, session.account))
    if not held:
        return page.refused(request, Refusal("delegate.none", "only a delegate asks for instruction"))
    item = await instance.database.write(lambda c: delegating.ask(c, instance, fields.get("proposal")))
    return page.refused(request, item) if isinstance(item, Refusal) else _to(f"/proposals/{item}")


async def new(request: Request, _session: Session) -> Response:
    """The form for a new mandate."""
    instance: Instance = request.app.state.instance

    def look(connection: Connection) -> Means:
        ours = sorted(confederations.ours(connection, instance))
        return Means(
            tuple((address, naming.assembly_name(connection, instance, address)) for address in ours),
            accounts.members(connection),
            tuple((board.act.id, sending.about(board.proposal)) for board in counting.boards(connection, instance)),
        )

    means = await instance.database.read(look)
    return page.render(request, "mandates/new.html", means=means, choices=_choices())


async def propose(request: Request, session: Session, fields: Fields) -> Response:
    """Put a mandate on the agenda."""
    instance: Instance = request.app.state.instance
    wish = _mandate(fields)
    item: Item | Refusal = (
        wish
        if isinstance(wish, Refusal)
        else await instance.database.write(lambda c: mandating.propose(c, instance, session.account, wish))
    )
    if isinstance(item, Refusal):
        return page.refused(request, item, back="/mandates/new")
    return _to(f"/proposals/{item.id}")


async def recall(request: Request, session: Session, fields: Fields) -> Response:
    """Put a recall on the agenda: one button, for every member."""
    instance: Instance = request.app.state.instance
    mandate_id = await _mandate_id(request)
    item = await instance.database.write(
        lambda c: recalling.propose(
            c, instance, session.account, mandate_id, fields.all("delegates"), fields.get("why")
        )
    )
    if isinstance(item, Refusal):
        return page.refused(request, item, back=request.url.path.removesuffix("/recall"))
    return _to(f"/proposals/{item.id}")


async def _warn(request: Request, instance: Instance, seen: Preview) -> Response:
    name = request.state.body.name
    title = sending.about(seen.proposal)
    said = sending.warning(seen.check.verdict, name)
    mandate = seen.mandate
    told = await instance.database.read(lambda c: sending.positions(c, mandate) if mandate is not None else ())
    return page.render(
        request,
        "mandates/warning.html",
        said=said,
        title=title,
        told=told,
        proposal=seen.wish.proposal,
        choice=seen.wish.choice.value,
        choice_said=sending.choice(seen.wish.choice),
        assembly=name,
        back=request.url.path.removesuffix("/vote"),
    )


def _sheet(connection: Connection, instance: Instance, entry: registering.Entry, account: Account | None) -> Sheet:
    mine = account is not None and delegating.person_id(instance, account) in entry.mandate.delegates
    matters: tuple[Open, ...] = ()
    if mine and entry.act.own:
        found = delegating.open_for(connection, instance, entry.mandate)
        matters = tuple(
            Open(one.head.ref.id, sending.about(one), _page_of(connection, instance, one.head.ref.id)) for one in found
        )
    return Sheet(sending.sent(connection, instance, entry, instance.now()), mine and entry.act.own, matters)


def _page_of(connection: Connection, instance: Instance, act_id: str) -> str:
    act = entries.find(connection, instance, "", act_id)
    return stances.address_of(act) if act is not None else "/confederation"


async def _mandate_id(request: Request) -> str:
    """The address of the mandate that a page is about: `?of=` for one of another assembly."""
    instance: Instance = request.app.state.instance
    name, of = request.path_params["name"], request.query_params.get("of", "")
    plain = (name + of).isascii() and (name + of).isprintable()
    return (of or f"{instance.url}/acts/{name}") if plain else ""


def _choices() -> tuple[tuple[str, str], ...]:
    return tuple((stance.value, sending.choice(stance)) for stance in Stance)


def _stance(text: str) -> Stance | Refusal:
    if text not in set(Stance):
        return Refusal("form.choice", f"no answer is called {text[:40]!r}")
    return Stance(text)


def _wish(fields: Fields, mandate_id: str) -> Wish | Refusal:
    choice = _stance(fields.get("choice"))
    if isinstance(choice, Refusal):
        return choice
    indicative = fields.get("indicative") == "yes"
    return Wish(fields.get("proposal"), choice, mandate_id, indicative)


def _mandate(fields: Fields) -> mandating.Wish | Refusal:
    until = _moment(fields.get("until"))
    if isinstance(until, Refusal):
        return until
    choices = [_stance(text) for text in fields.all("choices")]
    bad = next((choice for choice in choices if isinstance(choice, Refusal)), None)
    if bad is not None or fields.get("latitude") not in set(Kind):
        return bad or Refusal("form.choice", f"no such room to move: {fields.get('latitude')[:40]!r}")
    subject = fields.get("subject") or fields.get("topic")
    if not subject:
        return Refusal("mandate.items", "a mandate names what it is about")
    answers = tuple(choice for choice in choices if isinstance(choice, Stance))
    position = mandating.Position(subject, Kind(fields.get("latitude")), answers)
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


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers=page.HEADERS)


ROUTES = (
    Route("/mandates", forms.open_to_all(register), methods=["GET"]),
    Route("/mandates", forms.from_members(propose), methods=["POST"]),
    Route("/mandates/new", forms.for_members(new), methods=["GET"]),
    Route("/mandates/{name}", forms.open_to_all(show), methods=["GET"]),
    Route("/mandates/{name}/vote", forms.from_members(vote), methods=["POST"]),
    Route("/mandates/{name}/ask", forms.from_members(ask), methods=["POST"]),
    Route("/mandates/{name}/recall", forms.from_members(recall), methods=["POST"]),
)
