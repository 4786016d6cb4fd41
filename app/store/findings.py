"""What small groups of a meeting found."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from app.store.tables_meeting import findings


@dataclass(frozen=True, slots=True)
class Finding:
    """What a small group brings back to the plenary."""

    circle: str
    body: str
    account: int
    written_at: int


def find(connection: Connection, number: int, finding: Finding) -> None:
    """Keep what a small group brings back; a group that writes again replaces what it wrote."""
    mine = (findings.c.point == number, findings.c.circle == finding.circle)
    values = {"body": finding.body, "account": finding.account, "written_at": finding.written_at}
    if connection.execute(update(findings).where(*mine).values(**values)).rowcount == 0:
        connection.execute(insert(findings).values(point=number, circle=finding.circle, **values))


def found(connection: Connection, number: int) -> tuple[Finding, ...]:
    """What the small groups of a point brought back, first written first."""
    rows = connection.execute(select(findings).where(findings.c.point == number).order_by(findings.c.id))
    return tuple(Finding(row.circle, row.body, row.account, row.written_at) for row in rows)
