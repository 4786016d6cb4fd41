"""Reservations: what our assembly declares if it agrees with a text that was brought to it (H6)."""

from typing import Any, Final

from app.governance.proposal import State
from app.kernel.canonical import canonical, digest_bytes
from app.kernel.refusal import Refusal
from app.operations.meetings import facilitating
from app.store import accounts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.meetings import Meeting
from app.wiring import Instance

LONGEST: Final = 2_000
_BEFORE_VOTING: Final = frozenset({State.OPEN, State.UNRESOLVED, State.NO_QUORUM})


def reserve(connection: Connection, instance: Instance, account: Account, item_id: str, text: str) -> Item | Refusal:
    """Put our reservations beside a text that we answer; every member is told. An empty text takes them back.

    Whoever votes for the text agrees with them declared, so they are fixed while a vote is open. Refuses by
    `item.unknown`, `answer.text`, `proposal.state` once a vote is open, and `answer.reserved` (another member's).
    """
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not Kind.ANSWER:
        return Refusal("item.unknown", f"no item {item_id} to answer")
    if item.state not in _BEFORE_VOTING:
        return Refusal("proposal.state", f"{item.id} is {item.state}")
    if len(text) > LONGEST:
        return Refusal("answer.text", f"reservations have at most {LONGEST} characters, got {len(text)}")
    if not may_reserve(connection, instance, item, account):
        return Refusal("answer.reserved", f"member {item.details['reserved_by']} put them there")
    if text != declared(item):
        said = {"reservations": text, "reserved_by": account.id} if text else {}
        agenda.set_details(connection, item.id, {**without(item), **said})
        agenda.tell(connection, "reserved", int(instance.now().timestamp()), item=item.id)
    return agenda.get(connection, item.id) or item


def may_reserve(connection: Connection, instance: Instance, item: Item, account: Account) -> bool:
    """True where there are none yet; else for who put them there, and for who facilitates the meeting about it."""
    by = item.details.get("reserved_by") if item.kind is Kind.ANSWER and declared(item) else account.id
    if by == account.id or by not in {member.id for member in accounts.members(connection)}:
        return True
    return isinstance(facilitating.meeting_for(connection, instance, item, account), Meeting)


def declared(item: Item) -> str:
    """The reservations beside a text, empty if there are none."""
    return str(item.details.get("reservations", ""))


def without(item: Item) -> dict[str, Any]:
    """What is kept of an item without its reservations: they are about one text, and none of a later one."""
    return {key: kept for key, kept in item.details.items() if key not in {"reservations", "reserved_by"}}


def version(item: Item | None, text: str) -> str:
    """What a ballot is about: the digest of the text, or one over it and the reservations declared beside it (F06)."""
    said = declared(item) if item is not None else ""
    return digest_bytes(canonical([text, said])) if said else text
