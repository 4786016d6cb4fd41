"""How firmly a decision stands, on its page: what it orders waits, or it can still be called back."""

from dataclasses import dataclass

from app.http.pages import sentences
from app.http.pages.votes.votings import person
from app.kernel.instant import Instant
from app.operations.matters import calling_back, fulfilling
from app.store import votes
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Standing:
    """Until when a provisional resolution can be called back, by whom it is so far and why; `may` this member join in.

    `left` if the next meeting decides; `unsigned` if what was decided is carried out once it is confirmed.
    """

    until: Instant | None = None
    is_open: bool = False
    names: tuple[str, ...] = ()
    reason: str = ""
    may: bool = False
    left: bool = False
    unsigned: bool = False


def of(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Standing | None:
    """None where nothing is to be said."""
    found = calling_back.provisional(connection, instance, item)
    kept = item.details.get("calling", {})
    names = tuple(person(connection, number).name for number in kept.get("names", ()))
    reason, waits = kept.get("reason", ""), fulfilling.waits(item) is not None
    if found is None:
        left = calling_back.left_to_meeting(item) is not None and item.state == "unresolved"
        return Standing(names=names, reason=reason, left=left, unsigned=waits) if left or waits else None
    is_open = instance.now() < found.until
    entitled = account is not None and account.id in votes.electors_of(connection, found.vote.id)
    may = is_open and entitled and account is not None and account.id not in found.names
    return Standing(found.until, is_open, names, reason, may, unsigned=waits and not is_open)


def state(item: Item, found: Standing | None) -> str:
    """Where an item is in its life, in words."""
    if found is not None and found.left:
        return sentences.state("left_to_meeting")
    return sentences.state("provisional" if found is not None and found.is_open else item.state)
