"""What other servers read: actors, acts, posts, activities, collections, discovery. Rendered bytes, plain routes."""

import json
from datetime import timedelta
from importlib.metadata import version

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation import discovery, documents
from app.kernel.canonical import Document
from app.operations import describing
from app.store import accounts, actors, acts, ledger, notices, outbox
from app.store.database import Connection
from app.wiring import Instance

_PAGE = 20
_FRESH = timedelta(seconds=5)
_MOST_ACTS = 500
_LATEST = 2**62


def instance_of(request: Request) -> Instance:
    """The instance that this application serves."""
    found: Instance = request.app.state.instance
    return found


def wants_page(request: Request) -> bool:
    """True if the client asked for HTML before ActivityPub."""
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "activity+json" not in accepted and "ld+json" not in accepted


def document(body: bytes | Document | None, *, status: int = 200) -> Response:
    """An ActivityPub document, or 404 for None."""
    if body is None:
        return Response(status_code=404)
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Response(
        raw, status, headers={"vary": "Accept", "x-content-type-options": "nosniff"}, media_type=documents.ACTIVITY_JSON
    )


async def actor(request: Request) -> Response:
    """One of our actors; its bytes are kept for a few seconds, so that many askers cost one reading."""
    instance = instance_of(request)
    actor_id = f"{instance.url}{request.scope['path']}"
    now = instance.now()
    made, body = instance.rendered.get(actor_id, (None, b""))
    if made is None or now - made >= _FRESH:
        found = await instance.database.read(lambda c: describing.actor(c, instance, actor_id))
        if found is None:
            return document(None)
        body = found
        instance.rendered[actor_id] = (now, body)
    return document(body)


async def one_act(request: Request) -> Response:
    """An act as it was signed: of ours, or one that was received (protocol.md §6)."""
    instance = instance_of(request)
    act_id = f"{instance.url}/acts/{request.path_params['name']}"
    found = await instance.database.read(lambda c: acts.by_id(c, act_id))
    return document(found.raw if found is not None else None)


async def many_acts(request: Request) -> Response:
    """The record by range, so that a peer that was away catches up (protocol.md §6)."""
    instance = instance_of(request)
    after, limit = _number(request, "after", -1), min(max(_number(request, "limit", 100), 1), _MOST_ACTS)
    received = request.query_params.get("received") == "1"

    def load(connection: Connection) -> list[tuple[int, bytes]]:
        if received:
            return [(act.seq, act.raw) for act in acts.received_after(connection, after, limit)]
        return [(act.leaf or 0, act.raw) for act in acts.after_leaf(connection, after, limit)]

    found = await instance.database.read(load)
    body = {
        "gov:items": [{"leaf": number, "act": json.loads(raw)} for number, raw in found],
        "gov:next": found[-1][0] if len(found) == limit else None,
    }
    return document(body)


async def notice(request: Request) -> Response:
    """A post of ours."""
    instance = instance_of(request)
    notice_id = f"{instance.url}/notices/{request.path_params['name']}"
    return document(await instance.database.read(lambda c: notices.get(c, notice_id)))


async def dossier(request: Request) -> Response:
    """A conversation: the posts about one matter."""
    instance = instance_of(request)
    dossier_id = f"{instance.url}/dossiers/{request.path_params['name']}"
    posts = await instance.database.read(lambda c: notices.in_dossier(c, dossier_id))
    if not posts:
        return Response(status_code=404)
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


async def activity(request: Request) -> Response:
    """An activity of ours, if it was for everyone."""
    instance = instance_of(request)
    activity_id = f"{instance.url}/activities/{request.path_params['name']}"
    found = await instance.database.read(lambda c: outbox.activity(c, activity_id))
    return document(found.raw if found is not None and found.public else None)


