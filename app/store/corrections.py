"""What members want corrected in the minutes of a meeting, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, select, update

from app.store.tables_meeting import corrections


class State(StrEnum):
    """What became of a correction."""

    PROPOSED = "proposed"
    TAKEN_UP = "taken_up"  # it belongs to the minutes
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Correction:
    """What one member wants corrected in the minutes of a meeting."""

    id: int
    meeting: str
    account: int
    body: str
    state: State
    written_at: int


def propose(connection: Connection, meeting: str, account: int, body: str, now: int) -> None:
    """Keep what somebody wants corrected."""
    values = {"meeting": meeting, "account": account, "body": body, "state": State.PROPOSED.value, "written_at": now}
    connection.execute(insert(corrections).values(**values))


def get(connection: Connection, number: int) -> Correction | None:
    """The correction with this number."""
    row = connection.execute(select(corrections).where(corrections.c.id == number)).first()
    return None if row is None else _correction(row)


def settle(connection: Connection, number: int, state: State) -> None:
    """Say what became of a correction."""
    connection.execute(update(corrections).where(corrections.c.id == number).values(state=state.value))


def of_meeting(connection: Connection, meeting: str) -> tuple[Correction, ...]:
    """What was proposed for the minutes of one meeting, first written first."""
    rows = connection.execute(
        select(corrections).where(corrections.c.meeting == meeting).order_by(corrections.c.id)
    ).all()
    return tuple(_correction(row) for row in rows)


def _correction(row: Row[tuple[object, ...]]) -> Correction:
    return Correction(row.id, row.meeting, row.account, row.body, State(row.state), row.written_at)
