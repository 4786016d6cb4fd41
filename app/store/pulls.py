"""How far we have read each fellow assembly's record, and when we look again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, delete, select, update

from app.store.tables_federation import pulls
from app.store.upsert import upserting

LEASE_SECONDS: Final = 300
"""For so long a record that is being read is nobody else's to read."""


@dataclass(frozen=True, slots=True)
class Pull:
    """One assembly's record: `leaf` is the last that was read, -1 for none; `tries` failed since."""

    assembly: str
    host: str
    leaf: int
    tries: int
    because: str | None
    due_at: int
    pulled_at: int


def enlist(connection: Connection, assemblies: Iterable[tuple[str, str]], now: int) -> None:
    """Read these assemblies' records (id, host) from now on, and no others."""
    wanted = dict(assemblies)
    known = set(connection.scalars(select(pulls.c.assembly)))
    left = sorted(known - set(wanted))
    if left:
        connection.execute(delete(pulls).where(pulls.c.assembly.in_(left)))
    rows = [
        {"assembly": name, "host": wanted[name], "leaf": -1, "tries": 0, "due_at": now, "pulled_at": 0}
        for name in sorted(set(wanted) - known)
    ]
    if rows:
        connection.execute(upserting(connection, pulls).values(rows).on_conflict_do_nothing())


def claim(connection: Connection, now: int, limit: int, lease: int) -> tuple[Pull, ...]:
    """Records to read now, nobody else's until now + `lease`; in `Database.take`."""
    due = select(pulls).where(pulls.c.due_at <= now).order_by(pulls.c.due_at).limit(limit)
    rows = connection.execute(due.with_for_update(skip_locked=True)).all()
    names = [row.assembly for row in rows]
    if names:
        connection.execute(update(pulls).where(pulls.c.assembly.in_(names)).values(due_at=now + lease))
    return tuple(_pull(row) for row in rows)


def advance(connection: Connection, assembly: str, leaf: int, now: int, due_at: int) -> None:
    """Everything up to `leaf` was read; look again at `due_at`."""
    values = {"leaf": leaf, "tries": 0, "because": None, "pulled_at": now, "due_at": due_at}
    connection.execute(update(pulls).where(pulls.c.assembly == assembly).values(**values))


def postpone(connection: Connection, assembly: str, because: str, due_at: int) -> None:
    """It could not be read: try again at `due_at`."""
    values = {"tries": pulls.c.tries + 1, "because": because, "due_at": due_at}
    connection.execute(update(pulls).where(pulls.c.assembly == assembly).values(**values))


def hurry(connection: Connection, now: int, *, host: str | None = None, not_since: int | None = None) -> None:
    """Look at once: at everybody's record or that of a host; with `not_since`, only where we did not look since."""
    query = update(pulls).where(pulls.c.due_at > now)
    if host is not None:
        query = query.where(pulls.c.host == host)
    if not_since is not None:
        query = query.where(pulls.c.pulled_at < not_since)
    connection.execute(query.values(due_at=now))


def read_first(connection: Connection, assemblies: Iterable[str], since: int, now: int) -> bool:
    """True if a record of one of these was not read since then and may be; it is looked at next, unless it is just now.

    One that could not be read at the last try holds nobody up.
    """
    behind = (pulls.c.assembly.in_(sorted(assemblies)), pulls.c.tries == 0, pulls.c.pulled_at < since)
    if connection.execute(select(pulls.c.assembly).where(*behind).limit(1)).first() is None:
        return False
    connection.execute(update(pulls).where(*behind, pulls.c.due_at > now + LEASE_SECONDS).values(due_at=now))
    return True


def known(connection: Connection) -> tuple[Pull, ...]:
    """Every record that we read."""
    return tuple(_pull(row) for row in connection.execute(select(pulls).order_by(pulls.c.assembly)))


def _pull(row: Row[tuple[object, ...]]) -> Pull:
    return Pull(row.assembly, row.host, row.leaf, row.tries, row.because, row.due_at, row.pulled_at)
