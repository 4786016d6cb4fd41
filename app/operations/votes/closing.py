"""Signing for the assembly what a vote came to: add up, decide, seal, and do what was decided, in one transaction."""

from dataclasses import dataclass, replace
from typing import Final

from app.governance.act import Ref
from app.governance.charter import contest_of
from app.governance.proposal import Event, State, advance
from app.governance.ratification import Stance
from app.governance.rules import (
    Method,
    Result,
    Rule,
    Status,
    parse_rule,
)
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.confederation import calls, reserving
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import alternatives, calling_back, deliberating, fulfilling, proposing
from app.operations.matters.versions import begin_second_round
from app.operations.meetings import attending, minuting
from app.operations.record.sealing import heading
from app.operations.votes import ending, extending, procedure
from app.operations.votes.procedure import Question
from app.operations.votes.tallying import Tallied, archive_of, charter_of_vote, kept_of
from app.store import agenda, meetings, votes
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.votes import Vote
from app.translation import build
from app.wiring import Instance

_EVENTS: Final = {
    Status.ADOPTED: Event.ADOPTED,
    Status.REJECTED: Event.REJECTED,
    Status.UNRESOLVED: Event.LEFT_UNRESOLVED,
    Status.NO_QUORUM: Event.QUORUM_MISSED,
}
_STANCES: Final = {Status.ADOPTED: Stance.RATIFIED, Status.REJECTED: Stance.REJECTED}


