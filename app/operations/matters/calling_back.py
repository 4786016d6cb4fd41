"""Calling back: what was resolved provisionally is in force, until three bring it before the next meeting (§3)."""

from dataclasses import dataclass
from typing import Any, Final

from app.governance.act import Ref
from app.governance.chain import provisional_until
from app.governance.proposal import Event, State, advance
from app.governance.ratification import Decision
from app.governance.rules import Counts, FactCode, Method, Rule, Status, parse_rule
from app.governance.thresholds import CALLED_BACK_BY
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.exchange.publishing import seal_and_announce
from app.operations.meetings import convening
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading
from app.store import acts, agenda, votes
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.votes import Vote
from app.translation import build
from app.wiring import Instance

LONGEST_REASON: Final = 2_000
_BACK: Final = "called_back"
_BECAUSE: Final = (FactCode.QUORUM_MET.value, FactCode.COUNTED.value, FactCode.PROVISIONAL_CALLED.value)
_OWN_RULE: Final = frozenset(
    {Kind.MANDATE, Kind.RECALL, Kind.JOIN, Kind.LEAVE, Kind.CHARTER, Kind.HOST, Kind.EXTENSION, Kind.HASTE}
)


@dataclass(frozen=True, slots=True)
class Provisional:
    """What was resolved provisionally: `until` when it can be called back, and by whom it is so far, with why."""

    decision: Decision
    vote: Vote
    until: Instant
    names: tuple[int, ...] = ()
    reason: str = ""


def provisional(connection: Connection, instance: Instance, item: Item) -> Provisional | None:
    """The provisional resolution of an adopted item, its time over or not; None if there is none."""
    closed = [vote for vote in votes.of_item(connection, item.id) if vote.result is not None]
    if item.state != State.ADOPTED or not closed or not (closed[-1].result or {}).get("acts"):
        return None
    vote = closed[-1]
    act = acts.by_id(connection, (vote.result or {})["acts"][0])
    decision = Reading(connection, loopback=instance.loopback).parsed(act) if act is not None else None
    until = provisional_until(decision) if isinstance(decision, Decision) else None
    if not isinstance(decision, Decision) or until is None:
        return None
    kept = item.details.get("calling", {})
    return Provisional(decision, vote, until, tuple(kept.get("names", ())), kept.get("reason", ""))


def call_back(
    connection: Connection, instance: Instance, account: Account, item_id: str, reason: str
) -> Item | Refusal:
    """Object to what was resolved provisionally, with a reason, or support who did; names are shown, like raised hands.

    With the third it is in force no longer: a Decision in the place of the first says so, and it comes first at the
    next meeting. Refuses by `item.unknown`, `proposal.state`, `provisional.over`, `provisional.reason`
    (the first gives one), `provisional.twice` and `vote.stranger` (was not on the list for that vote).
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    found = provisional(connection, instance, item)
    if found is None:
        return Refusal("proposal.state", f"{item.id} was not resolved provisionally")
    if instance.now() >= found.until:
        return Refusal("provisional.over", f"the time to call {item.id} back was over at {found.until}")
    if account.id not in votes.electors_of(connection, found.vote.id):
        return Refusal("vote.stranger", f"{account.name} is not on the list that was frozen for {found.vote.id}")
    if account.id in found.names:
        return Refusal("provisional.twice", f"{account.name} calls it back already")
    reason = found.reason or reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        return Refusal("provisional.reason", f"a block has a reason of at most {LONGEST_REASON} characters")
    names = (*found.names, account.id)
    details = {**item.details, "calling": {"names": list(names), "reason": reason}}
    agenda.set_details(connection, item.id, details)
    if len(names) >= CALLED_BACK_BY:
        _undo(connection, instance, item, found, names, details)
    return agenda.get(connection, item.id) or item


def put_before_next(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> None:
    """Note that the next meeting decides on an item, and put it first on its agenda, as soon as there is one."""
    current = agenda.get(connection, item.id) or item
    noted = {"about": item.act_digest, "decision": {"id": decision.id, "gov:digest": decision.digest}}
    agenda.set_details(connection, item.id, {**current.details, _BACK: noted})
    convening.take_over(connection, instance)


def left_to_meeting(item: Item) -> Ref | None:
    """The Decision by which the text in force was called back, and the next meeting decides; None if it was not."""
    noted: dict[str, Any] = item.details.get(_BACK, {})
    if noted.get("about") != item.act_digest:
        return None
    return Ref(Id(noted["decision"]["id"]), noted["decision"]["gov:digest"])


def rule_of_meeting(item: Item, rule: Rule) -> Rule:
    """By which rule the meeting decides on what was called back under `rule`.

    More than half of those present with the same quorum, or three could undo it for ever; by its own rule again
    what others count only by that (a mandate, joining, what is brought to a forum).
    """
    if item.kind in _OWN_RULE or item.details.get("forum"):
        return rule
    quorum = f"{rule.quorum.numerator}/{rule.quorum.denominator}"
    found = parse_rule({"method": Method.MAJORITY.value, "base": "present", "quorum": quorum})
    return rule if isinstance(found, Refusal) else found


def _undo(
    connection: Connection,
    instance: Instance,
    item: Item,
    found: Provisional,
    names: tuple[int, ...],
    details: dict[str, Any],
) -> None:
    state = advance(State.IN_FORCE, Event.CALLED_BACK)  # an adopted matter is in force
    if isinstance(state, Refusal):
        raise TypeError(state.because)
    decision = _seal(connection, instance, item, found.decision, _counts(connection, found, names))
    agenda.set_details(connection, item.id, {key: value for key, value in details.items() if key != "ordered"})
    agenda.set_state(connection, item.id, state.value)
    agenda.tell(connection, "called_back", int(instance.now().timestamp()), item=item.id)
    put_before_next(connection, instance, item, decision)


def _counts(connection: Connection, found: Provisional, names: tuple[int, ...]) -> Counts:
    """The vote with those who object now: who had cast a ballot took part already, and objects once.

    Whose hands were raised in the room nobody knows: who did not vote online is counted as one more, as far as the roll
    has room for them, and so many fewer agree. What those who are named had chosen is not looked at, or three who had
    chosen alike would be seen to: as many block as object by name, or as did before if they were more.
    """
    was, took_part = found.decision.counts, votes.took_part(connection, found.vote.id)
    present = min(was.entitled, was.present + sum(name not in took_part for name in names))
    block = max(was.block, min(was.entitled, len(names)))
    return Counts(was.entitled, present, agree=min(was.agree, present - block), block=block)


def _seal(connection: Connection, instance: Instance, item: Item, first: Decision, counts: Counts) -> StoredAct:
    head = heading(connection, instance)
    document = build.decision(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        status=Status.UNRESOLVED,
        counts=counts,
        rule=first.rule,
        proposal=Ref(Id(item.act), item.act_digest),
        charter=first.charter,
        modes=(*first.modes, *(() if "rollCall" in first.modes else ("rollCall",))),
        because=_BECAUSE,
        roll=first.roll,
        small=first.small,
        supersedes=first.head.ref,
    )
    return seal_and_announce(connection, instance, document)
