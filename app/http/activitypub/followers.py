"""Who follows our actors, and whom they follow."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import documents
from app.federation.documents import host_of
from app.http import errors
from app.http.activitypub.answers import address_of, document, instance_of
from app.http.activitypub.visitors import for_signed, visitor_of
from app.kernel.refusal import Refusal
from app.operations.assembly import describing
from app.operations.exchange import synchronizing
from app.store import actors, reactions


async def followers_of(request: Request) -> Response:
    """How many follow an actor; who they are is theirs to say."""
    base = await _collection_of_an_actor(request)
    if base is None:
        return document(None)
    if "page" in request.query_params:
        return document(documents.page(f"{base}?page=1", base, [], None))
    owner = base.rpartition("/")[0]
    total = len(await instance_of(request).database.read(lambda c: actors.followers_of(c, owner)))
    return document(documents.collection(base, total, f"{base}?page=1"))


async def following_of(request: Request) -> Response:
    """How many an actor follows; only the assembly follows, and whom is its own affair."""
    base, instance = await _collection_of_an_actor(request), instance_of(request)
    if base is None:
        return document(None)
    if "page" in request.query_params:
        return document(documents.page(f"{base}?page=1", base, [], None))
    is_assembly = base == f"{instance.assembly}/following"
    total = len(await instance.database.read(reactions.followed_by_us)) if is_assembly else 0
    return document(documents.collection(base, total, f"{base}?page=1"))


async def synchronization(request: Request) -> Response:
    """The followers of the assembly that live at the server that asks, for its own eyes (FEP-8fcf)."""
    instance, visitor = instance_of(request), await visitor_of(request, unsigned=None)
    if isinstance(visitor, Refusal):
        return Response(status_code=errors.status_of(visitor))
    host = host_of(visitor.actor or "")
    items = await instance.database.read(lambda c: synchronizing.followers_at(c, instance, [host]).get(host, []))
    return document(
        {
            "@context": documents.AS2,
            "id": synchronizing.collection(instance),
            "type": "OrderedCollection",
            "orderedItems": items,
        }
    )


async def _collection_of_an_actor(request: Request) -> str | None:
    """The address that was asked for, if it begins with that of an actor of ours."""
    base = address_of(request)
    if base is None:
        return None
    owner = base.rpartition("/")[0]
    return base if await instance_of(request).database.read(lambda c: describing.has_actor(c, owner)) else None


ROUTES: list[BaseRoute] = [
    *(
        Route(f"{owner}/{name}", for_signed(endpoint))
        for owner in ("/assembly", "/instance", "/people/{person}")
        for name, endpoint in (("followers", followers_of), ("following", following_of))
    ),
    Route("/assembly/followers_synchronization", synchronization),
]
