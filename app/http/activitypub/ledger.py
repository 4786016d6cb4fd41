"""Our ledger for whoever wants to check it: the checkpoint and the tiles (C2SP tlog-checkpoint, tlog-tiles)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.http import errors
from app.http.activitypub.answers import instance_of
from app.http.activitypub.visitors import visitor_of
from app.kernel.refusal import Refusal
from app.ledger import tiles
from app.ledger.tiles import Tile
from app.operations.exchange.visiting import STRANGER, Door, Visitor
from app.store import acts, ledger
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

_FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
_FOR_THIS_ONE: Final = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
_JUST_NOW: Final = {"cache-control": "no-cache", "x-content-type-options": "nosniff"}


async def checkpoint(request: Request) -> Response:
    """The newest checkpoint of our ledger; 404 before its first leaf."""
    tip = await instance_of(request).database.read(ledger.tip)
    return (
        Response(status_code=404)
        if tip is None
        else Response(tip.checkpoint, media_type="text/plain", headers=_JUST_NOW)
    )


async def tile(request: Request) -> Response:
    """One tile; 404 for one that the ledger has not, or not yet to that width. Hashes in it never change.

    A tile of entries holds acts whole: it is for those who may see each of them.
    """
    instance = instance_of(request)
    wanted, visitor = tiles.parse_address(request.path_params["tile"]), await visitor_of(request)
    if isinstance(wanted, Refusal):
        return Response(status_code=404)
    if isinstance(visitor, Refusal):
        return Response(status_code=errors.status_of(visitor))

    def look(connection: Connection) -> bytes | None:
        return _tile(connection, wanted) if _is_for(connection, instance, wanted, visitor) else None

    body = await instance.database.read(look)
    if body is None:
        return Response(status_code=404)
    # Words may be taken out of an entry (hostile B08), and then no cache may go on showing them.
    for_all = _JUST_NOW if wanted.level is None else _FOR_EVER
    kept = for_all if visitor == STRANGER else _FOR_THIS_ONE
    return Response(body, media_type="application/octet-stream", headers=kept)


def _tile(connection: Connection, wanted: Tile) -> bytes | None:
    tip = ledger.tip(connection)
    if tip is None or not tiles.is_in(wanted, tip.size):
        return None
    start = wanted.index * tiles.WIDTH
    if wanted.level is None:
        return tiles.entries(ledger.bodies(connection, start, wanted.width))
    return b"".join(ledger.hashes(connection, wanted.level, start, wanted.width))


def _is_for(connection: Connection, instance: Instance, wanted: Tile, visitor: Visitor) -> bool:
    if wanted.level is not None:
        return True
    door, start = Door(connection, instance), wanted.index * tiles.WIDTH
    within = (act for act in acts.after_leaf(connection, start - 1, wanted.width) if _leaf(act) < start + wanted.width)
    return all(door.opens(visitor, act) for act in within)


def _leaf(act: StoredAct) -> int:
    return act.leaf if act.leaf is not None else -1


ROUTES: list[BaseRoute] = [
    Route("/ledger/checkpoint", checkpoint),
    Route("/ledger/tile/{tile:path}", tile),
]
