"""Closing a vote by hand: nothing is cast or counted after; what it came to is shown, and waits to be signed."""

from datetime import timedelta
from typing import Any, Final

from app.governance.rules import Result, Rule, Status, parse_rule
from app.kernel.refusal import Refusal
from app.operations.matters import deliberating
from app.operations.meetings import facilitating
from app.operations.meetings.hands import Room, room_of
from app.operations.votes import procedure, rolls
from app.operations.votes.procedure import Question
from app.operations.votes.tallying import Tallied, kept_of, recall_quorum, tally
from app.store import agenda, meetings, votes
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

SIGNED_AFTER: Final = timedelta(hours=1)
"""How long a vote that was closed waits for somebody to sign; then our server does, so that nobody holds it up."""


def end(connection: Connection, instance: Instance, vote_id: str, by: Account) -> Vote | Refusal:
    """Close a vote that is to be signed next: what it comes to stands, and is the same when it is signed.

    Refuses by `vote.unknown`, `vote.closed`, `close.who` and as `tally` does; then it goes on.
    """
    found = counted(connection, instance, vote_id, by, again=False)
    if isinstance(found, Refusal):
        return found
    vote = found[1].vote
    votes.end(connection, vote.id, int(instance.now().timestamp()))
    return votes.get(connection, vote.id) or vote


def counted(
    connection: Connection, instance: Instance, vote_id: str, by: Account | None, *, again: bool
) -> tuple[Item, Tallied] | Refusal:
    """What a vote comes to if `by` may end it, or our server if that is None; with `again` one that was closed too.

    Refuses by `vote.unknown`, `vote.closed`, `close.who` and as `tally` does.
    """
    vote = votes.get(connection, vote_id)
    item = agenda.get(connection, vote.item) if vote is not None else None
    if vote is None or item is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    if vote.closed or (vote.over and not again):
        return Refusal("vote.closed", f"{vote.id} is closed")
    room = room_of(connection, vote)
    refused = may_end(connection, instance, vote, room, by)
    if refused is not None:
        return refused
    tallied = tally(connection, instance, item, vote, room)
    return tallied if isinstance(tallied, Refusal) else (item, tallied)


def falls_due(vote: Vote) -> int:
    """Until when a vote is left to people, in seconds since 1970; after it our server signs what it came to."""
    waits = vote.closes_at if vote.ended_at is None else vote.ended_at + int(SIGNED_AFTER.total_seconds())
    return min(vote.closes_at, waits)


def due(connection: Connection, instance: Instance) -> tuple[str, ...]:
    """The votes that are left to people no longer, and that are not signed yet."""
    now = int(instance.now().timestamp())
    return votes.due(connection, now - 1, now - int(SIGNED_AFTER.total_seconds()) - 1)


def may_end(connection: Connection, instance: Instance, vote: Vote, room: Room, by: Account | None) -> Refusal | None:
    """None if `by`, or our server if that is None, may close a vote and sign what it came to; else `close.who`.

    Before its time is over only who facilitates its meeting, or counted in it, may: their power ends with the
    meeting (§12), and a vote that is held online alone is closed by its time.
    Never whom the matter is about.
    """
    if instance.now().timestamp() > falls_due(vote):
        return None
    if by is not None and _is_of_it(connection, instance, vote, room, by):
        return None
    return Refusal("close.who", "closed early by who facilitates its meeting, or counted in it")


def _is_of_it(connection: Connection, instance: Instance, vote: Vote, room: Room, by: Account) -> bool:
    item = agenda.get(connection, vote.item)
    if item is None or rolls.is_party(connection, instance, item, by):
        return False
    sitting = meetings.sitting(connection)
    if sitting is None or sitting.id != vote.meeting:
        return False
    return by.id in room.tellers or facilitating.facilitates(connection, sitting.id, by)


def rounds(connection: Connection, item: Item, tallied: Tallied, rule: Rule) -> tuple[tuple[Rule, Result], ...]:
    """What each round came to: the second too, where both were held at once and the first resolved nothing."""
    first = recall_quorum(connection, item, tallied.counts) or tallied.result(rule)
    both = tallied.vote.both_rounds and procedure.granted(item, Question.BOTH_ROUNDS) is not None
    if first.status is not Status.UNRESOLVED or rule.then is None or not both:
        return ((rule, first),)
    return ((rule, first), (rule.then, tallied.result(rule.then)))


def foreseen(connection: Connection, instance: Instance, vote: Vote) -> dict[str, Any] | None:
    """What is going to be signed of a vote that somebody closed, as `Vote.result` has it; None of any other."""
    item, rule = agenda.get(connection, vote.item), parse_rule(vote.rule)
    if vote.ended_at is None or vote.closed or item is None or isinstance(rule, Refusal):
        return None
    tallied = tally(connection, instance, item, vote, room_of(connection, vote))
    if isinstance(tallied, Refusal):
        return None
    decided = rounds(connection, item, tallied, rule)
    last, result = decided[-1]
    again = result.status is Status.ADOPTED and deliberating.needs_another(item, last)
    return kept_of(tallied, decided, [], instance, None) | {"carried_on": again}
