"""Amendments on the page of a text, and an amendment beside the text that it would change."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.matters import beginnings
from app.http.pages.matters.proposals import back_to, on_item
from app.kernel.refusal import Refusal
from app.operations.matters import authoring, revising
from app.store.accounts import Session
from app.wiring import Instance


async def suggest(request: Request, session: Session, fields: Fields) -> Response:
    """Put an amendment of the text on the agenda, and show it."""
    instance: Instance = request.app.state.instance
    item, text, why = request.path_params["item"], fields.get("text"), fields.get("why")
    languages = beginnings.languages(fields)
    done = await instance.database.write(
        lambda connection: revising.suggest(connection, instance, session.account, item, text, why, languages)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back_to(request))
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


async def accept(request: Request, session: Session, _fields: Fields) -> Response:
    """Put the amended text in place."""
    return await on_item(
        request, lambda connection, instance, item: revising.accept(connection, instance, session.account, item)
    )


async def refuse(request: Request, session: Session, fields: Fields) -> Response:
    """Refuse the amendment, with a reason."""
    reason = fields.get("reason")
    return await on_item(
        request, lambda connection, _, item: revising.refuse(connection, session.account, item, reason)
    )


async def ask_author(request: Request, session: Session, fields: Fields) -> Response:
    """Ask a member to be an author of the text too."""
    name, public = fields.get("name"), fields.get("public")
    return await on_item(
        request, lambda connection, _, item: authoring.ask(connection, session.account, item, name, public)
    )


async def answer_author(request: Request, session: Session, fields: Fields) -> Response:
    """Say yes or no to being one."""
    public, yes = fields.get("public"), fields.get("answer") == "yes"
    return await on_item(
        request,
        lambda connection, instance, item: authoring.answer(
            connection, instance, session.account, item, public, yes=yes
        ),
    )


_ITEM: Final = "/proposals/{item}"

ROUTES = (
    Route(f"{_ITEM}/suggest", forms.from_members(suggest), methods=["POST"]),
    Route(f"{_ITEM}/accept", forms.from_members(accept), methods=["POST"]),
    Route(f"{_ITEM}/authors", forms.from_members(ask_author), methods=["POST"]),
    Route(f"{_ITEM}/authorship", forms.from_members(answer_author), methods=["POST"]),
    Route(f"{_ITEM}/refuse", forms.from_members(refuse), methods=["POST"]),
)
