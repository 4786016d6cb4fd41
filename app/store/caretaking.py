"""What caretakers did with the power of their hands on the machine: a log that every member sees."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from app.store.tables_assembly import caretaker_log


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done: what, to whom or what, and the reason given."""

    what: str
    subject: str
    reason: str
    done_at: int


def note(connection: Connection, what: str, subject: str, reason: str, now: int) -> None:
    """Write an entry, in the transaction that does the thing."""
    connection.execute(insert(caretaker_log).values(what=what, subject=subject, reason=reason, done_at=now))


def entries(connection: Connection, limit: int) -> tuple[Entry, ...]:
    """What was done, newest first."""
    rows = connection.execute(select(caretaker_log).order_by(caretaker_log.c.seq.desc()).limit(limit))
    return tuple(Entry(row.what, row.subject, row.reason, row.done_at) for row in rows)
