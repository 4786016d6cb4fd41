"""The assembly's meetings: the agenda of each, and its duties."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.governance.meeting import Kind, Stage
from app.governance.meeting import Point as PointState
from app.store.tables_meeting import duties, meetings, points

_ONE_MEETING: Final = 12 * 3_600
"""Meetings that begin within so many seconds are one: nobody becomes senior in an evening (hostile F34)."""


class Duty(StrEnum):
    """What somebody does in one meeting."""

    FACILITATOR = "facilitator"
    TELLER = "teller"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting; `rooms` are the places where it sits at once, `attended` how many came, known once it is closed.

    `called_off_by` wants it called off, and one more has to say so.
    """

    id: str
    place: str
    rooms: tuple[str, ...]
    meets_at: int
    stage: Stage
    convened_at: int
    opened_at: int | None
    begun_by: int | None
    closed_at: int | None
    attended: Mapping[str, int] | None
    notes: str
    adopted_by: str | None
    adopted_at: int | None
    convened_by: int | None = None
    called_off_by: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of an agenda; `about` is the text of `item` that was named, `named_at` since when."""

    id: int
    meeting: str
    kind: Kind
    title: str
    item: str | None
    about: str | None
    minutes_of: str | None
    state: PointState
    notes: str
    named_at: int


def add(connection: Connection, meeting: Meeting) -> None:
    """Keep a new meeting."""
    connection.execute(
        insert(meetings).values(
            id=meeting.id,
            place=meeting.place,
            rooms=json.dumps(meeting.rooms),
            meets_at=meeting.meets_at,
            state=meeting.stage.value,
            convened_at=meeting.convened_at,
            convened_by=meeting.convened_by,
            notes=meeting.notes,
        )
    )


def get(connection: Connection, meeting_id: str) -> Meeting | None:
    """The meeting with this id."""
    row = connection.execute(select(meetings).where(meetings.c.id == meeting_id)).first()
    return None if row is None else _meeting(row)


def listed(connection: Connection, limit: int) -> tuple[Meeting, ...]:
    """The meetings, the latest first."""
    rows = connection.execute(select(meetings).order_by(meetings.c.meets_at.desc(), meetings.c.id.desc()).limit(limit))
    return tuple(_meeting(row) for row in rows)


def at_stage(connection: Connection, *stages: Stage) -> tuple[Meeting, ...]:
    """The meetings at these stages of their lives, the earliest first."""
    where = meetings.c.state.in_([stage.value for stage in stages])
    rows = connection.execute(select(meetings).where(where).order_by(meetings.c.meets_at, meetings.c.id))
    return tuple(_meeting(row) for row in rows)


def sitting(connection: Connection) -> Meeting | None:
    """The meeting that is open now; there is at most one."""
    return next(iter(at_stage(connection, Stage.OPEN)), None)


def has_met(connection: Connection, since: int) -> bool:
    """True if a meeting began since then."""
    where = meetings.c.opened_at >= since
    return connection.execute(select(meetings.c.id).where(where).limit(1)).first() is not None


def is_over(connection: Connection, meeting_id: str) -> bool:
    """True if a meeting has closed."""
    meeting = get(connection, meeting_id)
    return meeting is not None and meeting.stage is Stage.CLOSED


def held_between(connection: Connection, since: int, until: int) -> tuple[int, ...]:
    """When the meetings began that were over by `until` and not before `since`; those of half a day are one."""
    where = (meetings.c.state == Stage.CLOSED.value, meetings.c.closed_at >= since)
    began = select(meetings.c.opened_at).where(*where, meetings.c.opened_at <= until - _ONE_MEETING)
    found: list[int] = []
    for opened in connection.scalars(began.order_by(meetings.c.opened_at)):
        if not found or opened - found[-1] > _ONE_MEETING:
            found.append(opened)
    return tuple(found)


def set_opened(connection: Connection, meeting_id: str, now: int, account: int) -> None:
    """The meeting begins; `account` opens it."""
    _change(connection, meeting_id, {"state": Stage.OPEN.value, "opened_at": now, "begun_by": account})


def set_closed(connection: Connection, meeting_id: str, now: int, attended: Mapping[str, int]) -> None:
    """The meeting is over; of who was there only numbers are kept."""
    values = {"state": Stage.CLOSED.value, "closed_at": now, "attended": json.dumps(dict(attended))}
    _change(connection, meeting_id, values)


def set_cancelled(connection: Connection, meeting_id: str) -> None:
    """The meeting does not take place."""
    _change(connection, meeting_id, {"state": Stage.CANCELLED.value})


def set_called_off_by(connection: Connection, meeting_id: str, account: int) -> None:
    """Somebody wants the meeting called off."""
    _change(connection, meeting_id, {"called_off_by": account})


def set_notes(connection: Connection, meeting_id: str, notes: str) -> None:
    """Replace the free part of the minutes."""
    _change(connection, meeting_id, {"notes": notes})


def set_adopted(connection: Connection, meeting_id: str, by: str, now: int) -> None:
    """The assembly adopted the minutes by the matter `by`."""
    _change(connection, meeting_id, {"adopted_by": by, "adopted_at": now})


def agenda_of(connection: Connection, meeting_id: str) -> tuple[Point, ...]:
    """The points of a meeting, in their order."""
    rows = connection.execute(
        select(points).where(points.c.meeting == meeting_id).order_by(points.c.position, points.c.id)
    )
    return tuple(_point(row) for row in rows)


def put_agenda(connection: Connection, meeting_id: str, agenda: Sequence[Point]) -> None:
    """Make this the agenda of a meeting that has not begun: points with no number yet are new."""
    for position, point in enumerate(agenda):
        if point.id:
            connection.execute(update(points).where(points.c.id == point.id).values(position=position))
        else:
            connection.execute(insert(points).values(**_values(point), meeting=meeting_id, position=position))


def point(connection: Connection, number: int) -> Point | None:
    """The point with this number."""
    row = connection.execute(select(points).where(points.c.id == number)).first()
    return None if row is None else _point(row)


def set_point(connection: Connection, number: int, state: PointState, notes: str) -> None:
    """Move a point to a state; whether it may go there is governance's to say."""
    connection.execute(update(points).where(points.c.id == number).values(state=state.value, notes=notes))


