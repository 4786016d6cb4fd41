"""Our posts, and the conversations that they belong to."""

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import documents
from app.http.activitypub.answers import address_of, document, from_shelf, instance_of, rendered_document
from app.http.activitypub.shelf import Rendered
from app.http.activitypub.visitors import for_signed
from app.store import notices


async def notice(request: Request) -> Response:
    """A post of ours."""
    instance, notice_id = instance_of(request), address_of(request)
    if notice_id is None:
        return document(None)

    async def make() -> Rendered | None:
        return rendered_document(await instance.database.read(lambda c: notices.get(c, notice_id)))

    return await from_shelf(request, make)


async def dossier(request: Request) -> Response:
    """A conversation: the posts about one matter."""
    instance, dossier_id = instance_of(request), address_of(request)
    posts = () if dossier_id is None else await instance.database.read(lambda c: notices.in_dossier(c, dossier_id))
    if not posts:
        return document(None)
    items = [json.loads(post)["id"] for post in posts]
    return document(
        {
            "@context": documents.AS2,
            "id": dossier_id,
            "type": "OrderedCollection",
            "totalItems": len(items),
            "orderedItems": items,
        }
    )


ROUTES: list[BaseRoute] = [Route("/notices/{name}", for_signed(notice)), Route("/dossiers/{name}", for_signed(dossier))]
