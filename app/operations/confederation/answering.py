"""What was brought to us goes on our agenda: nothing that another sends changes our state by itself (B17)."""

import json
from typing import Any, Final

from app.governance.act import Ref
from app.governance.extension import Closing
from app.governance.proposal import Proposal, State
from app.kernel.canonical import Document
from app.kernel.ids import Id, origin
from app.operations.confederation import confederations, reserving, tiers
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.operations.votes import extending
from app.store import acts, agenda
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind, Text
from app.store.database import Connection
from app.wiring import Instance

_SHOWN: Final = frozenset(
    {
        "gov:Proposal",
        "gov:Charter",
        "gov:Ratification",
        "gov:DelegateVote",
        "gov:Mandate",
        "gov:Recall",
        "gov:Outcome",
        "gov:Admission",
        "gov:Withdrawal",
        "gov:Session",
        "gov:Registration",
        "gov:Draft",
    }
)
_ENDED: Final = frozenset(
    {State.ADOPTED, State.REJECTED, State.UNRESOLVED, State.NO_QUORUM, State.WITHDRAWN, State.LAPSED}
)


def on_act(connection: Connection, instance: Instance, act: StoredAct) -> None:
    """Put on our agenda what an authentic act of another asks of us, and tell every member.

    A proposal before a forum of ours, or a founding Charter that lists us, becomes an item to
    answer; so does our own proposal when the forum's Receipt says that it is on its agenda.
    """
    document = load(act)
    item = take_up(connection, instance, act, document)
    shown = act.type in _SHOWN or extending.is_request(document)
    if shown and (item is not None or _is_near(connection, instance, document)):
        kind = act.type.removeprefix("gov:").lower()
        agenda.tell(connection, kind, int(instance.now().timestamp()), act=act.seq, item=item)


def take_up(connection: Connection, instance: Instance, act: StoredAct, document: Document) -> str | None:
    """The item by which we answer what an act asks of us, put on the agenda if it is not; None if it asks nothing."""
    council = _brings(connection, instance, act.id)
    if council is not None or _asks_us(connection, instance, act, document):
        return put_on_agenda(connection, instance, act, council)
    if act.type == "gov:Receipt" and instance.assembly in (document.get("gov:roll") or ()):
        return _on_receipt(connection, instance, document)
    return None


def put_on_agenda(connection: Connection, instance: Instance, act: StoredAct, council: str | None = None) -> str:
    """The id of the item by which we answer this Proposal or Charter, put on the agenda if it is not.

    `council` is ours where it brings us what is before the council above it: to it we answer (fine-print 19).

    A later version of a text that waits for our answer takes its place: it starts from nothing
    (governance.md §4).
    """
    known = answer_to(connection, act.id)
    if known is not None:
        return known.id
    document = load(act)
    earlier = _waiting_earlier(connection, document)
    if earlier is not None:
        number = len(agenda.versions(connection, earlier.id)) + 1
        agenda.put_text(connection, earlier.id, text_of(document, act, number), document["name"])
        agenda.set_details(connection, earlier.id, {**reserving.without(earlier), **details_of(document)})
        return earlier.id
    item = Item(
        id=instance.new_ulid(),
        kind=Kind.ANSWER,
        category=document.get("gov:category", "charter"),
        title=document["name"],
        state=State.OPEN.value,
        details=details_of(document) | ({"confederation": council} if council is not None else {}),
        act=act.id,
        act_digest=act.digest,
        author=None,
        asked=False,
        created_at=int(instance.now().timestamp()),
    )
    agenda.add(connection, item)
    agenda.put_text(connection, item.id, text_of(document, act, 1), item.title)
    return item.id


def answer_to(connection: Connection, act_id: str) -> Item | None:
    """The item of our agenda by which we answer this text, if there is one."""
    found = agenda.about(connection, act_id)
    return found if found is not None and found.kind is Kind.ANSWER else None


def closing_of(connection: Connection, instance: Instance, item: Item) -> Closing:
    """Until when the text that an item answers may be answered, and who asked for more time if somebody did.

    A founding Charter never closes.
    """
    proposal = answered(connection, instance, item)
    reading = Reading(connection, loopback=instance.loopback)
    return reading.closing(proposal, instance.now()) if proposal is not None else Closing(None)


