"""What our actors did: one activity, and their outboxes."""

import json
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import documents
from app.http.activitypub.answers import (
    address_of,
    document,
    from_shelf,
    instance_of,
    number_in,
    rendered_document,
)
from app.http.activitypub.shelf import Rendered
from app.store import outbox

_PAGE: Final = 20
_LATEST: Final = 2**62


async def activity(request: Request) -> Response:
    """An activity of ours, if it was for everyone."""
    instance, activity_id = instance_of(request), address_of(request)
    if activity_id is None:
        return document(None)

    async def make() -> Rendered | None:
        found = await instance.database.read(lambda c: outbox.activity(c, activity_id))
        return rendered_document(found.raw if found is not None and found.public else None)

    return await from_shelf(request, make)


async def outbox_of(request: Request) -> Response:
    """An actor's public activities, newest first, page by page."""
    instance, base = instance_of(request), address_of(request)
    if base is None:
        return document(None)
    owner = base.rpartition("/")[0]

    async def make() -> Rendered | None:
        if "page" not in request.query_params:
            total = await instance.database.read(lambda c: outbox.count(c, owner))
            return rendered_document(documents.collection(base, total, f"{base}?page=1"))
        before = number_in(request, "before", _LATEST)
        rows = await instance.database.read(lambda c: outbox.page(c, owner, before, _PAGE))
        following = f"{base}?page=1&before={rows[-1].seq}" if len(rows) == _PAGE else None
        items = [json.loads(row.raw) for row in rows]
        return rendered_document(documents.page(f"{base}?page=1&before={before}", base, items, following))

    return await from_shelf(request, make)


ROUTES: list[BaseRoute] = [
    Route("/activities/{name}", activity),
    *(Route(f"{owner}/outbox", outbox_of) for owner in ("/assembly", "/instance", "/people/{person}")),
]
