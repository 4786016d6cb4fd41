"""What an assembly says of several options, made from what its people say (fine-print 10)."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from app.governance.options import BEST, Ballot, options_of, parse_ballot, rank, totals
from app.governance.rule import Method, Rule
from app.kernel.refusal import Refusal

_HALF: Final = Fraction(1, 2)


def parse_hands(rule: Rule, named: Iterable[str], value: object, voters: int) -> tuple[Ballot, ...] | Refusal:
    """The ballots that a teller's figures about the options `named` stand for; `counts.options` if they cannot be.

    For approval, score and dots `{id: total}`: one ballot with the sums. For ranked `[[how many, [[id]]]]`:
    papers that say the same, counted. No more than `voters` people can have given them.
    """
    ids = tuple(named)
    if rule.method is Method.RANKED:
        return _papers(rule, ids, value, voters)
    known = frozenset(options_of(rule, ids))
    if not isinstance(value, Mapping) or not value.keys() <= known:
        return Refusal("counts.options", "the figures are of other options")
    sums = {option: given for option, given in value.items() if isinstance(given, int) and not isinstance(given, bool)}
    each = {Method.APPROVAL: 1, Method.SCORE: BEST}.get(rule.method, rule.dots)
    least = -each * voters if rule.method is Method.SCORE else 0
    if len(sums) != len(value) or not all(least <= given <= each * voters for given in sums.values()):
        return Refusal("counts.options", f"{voters} people cannot have given that")
    if rule.method is Method.DOTS and sum(sums.values()) > rule.dots * voters:
        return Refusal("counts.options", f"{voters} people have {rule.dots * voters} dots")
    return (Ballot(sums),)


def of_assembly(rule: Rule, options: Sequence[str], ballots: Iterable[Ballot], voters: int) -> object:
    """`gov:ballot` of the assembly whose people cast `ballots`, `voters` of them.

    Ranked: their order. Approval: what more than half approve of, or else what most do. Score: the
    nearest whole number to the mean, a half towards nothing. Dots: its `n` in proportion, the rest
    by the largest remainders, and to nobody where those tie.
    """
    cast = tuple(ballots)
    if rule.method is Method.RANKED:
        return [list(group) for group in rank(rule, options, cast)]
    sums = totals(options, cast)
    if rule.method is Method.APPROVAL:
        most = max(sums.values(), default=0)
        many = [option for option in options if 2 * sums[option] > voters]
        return many or [option for option in options if most and sums[option] == most]
    if rule.method is Method.SCORE:
        return {option: _nearest(Fraction(sums[option], max(voters, 1))) for option in options}
    return _in_proportion(sums, rule.dots)


def _papers(rule: Rule, named: tuple[str, ...], value: object, voters: int) -> tuple[Ballot, ...] | Refusal:
    found: list[Ballot] = []
    for entry in value if isinstance(value, list) else [None]:
        if not isinstance(entry, list) or len(entry) != len(("how many", "order")):
            return Refusal("counts.options", "papers are counted as how many and which order")
        many, order = entry
        if not isinstance(many, int) or isinstance(many, bool) or many < 1:
            return Refusal("counts.options", f"no number of papers: {many!r}")
        ballot = parse_ballot(rule, named, order, many)
        if isinstance(ballot, Refusal):
            return ballot
        found.append(ballot)
    if sum(ballot.weight for ballot in found) > voters:
        return Refusal("counts.options", f"more papers than the {voters} who took part")
    return tuple(found)


def _nearest(mean: Fraction) -> int:
    size = -((_HALF - abs(mean)).__floor__())
    return size if mean > 0 else -size


def _in_proportion(sums: Mapping[str, int], dots: int) -> dict[str, int]:
    whole = sum(sums.values())
    if not whole:
        return {}
    shares = {option: Fraction(given * dots, whole) for option, given in sums.items()}
    given = {option: share.__floor__() for option, share in shares.items()}
    left = dots - sum(given.values())
    for rest in sorted({share % 1 for share in shares.values()} - {Fraction(0)}, reverse=True):
        next_ones = [option for option, share in shares.items() if share % 1 == rest]
        if len(next_ones) > left:
            break
        for option in next_ones:
            given[option] += 1
        left -= len(next_ones)
    return given
