"""Notes that delegates leave for who is sent after them, in their own words (S13)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from app.store.tables_mandate import handovers


@dataclass(frozen=True, slots=True)
class Note:
    """What one delegate left under one mandate, `act` by number in the record; `text` is Markdown."""

    act: int
    account: int
    text: str
    written_at: int


def put(connection: Connection, act: int, account: int, text: str, now: int) -> None:
    """Keep a note in place of an earlier one of the same delegate under the same mandate."""
    mine = (handovers.c.act == act, handovers.c.account == account)
    known = connection.execute(update(handovers).where(*mine).values(text=text, written_at=now))
    if known.rowcount == 0:
        connection.execute(insert(handovers).values(act=act, account=account, text=text, written_at=now))


def of(connection: Connection, mandates: Iterable[int]) -> tuple[Note, ...]:
    """The notes under these mandates, newest first."""
    found = select(handovers).where(handovers.c.act.in_(sorted(mandates))).order_by(handovers.c.written_at.desc())
    return tuple(Note(row.act, row.account, row.text, row.written_at) for row in connection.execute(found))
