"""The row of an act, as its bytes and the ledger make it."""

from dataclasses import dataclass
from datetime import datetime

import orjson

from app.kernel.canonical import Document, canonical, digest
from app.kernel.instant import parse_instant
from app.ledger import merkle
from app.operations.record.folds.log import Log
from app.operations.record.sealing import references
from app.store.acts import Reference, Standing, StoredAct
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be noted of an act: `act` is the row that it must have, `kept` the one that it has."""

    kept: StoredAct
    act: StoredAct
    document: Document
    names: frozenset[Reference]


def row_of(instance: Instance, act: StoredAct, log: Log) -> Row | str:
    """The row that `act` must have; a sentence where its bytes are not those that the ledger has.

    What of others counts has a leaf that says so; what has none is evidence. The reason why it is only that, when
    it came, and when its words were erased are in no act: they stay as kept.
    """
    document = _document(act.raw)
    if document is None:
        return "its bytes are no act"
    own = document["id"].startswith(f"{instance.url}/")
    found = act.digest if act.erased_at is not None else digest(document)
    leaf = act.leaf
    if own:
        leaf = log.sealed.get(act.seq) if act.erased_at is not None else log.numbers.get(merkle.leaf_hash(act.raw))
        if leaf is None:
            return "it is ours and has no leaf"
    counts = own or _is_received(document["id"], found, log)
    if not counts and found != act.digest and _is_received(document["id"], act.digest, log):
        return "its bytes are not those that were received"
    because = None if counts else act.because or "standing.lost: no leaf of ours says that it counted here"
    row = StoredAct(
        act.seq,
        document["id"],
        found,
        document["type"],
        document["attributedTo"],
        seconds_of(document.get("published")),
        act.raw,
        own,
        Standing.AUTHENTIC if counts else Standing.EVIDENCE,
        because,
        act.received_at,
        leaf,
        act.erased_at,
    )
    # Of two that are named under one key by one id, the last is noted, as when the act came.
    named = {(item.relation, item.id): item for item in references(document)}
    return Row(act, row, document, frozenset(named.values()))


def seconds_of(published: object) -> int:
    """The time that an act says it was sealed at, in seconds since 1970; 0 if it says none."""
    found = parse_instant(published)
    return int(found.timestamp()) if isinstance(found, datetime) else 0


def received_leaf(act_id: str, act_digest: str) -> bytes:
    """The leaf by which our ledger says that an act of another came, and counts here (protocol.md §5)."""
    return canonical({"kind": "received", "id": act_id, "digest": act_digest})


def _is_received(act_id: str, act_digest: str, log: Log) -> bool:
    return merkle.leaf_hash(received_leaf(act_id, act_digest)) in log.numbers


def _document(raw: bytes) -> Document | None:
    try:
        document = orjson.loads(raw)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    named = (document.get("id"), document.get("type"), document.get("attributedTo"))
    return document if all(isinstance(one, str) for one in named) else None
