"""What was received and not handled yet: raw bytes, kept until then and once."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.store.bell import ring
from app.store.tables_federation import inbox


@dataclass(frozen=True, slots=True)
class Received:
    """An activity as received; `actor` is who signed the request."""

    seq: int
    activity_id: str
    actor: str
    raw: bytes
    tries: int


def append(connection: Connection, activity_id: str, actor: str, raw: bytes, now: int) -> bool:
    """Keep an activity to be handled; False if this id came before (hostile A06, A07, E08)."""
    try:
        with connection.begin_nested():
            connection.execute(
                insert(inbox).values(
                    activity_id=activity_id,
                    actor=actor,
                    raw=raw,
                    state="new",
                    tries=0,
                    received_at=now,
                    due_at=now,
                )
            )
    except IntegrityError:
        return False
    ring(connection)
    return True


def claim(connection: Connection, now: int, limit: int, lease: int) -> tuple[Received, ...]:
    """Activities to handle now, oldest first, nobody else's until now + `lease`; in `Database.take`."""
    due = select(inbox).where(inbox.c.state == "new", inbox.c.due_at <= now).order_by(inbox.c.due_at, inbox.c.seq)
    rows = connection.execute(due.limit(limit).with_for_update(skip_locked=True)).all()
    if rows:
        held = inbox.c.seq.in_([row.seq for row in rows])
        connection.execute(update(inbox).where(held).values(due_at=now + lease))
    return tuple(Received(row.seq, row.activity_id, row.actor, bytes(row.raw), row.tries) for row in rows)


def release_all(connection: Connection, now: int) -> None:
    """Let go what a worker held that died: only where there is one worker, whose start this is."""
    connection.execute(update(inbox).where(inbox.c.state == "new", inbox.c.due_at > now).values(due_at=now))


def is_open(connection: Connection, seq: int) -> bool:
    """True while nobody has handled it: asked in the transaction that does, so that two cannot."""
    return connection.scalar(select(inbox.c.state).where(inbox.c.seq == seq)) == "new"


def settle(connection: Connection, seq: int, because: str | None = None) -> None:
    """Mark as handled; `because` says why nothing was done, where nothing was."""
    connection.execute(update(inbox).where(inbox.c.seq == seq).values(state="done", because=because))


def postpone(connection: Connection, seq: int, because: str, due_at: int | None) -> None:
    """Try again at `due_at`; None puts the activity aside with its reason (hostile D20)."""
    values: dict[str, object] = {"tries": inbox.c.tries + 1, "because": because}
    values |= {"state": "aside"} if due_at is None else {"due_at": due_at}
    connection.execute(update(inbox).where(inbox.c.seq == seq).values(**values))


def waiting(connection: Connection) -> int:
    """How many activities are not handled yet."""
    return int(connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == "new")) or 0)
