"""What every route here asks and answers: whose instance, which address, a document, an old one unchanged."""

from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.federation import documents
from app.http.activitypub.shelf import Rendered, Shelf, render, shelved_as
from app.kernel.canonical import Document
from app.wiring import Instance


def instance_of(request: Request) -> Instance:
    """The instance that this application serves."""
    found: Instance = request.app.state.instance
    return found


def wants_page(request: Request) -> bool:
    """True if the client asked for HTML before ActivityPub."""
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "activity+json" not in accepted and "ld+json" not in accepted


def address_of(request: Request) -> str | None:
    """The address of ours that was asked for, without its query; None if no address of ours can look like it."""
    path: str = request.scope["path"]
    return f"{instance_of(request).url}{path}" if path.isascii() and path.isprintable() else None


def number_in(request: Request, name: str, default: int) -> int:
    """A number of the query; `default` for anything else."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else default


def document(body: bytes | Document | None, *, status: int = 200) -> Response:
    """An ActivityPub document, or 404 for None."""
    if body is None:
        return Response(status_code=404)
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Response(raw, status, headers=_HEADERS, media_type=documents.ACTIVITY_JSON)


def rendered_document(body: bytes | Document | None) -> Rendered | None:
    """An ActivityPub document as the shelf keeps it; what is gone is answered 410 with its Tombstone."""
    if body is None:
        return None
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    is_stone = (orjson.loads(body) if isinstance(body, bytes) else body).get("type") == "Tombstone"
    return render(raw, documents.ACTIVITY_JSON, 410 if is_stone else 200)


async def from_shelf(request: Request, make: Callable[[], Awaitable[Rendered | None]]) -> Response:
    """The answer to this address and query, rendered lately or now; 304 for who has it already, 404 for None."""
    shelf: Shelf = request.app.state.shelf
    found = await shelf.get(shelved_as(request.scope), make)
    if found is None:
        return Response(status_code=404)
    head, body = found.messages(request.headers.get("if-none-match", "").encode("latin-1"))
    answer = Response(body["body"], head["status"])
    answer.raw_headers = head["headers"]
    return answer


_HEADERS = {"vary": "Accept", "x-content-type-options": "nosniff"}
