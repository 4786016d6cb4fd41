"""Carrying out: what follows from a Decision that was adopted, in the transaction that sealed it."""

from app.kernel.refusal import Refusal
from app.operations.assembly import charters, entering, entrusting, excluding, moderating
from app.operations.confederation import joining, leaving, sessions
from app.operations.mandates import mandating, recalling
from app.operations.matters import revising
from app.operations.matters.bringing import bring
from app.operations.meetings import minuting
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance


def carry_out(
    connection: Connection, instance: Instance, item: Item, decision: StoredAct
) -> StoredAct | Refusal | None:
    """Do what an adopted Decision orders by its item's kind; the act that was sealed for it, if any.

    A refusal says why it cannot be brought where it was meant for; it is decided all the same.
    """
    match item.kind:
        case Kind.MANDATE:
            return mandating.grant(connection, instance, item, decision)
        case Kind.RECALL:
            return recalling.end(connection, instance, item, decision)
        case Kind.HOST:
            return sessions.host(connection, instance, item, decision)
        case Kind.JOIN:
            return joining.ask(connection, instance, item, decision)
        case Kind.LEAVE:
            return leaving.withdraw(connection, instance, item, decision)
        case Kind.CHARTER:
            return charters.adopt(connection, instance, item, decision)
        case Kind.PROPOSAL | Kind.ANSWER | Kind.REPORT | Kind.HASTE:
            return bring(connection, instance, item, decision) if item.details.get("forum") else None
        case _:
            _carry_out_at_home(connection, instance, item, decision)
            return None


def _carry_out_at_home(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> None:
    """Do what concerns our own people, and leaves no act of its own."""
    match item.kind:
        case Kind.CARETAKERS:
            entrusting.carry_out(connection, instance, item, decision)
        case Kind.AMENDMENT:
            revising.put_in_place(connection, instance, item)
        case Kind.EXCLUSION:
            excluding.carry_out(connection, instance, item)
        case Kind.MINUTES:
            minuting.carry_out(connection, instance, item)
        case Kind.HIDING:
            moderating.carry_out(connection, item)
        case Kind.ENTRY:
            entering.admit(connection, instance, item)
