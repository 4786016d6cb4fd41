"""Fulfilling: what an adopted Decision orders is done once it counts, and not before (governance.md §2, `scrutineers`).

A Decision of an assembly that named co-signers counts when enough of them confirmed it; one that was taken
provisionally moves nothing else until the time to call it back is over.
"""

from typing import Final

from app.governance.chain import provisional_until
from app.governance.proposal import State
from app.governance.ratification import Decision
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning
from app.operations.matters import linking
from app.operations.matters.carrying_out import carry_out
from app.operations.record.reading import Reading
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

_ORDERED: Final = "ordered"
_ENDS_MANDATES: Final = frozenset({Kind.MANDATE, Kind.RECALL})
_AT_ONCE: Final = frozenset({Kind.CHARTER})


def order(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct | None:
    """Do what the adopted `decision` orders, if it counts already; the act that was sealed for it, if any.

    Else it is noted with the item, and done by `duties` once it counts. A change of the charter waits for nobody: no
    co-signer confirms a Charter (fine-print 29), and it is how an assembly replaces those who do not sign any more.
    """
    if item.kind not in _AT_ONCE and not _counts(connection, instance, decision):
        current = agenda.get(connection, item.id) or item
        agenda.set_details(connection, item.id, {**current.details, _ORDERED: decision.id})
        return None
    linking.move_earlier(connection, instance, decision)
    done = carry_out(connection, instance, item, decision)
    if item.kind in _ENDS_MANDATES:
        linking.move_earlier(connection, instance, decision)
    return done if isinstance(done, StoredAct) else None


def confirm(connection: Connection, instance: Instance, account: Account, act_id: str) -> StoredAct | Refusal:
    """Seal a co-signer's confirmation, and do what waited for it; refuses as `cosigning.attest` does."""
    attested = cosigning.attest(connection, instance, account, act_id)
    if not isinstance(attested, Refusal):
        duties(connection, instance)
    return attested


def duties(connection: Connection, instance: Instance) -> int:
    """Do what waited and counts now; how much."""
    return sum(_fulfil(connection, instance, item) for item in agenda.in_states(connection, (State.ADOPTED,)))


def waits(item: Item) -> str | None:
    """The Decision whose orders are not carried out yet; None if nothing waits."""
    found: str | None = item.details.get(_ORDERED)
    return found


def _fulfil(connection: Connection, instance: Instance, item: Item) -> bool:
    ordered = waits(item)
    decision = acts.by_id(connection, ordered) if ordered is not None else None
    if decision is None or not _counts(connection, instance, decision):
        return False
    kept = {key: value for key, value in item.details.items() if key != _ORDERED}
    agenda.set_details(connection, item.id, kept)
    order(connection, instance, agenda.get(connection, item.id) or item, decision)
    agenda.tell(connection, "fulfilled", int(instance.now().timestamp()), item=item.id)
    return True


def _counts(connection: Connection, instance: Instance, decision: StoredAct) -> bool:
    known = Reading(connection, loopback=instance.loopback).parsed(decision)
    until = provisional_until(known) if isinstance(known, Decision) else None
    over = until is None or instance.now() >= until
    return over and cosigning.confirmation(connection, instance, decision).counts
