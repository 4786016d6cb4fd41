"""Deliberating: what a convocation names, who asks for haste, and from when a matter may be voted on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.governance.charter import Charter
from app.governance.deliberation import Matter, earliest, is_tenth
from app.governance.proposal import State
from app.governance.rules import Rule
from app.kernel.instant import Instant, format_instant, parse_instant
from app.kernel.refusal import Refusal
from app.operations import procedure
from app.operations.procedure import Question
from app.operations.proposing import charter_of
from app.store import accounts, agenda
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

FURTHEST: Final = timedelta(days=366)
_BEFORE: Final = frozenset({State.OPEN, State.FROZEN, State.UNRESOLVED, State.NO_QUORUM})


@dataclass(frozen=True, slots=True)
class Times:
    """From when a vote on an item may open, in a meeting and online alone; `convened` is the meeting that names it.

    None in a meeting means that a convocation has to name it first.
    """

    in_meeting: Instant | None
    online: Instant | None
    convened: Instant | None
    may_be_urgent: bool


def convene(connection: Connection, instance: Instance, item_id: str, meets: Instant) -> Item | Refusal:
    """Name an item in the convocation of the meeting at `meets`; every member is told.

    Refuses by `item.unknown`, `proposal.state` and `convocation.time` (past, or more than a year ahead).
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if item.state not in _BEFORE:
        return Refusal("proposal.state", f"{item.id} is {item.state}")
    now = instance.now()
    if not now <= meets <= now + FURTHEST:
        return Refusal("convocation.time", f"a meeting is within the next {FURTHEST}, not at {meets}")
    convened = {"at": format_instant(now), "meets": format_instant(meets), "about": item.act_digest}
    agenda.set_details(connection, item.id, {**item.details, "convened": convened})
    agenda.tell(connection, "convened", int(now.timestamp()), item=item.id)
    return agenda.get(connection, item.id) or item


def may_open(
    connection: Connection, instance: Instance, item: Item, charter: Charter, *, in_meeting: bool
) -> Refusal | None:
    """None if a vote on the text in force may open now; else `vote.early` or `vote.convocation`.

    Between two meetings that both have to adopt lies the time for deliberation of the category, or of any meeting.
    """
    for one in adopted_in(item):
        span = charter.deliberation.get(item.category, charter.deliberation["convened"])
        past = parse_instant(one["at"])
        soon = None if isinstance(past, Refusal) else _too_early(past + span, instance)
        if soon is not None:
            return soon
    return _too_early(earliest(charter, _matter(connection, item), in_meeting=in_meeting), instance)


def may_close_unheard(connection: Connection, instance: Instance, item: Item, charter: Charter) -> Refusal | None:
    """None if a vote that was opened for a meeting may close with no hands counted, as one held online alone.

    Else `vote.room`: nobody gains time by calling a vote a meeting's.
    """
    refused = _too_early(earliest(charter, _matter(connection, item), in_meeting=False), instance)
    return None if refused is None else Refusal("vote.room", "a meeting's vote has hands counted by two tellers")


def adopted_in(item: Item) -> tuple[Mapping[str, str], ...]:
    """The meetings that have adopted the text in force, where its rule asks for several: each Decision and when."""
    return tuple(one for one in item.details.get("adopted_in", ()) if one["about"] == item.act_digest)


def needs_another(item: Item, rule: Rule) -> bool:
    """True if the meeting that adopts the text in force now is not the last of those that `rule` asks for."""
    return len(adopted_in(item)) + 1 < rule.meetings


def carry_on(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> None:
    """Note that a meeting adopted the text in force, which waits for the next one (fine-print 7, `meetings`)."""
    noted = {"id": decision.id, "about": item.act_digest, "at": format_instant(instance.now())}
    found = [*adopted_in(item), noted]
    agenda.set_details(connection, item.id, {**item.details, "adopted_in": found})


def times(connection: Connection, instance: Instance, item: Item) -> Times:
    """What a page says about from when a vote may open."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    matter = _matter(connection, item)
    met = item.details.get("convened", {}) if matter.convened is not None else {}
    meets = parse_instant(met.get("meets"))
    if charter is None:
        return Times(None, None, None, may_be_urgent=False)
    found = [earliest(charter, matter, in_meeting=in_meeting) for in_meeting in (True, False)]
    first, second = (None if isinstance(one, Refusal) else one for one in found)
    return Times(first, second, None if isinstance(meets, Refusal) else meets, matter.may_be_urgent)


def _too_early(when: Instant | Refusal, instance: Instance) -> Refusal | None:
    if isinstance(when, Refusal):
        return when
    return None if instance.now() >= when else Refusal("vote.early", f"not before {format_instant(when)}")


def _matter(connection: Connection, item: Item) -> Matter:
    """The item as its charter looks at it: a new text starts from nothing, its convocation and its haste too."""
    known = agenda.versions(connection, item.id)
    opened = max(item.created_at, known[-1].published_at if known else 0)
    convened: Mapping[str, Any] = item.details.get("convened", {})
    named = parse_instant(convened.get("at")) if convened.get("about") == item.act_digest else None
    return Matter(
        item.category,
        datetime.fromtimestamp(opened, UTC),
        answers=item.kind is Kind.ANSWER,
        convened=named if isinstance(named, datetime) else None,
        urgent=procedure.granted(item, Question.URGENT) is not None
        or is_tenth(len(procedure.asking(item, Question.URGENT)), accounts.count(connection)),
    )
