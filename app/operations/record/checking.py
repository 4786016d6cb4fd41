"""Checking: the ledger and the record recomputed from what is kept, and what differs, in sentences (`fsck`)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.federation import integrity_proofs, keys
from app.federation.keys import Ed25519PublicKey
from app.kernel.canonical import canonical
from app.kernel.refusal import Refusal
from app.ledger import checkpoint
from app.operations.meetings import minuting
from app.operations.record.folds import log
from app.operations.record.folds.log import Log
from app.operations.record.folds.rows import row_of
from app.operations.record.sealing import load, seal_signer
from app.store import actors, acts, folds, ledger, soundness
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.wiring import Instance

_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Findings:
    """What was looked at and what is wrong; `unknown` acts have an author whose key is not known here."""

    leaves: int
    acts: int
    unknown: int
    faults: tuple[str, ...]


def check(connection: Connection, instance: Instance) -> Findings:
    """Look at everything that can be recomputed; nothing is changed."""
    grown = log.grown(connection)
    faults = [*grown.faults, *_ledger(connection, instance, grown)]
    looked = unknown = latest = 0
    for act in acts.every(connection, _BATCH):
        looked += 1
        proven = _proven(connection, instance, act)
        unknown += proven is None
        if proven is False:
            faults.append(f"{act.id}: its proof does not hold")
        faults += [f"{act.id}: {fault}" for fault in _act(connection, instance, act, grown)]
        if act.own:
            if act.published_at < latest:
                faults.append(f"{act.id}: its time lies before that of an earlier act of ours")
            latest = max(latest, act.published_at)
    faults += soundness.broken_rows(connection)
    for meeting in minuting.changed(connection, instance):
        faults.append(f"meeting {meeting}: its minutes are not those that were adopted")
    tip = ledger.tip(connection)
    return Findings(tip.size if tip is not None else 0, looked, unknown, tuple(faults))


def _ledger(connection: Connection, instance: Instance, grown: Log) -> Iterator[str]:
    """Whether what is kept of the log is what its leaves make: full tiles, end, root and the signature over it."""
    tip, size = ledger.tip(connection), grown.frontier.size
    for level, number, _ in sorted(grown.subtrees ^ folds.all_subtrees(connection)):
        yield f"tile {number} under level {level}: its root is not kept, or not that of its leaves"
    if tip is None:
        if size:
            yield f"{size} leaves and no checkpoint"
        return
    if (tip.size, tip.hashes) != (size, grown.frontier.hashes):
        yield f"the ledger's end says {tip.size} leaves; recomputed from {size} leaves it is another"
    public = seal_signer(connection, instance, instance.assembly).public().raw
    said = checkpoint.verify(tip.checkpoint, instance.assembly, public)
    if isinstance(said, Refusal):
        yield f"the checkpoint: {said.because}"
    elif (said.size, said.root) != (size, grown.frontier.root()):
        yield f"the checkpoint says {said.size} leaves and another root than these {size} have"


def _act(connection: Connection, instance: Instance, act: StoredAct, grown: Log) -> Iterator[str]:
    """What of one act does not follow from its bytes and the ledger."""
    row = row_of(instance, act, grown)
    if isinstance(row, str):
        yield row
        return
    right = row.act
    if act.erased_at is None and canonical(row.document) != act.raw:
        yield "its bytes are not canonical"
    if right.digest != act.digest:
        yield "its digest is another"
    if (right.id, right.type, right.author) != (act.id, act.type, act.author):
        yield "its row names another id, type or author than its bytes"
    if right.published_at != act.published_at:
        yield "its row has another time than its bytes"
    if (right.own, right.standing) != (act.own, act.standing):
        yield f"its row says {act.standing}, and by the ledger it is {right.standing}"
    if right.leaf != act.leaf:
        yield f"leaf {act.leaf} is not this act"
    if row.names != set(acts.referenced_by(connection, [act.seq])):
        yield "what it names is not what is noted of it"


def _proven(connection: Connection, instance: Instance, act: StoredAct) -> bool | None:
    """Whether the proof of an act that counts holds; None if the key is not known here. Evidence needs none."""
    if act.standing is not Standing.AUTHENTIC or act.erased_at is not None:
        return True
    document = load(act)
    proof = integrity_proofs.check_form(document)
    if isinstance(proof, Refusal):
        return False
    key = _key(connection, instance, act, proof.method)
    return None if key is None else integrity_proofs.verify_proof(document, key) is None


def _key(connection: Connection, instance: Instance, act: StoredAct, method: str) -> Ed25519PublicKey | None:
    if act.own and actors.keys_of(connection, act.author):
        return seal_signer(connection, instance, act.author).public()
    known = actors.get(connection, act.author)
    key = keys.actor_key(json.loads(known.raw), method) if known is not None else None
    return key if isinstance(key, Ed25519PublicKey) else None
