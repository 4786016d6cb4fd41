"""Sealing outcomes: what a council counts when everyone has answered or time is over, and whom it then admits."""

from datetime import timedelta
from typing import Final

from app.governance.act import Ref
from app.governance.charter import contest_of, in_force, may_be_final, settled_from
from app.governance.council import Admission, check_admission, check_vouched, is_forming
from app.governance.extension import known_at
from app.governance.outcome import Outcome, Tendency
from app.governance.proposal import Proposal
from app.governance.record import Record
from app.governance.rules import Rule, Status
from app.governance.tally import STANCES, Count, recount
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import charters
from app.operations.confederation import tiers
from app.operations.exchange.publishing import seal_and_announce, send
from app.operations.record.reading import Reading
from app.operations.record.sealing import Heading, heading, load
from app.store import acts, pulls
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_SAID_BEFORE: Final = timedelta(hours=24)


def settle(connection: Connection, instance: Instance, proposal_id: str, forum: str | None = None) -> StoredAct | None:
    """Seal the Outcome of a proposal before us if it is due and differs from our last one; else None.

    Due is it when every assembly on the roll and every caucus has answered bindingly, or after
    `gov:closes`; again, as final, when the time to object is over (fine-print 12) and what those on the
    roll have on record by then was read; and whenever what arrived late makes our last one wrong (hostile
    F08). Never twice the same. A call has an Outcome with every signature. What the council above us
    brought to our members is counted by our own rule, early enough to say upward what they decided.
    `forum` is a silent one for which we stand in.
    """
    reading = Reading(connection, loopback=instance.loopback)
    act, body = acts.by_id(connection, proposal_id), Id(forum or instance.assembly)
    proposal = reading.subject(Ref(Id(act.id), act.digest)) if act is not None else None
    if proposal is None or not _is_counted_by(reading, proposal, body):
        return None
    head = heading(connection, instance)
    record = known_at(reading.record(proposal, body), head.published)
    count = recount(record, head.published)
    earlier = _ours(reading, proposal)
    if isinstance(count, Refusal) or not (earlier or _is_due(record, count, head.published)):
        return None
    if is_forming(reading.members_at(body, head.published)):
        return None
    over = may_be_final(record.proposal.closes, record.charter, head.published)
    final = over and not _reads_first(connection, record, head)
    if earlier and (earlier[-1].rows, earlier[-1].status, earlier[-1].final) == (count.rows, count.status, final):
        return None
    sealed = _seal(connection, instance, record, count, final=final, correction_of=earlier[-1] if earlier else None)
    if sealed is not None and record.council == instance.assembly:
        tiers.ratify_upward(connection, instance, reading, proposal, sealed, count.status)
    if proposal.confederation != instance.assembly:
        return sealed
    waits = not final and settled_from(record.proposal.closes, record.charter) is not None
    if sealed is not None and count.status is Status.ADOPTED and proposal.category == "admission" and not waits:
        _admit(connection, instance, reading, proposal, sealed, count)
    if sealed is not None and final and count.status is Status.ADOPTED and proposal.category == "charter":
        charters.adopt_on(connection, instance, proposal, sealed)
    return sealed


def _reads_first(connection: Connection, record: Record, head: Heading) -> bool:
    """True while the record of somebody on the roll is still to be read on from the end of the time to object.

    Who was away and is back would else call final what leaves out an answer that waits for it: a fault.
    """
    closes = record.proposal.closes
    over = int((closes + contest_of(record.charter)).timestamp()) if closes is not None else 0
    return pulls.read_first(connection, record.roll, over, int(head.published.timestamp()))


def is_waiting(connection: Connection, instance: Instance, act: StoredAct) -> bool:
    """True if the close of a proposal before us is past and our last Outcome does not say all that it may by now."""
    reading = Reading(connection, loopback=instance.loopback)
    proposal = reading.parsed(act)
    now = instance.now()
    if not isinstance(proposal, Proposal) or proposal.confederation != instance.assembly:
        return False
    closes = reading.closing(proposal, now).at
    if closes is None or now <= closes:
        return False
    earlier = _ours(reading, proposal)
    if not earlier or earlier[-1].head.published <= closes:
        return not earlier or not earlier[-1].final
    return not earlier[-1].final and may_be_final(closes, reading.record(proposal).charter, now)


