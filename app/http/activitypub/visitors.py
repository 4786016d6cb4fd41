"""Who asks: requests as signatures see them, and what is for signed requests or for certain servers only."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from app.federation.signatures import SignedRequest
from app.http import errors
from app.http.activitypub.answers import document, from_shelf, instance_of, rendered_document
from app.http.activitypub.shelf import Rendered
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.exchange import receive
from app.operations.exchange.visiting import STRANGER, Visitor
from app.store.database import Connection

Endpoint = Callable[[Request], Awaitable[Response]]
Look = Callable[[Connection, Visitor], bytes | Document | None]


def signed_request(scope: Scope, body: bytes) -> SignedRequest:
    """The request as signatures see it: raw target, every header as received."""
    query: bytes = scope["query_string"]
    target: bytes = scope["raw_path"] + (b"?" + query if query else b"")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return SignedRequest(scope["method"], target.decode("latin-1"), headers, body)


def for_signed(endpoint: Endpoint) -> Endpoint:
    """An endpoint that answers signed requests only, where the caretakers want that (hostile A01)."""

    async def answer(request: Request) -> Response:
        if instance_of(request).authorized_fetch:
            # Not remembered: what is forgiven here is not forgiven to who asks for what is not public.
            visitor = await receive.who_reads(instance_of(request), signed_request(request.scope, b""), public=True)
            if isinstance(visitor, Refusal):
                return Response(status_code=errors.status_of(visitor))
            return for_who_asked(await endpoint(request))
        return await endpoint(request)

    return answer


def for_who_asked(answer: Response) -> Response:
    """The same answer, which no cache between us may give to somebody else."""
    if all(name != b"cache-control" for name, _ in answer.raw_headers):
        answer.raw_headers = [*answer.raw_headers, (b"cache-control", b"private")]
    return answer


async def for_visitor(request: Request, look: Look) -> Response:
    """What everybody may see is read once for all; what is not there for them is looked for as who asks.

    A stranger is told 404 for what is not public, as for what is not there (hostile G12).
    """
    instance = instance_of(request)

    async def make() -> Rendered | None:
        return rendered_document(await instance.database.read(lambda connection: look(connection, STRANGER)))

    public = await from_shelf(request, make)
    if public.status_code != 404:
        return public
    visitor = await visitor_of(request)
    if isinstance(visitor, Refusal):
        return Response(status_code=errors.status_of(visitor))
    if visitor == STRANGER:
        return public
    own = rendered_document(await instance.database.read(lambda connection: look(connection, visitor)))
    return for_who_asked(document(None) if own is None else document(own.body, status=own.status))


async def visitor_of(request: Request, unsigned: Visitor | None = STRANGER) -> Visitor | Refusal:
    """Who signed this request, asked once; `unsigned` for who did not, or `sig.missing` where that is None."""
    if not hasattr(request.state, "visitor"):
        signed = "signature" in request.headers
        if not signed and unsigned is not None:
            return unsigned
        request.state.visitor = await receive.who_reads(instance_of(request), signed_request(request.scope, b""))
    found: Visitor | Refusal = request.state.visitor
    return found
