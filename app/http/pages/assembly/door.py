"""The door: who scans the wall sheet asks to come in, and members say yes, with a vote or with a voice alone."""

import secrets
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http import auth
from app.http.pages import forms, home, page
from app.http.pages.forms import Fields
from app.http.pages.meetings import agendas
from app.http.pages.meetings.agendas import View
from app.kernel.refusal import Refusal
from app.operations.assembly import enrolling, entering, signing_in
from app.operations.matters.proposing import charter_of
from app.operations.meetings import attending
from app.store import accounts, agenda, entrants, meetings, votes
from app.store.accounts import Account, Session, Standing
from app.store.agenda import Item
from app.store.database import Connection
from app.store.entrants import Entrant, State
from app.store.meetings import Meeting
from app.wiring import Instance

DOOR: Final = "/door"
KEEP: Final = "/door/keep"
_MOST: Final = 100
_CODE: Final = 4


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who is not in: who they say they are, the sign on their screen, who said yes so far, and who no."""

    entrant: Entrant
    code: str
    said: tuple[str, ...]
    refused_by: str


async def show(request: Request) -> Response:
    """For who stands at the door: ask, wait, or be in. The first look once they are in signs their browser in."""
    instance: Instance = request.app.state.instance
    if request.state.session is not None:
        return await _inside(request, request.state.session.account)
    token = auth.door_token(request, instance)

    def look(connection: Connection) -> tuple[Entrant | None, int, tuple[tuple[Meeting, str], ...]]:
        charter = charter_of(connection, instance, instance.assembly, instance.now())
        known = entering.known_by(connection, token) if token else None
        vote_age = charter.vote_age if charter is not None else 16
        return known, vote_age, home.upcoming_meeting(connection, instance, None)

    entrant, vote_age, upcoming = await instance.database.read(look)
    if entrant is not None and entrant.state is State.IN:
        return await _enter(request, entrant)
    nonce = auth.guest_nonce(request, instance)
    answer = page.render(
        request,
        "door/knock.html",
        csrf=auth.guest_token(instance, nonce),
        entrant=entrant,
        code=entrant.id[-_CODE:] if entrant is not None else "",
        vote_age=vote_age,
        upcoming=upcoming,
    )
    auth.keep_nonce(answer, instance, nonce)
    return answer


async def _enter(request: Request, entrant: Entrant) -> Response:
    """Sign in the browser of somebody who was let in, once."""
    instance: Instance = request.app.state.instance

    def work(connection: Connection) -> tuple[str | None, Account | None]:
        token = signing_in.let_in(connection, instance, entrant)
        return token, accounts.numbered(connection, entrant.account) if entrant.account is not None else None

    token, account = await instance.database.write(work)
    if token is None or account is None:
        return RedirectResponse("/sign-in", status_code=303, headers=page.HEADERS)
    answer = await _inside(request, account)
    auth.keep_signed_in(answer, instance, token)
    return answer


async def _inside(request: Request, account: Account) -> Response:
    """What somebody who is in may do now: the meeting that is on, and what is voted on."""
    instance: Instance = request.app.state.instance

    def look(connection: Connection) -> tuple[Meeting | None, tuple[Item, ...]]:
        mine = votes.open_for(connection, account.id)
        found = (agenda.get(connection, item) for item in mine)
        return meetings.sitting(connection), tuple(one for one in found if one is not None)

    meeting, open_now = await instance.database.read(look)
    said = _welcome(account.standing, in_meeting=meeting is not None)
    return page.render(request, "door/in.html", sentence=said, meeting=meeting, open_now=open_now)


async def knock(request: Request) -> Response:
    """Ask to come in, by any name or none."""
    instance: Instance = request.app.state.instance
    fields = await _guest_form(request)
    if isinstance(fields, Response):
        return fields
    token, place = secrets.token_urlsafe(32), auth.place_of(request)
    shown = fields.get("name")

    def work(connection: Connection) -> Entrant | Refusal:
        often = signing_in.note_knock(connection, instance, place)
        return often or entering.knock(connection, instance, shown, token)

    done = await instance.database.write(work)
    if isinstance(done, Refusal):
        return page.refused(request, done, back=DOOR)
    answer = RedirectResponse(DOOR, status_code=303, headers=page.HEADERS)
    auth.keep_door(answer, instance, token)
    return answer


async def ask(request: Request) -> Response:
    """Who was refused, or comes in only by the assembly, asks the assembly."""
    instance: Instance = request.app.state.instance
    fields = await _guest_form(request)
    if isinstance(fields, Response):
        return fields
    token = auth.door_token(request, instance)

    def work(connection: Connection) -> object:
        entrant = entering.known_by(connection, token) if token else None
        if entrant is None:
            return Refusal("door.unknown", "nobody asked from this browser")
        return entering.ask_assembly(connection, instance, entrant.id)

    return _to(request, await instance.database.write(work), DOOR)


async def keep(request: Request, session: Session) -> Response:
    """For members: who asks to come in, who speaks or looks on, and the door of a meeting that one keeps."""
    instance: Instance = request.app.state.instance

    def look(
        connection: Connection,
    ) -> tuple[tuple[Asking, ...], entering.Rule | None, tuple[accounts.Account, ...], View | None]:
        waiting = tuple(_asking(connection, one) for one in entrants.outside(connection, _MOST))
        others = tuple(one for one in accounts.people(connection) if one.standing is not Standing.VOTE)
        mine = attending.door_of(connection, session.account)
        view = agendas.view(connection, instance, mine.id, session.account) if mine is not None else None
        return waiting, entering.rule(connection, instance), others, view

    waiting, rule, others, view = await instance.database.read(look)
    return page.render(request, "door/keep.html", waiting=waiting, rule=rule, others=others, view=view)


async def say(request: Request, session: Session, fields: Fields) -> Response:
    """A member's yes to everybody who is ticked, or no to somebody who waits."""
    instance: Instance = request.app.state.instance
    entrant, said, reason, room = fields.get("entrant"), fields.get("say"), fields.get("reason"), fields.number("room")
    ticked = fields.all("entrant")[:_MOST]
    if isinstance(room, Refusal):
        return page.refused(request, room, back=KEEP)

    def work(connection: Connection) -> object:
        if said == "no":
            return entering.say_no(connection, session.account, entrant, reason)
        if said == "assembly":
            return entering.ask_assembly(connection, instance, entrant)
        return entering.say_yes_to_all(connection, instance, session.account, ticked, said, room)

    return _to(request, await instance.database.write(work), KEEP)


