"""Ballots of people in one assembly: hands in the room and votes online, nobody twice (governance.md §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.governance.rules import OF_OPTIONS, Counts, Method, check_counts
from app.kernel.ids import Id
from app.kernel.refusal import Refusal


class Choice(StrEnum):
    """What a person may choose (Y R S N K A)."""

    AGREE = "agree"
    RESERVE = "reserve"
    STAND_ASIDE = "stand_aside"
    DISAGREE = "disagree"
    BLOCK = "block"
    ABSTAIN = "abstain"


_THREE: Final = (Choice.AGREE, Choice.DISAGREE, Choice.ABSTAIN)
_CHOICES: Final[Mapping[str, tuple[Choice, ...]]] = {
    Method.CONSENSUS: tuple(Choice),
    Method.CONSENT: (Choice.AGREE, Choice.RESERVE, Choice.BLOCK, Choice.ABSTAIN),
    Method.PROVISIONAL: (Choice.AGREE, Choice.BLOCK),
}


def choices(rule: Mapping[str, object]) -> tuple[Choice, ...]:
    """What may be chosen under a rule: six choices where consensus is sought, mostly for, against, abstain.

    Of two stages what the first one takes; nothing where only options are put in an order (governance.md §3).
    """
    first, method = rule.get("first"), rule.get("method")
    if method == Method.TWO_STAGE and isinstance(first, Mapping):
        return choices(first)
    return () if method in OF_OPTIONS else _CHOICES.get(str(method), _THREE)


@dataclass(frozen=True, slots=True)
class RoomCount:
    """Hands as one teller counted them; `present` is how many took part, the sum of the six if None."""

    agree: int = 0
    reserve: int = 0
    stand_aside: int = 0
    disagree: int = 0
    block: int = 0
    abstain: int = 0
    present: int | None = None

    @property
    def took_part(self) -> int:
        """How many took part in the room."""
        if self.present is not None:
            return self.present
        return self.agree + self.reserve + self.stand_aside + self.disagree + self.block + self.abstain


def add_up(
    entitled: int, online: Mapping[Id, Choice], room: RoomCount | None = None, both: frozenset[Id] = frozenset()
) -> Counts | Refusal:
    """The figures of a vote: hands and online ballots together, nobody twice.

    Whoever is in `both` raised a hand and voted online: only the room counts. `counts.sum` if more
    took part than are entitled, or a teller's figures cannot be (fine-print 3).
    """
    hands = room or RoomCount()
    votes = [choice for person, choice in online.items() if person not in both]
    counts = Counts(
        entitled,
        hands.took_part + len(votes),
        hands.agree + votes.count(Choice.AGREE),
        hands.reserve + votes.count(Choice.RESERVE),
        hands.stand_aside + votes.count(Choice.STAND_ASIDE),
        hands.disagree + votes.count(Choice.DISAGREE),
        hands.block + votes.count(Choice.BLOCK),
        hands.abstain + votes.count(Choice.ABSTAIN),
    )
    room_alone = Counts(
        hands.took_part,
        hands.took_part,
        hands.agree,
        hands.reserve,
        hands.stand_aside,
        hands.disagree,
        hands.block,
        hands.abstain,
    )
    return check_counts(room_alone) or check_counts(counts) or counts


def tellers_agree(one: RoomCount, other: RoomCount) -> Refusal | None:
    """None if two tellers counted the same, else `teller.differ` with the figures that differ."""
    names = ("agree", "reserve", "stand_aside", "disagree", "block", "abstain", "took_part")
    pairs = [(name, getattr(one, name), getattr(other, name)) for name in names]
    differing = [f"{name} {ours} and {theirs}" for name, ours, theirs in pairs if ours != theirs]
    return Refusal("teller.differ", f"count again: {', '.join(differing)}") if differing else None
