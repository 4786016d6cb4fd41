"""Votes that nobody could add up: counted anew, set aside after a while, and told before."""

from datetime import UTC, datetime

from app.governance.proposal import Event, State, advance
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.matters import alternatives, calling_back
from app.operations.meetings import attending, hands
from app.operations.meetings.hands import RECOUNTS
from app.operations.votes import closing, ending
from app.operations.votes.closing import Closed
from app.operations.votes.tallying import charter_of_vote
from app.store import agenda, meetings, room_counts, votes
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance


def recount(connection: Connection, instance: Instance, account: Account, vote_id: str) -> Vote | Refusal:
    """Have the room counted again by its tellers: any member may ask so once in a vote (governance.md §3).

    Until then the vote does not close. Refuses by `vote.unknown`, `vote.closed`, `vote.stranger` (not on its list),
    `recount.none` (nobody has counted), `recount.late` (there are no hands any more) and `recount.twice`.
    """
    vote = votes.get(connection, vote_id)
    item = agenda.get(connection, vote.item) if vote is not None else None
    if vote is None or item is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    if vote.over:
        return Refusal("vote.closed", f"{vote.id} is closed")
    if account.id not in votes.electors_of(connection, vote.id):
        return Refusal("vote.stranger", f"{account.name} is not on the list that was frozen for {vote.id}")
    if not room_counts.counts(connection, vote.id):
        return Refusal("recount.none", "nobody has entered figures")
    if hands.is_late(connection, instance, vote):
        return Refusal("recount.late", f"the time of {vote.id} or its meeting is over")
    asked = asking(item, vote)
    if account.id in asked:
        return Refusal("recount.twice", f"{account.name} has asked for a recount of {vote.id}")
    room_counts.forget(connection, vote.id)
    agenda.set_details(connection, item.id, {**item.details, RECOUNTS: {vote.id: [*asked, account.id]}})
    agenda.tell(connection, "recount", int(instance.now().timestamp()), item=item.id)
    return vote


def asking(item: Item, vote: Vote) -> tuple[int, ...]:
    """The members who asked for a recount of a vote, in the order in which they did."""
    return tuple(item.details.get(RECOUNTS, {}).get(vote.id, ()))


def set_aside_at(connection: Connection, instance: Instance, vote: Vote) -> Instant | None:
    """When a vote whose time is over and that cannot be added up is set aside; None while it is not over.

    One usual time between meetings after its end: so long its tellers can count again. A vote that was closed by hand
    was added up already; it waits for who signs, or for our server to, however short that time is.
    """
    ended = ending.falls_due(vote)
    charter = charter_of_vote(connection, instance, vote)
    if vote.closed or charter is None or instance.now().timestamp() <= ended:
        return None
    return datetime.fromtimestamp(ended, UTC) + charter.rhythm


def duties(connection: Connection, instance: Instance) -> int:
    """Set aside what could not be added up in its time; how many votes. The matter can be voted on again."""
    now = int(instance.now().timestamp())
    count = 0
    for vote_id in ending.due(connection, instance):
        vote = votes.get(connection, vote_id)
        at = set_aside_at(connection, instance, vote) if vote is not None else None
        if vote is None or at is None or at > instance.now():
            continue
        if isinstance(closing.close(connection, instance, vote.id, None), Closed):
            continue  # it could be added up after all: the server was away
        item = agenda.get(connection, vote.item)
        if item is not None:
            set_aside(connection, instance, item, vote)
            agenda.tell(connection, "set_aside", now, item=item.id)
            count += 1
    return count


def set_aside(connection: Connection, instance: Instance, item: Item, vote: Vote) -> None:
    """End a vote with no result: a second round stays one, and what was cast is forgotten, since it never counted."""
    second = calling_back.left_to_meeting(item) or closing.left_unresolved(connection, vote)
    event = Event.LEFT_UNRESOLVED if second is not None else Event.UNCOUNTED
    state = advance(State(item.state), event)
    if isinstance(state, Refusal):
        raise TypeError(f"{item.id} is {item.state}: {state.because}")
    votes.close(connection, vote.id, None, int(instance.now().timestamp()))
    agenda.set_state(connection, item.id, state.value)
    alternatives.release(connection, item)
    if vote.meeting is not None and meetings.is_over(connection, vote.meeting):
        attending.forget_people(connection, vote.meeting)
