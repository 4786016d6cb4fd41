"""Duties that go round: everybody's turn comes, and nobody is chosen for it by whoever likes to do it (§12)."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def pair_in_turn(people: Sequence[T], turn: int) -> tuple[T, ...]:
    """The two whose turn it is, of people in a fixed order; one of one, nobody of nobody."""
    if len(people) <= 2:
        return tuple(people)
    first = 2 * turn
    return people[first % len(people)], people[(first + 1) % len(people)]
