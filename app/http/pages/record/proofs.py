"""The proof of one count as a file: the results, what they were counted from, and what refutes one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.kernel.refusal import Refusal
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.record import proving
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


async def download(request: Request) -> Response:
    """The file about the proposal `?of=`; of what is not for everybody it holds nothing unless a member asks."""
    instance: Instance = request.app.state.instance
    proposal = request.query_params.get("of", "")
    plain = proposal if proposal.isascii() and proposal.isprintable() else ""

    def look(connection: Connection) -> bytes | Refusal:
        door = Door(connection, instance)
        member = request.state.session is not None

        def may_see(act: StoredAct) -> bool:
            return member or door.opens(STRANGER, act)

        return proving.proof(connection, instance, plain, may_see)

    made = await instance.database.read(look)
    if isinstance(made, Refusal):
        return page.refused(request, made, back="/confederation")
    headers = {**page.HEADERS, "Content-Disposition": 'attachment; filename="proof.gov.zip"'}
    return Response(made, media_type="application/zip", headers=headers)


ROUTES = (Route("/confederation/proof", forms.open_to_all(download), methods=["GET"]),)
