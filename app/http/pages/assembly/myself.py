"""A member's own page: the password, the recovery words, and a new sign-in that waits to be confirmed."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import recovery
from app.store.accounts import Session
from app.wiring import Instance

ME: Final = "/me"


async def show(request: Request, _session: Session) -> Response:
    """What is one's own here."""
    return page.render(request, "me.html", words="")


async def password(request: Request, session: Session, fields: Fields) -> Response:
    """Change the password, or set one after coming in at the door."""
    instance: Instance = request.app.state.instance
    done = await recovery.change_password(instance, session, fields.get("old"), fields.get("new"))
    return _to(request, done)


async def words(request: Request, session: Session, fields: Fields) -> Response:
    """Make recovery words; the page that answers shows them, once."""
    instance: Instance = request.app.state.instance
    made = await recovery.make_recovery(instance, session.account, fields.get("password"))
    if isinstance(made, Refusal):
        return page.refused(request, made, back=ME)
    return page.render(request, "me.html", words=made)


async def confirm(request: Request, session: Session, fields: Fields) -> Response:
    """Confirm by the recovery words that a new sign-in is one's own."""
    instance: Instance = request.app.state.instance
    return _to(request, await recovery.confirm(instance, session.account, fields.get("words")))


async def witness(request: Request, session: Session, fields: Fields) -> Response:
    """Say that one saw somebody in person whose new sign-in waits."""
    instance: Instance = request.app.state.instance
    name = fields.get("name")
    done = await instance.database.write(
        lambda connection: recovery.witness(connection, instance, session.account, name)
    )
    return _to(request, done, "/members")


def _to(request: Request, done: object, back: str = ME) -> Response:
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(back, status_code=303, headers=page.HEADERS)


ROUTES = (
    Route(ME, forms.for_members(show), methods=["GET"]),
    Route("/me/password", forms.from_people(password), methods=["POST"]),
    Route("/me/words", forms.from_people(words), methods=["POST"]),
    Route("/me/confirm", forms.from_people(confirm), methods=["POST"]),
    Route("/members/witness", forms.from_members(witness), methods=["POST"]),
)
