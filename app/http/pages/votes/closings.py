"""The end of a vote: closing it, and signing for the assembly what it came to."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.http.pages import forms
from app.http.pages.forms import Fields
from app.http.pages.matters.proposals import Work, latest, of_now, on_item
from app.kernel.refusal import Refusal
from app.operations.votes import closing, ending
from app.store.accounts import Session
from app.store.database import Connection
from app.wiring import Instance


async def close(request: Request, session: Session, fields: Fields) -> Response:
    """Close the vote: what it came to stands, and waits to be signed."""
    return await _on_vote(
        request, fields, lambda connection, instance, vote: ending.end(connection, instance, vote, session.account)
    )


async def sign(request: Request, session: Session, fields: Fields) -> Response:
    """Sign for the assembly what the vote came to."""
    return await _on_vote(
        request, fields, lambda connection, instance, vote: closing.close(connection, instance, vote, session.account)
    )


async def _on_vote(request: Request, fields: Fields, work: Work) -> Response:
    """Do `work` on the newest vote of the item of the address."""

    def do(connection: Connection, instance: Instance, item: str) -> object:
        vote = latest(connection, item)
        return Refusal("vote.unknown", f"no vote on {item}") if vote is None else work(connection, instance, vote)

    return await on_item(request, of_now(fields, do))


ROUTES = (
    Route("/proposals/{item}/close", forms.from_members(close), methods=["POST"]),
    Route("/proposals/{item}/sign", forms.from_members(sign), methods=["POST"]),
)
