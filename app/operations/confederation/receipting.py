"""Receipts: the word of a forum, or of who stands in for it, that it has an act (governance.md §1, fine-print 14)."""

import json
from typing import Final

from app.governance.act import Ref
from app.kernel.canonical import canonical
from app.kernel.ids import Id
from app.operations.confederation import confederations, sessions
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record.sealing import append_leaf, heading, load
from app.store import acts, ledger
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_LAST_LEAVES: Final = 16


def receipt_of(connection: Connection, instance: Instance, act: StoredAct) -> StoredAct | None:
    """Our Receipt for exactly this act, if we gave one."""
    for found in acts.naming(connection, act.id, "gov:act"):
        about = json.loads(found.raw).get("gov:act")
        if found.type == "gov:Receipt" and found.author == instance.assembly and about["gov:digest"] == act.digest:
            return found
    return None


def seal(
    connection: Connection,
    instance: Instance,
    act: StoredAct,
    *,
    also: tuple[str, ...],
    roll: tuple[Id, ...] | None = None,
) -> StoredAct:
    """Our word that we have an act, and under which leaf; with the roll that it freezes for a proposal.

    It goes to the caucuses that the rule of a proposal asks, too.
    """
    number = _received_leaf(connection, instance, act)
    tip, head = ledger.tip(connection), heading(connection, instance)
    document = build.receipt(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        act=Ref(Id(act.id), act.digest),
        leaf=number,
        checkpoint=tip.checkpoint if tip is not None else None,
        roll=roll,
    )
    told = {*also, *sessions.told(connection, instance), *confederations.caucuses_of(load(act))}
    return seal_and_announce(connection, instance, document, also=told)


def _received_leaf(connection: Connection, instance: Instance, act: StoredAct) -> int:
    """The leaf that says that we have an act: its own, one of the last if it was just received, else a new one."""
    if act.own and act.leaf is not None:
        return act.leaf
    body = canonical({"kind": "received", "id": act.id, "digest": act.digest})
    tip = ledger.tip(connection)
    first = max(0, tip.size - _LAST_LEAVES) if tip is not None else 0
    for number, kept in enumerate(ledger.bodies(connection, first, _LAST_LEAVES), first):
        if kept == body:
            return number
    return append_leaf(connection, instance, body, None, 0)
