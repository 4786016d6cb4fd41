"""Adding up a vote: hands and online ballots together, nobody twice (governance.md §3)."""

from dataclasses import dataclass, replace
from typing import Final

from app.governance.act import Ref
from app.governance.ballot import Choice, add_up
from app.governance.charter import Charter
from app.governance.options import totals
from app.governance.ratification import RollSize
from app.governance.rules import Beside, Counts, Result, Rule, Weight, decide
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations import choosing, deliberating, excluding
from app.operations.hands import Room
from app.operations.reading import Reading
from app.store import votes
from app.store.agenda import Item
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

_SMALL: Final = 5


@dataclass(frozen=True, slots=True)
class Tallied:
    """A vote added up: what every act about it says."""

    vote: Vote
    counts: Counts
    modes: tuple[str, ...]
    roll: RollSize
    small: bool
    online: int
    room: Room
    beside: Beside
    said: object  # `gov:ballot`

    @property
    def totals(self) -> dict[str, int]:
        """What each of several options got; nothing where they were put in an order."""
        ballots = self.beside.ballots.get(Weight.ASSEMBLIES, ())
        return totals(self.beside.options, ballots) if any(ballot.points for ballot in ballots) else {}

    def result(self, rule: Rule) -> Result:
        """What `rule` makes of it."""
        return decide(rule, self.counts, self.beside)


def tally(connection: Connection, instance: Instance, item: Item, vote: Vote, room: Room) -> Tallied | Refusal:
    """What a vote comes to now; refuses by `vote.room`, `teller.missing`, `teller.differ` and `counts.sum`."""
    unheard = _unheard(connection, instance, item, vote, room)
    if unheard is not None:
        return unheard
    if room.differ is not None:
        return room.differ
    if room.tellers and room.count is None:
        return Refusal("teller.missing", "a second teller has to enter the figures apart")
    roll = votes.roll(connection, vote.id)
    cast = votes.cast_ballots(connection, vote.id)
    online = {Id(str(account)): Choice(choice) for account, choice in cast.items()}
    both = frozenset(Id(str(account)) for account in room.both)
    counts = add_up(len(roll), online, room.count, both)
    if isinstance(counts, Refusal):
        return counts
    by_hand = "secret" if excluding.is_secret(item) else "room"
    modes = (*((by_hand,) if room.count is not None else ()), *(("closed",) if online else ()))
    small = room.count is None and 0 < len(online) < _SMALL
    over = room.count is not None or instance.now().timestamp() > vote.closes_at
    found = _chosen(connection, instance, vote, room, counts.present)
    if isinstance(found, Refusal):
        return found
    beside, said = (replace(found[0], over=over), found[1])
    return Tallied(vote, counts, modes, RollSize(len(roll), vote.commitment), small, len(online), room, beside, said)


def _chosen(
    connection: Connection, instance: Instance, vote: Vote, room: Room, voters: int
) -> tuple[Beside, object] | Refusal:
    """What was said of options: as the rule looks at it, and as the assembly says it."""
    asked = choosing.choosing(connection, instance, vote)
    if asked is None:
        return Beside(), None
    said = choosing.said(connection, asked, vote, room.entered, voters)
    if isinstance(said, Refusal):
        return said
    ballots = dict.fromkeys(Weight, said.ballots) if said is not None else {}
    return Beside(options=asked.ids, ballots=ballots), said.document if said is not None else None


def charter_of_vote(connection: Connection, instance: Instance, vote: Vote) -> Charter | None:
    """The charter under which a vote opened, which it keeps."""
    reading = Reading(connection, loopback=instance.loopback)
    return reading.at(Charter, Ref(Id(vote.charter), vote.charter_digest))


def _unheard(connection: Connection, instance: Instance, item: Item, vote: Vote, room: Room) -> Refusal | None:
    """`vote.room` if a vote that was opened for a meeting has no hands, before one held online alone could be over."""
    if not vote.in_meeting or room.tellers:
        return None
    charter = charter_of_vote(connection, instance, vote)
    return None if charter is None else deliberating.may_close_unheard(connection, instance, item, charter)
