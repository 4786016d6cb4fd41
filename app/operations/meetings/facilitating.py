"""Facilitating one meeting: who does what, the points one after the other, the close; powers that end with it (§12)."""

from datetime import timedelta
from typing import Final

from app.governance.meeting import OF_THE_DAY, Kind, Stage, move
from app.governance.meeting import Point as PointState
from app.kernel.refusal import Refusal
from app.operations.meetings import attending, convening, minuting
from app.operations.votes import rolls
from app.store import accounts, agenda, findings, meetings, votes
from app.store.accounts import Account, Standing
from app.store.agenda import Item
from app.store.database import Connection
from app.store.findings import Finding
from app.store.meetings import Duty, Meeting, Point
from app.wiring import Instance

LONGEST_NOTES: Final = 20_000
LONGEST_CIRCLE: Final = 80
_FACILITATORS: Final = 2
LONGEST_MEETING: Final = timedelta(hours=24)
"""How long after its begin a meeting closes that nobody closed."""

_EARLY: Final = timedelta(minutes=30)
"""How long before its time a meeting may begin: who comes at the time that was told misses nothing."""


def take_duty(
    connection: Connection, by: Account, meeting_id: str, name: str, duty: Duty, *, give_back: bool = False
) -> Meeting | Refusal:
    """Somebody takes up a duty in one meeting, or gives it back.

    Before the meeting begins any member says who: taken in turn, drawn, or acclaimed at its start.
    Afterwards only who facilitates; if they all have left the assembly, any member with a vote takes it over. Refuses
    by `meeting.unknown`, `meeting.state`, `meeting.facilitator`, `member.unknown`, `duty.vote` (duties go with the
    vote), `duty.two` (two facilitate at most), `duty.both` (who facilitates does not count) and `duty.last`
    (nobody else facilitates a meeting that is open).
    """
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if meeting.stage not in {Stage.CONVENED, Stage.OPEN}:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    chairs = facilitators(connection, meeting.id)
    taken_over = duty is Duty.FACILITATOR and not chairs
    if meeting.stage is Stage.OPEN and by.id not in chairs and not taken_over:
        return Refusal("meeting.facilitator", f"{by.name} does not facilitate {meeting.id}")
    who = accounts.named(connection, name)
    if who is None or who.left_at is not None:
        return Refusal("member.unknown", f"{name!r} is not on the list")
    if give_back:
        if duty is Duty.FACILITATOR and meeting.stage is Stage.OPEN and chairs == {who.id}:
            return Refusal("duty.last", f"nobody else facilitates {meeting.id}")
        meetings.take_away(connection, meeting.id, who.id, duty)
        return meeting
    refused = _may_take(connection, meeting, by, who, duty)
    if refused is not None:
        return refused
    meetings.give(connection, meeting.id, who.id, duty)
    return meeting


def _may_take(connection: Connection, meeting: Meeting, by: Account, who: Account, duty: Duty) -> Refusal | None:
    without = next((one for one in (by, who) if one.standing is not Standing.VOTE), None)
    if without is not None:
        return Refusal("duty.vote", f"{without.name} has no vote")
    apart = {Duty.FACILITATOR: Duty.TELLER, Duty.TELLER: Duty.FACILITATOR}.get(duty)
    if apart is not None and who.id in meetings.holders(connection, meeting.id, apart):
        return Refusal("duty.both", f"{who.name} is {apart} in {meeting.id}")
    if duty is Duty.FACILITATOR and len({who.id} | facilitators(connection, meeting.id)) > _FACILITATORS:
        return Refusal("duty.two", f"{_FACILITATORS} facilitate {meeting.id}")
    return None


def facilitators(connection: Connection, meeting_id: str) -> set[int]:
    """Who facilitates a meeting and still belongs to the assembly."""
    found = (accounts.numbered(connection, one) for one in meetings.holders(connection, meeting_id, Duty.FACILITATOR))
    return {one.id for one in found if one is not None and one.left_at is None and one.standing is Standing.VOTE}


def facilitates(connection: Connection, meeting_id: str, account: Account) -> bool:
    """True if this member facilitates this meeting."""
    return account.id in meetings.holders(connection, meeting_id, Duty.FACILITATOR)


def meeting_for(connection: Connection, instance: Instance, item: Item, by: Account | None) -> Meeting | Refusal:
    """The meeting that is open now, if the item is on its agenda and `by` facilitates it.

    Refuses by `vote.meeting`, `meeting.facilitator`, `concerned.chairs` and `vote.agenda`.
    """
    meeting = meetings.sitting(connection)
    if meeting is None:
        return Refusal("vote.meeting", "no meeting is open")
    if by is None or not facilitates(connection, meeting.id, by):
        return Refusal("meeting.facilitator", f"only who facilitates {meeting.id} opens a vote in it")
    if rolls.is_party(connection, instance, item, by):
        return Refusal("concerned.chairs", f"{by.name} is concerned by {item.id}")
    if all(point.item != item.id for point in meetings.agenda_of(connection, meeting.id)):
        return Refusal("vote.agenda", f"{item.id} is not on the agenda of {meeting.id}")
    return meeting


def may_tell(connection: Connection, meeting_id: str, teller: Account) -> Refusal | None:
    """None if this member is a teller of this meeting; else `teller.facilitates` or `teller.named`."""
    if facilitates(connection, meeting_id, teller):
        return Refusal("teller.facilitates", f"{teller.name} facilitates the meeting")
    if teller.id not in meetings.holders(connection, meeting_id, Duty.TELLER):
        return Refusal("teller.named", f"{teller.name} is no teller of this meeting")
    return None


