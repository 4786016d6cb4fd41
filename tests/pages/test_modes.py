"""How ballots are kept: who sees what, raised on request and never lowered, nobody counted twice (governance.md §3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.governance.modes import Mode
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.meetings import speaking
from app.operations.meetings.hands import Figures, Room
from app.operations.votes import closing, protecting, voting
from app.store import accounts, agenda, votes
from app.store.agenda import Item, Kind
from app.store.meetings import Duty, Meeting
from app.store.tables_assembly import electors
from app.store.tables_assembly import votes as table
from app.store.votes import Vote
from app.wiring import Instance
from tests.pages.commune import AT_ONCE, Commune, commune, words
from tests.pages.hall import sitting
from tests.pages.test_deciding import cast, code, do, later, opened, passes, person, proposed, sealed
from tests.pages.test_forgetting import where_it_is

CANARY = "canarybird"
ARCHIVE = "zQmV7uZ6ta8oZAkWb72BaPX9q3AMRUTkBrnAj82wk8fNep2"
OUTBOX = "/assembly/outbox?page=1"
FOUR = ("jo", "max", "kim", "tom")


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as here:
        yield here


def page(item: Item) -> str:
    return f"/proposals/{item.id}"


def close(at: Instance, vote: Vote) -> Document:
    """Close it, by who facilitates its meeting or when its time is over; the Decision that was sealed."""
    jo = person(at, "jo")
    if vote.meeting is None:
        passes(at, vote)
    done = do(at, lambda c: closing.close(c, at, vote.id, jo))
    assert isinstance(done, closing.Closed), done
    return sealed(at, "gov:Decision")[-1]


def asks(at: Instance, name: str, item: Item, mode: Mode) -> Item | Refusal:
    who = person(at, name)
    return do(at, lambda c: protecting.ask(c, at, who, item.id, mode))


def mode_of(at: Instance, vote: Vote) -> str:
    found = do(at, lambda c: votes.get(c, vote.id))
    assert found is not None
    return found.mode


def says(
    at: Instance, vote: Vote, member: str, choice: str, helper: str = "tom", teller: str = "ida"
) -> Vote | Refusal:
    """`member` says aloud what they choose, `helper` enters it, and `teller`, who is there, says so."""
    who = person(at, helper)
    said = (vote.id, member, teller, choice, "", vote.act_digest)
    entered = do(at, lambda c: speaking.enter(c, at, who, *said))
    return entered if isinstance(entered, Refusal) else heard(at, vote, member, teller)


def heard(at: Instance, vote: Vote, member: str, teller: str) -> Vote | Refusal:
    there = person(at, teller)
    return do(at, lambda c: speaking.confirm(c, at, there, vote.id, member))


def test_in_a_roll_call_members_see_who_voted_what_and_nobody_else_does(tmp_path: Path) -> None:
    with commune(tmp_path, AT_ONCE | {"ballots": "roll_call"}) as harbour:
        instance = harbour.instance
        item = proposed(instance, "task")
        vote = opened(instance, item)
        ida = harbour.member("Ida")
        assert "Members see what you choose, under your name." in ida.read(page(item))
        ida.vote(page(item), "disagree", reason=CANARY)
        for name in FOUR:
            assert isinstance(cast(instance, vote, name, "agree"), Vote)
        assert f"Ida: disagree ({CANARY})" in harbour.member("Ada").read(page(item))
        decision = close(instance, vote)
        assert decision["gov:modes"] == ["rollCall"]
        assert decision["gov:counts"]["disagree"] == 1
        assert f"Ida: disagree ({CANARY})" in harbour.member("Ada").read(page(item))
        for address in (page(item), f"{page(item)}/print", "/", "/decisions", "/acts?limit=500", OUTBOX):
            assert CANARY not in harbour.client.get(address).text
        assert where_it_is(harbour, CANARY) == {"ballots"}


def test_a_vote_opens_with_a_roll_call_only_where_the_charter_says_so(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    lasts = timedelta(days=1)
    named = do(instance, lambda c: voting.open_vote(c, instance, item.id, lasts, mode=Mode.ROLL_CALL))
    assert code(named) == "vote.mode"


@pytest.mark.withstands("F31")
def test_what_was_chosen_before_a_vote_became_secret_is_nowhere(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    harbour.comes_in(hall.meeting.id, "kim")
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    harbour.member("Ada").vote(page(item), "disagree", reason=CANARY)
    assert where_it_is(harbour, CANARY) == {"ballots"}
    hall.counts(vote, Figures({"agree": 5}))
    asks(instance, "tom", item, Mode.SECRET)
    assert mode_of(instance, vote) == Mode.CLOSED  # one of twelve is fewer than a tenth
    asks(instance, "nour", item, Mode.SECRET)
    assert mode_of(instance, vote) == Mode.SECRET
    assert where_it_is(harbour, CANARY) == set()
    assert do(instance, lambda c: votes.replaced_count(c, vote.id)) == 1
    tom = harbour.member("Tom")
    told = tom.read(page(item))
    assert "This vote is secret: on paper, in the meeting." in told
    assert "No count has been entered." in told  # hands that were seen are no secret paper
    assert "A vote is protected more from now on" in tom.read("/")
    assert code(cast(instance, vote, "ada", "agree")) == "vote.secret"
    assert code(says(instance, vote, "sami", "agree")) == "vote.secret"


def test_an_open_vote_is_never_protected_less(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    vote = hall.opens(item, mode=Mode.SECRET)
    assert isinstance(vote, Vote)
    for less in (Mode.ROLL_CALL, Mode.CLOSED, Mode.SECRET):
        for name in ("jo", "ida", "tom"):
            assert code(asks(instance, name, item, less)) == "vote.mode"
    tom = harbour.member("Tom")
    tom.send(f"{page(item)}/protect", page(item), 422, mode="closed")
    tom.send(f"{page(item)}/protect", page(item), 422, mode="roll_call")
    assert mode_of(instance, vote) == Mode.SECRET
    assert code(hall.opens(item, mode=Mode.CLOSED)) == "vote.open"


def test_nobody_sets_ballots_aside_once_the_time_is_over(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    vote = opened(instance, item)
    for name in (*FOUR, "ida"):
        cast(instance, vote, name, "agree")
    after = later(instance, timedelta(days=1, seconds=5))
    for name in ("ada", "sami", "nour"):
        assert code(asks(after, name, item, Mode.SECRET)) == "vote.late"
    assert close(after, vote)["gov:counts"]["agree"] == 5


def test_secret_paper_is_counted_by_two_tellers_or_carries_the_archive_of_an_election(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    hall.lets_in("jo", "ida", "max", "kim", "tom", "sami", "nour")
    vote = hall.opens(item, mode=Mode.SECRET)
    assert isinstance(vote, Vote)
    figures = {"agree": 6, "disagree": 1}
    assert code(hall.counts(vote, Figures(figures, archive="a box under the bed"), "ida")) == "vote.archive"
    hall.counts(vote, Figures(figures, archive=ARCHIVE), "ida")
    jo = person(instance, "jo")
    assert code(do(instance, lambda c: closing.close(c, instance, vote.id, jo))) == "teller.missing"
    apart = hall.counts(vote, Figures(figures), "max")
    assert isinstance(apart, Room)
    assert code(apart.differ) == "teller.differ"
    hall.counts(vote, Figures(figures, archive=ARCHIVE), "max")
    decision = close(instance, vote)
    assert decision["gov:modes"] == ["secret"]
    assert decision["attachment"] == [{"type": "Document", "gov:digest": ARCHIVE}]
    assert (decision["gov:counts"]["present"], decision["gov:counts"]["disagree"]) == (7, 1)


def test_whom_a_mandate_is_about_has_secret_paper_by_asking_alone(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    tom = f"{instance.url}/people/tom"
    about = replace(item, id=instance.new_ulid(), kind=Kind.MANDATE, details={"delegates": [tom]})
    do(instance, lambda c: agenda.add(c, about))
    hall = sitting(instance, about)
    vote = hall.opens(about)
    assert isinstance(vote, Vote)
    assert isinstance(asks(instance, "nour", about, Mode.SECRET), Item)
    assert mode_of(instance, vote) == Mode.CLOSED
    assert isinstance(asks(instance, "tom", about, Mode.SECRET), Item)
    assert mode_of(instance, vote) == Mode.SECRET


@pytest.mark.withstands("F32")
@pytest.mark.parametrize("mode", [Mode.CLOSED, Mode.SECRET])
def test_below_five_ballots_only_the_result_leaves_the_assembly(harbour: Commune, mode: Mode) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    if mode is Mode.SECRET:
        hall = sitting(instance, item)
        hall.lets_in("jo", "ida", "max", "kim")
        vote = hall.opens(item, mode=mode)
        assert isinstance(vote, Vote)
        hall.counts(vote, Figures({"agree": 3, "disagree": 1}))
    else:
        vote = opened(instance, item)
        assert "Where fewer than five vote here" in harbour.member("Ida").read(page(item))
        assert isinstance(cast(instance, vote, "ida", "disagree"), Vote)
        for name in FOUR[:3]:
            cast(instance, vote, name, "agree")
    decision = close(instance, vote)
    assert decision["gov:small"] is True
    assert decision["gov:status"] == "adopted"
    assert decision["gov:counts"] == {"entitled": 12, "present": 4}
    member = harbour.member("Tom").read(page(item))
    assert "3 agreed, 1 against" in member
    for address in (page(item), f"{page(item)}/print", "/", "/decisions", f"/acts/{decision['id'].rpartition('/')[2]}"):
        assert "3 agreed" not in words(harbour.client.get(address).text)


@pytest.mark.shows("B21")
def test_a_spoken_ballot_counts_once_beside_hands_and_online_ballots(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    hall.lets_in("jo", "ida", "max", "kim", "sami", "nour")
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    assert code(says(instance, vote, "sami", "agree", helper="ida")) == "vote.spoken"
    assert code(says(instance, vote, "sami", "agree", teller="kim")) == "vote.spoken"
    assert isinstance(says(instance, vote, "sami", "disagree"), Vote)
    assert isinstance(says(instance, vote, "sami", "agree"), Vote)  # said again: the last counts
    assert isinstance(cast(instance, vote, "ada", "agree"), Vote)
    assert isinstance(says(instance, vote, "nour", "disagree"), Vote)
    sami = frozenset({person(instance, "sami").id})
    hall.counts(vote, Figures({"agree": 5}, both=sami))
    assert code(says(instance, vote, "kim", "agree")) == "vote.room_counted"
    counts = close(instance, vote)["gov:counts"]
    assert (counts["present"], counts["agree"], counts["disagree"]) == (7, 6, 1)
    assert "said aloud" in harbour.member("Tom").read(page(item))


@pytest.mark.shows("B21")
def test_a_teller_without_a_device_is_named_by_who_has_one(harbour: Commune) -> None:
    instance = harbour.instance
    now = int(instance.now().timestamp())
    do(instance, lambda c: accounts.add(c, "hassan", "Hassan", None, caretaker=False, now=now))
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    hall.lets_in("jo", "ida", "max", "kim", "sami", "nour", "tom")
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    assert isinstance(hall.names("hassan", Duty.TELLER), Meeting)
    figures: dict[str, str | list[str]] = {"agree": "6", "disagree": "1", "present": ""}
    ida = harbour.member("Ida")
    ida.send(f"{page(item)}/count", page(item), 200, **figures)
    ida.send(f"{page(item)}/count", page(item), 422, **figures, teller="max")  # who has a device counts alone
    assert "Both tellers counted the same" in ida.send(
        f"{page(item)}/count", page(item), 200, **figures, teller="hassan"
    )
    assert close(instance, vote)["gov:counts"]["present"] == 7


@pytest.mark.withstands("F02", "F03")
def test_a_late_ballot_and_one_of_who_is_not_on_the_roll_are_refused_with_their_status(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    vote = opened(instance, item)
    ida = harbour.member("Ida")
    ida_id = person(instance, "ida").id
    struck = delete(electors).where(electors.c.vote == vote.id, electors.c.account == ida_id)
    do(instance, lambda c: c.execute(struck))
    assert "You are not on the list for this vote" in ida.read(page(item))
    ida.send(f"{page(item)}/vote", page(item), 403, choice="agree", version=vote.act_digest)
    over = update(table).where(table.c.id == vote.id).values(closes_at=vote.opened_at - 1)
    do(instance, lambda c: c.execute(over))
    tom = harbour.member("Tom")
    tom.send(f"{page(item)}/vote", page(item), 422, choice="agree", version=vote.act_digest)
    assert do(instance, lambda c: votes.cast_ballots(c, vote.id)) == {}
