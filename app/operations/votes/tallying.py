"""Adding up a vote: hands and online ballots together, nobody twice (governance.md §3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from app.governance.act import Ref
from app.governance.ballot import Choice, add_up
from app.governance.charter import Charter
from app.governance.modes import Mode
from app.governance.options import totals
from app.governance.ratification import RollSize
from app.governance.rules import (
    Beside,
    Counts,
    Fact,
    FactCode,
    Method,
    Result,
    Rule,
    Status,
    Weight,
    counts_document,
    decide,
    needed_of,
)
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.matters import deliberating
from app.operations.meetings.hands import Room, is_asked_again
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.operations.votes import choosing
from app.store import acts, spoken_ballots, votes
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

_HALF: Final = Fraction(1, 2)
FEW: Final = 5
"""Below so many ballots in a closed or secret vote only the result leaves the assembly (fine-print 37)."""


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
    spoken: int
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
    entitled = len(roll) + vote.cards
    counts = add_up(entitled, online, room.count, both)
    if isinstance(counts, Refusal):
        return counts
    at = instance.now().timestamp() if vote.ended_at is None else vote.ended_at
    over = room.count is not None or at > vote.closes_at
    found = _chosen(connection, instance, vote, room, counts.present)
    if isinstance(found, Refusal):
        return found
    on_paper = vote.mode == Mode.SECRET
    by_hand = ("room",) if room.count is not None and not on_paper else ()
    kept = (vote.mode,) if online or (on_paper and room.count is not None) else ()
    hidden = counts.present if on_paper else len(online) if vote.mode == Mode.CLOSED and not by_hand else 0
    return Tallied(
        vote,
        counts,
        (*by_hand, *kept),
        RollSize(entitled, vote.commitment),
        0 < hidden < FEW,
        len(online),
        room,
        spoken_ballots.counted(connection, vote.id),
        replace(found[0], over=over),
        found[1],
    )


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


def recall_quorum(connection: Connection, item: Item, counts: Counts) -> Result | None:
    """That too few took part in a recall: its quorum is never below half of those who took part in the choice.

    None if enough did, or it is no recall. Source: governance.md §2, the starter rules.
    """
    mandate = acts.by_id(connection, item.details["mandate"]["id"]) if item.kind is Kind.RECALL else None
    granted = acts.by_id(connection, load(mandate)["gov:decision"]["id"]) if mandate is not None else None
    if granted is None:
        return None
    needed = needed_of(load(granted)["gov:counts"]["present"], _HALF)
    if counts.present >= needed:
        return None
    figures = (("present", counts.present), ("entitled", counts.entitled), ("needed", needed))
    return Result(Status.NO_QUORUM, (Fact(FactCode.QUORUM_MISSED, figures),))


def charter_of_vote(connection: Connection, instance: Instance, vote: Vote) -> Charter | None:
    """The charter under which a vote opened, which it keeps."""
    reading = Reading(connection, loopback=instance.loopback)
    return reading.at(Charter, Ref(Id(vote.charter), vote.charter_digest))


def _unheard(connection: Connection, instance: Instance, item: Item, vote: Vote, room: Room) -> Refusal | None:
    """`vote.room` if a vote that was opened for a meeting has no hands, before one held online alone could be over.

    What is resolved provisionally, was to be counted again, or is on paper, is never decided without hands.
    """
    if vote.meeting is None or room.tellers:
        return None
    if vote.mode == Mode.SECRET or is_asked_again(item, vote):
        return Refusal("vote.room", f"nobody has counted {vote.id} again")
    if vote.rule.get("method") == Method.PROVISIONAL and item.kind is not Kind.ANSWER:
        return Refusal("vote.room", "what is resolved provisionally is resolved face to face")
    charter = charter_of_vote(connection, instance, vote)
    return (
        None if charter is None else deliberating.may_close_unheard(connection, instance, item, charter, vote.opened_at)
    )


def kept_of(
    tallied: Tallied,
    rounds: tuple[tuple[Rule, Result], ...],
    sealed: list[StoredAct],
    instance: Instance,
    by: Account | None,
) -> dict[str, Any]:
    """What the page of a closed vote needs; every figure of it is in the sealed acts too, or follows from them."""
    return {
        "counts": counts_document(tallied.counts),
        "status": rounds[-1][1].status.value,
        "rounds": [_round(rule, result) for rule, result in rounds],
        "modes": list(tallied.modes),
        "small": tallied.small,
        "online": tallied.online,
        "room": tallied.room.count.took_part if tallied.room.count is not None else 0,
        "both": len(tallied.room.both),
        "spoken": tallied.spoken,
        "tellers": list(tallied.room.tellers),
        "order": [list(group) for group in rounds[-1][1].order],
        "totals": tallied.totals,
        "closed_at": tallied.vote.ended_at or int(instance.now().timestamp()),
        "closed_by": by.id if by is not None else None,
        "acts": [act.id for act in sealed],
    }


def archive_of(tallied: Tallied) -> Document:
    """What an act says of a secret election that was held elsewhere: the fingerprint of its archive."""
    archive = tallied.room.archive
    return {} if archive is None else {"attachment": [{"type": "Document", "gov:digest": archive}]}


def _round(rule: Rule, result: Result) -> Mapping[str, object]:
    facts: list[Document] = [{"code": fact.code, "figures": dict(fact.figures)} for fact in result.because]
    return {"method": rule.method.value, "status": result.status.value, "because": facts}
