"""Gossip: who counts along passes each result on, so that nobody can show different people different ones (F20).

A result is a leaf of its sealer's ledger, and two that do not name each other prove it. Each assembly hands one
that is new to it to the next two on the roll, in a ring: whatever was shown to whom, all have seen it all in the end.
"""

from typing import Final

from app.governance.outcome import Outcome
from app.governance.proposal import Proposal
from app.operations.exchange.publishing import send
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

_NEXT: Final = 2
"""To so many each result goes on: one of them may be away."""


def on_act(connection: Connection, instance: Instance, act: StoredAct) -> None:
    """Pass an authentic Outcome of another on, once, if we are on the roll of its proposal."""
    reading = Reading(connection, loopback=instance.loopback)
    outcome = reading.parsed(act) if act.type == "gov:Outcome" else None
    proposal = reading.at(Proposal, outcome.proposal) if isinstance(outcome, Outcome) else None
    if not isinstance(outcome, Outcome) or proposal is None:
        return
    lower = outcome.confederation if outcome.confederation != proposal.confederation else None
    roll: list[str] = sorted(reading.roll_of(proposal, lower).members)
    if instance.assembly not in roll:
        return
    mine = roll.index(instance.assembly)
    ring = [one for one in (*roll[mine + 1 :], *roll[:mine]) if one != act.author]
    if ring:
        send(connection, instance, "Announce", instance.assembly, load(act), ring[:_NEXT])
