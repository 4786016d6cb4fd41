"""What the tellers of a gathering's founding meeting entered."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.kernel.canonical import Document
from app.store.tables_meeting import founding_counts


@dataclass(frozen=True, slots=True)
class FoundingCount:
    """What was decided and how many agreed, as one teller has it; `entered_by` wrote it down."""

    teller: int
    entered_by: int
    said: Document


def enter(connection: Connection, meeting: str, count: FoundingCount) -> None:
    """Keep what a teller has, in place of what the same teller had before."""
    mine = (founding_counts.c.meeting == meeting, founding_counts.c.teller == count.teller)
    values = {"entered_by": count.entered_by, "said": json.dumps(count.said)}
    if connection.execute(update(founding_counts).where(*mine).values(**values)).rowcount == 0:
        connection.execute(insert(founding_counts).values(meeting=meeting, teller=count.teller, **values))


def counts(connection: Connection, meeting: str) -> tuple[FoundingCount, ...]:
    """What the tellers of this meeting entered."""
    where = founding_counts.c.meeting == meeting
    rows = connection.execute(select(founding_counts).where(where).order_by(founding_counts.c.teller))
    return tuple(FoundingCount(row.teller, row.entered_by, json.loads(row.said)) for row in rows)


def forget(connection: Connection) -> None:
    """Drop everything once the assembly is founded: the Decision has the figures."""
    connection.execute(delete(founding_counts))
