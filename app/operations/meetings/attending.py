"""The door of a meeting: who comes gets a card, and what is kept afterwards is numbers (governance.md §1, §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.governance.charter import Charter
from app.governance.meeting import Stage
from app.kernel.refusal import Refusal
from app.operations.matters.proposing import charter_of
from app.store import accounts, attendances, meetings, votes
from app.store.accounts import Account, Standing
from app.store.attendances import Attendance
from app.store.database import Connection
from app.store.meetings import Duty, Meeting
from app.wiring import Instance

LONGEST_NAME: Final = 60
PRESENCE: Final = "presence"
"""The charter's `roll` by which those counted at the door are the roll."""


@dataclass(frozen=True, slots=True)
class Comer:
    """Who comes in: a member by number, or somebody on no list, with a first name or none."""

    member: int | None = None
    name: str = ""
    votes: bool = True
    room: int = 0


def let_in(
    connection: Connection, instance: Instance, by: Account, meeting_id: str, comer: Comer
) -> Attendance | Refusal:
    """Give somebody a card at the door.

    Who is on no list has voice; the vote too where the charter's roll is those present, if the door
    says yes. Refuses by `meeting.unknown`, `meeting.state`, `door.who`, `door.room`, `name.form` and `member.unknown`.
    """
    meeting = _at_the_door(connection, by, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    if not 0 <= comer.room < len(meeting.rooms):
        return Refusal("door.room", f"no room {comer.room} of {len(meeting.rooms)}")
    if len(comer.name) > LONGEST_NAME or not (comer.name or "-").isprintable():
        return Refusal("name.form", f"a name has at most {LONGEST_NAME} characters")
    if comer.member is not None and not _is_member(connection, comer.member):
        return Refusal("member.unknown", f"no member {comer.member}")
    member = accounts.numbered(connection, comer.member) if comer.member is not None else None
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if member is not None:
        accounts.seen(connection, member.id, int(instance.now().timestamp()))
    return attendances.let_in(
        connection,
        meeting.id,
        account=comer.member,
        name=member.shown if member is not None else comer.name,
        votes=member.standing is Standing.VOTE if member is not None else comer.votes and is_by_presence(charter),
        room=comer.room,
        now=int(instance.now().timestamp()),
    )


def let_members_in(
    connection: Connection, instance: Instance, by: Account, meeting_id: str, members: Iterable[int], room: int = 0
) -> tuple[Attendance, ...] | Refusal:
    """Give every one of these members a card, in the order of their names on the list; `let_in` says what is refused.

    `door.nobody` if none is named. Nobody is let in where one cannot be.
    """
    meeting = _at_the_door(connection, by, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    numbers = dict.fromkeys(members)
    if not numbers:
        return Refusal("door.nobody", "nobody was ticked")
    unknown = [one for one in numbers if not _is_member(connection, one)]
    if unknown:
        return Refusal("member.unknown", f"no member {unknown[0]}")
    came: list[Attendance] = []
    for number in numbers:
        one = let_in(connection, instance, by, meeting_id, Comer(member=number, room=room))
        if isinstance(one, Refusal):
            return one
        came.append(one)
    return tuple(came)


def leave(connection: Connection, instance: Instance, by: Account, meeting_id: str, card: int) -> Meeting | Refusal:
    """Somebody goes and gives the card back; `meeting.unknown`, `meeting.state`, `door.who`, `card.unknown`."""
    meeting = _at_the_door(connection, by, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    if not attendances.left(connection, meeting.id, card, int(instance.now().timestamp())):
        return Refusal("card.unknown", f"nobody here has card {card}")
    return meeting


def keeps_the_door(connection: Connection, meeting: Meeting, account: Account) -> bool:
    """True if this member lets people in at this meeting: a door-keeper, or who facilitates."""
    keepers = (Duty.DOOR, Duty.FACILITATOR)
    return any(account.id in meetings.holders(connection, meeting.id, duty) for duty in keepers)


def door_of(connection: Connection, account: Account) -> Meeting | None:
    """The meeting, open or next, whose door this member keeps."""
    coming = meetings.at_stage(connection, Stage.OPEN, Stage.CONVENED)
    return next((one for one in coming if keeps_the_door(connection, one, account)), None)


def is_by_presence(charter: Charter | None) -> bool:
    """True if those counted at the door are the roll."""
    return charter is not None and charter.roll == PRESENCE


def numbers(connection: Connection, meeting: Meeting) -> dict[str, int]:
    """How many are there now, or came if the meeting is closed: `vote`, `voice`, and `room0`, `room1` … who vote."""
    if meeting.attended is not None:
        return dict(meeting.attended)
    here = attendances.present(connection, meeting.id)
    return _numbers(here, len(meeting.rooms))


def forget(connection: Connection, meeting: Meeting) -> dict[str, int]:
    """How many came; who came is forgotten at the close."""
    came = _numbers(attendances.ever(connection, meeting.id), len(meeting.rooms))
    forget_people(connection, meeting.id)
    return came


def forget_people(connection: Connection, meeting_id: str) -> None:
    """Forget who came, unless a vote that began there is open: until it closes nobody may be in it twice."""
    if not votes.open_in(connection, meeting_id):
        attendances.forget(connection, meeting_id)


def could_be_here(connection: Connection, meeting_id: str, heads: int, room: int | None = None) -> Refusal | None:
    """None if so many who vote came in at the door, to `room` or to all of them; else `counts.door`."""
    came = attendances.ever(connection, meeting_id)
    here = sum(one.votes for one in came if room is None or one.room == room)
    if heads > here:
        return Refusal("counts.door", f"{heads} counted, {here} came in at the door")
    return None


def was_here(connection: Connection, meeting_id: str | None, account: int) -> bool:
    """True if a member was let in at the door."""
    return meeting_id is not None and any(one.account == account for one in attendances.ever(connection, meeting_id))


def could_be_counted(connection: Connection, meeting_id: str, account: int, heads: int, since: int) -> bool:
    """True if this member may be among so many `heads` that were counted in a meeting since then.

    Whoever was in, and anybody where nobody kept the door. Who had gone was not, if those who were in are enough.
    """
    came = attendances.ever(connection, meeting_id)
    inside = [one for one in came if one.left_at is None or one.left_at >= since]
    if not came or any(one.account == account for one in inside):
        return True
    gone = any(one.account == account for one in came)
    return gone and heads > sum(one.votes for one in inside)


def _is_member(connection: Connection, number: int) -> bool:
    member = accounts.numbered(connection, number)
    return member is not None and member.left_at is None


def _numbers(people: tuple[Attendance, ...], rooms: int) -> dict[str, int]:
    found = {"vote": sum(one.votes for one in people), "voice": sum(not one.votes for one in people)}
    for room in range(rooms):
        found[f"room{room}"] = sum(one.votes for one in people if one.room == room)
    return found


def _at_the_door(connection: Connection, by: Account, meeting_id: str) -> Meeting | Refusal:
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if meeting.stage not in {Stage.CONVENED, Stage.OPEN}:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    if not keeps_the_door(connection, meeting, by):
        return Refusal("door.who", f"{by.name} does not keep the door of {meeting.id}")
    return meeting
