"""Erasing: the words of an act of ours and its posts go; its leaf, its figures and a stone stay (hostile B08)."""

from collections.abc import Collection
from datetime import UTC, datetime
from gettext import gettext as _
from typing import Final

import orjson

from app.federation.documents import acts_within
from app.governance.act import Ref
from app.governance.proposal import State
from app.kernel.canonical import Document, canonical
from app.kernel.ids import Id
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.assembly import orders
from app.operations.confederation import confederations, relaying
from app.operations.exchange.publishing import seal_and_announce, send, to_followers
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.matters.versions import say_in
from app.operations.record.sealing import heading, load
from app.store import acts, agenda, caretaking, ledger, media, notices, outbox
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.outbox import Followers
from app.translation import build, posts
from app.translation.acts.redactions import BLANK, without_words
from app.wiring import Instance

LONGEST_WHY: Final = 2_000
WORDLESS: Final = frozenset({"gov:KeyEvent", "gov:Redaction"})
"""Types of acts that hold no words to erase."""

_LONGEST_LOGGED: Final = 500
_UNDECIDED: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING, State.UNRESOLVED, State.NO_QUORUM})


def propose(connection: Connection, instance: Instance, account: Account, act_id: str, because: str) -> Item | Refusal:
    """Put it to the assembly to take the words of an act of ours out of the record; a caretaker does it then.

    Refuses by `body.missing` and as `erase` does, and by `erasing.open` (it is on the agenda).
    """
    act = _erasable(connection, act_id, because)
    if isinstance(act, Refusal):
        return act
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people decides on it")
    if any(
        one.details["act"] == act.id and one.state in _UNDECIDED for one in agenda.of_kind(connection, Kind.ERASURE)
    ):
        return Refusal("erasing.open", f"the words of {act.id} are on the agenda")
    if len(because) > LONGEST_WHY:
        return Refusal("erasing.because", f"a reason has at most {LONGEST_WHY} characters")
    return open_item(
        connection,
        instance,
        Kind.ERASURE,
        category="erasure",
        title=_("Words to be taken out of the record"),
        source="\n\n".join([_("The words of this entry go: {entry}").format(entry=act.id), because]),
        details={"act": act.id},
        author=account,
    )


def erase(
    connection: Connection, instance: Instance, act_id: str, because: str, *, decision: str | None = None
) -> StoredAct | Refusal:
    """Take the words of an act of ours out of the record and tell all who had it by `Delete`; the Redaction.

    `act.unknown` for what is none of ours, `act.erased` for what is gone already, `erasing.because`
    without a reason, `erasing.keys` for an entry of the key-log, which holds no words. Once the assembly is
    founded, `erasing.decision` unless `decision` is an adopted one of its own that these words go (`propose`): it is
    never read from a text, many a one names an entry. It serves once, since what is gone is not erased again.
    """
    act = _erasable(connection, act_id, because)
    if isinstance(act, Refusal):
        return act
    refused = orders.check(connection, instance, "erasing.decision", act.id, decision)
    if refused is None and decision is not None and not _orders(connection, decision, act):
        refused = Refusal("erasing.decision", f"{decision} is no decision that the words of {act.id} go")
    if refused is not None:
        return refused
    head = heading(connection, instance)
    redaction = build.redaction(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        content=posts.paragraph(because),
        act=Ref(Id(act.id), act.digest),
    )
    sealed = seal_and_announce(connection, instance, redaction)
    reached = confederations.fellows(connection, instance)
    reached |= confederations.named_by(connection, instance, load(act))
    forget_words(connection, instance, act)
    said = because[:_LONGEST_LOGGED] if decision is None else f"{because[:_LONGEST_LOGGED]} ({decision})"
    caretaking.note(connection, "erased", act.id, said, int(instance.now().timestamp()))
    stone = stone_of(connection, act)
    send(connection, instance, "Delete", instance.assembly, stone, sorted(reached))
    for post_id in notices.about(connection, act.seq):
        _bury(connection, instance, post_id)
    return sealed


def _erasable(connection: Connection, act_id: str, because: str) -> StoredAct | Refusal:
    """An act of ours that has words to erase, if there is a reason."""
    act = acts.by_id(connection, act_id)
    if act is None or not act.own:
        return Refusal("act.unknown", f"{act_id} is no entry of ours")
    if act.erased_at is not None:
        return Refusal("act.erased", f"the words of {act_id} are gone already")
    if act.type in WORDLESS:
        return Refusal("erasing.keys", f"{act_id} is a {act.type}, which holds no words to erase")
    if not because.strip():
        return Refusal("erasing.because", "why the words go is said in the record")
    return act


