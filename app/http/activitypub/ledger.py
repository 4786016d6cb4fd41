"""Our ledger for whoever wants to check it: the checkpoint and the tiles (C2SP tlog-checkpoint, tlog-tiles)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.http.activitypub.answers import instance_of
from app.kernel.refusal import Refusal
from app.ledger import tiles
from app.ledger.tiles import Tile
from app.store import ledger
from app.store.database import Connection

_FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
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
    """One tile, which never changes; 404 for one that the ledger has not, or not yet to that width."""
    wanted = tiles.parse_address(request.path_params["tile"])
    if isinstance(wanted, Refusal):
        return Response(status_code=404)
    body = await instance_of(request).database.read(lambda connection: _tile(connection, wanted))
    if body is None:
        return Response(status_code=404)
    return Response(body, media_type="application/octet-stream", headers=_FOR_EVER)


def _tile(connection: Connection, wanted: Tile) -> bytes | None:
    tip = ledger.tip(connection)
    if tip is None or not tiles.is_in(wanted, tip.size):
        return None
    start = wanted.index * tiles.WIDTH
    if wanted.level is None:
        return tiles.entries(ledger.bodies(connection, start, wanted.width))
    return b"".join(ledger.hashes(connection, wanted.level, start, wanted.width))


ROUTES: list[BaseRoute] = [
    Route("/ledger/checkpoint", checkpoint),
    Route("/ledger/tile/{tile:path}", tile),
]
