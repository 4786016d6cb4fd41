"""Hands and papers in the room: two tellers count them, each for themselves (governance.md §3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.governance.ballot import Choice, RoomCount, tellers_agree
from app.governance.modes import Mode
from app.governance.rules import Counts, check_counts
from app.kernel.refusal import Refusal
from app.operations.meetings import attending, facilitating, tellers
from app.operations.votes import reasons
from app.operations.votes.choosing import choosing
from app.store import agenda, meetings, room_counts, votes
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

LONGEST_REASON: Final = 2_000
RECOUNTS: Final = "recounts"
"""Who asked that the room be counted again, by vote, in the details of an item."""

_TELLERS: Final = 2
_FINGERPRINT: Final = re.compile(r"zQm[1-9A-HJ-NP-Za-km-z]{44}", re.ASCII)
_SUMMED: Final = tuple(choice.value for choice in Choice)


@dataclass(frozen=True, slots=True)
class Room:
    """Where the count in the room stands: who entered figures, whether they differ, what they agree on.

    Of a meeting that sits in several rooms, `count` is the sum, once every room was counted twice;
    `waiting` are the rooms that were not.
    """

    tellers: tuple[int, ...] = ()
    differ: Refusal | None = None
    count: RoomCount | None = None
    both: frozenset[int] = frozenset()
    waiting: tuple[int, ...] = ()
    archive: str | None = None
    entered: tuple[room_counts.RoomCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a teller counted in one room: heads for each choice and `present`; `both` also voted online.

    `teller` is named where somebody else writes for one who has no device; `archive` is the
    fingerprint of the archive of a secret election that was held elsewhere; `options` what was counted
    for each of several options; `reason` why some blocked, or disagreed where our rules want it, as they said it.
    """

    heads: Mapping[str, int]
    both: frozenset[int] = frozenset()
    room: int = 0
    teller: str = ""
    archive: str = ""
    options: object = None
    reason: str = ""


def enter_count(
    connection: Connection, instance: Instance, account: Account, vote_id: str, figures: Figures
) -> Room | Refusal:
    """Keep what one of two tellers counted in a room; where the count stands then.

    Refuses by `vote.unknown`, `vote.closed`, `vote.mode` (a roll call has no hands), `vote.online` (it is held
    online alone), `vote.stranger`, `teller.unknown`, `teller.concerned`, `teller.entered`, `teller.facilitates`,
    `teller.named` (is no teller of this meeting), `teller.late` (what both said stands once there are no hands any
    more), `teller.two`, `teller.both`, `door.room`, `counts.sum`, `counts.door` (more than came in), `counts.reason`
    (of a block, or what our rules want one for) and `vote.archive`.
    """
    vote = votes.get(connection, vote_id)
    item = agenda.get(connection, vote.item) if vote is not None else None
    if vote is None or item is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    if vote.over:
        return Refusal("vote.closed", f"{vote.id} is closed")
    if vote.mode == Mode.ROLL_CALL:
        return Refusal("vote.mode", "in a roll call each says it under their own name")
    if figures.archive and (vote.mode != Mode.SECRET or not _FINGERPRINT.fullmatch(figures.archive)):
        return Refusal("vote.archive", f"no fingerprint of an archive: {figures.archive[:60]!r}")
    teller = tellers.teller(connection, account, figures.teller)
    if isinstance(teller, Refusal):
        return teller
    if is_late(connection, instance, vote) and room_of(connection, vote).count is not None:
        return Refusal("teller.late", f"both tellers of {vote.id} have said the same, and nobody can count again")
    refused = (
        tellers.may_enter(connection, instance, item, vote.meeting, account, teller)
        or _may_count(connection, vote, teller, figures)
        or _options(connection, instance, vote, figures)
        or _reasons(connection, instance, vote, figures)
    )
    if refused is not None:
        return refused
    asked = choosing(connection, instance, vote)
    count = room_counts.RoomCount(
        teller=teller.id,
        figures=dict(figures.heads),
        both=tuple(sorted(figures.both)),
        entered_at=int(instance.now().timestamp()),
        room=figures.room,
        entered_by=account.id if account.id != teller.id else None,
        archive=figures.archive or None,
        options=figures.options if asked is not None else None,
        reason=figures.reason or None,
    )
    room_counts.enter_count(connection, vote.id, count)
    return room_of(connection, vote)


def room_of(connection: Connection, vote: Vote) -> Room:
    """Where the count in the room stands; `count` only when two tellers entered the same, the set `both` too."""
    entered = room_counts.counts(connection, vote.id)
    if not entered:
        return Room()
    tellers = tuple(dict.fromkeys(count.teller for count in entered))
    found, both, waiting, counted = RoomCount(present=0), frozenset[int](), [], []
    for room in range(rooms_of(connection, vote)):
        pair = [count for count in entered if count.room == room]
        if len(pair) < _TELLERS:
            waiting.append(room)
            continue
        found_apart = differ(*pair)
        if found_apart is not None:
            return Room(tellers, found_apart)
        counted.append(pair[0])
        found, both = _plus(found, _room_count(pair[0].figures)), both | frozenset(pair[0].both)
    if waiting:
        return Room(tellers, waiting=tuple(waiting))
    return Room(tellers, None, found, both, archive=entered[0].archive, entered=tuple(counted))


