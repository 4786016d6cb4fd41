"""The record: one act as signed, the acts by range."""

import json
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.http.activitypub.answers import address_of, document, from_shelf, instance_of, number_in, rendered_document
from app.http.activitypub.shelf import Rendered
from app.store import acts
from app.store.database import Connection

_MOST: Final = 500


async def one_act(request: Request) -> Response:
    """An act as it was signed: of ours, or one that was received (protocol.md §6)."""
    instance, act_id = instance_of(request), address_of(request)
    if act_id is None:
        return document(None)

    async def make() -> Rendered | None:
        found = await instance.database.read(lambda c: acts.by_id(c, act_id))
        return rendered_document(found.raw if found is not None else None)

    return await from_shelf(request, make)


async def many_acts(request: Request) -> Response:
    """The record by range, so that a peer that was away catches up (protocol.md §6)."""
    instance = instance_of(request)
    after, limit = number_in(request, "after", -1), min(max(number_in(request, "limit", 100), 1), _MOST)
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


ROUTES: list[BaseRoute] = [Route("/acts", many_acts)]
