"""How others find us: WebFinger, host-meta, NodeInfo."""

import json
from importlib.metadata import version

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import discovery
from app.http.activitypub.answers import from_shelf, instance_of
from app.http.activitypub.shelf import Rendered, render
from app.operations.assembly import describing
from app.store import accounts
from app.store.database import Connection

_LONGEST = 2_100


async def webfinger(request: Request) -> Response:
    """Which of our actors a handle names (RFC 7033)."""
    instance = instance_of(request)
    resource = request.query_params.get("resource", "")
    if not resource or len(resource) > _LONGEST:
        return Response(status_code=400)
    actor_id = discovery.actor_asked_for(resource, instance.url)
    if actor_id is None or not (actor_id.isascii() and actor_id.isprintable()):
        return Response(status_code=404)

    async def make() -> Rendered | None:
        found = await instance.database.read(lambda c: describing.actor(c, instance, actor_id))
        if found is None:
            return None
        body = discovery.webfinger(json.loads(found)["preferredUsername"], actor_id)
        return render(orjson.dumps(body), "application/jrd+json", for_scripts=True)

    return await from_shelf(request, make)


async def host_meta(request: Request) -> Response:
    """Where WebFinger is (RFC 6415)."""
    return Response(discovery.host_meta(instance_of(request).url), media_type="application/xrd+xml")


async def nodeinfo_links(request: Request) -> Response:
    """Where the NodeInfo documents are."""
    return Response(orjson.dumps(discovery.nodeinfo_links(instance_of(request).url)), media_type="application/json")


async def nodeinfo(request: Request) -> Response:
    """What this server is."""
    instance, asked = instance_of(request), request.path_params["version"]
    if asked not in discovery.NODEINFO_VERSIONS:
        return Response(status_code=404)

    def load(connection: Connection) -> tuple[int, str]:
        body = accounts.body(connection)
        return accounts.count(connection), body.name if body is not None else ""

    async def make() -> Rendered | None:
        members, name = await instance.database.read(load)
        return render(orjson.dumps(discovery.nodeinfo(asked, version("roundabout"), members, name)), "application/json")

    return await from_shelf(request, make)


ROUTES: list[BaseRoute] = [
    Route("/.well-known/webfinger", webfinger),
    Route("/.well-known/host-meta", host_meta),
    Route("/.well-known/nodeinfo", nodeinfo_links),
    Route("/nodeinfo/{version}", nodeinfo),
]
