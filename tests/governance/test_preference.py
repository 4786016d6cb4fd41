"""What an assembly says of several options follows from what its people said, and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.governance.options import Ballot, parse_ballot
from app.governance.preference import of_assembly, parse_hands
from app.governance.rules import Rule, parse_rule
from app.kernel.refusal import Refusal

NAMED = ("a", "b", "c")


def rule(method: str, **more: object) -> Rule:
    found = parse_rule({"method": method, "quorum": "1/5", **more})
    assert isinstance(found, Rule)
    return found


APPROVAL, SCORE, DOTS, RANKED = rule("approval"), rule("score"), rule("dots", n=5), rule("ranked")


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ({"a": 6, "b": 5, "c": 1}, ["a"]),
        ({"a": 6, "b": 7, "c": 1}, ["a", "b"]),
        ({"a": 4, "b": 4, "c": 1}, ["a", "b"]),
        ({"a": 0, "b": 0, "c": 0}, []),
    ],
)
def test_an_assembly_approves_of_what_more_than_half_of_its_people_do_or_most(
    sums: dict[str, int], said: list[str]
) -> None:
    assert of_assembly(APPROVAL, NAMED, [Ballot(sums)], 10) == said


def test_a_score_is_the_nearest_whole_number_and_a_half_goes_towards_nothing() -> None:
    sums = {"a": 15, "b": -15, "c": 16}
    assert of_assembly(SCORE, NAMED, [Ballot(sums)], 10) == {"a": 1, "b": -1, "c": 2}


def test_dots_are_given_in_proportion_and_none_where_the_remainders_tie() -> None:
    assert of_assembly(DOTS, NAMED, [Ballot({"a": 6, "b": 3, "c": 1})], 2) == {"a": 3, "b": 1, "c": 0}
    assert of_assembly(DOTS, NAMED, [Ballot({"a": 7, "b": 2, "c": 1})], 2) == {"a": 3, "b": 1, "c": 0}
    assert of_assembly(DOTS, NAMED, [Ballot({"a": 8, "b": 1, "c": 1})], 2) == {"a": 4, "b": 0, "c": 0}


def test_an_order_of_an_assembly_is_the_order_that_its_people_came_to() -> None:
    ballots = [Ballot({}, (("b",), ("a",)), 3), Ballot({}, (("a",), ("b",)), 2)]
    assert of_assembly(RANKED, ("a", "b", "no-change"), ballots, 5) == [["b"], ["a"], ["no-change"]]


@given(st.dictionaries(st.sampled_from(NAMED), st.integers(0, 40)), st.integers(8, 20))
def test_what_an_assembly_says_is_a_ballot_that_others_take(sums: dict[str, int], voters: int) -> None:
    for one in (APPROVAL, SCORE, DOTS):
        said = of_assembly(one, NAMED, [Ballot({option: min(given, voters) for option, given in sums.items()})], voters)
        assert not isinstance(parse_ballot(one, NAMED, said), Refusal)


@pytest.mark.parametrize(
    ("one", "figures"),
    [
        (APPROVAL, {"a": 4}),
        (APPROVAL, {"d": 1}),
        (APPROVAL, {"a": -1}),
        (APPROVAL, {"a": "1"}),
        (APPROVAL, [1]),
        (SCORE, {"a": 7}),
        (SCORE, {"a": -7}),
        (DOTS, {"a": 10, "b": 6}),
        (RANKED, {"a": 1}),
        (RANKED, [[4, [["a"]]]]),
        (RANKED, [[0, [["a"]]]]),
        (RANKED, [["1", [["a"]]]]),
        (RANKED, [[1, [["a"], ["a"]]]]),
        (RANKED, ["1 x 2"]),
    ],
)
def test_a_teller_cannot_enter_what_three_people_cannot_have_said(one: Rule, figures: object) -> None:
    assert isinstance(parse_hands(one, NAMED, figures, 3), Refusal)


@pytest.mark.parametrize(
    ("one", "figures"),
    [(APPROVAL, {"a": 3, "b": 0}), (SCORE, {"a": -6, "b": 6}), (DOTS, {"a": 15}), (RANKED, [[3, [["a"], ["b", "c"]]]])],
)
def test_a_teller_enters_what_three_people_can_have_said(one: Rule, figures: object) -> None:
    assert not isinstance(parse_hands(one, NAMED, figures, 3), Refusal)
