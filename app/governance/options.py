"""Which of several options comes first: approval, score, dots, and Schulze's order (fine-print 6, 10)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.governance.rule import Method, Rule
from app.kernel.refusal import Refusal

NO_CHANGE: Final = "no-change"
"""The reserved id for leaving things as they are; always among the options of `ranked`."""

MOST_OPTIONS: Final = 100
"""Options of one question; Schulze's order takes their number to the third power."""

WORST, BEST = -2, 2

Order: TypeAlias = tuple[tuple[str, ...], ...]
"""Option ids from first to last; those in one group tie, in code-point order."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one voter says of the options, and how many it counts for.

    `points` for approval (1 each), score and dots; `order` for ranked, groups from first to last.
    """

    points: Mapping[str, int]
    order: Order = ()
    weight: int = 1

    @property
    def says_nothing(self) -> bool:
        """True if no option is named."""
        return not any(self.points.values()) and not self.order


def options_of(rule: Rule, named: Iterable[str]) -> tuple[str, ...]:
    """The ids that are counted: those `named` by the proposal, with `no-change` under `ranked`, sorted."""
    always = {NO_CHANGE} if rule.method is Method.RANKED else set()
    return tuple(sorted({*named, *always}))


def parse_ballot(rule: Rule, named: Iterable[str], value: object, weight: int = 1) -> Ballot | Refusal:
    """The ballot that `gov:ballot` states under `rule` about the options `named`; `vote.ballot` otherwise.

    Approval: a list of ids. Score and dots: whole numbers by id, from -2 to 2, or at least 0 and
    at most `n` together. Ranked: a list of lists of ids, no id twice. Source: fine-print 10.
    """
    known = frozenset(options_of(rule, named))
    if rule.method is Method.RANKED:
        order = _groups(value, known)
        return (
            Refusal("vote.ballot", "ranked takes a list of lists of the options, none twice")
            if order is None
            else (Ballot({}, order, weight))
        )
    points = _approved(value) if rule.method is Method.APPROVAL else _points(value)
    if points is None or not points.keys() <= known:
        return Refusal("vote.ballot", f"not a ballot of {rule.method} about these options")
    low, high = (WORST, BEST) if rule.method is Method.SCORE else (0, max(rule.dots, 1))
    if not all(low <= given <= high for given in points.values()):
        return Refusal("vote.ballot", f"each option takes from {low} to {high}")
    if rule.method is Method.DOTS and sum(points.values()) > rule.dots:
        return Refusal("vote.ballot", f"{rule.dots} dots at most")
    return Ballot(points, (), weight)


def rank(rule: Rule, options: Sequence[str], ballots: Iterable[Ballot]) -> Order:
    """All `options` in the order that `ballots` put them in; ties stay ties."""
    cast = tuple(ballots)
    return schulze(options, cast) if rule.method is Method.RANKED else _by_total(totals(options, cast))


def totals(options: Sequence[str], ballots: Iterable[Ballot]) -> dict[str, int]:
    """What each option got, over all ballots with their weights; nothing for one that nobody named."""
    sums = dict.fromkeys(options, 0)
    for ballot in ballots:
        for option, given in ballot.points.items():
            sums[option] += given * ballot.weight
    return sums


def preferences(options: Sequence[str], ballots: Iterable[Ballot]) -> list[list[int]]:
    """How many prefer the option of each row to that of each column; what a ballot leaves out ties last."""
    place = {option: index for index, option in enumerate(options)}
    prefer = [[0] * len(options) for _ in options]
    for ballot in ballots:
        behind = set(place)
        for group in ballot.order:
            behind -= set(group)
            for option in group:
                row = prefer[place[option]]
                for other in behind:
                    row[place[other]] += ballot.weight
    return prefer


def schulze(options: Sequence[str], ballots: Iterable[Ballot]) -> Order:
    """The options by Schulze's method with winning votes; those whom nobody left beats by a stronger path tie.

    A victory counts as many votes as the winning side has; a path is as strong as its weakest
    victory. Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method" (2011), §2, with the strength of winning votes.
    """
    prefer = preferences(options, ballots)
    several = range(len(options))
    path = [[prefer[a][b] if prefer[a][b] > prefer[b][a] else 0 for b in several] for a in several]
    for by in several:
        onward = path[by]
        for row in path:
            most = row[by]
            if most:
                for to in several:
                    through = min(most, onward[to])
                    row[to] = max(row[to], through)
    left, order = list(several), []
    while left:
        first = [a for a in left if not any(path[b][a] > path[a][b] for b in left if b != a)]
        order.append(tuple(sorted(options[a] for a in first)))
        left = [a for a in left if a not in first]
    return tuple(order)


def drawn(order: Order, seed: str) -> Order:
    """`order` with every tie put in the order of SHA-256(seed ‖ option id) (fine-print 6)."""

    def ticket(option: str) -> bytes:
        return hashlib.sha256(f"{seed}{option}".encode()).digest()

    return tuple((option,) for group in order for option in sorted(group, key=ticket))


def _by_total(sums: Mapping[str, int]) -> Order:
    levels = sorted(set(sums.values()), reverse=True)
    return tuple(tuple(sorted(option for option, total in sums.items() if total == level)) for level in levels)


def _groups(value: object, known: frozenset[str]) -> Order | None:
    if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
        return None
    named = [option for group in value for option in group]
    if not all(isinstance(option, str) and option in known for option in named) or len(set(named)) != len(named):
        return None
    return tuple(tuple(sorted(group)) for group in value if group)


def _approved(value: object) -> Mapping[str, int] | None:
    if not isinstance(value, list) or not all(isinstance(option, str) for option in value):
        return None
    return dict.fromkeys(value, 1) if len(set(value)) == len(value) else None


def _points(value: object) -> Mapping[str, int] | None:
    if not isinstance(value, Mapping):
        return None
    fits = all(isinstance(given, int) and not isinstance(given, bool) for given in value.values())
    return dict(value) if fits else None
