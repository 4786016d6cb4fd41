"""What our actors did: one activity, and their outboxes."""

import json
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import documents
from app.federation.audience import addresses
from app.http.activitypub.answers import (
    address_of,
    document,
    from_shelf,
    instance_of,
    number_in,
    rendered_document,
)
from app.http.activitypub.shelf import Rendered
from app.http.activitypub.visitors import for_signed, for_visitor
from app.kernel.canonical import Document
from app.kernel.ids import origin
from app.operations.assembly import describing
from app.operations.exchange.visiting import Visitor
from app.store import outbox
from app.store.database import Connection

_PAGE: Final = 20
_LATEST: Final = 2**62


async def activity(request: Request) -> Response:
    """An activity of ours, for everyone or for those to whom it went."""
    activity_id = address_of(request)

    def look(connection: Connection, visitor: Visitor) -> bytes | None:
        found = outbox.activity(connection, activity_id) if activity_id is not None else None
        if found is None:
            return None
        return found.raw if found.public or visitor.server in _recipients(json.loads(found.raw)) else None

    return await for_visitor(request, look)


async def outbox_of(request: Request) -> Response:
    """An actor's public activities, newest first, page by page."""
    instance, base = instance_of(request), address_of(request)
    if base is None:
        return document(None)
    owner = base.rpartition("/")[0]

    async def make() -> Rendered | None:
        if not await instance.database.read(lambda c: describing.has_actor(c, owner)):
            return None
        if "page" not in request.query_params:
            total = await instance.database.read(lambda c: outbox.count(c, owner))
            return rendered_document(documents.collection(base, total, f"{base}?page=1"))
        before = number_in(request, "before", _LATEST)
        rows = await instance.database.read(lambda c: outbox.page(c, owner, before, _PAGE))
        following = f"{base}?page=1&before={rows[-1].seq}" if len(rows) == _PAGE else None
        items = [json.loads(row.raw) for row in rows]
        return rendered_document(documents.page(f"{base}?page=1&before={before}", base, items, following))

    return await from_shelf(request, make)


def _recipients(activity: Document) -> frozenset[str]:
    """The servers that an activity was sent to."""
    return frozenset(origin(one) for key in ("to", "cc") for one in addresses(activity.get(key)))


ROUTES: list[BaseRoute] = [
    Route("/activities/{name}", for_signed(activity)),
    *(Route(f"{owner}/outbox", for_signed(outbox_of)) for owner in ("/assembly", "/instance", "/people/{person}")),
]