def has_moved(connection: Connection, act: StoredAct) -> bool:
    """True if our own assembly answered a proposal since it was last counted here: nobody brings us that."""
    moved = False
    for one in acts.naming(connection, act.id, "gov:proposal"):
        if one.own:
            moved = one.type in {"gov:Ratification", "gov:DelegateVote"} or (moved and one.type != "gov:Outcome")
    return moved


def _is_counted_by(reading: Reading, proposal: Proposal, body: Id) -> bool:
    """True if `proposal` is before `body`, or `body` brought it to its members from the council above."""
    if proposal.confederation == body:
        return proposal.rule is not None
    return reading.froze(proposal, body)


def is_due_below(closes: Instant, at: Instant) -> bool:
    """True in the last day before the close, in which a lower tier says upward what its members answered so far."""
    return closes - _SAID_BEFORE <= at <= closes


def _is_due(record: Record, count: Count, at: Instant) -> bool:
    proposal = record.proposal
    over = proposal.closes is not None and at > proposal.closes
    if record.council is not None and proposal.closes is not None and is_due_below(proposal.closes, at):
        return True
    if count.status is Status.OPEN and any(row.stance in STANCES for row in count.rows):
        return True
    asked = all(record.answers.get(body) for body in record.rule.bodies) if record.rule is not None else False
    return over or (asked and bool(count.rows) and all(row.stance in STANCES for row in count.rows))


def _ours(reading: Reading, proposal: Proposal) -> tuple[Outcome, ...]:
    """The Outcomes of this proposal that were sealed here, first sealed first."""
    return tuple(outcome for outcome, act in reading.naming(proposal.head.ref, "gov:Outcome", Outcome) if act.own)


def _seal(
    connection: Connection,
    instance: Instance,
    record: Record,
    count: Count,
    *,
    final: bool,
    correction_of: Outcome | None,
) -> StoredAct | None:
    proposal, head = record.proposal, heading(connection, instance)
    rule: Rule | None = record.rule
    if rule is None:
        return None
    document = build.outcome(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        confederation=record.confederation,
        proposal=proposal.head.ref,
        rule=rule,
        roll=tuple(row.assembly for row in count.rows),
        rows=count.rows,
        counts=count.counts,
        status=count.status,
        tendency=Tendency(count.tendency.status, count.tendency_counts),
        binds=count.binds if count.status in {Status.ADOPTED, Status.OPEN} else None,
        final=final,
        because=tuple(fact.code for fact in count.because),
        correction_of=correction_of.head.ref if correction_of is not None else None,
        order=count.result.order,
        adopted=proposal.text_of(count.result.order) if count.status is Status.ADOPTED else None,
    )
    return seal_and_announce(connection, instance, document, also=(proposal.head.author,))


def _admit(
    connection: Connection, instance: Instance, reading: Reading, proposal: Proposal, outcome: StoredAct, count: Count
) -> None:
    """Seal the Admission that an adopted Outcome orders, once, and accept the `Join` with it.

    Nothing undoes an Admission, so it waits until nothing undoes the Outcome (hostile F16). Where too few vouch for
    the assembly it waits too: whoever answers later is counted again (hostile F17).
    """
    newcomer = proposal.assembly
    head = heading(connection, instance)
    if newcomer is None or newcomer != proposal.head.author:
        return
    known = reading.all_of(Admission, acts.of_type(connection, "gov:Admission", author=instance.assembly))
    roll = reading.members_at(instance.assembly, head.published)
    answered = {act.outcome for act in known if act.assembly == newcomer}
    earlier = {outcome.head.ref for outcome in _ours(reading, proposal)}
    if answered & earlier or check_admission(roll, newcomer) is not None or check_vouched(count.in_favour) is not None:
        return
    events = acts.of_type(connection, "gov:KeyEvent", author=newcomer)
    charter = in_force(reading.charters_of(instance.assembly), Id(instance.assembly), head.published)
    document = build.admission(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        assembly=newcomer,
        outcome=Ref(Id(outcome.id), outcome.digest),
        keylog=events[0].digest if events else None,
        seats=charter.seats if charter is not None else 1,
    )
    admission = seal_and_announce(connection, instance, document, also=(newcomer,))
    join = {"type": "Join", "actor": newcomer, "object": instance.assembly}
    send(connection, instance, "Accept", instance.assembly, join, (newcomer,), result=load(admission))
