"""The record: one act as signed, the acts by range."""

import json
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.http import errors
from app.http.activitypub.answers import address_of, document, instance_of, number_in
from app.http.activitypub.visitors import for_signed, for_visitor, for_who_asked, visitor_of
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.exchange.visiting import STRANGER, Door, Visitor
from app.operations.record.erasing import stone_of
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection

_MOST: Final = 500


async def one_act(request: Request) -> Response:
    """An act as it was signed, of ours or received, for whom it is meant (protocol.md §6)."""
    instance, act_id = instance_of(request), address_of(request)

    def look(connection: Connection, visitor: Visitor) -> bytes | Document | None:
        found = acts.by_id(connection, act_id) if act_id is not None else None
        if found is None or not Door(connection, instance).opens(visitor, found):
            return None
        return found.raw if found.erased_at is None else stone_of(connection, found)

    return await for_visitor(request, look)


async def many_acts(request: Request) -> Response:
    """The record by range, so that a peer that was away catches up; what is not for it by its fingerprint."""
    instance = instance_of(request)
    after, limit = number_in(request, "after", -1), min(max(number_in(request, "limit", 100), 1), _MOST)
    received = request.query_params.get("received") == "1"
    visitor = await visitor_of(request)
    if isinstance(visitor, Refusal):
        return Response(status_code=errors.status_of(visitor))

    def load(connection: Connection) -> list[Document]:
        door = Door(connection, instance)
        kept = (acts.received_after if received else acts.after_leaf)(connection, after, limit)
        return [
            {"leaf": act.seq if received else act.leaf}
            | ({"act": json.loads(act.raw)} if _is_whole(door, visitor, act) else {"gov:commitment": act.digest})
            for act in kept
        ]

    items = await instance.database.read(load)
    answer = document({"gov:items": items, "gov:next": items[-1]["leaf"] if len(items) == limit else None})
    return answer if visitor == STRANGER else for_who_asked(answer)


def _is_whole(door: Door, visitor: Visitor, act: StoredAct) -> bool:
    return act.erased_at is None and door.opens(visitor, act)


ROUTES: list[BaseRoute] = [Route("/acts", for_signed(many_acts))]