def heads(connection: Connection, vote: Vote) -> int:
    """How many hands or papers were counted in all rooms, by the teller who counted more in each."""
    found: dict[int, int] = {}
    for count in room_counts.counts(connection, vote.id):
        found[count.room] = max(found.get(count.room, 0), _room_count(count.figures).took_part)
    return sum(found.values())


def is_late(connection: Connection, instance: Instance, vote: Vote) -> bool:
    """True once no hands can be counted any more: the time of the vote, or its meeting, is over."""
    over = vote.meeting is not None and meetings.is_over(connection, vote.meeting)
    return over or instance.now().timestamp() > vote.closes_at


def is_asked_again(item: Item, vote: Vote) -> bool:
    """True if somebody asked that the room of this vote be counted again."""
    return vote.id in item.details.get(RECOUNTS, {})


def rooms_of(connection: Connection, vote: Vote) -> int:
    """In how many rooms the meeting of a vote sits; one if it has none."""
    meeting = meetings.get(connection, vote.meeting) if vote.meeting is not None else None
    return len(meeting.rooms) if meeting is not None else 1


def _may_count(connection: Connection, vote: Vote, teller: Account, figures: Figures) -> Refusal | None:
    if vote.meeting is None:
        return Refusal("vote.online", "hands are counted in a meeting, and this vote is held online alone")
    roll = votes.roll(connection, vote.id)
    if teller.id not in roll:
        return Refusal("vote.stranger", f"{teller.name} is not on the list that was frozen for {vote.id}")
    refused = facilitating.may_tell(connection, vote.meeting, teller)
    if refused is not None:
        return refused
    if not 0 <= figures.room < rooms_of(connection, vote):
        return Refusal("door.room", f"no room {figures.room}")
    entered = {count.teller for count in room_counts.counts(connection, vote.id) if count.room == figures.room}
    if len(entered | {teller.id}) > _TELLERS:
        return Refusal("teller.two", f"{len(entered)} tellers have entered figures")
    if figures.both - votes.took_part(connection, vote.id):
        return Refusal("teller.both", "somebody in both did not vote online")
    return _could_be(connection, vote.meeting, figures, len(roll) + vote.cards)


def _could_be(connection: Connection, meeting: str, figures: Figures, entitled: int) -> Refusal | None:
    room = _room_count(figures.heads)
    refusal = check_counts(_as_counts(room, entitled))
    if refusal is not None or len(figures.both) > room.took_part:
        return refusal or Refusal("counts.sum", f"{len(figures.both)} in both of {room.took_part} in the room")
    return attending.could_be_here(connection, meeting, room.took_part, figures.room)


def _options(connection: Connection, instance: Instance, vote: Vote, figures: Figures) -> Refusal | None:
    """None if what was counted for several options can be; else `counts.options` or `vote.ballot`."""
    asked = choosing(connection, instance, vote)
    if asked is None or figures.options is None:
        return None
    read = asked.read_hands(figures.options, _room_count(figures.heads).took_part)
    return read if isinstance(read, Refusal) else None


def _reasons(connection: Connection, instance: Instance, vote: Vote, figures: Figures) -> Refusal | None:
    """None if those who blocked by hand gave a reason, and who disagreed where our rules want one; `counts.reason`."""
    chosen = [choice for choice in Choice if figures.heads.get(choice.value)]
    too_long = len(figures.reason) > LONGEST_REASON
    if too_long or reasons.is_missing(connection, instance, vote, chosen, figures.reason):
        return Refusal("counts.reason", f"who raises a hand for this says why, in at most {LONGEST_REASON} characters")
    return None


def differ(one: room_counts.RoomCount, other: room_counts.RoomCount) -> Refusal | None:
    """None if two tellers of one room entered the same, else `teller.differ`."""
    found = tellers_agree(_room_count(one.figures), _room_count(other.figures))
    if found is None and one.options != other.options:
        return Refusal("teller.differ", "count again: the tellers counted the options differently")
    if found is None and one.both != other.both:
        return Refusal("teller.differ", "count again: the tellers name different people as being in both")
    if found is None and one.archive != other.archive:
        return Refusal("teller.differ", "look again: the tellers name different archives")
    return found


def _plus(one: RoomCount, other: RoomCount) -> RoomCount:
    """Two rooms together."""
    heads = {name: getattr(one, name) + getattr(other, name) for name in _SUMMED}
    return replace(one, **heads, present=one.took_part + other.took_part)


def _room_count(figures: Mapping[str, int]) -> RoomCount:
    heads = {name: figures.get(name, 0) for name in _SUMMED}
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
