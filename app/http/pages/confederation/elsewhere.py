"""Meetings of delegations that nobody invited us to: looked up at the address of the assembly that hosts them."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.confederation import looking_up, sessions
from app.store.accounts import Session
from app.wiring import Instance

_BACK = "/sessions"


async def look_up(request: Request, _session: Session, fields: Fields) -> Response:
    """Read the record of an assembly and show the last meeting that it called."""
    instance: Instance = request.app.state.instance
    host = await looking_up.look_up(instance, fields.get("address"))
    if isinstance(host, Refusal):
        return page.refused(request, host, back=_BACK)
    known = await instance.database.read(lambda connection: sessions.known(connection, instance))
    called = [one for one in known if one.session.head.author == host]
    if not called:
        return page.refused(request, Refusal("session.none", f"{host} has called nothing"), back=_BACK)
    await looking_up.remember(instance, called[-1])
    return RedirectResponse(f"/sessions/{called[-1].first.digest}", status_code=303, headers=page.HEADERS)


ROUTES = (Route("/sessions/look-up", forms.from_members(look_up), methods=["POST"]),)
