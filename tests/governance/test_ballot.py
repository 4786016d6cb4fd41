import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.governance.act import Ref
from app.governance.ballot import Ballot, Choice, RoomCount, add_up, latest_choices, tellers_agree
from app.governance.rules import Counts
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.valley import hour

TEXT, EARLIER = (Ref(Id("https://hill.example/acts/1"), digest) for digest in ("zNow", "zBefore"))
ANA, BEN, CEM, DEA = (Id(f"https://hill.example/people/{name}") for name in ("ana", "ben", "cem", "dea"))
ROLL = frozenset({ANA, BEN, CEM})


@pytest.mark.withstands("F01")
@pytest.mark.withstands("F02")
@pytest.mark.withstands("F03")
@pytest.mark.withstands("F06")
def test_the_last_ballot_before_the_close_counts_once_and_the_rest_is_kept_with_its_reason() -> None:
    ballots = [
        Ballot(ANA, Choice.DISAGREE, hour(3), TEXT),
        Ballot(ANA, Choice.AGREE, hour(1), TEXT),
        Ballot(BEN, Choice.AGREE, hour(5), TEXT),
        Ballot(BEN, Choice.BLOCK, hour(5.5), TEXT),
        Ballot(CEM, Choice.AGREE, hour(2), EARLIER),
        Ballot(DEA, Choice.AGREE, hour(2), TEXT),
    ]
    counted, refused = latest_choices(ballots, ROLL, TEXT, hour(5))
    assert counted == {ANA: Choice.DISAGREE, BEN: Choice.AGREE}
    assert sorted((ballot.person, why.code) for ballot, why in refused) == [
        (ANA, "vote.replaced"), (BEN, "vote.late"), (CEM, "vote.version"), (DEA, "vote.stranger")
    ]  # fmt: skip


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
    negative = add_up(38, {}, RoomCount(agree=-1))
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