async def outbox_of(request: Request) -> Response:
    """An actor's public activities, newest first, page by page."""
    instance = instance_of(request)
    owner = _owner(request, instance)
    base = f"{owner}/outbox"
    if "page" not in request.query_params:
        total = await instance.database.read(lambda c: outbox.count(c, owner))
        return document(documents.collection(base, total, f"{base}?page=1"))
    before = _number(request, "before", _LATEST)
    rows = await instance.database.read(lambda c: outbox.page(c, owner, before, _PAGE))
    following = f"{base}?page=1&before={rows[-1].seq}" if len(rows) == _PAGE else None
    items = [json.loads(row.raw) for row in rows]
    return document(documents.page(f"{base}?page=1&before={before}", base, items, following))


async def followers_of(request: Request) -> Response:
    """How many follow an actor; who they are is theirs to say."""
    instance = instance_of(request)
    owner = _owner(request, instance)
    total = len(await instance.database.read(lambda c: actors.followers_of(c, owner)))
    return document(
        documents.collection(f"{owner}/followers", total, f"{owner}/followers?page=1")
        if "page" not in request.query_params
        else documents.page(f"{owner}/followers?page=1", f"{owner}/followers", [], None)
    )


async def following_of(request: Request) -> Response:
    """Whom an actor follows: nobody yet."""
    owner = _owner(request, instance_of(request))
    return document(
        documents.collection(f"{owner}/following", 0, f"{owner}/following?page=1")
        if "page" not in request.query_params
        else documents.page(f"{owner}/following?page=1", f"{owner}/following", [], None)
    )


async def webfinger(request: Request) -> Response:
    """Which of our actors a handle names (RFC 7033)."""
    instance = instance_of(request)
    resource = request.query_params.get("resource")
    if not resource:
        return Response(status_code=400)
    actor_id = discovery.actor_asked_for(resource, instance.url)
    found = None
    if actor_id is not None:
        found = await instance.database.read(lambda c: describing.actor(c, instance, actor_id))
    if actor_id is None or found is None:
        return Response(status_code=404)
    body = orjson.dumps(discovery.webfinger(json.loads(found)["preferredUsername"], actor_id))
    return Response(body, media_type="application/jrd+json", headers={"access-control-allow-origin": "*"})


async def host_meta(request: Request) -> Response:
    """Where WebFinger is (RFC 6415)."""
    return Response(discovery.host_meta(instance_of(request).url), media_type="application/xrd+xml")


async def nodeinfo_links(request: Request) -> Response:
    """Where the NodeInfo documents are."""
    return Response(orjson.dumps(discovery.nodeinfo_links(instance_of(request).url)), media_type="application/json")


async def nodeinfo(request: Request) -> Response:
    """What this server is."""
    instance = instance_of(request)

    def load(connection: Connection) -> tuple[int, str]:
        body = accounts.body(connection)
        return accounts.count(connection), body.name if body is not None else ""

    members, name = await instance.database.read(load)
    body = discovery.nodeinfo(request.path_params["version"], version("roundabout"), members, name)
    return Response(orjson.dumps(body), media_type="application/json")


async def checkpoint(request: Request) -> Response:
    """The newest checkpoint of our ledger (C2SP tlog-checkpoint)."""
    instance = instance_of(request)
    tip = await instance.database.read(ledger.tip)
    return Response(status_code=404) if tip is None else Response(tip.checkpoint, media_type="text/plain")


def _owner(request: Request, instance: Instance) -> str:
    return f"{instance.url}{request.url.path.rpartition('/')[0]}"


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else default


ROUTES: list[BaseRoute] = [
    Route("/instance", actor),
    Route("/activities/{name}", activity),
    Route("/notices/{name}", notice),
    Route("/dossiers/{name}", dossier),
    *(
        Route(f"{owner}/{name}", endpoint)
        for owner in ("/assembly", "/instance", "/people/{person}")
        for name, endpoint in (("outbox", outbox_of), ("followers", followers_of), ("following", following_of))
    ),
    Route("/.well-known/webfinger", webfinger),
    Route("/.well-known/host-meta", host_meta),
    Route("/.well-known/nodeinfo", nodeinfo_links),
    Route("/nodeinfo/{version}", nodeinfo),
    Route("/ledger/checkpoint", checkpoint),
]
