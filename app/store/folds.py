"""Tables that follow from the record, read and put right in bulk: the statements of `rebuild`."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, insert, select, update

from app.store.acts import Reference, Standing, StoredAct
from app.store.tables_record import acts, leaves, references, subtrees, wanted

Subtree = tuple[int, int, bytes]
"""Level, number and root of a full tile."""

_FOLDED = ("id", "digest", "type", "author", "published_at", "own", "standing", "because", "leaf")
_PUT_RIGHT = update(acts).where(acts.c.seq == bindparam("number")).values({name: bindparam(name) for name in _FOLDED})


def sealed(connection: Connection) -> dict[int, int]:
    """The number of the leaf of every act of ours, by the number of the act."""
    rows = connection.execute(select(leaves.c.act, leaves.c.number).where(leaves.c.act.is_not(None)))
    return {row.act: row.number for row in rows}


def references_between(connection: Connection, first: int, last: int) -> dict[int, set[Reference]]:
    """What the acts with the numbers `first` to `last` are noted to name."""
    found: dict[int, set[Reference]] = {}
    where = references.c.seq.between(first, last)
    columns = (references.c.seq, references.c.relation, references.c.target_id, references.c.target_digest)
    for seq, relation, target, digest in connection.execute(select(*columns).where(where)):
        found.setdefault(seq, set()).add(Reference(relation, target, digest))
    return found


def put_rows(connection: Connection, rows: Sequence[StoredAct]) -> None:
    """Write the columns of these acts that follow from their bytes; the bytes stay."""
    if rows:
        connection.execute(
            _PUT_RIGHT, [{"number": row.seq, **{name: getattr(row, name) for name in _FOLDED}} for row in rows]
        )


def put_references(connection: Connection, named: Mapping[int, Iterable[Reference]]) -> None:
    """Note of each of these acts that it names exactly these."""
    if not named:
        return
    connection.execute(
        delete(references).where(references.c.seq == bindparam("number")), [{"number": n} for n in named]
    )
    rows = [
        {"seq": seq, "relation": item.relation, "target_id": item.id, "target_digest": item.digest}
        for seq, items in named.items()
        for item in items
    ]
    if rows:
        connection.execute(insert(references), rows)


def all_subtrees(connection: Connection) -> set[Subtree]:
    """The roots of full tiles as kept."""
    rows = connection.execute(select(subtrees))
    return {(row.level, row.number, bytes(row.hash)) for row in rows}


def put_subtrees(connection: Connection, kept: Iterable[Subtree]) -> None:
    """Keep exactly these roots."""
    connection.execute(delete(subtrees))
    rows = [{"level": level, "number": number, "hash": root} for level, number, root in kept]
    if rows:
        connection.execute(insert(subtrees), rows)


def mend_wanted(connection: Connection, relations: Collection[str], now: int) -> Iterator[str]:
    """Ask for every act that one of others names under these keys and that is not here, and for none that is."""
    other = acts.alias("other")

    def here(act_id: ColumnElement[str], digest: ColumnElement[str]) -> ColumnElement[bool]:
        return exists().where(other.c.id == act_id, other.c.digest == digest, other.c.standing == Standing.AUTHENTIC)

    come = select(wanted.c.id).where(here(wanted.c.id, wanted.c.digest))
    for act_id in connection.scalars(come).all():
        connection.execute(delete(wanted).where(wanted.c.id == act_id))
        yield f"{act_id} is here"
    noted = exists().where(wanted.c.id == references.c.target_id)
    missing = (
        select(references.c.target_id, references.c.target_digest)
        .join(acts, acts.c.seq == references.c.seq)
        .where(~acts.c.own, acts.c.standing == Standing.AUTHENTIC, references.c.relation.in_(list(relations)))
        .where(~here(references.c.target_id, references.c.target_digest), ~noted)
        .distinct()
    )
    for act_id, digest in {row.target_id: row.target_digest for row in connection.execute(missing)}.items():
        connection.execute(insert(wanted).values(id=act_id, digest=digest, tries=0, due_at=now))
        yield f"{act_id} is asked for again"
