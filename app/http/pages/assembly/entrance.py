"""Signing in and out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http import auth
from app.http.errors import status_for_people
from app.http.pages import forms, page, sentences
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import signing_in
from app.store.accounts import Session
from app.wiring import Instance


async def show(request: Request) -> Response:
    """The sign-in form."""
    return _form(request, request.query_params.get("next", "/"))


async def sign_in(request: Request) -> Response:
    """Sign in with a name and a password; the form is tied to this browser (hostile G07)."""
    await forms.recognise(request)
    instance: Instance = request.app.state.instance
    fields = await forms.read_fields(request)
    if isinstance(fields, Refusal):
        return page.refused(request, fields)
    strange = auth.check_origin(request, instance)
    if strange is not None:
        return page.refused(request, strange, back="/sign-in")
    expected = auth.guest_token(instance, auth.guest_nonce(request, instance))
    stale = auth.check_token(expected, fields.get("csrf"))
    if stale is not None:  # a page that was open too long: its form again, with the token of today
        return _form(request, fields.get("next"), wrong=stale, name=fields.get("name"))
    entered = await signing_in.sign_in(instance, fields.get("name"), fields.get("password"), auth.place_of(request))
    if isinstance(entered, Refusal):
        return _form(request, fields.get("next"), wrong=entered, name=fields.get("name"))
    await _end(request, instance)
    answer = RedirectResponse(_inside(fields.get("next")), status_code=303, headers=page.HEADERS)
    auth.keep_signed_in(answer, instance, entered.token)
    return answer


async def sign_out(request: Request, _session: Session, _fields: Fields) -> Response:
    """End the sign-in here and in the browser (hostile G08)."""
    instance: Instance = request.app.state.instance
    await _end(request, instance)
    answer = RedirectResponse("/", status_code=303, headers=page.HEADERS)
    auth.forget(answer, instance)
    return answer


async def _end(request: Request, instance: Instance) -> None:
    token = auth.token_of(request, instance)
    if token:
        await instance.database.write(lambda connection: signing_in.sign_out(connection, token))


def _form(request: Request, wanted: str, *, wrong: Refusal | None = None, name: str = "") -> Response:
    instance: Instance = request.app.state.instance
    nonce = auth.guest_nonce(request, instance)
    answer = page.render(
        request,
        "sign_in.html",
        status_for_people(wrong) if wrong is not None else 200,
        csrf=auth.guest_token(instance, nonce),
        next=_inside(wanted),
        name=name,
        wrong=sentences.refusal(wrong) if wrong is not None else "",
    )
    if wrong is not None and wrong.code == "sign_in.often":
        answer.headers["Retry-After"] = str(int(signing_in.WINDOW.total_seconds()))
    auth.keep_nonce(answer, instance, nonce)
    return answer


def _inside(wanted: str) -> str:
    """A path of this server, so that a sign-in never leads elsewhere."""
    plain = wanted.startswith("/") and not wanted.startswith("//") and wanted.isascii() and wanted.isprintable()
    return wanted if plain and "\\" not in wanted else "/"


ROUTES = (
    Route("/sign-in", forms.open_to_all(show), methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", forms.from_people(sign_out), methods=["POST"]),
)
