"""Our actors, as other servers fetch them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.http.activitypub.answers import address_of, from_shelf, instance_of, rendered_document
from app.http.activitypub.shelf import Rendered
from app.operations.assembly import describing


async def actor(request: Request) -> Response:
    """One of our actors."""
    instance, actor_id = instance_of(request), address_of(request)
    if actor_id is None:
        return Response(status_code=404)

    async def make() -> Rendered | None:
        return rendered_document(await instance.database.read(lambda c: describing.actor(c, instance, actor_id)))

    return await from_shelf(request, make)


ROUTES: list[BaseRoute] = [Route("/instance", actor)]
