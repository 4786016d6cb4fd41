"""Deciding again: what waits for co-signers who are none any more never counts, so the assembly says it anew."""

from typing import Final

from app.governance.proposal import State
from app.kernel.canonical import Document
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning
from app.operations.confederation import calls
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import fulfilling
from app.operations.matters.linking import DECIDED_AGAIN
from app.operations.matters.proposing import LONGEST_COMMENT
from app.operations.record.sealing import heading, load
from app.store import acts, agenda, entrants
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Comment, Item, Kind, Text
from app.store.database import Connection
from app.wiring import Instance

_CAME_UP: Final = frozenset(
    {
        "ordered",
        "protection",
        "recounts",
        "called_back",
        "calling",
        "on_paper",
        "again",
        "words",
        "lapse_told",
        "heard",
        "trust",
    }
    | {"procedure", "seats", "seats_heard_in", "adopted_in", "granted", "brought", "reservations", DECIDED_AGAIN}
)
"""What came up while an item was decided on, which starts from nothing the next time."""

_OF_THE_ACT: Final = frozenset(
    {"id", "published", "proof", "gov:opens", "gov:closes", "gov:supersedes"}
    | {"gov:rule", "gov:charter", "gov:outcome", "gov:unresolved", "gov:decision"}
)
"""Keys of a text that go with one act alone, or with the second round of one."""


def stuck(connection: Connection, instance: Instance, item: Item) -> StoredAct | None:
    """The act by which an adopted matter of ours waits for co-signers who are none any more; None if none does.

    It is the Decision, or the Mandate or Recall that it ordered. What has been put again already is not stuck.
    """
    if item.kind is Kind.ANSWER or item.state != State.ADOPTED or DECIDED_AGAIN in item.details:
        return None
    waiting = fulfilling.waits(item)
    decisions = [acts.by_id(connection, waiting)] if waiting is not None else _decisions(connection, item)
    ordered = [one for act in decisions if act is not None for one in acts.naming(connection, act.id, "gov:decision")]
    found = decisions if waiting is not None else [act for act in ordered if act.type in cosigning.CONFIRMED]
    last = found[-1] if found else None
    return last if last is not None and last.own and cosigning.is_stuck(connection, instance, last) else None


def matter_of(connection: Connection, act: StoredAct) -> Item | None:
    """The matter of ours by which an act of ours was decided: what its Decision is about."""
    named = load(act).get("gov:decision")
    decision = acts.by_id(connection, named["id"]) if isinstance(named, dict) else act
    about = load(decision).get("gov:proposal") if decision is not None else None
    return agenda.about(connection, about["id"]) if isinstance(about, dict) else None


def ask(connection: Connection, instance: Instance, account: Account, item_id: str, why: str) -> Item | Refusal:
    """Put a matter that is `stuck` before the assembly once more, as a new one with the same text; `why` begins it.

    What the first one ordered is not done any more, whoever confirms it later. An answer to others is asked for again
    as `calls.ask_again` does. Refuses by `item.unknown`, `again.stuck` (it counts, may still count, or is before
    the assembly again) and `comment.text`.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if item.kind is Kind.ANSWER:
        return calls.ask_again(connection, instance, account, item_id, why)
    if stuck(connection, instance, item) is None:
        return Refusal("again.stuck", f"{item.id} does not wait for co-signers who are none any more")
    if not 0 < len(why) <= LONGEST_COMMENT:
        return Refusal("comment.text", f"say in 1 to {LONGEST_COMMENT} characters why, got {len(why)}")
    again = _open(connection, instance, account, item)
    now = int(instance.now().timestamp())
    kept = {key: value for key, value in item.details.items() if key != "ordered"}
    agenda.set_details(connection, item.id, {**kept, DECIDED_AGAIN: again.id})
    agenda.comment(connection, again.id, Comment(account.id, why, now))
    return again


def _open(connection: Connection, instance: Instance, account: Account, item: Item) -> Item:
    text = agenda.versions(connection, item.id)[-1]
    first = acts.by_id(connection, item.act)
    if first is None:
        raise TypeError(f"the text of {item.id} is not in the record")
    head = heading(connection, instance)
    kept: Document = {key: value for key, value in load(first).items() if key not in _OF_THE_ACT}
    published = format_instant(head.published)
    act = seal_and_announce(
        connection, instance, kept | {"id": head.id, "published": published, "gov:opens": published}
    )
    again = Item(
        id=instance.new_ulid(),
        kind=item.kind,
        category=item.category,
        title=item.title,
        state=State.OPEN.value,
        details={key: value for key, value in item.details.items() if key not in _CAME_UP},
        act=act.id,
        act_digest=act.digest,
        author=account.id,
        asked=False,
        created_at=int(instance.now().timestamp()),
    )
    agenda.add(connection, again)
    agenda.put_text(connection, again.id, Text(1, act.id, act.digest, text.source, act.published_at), item.title)
    entrants.ask_again(connection, item.id, again.id)
    return again


def _decisions(connection: Connection, item: Item) -> list[StoredAct | None]:
    return [act for act in acts.naming(connection, item.act, "gov:proposal") if act.own and act.type == "gov:Decision"]
