"""The ledger grown again from its leaves: its end, its full tiles, and where each leaf is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.kernel.refusal import Refusal
from app.ledger import checkpoint, merkle
from app.ledger.growth import Growth
from app.ledger.merkle import Frontier
from app.operations.record.sealing import seal_signer
from app.store import folds, ledger
from app.store.database import Connection
from app.store.folds import Subtree
from app.store.ledger import Tip
from app.wiring import Instance

_BATCH: Final = 1024


@dataclass(frozen=True, slots=True)
class Log:
    """A ledger as its leaves make it: `numbers` has the leaf of each hash, `sealed` that of each act of ours.

    `faults` says which leaves are missing, or are not what they were made from; nothing behind a gap is read.
    """

    frontier: Frontier
    subtrees: frozenset[Subtree]
    numbers: Mapping[bytes, int]
    sealed: Mapping[int, int]
    faults: tuple[str, ...]


def grown(connection: Connection) -> Log:
    """The ledger as its leaves make it."""
    growth, numbers = Growth(), dict[bytes, int]()
    subtrees: set[Subtree] = set()
    faults: list[str] = []
    while leaves := ledger.leaves_from(connection, growth.frontier.size, _BATCH):
        for leaf in leaves:
            if leaf.number != growth.frontier.size:
                faults.append(f"leaf {growth.frontier.size} is missing")
                return Log(growth.frontier, frozenset(subtrees), numbers, folds.sealed(connection), tuple(faults))
            if leaf.body and merkle.leaf_hash(leaf.body) != leaf.hash:
                faults.append(f"leaf {leaf.number}: its hash is not that of its bytes")
            numbers.setdefault(leaf.hash, leaf.number)
            subtrees.update((one.level, one.number, one.hash) for one in growth.append(leaf.hash))
    return Log(growth.frontier, frozenset(subtrees), numbers, folds.sealed(connection), tuple(faults))


def tip_of(connection: Connection, instance: Instance, log: Log, published_at: int) -> Tip | None:
    """The end that this log must have, `published_at` the time of our newest act; None if it has no leaf.

    A checkpoint that holds stays: there may be several true signatures over one root, and others have seen it.
    """
    if not log.frontier.size:
        return None
    signer = seal_signer(connection, instance, instance.assembly)
    kept = ledger.tip(connection)
    size, root = log.frontier.size, log.frontier.root()
    said = checkpoint.verify(kept.checkpoint, instance.assembly, signer.public().raw) if kept is not None else None
    if kept is None or said is None or isinstance(said, Refusal) or (said.size, said.root) != (size, root):
        note = checkpoint.sign(instance.assembly, size, root, signer.sign, signer.public().raw)
    else:
        note = kept.checkpoint
    return Tip(size, log.frontier.hashes, note, published_at)