def begin(connection: Connection, instance: Instance, by: Account, meeting_id: str) -> Meeting | Refusal:
    """Open the meeting; `meeting.unknown`, `.state`, `.facilitator`, `.early`, `.sitting` (another one is open)."""
    meeting = _of(connection, by, meeting_id, Stage.CONVENED)
    if isinstance(meeting, Refusal):
        return meeting
    if meetings.sitting(connection) is not None:
        return Refusal("meeting.sitting", "another meeting is open")
    now = instance.now()
    if now.timestamp() < meeting.meets_at - _EARLY.total_seconds():
        return Refusal("meeting.early", f"{meeting.id} begins at {meeting.meets_at}")
    meetings.set_opened(connection, meeting.id, int(now.timestamp()), by.id)
    return meeting


def step(
    connection: Connection, instance: Instance, by: Account, number: int, to: PointState, notes: str
) -> Point | Refusal:
    """Open a point, end it with what came of it, or skip it with the consent of those present.

    Taking up the minutes of an earlier meeting puts them to the assembly, whose vote adopts them. Refuses by
    `point.unknown`, `point.state`, `point.notes`, `meeting.state` and `meeting.facilitator`.
    """
    point = meetings.point(connection, number)
    if point is None:
        return Refusal("point.unknown", f"no point {number}")
    meeting = _of(connection, by, point.meeting, Stage.OPEN)
    if isinstance(meeting, Refusal):
        return meeting
    if len(notes) > LONGEST_NOTES:
        return Refusal("point.notes", f"notes have at most {LONGEST_NOTES} characters")
    refused = move(point.state, to)
    if refused is not None:
        return refused
    meetings.set_point(connection, point.id, to, notes or point.notes)
    if point.minutes_of is not None and to is PointState.OPEN:
        put = minuting.put(connection, instance, point.minutes_of, None)
        if isinstance(put, Item):
            meetings.set_item(connection, point.id, put.id, put.act_digest)
    return meetings.point(connection, number) or point


def report_back(
    connection: Connection, instance: Instance, by: Account, number: int, circle: str, text: str
) -> Point | Refusal:
    """Bring what a small group found back to the plenary (G13); any member of it may.

    Refuses by `point.unknown`, `point.state` (the point is over), `point.kind` and `point.notes`.
    """
    point = meetings.point(connection, number)
    if point is None:
        return Refusal("point.unknown", f"no point {number}")
    if point.kind is not Kind.BREAKOUT:
        return Refusal("point.kind", "only small groups bring something back")
    if point.state is not PointState.OPEN:
        return Refusal("point.state", f"the point is {point.state}")
    if not 0 < len(circle) <= LONGEST_CIRCLE or not circle.isprintable() or not 0 < len(text) <= LONGEST_NOTES:
        return Refusal("point.notes", "a group has a name, and says what it found")
    findings.find(connection, point.id, Finding(circle, text, by.id, int(instance.now().timestamp())))
    return point


def close(connection: Connection, instance: Instance, by: Account, meeting_id: str, notes: str) -> Meeting | Refusal:
    """Close the meeting: what was not reached is carried over, and of who was there only numbers stay.

    A vote that began in it goes on until its own close. Refuses by `meeting.unknown`, `.state`,
    `.facilitator` and `point.notes`.
    """
    meeting = _of(connection, by, meeting_id, Stage.OPEN)
    if isinstance(meeting, Refusal):
        return meeting
    if len(notes) > LONGEST_NOTES:
        return Refusal("point.notes", f"notes have at most {LONGEST_NOTES} characters")
    return _end(connection, instance, meeting, notes)


def close_forgotten(connection: Connection, instance: Instance) -> int:
    """Close a meeting that nobody closed a day after it began, as `close` does; how many. It blocks every later one."""
    sitting = meetings.sitting(connection)
    if sitting is None or instance.now().timestamp() < (sitting.opened_at or 0) + LONGEST_MEETING.total_seconds():
        return 0
    _end(connection, instance, sitting, "")
    return 1


def _end(connection: Connection, instance: Instance, meeting: Meeting, notes: str) -> Meeting:
    """What was not reached is carried over, and of who was there only numbers stay."""
    for point in meetings.agenda_of(connection, meeting.id):
        if point.state in {PointState.WAITING, PointState.OPEN}:
            meetings.set_point(connection, point.id, _ended(connection, point), point.notes)
    now = int(instance.now().timestamp())
    meetings.set_notes(connection, meeting.id, notes or meeting.notes)
    meetings.set_closed(connection, meeting.id, now, attending.forget(connection, meeting))
    agenda.tell(connection, "met", now, meeting=meeting.id)
    convening.take_over(connection, instance)
    return meetings.get(connection, meeting.id) or meeting


def _ended(connection: Connection, point: Point) -> PointState:
    """What becomes of a point that nobody ended before the close: what was not voted on is carried over.

    Of a point that was never opened the vote has ended as well.
    """
    opened = point.state is PointState.OPEN
    if point.item is not None:
        here = (vote for vote in votes.of_item(connection, point.item) if vote.meeting == point.meeting)
        return PointState.DONE if any(opened or vote.over for vote in here) else PointState.CARRIED
    if opened:
        return PointState.DONE
    return PointState.MISSED if point.kind in OF_THE_DAY else PointState.CARRIED


def _of(connection: Connection, by: Account, meeting_id: str, stage: Stage) -> Meeting | Refusal:
    """The meeting at this stage of its life, if `by` facilitates it."""
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if not facilitates(connection, meeting.id, by):
        return Refusal("meeting.facilitator", f"{by.name} does not facilitate {meeting.id}")
    if meeting.stage is not stage:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    return meeting
