"""The duty of two: whose turn it is, what they hid and why, and whether the assembly keeps it hidden."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.matters import items
from app.kernel.refusal import Refusal
from app.operations.assembly import moderating
from app.store import accounts, hiding
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.store.hiding import Hidden
from app.wiring import Instance

DUTY: Final = "/duty"
_SHOWN_SECONDS: Final = 90 * 86_400


async def show(request: Request, _session: Session) -> Response:
    """Whose turn it is, and what was hidden of late."""
    instance: Instance = request.app.state.instance
    now = int(instance.now().timestamp())

    def look(connection: Connection) -> tuple[tuple[Account, ...], tuple[tuple[Hidden, str], ...]]:
        found = hiding.since(connection, now - _SHOWN_SECONDS)
        return moderating.on_duty(connection, instance), tuple((one, _who(connection, one)) for one in found)

    pair, hidden = await instance.database.read(look)
    return page.render(request, "duty.html", pair=pair, hidden=hidden, now=now)


async def hide(request: Request, session: Session, fields: Fields) -> Response:
    """Hide a post of an item's page."""
    instance: Instance = request.app.state.instance
    thing, why, item = fields.get("thing"), fields.get("why"), fields.get("item")
    back = f"/proposals/{item}" if items.ULID.fullmatch(item) else DUTY
    done = await instance.database.write(
        lambda connection: moderating.hide(connection, instance, session.account, thing, why)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(back, status_code=303, headers=page.HEADERS)


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Ask the assembly to keep something hidden."""
    instance: Instance = request.app.state.instance
    seq = fields.number("seq")
    if isinstance(seq, Refusal):
        return page.refused(request, seq, back=DUTY)
    done = await instance.database.write(
        lambda connection: moderating.ask_assembly(connection, instance, session.account, seq)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=DUTY)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


def _who(connection: Connection, hidden: Hidden) -> str:
    account = accounts.numbered(connection, hidden.account)
    return account.shown if account is not None else ""


ROUTES = (
    Route(DUTY, forms.for_speakers(show), methods=["GET"]),
    Route("/duty/hide", forms.from_members(hide), methods=["POST"]),
    Route("/duty/ask", forms.from_members(ask), methods=["POST"]),
)
