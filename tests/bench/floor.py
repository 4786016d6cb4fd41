"""The floors, as an application of its own: a bare signed inbox with a group-committed row, and bare bytes."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.federation import http_signatures, signatures
from app.federation.keys import parse_pem
from app.http.activitypub.visitors import signed_request
from app.kernel.refusal import Refusal
from app.store.database import Connection, open_database
from app.wiring import current_instant

_URL = os.environ["FLOOR_URL"]
_DATABASE = open_database(os.environ["FLOOR_DATABASE"])
_KEYS = {key_id: parse_pem(pem, key_id, "owner") for key_id, pem in json.loads(os.environ["FLOOR_KEYS"]).items()}
_BYTES = os.environ["FLOOR_BYTES"].encode()


async def _inbox(request: Request) -> Response:
    body = await request.body()
    found = http_signatures.parse(signed_request(request.scope, body), current_instant(), _URL)
    signature = found if isinstance(found, Refusal) else found[0]
    key = None if isinstance(signature, Refusal) else _KEYS.get(signature.key_id)
    if isinstance(signature, Refusal) or key is None or isinstance(key, Refusal):
        return Response(status_code=401)
    if signatures.verify(signature, key) is not None:
        return Response(status_code=401)

    def insert(connection: Connection) -> None:
        connection.execute(text("INSERT INTO floor (body) VALUES (:body)"), {"body": body})

    await _DATABASE.write(insert)
    return Response(status_code=202)


async def _same_bytes(_: Request) -> Response:
    return Response(_BYTES, media_type="application/activity+json")


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    kind = "BLOB" if _DATABASE.dialect == "sqlite" else "BYTEA"
    await _DATABASE.write(lambda c: c.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS floor (body {kind})"))
    yield
    await _DATABASE.close()


def application() -> Starlette:
    """The floor's application; uvicorn calls this."""
    return Starlette(
        routes=[Route("/inbox", _inbox, methods=["POST"]), Route("/actor", _same_bytes)], lifespan=_lifespan
    )
