"""Matters on the agenda, as far as acts say them: each text and its versions, and how the assembly decided.

Who proposed a matter, what was said about it and how people vote is the assembly's own life, and in no act.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.governance.assembly import Body
from app.governance.proposal import NEXT, Event, State
from app.kernel.canonical import Document
from app.operations.confederation import answering, confederations
from app.operations.record.sealing import load
from app.store import accounts, acts, agenda, votes
from app.store.acts import Standing, StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

_ASKING: Final = ("gov:Charter", "gov:Proposal", "gov:Receipt")
_FROM: Final = {
    "adopted": State.ADOPTED,
    "rejected": State.REJECTED,
    "unresolved": State.UNRESOLVED,
    "ratified": State.ADOPTED,
}
_SAID_BY_ACTS: Final = frozenset({State.ADOPTED, State.REJECTED, State.UNRESOLVED})


def mend(connection: Connection, instance: Instance) -> Iterator[str]:
    """Put right what acts say of matters, and on the agenda what asks us and is not there; one sentence for each."""
    items = agenda.listed(connection, None)
    owned: dict[str, str] = {}
    for item in items:
        newest = _newest(connection, item)
        if newest is None:
            yield f"matter {item.id}: its text is in no act that is here; nothing can be made of it"
            continue
        taken = {other.act for other in items if other.id != item.id}
        line = tuple(_line(connection, newest, taken))
        owned |= {act.id: item.id for act in line}
        if any(act.erased_at is not None for act in line):
            continue  # its words are in no act any more
        texts = tuple(answering.text_of(load(act), act, number) for number, act in enumerate(line, 1))
        if texts != agenda.versions(connection, item.id):
            agenda.put_texts(connection, item.id, texts)
            yield f"matter {item.id}: the versions of its text"
        right = _right(connection, item, newest)
        if right != item:
            agenda.put_right(connection, right)
            yield f"matter {item.id}: its title, its text in force or its state"
    body = accounts.body(connection)
    if body is not None and body.kind == Body.COMMUNE:
        yield from _missing(connection, instance, owned)


def _newest(connection: Connection, item: Item) -> StoredAct | None:
    """The act of an item's text in force; where the item names none that is here, that of its last version."""
    named = [(item.act, item.act_digest)]
    named += [(text.act, text.act_digest) for text in reversed(agenda.versions(connection, item.id))]
    found = (acts.by_reference(connection, *one) for one in named)
    return next((act for act in found if act is not None), None)


def _line(connection: Connection, newest: StoredAct, taken: set[str]) -> Iterable[StoredAct]:
    """The versions that lead to `newest`, first one first.

    A text that is another matter's begins none of this one, nor does one that was before another assembly: what is
    brought to a confederation supersedes the text that its authors adopted at home.
    """
    line, document = [newest], load(newest)
    while (ref := document.get("gov:supersedes")) is not None:
        earlier = acts.by_reference(connection, ref["id"], ref["gov:digest"])
        if earlier is None or earlier.id in taken or earlier in line:
            break
        before, document = document, load(earlier)
        if any(before.get(key) != document.get(key) for key in ("type", "gov:forum")):
            break
        line.append(earlier)
    return reversed(line)


def _right(connection: Connection, item: Item, newest: StoredAct) -> Item:
    """The item as acts say it."""
    document = load(newest)
    right = replace(
        item,
        title=document.get("name", item.title),
        category=document.get("gov:category", "charter" if newest.type == "gov:Charter" else item.category),
        act=newest.id,
        act_digest=newest.digest,
    )
    if item.kind is Kind.ANSWER:
        right = replace(right, details={**item.details, **answering.details_of(document)})
    return replace(right, state=_state(connection, right))


def _state(connection: Connection, item: Item) -> str:
    """What our acts about the text in force came to, or what has followed from it since; else as it is."""
    if any(not vote.closed for vote in votes.of_item(connection, item.id)):
        return State.DECIDING.value
    kept = State(item.state) if item.state in set(State) else State.OPEN
    said = _decided(connection, item)
    if said is None:
        return (State.OPEN if kept in _SAID_BY_ACTS else kept).value
    if said is State.UNRESOLVED:  # else a second round is on its way, or it lapsed
        return (said if kept in _SAID_BY_ACTS else kept).value
    return (kept if kept in _following(said) else said).value


def _decided(connection: Connection, item: Item) -> State | None:
    """None while our acts leave the text undecided: there is none, or another meeting has to adopt it too."""
    about = acts.naming(connection, item.act, "gov:proposal")
    ours = [act for act in about if act.own and act.type in {"gov:Decision", "gov:Ratification"}]
    own = [load(act) for act in _of_this(connection, item, ours)]
    if not own:
        return None
    said = _said(own[-1])
    asked = own[-1].get("gov:rule", {}).get("meetings", 1)
    if said is State.ADOPTED and sum(_said(one) is State.ADOPTED for one in own) < asked:
        return None
    return said


def _of_this(connection: Connection, item: Item, ours: list[StoredAct]) -> list[StoredAct]:
    """Those of our acts about a text that belong to this item, where a call was before us more than once."""
    at = {act.id: number for number, act in enumerate(ours, 1)}
    begins = at.get(item.details.get("after", ""), 0)
    same = (one for one in agenda.of_kind(connection, Kind.ANSWER) if one.act == item.act)
    later = [one for one in same if (one.created_at, one.id) > (item.created_at, item.id)]
    return ours[begins : min((at.get(one.details.get("after", ""), 0) for one in later), default=len(ours))]


def _said(document: Document) -> State | None:
    return _FROM.get(str(document.get("gov:stance") or document.get("gov:status")))


def _following(state: State) -> set[State]:
    """A state and all that lead on from it; who withdraws a question thaws texts on which nothing was decided."""
    found, onward = {state}, [pair for pair in NEXT.items() if pair[0][1] is not Event.THAWED]
    while more := {after for (before, _), after in onward if before in found} - found:
        found |= more
    return found


def _missing(connection: Connection, instance: Instance, owned: dict[str, str]) -> Iterator[str]:
    """Put on the agenda what an act asks of us and no matter is about."""
    forums = confederations.ours(connection, instance) | {instance.assembly}
    for act in acts.of_type(connection, *_ASKING):
        if act.own or act.standing is not Standing.AUTHENTIC or act.id in owned:
            continue
        document = load(act)
        if not _may_ask(instance, document, forums, owned):
            continue
        item = answering.take_up(connection, instance, act, document)
        if item is not None:
            owned[act.id] = item
            yield f"matter {item}: {act.id} asks us, and was not on the agenda"


def _may_ask(instance: Instance, document: Document, forums: frozenset[str], owned: dict[str, str]) -> bool:
    if document["type"] == "gov:Receipt":
        return instance.assembly in (document.get("gov:roll") or ()) and document["gov:act"]["id"] not in owned
    if document["type"] == "gov:Charter":
        return any(member["assembly"] == instance.assembly for member in document.get("gov:members") or ())
    forum = document.get("gov:forum")
    return instance.assembly in forum if isinstance(forum, list) else forum in forums
