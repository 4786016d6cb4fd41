"""Calling a meeting off before it begins: two say so, one of whom convened it or facilitates it."""

from app.governance.meeting import Point, Stage
from app.kernel.refusal import Refusal
from app.operations.meetings import convening
from app.operations.votes import rolls
from app.store import agenda, meetings
from app.store.accounts import Account, Standing
from app.store.database import Connection
from app.store.meetings import Duty, Meeting
from app.wiring import Instance


def call_off(connection: Connection, instance: Instance, by: Account, meeting_id: str) -> Meeting | Refusal:
    """Want a meeting called off; it is, and every member is told, once a second member does.

    One of the two convened it or facilitates it. Refuses by `meeting.unknown`, `meeting.state`, `duty.vote` (has no
    vote), `cancel.concerned` (a point is about them), `cancel.who` (neither of the two convened it or facilitates it)
    and `cancel.twice`.
    """
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if meeting.stage is not Stage.CONVENED:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    if by.standing is not Standing.VOTE:
        return Refusal("duty.vote", f"{by.name} has no vote")
    if _is_concerned(connection, instance, by, meeting):
        return Refusal("cancel.concerned", f"a point of {meeting.id} is about {by.name}")
    first = meeting.called_off_by
    if first == by.id:
        return Refusal("cancel.twice", f"{by.name} wants {meeting.id} called off already")
    if not {first, by.id} & {meeting.convened_by, *meetings.holders(connection, meeting.id, Duty.FACILITATOR)} - {None}:
        return Refusal("cancel.who", f"neither convened {meeting.id} nor facilitates it")
    if first is None:
        meetings.set_called_off_by(connection, meeting.id, by.id)
    else:
        _cancel(connection, instance, meeting)
    return meetings.get(connection, meeting.id) or meeting


def _is_concerned(connection: Connection, instance: Instance, by: Account, meeting: Meeting) -> bool:
    items = (agenda.get(connection, one.item or "") for one in meetings.agenda_of(connection, meeting.id))
    return any(item is not None and rolls.is_concerned(connection, instance, item, by) for item in items)


def _cancel(connection: Connection, instance: Instance, meeting: Meeting) -> None:
    for point in meetings.agenda_of(connection, meeting.id):
        meetings.set_point(connection, point.id, Point.CARRIED, point.notes)
    meetings.set_cancelled(connection, meeting.id)
    agenda.tell(connection, "cancelled", int(instance.now().timestamp()), meeting=meeting.id)
    convening.take_over(connection, instance)
