"""Our posts, the conversations that they belong to, and those at the head of the assembly's page."""

from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import documents
from app.http.activitypub.answers import address_of, document, from_shelf, instance_of, number_in, rendered_document
from app.http.activitypub.shelf import Rendered
from app.http.activitypub.visitors import for_signed
from app.operations.exchange import listing
from app.store import notices, voices
from app.translation import hashtags

_PAGE: Final = 50
_TAGGED: Final = 200


async def notice(request: Request) -> Response:
    """A post of ours; 410 with its stone if it was erased."""
    instance, notice_id = instance_of(request), address_of(request)
    if notice_id is None:
        return document(None)

    async def make() -> Rendered | None:
        return rendered_document(await instance.database.read(lambda c: notices.get(c, notice_id)))

    return await from_shelf(request, make)


async def reply(request: Request) -> Response:
    """A member's answer to a voice; 410 with its stone once it was taken back."""
    instance, note_id = instance_of(request), address_of(request)
    if note_id is None:
        return document(None)

    async def make() -> Rendered | None:
        voice = await instance.database.read(lambda c: voices.get(c, note_id))
        return rendered_document(voice.raw if voice is not None else None)

    return await from_shelf(request, make)


async def dossier(request: Request) -> Response:
    """A conversation as the collection of its posts, oldest first, page by page (FEP-7888, FEP-f228)."""
    instance, dossier_id = instance_of(request), address_of(request)
    if dossier_id is None:
        return document(None)

    async def make() -> Rendered | None:
        items = await instance.database.read(lambda c: listing.conversation(c, instance, dossier_id))
        if not items:
            return None
        if "page" not in request.query_params:
            about = {"attributedTo": instance.assembly}
            return rendered_document(documents.collection(dossier_id, len(items), f"{dossier_id}?page=1") | about)
        start = number_in(request, "from", 0)
        after = f"{dossier_id}?page=1&from={start + _PAGE}" if start + _PAGE < len(items) else None
        here = f"{dossier_id}?page=1" + (f"&from={start}" if start else "")
        return rendered_document(documents.page(here, dossier_id, items[start : start + _PAGE], after))

    return await from_shelf(request, make)


async def featured(request: Request) -> Response:
    """The posts at the head of the assembly's page, whole: other servers fetch none of them apart."""
    instance = instance_of(request)

    async def make() -> Rendered | None:
        items = [orjson.loads(raw) for raw in await instance.database.read(notices.pinned)]
        address = f"{instance.assembly}/featured"
        return rendered_document(
            {
                "@context": documents.AS2,
                "id": address,
                "type": "OrderedCollection",
                "totalItems": len(items),
                "orderedItems": items,
            }
        )

    return await from_shelf(request, make)


async def tagged(request: Request) -> Response:
    """The latest posts of ours with a hashtag, as a collection of their addresses."""
    instance, key = instance_of(request), hashtags.key(request.path_params["tag"])
    if not hashtags.is_key(key):
        return document(None)

    async def make() -> Rendered | None:
        found = await instance.database.read(lambda connection: notices.tagged(connection, key, _TAGGED))
        if not found:
            return None
        return rendered_document(
            {
                "@context": documents.AS2,
                "id": hashtags.address(instance.url, key),
                "type": "OrderedCollection",
                "name": f"#{key}",
                "totalItems": len(found),
                "orderedItems": [post for post, _ in found],
            }
        )

    return await from_shelf(request, make)


ROUTES: list[BaseRoute] = [
    Route("/notices/{name}", for_signed(notice)),
    Route("/dossiers/{name}", for_signed(dossier)),
    Route("/assembly/featured", for_signed(featured)),
    Route("/people/{person}/notes/{name}", for_signed(reply)),
]
