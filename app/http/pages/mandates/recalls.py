"""Beside the vote on a recall: who is concerned speaks, and one that failed is asked for again."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.matters import items
from app.kernel.refusal import Refusal
from app.operations.mandates import recalling
from app.store.accounts import Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance


async def say(request: Request, session: Session, fields: Fields) -> Response:
    """Keep the first or last word of a delegate whose recall it is."""
    place, text = fields.get("when"), fields.get("text")
    return await _on_item(request, lambda c, i, item: recalling.speak(c, i, session.account, item, place, text))


async def again(request: Request, session: Session, _fields: Fields) -> Response:
    """Put one's name to a recall that failed."""
    return await _on_item(request, lambda c, i, item: recalling.ask_again(c, i, session.account, item))


async def _on_item(request: Request, work: Callable[[Connection, Instance, str], Item | Refusal | None]) -> Response:
    """Do `work` on the recall of the address, then show the item that is open then, or why not."""
    instance: Instance = request.app.state.instance
    item = request.path_params["item"]
    if items.ULID.fullmatch(item) is None:
        return page.refused(request, Refusal("item.unknown", "no such item"), back="/proposals")
    done = await instance.database.write(lambda connection: work(connection, instance, item))
    if isinstance(done, Refusal):
        return page.refused(request, done, back=f"/proposals/{item}")
    to = done.id if isinstance(done, Item) else item
    return RedirectResponse(f"/proposals/{to}", status_code=303, headers=page.HEADERS)


ROUTES = (
    Route("/proposals/{item}/word", forms.from_members(say), methods=["POST"]),
    Route("/proposals/{item}/again", forms.from_members(again), methods=["POST"]),
)
