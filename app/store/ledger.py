"""The leaves of our own log and its newest checkpoint."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from app.store.tables_record import frontier, leaves, subtrees

_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the log ends: `hashes` is the compact range, `published_at` the time of our newest act."""

    size: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    published_at: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf as kept."""

    number: int
    hash: bytes
    body: bytes


def tip(connection: Connection) -> Tip | None:
    """The end of the log; None before its first leaf."""
    row = connection.execute(select(frontier).where(frontier.c.one == 1)).first()
    if row is None:
        return None
    joined = bytes(row.hashes)
    hashes = tuple(joined[start : start + _HASH_BYTES] for start in range(0, len(joined), _HASH_BYTES))
    return Tip(row.size, hashes, row.checkpoint, row.published_at)


def append(connection: Connection, number: int, leaf_hash: bytes, body: bytes, act: int | None) -> None:
    """Add leaf `number`. The primary key refuses a second leaf of one number."""
    connection.execute(insert(leaves).values(number=number, hash=leaf_hash, body=body, act=act))


def put_tip(connection: Connection, new: Tip) -> None:
    """Move the end of the log to `new`."""
    values = {
        "size": new.size,
        "hashes": b"".join(new.hashes),
        "checkpoint": new.checkpoint,
        "published_at": new.published_at,
    }
    if connection.execute(update(frontier).where(frontier.c.one == 1).values(**values)).rowcount == 0:
        connection.execute(insert(frontier).values(one=1, **values))


def leaf_hashes(connection: Connection, size: int) -> tuple[bytes, ...]:
    """The hashes of the first `size` leaves, in order."""
    rows = connection.execute(select(leaves.c.hash).where(leaves.c.number < size).order_by(leaves.c.number))
    return tuple(bytes(row.hash) for row in rows)


def forget_body(connection: Connection, number: int) -> None:
    """Drop what a leaf of ours was made from; its hash stays, and with it every proof."""
    connection.execute(update(leaves).where(leaves.c.number == number).values(body=b""))


def bodies(connection: Connection, start: int, count: int) -> tuple[bytes, ...]:
    """The bytes of `count` leaves from number `start`."""
    rows = connection.execute(
        select(leaves.c.body).where(leaves.c.number >= start, leaves.c.number < start + count).order_by(leaves.c.number)
    )
    return tuple(bytes(row.body) for row in rows)


def leaves_from(connection: Connection, start: int, count: int) -> tuple[Leaf, ...]:
    """At most `count` leaves, in order, the first of them number `start` or the next that there is."""
    rows = connection.execute(select(leaves).where(leaves.c.number >= start).order_by(leaves.c.number).limit(count))
    return tuple(Leaf(row.number, bytes(row.hash), bytes(row.body)) for row in rows)


def put_subtree(connection: Connection, level: int, number: int, root: bytes) -> None:
    """Keep the root of a full tile, which is hash `number` of the level above it."""
    connection.execute(insert(subtrees).values(level=level, number=number, hash=root))


def hashes(connection: Connection, level: int, start: int, count: int) -> tuple[bytes, ...]:
    """`count` hashes of a level of tiles from number `start`: of leaves at level 0, above of what lies under each."""
    table = subtrees if level else leaves
    query = select(table.c.hash).where(table.c.number >= start, table.c.number < start + count)
    if level:
        query = query.where(subtrees.c.level == level)
    return tuple(bytes(row.hash) for row in connection.execute(query.order_by(table.c.number)))
