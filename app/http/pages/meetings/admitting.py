"""The door of a meeting: members who are ticked come in, so does who is on no list, and cards are given back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.assembly import door
from app.http.pages.forms import Fields
from app.http.pages.meetings.meetings import on_meeting
from app.kernel.refusal import Refusal
from app.operations.meetings import attending
from app.operations.meetings.attending import Comer
from app.store.accounts import Session


async def let_in(request: Request, session: Session, fields: Fields) -> Response:
    """Let in at the door the members who are ticked."""
    members, room = fields.numbers("member"), fields.number("room")
    if isinstance(members, Refusal) or isinstance(room, Refusal):
        return page.refused(request, Refusal("form.number", "no number"), back=door.KEEP)
    return await on_meeting(
        request,
        lambda connection, instance, meeting: attending.let_members_in(
            connection, instance, session.account, meeting, members, room
        ),
        to=door.KEEP,
    )


async def let_guest_in(request: Request, session: Session, fields: Fields) -> Response:
    """Let in at the door somebody who is on no list."""
    room = fields.number("room")
    if isinstance(room, Refusal):
        return page.refused(request, room, back=door.KEEP)
    comer = Comer(None, fields.get("name"), votes=fields.get("votes") == "1", room=room)
    return await on_meeting(
        request,
        lambda connection, instance, meeting: attending.let_in(connection, instance, session.account, meeting, comer),
        to=door.KEEP,
    )


async def leave(request: Request, session: Session, fields: Fields) -> Response:
    """Somebody goes."""
    card = fields.number("card")
    if isinstance(card, Refusal):
        return page.refused(request, card, back=door.KEEP)
    return await on_meeting(
        request,
        lambda connection, instance, meeting: attending.leave(connection, instance, session.account, meeting, card),
        to=door.KEEP,
    )


ROUTES = tuple(
    Route(f"/meetings/{{meeting}}/{name}", forms.from_members(handler), methods=["POST"])
    for name, handler in (("door", let_in), ("guest", let_guest_in), ("leave", leave))
)