async def write_down(request: Request, session: Session, fields: Fields) -> Response:
    """Let in somebody who has no device, by a name or the number of a card."""
    instance: Instance = request.app.state.instance
    name, card, said, room = fields.get("name"), fields.get("card"), fields.get("say"), fields.number("room")
    if isinstance(room, Refusal):
        return page.refused(request, room, back=KEEP)
    done = await instance.database.write(
        lambda connection: entering.write_down(connection, instance, session.account, name, card, said, room)
    )
    return _to(request, done, KEEP)


async def ask_for_vote(request: Request, session: Session, fields: Fields) -> Response:
    """Somebody who has no vote asks for one; a member asks for who has no device."""
    instance: Instance = request.app.state.instance
    name = fields.get("name")
    done = await instance.database.write(
        lambda connection: enrolling.ask_for_vote(connection, instance, session.account, name)
    )
    return _to(request, done, KEEP if session.account.standing is Standing.VOTE else "/me")


async def forget_me(request: Request, session: Session, _fields: Fields) -> Response:
    """Delete at will who has a voice and no vote."""
    instance: Instance = request.app.state.instance
    done = await instance.database.write(
        lambda connection: entering.leave_unnamed(connection, instance, session.account)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done)
    answer = RedirectResponse("/", status_code=303, headers=page.HEADERS)
    auth.forget(answer, instance)
    return answer


async def _guest_form(request: Request) -> Fields | Response:
    """What somebody sent who is not signed in; tied to their browser (hostile G07)."""
    instance: Instance = request.app.state.instance
    await forms.recognise(request)
    fields = await forms.read_fields(request)
    if isinstance(fields, Refusal):
        return page.refused(request, fields, back=DOOR)
    expected = auth.guest_token(instance, auth.guest_nonce(request, instance))
    forged = auth.check_origin(request, instance) or auth.check_token(expected, fields.get("csrf"))
    return page.refused(request, forged, back=DOOR) if forged is not None else fields


def _asking(connection: Connection, entrant: Entrant) -> Asking:
    people = (accounts.numbered(connection, number) for number in entrants.vouched(connection, entrant.id, 0))
    said = tuple(one.shown for one in people if one is not None)
    no = accounts.numbered(connection, entrant.refused_by) if entrant.refused_by is not None else None
    return Asking(entrant, entrant.id[-_CODE:], said, no.shown if no is not None else "")


def _welcome(standing: Standing, *, in_meeting: bool) -> str:
    words = {
        Standing.VOTE: _("You are in. You may vote tonight.") if in_meeting else _("You are in. You may vote."),
        Standing.VOICE: _("You are in. You may speak; you have no vote."),
        Standing.OBSERVER: _("You are in, to look on."),
    }
    return words.get(standing, _("You are in."))


def _to(request: Request, done: object, back: str) -> Response:
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(back, status_code=303, headers=page.HEADERS)


ROUTES = (
    Route(DOOR, forms.open_to_all(show), methods=["GET"]),
    Route(DOOR, knock, methods=["POST"]),
    Route("/door/assembly", ask, methods=["POST"]),
    Route(KEEP, forms.for_speakers(keep), methods=["GET"]),
    Route(KEEP, forms.from_members(say), methods=["POST"]),
    Route("/door/paper", forms.from_members(write_down), methods=["POST"]),
    Route("/door/vote", forms.from_people(ask_for_vote), methods=["POST"]),
    Route("/door/forget-me", forms.from_people(forget_me), methods=["POST"]),
)
