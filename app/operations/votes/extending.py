"""Asking for more time: one extension of the close, by a decision of any assembly that answers (governance.md §2)."""

import gettext

from app.governance.act import Ref
from app.governance.extension import CATEGORY, may_ask
from app.governance.proposal import Proposal, State
from app.governance.rules import Result, Status
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant
from app.kernel.refusal import Refusal
from app.operations.matters.opening import open_item, paragraphs
from app.operations.matters.proposing import LONGEST_TITLE
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation.acts import writing
from app.wiring import Instance

_ASKS = "extends"
_LONGEST = 2_000
_UNDECIDED = frozenset({State.OPEN, State.FROZEN, State.DECIDING, State.UNRESOLVED, State.NO_QUORUM})


def propose(
    connection: Connection, instance: Instance, account: Account, item_id: str, until: Instant, why: str
) -> Item | Refusal:
    """Put on our agenda, as a matter of procedure, whether we ask for more time to answer the text of an item.

    Adopted, the Decision itself is the request. Refuses by `item.unknown`, `extension.none` (it answers no text, or one
    that does not close), `.stranger` (we are not asked), `.open` (that is on our agenda already), `.why` and as
    `extension.may_ask` does.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    found = _asked(connection, instance, item)
    if isinstance(found, Refusal):
        return found
    known = Reading(connection, loopback=instance.loopback).closing(found, instance.now())
    refused = may_ask(found, until, instance.now(), known)
    if refused is not None:
        return refused
    if not 0 < len(why) <= _LONGEST:
        return Refusal("extension.why", f"say in 1 to {_LONGEST} characters why, got {len(why)}")
    open_one = open_request(connection, item.act)
    if open_one is not None:
        return Refusal("extension.open", f"{open_one.id} asks for it already")
    ref = found.head.ref
    words = gettext.gettext("More time to answer, until {when}: {title}")
    title = words.format(when=f"{until:%Y-%m-%d %H:%M} UTC", title=found.name)[:LONGEST_TITLE]
    return open_item(
        connection,
        instance,
        Kind.EXTENSION,
        category=CATEGORY,
        title=title,
        source=why,
        details={
            _ASKS: {
                "gov:extends": writing.ref(ref),
                "gov:closes": format_instant(until),
                "content": paragraphs(why),
                "source": {"content": why, "mediaType": "text/markdown"},
            }
        },
        author=account,
        keys={"gov:extends": writing.ref(ref)},
    )


def open_request(connection: Connection, proposal_id: str) -> Item | None:
    """The matter of ours by which we are deciding whether to ask for more time, if there is one."""
    for act in acts.naming(connection, proposal_id, "gov:extends"):
        item = agenda.about(connection, act.id) if act.own and act.type == "gov:Proposal" else None
        if item is not None and item.state in _UNDECIDED:
            return item
    return None


def asked_in(item: Item, result: Result) -> Document:
    """What the Decision on an item says beside where it was adopted: whose close it moves, to when, and why."""
    found: Document = item.details.get(_ASKS, {})
    return found if result.status is Status.ADOPTED else {}


def is_request(document: Document) -> bool:
    """True for a Decision that asks for more time."""
    return document["type"] == "gov:Decision" and isinstance(document.get("gov:extends"), dict)


def subject_of(connection: Connection, instance: Instance, request: StoredAct) -> Proposal | None:
    """The text that an authentic request is about, if its author is asked to answer it; None for any other act."""
    named = load(request).get("gov:extends")
    if not isinstance(named, dict):
        return None
    reading = Reading(connection, loopback=instance.loopback)
    found = reading.at(Proposal, Ref(Id(named["id"]), named["gov:digest"]))
    return found if found is not None and request.author in reading.askers(found) else None


def concerned(connection: Connection, instance: Instance, subject: Proposal) -> tuple[Id, ...]:
    """Whom a change of the close of a text concerns: everybody who is counted in it, and who brought it."""
    asked = Reading(connection, loopback=instance.loopback).askers(subject)
    return tuple(sorted({*asked, subject.head.author}))


def _asked(connection: Connection, instance: Instance, item: Item) -> Proposal | Refusal:
    reading = Reading(connection, loopback=instance.loopback)
    found = reading.at(Proposal, Ref(Id(item.act), item.act_digest))
    if item.kind is not Kind.ANSWER or found is None:
        return Refusal("extension.none", f"{item.id} answers no text of a forum")
    if instance.assembly not in reading.askers(found):
        return Refusal("extension.stranger", "this assembly is not asked to answer")
    return found
