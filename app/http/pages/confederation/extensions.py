"""More time to answer, or less: what the pages say of a close that is not the usual one, and of our asking for it."""

from dataclasses import dataclass
from gettext import gettext as _

from app.governance.extension import LONGEST, Closing
from app.governance.proposal import Proposal
from app.http.pages import moments
from app.http.pages.confederation.stances import Name
from app.kernel.instant import Instant
from app.operations.assembly import naming
from app.operations.confederation import answering
from app.operations.votes import extending, hastening
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


@dataclass(frozen=True, slots=True)
class Haste:
    """What the page of a text of ours says of asking its forum to answer soon.

    `asked` is the matter by which that is asked, `agreed` until when answers are due then; None if the forum
    has not said so.
    """

    forum: str
    asked: Item | None
    agreed: Instant | None


def haste_of(connection: Connection, instance: Instance, item: Item) -> Haste | None:
    """Whether a text of ours can be answered soon; None where nothing is to be asked."""
    if not hastening.is_askable(item):
        return None
    forum = naming.assembly_name(connection, instance, item.details["forum"])
    granted = hastening.granted(connection, instance, item)
    asked = hastening.asked_for(connection, item)
    return Haste(forum, asked, granted[1] if granted is not None else None)


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

    said, latest = of_close(connection, instance, proposal, closing, name), proposal.closes + LONGEST
    return Time(closing.at, over, said, latest if may_ask else None, asked)


def of_close(connection: Connection, instance: Instance, proposal: Proposal, closing: Closing, name: Name) -> str:
    """Why answers do not close when they usually would: that the forum wanted them sooner, or who asked for time."""
    return " ".join(
        said for said in (_sooner(connection, instance, proposal, name), _moved(proposal, closing, name)) if said
    )


def _sooner(connection: Connection, instance: Instance, proposal: Proposal, name: Name) -> str:
    if proposal.earlier is None or proposal.confederation is None:
        return ""
    refused = hastening.check(connection, instance, proposal)
    words = _("Sooner than every assembly has met, as two thirds of {forum} agreed.")
    if refused is not None and refused.code == "haste.unknown":
        words = _("Sooner than every assembly has met; what {forum} decided about that is not here yet.")
    elif refused is not None:
        words = _("Sooner than every assembly has met, though nothing that {forum} decided says so.")
    return words.format(forum=name(proposal.confederation))


def _moved(proposal: Proposal, closing: Closing, name: Name) -> str:
    if closing.by is None or proposal.closes is None:
        return ""
    why, when = closing.by.head.source or "", moments.day_and_time(moments.seconds(proposal.closes))
    words = _("Moved once, by {who}, from {when}: {why}") if why else _("Moved once, by {who}, from {when}.")
    return words.format(who=name(closing.by.head.author), when=when, why=why)
