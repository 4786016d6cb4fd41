"""Co-signing on a page: what waits for a second signature, and by whom each entry is confirmed."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.confederation import stances
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning, naming
from app.operations.assembly.cosigning import Confirmation
from app.operations.confederation import answering
from app.operations.matters import fulfilling, redeciding
from app.operations.record import telling
from app.operations.record.sealing import load
from app.store import acts
from app.store.accounts import Session
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

PATH: Final = "/co-sign"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that does not count yet: what it says, how far it is confirmed, whether this member may confirm it.

    `stuck` if those who could are co-signers no longer; `again` is then where it is decided anew.
    """

    act: str
    address: str
    sentence: str
    when: int
    signed: str
    mine: bool
    stuck: bool
    again: str


async def show(request: Request, session: Session) -> Response:
    """What waits for co-signers, for every member to see."""
    instance: Instance = request.app.state.instance
    me = f"{instance.url}/people/{session.account.name}"

    def look(connection: Connection) -> tuple[tuple[Waiting, ...], bool]:
        found = tuple(_waiting(connection, instance, one, me) for one in cosigning.waiting(connection, instance))
        return found, cosigning.is_named(connection, instance, session.account)

    waiting, named = await instance.database.read(look)
    return page.render(request, "cosigning.html", waiting=waiting, named=named)


async def confirm(request: Request, session: Session, fields: Fields) -> Response:
    """Confirm an entry as a co-signer."""
    instance: Instance = request.app.state.instance
    act = fields.get("act")
    done = await instance.database.write(
        lambda connection: fulfilling.confirm(connection, instance, session.account, act)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=PATH)
    return RedirectResponse(PATH, status_code=303, headers=page.HEADERS)


def signed(connection: Connection, instance: Instance, act_id: str) -> str:
    """By whom an entry of ours is signed, in a sentence; empty for one that nobody is asked to confirm."""
    act = acts.by_id(connection, act_id)
    if act is None or act.type not in cosigning.CONFIRMED:
        return ""
    return _signed(connection, instance, cosigning.confirmation(connection, instance, act))


def _signed(connection: Connection, instance: Instance, found: Confirmation) -> str:
    if not found.needed:
        return _("Signed by our server alone.")
    who = ", ".join(naming.person_name(connection, instance, person) for person in found.by)
    if found.counts:
        return _("Signed by our server and confirmed by {who}.").format(who=who)
    said = _("Signed by our server; {n} of {k} second signatures are there, so it does not count yet.")
    return said.format(n=len(found.by), k=found.needed) + (f" ({who})" if who else "")


def _waiting(connection: Connection, instance: Instance, found: Confirmation, me: str) -> Waiting:
    stuck = cosigning.is_stuck(connection, instance, found.act)
    return Waiting(
        found.act.id,
        stances.address_of(found.act),
        telling.sentence(connection, instance, load(found.act), _),
        found.act.published_at,
        _signed(connection, instance, found),
        me in found.of and me not in found.by,
        stuck,
        _again(connection, instance, found.act) if stuck else "",
    )


def _again(connection: Connection, instance: Instance, act: StoredAct) -> str:
    """Where our assembly decides anew what nobody can confirm any more; empty where nothing hangs on it."""
    answer = answering.answer_to(connection, load(act).get("gov:proposal", {}).get("id", ""))
    item = answer or redeciding.matter_of(connection, act)
    if item is None or (answer is None and redeciding.stuck(connection, instance, item) is None):
        return ""
    return f"/proposals/{item.id}"


ROUTES = (
    Route(PATH, forms.for_members(show), methods=["GET"]),
    Route(PATH, forms.from_members(confirm), methods=["POST"]),
)
