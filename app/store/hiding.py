"""What was hidden by duty, why, by whom, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, or_, select, update

from app.store.tables_people import hidden


@dataclass(frozen=True, slots=True)
class Hidden:
    """A post that is not shown: `lapses_at` is None once the assembly has confirmed it."""

    seq: int
    thing: str
    why: str
    account: int
    hidden_at: int
    lapses_at: int | None


def hide(connection: Connection, thing: str, why: str, account: int, now: int, lapses_at: int) -> None:
    """Hide a post until then."""
    connection.execute(insert(hidden).values(thing=thing, why=why, account=account, hidden_at=now, lapses_at=lapses_at))


def get(connection: Connection, seq: int) -> Hidden | None:
    """What was hidden under this number."""
    row = connection.execute(select(hidden).where(hidden.c.seq == seq)).first()
    return None if row is None else _hidden(row)


def now_hidden(connection: Connection, things: Iterable[str], now: int) -> dict[str, Hidden]:
    """Those of the posts that are hidden now, by their address."""
    wanted = list(things)
    where = (hidden.c.thing.in_(wanted), or_(hidden.c.lapses_at.is_(None), hidden.c.lapses_at > now))
    rows = connection.execute(select(hidden).where(*where).order_by(hidden.c.seq)) if wanted else ()
    return {row.thing: _hidden(row) for row in rows}


def all_hidden(connection: Connection, now: int) -> frozenset[str]:
    """The addresses of all posts that are hidden now."""
    where = or_(hidden.c.lapses_at.is_(None), hidden.c.lapses_at > now)
    return frozenset(connection.scalars(select(hidden.c.thing).where(where)))


def was_hidden(connection: Connection, thing: str) -> bool:
    """True if a post was ever hidden by duty."""
    return connection.execute(select(hidden.c.seq).where(hidden.c.thing == thing).limit(1)).first() is not None


def since(connection: Connection, moment: int) -> tuple[Hidden, ...]:
    """What was hidden since then or is hidden for good, newest first."""
    where = or_(hidden.c.hidden_at >= moment, hidden.c.lapses_at.is_(None))
    rows = connection.execute(select(hidden).where(where).order_by(hidden.c.seq.desc()))
    return tuple(_hidden(row) for row in rows)


def confirm(connection: Connection, seq: int) -> None:
    """Keep a post hidden for good, as the assembly decided."""
    connection.execute(update(hidden).where(hidden.c.seq == seq).values(lapses_at=None))


def _hidden(row: Row[tuple[object, ...]]) -> Hidden:
    return Hidden(row.seq, row.thing, row.why, row.account, row.hidden_at, row.lapses_at)
