"""What time alone does to matters: one that nobody decides lapses, a decision whose time is over expires (§4)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from app.governance.charter import CONTEST
from app.governance.meeting import Stage
from app.governance.proposal import Event, State, advance
from app.kernel.instant import Instant, format_instant, parse_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import answering
from app.operations.matters import alternatives, proposing
from app.operations.matters.opening import is_founded_commune
from app.operations.matters.proposing import charter_of
from app.store import agenda, meetings, votes
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

_TOLD: Final = "lapse_told"
_UNDECIDED: Final = (State.OPEN, State.FROZEN, State.UNRESOLVED, State.NO_QUORUM)


def duties(connection: Connection, instance: Instance) -> int:
    """Let lapse what its time has passed over, and expire what has come to its end; how many, each told to all."""
    if not is_founded_commune(connection):
        return 0
    now, moved = instance.now(), 0
    for item in agenda.in_states(connection, _UNDECIDED):
        at = lapses_at(connection, instance, item)
        if at is not None and at <= now:
            moved += _move(connection, instance, item, Event.LAPSED)
        elif at is not None:
            _tell_before(connection, instance, item, at)
    for item in agenda.in_states(connection, (State.ADOPTED,)):
        until = holds_until(item)
        if until is not None and until <= now:
            moved += _move(connection, instance, item, Event.EXPIRED)
    return moved


def lapses_at(connection: Connection, instance: Instance, item: Item) -> Instant | None:
    """When an undecided item lapses if nobody votes on it; None if it does not.

    An answer to others, when nothing can change the count any more: its close and the time to object (a call
    is signed off later too, and what was put before us after its close has its own time). Else the
    charter's `lapse` after its latest text, or after the latest vote on it; never while a meeting to come has it
    on its agenda, nor once it is before a confederation under a question. It keeps the charter under which it was
    opened.
    """
    first = item.kind is Kind.ANSWER and "after" not in item.details  # asked again: a signature is ours at any time
    closes = answering.closing_of(connection, instance, item).at if first else None
    if closes is not None and item.created_at <= closes.timestamp():
        return closes + CONTEST
    charter = charter_of(connection, instance, instance.assembly, datetime.fromtimestamp(item.created_at, UTC))
    if charter is None or charter.lapse == timedelta(0) or alternatives.is_away(connection, item):
        return None
    named = (meeting for _, meeting in meetings.naming(connection, item.id))
    if any(meeting.stage in {Stage.CONVENED, Stage.OPEN} for meeting in named):
        return None
    moments = [item.created_at, *(text.published_at for text in agenda.versions(connection, item.id))]
    moments += [vote.closes_at for vote in votes.of_item(connection, item.id)]
    return datetime.fromtimestamp(max(moments), UTC) + charter.lapse


def _tell_before(connection: Connection, instance: Instance, item: Item, lapses: Instant) -> None:
    """Tell every member once, while a meeting can still take it up, when a matter is about to lapse.

    An answer is asked for in time for its close: what is decided later does not count. A matter that gets more time,
    by a new text or a vote, is told of again.
    """
    charter = charter_of(connection, instance, instance.assembly, datetime.fromtimestamp(item.created_at, UTC))
    if charter is None:
        return
    first = item.kind is Kind.ANSWER and "after" not in item.details
    closes = answering.closing_of(connection, instance, item).at if first else None
    due = closes if closes is not None and item.created_at <= closes.timestamp() else lapses
    began = datetime.fromtimestamp(item.created_at, UTC)
    ahead = min(charter.rhythm, (due - began) / 2)
    told = item.details.get(_TOLD)
    if told == format_instant(due) or not due - ahead <= instance.now() <= due:
        return
    agenda.set_details(connection, item.id, {**item.details, _TOLD: format_instant(due)})
    kind = "answer_due" if due is closes else "lapses_soon"
    agenda.tell(connection, kind, int(instance.now().timestamp()), item=item.id)


def holds_until(item: Item) -> Instant | None:
    """Until when what an item says holds once it is adopted; None if until something ends it."""
    found = parse_instant(item.details.get("keys", {}).get("gov:validUntil"))
    return None if isinstance(found, Refusal) else found


def _move(connection: Connection, instance: Instance, item: Item, event: Event) -> int:
    """An adopted matter is in force, and its life leads on from there."""
    state = State.IN_FORCE if item.state == State.ADOPTED else State(item.state)
    following = advance(state, event)
    if isinstance(following, Refusal):
        raise TypeError(f"{item.id} cannot be {event}: {following.because}")
    agenda.set_state(connection, item.id, following.value)
    proposing.thaw(connection, item)
    agenda.tell(connection, event.value, int(instance.now().timestamp()), item=item.id)
    return 1
