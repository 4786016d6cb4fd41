"""Checking: the ledger and the record recomputed from what is kept, and what differs, in sentences (`fsck`)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.federation import integrity_proofs, keys
from app.federation.keys import Ed25519PublicKey
from app.kernel.canonical import canonical, digest
from app.kernel.refusal import Refusal
from app.ledger import checkpoint, merkle, tiles
from app.operations.sealing import load, references, seal_signer
from app.store import actors, acts, ledger, soundness
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
    faults = list(_ledger(connection, instance))
    hashes = ledger.all_hashes(connection)
    looked = unknown = latest = 0
    for act in acts.every(connection, _BATCH):
        looked += 1
        proven = _proven(connection, instance, act)
        unknown += proven is None
        if proven is False:
            faults.append(f"{act.id}: its proof does not hold")
        faults += [f"{act.id}: {fault}" for fault in _act(connection, act, hashes)]
        if act.own:
            if act.published_at < latest:
                faults.append(f"{act.id}: its time lies before that of an earlier act of ours")
            latest = max(latest, act.published_at)
    faults += soundness.broken_rows(connection)
    tip = ledger.tip(connection)
    return Findings(tip.size if tip is not None else 0, looked, unknown, tuple(faults))


def _ledger(connection: Connection, instance: Instance) -> Iterator[str]:
    """The log from its leaves: each hash, the full tiles, the frontier, the root and the signature over it."""
    tip = ledger.tip(connection)
    log, full = merkle.Frontier(), 0
    while leaves := ledger.leaves_from(connection, log.size, _BATCH):
        for leaf in leaves:
            if leaf.number != log.size:
                yield f"leaf {log.size} is missing"
                return
            if leaf.body and merkle.leaf_hash(leaf.body) != leaf.hash:
                yield f"leaf {leaf.number}: its hash is not that of its bytes"
            log = log.append(leaf.hash)
        yield from _tiles(connection, log.size // tiles.WIDTH - full, full)
        full = log.size // tiles.WIDTH
    if tip is None:
        if log.size:
            yield f"{log.size} leaves and no checkpoint"
        return
    if (tip.size, tip.hashes) != (log.size, log.hashes):
        yield f"the ledger's end says {tip.size} leaves; recomputed from {log.size} leaves it is another"
    public = seal_signer(connection, instance, instance.assembly).public().raw
    said = checkpoint.verify(tip.checkpoint, instance.assembly, public)
    if isinstance(said, Refusal):
        yield f"the checkpoint: {said.because}"
    elif (said.size, said.root) != (log.size, log.root()):
        yield f"the checkpoint says {said.size} leaves and another root than these {log.size} have"


def _tiles(connection: Connection, count: int, start: int) -> Iterator[str]:
    kept = ledger.hashes(connection, 1, start, count)
    for number in range(start, start + count):
        leaves = ledger.hashes(connection, 0, number * tiles.WIDTH, tiles.WIDTH)
        if number - start >= len(kept) or kept[number - start] != merkle.root(leaves):
            yield f"tile {number}: its root is not kept, or not that of its leaves"


def _act(connection: Connection, act: StoredAct, hashes: frozenset[bytes]) -> Iterator[str]:
    """What of one act does not follow from its bytes."""
    if act.erased_at is not None:
        return  # its words are gone, as its assembly decided; the hash of its leaf is what is left to check
    document = load(act)
    if canonical(document) != act.raw:
        yield "its bytes are not canonical"
    if digest(document) != act.digest:
        yield "its digest is another"
    if (document.get("id"), document.get("type"), document.get("attributedTo")) != (act.id, act.type, act.author):
        yield "its row names another id, type or author than its bytes"
    if set(acts.referenced_by(connection, [act.seq])) != set(references(document)):
        yield "what it names is not what is noted of it"
    if act.own and act.leaf is None:
        yield "it is ours and has no leaf"
    if act.own and act.leaf is not None and ledger.bodies(connection, act.leaf, 1) != (act.raw,):
        yield f"leaf {act.leaf} is not this act"
    if not act.own and act.standing is Standing.AUTHENTIC and _received(act) not in hashes:
        yield "it was received, and no leaf says so"


def _received(act: StoredAct) -> bytes:
    return merkle.leaf_hash(canonical({"kind": "received", "id": act.id, "digest": act.digest}))


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
