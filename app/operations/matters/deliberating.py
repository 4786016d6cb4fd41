"""Deliberating: what a convocation names, who asks for haste, and from when a matter may be voted on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.governance.charter import Charter
from app.governance.deliberation import Matter, earliest, least, may_shorten
from app.governance.rules import Rule
from app.kernel.instant import Instant, format_instant, parse_instant
from app.kernel.refusal import Refusal
from app.operations.matters.proposing import charter_of
from app.operations.meetings import convening
from app.operations.votes import procedure
from app.operations.votes.procedure import Question
from app.store import accounts, agenda, meetings
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.meetings import Meeting
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Times:
    """From when a vote on an item may open, in a meeting and online alone; `convened` is the meeting that names it.

    `least` is how long it stays open online alone. None in a meeting means that a convocation has to name it first.
    """

    in_meeting: Instant | None
    online: Instant | None
    least: timedelta
    convened: Instant | None
    may_be_urgent: bool


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
    return _too_early(earliest(charter, _matter(connection, item, charter), in_meeting=in_meeting), instance)


def long_enough(connection: Connection, item: Item, charter: Charter, lasts: timedelta) -> Refusal | None:
    """None if a vote held online alone may last so long; else `vote.short`."""
    needed = least(charter, _matter(connection, item, charter))
    return None if lasts >= needed else Refusal("vote.short", f"online alone a vote lasts at least {needed}")


def may_close_unheard(
    connection: Connection, instance: Instance, item: Item, charter: Charter, opened: int
) -> Refusal | None:
    """None if a vote that was opened for a meeting may close with no hands counted, as one held online alone.

    Else `vote.room`: nobody gains time by calling a vote a meeting's.
    """
    matter, began = _matter(connection, item, charter), datetime.fromtimestamp(opened, UTC)
    refused = _too_early(earliest(charter, matter, in_meeting=False), instance)
    refused = refused or _too_early(began + least(charter, matter), instance)
    return None if refused is None else Refusal("vote.room", "a meeting's vote has hands counted by two tellers")


def adopted_in(item: Item) -> tuple[Mapping[str, Any], ...]:
    """The meetings that have adopted the text in force, where its rule asks for several: each Decision and when."""
    return tuple(one for one in item.details.get("adopted_in", ()) if one["about"] == item.act_digest)


def needs_another(item: Item, rule: Rule) -> bool:
    """True if the meeting that adopts the text in force now is not the last of those that `rule` asks for."""
    return len(adopted_in(item)) + 1 < rule.meetings


def is_another_meeting(connection: Connection, item: Item, rule: Rule, meeting: Meeting | None) -> Refusal | None:
    """None if a vote that opens now would be in a meeting of its own, where `rule` asks for several.

    Else `vote.meetings`: the meeting adopted it already, or there is none, in an assembly that meets. One that never
    met since its founding decides online alone, and takes each vote for a meeting.
    """
    if rule.meetings == 1:
        return None
    if meeting is None:
        body = accounts.body(connection)
        since = body.founded_at if body is not None else None
        met = meetings.has_met(connection, since or 0)
        return Refusal("vote.meetings", f"{rule.meetings} meetings decide {item.category}") if met else None
    again = any(one.get("meeting") == meeting.id for one in adopted_in(item))
    return Refusal("vote.meetings", f"{meeting.id} adopted it, and another meeting decides") if again else None


def carry_on(connection: Connection, instance: Instance, item: Item, decision: StoredAct, meeting: str | None) -> None:
    """Note that a meeting adopted the text in force, which waits for the next one (fine-print 7, `meetings`)."""
    noted = {"id": decision.id, "about": item.act_digest, "at": format_instant(instance.now()), "meeting": meeting}
    found = [*adopted_in(item), noted]
    agenda.set_details(connection, item.id, {**item.details, "adopted_in": found})


def times(connection: Connection, instance: Instance, item: Item) -> Times:
    """What a page says about from when a vote may open."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None:
        return Times(None, None, timedelta(0), None, may_be_urgent=False)
    matter = _matter(connection, item, charter)
    named = convening.convened_for(connection, item)
    found = [earliest(charter, matter, in_meeting=in_meeting) for in_meeting in (True, False)]
    first, second = (None if isinstance(one, Refusal) else one for one in found)
    meets = None if named is None else datetime.fromtimestamp(named[1].meets_at, UTC)
    return Times(first, second, least(charter, matter), meets, matter.may_be_urgent)


def _too_early(when: Instant | Refusal, instance: Instance) -> Refusal | None:
    if isinstance(when, Refusal):
        return when
    return None if instance.now() >= when else Refusal("vote.early", f"not before {format_instant(when)}")


def _matter(connection: Connection, item: Item, charter: Charter) -> Matter:
    """The item as its charter looks at it: a new text starts from nothing, its convocation and its haste too."""
    known = agenda.versions(connection, item.id)
    opened = max(item.created_at, known[-1].published_at if known else 0)
    named = convening.convened_for(connection, item)
    return Matter(
        item.category,
        datetime.fromtimestamp(opened, UTC),
        answers=item.kind is Kind.ANSWER,
        convened=None if named is None else datetime.fromtimestamp(named[0].named_at, UTC),
        urgent=procedure.granted(item, Question.URGENT) is not None or _hurried(connection, item, charter),
    )


def _hurried(connection: Connection, item: Item, charter: Charter) -> bool:
    """True if enough members put their name to haste."""
    may_be = procedure.may_be_asked(item, Question.URGENT)
    asking = procedure.asking(connection, item, Question.URGENT) if may_be else ()
    return may_shorten(len(asking), accounts.count(connection), charter.urgent.roll)
