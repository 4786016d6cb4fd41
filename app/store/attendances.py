"""Who is in a meeting: a card for each, forgotten when it closes but for the numbers."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.store.tables_meeting import attendances


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody in the room with a card: a member (`account`), or who is on no list and may be called by `name`."""

    id: int
    meeting: str
    card: int
    account: int | None
    name: str
    votes: bool
    room: int
    came_at: int
    left_at: int | None


def let_in(
    connection: Connection, meeting: str, *, account: int | None, name: str, votes: bool, room: int, now: int
) -> Attendance:
    """Give somebody the next card; a member who is back keeps the one they had."""
    mine = (attendances.c.meeting == meeting, attendances.c.account == account)
    back = update(attendances).where(*mine).values(left_at=None, room=room)
    if account is not None and connection.execute(back).rowcount:
        return _attendance(connection.execute(select(attendances).where(*mine)).one())
    latest = connection.scalar(select(func.max(attendances.c.card)).where(attendances.c.meeting == meeting)) or 0
    values = {"account": account, "name": name, "votes": votes, "room": room, "came_at": now}
    statement = insert(attendances).values(meeting=meeting, card=int(latest) + 1, left_at=None, **values)
    return _attendance(connection.execute(statement.returning(*attendances.c)).one())


def left(connection: Connection, meeting: str, card: int, now: int) -> bool:
    """Somebody goes; False if nobody here has this card."""
    mine = (attendances.c.meeting == meeting, attendances.c.card == card, attendances.c.left_at.is_(None))
    return connection.execute(update(attendances).where(*mine).values(left_at=now)).rowcount > 0


def present(connection: Connection, meeting: str) -> tuple[Attendance, ...]:
    """Who is there now, by card."""
    where = (attendances.c.meeting == meeting, attendances.c.left_at.is_(None))
    rows = connection.execute(select(attendances).where(*where).order_by(attendances.c.card))
    return tuple(_attendance(row) for row in rows)


def ever(connection: Connection, meeting: str) -> tuple[Attendance, ...]:
    """Who was let in, whether they are still there or not."""
    rows = connection.execute(select(attendances).where(attendances.c.meeting == meeting).order_by(attendances.c.card))
    return tuple(_attendance(row) for row in rows)


def unname(connection: Connection, account: int) -> None:
    """Somebody is deleted at will: their card stays without a name (B20)."""
    connection.execute(update(attendances).where(attendances.c.account == account).values(name=""))


def forget(connection: Connection, meeting: str) -> None:
    """Forget who was there (governance.md §3: only numbers are kept afterwards)."""
    connection.execute(delete(attendances).where(attendances.c.meeting == meeting))


def _attendance(row: Row[tuple[object, ...]]) -> Attendance:
    return Attendance(
        row.id,
        row.meeting,
        row.card,
        row.account,
        row.name,
        bool(row.votes),
        row.room,
        row.came_at,
        row.left_at,
    )