def set_item(connection: Connection, number: int, item: str, about: str) -> None:
    """Let a point be about an item, with this text."""
    connection.execute(update(points).where(points.c.id == number).values(item=item, about=about))


def left_over(connection: Connection) -> tuple[Point, ...]:
    """What closed meetings did not reach and no later one has taken over, the earliest first."""
    where = (points.c.state == PointState.CARRIED.value, points.c.carried_to.is_(None))
    return tuple(_point(row) for row in connection.execute(select(points).where(*where).order_by(points.c.id)))


def set_carried(connection: Connection, number: int, meeting_id: str) -> None:
    """A later meeting has taken a point over."""
    connection.execute(update(points).where(points.c.id == number).values(carried_to=meeting_id))


def with_minutes_to_adopt(connection: Connection) -> tuple[Meeting, ...]:
    """The closed meetings whose minutes are not adopted, and which no agenda has."""
    named = select(points.c.minutes_of).where(
        points.c.minutes_of.is_not(None), points.c.state.in_([PointState.WAITING.value, PointState.OPEN.value])
    )
    rows = connection.execute(
        select(meetings)
        .where(meetings.c.state == Stage.CLOSED.value, meetings.c.adopted_at.is_(None), meetings.c.id.not_in(named))
        .order_by(meetings.c.meets_at, meetings.c.id)
    )
    return tuple(_meeting(row) for row in rows)


def naming(connection: Connection, item: str) -> tuple[tuple[Point, Meeting], ...]:
    """Every point about an item with its meeting, the earliest named first, without meetings that were cancelled."""
    rows = connection.execute(
        select(points.c.id, points.c.meeting)
        .join(meetings, meetings.c.id == points.c.meeting)
        .where(points.c.item == item, meetings.c.state != Stage.CANCELLED.value)
        .order_by(points.c.named_at, points.c.id)
    ).all()
    found = [(point(connection, row.id), get(connection, row.meeting)) for row in rows]
    return tuple((one, meeting) for one, meeting in found if one is not None and meeting is not None)


def give(connection: Connection, meeting_id: str, account: int, duty: Duty) -> None:
    """Somebody takes up a duty; twice is once."""
    if account not in holders(connection, meeting_id, duty):
        connection.execute(insert(duties).values(meeting=meeting_id, account=account, duty=duty.value))


def take_away(connection: Connection, meeting_id: str, account: int, duty: Duty) -> None:
    """Somebody gives a duty back."""
    mine = (duties.c.meeting == meeting_id, duties.c.account == account, duties.c.duty == duty.value)
    connection.execute(delete(duties).where(*mine))


def holders(connection: Connection, meeting_id: str, duty: Duty) -> tuple[int, ...]:
    """Who has a duty in a meeting."""
    where = (duties.c.meeting == meeting_id, duties.c.duty == duty.value)
    return tuple(connection.scalars(select(duties.c.account).where(*where).order_by(duties.c.account)))


def _change(connection: Connection, meeting_id: str, values: Mapping[str, object]) -> None:
    connection.execute(update(meetings).where(meetings.c.id == meeting_id).values(**values))


def _values(point: Point) -> dict[str, object]:
    return {
        "kind": point.kind.value,
        "title": point.title,
        "item": point.item,
        "about": point.about,
        "minutes_of": point.minutes_of,
        "state": point.state.value,
        "notes": point.notes,
        "named_at": point.named_at,
    }


def _point(row: Row[tuple[object, ...]]) -> Point:
    return Point(
        row.id,
        row.meeting,
        Kind(row.kind),
        row.title,
        row.item,
        row.about,
        row.minutes_of,
        PointState(row.state),
        row.notes,
        row.named_at,
    )


def _meeting(row: Row[tuple[object, ...]]) -> Meeting:
    return Meeting(
        row.id,
        row.place,
        tuple(json.loads(row.rooms)),
        row.meets_at,
        Stage(row.state),
        row.convened_at,
        row.opened_at,
        row.begun_by,
        row.closed_at,
        None if row.attended is None else json.loads(row.attended),
        row.notes,
        row.adopted_by,
        row.adopted_at,
        row.convened_by,
        row.called_off_by,
    )
