"""Answers given once more: to a call, since a signature is our own to take back; and what was never confirmed."""

from typing import Final

from app.governance.act import Ref
from app.governance.mandate import DelegateVote
from app.governance.proposal import Proposal, State
from app.governance.ratification import Ratification, Stance
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning
from app.operations.confederation import answering
from app.operations.matters.proposing import LONGEST_COMMENT
from app.operations.record.reading import Reading
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Comment, Item, Kind
from app.store.database import Connection
from app.wiring import Instance

_ENDED: Final = frozenset({State.ADOPTED, State.REJECTED, State.LAPSED})
_SIGNS: Final = frozenset({Stance.RATIFIED, Stance.RESERVED, None})
_OWN: Final = frozenset({"gov:Decision", "gov:Ratification"})


def answered(connection: Connection, instance: Instance, about: Ref) -> tuple[Ref, Stance | None] | None:
    """The last answer of ours to a call and what it says, or the last that delegates gave for us, with None.

    None where there is neither, and for what is no call, unless our answer waits for co-signers who are none any
    more: it is given again, with None.
    """
    reading = Reading(connection, loopback=instance.loopback)
    proposal = reading.at(Proposal, about)
    own = [one for one, act in reading.naming(about, "gov:Ratification", Ratification) if act.own]
    if own and stuck(connection, instance, about) is not None:
        return own[-1].head.ref, None
    if proposal is None or not proposal.is_call:
        return None
    if own:
        return own[-1].head.ref, own[-1].stance
    cast = [one for one, act in reading.naming(about, "gov:DelegateVote", DelegateVote) if act.own]
    given = [one for one in cast if not one.indicative]
    return (given[-1].head.ref, None) if given else None


def stuck(connection: Connection, instance: Instance, about: Ref) -> StoredAct | None:
    """Our last answer to a text, if it waits for co-signers who are none any more; else None."""
    kept = [act for act in acts.naming(connection, about.id, "gov:proposal") if act.own]
    last = next((act for act in reversed(kept) if act.type == "gov:Ratification"), None)
    return last if last is not None and cosigning.is_stuck(connection, instance, last) else None


def may_ask_again(connection: Connection, instance: Instance, item: Item) -> Refusal | None:
    """None if a call can be put before our assembly once more, or what it said on a text is `stuck`.

    Else `call.none` (no call that we answer), `call.open` (it is before us already) or `call.late`
    (nobody signs it any more; a signature is taken back at any time).
    """
    reading = Reading(connection, loopback=instance.loopback)
    proposal = reading.at(Proposal, Ref(Id(item.act), item.act_digest))
    waits = stuck(connection, instance, Ref(Id(item.act), item.act_digest)) is not None
    if item.kind is not Kind.ANSWER or proposal is None or not (proposal.is_call or waits):
        return Refusal("call.none", f"{item.id} answers no call")
    newest = answering.answer_to(connection, item.act)
    if newest is None or newest.id != item.id or item.state not in _ENDED:
        return Refusal("call.open", f"{item.id} is before us, or another matter about it is")
    over = reading.closing(proposal, instance.now()).is_over(instance.now())
    if over and not (proposal.is_call and is_signed(connection, instance, proposal.head.ref)):
        return Refusal("call.late", "nobody signs it any more")
    return None


def is_signed(connection: Connection, instance: Instance, call: Ref) -> bool:
    """True if our signature stands under a call, by our assembly or by its delegates."""
    earlier = answered(connection, instance, call)
    return earlier is not None and earlier[1] in _SIGNS


def ask_again(connection: Connection, instance: Instance, account: Account, item_id: str, why: str) -> Item | Refusal:
    """Put a call that we answered on our agenda once more: whether our signature stays, or whether we sign after all.

    The new item says after which entry of ours it comes; `why` begins its discussion. Refuses by
    `item.unknown`, `comment.text` and as `may_ask_again` does.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    refused = may_ask_again(connection, instance, item)
    if refused is not None:
        return refused
    if not 0 < len(why) <= LONGEST_COMMENT:
        return Refusal("comment.text", f"say in 1 to {LONGEST_COMMENT} characters why, got {len(why)}")
    now = int(instance.now().timestamp())
    said = [act for act in acts.naming(connection, item.act, "gov:proposal") if act.own and act.type in _OWN]
    again = Item(
        id=instance.new_ulid(),
        kind=Kind.ANSWER,
        category=item.category,
        title=item.title,
        state=State.OPEN.value,
        details={key: item.details[key] for key in ("confederation", "brought_by") if key in item.details}
        | {"after": said[-1].id if said else ""},
        act=item.act,
        act_digest=item.act_digest,
        author=account.id,
        asked=False,
        created_at=now,
    )
    agenda.add(connection, again)
    for text in agenda.versions(connection, item.id)[-1:]:
        agenda.put_text(connection, again.id, text, again.title)
    agenda.comment(connection, again.id, Comment(account.id, why, now))
    agenda.tell(connection, "asked_again", now, item=again.id)
    return again
