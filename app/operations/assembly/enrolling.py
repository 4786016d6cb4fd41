"""Enrolling: who has a voice, or looks on, asks for a vote (governance.md §1)."""

from typing import Final

from app.kernel.refusal import Refusal
from app.store import accounts, entrants
from app.store.accounts import Account, Standing
from app.store.database import Connection
from app.store.entrants import Entrant, State
from app.wiring import Instance

_MOST: Final = 500


def ask_for_vote(connection: Connection, instance: Instance, by: Account, name: str) -> Entrant | Refusal:
    """Somebody who has a voice or looks on asks for a vote, or a member asks for them (B21); members say yes as ever.

    Refuses by `member.unknown`, `member.only` (for others, without a vote), `door.votes` (has one, or is excluded),
    `door.waiting` and `name.form`.
    """
    account = accounts.named(connection, name)
    if account is None or account.left_at is not None:
        return Refusal("member.unknown", f"nobody is called {name[:60]!r}")
    if by.id != account.id and by.standing is not Standing.VOTE:
        return Refusal("member.only", f"{by.name} asks for nobody else")
    if account.standing not in {Standing.VOICE, Standing.OBSERVER}:
        return Refusal("door.votes", f"{account.name} is {account.standing}")
    if not account.shown:
        return Refusal("name.form", "who votes is on the list by a name or a card")
    if any(one.account == account.id for one in entrants.outside(connection, _MOST)):
        return Refusal("door.waiting", f"{account.name} waits already")
    now = int(instance.now().timestamp())
    ulid = instance.new_ulid()
    asked = Entrant(ulid, account.shown, State.WAITING, Standing.VOTE, account.card, None, None, account.id, None, now)
    entrants.add(connection, asked, None)
    return asked
