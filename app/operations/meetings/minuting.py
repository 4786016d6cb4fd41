"""Minutes: who facilitated writes them, any member corrects them, and the assembly adopts them (ADR 0035).

They are kept at home. What adopts them is a matter like any other, decided by the charter's rule for procedure. The
Decision has their fingerprint, so that nobody changes them unnoticed, who keeps the server neither.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from gettext import gettext as _
from typing import Final

from app.governance.meeting import Stage
from app.governance.proposal import State
from app.governance.rules import Status
from app.kernel.canonical import Document, commitment
from app.kernel.refusal import Refusal
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.record.sealing import load
from app.store import acts, agenda, corrections, meetings
from app.store.accounts import Account, Standing
from app.store.agenda import Item, Kind
from app.store.corrections import Correction
from app.store.database import Connection
from app.store.meetings import Duty, Meeting
from app.wiring import Instance

CATEGORY: Final = "minutes"
LONGEST: Final = 20_000
LONGEST_CORRECTION: Final = 2_000
MOST_CORRECTIONS: Final = 100
_FINGERPRINT: Final = "gov:minutes"
_UNDECIDED: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING, State.NO_QUORUM, State.UNRESOLVED})
_FIXED: Final = frozenset({State.FROZEN, State.DECIDING, State.UNRESOLVED, State.ADOPTED})
"""While the assembly votes on the minutes, or has to vote again on the same ones, nobody changes them."""


def write(connection: Connection, by: Account, meeting_id: str, notes: str) -> Meeting | Refusal:
    """Replace the free part of the minutes until the assembly votes on them; who facilitated writes them.

    Refuses by `meeting.unknown`, `meeting.state` (it is not over), `meeting.facilitator`, `minutes.adopted`,
    `minutes.fixed` and `point.notes`.
    """
    meeting = _changeable(connection, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    if not has_written(connection, meeting, by):
        return Refusal("meeting.facilitator", f"{by.name} did not facilitate {meeting.id}")
    if len(notes) > LONGEST:
        return Refusal("point.notes", f"notes have at most {LONGEST} characters")
    meetings.set_notes(connection, meeting.id, notes)
    return meeting


def correct(connection: Connection, instance: Instance, by: Account, meeting_id: str, text: str) -> Meeting | Refusal:
    """Propose a correction; it stands beside the minutes from then on.

    Refuses by `meeting.unknown`, `meeting.state`, `minutes.adopted`, `minutes.fixed`, `member.only` (who has no vote),
    `correction.text` and `correction.many`.
    """
    meeting = _changeable(connection, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    if by.standing is not Standing.VOTE:
        return Refusal("member.only", f"{by.name} has no vote")
    if not 0 < len(text) <= LONGEST_CORRECTION:
        return Refusal("correction.text", f"a correction has 1 to {LONGEST_CORRECTION} characters, got {len(text)}")
    if len(corrections.of_meeting(connection, meeting.id)) >= MOST_CORRECTIONS:
        return Refusal("correction.many", f"{MOST_CORRECTIONS} corrections stand beside the minutes of {meeting.id}")
    corrections.propose(connection, meeting.id, by.id, text, int(instance.now().timestamp()))
    return meeting


def settle(connection: Connection, by: Account, number: int, to: corrections.State) -> Meeting | Refusal:
    """Take a correction up into the minutes, which who wrote them does, or withdraw one's own.

    One that is neither stays beside the minutes as it was proposed. Refuses by `correction.unknown`,
    `correction.state` (something became of it), `correction.who`, `minutes.adopted` and `minutes.fixed`.
    """
    correction = corrections.get(connection, number)
    if correction is None:
        return Refusal("correction.unknown", f"no correction {number}")
    meeting = _changeable(connection, correction.meeting)
    if isinstance(meeting, Refusal):
        return meeting
    if correction.state is not corrections.State.PROPOSED or to is corrections.State.PROPOSED:
        return Refusal("correction.state", f"{number} is {correction.state}")
    if not may_settle(connection, meeting, correction, by, to):
        return Refusal("correction.who", f"{by.name} does not say of {number} that it is {to}")
    corrections.settle(connection, number, to)
    return meeting


def may_settle(
    connection: Connection, meeting: Meeting, correction: Correction, by: Account, to: corrections.State
) -> bool:
    """True if this member takes a correction up or withdraws it; who facilitates the meeting now takes up too."""
    if to is corrections.State.WITHDRAWN:
        return correction.account == by.id
    sitting = meetings.sitting(connection)
    return has_written(connection, meeting, by) or (sitting is not None and has_written(connection, sitting, by))


def has_written(connection: Connection, meeting: Meeting, by: Account) -> bool:
    """True if this member writes the minutes of a meeting: who facilitated it does."""
    return by.id in meetings.holders(connection, meeting.id, Duty.FACILITATOR)


def put(connection: Connection, instance: Instance, meeting_id: str, by: Account | None) -> Item | Refusal:
    """The matter by which the assembly decides on the minutes, opened if none is open.

    Refuses by `meeting.unknown`, `meeting.state`, `minutes.adopted` and `charter.missing` (not founded yet).
    """
    meeting = _over(connection, meeting_id)
    if isinstance(meeting, Refusal):
        return meeting
    known = matter(connection, meeting_id)
    if known is not None and known.state in _UNDECIDED:
        return known
    if known is not None and known.state == State.ADOPTED:
        return Refusal("minutes.adopted", f"the assembly decided on the minutes of {meeting_id}")
    if not is_founded_commune(connection):
        return Refusal("charter.missing", "only a founded assembly of people adopts minutes")
    asks = _("Do we adopt the minutes of the meeting of {day}, as they are written and with the corrections taken up?")
    return open_item(
        connection,
        instance,
        Kind.MINUTES,
        category=CATEGORY,
        title=title(meeting),
        source=asks.format(day=_day(meeting)),
        details={"minutes": meeting.id},
        author=by,
    )


def matter(connection: Connection, meeting_id: str) -> Item | None:
    """The latest matter by which the assembly decides, or decided, on the minutes of a meeting."""
    return _matters(connection).get(meeting_id)


def waiting(connection: Connection) -> tuple[tuple[Meeting, Item | None], ...]:
    """The meetings whose minutes nobody has adopted and no agenda has, each with what is to be decided on, if open."""
    known = _matters(connection)
    found = [(meeting, known.get(meeting.id)) for meeting in meetings.with_minutes_to_adopt(connection)]
    left = [(meeting, item) for meeting, item in found if item is None or item.state != State.ADOPTED]
    return tuple((meeting, item if item is not None and item.state in _UNDECIDED else None) for meeting, item in left)


def is_fixed(connection: Connection, meeting_id: str) -> bool:
    """True while a vote on the minutes goes on, or the same ones are to be voted on again."""
    known = matter(connection, meeting_id)
    return known is not None and known.state in _FIXED


def carry_out(connection: Connection, instance: Instance, item: Item) -> None:
    """The minutes are adopted; nobody changes them any more."""
    meetings.set_adopted(connection, item.details["minutes"], item.id, int(instance.now().timestamp()))


def adopted_in(connection: Connection, instance: Instance, item: Item, status: Status) -> Document:
    """What the Decision on an item says beside where it adopts minutes: their fingerprint."""
    if item.kind is not Kind.MINUTES or status is not Status.ADOPTED:
        return {}
    meeting = meetings.get(connection, item.details["minutes"])
    return {} if meeting is None else {_FINGERPRINT: _fingerprint(connection, instance, meeting)}


def is_as_adopted(connection: Connection, instance: Instance, meeting: Meeting) -> bool:
    """False if the minutes that are here are others than those that the assembly adopted."""
    return _is_as_said(connection, instance, meeting, _every_matter(connection).get(meeting.id, ()))


def changed(connection: Connection, instance: Instance) -> tuple[str, ...]:
    """The meetings whose minutes were changed after the assembly had adopted them."""
    known = ((meetings.get(connection, meeting), items) for meeting, items in _every_matter(connection).items())
    return tuple(one.id for one, items in known if one and not _is_as_said(connection, instance, one, items))


def _every_matter(connection: Connection) -> Mapping[str, Sequence[Item]]:
    """By the meeting, all matters about its minutes: what one adopted, a later one may not have decided again."""
    found: dict[str, list[Item]] = {}
    for item in agenda.of_kind(connection, Kind.MINUTES):
        found.setdefault(item.details["minutes"], []).append(item)
    return found


def _is_as_said(connection: Connection, instance: Instance, meeting: Meeting, matters: Iterable[Item]) -> bool:
    said = {fingerprint for item in matters for fingerprint in _sealed(connection, item)}
    return not said or _fingerprint(connection, instance, meeting) in said


def _sealed(connection: Connection, item: Item) -> set[str]:
    """The fingerprints in our Decisions on a matter."""
    about = acts.naming(connection, item.act, "gov:proposal")
    said = (load(act).get(_FINGERPRINT) for act in about if act.own and act.type == "gov:Decision")
    return {one for one in said if one is not None}


def _fingerprint(connection: Connection, instance: Instance, meeting: Meeting) -> str:
    """The commitment to what is adopted: what was written, what came of each point, the corrections taken up.

    It has names in it, so there is a salt, from the secret: the assembly can show later what it was (fine-print 37).
    """
    taken = [one for one in corrections.of_meeting(connection, meeting.id) if one.state is corrections.State.TAKEN_UP]
    points = [[point.title, point.state.value, point.notes] for point in meetings.agenda_of(connection, meeting.id)]
    salt = hmac.digest(instance.secret, f"minutes of {meeting.id}".encode(), "sha256")
    return commitment(salt, [meeting.id, meeting.notes, points, [one.body for one in taken]])


def title(meeting: Meeting) -> str:
    """What adopting the minutes of a meeting is called on an agenda."""
    return _("Adopt the minutes of {day}").format(day=_day(meeting))


def _matters(connection: Connection) -> dict[str, Item]:
    """By the meeting, the latest matter about its minutes."""
    return {item.details["minutes"]: item for item in reversed(agenda.of_kind(connection, Kind.MINUTES))}


def _over(connection: Connection, meeting_id: str) -> Meeting | Refusal:
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if meeting.stage is not Stage.CLOSED:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    if meeting.adopted_at is not None:
        return Refusal("minutes.adopted", f"the minutes of {meeting.id} are adopted")
    return meeting


def _changeable(connection: Connection, meeting_id: str) -> Meeting | Refusal:
    meeting = _over(connection, meeting_id)
    if not isinstance(meeting, Refusal) and is_fixed(connection, meeting.id):
        return Refusal("minutes.fixed", f"the assembly votes on the minutes of {meeting.id} as they are")
    return meeting


def _day(meeting: Meeting) -> str:
    return datetime.fromtimestamp(meeting.meets_at, UTC).strftime("%Y-%m-%d")
