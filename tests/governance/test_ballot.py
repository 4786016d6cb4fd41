import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.governance.ballot import Choice, RoomCount, add_up, choices, tellers_agree
from app.governance.rules import Counts
from app.kernel.ids import Id
from app.kernel.refusal import Refusal

ANA, BEN, CEM = (Id(f"https://hill.example/people/{name}") for name in ("ana", "ben", "cem"))


@pytest.mark.shows("B12")
def test_hands_and_online_ballots_count_together_and_nobody_twice() -> None:
    online = {ANA: Choice.AGREE, BEN: Choice.RESERVE, CEM: Choice.AGREE}
    room = RoomCount(agree=21, reserve=2, disagree=1, abstain=2, present=27)
    assert add_up(38, online, room, frozenset({CEM})) == Counts(38, 29, 22, 3, 0, 1, 0, 2)
    assert add_up(38, online) == Counts(38, 3, 2, 1)
    assert add_up(38, {}, RoomCount(agree=3, block=1)) == Counts(38, 4, 3, block=1)
    assert add_up(38, {}) == Counts(38)


@given(st.lists(st.tuples(st.none() | st.sampled_from(Choice), st.none() | st.sampled_from(Choice)), max_size=12))
def test_everybody_counts_once_by_hand_if_there_is_one_else_by_ballot(people: list[tuple[Choice | None, ...]]) -> None:
    named = {Id(f"https://hill.example/people/{number}"): both for number, both in enumerate(people)}
    hands = [hand for hand, _ in people if hand is not None]
    online = {who: ballot for who, (_, ballot) in named.items() if ballot is not None}
    both = frozenset(who for who in online if named[who][0] is not None)
    once = [hand or ballot for hand, ballot in people if hand or ballot]
    room = RoomCount(**{choice.value: hands.count(choice) for choice in Choice})
    figures = {choice.value: once.count(choice) for choice in Choice}
    assert add_up(len(people), online, room, both) == Counts(len(people), len(once), **figures)


def test_figures_that_cannot_be_are_refused() -> None:
    too_many = add_up(2, {ANA: Choice.AGREE}, RoomCount(agree=2))
    more_hands_than_heads = add_up(38, {ANA: Choice.AGREE}, RoomCount(agree=5, present=4))
    negative = add_up(38, {ANA: Choice.AGREE}, RoomCount(agree=-1))
    for refused in (too_many, more_hands_than_heads, negative):
        assert isinstance(refused, Refusal)
        assert refused.code == "counts.sum"


def test_two_tellers_who_differ_are_told_where() -> None:
    jo, baran = RoomCount(agree=21), RoomCount(agree=22)
    differing = tellers_agree(jo, baran)
    assert differing is not None
    assert differing.code == "teller.differ"
    assert "agree 21 and 22" in differing.because
    assert tellers_agree(jo, RoomCount(agree=21, present=21)) is None


@pytest.mark.parametrize(
    ("rule", "letters"),
    [
        ({"method": "majority"}, "Y N A"),
        ({"method": "qualified"}, "Y N A"),
        ({"method": "consensus"}, "Y R S N K A"),
        ({"method": "consent"}, "Y R K A"),
        ({"method": "provisional"}, "Y K"),
        ({"method": "two_stage", "first": {"method": "consensus"}, "then": {"method": "qualified"}}, "Y R S N K A"),
        ({"method": "two_stage", "first": {"method": "majority"}, "then": {"method": "consensus"}}, "Y N A"),
        ({"method": "ranked"}, ""),
    ],
)
def test_a_method_takes_the_choices_that_it_knows(rule: dict[str, object], letters: str) -> None:
    names = dict(zip("YRSNKA", Choice, strict=True))
    assert choices(rule) == tuple(names[letter] for letter in letters.split())
