"""How many households an assembly is, each time that it was counted, and by whom."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from app.store.tables_meeting import households


@dataclass(frozen=True, slots=True)
class Counted:
    """So many households, as somebody entered it in a meeting."""

    number: int
    account: int
    meeting: str
    counted_at: int


def enter(connection: Connection, counted: Counted) -> None:
    """Keep a count; earlier ones stay."""
    connection.execute(
        insert(households).values(
            number=counted.number, account=counted.account, meeting=counted.meeting, counted_at=counted.counted_at
        )
    )


def listed(connection: Connection, limit: int) -> tuple[Counted, ...]:
    """What was counted, newest first."""
    rows = connection.execute(select(households).order_by(households.c.id.desc()).limit(limit))
    return tuple(Counted(row.number, row.account, row.meeting, row.counted_at) for row in rows)
