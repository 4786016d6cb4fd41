"""A new sign-in that its member has not confirmed: what is done under it waits, or is refused (governance.md §12)."""

from datetime import timedelta
from typing import Final

from app.kernel.refusal import Refusal
from app.store import votes
from app.store.accounts import Account
from app.store.database import Connection
from app.store.votes import Ballot
from app.wiring import Instance

WAITS: Final = timedelta(hours=24)
"""Online ballots cast within so long of a new sign-in wait until the member confirms it."""


def waits(instance: Instance, account: Account) -> bool:
    """True while what a member casts online waits, since nobody knows yet that it is they."""
    return account.reset_at is not None and instance.now().timestamp() < account.reset_at + WAITS.total_seconds()


def signs_nothing(instance: Instance, account: Account) -> Refusal | None:
    """`recovery.unconfirmed` while nothing is signed in a member's name, since nobody knows yet that it is they."""
    if not waits(instance, account):
        return None
    return Refusal("recovery.unconfirmed", f"{account.name} has a new sign-in that is not confirmed")


def own_ballot(connection: Connection, account: Account, vote_id: str) -> Ballot | None:
    """What a member chose, to show to them: until a new sign-in is confirmed, only what was cast under it."""
    if account.reset_at is None:
        return votes.ballot(connection, vote_id, account.id)
    counts = votes.ballot(connection, vote_id, account.id, since=account.reset_at)
    return counts or votes.ballot(connection, vote_id, account.id, waits=True)
