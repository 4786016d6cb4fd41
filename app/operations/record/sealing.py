"""Sealing: an act of ours is signed, becomes a leaf of our ledger and is kept, in one transaction."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from app.federation import integrity_proofs, keys
from app.kernel.canonical import MAX_ACT_BYTES, Document, canonical, digest
from app.kernel.instant import Instant, format_instant
from app.kernel.refusal import Refusal
from app.ledger import checkpoint, merkle, tiles
from app.store import actors, acts, ledger
from app.store.acts import NewAct, Reference, Standing, StoredAct
from app.store.database import Connection
from app.wiring import Instance

_CLOCK_MAY_LAG: Final = timedelta(minutes=1)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Heading:
    """What every act of ours begins with: a fresh id, its author, its time."""

    id: str
    author: str
    published: Instant


class UnfitError(Exception):
    """What was to be sealed is no act that others take: nothing is sealed, and the transaction ends (`act.size`)."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.because)
        self.refusal = refusal


def heading(connection: Connection, instance: Instance, author: str | None = None) -> Heading:
    """The heading of the next act: its time never lies before that of our last one (fine-print 34)."""
    tip = ledger.tip(connection)
    now = instance.now()
    if tip is not None:
        latest = datetime.fromtimestamp(tip.published_at, UTC)
        if latest - now > _CLOCK_MAY_LAG:
            _log.error("the clock is behind the ledger", clock=format_instant(now), ledger=format_instant(latest))
        now = max(now, latest)
    return Heading(f"{instance.url}/acts/{instance.new_ulid()}", author or instance.assembly, now)


def seal(connection: Connection, instance: Instance, document: Document, published: Instant) -> StoredAct:
    """Sign `document` with its author's seal key, append its leaf, keep it; the act as kept.

    UnfitError if it is too long for an act: every peer would refuse it (protocol.md §2).
    """
    signed = integrity_proofs.seal(document, seal_signer(connection, instance, document["attributedTo"]), published)
    raw = canonical(signed)
    if len(raw) > MAX_ACT_BYTES:
        raise UnfitError(Refusal("act.size", f"{len(raw)} bytes; an act has at most {MAX_ACT_BYTES}"))
    tip = ledger.tip(connection)
    number = tip.size if tip is not None else 0
    act = NewAct(
        id=document["id"],
        digest=digest(signed),
        type=document["type"],
        author=document["attributedTo"],
        published_at=int(published.timestamp()),
        raw=raw,
        own=True,
        standing=Standing.AUTHENTIC,
        because=None,
        received_at=int(instance.now().timestamp()),
        leaf=number,
        references=references(signed),
    )
    seq = acts.save(connection, act)
    kept = acts.by_seq(connection, seq) if seq is not None else None
    if seq is None or kept is None:
        raise ValueError(f"an act has the id of another: {act.id}")
    append_leaf(connection, instance, raw, seq, act.published_at)
    return kept


def append_leaf(connection: Connection, instance: Instance, body: bytes, act: int | None, published_at: int) -> int:
    """Append a leaf and sign the new checkpoint; the leaf's index (protocol.md §5)."""
    tip = ledger.tip(connection)
    log = merkle.Frontier(tip.size, tip.hashes) if tip is not None else merkle.Frontier()
    number = log.size
    leaf = merkle.leaf_hash(body)
    grown = log.append(leaf)
    signer = seal_signer(connection, instance, instance.assembly)
    note = checkpoint.sign(instance.assembly, grown.size, grown.root(), signer.sign, signer.public().raw)
    ledger.append(connection, number, leaf, body, act)
    _close_tiles(connection, grown.size)
    latest = max(published_at, tip.published_at if tip is not None else 0)
    ledger.put_tip(connection, ledger.Tip(grown.size, grown.hashes, note, latest))
    return number


def seal_signer(connection: Connection, instance: Instance, owner: str) -> keys.SealSigner:
    """The Ed25519 key of one of our actors, unlocked once. KeyError if the actor has none."""
    key_id = f"{owner}#ed25519-key"
    if key_id not in instance.keyring.seals:
        instance.keyring.seals[key_id] = keys.seal_signer(key_id, _unlocked(connection, instance, owner, key_id))
    return instance.keyring.seals[key_id]


def http_signer(connection: Connection, instance: Instance, owner: str) -> keys.RsaSigner:
    """The RSA key with which one of our actors signs requests, parsed once. KeyError if the actor has none."""
    key_id = f"{owner}#main-key"
    if key_id not in instance.keyring.http:
        instance.keyring.http[key_id] = keys.rsa_signer(key_id, _unlocked(connection, instance, owner, key_id))
    return instance.keyring.http[key_id]


def give_keys(connection: Connection, instance: Instance, owner: str) -> None:
    """Make both keys of one of our actors, unless it has them."""
    if actors.keys_of(connection, owner):
        return
    now = int(instance.now().timestamp())
    pem, seed = keys.generate_rsa(), keys.generate_seal()
    http_key, seal_key = f"{owner}#main-key", f"{owner}#ed25519-key"
    made = {
        "http": (http_key, keys.rsa_signer(http_key, pem).public_pem(), pem),
        "seal": (seal_key, keys.seal_signer(seal_key, seed).multikey(), seed),
    }
    for purpose, (key_id, public, private) in made.items():
        locked = keys.lock(instance.secret, private)
        actors.add_key(connection, actors.StoredKey(key_id, owner, purpose, public, locked), now)


def references(document: Document) -> tuple[Reference, ...]:
    """Every act that a document names, under the key of the document in which it does."""
    return tuple(
        Reference(key, found["id"], found["gov:digest"])
        for key, value in document.items()
        if key not in {"@context", "proof"}
        for found in _named_in(value)
    )


def load(act: StoredAct) -> Document:
    """The document of an act as kept."""
    document: Document = json.loads(act.raw)
    return document


def _close_tiles(connection: Connection, size: int) -> None:
    """Keep the root of each tile that the last leaf filled, so that no tile is ever made from more than 256 hashes."""
    level = 0
    while size and size % tiles.WIDTH == 0:
        size //= tiles.WIDTH
        full = ledger.hashes(connection, level, (size - 1) * tiles.WIDTH, tiles.WIDTH)
        level += 1
        ledger.put_subtree(connection, level, size - 1, merkle.root(full))


def _named_in(value: object) -> Iterator[dict[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _named_in(item)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str) and isinstance(value.get("gov:digest"), str):
            yield {"id": value["id"], "gov:digest": value["gov:digest"]}
        else:
            for item in value.values():
                yield from _named_in(item)


def _unlocked(connection: Connection, instance: Instance, owner: str, key_id: str) -> bytes:
    stored = next((key for key in actors.keys_of(connection, owner) if key.key_id == key_id), None)
    if stored is None:
        raise KeyError(f"{owner} has no key {key_id}")
    private = keys.unlock(instance.secret, stored.locked)
    if isinstance(private, Refusal):
        raise KeyError(f"{key_id} cannot be unlocked with this instance's secret: {private.because}")
    return private
