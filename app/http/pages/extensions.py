"""More time to answer: what the pages say of a close that was moved, and of our own asking for it."""

from dataclasses import dataclass
from gettext import gettext as _

from app.governance.extension import LONGEST, Closing
from app.governance.proposal import Proposal
from app.http.pages import moments
from app.http.pages.stances import Name
from app.kernel.instant import Instant
from app.operations import answering, extending, naming
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Time:
    """Until when an item may be answered: `moved` says who asked for more time, and why.

    `latest` is the furthest that our assembly can ask for; None if nobody can ask now. `asked` is the matter of ours
    by which that is being decided.
    """

    closes: Instant
    over: bool
    moved: str
    latest: Instant | None
    asked: Item | None


def of_item(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Time | None:
    """What the page of an item that we answer says of its time; None for any other, and for what never closes."""
    if item.kind is not Kind.ANSWER:
        return None
    proposal = answering.answered(connection, instance, item)
    closing = answering.closing_of(connection, instance, item)
    if proposal is None or proposal.closes is None or closing.at is None:
        return None
    over, asked = closing.is_over(instance.now()), extending.open_request(connection, item.act)
    may_ask = account is not None and not over and closing.by is None and asked is None

    def name(who: str) -> str:
        return naming.name_of(connection, instance, who)

    said, latest = moved(proposal, closing, name), proposal.closes + LONGEST
    return Time(closing.at, over, said, latest if may_ask else None, asked)


def moved(proposal: Proposal, closing: Closing, name: Name) -> str:
    """Who moved the close, from when, and why; empty where it is as it was signed."""
    if closing.by is None or proposal.closes is None:
        return ""
    words = (
        _("Moved once, by {who}, from {when}: {why}")
        if closing.by.head.source
        else _("Moved once, by {who}, from {when}.")
    )
    when = moments.day_and_time(moments.seconds(proposal.closes))
    return words.format(who=name(closing.by.head.author), when=when, why=closing.by.head.source or "")
