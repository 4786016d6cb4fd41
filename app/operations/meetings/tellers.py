"""Tellers: each counts for themselves, and who has no device says their figures to somebody who enters them (B21)."""

from app.kernel.refusal import Refusal
from app.operations.matters import authoring
from app.operations.votes import rolls
from app.store import accounts, meetings
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.meetings import Duty
from app.wiring import Instance


def may_enter(
    connection: Connection, instance: Instance, item: Item, meeting_id: str | None, account: Account, teller: Account
) -> Refusal | None:
    """None if `account` may enter what `teller` counted about `item`.

    Who counts neither wrote it nor is concerned (`teller.concerned`); who writes for them neither, nor do they
    facilitate the meeting, if anybody else has a device (`teller.entered`).
    """
    if _is_of_it(connection, instance, item, teller):
        return Refusal("teller.concerned", f"{teller.name} is concerned by {item.id}")
    if account.id == teller.id:
        return None
    chairs = meetings.holders(connection, meeting_id, Duty.FACILITATOR) if meeting_id is not None else ()
    if account.id not in chairs and not _is_of_it(connection, instance, item, account):
        return None
    for other in with_device(connection, account):
        if other.id not in chairs and not _is_of_it(connection, instance, item, other):
            return Refusal("teller.entered", f"{account.name} enters nothing about {item.id} for {teller.name}")
    return None


def with_device(connection: Connection, besides: Account) -> tuple[Account, ...]:
    """The other members who sign in, and so can write down what somebody counted."""
    return tuple(one for one in accounts.members(connection) if one.password is not None and one.id != besides.id)


def _is_of_it(connection: Connection, instance: Instance, item: Item, account: Account) -> bool:
    return authoring.is_author(item, account) or rolls.is_party(connection, instance, item, account)


def teller(connection: Connection, account: Account, name: str) -> Account | Refusal:
    """Who counted: `account`, who enters it, or the member with no device who is named; else `teller.unknown`."""
    if not name:
        return account
    found = accounts.named(connection, name)
    if found is None or found.left_at is not None or found.password is not None:
        return Refusal("teller.unknown", f"{name!r} is no member without a device")
    return found
