"""Hands in the room: two tellers count them, each for themselves (governance.md §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.governance.ballot import Choice, RoomCount, tellers_agree
from app.governance.rules import Counts, check_counts
from app.kernel.refusal import Refusal
from app.operations.choosing import choosing
from app.operations.voting import is_concerned
from app.store import agenda, votes
from app.store.accounts import Account
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

_TELLERS: Final = 2


@dataclass(frozen=True, slots=True)
class Room:
    """Where the count in the room stands: who entered figures, whether they differ, what they agree on."""

    tellers: tuple[int, ...] = ()
    differ: Refusal | None = None
    count: RoomCount | None = None
    both: frozenset[int] = frozenset()
    entered: votes.RoomCount | None = None


def enter_count(
    connection: Connection,
    instance: Instance,
    account: Account,
    vote_id: str,
    figures: Mapping[str, int],
    both: frozenset[int],
    options: object = None,
) -> Room | Refusal:
    """Keep what one of two tellers counted in the room; where the count stands then.

    `figures` has heads for each choice and `present`; `both` the members who raised a hand and had
    voted online; `options` what was
    counted for each of several options. Refuses by `vote.unknown`, `vote.closed`, `vote.stranger`, `teller.concerned`,
    `teller.two`, `teller.both`, `counts.sum` and `counts.options`.
    """
    vote = votes.get(connection, vote_id)
    item = agenda.get(connection, vote.item) if vote is not None else None
    if vote is None or item is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    if vote.closed:
        return Refusal("vote.closed", f"{vote.id} is closed")
    if item.author == account.id or is_concerned(connection, instance, item, account):
        return Refusal("teller.concerned", f"{account.name} is concerned by {item.id}")
    roll = votes.roll(connection, vote.id)
    if account.id not in roll:
        return Refusal("vote.stranger", f"{account.name} is not on the list that was frozen for {vote.id}")
    entered = {count.teller for count in votes.counts(connection, vote.id)}
    if len(entered | {account.id}) > _TELLERS:
        return Refusal("teller.two", f"{len(entered)} tellers have entered figures")
    if both - votes.took_part(connection, vote.id):
        return Refusal("teller.both", "somebody in both did not vote online")
    room = _room_count(figures)
    refusal = check_counts(_as_counts(room, len(roll)))
    if refusal is not None or len(both) > room.took_part:
        return refusal or Refusal("counts.sum", f"{len(both)} in both of {room.took_part} in the room")
    asked = choosing(connection, instance, vote)
    counted = asked.read_hands(options, room.took_part) if asked is not None and options is not None else ()
    if isinstance(counted, Refusal):
        return counted
    now = int(instance.now().timestamp())
    kept = options if asked is not None else None
    count = votes.RoomCount(account.id, dict(figures), tuple(sorted(both)), now, kept)
    votes.enter_count(connection, vote.id, count)
    return room_of(connection, vote)


def room_of(connection: Connection, vote: Vote) -> Room:
    """Where the count in the room stands; `count` only when two tellers entered the same, the set `both` too."""
    entered = votes.counts(connection, vote.id)
    tellers = tuple(count.teller for count in entered)
    if len(entered) < _TELLERS:
        return Room(tellers)
    one, other = (_room_count(count.figures) for count in entered)
    differ = tellers_agree(one, other)
    if differ is None and entered[0].options != entered[1].options:
        differ = Refusal("teller.differ", "count again: the tellers counted the options differently")
    if differ is None and entered[0].both != entered[1].both:
        differ = Refusal("teller.differ", "count again: the tellers name different people as being in both")
    if differ is not None:
        return Room(tellers, differ)
    return Room(tellers, None, one, frozenset(entered[0].both), entered[0])


def _room_count(figures: Mapping[str, int]) -> RoomCount:
    heads = {choice.value: figures.get(choice.value, 0) for choice in Choice}
    return RoomCount(**heads, present=figures.get("present") or None)


def _as_counts(room: RoomCount, entitled: int) -> Counts:
    return Counts(
        entitled,
        room.took_part,
        room.agree,
        room.reserve,
        room.stand_aside,
        room.disagree,
        room.block,
        room.abstain,
    )
