"""Schulze's method beside an implementation of others: pref-voting's beat path, by winning votes."""

import random
from typing import Any

import pytest

from app.governance.options import NO_CHANGE, Ballot, Order, schulze

pytest.importorskip("pref_voting", reason="pref-voting is not installed: `make laws` adds it from its own lock")

from pref_voting.margin_based_methods import beat_path
from pref_voting.profiles_with_ties import ProfileWithTies

OPTIONS = ("bakery", "garden", "mill", NO_CHANGE, "school", "well")
PROFILES = 1_000


def profile(number: int) -> list[Ballot]:
    """One of the random profiles, always the same: few ballots, so that ties and circles are common."""
    chance = random.Random(number)
    cast: list[Ballot] = []
    for _ in range(chance.randint(1, 9)):
        order = list(OPTIONS)
        chance.shuffle(order)
        groups: list[list[str]] = []
        for option in order[: chance.randint(0, len(order))]:
            if groups and chance.random() < 0.3:
                groups[-1].append(option)
            else:
                groups.append([option])
        cast.append(Ballot({}, tuple(tuple(sorted(group)) for group in groups), chance.randint(1, 4)))
    return cast


def theirs(cast: list[Ballot]) -> list[str]:
    rankings: list[dict[Any, int]] = [_ranks(ballot.order) for ballot in cast]
    others = ProfileWithTies(rankings, rcounts=[ballot.weight for ballot in cast], candidates=list(range(len(OPTIONS))))
    others.use_extended_strict_preference()
    found = beat_path(others, strength_function=others.support)
    return sorted(OPTIONS[place] for place in found)


def _ranks(order: Order) -> dict[Any, int]:
    return {OPTIONS.index(option): place for place, group in enumerate(order, 1) for option in group}


def test_a_thousand_random_profiles_have_the_same_winners() -> None:
    differing = [
        number for number in range(PROFILES) if list(schulze(OPTIONS, cast := profile(number))[0]) != theirs(cast)
    ]
    assert differing == []