def _orders(connection: Connection, decision: str, act: StoredAct) -> bool:
    """True if the item that a decision is about was put before the assembly to erase this act."""
    decided = acts.by_id(connection, decision)
    about = load(decided).get("gov:proposal", {}).get("id", "") if decided is not None else ""
    item = agenda.about(connection, about)
    return item is not None and item.kind is Kind.ERASURE and item.details["act"] == act.id


def forget_words(connection: Connection, instance: Instance, act: StoredAct) -> None:
    """Keep of an act what is counted, of a leaf of ours the hash alone; of what was sent of it, a stone each."""
    now, document = int(instance.now().timestamp()), load(act)
    acts.erase(connection, act.seq, canonical(without_words(document)), now)
    item = agenda.about(connection, act.id)
    if item is not None:
        say_in(connection, item, {})
    agenda.forget_words(connection, act.id, BLANK)
    if act.own and act.leaf is not None:
        ledger.forget_body(connection, act.leaf)
    if act.own:
        _forget_pictures(connection, instance, document)
    forget_sent(connection, instance, (act.id, *notices.about(connection, act.seq)))
    relayed = None if act.own else relaying.relayed_post(connection, instance, act)
    if relayed is not None:
        _bury_sent(connection, instance, relayed)


def forget_relayed(connection: Connection, instance: Instance, post_id: str, author: str) -> None:
    """Take back our Announce of a post whose author took it back, and of no other's."""
    for sent in outbox.about(connection, (post_id,)):
        brought = orjson.loads(sent.raw).get("object")
        if isinstance(brought, dict) and brought.get("actor") == author:
            _bury_sent(connection, instance, sent)


def forget_sent(connection: Connection, instance: Instance, things: Collection[str]) -> None:
    """Put a stone over every activity of ours that holds these acts or posts, whoever wrote them.

    It is delivered to nobody who has it not yet; who may ask for it is told that it is gone.
    """
    for sent in outbox.about(connection, things):
        _bury_sent(connection, instance, sent)


def _bury_sent(connection: Connection, instance: Instance, sent: outbox.Activity) -> None:
    """Put a stone over an activity of ours, and undo it if it was an Announce to followers: nobody else tells them."""
    activity = orjson.loads(sent.raw)
    if activity["type"] in {"Delete", "Tombstone"}:
        return
    published = format_instant(datetime.fromtimestamp(sent.published_at, UTC))
    stone = posts.tombstone(sent.id, activity["type"], published, instance.now())
    to = {key: activity[key] for key in ("to", "cc") if key in activity}
    outbox.bury(connection, sent.seq, orjson.dumps(stone | to))
    if activity["type"] == "Announce" and sent.public:
        undone = {key: activity[key] for key in ("id", "type", "actor")} | {"object": activity["object"]["id"]}
        told = Followers(instance.assembly, reads_acts=bool(acts_within(activity)))
        to_followers(connection, instance, "Undo", undone, to=told)


def _forget_pictures(connection: Connection, instance: Instance, document: Document) -> None:
    """Let the pictures of an act go that no other text of ours shows."""
    shown = _pictures(document)
    if not shown:
        return
    others = acts.of_type(connection, document["type"], author=instance.assembly)
    shown -= {picture for one in others if one.erased_at is None for picture in _pictures(load(one))}
    media.remove(connection, {address.rpartition("/")[2] for address in shown})
    item = agenda.about(connection, document["id"])
    if item is not None and item.details.get("picture", {}).get("url") in shown:
        agenda.set_details(connection, item.id, {key: value for key, value in item.details.items() if key != "picture"})


def _pictures(document: Document) -> set[str]:
    return {one["url"] for one in document.get("attachment", ()) if isinstance(one, dict) and "url" in one}


def stone_of(connection: Connection, act: StoredAct) -> Document:
    """The Tombstone that stands where an erased act was."""
    kept = acts.by_seq(connection, act.seq)
    erased = datetime.fromtimestamp(kept.erased_at or 0 if kept is not None else 0, UTC)
    return posts.tombstone(act.id, act.type, format_instant(datetime.fromtimestamp(act.published_at, UTC)), erased)


def _bury(connection: Connection, instance: Instance, post_id: str) -> None:
    """Put a stone over a post, and tell followers."""
    kept = orjson.loads(notices.get(connection, post_id) or b"{}")
    if kept.get("type") == "Tombstone":
        return
    stone = posts.tombstone(post_id, kept["type"], kept["published"], instance.now())
    notices.unpin(connection, post_id)
    notices.untag(connection, post_id)
    notices.replace(connection, post_id, orjson.dumps(stone))
    to_followers(connection, instance, "Delete", stone)