def answered(connection: Connection, instance: Instance, item: Item) -> Proposal | None:
    """The Proposal that an item answers, as it was signed."""
    return Reading(connection, loopback=instance.loopback).at(Proposal, Ref(Id(item.act), item.act_digest))


def is_over(connection: Connection, instance: Instance, item: Item) -> bool:
    """True if an answer would come too late; what takes a signature under a call back never does."""
    return "after" not in item.details and closing_of(connection, instance, item).is_over(instance.now())


def _asks_us(connection: Connection, instance: Instance, act: StoredAct, document: Document) -> bool:
    """True for a proposal that is before us, and for a founding Charter that lists us."""
    if act.type == "gov:Charter":
        return any(member.get("assembly") == instance.assembly for member in document.get("gov:members") or ())
    return act.type == "gov:Proposal" and _is_for_us(connection, instance, document)


def _is_for_us(connection: Connection, instance: Instance, document: Document) -> bool:
    """True if a proposal is before us or a confederation of ours, by a member of it or by who asks to join it.

    Also where its rule asks us as a caucus: we need not be a member for that (fine-print 20).
    """
    forum = document.get("gov:forum")
    if isinstance(forum, list):
        return instance.assembly in forum
    if forum == instance.assembly or instance.assembly in confederations.caucuses_of(document):
        return True
    if forum not in confederations.forums(connection, instance):
        return False
    author = document["attributedTo"]
    joins = document.get("gov:category") == "admission" and document.get("gov:assembly") == author
    return joins or author in confederations.members_of(connection, forum) | confederations.delegations_of(
        connection, forum
    )


def _brings(connection: Connection, instance: Instance, about: str) -> str | None:
    """The council of ours that brings us a text from the council above it, or None."""
    act = acts.by_id(connection, about)
    if act is None or act.type not in {"gov:Proposal", "gov:Charter"}:
        return None
    document = load(act)
    forum = document.get("gov:forum", act.author)
    council = tiers.relayed_by(connection, about, instance.assembly, confederations.ours(connection, instance))
    return None if isinstance(forum, list) or council == forum else council


def _on_receipt(connection: Connection, instance: Instance, document: Document) -> str | None:
    """The item for a proposal, our own too, that a forum of ours says is on its agenda with us on the roll."""
    about = document["gov:act"]
    act = acts.by_reference(connection, about["id"], about["gov:digest"])
    council = _brings(connection, instance, about["id"])
    if act is not None and council is not None:
        return put_on_agenda(connection, instance, act, council)
    if act is None or act.type != "gov:Proposal":
        return None
    proposal = load(act)
    if proposal.get("gov:forum") != document["attributedTo"] or not _is_for_us(connection, instance, proposal):
        return None
    return put_on_agenda(connection, instance, act)


def _is_near(connection: Connection, instance: Instance, document: Document) -> bool:
    """True for acts of those with whom we confederate: what members are told about."""
    author = document["attributedTo"]
    near = {*confederations.fellows(connection, instance), *confederations.ours(connection, instance)}
    near |= confederations.met(connection, instance) | {instance.assembly}
    return author in near or f"{origin(author)}/assembly" in near


def _waiting_earlier(connection: Connection, document: Document) -> Item | None:
    superseded = document.get("gov:supersedes")
    found = answer_to(connection, superseded["id"]) if isinstance(superseded, dict) else None
    return found if found is not None and State(found.state) not in _ENDED | {State.DECIDING} else None


def details_of(document: Document) -> dict[str, Any]:
    """What an item that answers this text keeps of it: before whom it is, who brought it."""
    forum = document.get("gov:forum", document["attributedTo"])
    return {"confederation": forum, "brought_by": document["attributedTo"]}


def text_of(document: Document, act: StoredAct, version: int) -> Text:
    """A Proposal or Charter as version `version` of an item's text."""
    source = document.get("source") or {}
    written = source.get("content") or document.get("content") or _points(document)
    return Text(version, act.id, act.digest, written, act.published_at)


def _points(document: Document) -> str:
    """A Charter's text: its numbered clauses, then the settings that it is made of."""
    clauses = [f"{clause['number']}. {clause['content']}" for clause in document.get("gov:clauses") or ()]
    return "\n\n".join(clauses) or json.dumps(document.get("gov:settings", {}), indent=2, ensure_ascii=False)
