"""Tellers: each counts for themselves, and who has no device says their figures to somebody who enters them (B21)."""

from app.kernel.refusal import Refusal
from app.store import accounts
from app.store.accounts import Account
from app.store.database import Connection


def teller(connection: Connection, account: Account, name: str) -> Account | Refusal:
    """Who counted: `account`, who enters it, or the member with no device who is named; else `teller.unknown`."""
    if not name:
        return account
    found = accounts.named(connection, name)
    if found is None or found.left_at is not None or found.password is not None:
        return Refusal("teller.unknown", f"{name!r} is no member without a device")
    return found
