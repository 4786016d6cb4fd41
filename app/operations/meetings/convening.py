"""Convening: a meeting with its place, time and agenda, told to every member (governance.md §2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from gettext import gettext as _
from typing import Final

from app.governance.meeting import FREE, Kind, Stage, in_order
from app.governance.meeting import Point as PointState
from app.governance.proposal import State
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.matters.proposing import charter_of
from app.operations.meetings import minuting
from app.store import agenda, meetings
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.meetings import Meeting, Point
from app.wiring import Instance

FURTHEST: Final = timedelta(days=366)
LONGEST_TITLE: Final = 200
MOST_POINTS: Final = 60
MOST_ROOMS: Final = 12
_ON_PAPER: Final = "on_paper"
TO_DECIDE: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING, State.UNRESOLVED, State.NO_QUORUM})
"""States of an item in which a meeting may take it up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting as it is planned: `rooms` where it sits at once, `items` of ours and `free` points to talk about."""

    place: str
    meets: Instant
    rooms: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    free: tuple[tuple[Kind, str], ...] = ()


def convene(connection: Connection, instance: Instance, plan: Plan, by: Account | None = None) -> Meeting | Refusal:
    """Convene a meeting and tell every member; what the last one did not reach comes first (G10).

    Refuses by `convocation.time` (past, or more than a year ahead), `meeting.place`, `meeting.rooms`,
    `point.title`, `meeting.full`, `item.unknown` and `proposal.state`.
    """
    now = instance.now()
    if not now <= plan.meets <= now + FURTHEST:
        return Refusal("convocation.time", f"a meeting is within the next {FURTHEST}, not at {plan.meets}")
    if not _is_title(plan.place):
        return Refusal("meeting.place", f"a place has 1 to {LONGEST_TITLE} characters")
    rooms = plan.rooms or (plan.place,)
    if len(rooms) > MOST_ROOMS or len(set(rooms)) != len(rooms) or not all(map(_is_title, rooms)):
        return Refusal("meeting.rooms", f"a meeting sits in 1 to {MOST_ROOMS} rooms of different names")
    planned = [_about(connection, now, item) for item in plan.items]
    planned += [_free(now, kind, title) for kind, title in plan.free]
    wrong = next((one for one in planned if isinstance(one, Refusal)), None)
    if wrong is not None:
        return wrong
    if len(planned) > MOST_POINTS:
        return Refusal("meeting.full", f"an agenda has at most {MOST_POINTS} points")
    meeting = Meeting(
        id=instance.new_ulid(),
        place=plan.place,
        rooms=rooms,
        meets_at=int(plan.meets.timestamp()),
        stage=Stage.CONVENED,
        convened_at=int(now.timestamp()),
        opened_at=None,
        begun_by=None,
        closed_at=None,
        attended=None,
        notes="",
        adopted_by=None,
        adopted_at=None,
        convened_by=by.id if by is not None else None,
    )
    meetings.add(connection, meeting)
    fresh = [point for point in planned if isinstance(point, Point)]
    _put(connection, meeting.id, (*_left_over(connection, meeting.id, now), *fresh), whole=True)
    agenda.tell(connection, "convened", meeting.convened_at, meeting=meeting.id)
    return meeting


def name_item(connection: Connection, instance: Instance, meeting_id: str, item_id: str) -> Point | Refusal:
    """Name an item in the convocation of a meeting that has not closed; every member is told.

    Refuses by `meeting.unknown`, `meeting.state`, `meeting.full`, `item.unknown`, `proposal.state`
    and `point.twice` (its text is on this agenda).
    """
    meeting = _to_come(connection, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    point = _about(connection, instance.now(), item_id)
    if isinstance(point, Refusal):
        return point
    if any((one.item, one.about) == (point.item, point.about) for one in meetings.agenda_of(connection, meeting.id)):
        return Refusal("point.twice", f"{item_id} is on the agenda of {meeting.id}")
    full = _put(connection, meeting.id, (point,))
    if full is not None:
        return full
    agenda.tell(connection, "named", int(instance.now().timestamp()), item=item_id, meeting=meeting.id)
    return meetings.agenda_of(connection, meeting.id)[-1]


def add_point(connection: Connection, instance: Instance, meeting_id: str, kind: Kind, title: str) -> Point | Refusal:
    """Put something to talk about on the agenda; `meeting.unknown`, `.state`, `.full` and `point.title`."""
    meeting = _to_come(connection, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    point = _free(instance.now(), kind, title)
    if isinstance(point, Refusal):
        return point
    return _put(connection, meeting.id, (point,)) or meetings.agenda_of(connection, meeting.id)[-1]


def take_over(connection: Connection, instance: Instance) -> None:
    """Put what closed meetings did not reach, and their minutes, first on the agenda of the next one."""
    upcoming = meetings.at_stage(connection, Stage.CONVENED)
    if upcoming:
        left = _left_over(connection, upcoming[0].id, instance.now())
        _put(connection, upcoming[0].id, left, whole=True)


def leave_to_paper(connection: Connection, instance: Instance, item: Item, vote_id: str) -> None:
    """Note that a matter, whose vote ended, is voted on by paper at the next meeting, first on its agenda."""
    current = agenda.get(connection, item.id) or item
    noted = {"about": item.act_digest, "vote": vote_id}
    agenda.set_details(connection, item.id, {**current.details, _ON_PAPER: noted})
    take_over(connection, instance)


def is_for_paper(item: Item, vote_id: str = "") -> bool:
    """True if the text in force is voted on by paper alone, since enough asked so, in this vote if one is named."""
    noted = item.details.get(_ON_PAPER, {})
    return noted.get("about") == item.act_digest and vote_id in {"", noted.get("vote")}


def next_date(connection: Connection, instance: Instance) -> Instant:
    """When the next meeting would be by the charter's `rhythm`: at the hour of the last one, in time to come."""
    now = instance.now()
    charter = charter_of(connection, instance, instance.assembly, now)
    if charter is not None and charter.next_meeting is not None and charter.next_meeting > now:
        return charter.next_meeting
    rhythm = charter.rhythm if charter is not None else timedelta(0)
    known = [one for one in meetings.listed(connection, 20) if one.stage is not Stage.CANCELLED]
    last = datetime.fromtimestamp(known[0].meets_at, UTC) if known else now
    following = max(last + rhythm, last + timedelta(days=1))
    step = max(rhythm, timedelta(days=1))
    behind = max(0, -((following - now) // step))
    return following + behind * step


def convened_for(connection: Connection, item: Item) -> tuple[Point, Meeting] | None:
    """The first convocation that names the text in force of an item, with its meeting; None if none does."""
    named = meetings.naming(connection, item.id)
    return next(((point, meeting) for point, meeting in named if point.about == item.act_digest), None)


def _to_come(connection: Connection, meeting_id: str) -> Meeting | Refusal:
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if meeting.stage not in {Stage.CONVENED, Stage.OPEN}:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    return meeting


def _put(connection: Connection, meeting_id: str, fresh: Sequence[Point], *, whole: bool = False) -> Refusal | None:
    """Add points at their places; what was carried comes first, unless the meeting has begun."""
    known = meetings.agenda_of(connection, meeting_id)
    if len(known) + len(fresh) > MOST_POINTS and not whole:
        return Refusal("meeting.full", f"an agenda has at most {MOST_POINTS} points")
    carried, planned = (fresh, known) if whole else (known, fresh)
    meetings.put_agenda(connection, meeting_id, in_order(carried, planned))
    return None


def _left_over(connection: Connection, meeting_id: str, now: Instant) -> tuple[Point, ...]:
    """The minutes that wait to be adopted, what is owed to this meeting, and what was not reached before."""
    minutes = tuple(_to_adopt(now, meeting, item) for meeting, item in minuting.waiting(connection))
    left = meetings.left_over(connection)
    for point in left:
        meetings.set_carried(connection, point.id, meeting_id)
    called = (*_called_back(connection, now), *_on_paper(connection, now), *_to_confirm(connection, now))
    first = {point.item for point in called}
    again = {
        (point.kind, point.title, point.item): _again(point)
        for point in reversed(left)  # of what was put off more than once, the first convocation that named it
        if point.kind is not Kind.MINUTES and point.item not in first and _is_open(connection, point)
    }
    return (*minutes, *called, *reversed(again.values()))


def _called_back(connection: Connection, now: Instant) -> tuple[Point, ...]:
    """What three called back and no meeting to come has on its agenda: it comes first at the next (§3)."""
    left = (item for item in agenda.in_states(connection, (State.UNRESOLVED,)) if "called_back" in item.details)
    return tuple(
        _new(now, Kind.ITEM, _("Called back: {title}").format(title=item.title), item=item.id, about=item.act_digest)
        for item in left
        if not _is_on_an_agenda(connection, item)
    )


def _on_paper(connection: Connection, now: Instant) -> tuple[Point, ...]:
    """What was to be secret and no meeting to come has on its agenda: it comes first at the next (§3)."""
    left = (item for item in agenda.in_states(connection, TO_DECIDE) if is_for_paper(item))
    return tuple(
        _new(now, Kind.ITEM, _("On paper: {title}").format(title=item.title), item=item.id, about=item.act_digest)
        for item in left
        if not _is_on_an_agenda(connection, item)
    )


def _is_on_an_agenda(connection: Connection, item: Item) -> bool:
    return any(one.stage in {Stage.CONVENED, Stage.OPEN} for _, one in meetings.naming(connection, item.id))


def _to_confirm(connection: Connection, now: Instant) -> tuple[Point, ...]:
    """Blocks of servers that no meeting has had on its agenda: the next one confirms them, or they lapse (§12)."""
    return tuple(
        _new(now, Kind.ITEM, item.title, item=item.id, about=item.act_digest)
        for item in agenda.of_kind(connection, agenda.Kind.BLOCK)
        if item.state in TO_DECIDE and not meetings.naming(connection, item.id)
    )


def _to_adopt(now: Instant, meeting: Meeting, item: Item | None) -> Point:
    """The minutes of an earlier meeting; what is decided on is opened when they are taken up, if it is not before."""
    about = (item.id, item.act_digest) if item is not None else (None, None)
    title = minuting.title(meeting)
    return _new(now, Kind.MINUTES, title, item=about[0], about=about[1], minutes_of=meeting.id)


def _again(point: Point) -> Point:
    """A carried point on a new agenda: named since the first convocation that named it."""
    return Point(0, "", point.kind, point.title, point.item, point.about, None, PointState.WAITING, "", point.named_at)


def _is_open(connection: Connection, point: Point) -> bool:
    item = agenda.get(connection, point.item) if point.item is not None else None
    return item is None or item.state in TO_DECIDE


def _about(connection: Connection, now: Instant, item_id: str) -> Point | Refusal:
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if item.state not in TO_DECIDE:
        return Refusal("proposal.state", f"{item.id} is {item.state}")
    return _new(now, Kind.ITEM, item.title, item=item.id, about=item.act_digest)


def _free(now: Instant, kind: Kind, title: str) -> Point | Refusal:
    if kind not in FREE or not _is_title(title):
        return Refusal("point.title", f"a point has a title of 1 to {LONGEST_TITLE} characters")
    return _new(now, kind, title)


def _new(
    now: Instant,
    kind: Kind,
    title: str,
    *,
    item: str | None = None,
    about: str | None = None,
    minutes_of: str | None = None,
) -> Point:
    return Point(0, "", kind, title, item, about, minutes_of, PointState.WAITING, "", int(now.timestamp()))


def _is_title(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TITLE and text.isprintable()
