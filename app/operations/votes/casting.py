"""Casting: a ballot is kept in place of an earlier one, or beside it as long as nobody knows whose it is."""

from dataclasses import replace

from app.kernel.canonical import commitment
from app.operations.assembly import unconfirmed
from app.operations.assembly.electorate import count_on, replaced_by
from app.store import votes
from app.store.accounts import Account
from app.store.database import Connection
from app.store.votes import Ballot, Vote
from app.wiring import Instance


def keep(connection: Connection, instance: Instance, vote: Vote, account: Account, ballot: Ballot) -> None:
    """Keep a ballot in the place of an earlier one, and with its receipt; beside it while it waits."""
    unsure = ballot.helper is None and unconfirmed.waits(instance, account)
    waits = unsure or ballot.helper is not None
    earlier = votes.ballot(connection, vote.id, account.id, waits=waits)
    receipt = commitment(instance.new_salt(), [vote.id, account.name]) if earlier is None else earlier.receipt
    if not unsure:
        count_on(connection, instance, vote, account)
    now, replaced = int(instance.now().timestamp()), replaced_by(instance, account, earlier)
    votes.cast(connection, vote.id, account.id, replace(ballot, receipt=receipt), now, replaced, waits=waits)