@dataclass(frozen=True, slots=True)
class Closed:
    """What a vote came to and the acts that were sealed for it."""

    item: str
    status: Status
    acts: tuple[StoredAct, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a vote: what was counted, by which rule, and what that came to.

    `unresolved` is the Decision of the round before, which left the text to this one.
    """

    tallied: Tallied
    rule: Rule
    result: Result
    unresolved: Ref | None = None


def close_due(connection: Connection, instance: Instance) -> int:
    """Sign what every vote came to whose time is over, or that was closed and that nobody signs; how many.

    One whose tellers differ waits for them to count again.
    """
    return sum(isinstance(close(connection, instance, vote, None), Closed) for vote in ending.due(connection, instance))


def close(connection: Connection, instance: Instance, vote_id: str, by: Account | None) -> Closed | Refusal:
    """Seal what a vote came to, whether it was closed before (`ending.end`) or is closed by this.

    Before its time is over only who facilitates its meeting, or counted in it, may, while it goes on.
    Refuses by `vote.unknown`, `vote.closed`, `close.who` and as `tally` does; then nothing is changed.
    """
    found = ending.counted(connection, instance, vote_id, by, again=True)
    if isinstance(found, Refusal):
        return found
    item, tallied = found
    rule = parse_rule(tallied.vote.rule)
    if isinstance(rule, Refusal):
        return rule
    return _settle(connection, instance, item, tallied, rule, by)


def _settle(
    connection: Connection, instance: Instance, item: Item, tallied: Tallied, rule: Rule, by: Account | None
) -> Closed:
    """Both rounds if they were held at once, the act of each, and what follows from the last."""
    rounds = ending.rounds(connection, item, tallied, rule)
    unresolved = calling_back.left_to_meeting(item) or left_unresolved(connection, tallied.vote)
    sealed: list[StoredAct] = []
    if rounds[0][1].status is Status.UNRESOLVED:
        first = _decide(connection, instance, item, Round(tallied, *rounds[0]))
        sealed.append(first)
        unresolved = Ref(Id(first.id), first.digest)
        at_once = procedure.granted(item, Question.BOTH_ROUNDS) if len(rounds) > 1 else None
        if at_once is not None and item.kind is Kind.PROPOSAL:
            item = begin_second_round(connection, instance, item, rounds[1][0], unresolved, at_once)
    last = Round(tallied, *rounds[-1], unresolved)
    rule, result = last.rule, last.result
    again = result.status is Status.ADOPTED and deliberating.needs_another(item, rule)
    state = advance(State.DECIDING, Event.CARRIED_ON if again else _EVENTS[result.status])
    if isinstance(state, Refusal):
        raise TypeError(f"a vote came to {result.status}: {state.because}")
    agenda.set_state(connection, item.id, state.value)
    if again:
        sealed.append(_decide(connection, instance, item, last))
        deliberating.carry_on(connection, instance, item, sealed[-1], tallied.vote.meeting)
    elif result.status is Status.UNRESOLVED and rule.method is Method.PROVISIONAL:
        calling_back.put_before_next(connection, instance, item, sealed[-1])
    elif result.status is not Status.UNRESOLVED:
        sealed.extend(_sealed_result(connection, instance, item, last))
    sealed.extend(_choose(connection, instance, item, last))
    kept = kept_of(tallied, rounds, sealed, instance, by)
    kept["carried_on"] = again
    kept["unresolved"] = None if unresolved is None else {"id": unresolved.id, "gov:digest": unresolved.digest}
    votes.close(connection, tallied.vote.id, kept, _forgets_at(connection, instance, tallied.vote))
    if tallied.vote.meeting is not None and meetings.is_over(connection, tallied.vote.meeting):
        attending.forget_people(connection, tallied.vote.meeting)
    agenda.tell(connection, "vote_closed", int(instance.now().timestamp()), item=item.id)
    return Closed(item.id, result.status, tuple(sealed))


def _choose(connection: Connection, instance: Instance, question: Item, last: Round) -> list[StoredAct]:
    """What became of the proposals under a question: each has a Decision of its own, on its own text."""
    sealed: list[StoredAct] = []
    if alternatives.is_before_others(question) and last.result.status is Status.REJECTED:
        proposing.thaw(connection, question)  # we do not bring it, so its texts are their authors' again
    for item, status in alternatives.outcomes(connection, question, last.result):
        alternatives.end(connection, item, status)
        if status is Status.NO_QUORUM:
            continue  # it can be tried again
        said = Round(last.tallied, last.rule, replace(last.result, status=status))
        decision = _decide(connection, instance, item, said, question=question)
        sealed.append(decision)
        done = fulfilling.order(connection, instance, item, decision) if status is Status.ADOPTED else None
        sealed.extend([done] if done is not None else [])
    return sealed


def _sealed_result(connection: Connection, instance: Instance, item: Item, last: Round) -> tuple[StoredAct, ...]:
    """The act of the last round and the one that it orders; an answer without a quorum is no answer.

    A call that we answered before is answered once more only if the answer is another one now.
    What cannot be brought, since the forum's charter changed meanwhile, is decided all the same.
    """
    if item.kind is Kind.ANSWER:
        if last.result.status not in _STANCES:
            return ()
        earlier = calls.answered(connection, instance, Ref(Id(item.act), item.act_digest))
        if earlier is not None and _says_the_same(item, last.result, earlier[1]):
            return (_decide(connection, instance, item, last),)
        superseded = earlier[0] if earlier is not None else None
        return (_answer(connection, instance, item, last, superseded),)
    decision = _decide(connection, instance, item, last)
    if last.result.status is not Status.ADOPTED:
        return (decision,)
    done = fulfilling.order(connection, instance, item, decision)
    return (decision,) if done is None else (decision, done)


def _decide(
    connection: Connection, instance: Instance, item: Item, held: Round, *, question: Item | None = None
) -> StoredAct:
    head, tallied, result = heading(connection, instance), held.tallied, held.result
    document = build.decision(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        status=result.status,
        counts=tallied.counts,
        rule=held.rule,
        proposal=Ref(Id(item.act), item.act_digest),
        charter=Ref(Id(tallied.vote.charter), tallied.vote.charter_digest),
        modes=tallied.modes,
        because=tuple(fact.code for fact in result.because),
        roll=tallied.roll,
        unresolved=held.unresolved,
        small=tallied.small,
        ballot=tallied.said,
    )
    under = {"gov:question": {"id": question.act, "gov:digest": question.act_digest}} if question is not None else {}
    document |= archive_of(tallied) | under | extending.asked_in(item, result)
    document |= minuting.adopted_in(connection, instance, item, result.status)
    return seal_and_announce(connection, instance, document)


def _answer(connection: Connection, instance: Instance, item: Item, held: Round, supersedes: Ref | None) -> StoredAct:
    """Where we stand on what was brought to us, as the assembly decided (governance.md §7)."""
    head, tallied, result = heading(connection, instance), held.tallied, held.result
    stance = _stance(item, result)
    confederation = item.details.get("confederation")
    document = build.ratification(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        proposal=Ref(Id(item.act), item.act_digest),
        supersedes=supersedes,
        stance=stance,
        reservations=reserving.declared(item) if stance is Stance.RESERVED else None,
        confederation=Id(confederation) if isinstance(confederation, str) else None,
        counts=tallied.counts,
        rule=held.rule,
        charter=Ref(Id(tallied.vote.charter), tallied.vote.charter_digest),
        unresolved=held.unresolved,
        status=result.status,
        modes=tallied.modes,
        because=tuple(fact.code for fact in result.because),
        roll=tallied.roll,
        small=tallied.small,
        ballot=tallied.said,
    )
    return seal_and_announce(connection, instance, document | archive_of(tallied))


def _stance(item: Item, result: Result) -> Stance:
    """What we say by this result: for it with reservations where some are declared."""
    reserved = result.status is Status.ADOPTED and reserving.declared(item)
    return Stance.RESERVED if reserved else _STANCES[result.status]


def _says_the_same(item: Item, result: Result, before: Stance | None) -> bool:
    """True if a second answer would repeat the first; reservations may have other words, so they are said anew."""
    return before is not Stance.RESERVED and before is _stance(item, result)


def left_unresolved(connection: Connection, vote: Vote) -> Ref | None:
    """The Decision of the first round, if this vote is a second one."""
    if vote.rule.get("method") == Method.TWO_STAGE:
        return None
    earlier = [known.result for known in votes.of_item(connection, vote.item) if known.result is not None]
    left = [result["unresolved"] for result in earlier if result.get("unresolved")]
    return Ref(Id(left[-1]["id"]), left[-1]["gov:digest"]) if left else None


def _forgets_at(connection: Connection, instance: Instance, vote: Vote) -> int:
    """When the time to object to a vote that closes now is over, by the charter under which it opened."""
    return int((instance.now() + contest_of(charter_of_vote(connection, instance, vote))).timestamp())
