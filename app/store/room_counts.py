"""What tellers counted in the rooms of a vote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.store.tables_assembly import room_counts


@dataclass(frozen=True, slots=True)
class RoomCount:
    """What one teller entered in one room: heads for each choice, and who there had voted online.

    `entered_by` wrote for a teller who has no device; `archive` is the fingerprint of what an
    election held elsewhere left; `options` has figures of several options, `reason` what those
    said who blocked or disagreed.
    """

    teller: int
    figures: Mapping[str, int]
    both: tuple[int, ...]
    entered_at: int
    room: int = 0
    entered_by: int | None = None
    archive: str | None = None
    options: Any = None
    reason: str | None = None


def enter_count(connection: Connection, vote_id: str, count: RoomCount) -> None:
    """Keep a teller's figures in place of what the same teller entered before."""
    mine = (room_counts.c.vote == vote_id, room_counts.c.teller == count.teller, room_counts.c.room == count.room)
    values = {
        "entered_by": count.entered_by,
        "archive": count.archive,
        "reason": count.reason,
        "options": None if count.options is None else json.dumps(count.options),
        "figures": json.dumps(dict(count.figures)),
        "both": json.dumps(sorted(count.both)),
        "entered_at": count.entered_at,
    }
    if connection.execute(update(room_counts).where(*mine).values(**values)).rowcount == 0:
        connection.execute(insert(room_counts).values(vote=vote_id, teller=count.teller, room=count.room, **values))


def forget(connection: Connection, vote_id: str) -> None:
    """Drop what the tellers entered, for a vote that goes on on paper."""
    connection.execute(delete(room_counts).where(room_counts.c.vote == vote_id))


def counts(connection: Connection, vote_id: str) -> tuple[RoomCount, ...]:
    """What the tellers entered, in the order in which they did."""
    rows = connection.execute(
        select(room_counts)
        .where(room_counts.c.vote == vote_id)
        .order_by(room_counts.c.entered_at, room_counts.c.teller)
    )
    return tuple(
        RoomCount(
            row.teller,
            json.loads(row.figures),
            tuple(json.loads(row.both)),
            row.entered_at,
            row.room,
            row.entered_by,
            row.archive,
            None if row.options is None else json.loads(row.options),
            row.reason,
        )
        for row in rows
    )
