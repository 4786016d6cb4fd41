"""Activities that wait for their premise, and how much we have looked up for each conversation."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.store.inbox import digest
from app.store.tables_conversation import lookups, parked

KEPT_FOR = 30 * 86_400
"""So long an activity waits for its premise, in seconds (hostile E09)."""

MOST_OF_A_DOMAIN = 500
"""So many activities of one registrable domain wait at a time (hostile D08)."""

LONGEST = 131_072
"""A longer activity does not wait, in bytes."""

_HOUR = 3_600
_RELEASE = update(parked).where(parked.c.premise == bindparam("awaited")).values(due_at=0)


@dataclass(frozen=True, slots=True)
class Parked:
    """An activity as received, the address that it waits for, and how often that was asked for.

    `domain` is the registrable one of its actor.
    """

    activity_id: str
    actor: str
    domain: str
    raw: bytes
    premise: str
    tries: int
    parked_at: int


def park(connection: Connection, waiting: Parked, because: str, due_at: int) -> None:
    """Let an activity wait, to be tried again at `due_at` or when its premise comes.

    Too long a one is let go, and one of a domain of which too many wait: what never comes must not fill the disk.
    """
    leave(connection, waiting.activity_id, waiting.actor)
    same = parked.c.domain == waiting.domain
    beside = connection.scalar(select(func.count()).select_from(parked).where(same)) or 0
    if beside >= MOST_OF_A_DOMAIN or len(waiting.raw) > LONGEST:
        return
    connection.execute(
        insert(parked).values(
            digest=digest(waiting.activity_id, waiting.actor),
            activity_id=waiting.activity_id,
            actor=waiting.actor,
            domain=waiting.domain,
            raw=waiting.raw,
            premise=waiting.premise,
            because=because,
            tries=waiting.tries,
            parked_at=waiting.parked_at,
            due_at=due_at,
        )
    )


def due(connection: Connection, now: int, limit: int) -> tuple[Parked, ...]:
    """What is to be tried again now, longest waiting first."""
    rows = connection.execute(
        select(parked).where(parked.c.due_at <= now).order_by(parked.c.due_at, parked.c.parked_at).limit(limit)
    )
    return tuple(
        Parked(row.activity_id, row.actor, row.domain, bytes(row.raw), row.premise, row.tries, row.parked_at)
        for row in rows
    )


def release(connection: Connection, premise: str) -> None:
    """What waited for this is due: it is here."""
    connection.execute(_RELEASE, {"awaited": premise})


def is_parked(connection: Connection, activity_id: str, actor: str) -> bool:
    """True while an activity of this actor waits."""
    return connection.scalar(select(parked.c.digest).where(parked.c.digest == digest(activity_id, actor))) is not None


def leave(connection: Connection, activity_id: str, actor: str) -> None:
    """An activity waits no longer."""
    connection.execute(delete(parked).where(parked.c.digest == digest(activity_id, actor)))


def spend(connection: Connection, root: str, now: int, most: int) -> bool:
    """Take one look-up from the hour's `most` of a conversation or server; False if there is none left (D07)."""
    hour = now // _HOUR
    row = connection.execute(select(lookups).where(lookups.c.root == root)).first()
    if row is None:
        connection.execute(delete(lookups).where(lookups.c.hour < hour))
        connection.execute(insert(lookups).values(root=root, hour=hour, spent=1))
        return True
    if row.hour == hour and row.spent >= most:
        return False
    spent = row.spent + 1 if row.hour == hour else 1
    connection.execute(update(lookups).where(lookups.c.root == root).values(hour=hour, spent=spent))
    return True
