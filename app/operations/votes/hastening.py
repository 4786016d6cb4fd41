"""Asking a forum to answer soon: a close before all its members have met, by two thirds of them (governance.md §2)."""

import gettext

from app.governance import haste
from app.governance.act import Ref
from app.governance.haste import CATEGORY
from app.governance.outcome import Outcome
from app.governance.proposal import Proposal, State
from app.governance.tally import recount
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant, parse_instant
from app.kernel.refusal import Refusal
from app.operations.matters.opening import open_item
from app.operations.matters.proposing import LONGEST_TITLE
from app.operations.record.reading import Reading
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation.acts import writing
from app.wiring import Instance

_LONGEST = 2_000
_WAITING = frozenset({State.OPEN, State.FROZEN})
_SAID_SOON = "said_by"


def propose(
    connection: Connection, instance: Instance, account: Account, item_id: str, said_by: Instant, by: Instant, why: str
) -> Item | Refusal:
    """Put on our agenda whether we ask the forum of a text of ours that answers to it may close at `by`.

    The assemblies say until `said_by` whether it may. Refuses by `item.unknown`, `haste.none` (not to be brought to a
    confederation, or decided already), `haste.times` (not one after the other), `haste.why` and `haste.open`.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if not is_askable(item):
        return Refusal("haste.none", f"{item.id} is not to be brought to a confederation")
    if not instance.now() < said_by < by:
        return Refusal("haste.times", f"the forum says it by {said_by}, and answers are due by {by}")
    if not 0 < len(why) <= _LONGEST:
        return Refusal("haste.why", f"say in 1 to {_LONGEST} characters why, got {len(why)}")
    known = asked_for(connection, item)
    if known is not None:
        return Refusal("haste.open", f"{known.id} asks for it already")
    words = gettext.gettext("Answer soon, by {when}: {title}")
    title = words.format(when=f"{by:%Y-%m-%d %H:%M} UTC", title=item.title)[:LONGEST_TITLE]
    keys = {"gov:hastens": writing.ref(Ref(Id(item.act), item.act_digest)), "gov:answersBy": format_instant(by)}
    details = {"forum": item.details["forum"], "keys": keys, _SAID_SOON: format_instant(said_by)}
    return open_item(
        connection,
        instance,
        Kind.HASTE,
        category=CATEGORY,
        title=title,
        source=why,
        details=details,
        author=account,
    )


def is_askable(item: Item) -> bool:
    """True for a text of ours that is to be brought to one forum and that we have not decided on yet."""
    return item.kind is Kind.PROPOSAL and isinstance(item.details.get("forum"), str) and State(item.state) in _WAITING


def asked_for(connection: Connection, item: Item) -> Item | None:
    """The matter by which we ask for haste with the text in force of an item, if there is one."""
    for act in acts.naming(connection, item.act, "gov:hastens"):
        found = agenda.about(connection, act.id) if act.own else None
        if found is not None and found.kind is Kind.HASTE and act.id == found.act:
            return found
    return None


def closes_of(item: Item) -> Instant | None:
    """Until when a forum is asked whether a text may close early; None for any other item."""
    found = parse_instant(item.details.get(_SAID_SOON))
    return None if isinstance(found, Refusal) else found


def granted(connection: Connection, instance: Instance, item: Item) -> tuple[Ref, Instant] | None:
    """The forum's result that lets a text of ours close early, with the close; None if it did not, or too late."""
    reading = Reading(connection, loopback=instance.loopback)
    about = Ref(Id(item.act), item.act_digest)
    for asked in reversed(reading.all_of(Proposal, acts.naming(connection, item.act, "gov:hastens"))):
        results = reading.naming(asked.head.ref, "gov:Outcome", Outcome)
        signed = [outcome.head.ref for outcome, act in results if act.author == asked.confederation]
        fits = haste.asks(asked) and asked.hastens == about and asked.confederation == item.details["forum"]
        if fits and signed and asked.answers_by is not None and asked.answers_by > instance.now():
            count = recount(reading.record(asked), instance.now())
            if haste.is_agreed(count):
                return signed[-1], asked.answers_by
    return None


def check(connection: Connection, instance: Instance, proposal: Proposal) -> Refusal | None:
    """Why the result that a text names as allowing its early close does not, as counted here; None if it does."""
    reading = Reading(connection, loopback=instance.loopback)
    outcome = reading.at(Outcome, proposal.earlier)
    asked = reading.at(Proposal, outcome.proposal) if outcome is not None else None
    signed = outcome is not None and outcome.head.author == proposal.confederation
    count = recount(reading.record(asked), instance.now()) if asked is not None and signed else None
    return haste.may_close_early(proposal, asked, count)
