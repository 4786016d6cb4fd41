"""Rebuilding: every table that follows from the record is made again from the acts and the leaves (`rebuild`)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from app.kernel.refusal import Refusal
from app.operations.exchange import pulling
from app.operations.exchange.visiting import Door
from app.operations.record import recording
from app.operations.record.folds import log, matters, posts
from app.operations.record.folds.log import Log
from app.operations.record.folds.rows import Row, row_of
from app.store import accounts, acts, folds, ledger, pulls
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

_BATCH: Final = 1024
_MOST_SAID: Final = 200

Progress = Callable[[int, int], None]
"""Is told how many acts of how many are done."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was read, and what differed: how many rows of each table, and the first 200 of them in sentences.

    `faults` are acts whose bytes are not those that the ledger has: no table can be made from them.
    """

    leaves: int
    acts: int
    differed: Mapping[str, int]
    said: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(slots=True)
class _Notes:
    """What differed, as it is found."""

    differed: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, table: str, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            self.differed[table] += 1
            if len(self.said) < _MOST_SAID:
                self.said.append(f"{table}: {sentence}")


def rebuild(connection: Connection, instance: Instance, tell: Progress = lambda _done, _all: None) -> Rebuilt | Refusal:
    """Make again what follows from the record, in the caller's transaction; acts' bytes and leaves are only read.

    Refuses by `ledger.broken` if a leaf is missing or is not what it was made from: a copy has to be restored first.
    """
    grown = log.grown(connection)
    if grown.faults:
        return Refusal("ledger.broken", f"restore a copy; the ledger itself is broken: {'; '.join(grown.faults[:10])}")
    notes, total = _Notes(), acts.size(connection)
    looked = latest = 0
    for batch in _batches(connection):
        rows = tuple(_rows(instance, batch, grown, notes))
        _mend_rows(connection, rows, notes)
        latest = max([latest, *(row.act.published_at for row in rows if row.act.own)])
        looked += len(batch)
        tell(batch[-1].seq, total)
    notes.note("ledger_subtrees", _mend_subtrees(connection, grown))
    notes.note("ledger_frontier", _mend_end(connection, instance, grown, latest))
    notes.note("instance", _mend_founding(connection, instance))
    notes.note("wanted_acts", folds.mend_wanted(connection, recording.PREMISES, int(instance.now().timestamp())))
    notes.note("notices", _mend_posts(connection, instance))
    notes.note("items", matters.mend(connection, instance))
    notes.note("pulls", _mend_pulls(connection, instance))
    return Rebuilt(grown.frontier.size, looked, dict(notes.differed), tuple(notes.said), tuple(notes.faults))


def _batches(connection: Connection) -> Iterator[list[StoredAct]]:
    every = acts.every(connection, _BATCH)
    while batch := list(islice(every, _BATCH)):
        yield batch


def _rows(instance: Instance, batch: Iterable[StoredAct], grown: Log, notes: _Notes) -> Iterator[Row]:
    for act in batch:
        row = row_of(instance, act, grown)
        if isinstance(row, Row):
            yield row
        else:
            notes.faults.append(f"{act.id}: {row}")


def _mend_rows(connection: Connection, rows: tuple[Row, ...], notes: _Notes) -> None:
    """Put right the columns of these acts, which come in the order of their numbers, and what they name."""
    if not rows:
        return
    changed = [row.act for row in rows if row.act != row.kept]
    folds.put_rows(connection, changed)
    notes.note("acts", (act.id for act in changed))
    noted = folds.references_between(connection, rows[0].act.seq, rows[-1].act.seq)
    named = {row.act.seq: row for row in rows if row.names != noted.get(row.act.seq, set())}
    folds.put_references(connection, {seq: row.names for seq, row in named.items()})
    notes.note("act_references", (f"what {row.act.id} names" for row in named.values()))


def _mend_subtrees(connection: Connection, grown: Log) -> Iterator[str]:
    kept = folds.all_subtrees(connection)
    if kept != grown.subtrees:
        folds.put_subtrees(connection, grown.subtrees)
    for level, number, _ in sorted(kept ^ grown.subtrees):
        yield f"the root of tile {number} of level {level}"


def _mend_end(connection: Connection, instance: Instance, grown: Log, latest: int) -> Iterator[str]:
    right = log.tip_of(connection, instance, grown, latest)
    if right is not None and right != ledger.tip(connection):
        ledger.put_tip(connection, right)
        yield f"the ledger's end, at {right.size} leaves"


def _mend_founding(connection: Connection, instance: Instance) -> Iterator[str]:
    body = accounts.body(connection)
    charters = acts.of_type(connection, "gov:Charter", author=instance.assembly)
    if body is not None and body.founded_at is None and charters:
        accounts.set_founded(connection, charters[0].published_at)
        yield "when the assembly was founded"


def _mend_posts(connection: Connection, instance: Instance) -> Iterator[str]:
    door, leaf = Door(connection, instance), -1
    while own := acts.after_leaf(connection, leaf, _BATCH):
        yield from posts.mend(connection, instance, door, own)
        leaf = own[-1].leaf or 0


def _mend_pulls(connection: Connection, instance: Instance) -> Iterator[str]:
    before = {pull.assembly for pull in pulls.known(connection)}
    pulling.enlist(connection, instance, int(instance.now().timestamp()))
    for assembly in sorted(before ^ {pull.assembly for pull in pulls.known(connection)}):
        yield f"whether we read the record of {assembly}"
