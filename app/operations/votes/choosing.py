"""Choosing among several options: what a vote asks of them, what people and tellers said (governance.md §3)."""

from dataclasses import dataclass
from typing import Any

from app.governance.act import Ref
from app.governance.options import NO_CHANGE, Ballot, options_of, parse_ballot
from app.governance.preference import of_assembly, parse_hands
from app.governance.proposal import Proposal
from app.governance.rule import Rule
from app.governance.rules import parse_rule
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.record.reading import Reading
from app.store import votes
from app.store.database import Connection
from app.store.room_counts import RoomCount
from app.store.votes import Vote
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a vote asks of options: the `rule` that orders them, and each with its name.

    `alone` if the vote is about nothing else: else members also say whether they agree at all, by
    the assembly's own rule (an answer to a question that others put to us).
    """

    rule: Rule
    named: tuple[tuple[str, str], ...]
    alone: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids that are counted, leaving things as they are among them where the rule has it."""
        return options_of(self.rule, (option for option, _ in self.named))

    def read(self, value: object) -> Ballot | Refusal:
        """A member's ballot; `vote.ballot` if it is none of this rule about these options."""
        return parse_ballot(self.rule, self.ids, value)

    def read_hands(self, value: object, voters: int) -> tuple[Ballot, ...] | Refusal:
        """A teller's figures; `counts.options` or `vote.ballot` if they cannot be."""
        return parse_hands(self.rule, self.ids, value, voters)


def choosing(connection: Connection, instance: Instance, vote: Vote) -> Choosing | None:
    """What a vote asks of options; None if it is about one text."""
    proposal = Reading(connection, loopback=instance.loopback).at(Proposal, Ref(Id(vote.act), vote.act_digest))
    own = parse_rule(vote.rule)
    if proposal is None or isinstance(own, Refusal) or not (proposal.options or own.of_options):
        return None
    named = tuple((option.id, option.name) for option in proposal.options if option.id != NO_CHANGE)
    if own.of_options is not None:
        return Choosing(own.of_options, named, alone=True)
    theirs = proposal.rule.of_options if proposal.rule is not None else None
    return None if theirs is None else Choosing(theirs, named, alone=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What everybody said of the options together, and what the assembly says with it (`gov:ballot`)."""

    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    document: Any


def said(
    connection: Connection, asked: Choosing, vote: Vote, rooms: tuple[RoomCount, ...], voters: int
) -> Said | Refusal | None:
    """The ballots of a vote, in the room and online, nobody twice; None if nobody said anything of the options."""
    both = frozenset(account for room in rooms for account in room.both)
    online = [value for account, value in votes.options_cast(connection, vote.id).items() if account not in both]
    read = [asked.read(value) for value in online]
    ballots = [ballot for ballot in read if not isinstance(ballot, Refusal)]
    hands: list[Ballot] = []
    for room in rooms:
        counted = asked.read_hands(room.options, voters) if room.options is not None else ()
        if isinstance(counted, Refusal):
            return counted
        hands += counted
    found = (*ballots, *hands)
    if all(ballot.says_nothing for ballot in found):
        return None
    return Said(asked.ids, found, of_assembly(asked.rule, asked.ids, found, voters))
