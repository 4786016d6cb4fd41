"""Recall: any member proposes it at any time, and the assembly decides (governance.md §5, B4, B5)."""

from gettext import gettext as _
from typing import Any, Final

from app.governance.act import Ref
from app.governance.mandate import Mandate
from app.governance.proposal import State
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations import naming
from app.operations.opening import open_item, paragraphs
from app.operations.publishing import seal_and_announce
from app.operations.reading import Reading
from app.operations.sealing import heading
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_WAITING: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING})
_NEWEST: Final = 500


def propose(
    connection: Connection, instance: Instance, account: Account, mandate_id: str, delegates: tuple[str, ...], why: str
) -> Item | Refusal:
    """Open the item by which our assembly decides to end a mandate for some of its delegates, or for all.

    Refuses by `recall.mandate` (none of ours), `.delegates`, `.why` and `.open` (it is proposed already).
    """
    act = acts.by_id(connection, mandate_id)
    mandate = Reading(connection, loopback=instance.loopback).parsed(act) if act is not None else None
    if act is None or not act.own or not isinstance(mandate, Mandate):
        return Refusal("recall.mandate", f"{mandate_id} is no mandate of ours")
    named = tuple(person for person in mandate.delegates if person in delegates) or mandate.delegates
    if set(delegates) - set(mandate.delegates):
        return Refusal("recall.delegates", f"not named by the mandate: {sorted(set(delegates) - set(named))}")
    if not why:
        return Refusal("recall.why", "a recall says why")
    if all(is_held(connection, mandate_id, person) for person in named):
        return Refusal("recall.open", "their recall is on the agenda already")
    people = ", ".join(naming.person_name(connection, instance, person) for person in named)
    details: dict[str, Any] = {"mandate": {"id": act.id, "gov:digest": act.digest}, "why": why}
    if set(named) != set(mandate.delegates):
        details["delegates"] = list(named)
    return open_item(
        connection,
        instance,
        Kind.RECALL,
        category="recall",
        title=_("Recall of %(people)s") % {"people": people},
        source="\n\n".join([_("The mandate of %(people)s ends when this is adopted.") % {"people": people}, why]),
        details=details,
        author=account,
    )


def end(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct:
    """Seal the Recall that an adopted Decision orders; it takes effect at its time in the record."""
    head, details = heading(connection, instance), item.details
    delegates = details.get("delegates")
    document = build.recall(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        mandate=Ref(Id(details["mandate"]["id"]), details["mandate"]["gov:digest"]),
        decision=Ref(Id(decision.id), decision.digest),
        delegates=None if delegates is None else [Id(person) for person in delegates],
        content=paragraphs(details["why"]),
    )
    return seal_and_announce(connection, instance, document)


def is_held(connection: Connection, mandate_id: str, person: str) -> bool:
    """True while a recall of this person under this mandate is open: our server then seals no vote of theirs."""
    return any(
        item.kind is Kind.RECALL
        and State(item.state) in _WAITING
        and item.details["mandate"]["id"] == mandate_id
        and person in item.details.get("delegates", (person,))
        for item in agenda.listed(connection, _NEWEST)
    )
