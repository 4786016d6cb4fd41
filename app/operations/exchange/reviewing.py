"""Reviewing blocks: each comes before the next meeting, and lapses unless it confirms it (governance.md §12)."""

from gettext import gettext as _
from typing import Final

from app.federation.policy import Level
from app.governance.meeting import Stage
from app.governance.proposal import State
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.meetings import convening
from app.store import agenda, caretaking, meetings, policies
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.policies import DomainPolicy
from app.wiring import Instance

CATEGORY: Final = "moderation"
LAPSED: Final = "lapsed"
_UNDECIDED: Final = frozenset({State.OPEN, State.FROZEN, State.NO_QUORUM, State.UNRESOLVED})
_AGAINST: Final = frozenset({State.REJECTED, State.LAPSED})


def put(connection: Connection, instance: Instance, decided: DomainPolicy) -> Item | None:
    """Put what a caretaker decided about a domain before the next meeting; None for what blocks nobody.

    An earlier block of the domain that waits is off the agenda. Who is no founded assembly of people has no meeting.
    """
    for item in agenda.of_kind(connection, Kind.BLOCK):
        if item.details["domain"] == decided.domain and item.state in _UNDECIDED:
            agenda.set_state(connection, item.id, State.WITHDRAWN.value)
    if decided.level == Level.ALLOW or not is_founded_commune(connection):
        return None
    item = open_item(
        connection,
        instance,
        Kind.BLOCK,
        category=CATEGORY,
        title=_("We do not talk with {domain}").format(domain=decided.domain),
        source="\n\n".join([_("A caretaker blocked this server. Unless we confirm it, that ends."), decided.reason]),
        details={"domain": decided.domain, "decided_at": decided.decided_at},
        author=None,
    )
    convening.take_over(connection, instance)
    return item


def lapse_due(connection: Connection, instance: Instance) -> int:
    """Lift every block that the meeting after it did not confirm; how many, each told to all."""
    now, kept = int(instance.now().timestamp()), {one.domain: one for one in policies.all_of(connection)}
    lifted = 0
    for item in agenda.of_kind(connection, Kind.BLOCK):
        domain = item.details["domain"]
        held = kept.get(domain)
        if held is None or held.decided_at != item.details["decided_at"] or not _is_refused(connection, item):
            continue
        policies.remove(connection, domain)
        caretaking.note(connection, LAPSED, domain, held.reason, now)
        if item.state in _UNDECIDED:
            agenda.set_state(connection, item.id, State.LAPSED.value)
        agenda.tell(connection, "block_lapsed", now, item=item.id)
        lifted += 1
    return lifted


def _is_refused(connection: Connection, item: Item) -> bool:
    """True if the assembly said no, or met with it on the agenda and did not say yes."""
    if item.state in _AGAINST:
        return True
    met = any(meeting.stage is Stage.CLOSED for _, meeting in meetings.naming(connection, item.id))
    return met and item.state in _UNDECIDED
