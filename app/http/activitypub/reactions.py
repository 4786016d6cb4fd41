"""What was answered to a post of ours, and how many like it and shared it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import documents
from app.http.activitypub.answers import address_of, document, from_shelf, instance_of, number_in, rendered_document
from app.http.activitypub.shelf import Rendered
from app.http.activitypub.visitors import for_signed
from app.kernel.canonical import Document
from app.operations.exchange import listing
from app.store import notices
from app.store.database import Connection

_PAGE: Final = 50


async def replies(request: Request) -> Response:
    """The answers to a post, oldest first, page by page: from outside and of our members."""
    instance, address = instance_of(request), address_of(request)
    if address is None:
        return document(None)
    post = address.rpartition("/")[0]

    def look(connection: Connection) -> tuple[str, ...] | None:
        return listing.answers(connection, instance, post) if notices.get(connection, post) is not None else None

    async def make() -> Rendered | None:
        items = await instance.database.read(look)
        if items is None:
            return None
        if "page" not in request.query_params:
            return rendered_document(documents.collection(address, len(items), f"{address}?page=1"))
        start = number_in(request, "from", 0)
        here = f"{address}?page=1" + (f"&from={start}" if start else "")
        after = f"{address}?page=1&from={start + _PAGE}" if start + _PAGE < len(items) else None
        return rendered_document(documents.page(here, address, items[start : start + _PAGE], after))

    return await from_shelf(request, make)


async def figures(request: Request) -> Response:
    """How many like a post, or shared it; who they are is theirs to say."""
    instance, address = instance_of(request), address_of(request)
    if address is None:
        return document(None)
    post, _, which = address.rpartition("/")

    def look(connection: Connection) -> Document | None:
        if notices.get(connection, post) is None:
            return None
        likes, shares = listing.figures(connection, instance, post)
        total = likes if which == "likes" else shares
        return {"@context": documents.AS2, "id": address, "type": "Collection", "totalItems": total}

    async def make() -> Rendered | None:
        return rendered_document(await instance.database.read(look))

    return await from_shelf(request, make)


ROUTES: list[BaseRoute] = [
    Route("/notices/{name}/replies", for_signed(replies)),
    Route("/notices/{name}/likes", for_signed(figures)),
    Route("/notices/{name}/shares", for_signed(figures)),
]
