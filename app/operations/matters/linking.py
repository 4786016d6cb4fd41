"""Links: how a text of ours stands to earlier decisions, and where it was taken from (governance.md §4)."""

from collections.abc import Iterable
from typing import Final

from app.governance.act import Ref
from app.governance.chain import KINDS, Settled, chain, with_mandate
from app.governance.mandate import Mandate
from app.governance.proposal import Proposal, State
from app.governance.ratification import Decision
from app.governance.weighing import replaced_by
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning
from app.operations.mandates.registering import recalls_of
from app.operations.record.reading import Reading
from app.store import acts, agenda
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation.acts import writing
from app.wiring import Instance

DECIDED_AGAIN: Final = "decided_again"
"""Under which the details of an item name the one by which the assembly decides it again."""

_SOURCES = frozenset({"gov:Proposal", "gov:Draft"})
_GIVES_MANDATES = "mandate"
_NOT_OF_THE_REGISTER = frozenset({"procedure"})


def links_of(connection: Connection, wanted: Iterable[tuple[str, str]]) -> Document | Refusal:
    """`gov:links` of `(kind, id of an act)` pairs; `item.links` for a kind or an act that cannot be named so.

    Decisions are named by the ways of governance.md §4; a text of anybody's, that is here, as what ours derives from.
    """
    found: dict[str, list[Document]] = {}
    for kind, act_id in wanted:
        act = acts.by_id(connection, act_id)
        fits = act is not None and (act.type in _SOURCES if kind == "derivedFrom" else act.type == "gov:Decision")
        if act is None or kind not in KINDS or not fits:
            return Refusal("item.links", f"{act_id[:200]} is nothing that a proposal {kind[:40]!r}")
        found.setdefault(kind, []).append(writing.ref(Ref(Id(act.id), act.digest)))
    return dict(found)


def settled(connection: Connection, instance: Instance) -> tuple[Settled, ...]:
    """What our assembly adopted, first decision first, each where it stands now; how it decides is left out.

    What co-signers still have to confirm does not count, and is not among it.
    """
    reading = Reading(connection, loopback=instance.loopback)
    kept = cosigning.counting(connection, instance, acts.of_type(connection, "gov:Decision", author=instance.assembly))
    pairs = ((one, reading.at(Proposal, one.proposal)) for one in reading.all_of(Decision, kept))
    decided = (
        (decision, proposal)
        for decision, proposal in pairs
        if proposal is not None
        and proposal.category not in _NOT_OF_THE_REGISTER
        and not proposal.is_call  # that our signature stays is no decision of its own
        and _is_of_its_own(connection, proposal)
        and not proposal.is_question
    )
    found = chain(decided, instance.now())
    return tuple(_where_it_stands(reading, instance, one) for one in found)


def _where_it_stands(reading: Reading, instance: Instance, one: Settled) -> Settled:
    """A decision as the mandate that it gave leaves it: a recall or another grant ends it as a later decision does."""
    if one.proposal.category != _GIVES_MANDATES:
        return one
    given = reading.all_of(Mandate, acts.naming(reading.connection, one.decision.head.ref.id, "gov:decision"))
    for mandate in given:
        if mandate.decision == one.decision.head.ref and mandate.head.author == one.decision.head.author:
            record = reading.about_mandate(mandate)
            recalls, replaced = recalls_of(record, mandate), replaced_by(record, mandate)
            one = with_mandate(one, mandate, recalls, replaced, instance.now())
    return one


def _is_of_its_own(connection: Connection, proposal: Proposal) -> bool:
    """False for a text about a text, which stands in the later version of that, and for one put to us once more.

    Whoever confirms the first decision on that too late makes it count, and orders nothing by it.
    """
    item = agenda.about(connection, proposal.head.ref.id)
    return item is None or (item.kind is not Kind.AMENDMENT and DECIDED_AGAIN not in item.details)


def move_earlier(connection: Connection, instance: Instance, decision: StoredAct) -> None:
    """Let the items of earlier decisions say what the adopted `decision` made of them."""
    for one in settled(connection, instance):
        if one.by is None or one.by.id != decision.id:
            continue
        item = agenda.about(connection, one.proposal.head.ref.id)
        if item is not None and item.state == State.ADOPTED:
            agenda.set_state(connection, item.id, one.state.value)


def source_of(connection: Connection, item: Item) -> StoredAct | None:
    """The text that an item was taken from, if it was."""
    named = item.details.get("keys", {}).get("gov:links", {}).get("derivedFrom", ())
    return acts.by_reference(connection, named[0]["id"], named[0]["gov:digest"]) if named else None
