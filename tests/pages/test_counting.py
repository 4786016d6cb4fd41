"""Who counts hands, where, and how many there can be: in a meeting, by its tellers, of people who came in (§3)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.operations.meetings import speaking
from app.operations.meetings.hands import Figures, Room
from app.operations.votes import closing
from app.store import agenda, votes
from app.store.agenda import Item
from app.store.meetings import Duty, Meeting
from app.store.votes import Vote
from app.wiring import Instance
from tests.pages.commune import AT_ONCE, Commune, commune
from tests.pages.hall import convened, sitting
from tests.pages.test_deciding import cast, code, do, later, opened, person, proposed, sealed
from tests.pages.test_modes import heard, says

TWELVE = Figures({"agree": 12, "present": 12})


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as here:
        yield here


def test_nobody_adds_hands_to_a_vote_that_is_held_online_alone(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at)
    hall.lets_in("jo", "ida", "max", "kim")
    vote = opened(at, proposed(at, "task"))
    assert code(hall.counts(vote, Figures({"agree": 4}))) == "vote.online"
    assert isinstance(cast(at, vote, "jo", "disagree"), Vote)
    ida = person(at, "ida")
    assert code(do(at, lambda c: closing.close(c, at, vote.id, ida))) == "close.who"
    assert "I am a teller" not in harbour.member("Ida").read(f"/proposals/{vote.item}")
    over = later(at, timedelta(days=1, seconds=5))
    assert do(over, lambda c: closing.close_due(c, over)) == 1
    assert sealed(at, "gov:Decision")[-1]["gov:counts"] == {"entitled": 12, "present": 1}


def test_three_who_meet_are_three_hands_and_nobody_counts_who_was_not_named(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at, proposed(at, "task"))
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    assert code(hall.counts(vote, TWELVE)) == "counts.door"  # nobody was let in
    hall.lets_in("jo", "ida", "max")
    assert code(hall.counts(vote, TWELVE)) == "counts.door"
    assert code(hall.counts(vote, Figures({"agree": 3}), "tom", "leyla")) == "teller.named"
    assert isinstance(hall.counts(vote, Figures({"agree": 3})), Room)


def test_where_no_teller_is_named_nobody_counts(harbour: Commune) -> None:
    at = harbour.instance
    hall = convened(at, proposed(at, "task"))
    assert isinstance(hall.names("jo", Duty.FACILITATOR), Meeting)
    assert isinstance(hall.begins_as_it_is(), Meeting)
    hall.lets_in("jo", "ida", "max", by="jo")
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    assert code(hall.counts(vote, Figures({"agree": 3}))) == "teller.named"


def test_who_counts_or_facilitates_closes_a_vote_of_the_meeting_while_it_goes_on_only(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at, proposed(at, "task"))
    hall.lets_in("jo", "ida", "max", "kim")
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    assert isinstance(hall.counts(vote, Figures({"agree": 4})), Room)
    baran = person(at, "baran")  # who keeps the server
    assert code(do(at, lambda c: closing.close(c, at, vote.id, baran))) == "close.who"
    hall.closes()
    ida = person(at, "ida")
    assert code(do(at, lambda c: closing.close(c, at, vote.id, ida))) == "close.who"


def counted(at: Instance, vote: Vote) -> dict[int, str]:
    return do(at, lambda c: votes.cast_ballots(c, vote.id))


def proposal_of(harbour: Commune) -> Item:
    return do(harbour.instance, lambda c: agenda.listed(c, 1))[0]


@pytest.mark.shows("B21")
def test_what_is_said_aloud_counts_once_the_teller_who_was_there_says_so(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at, proposed(at, "task"))
    hall.lets_in("jo", "ida", "sami")
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    tom = person(at, "tom")
    said = (vote.id, "sami", "ida", "agree", "", vote.act_digest)
    assert isinstance(do(at, lambda c: speaking.enter(c, at, tom, *said)), Vote)
    assert counted(at, vote) == {}
    assert code(heard(at, vote, "sami", "max")) == "vote.unspoken"  # another teller, who was not there
    page = f"/proposals/{vote.item}"
    assert "It counts once you, who were there, say so." not in harbour.member("Max").read(page)
    ida = harbour.member("Ida")
    assert "Tom entered that Sami said: agree." in ida.read(page)
    ida.send(f"{page}/said", page, member="sami")
    assert counted(at, vote) == {person(at, "sami").id: "agree"}
    ida.send(f"{page}/said", page, 409, member="sami")


def test_nothing_is_said_aloud_for_who_voted_alone_or_did_not_come(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at, proposed(at, "task"))
    hall.lets_in("jo", "ida", "sami")
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    assert isinstance(cast(at, vote, "sami", "agree"), Vote)
    assert code(says(at, vote, "sami", "disagree")) == "vote.own"
    assert code(says(at, vote, "nour", "disagree")) == "vote.spoken"
    assert do(at, lambda c: votes.cast_ballots(c, vote.id)) == {person(at, "sami").id: "agree"}


def test_any_member_may_ask_for_a_recount_until_the_matter_is_closed(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at, proposed(at, "task"))
    hall.lets_in("jo", "ida", "max", "kim")
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    page, tom = f"/proposals/{vote.item}", harbour.member("Tom")
    tom.send(f"{page}/recount", page, 409)  # nothing is counted yet
    hall.counts(vote, Figures({"agree": 3, "disagree": 1}))
    said = tom.send(f"{page}/recount", page)
    assert "Asked to count again: Tom." in said
    assert "No count has been entered." in said
    assert "A recount was asked for: two tellers count the room again." in harbour.member("Ada").read("/")
    jo = person(at, "jo")
    assert code(do(at, lambda c: closing.close(c, at, vote.id, jo))) == "vote.room"
    hall.counts(vote, Figures({"agree": 2, "disagree": 2}))
    tom.send(f"{page}/recount", page, 409)  # once is enough for each
    assert isinstance(do(at, lambda c: closing.close(c, at, vote.id, jo)), closing.Closed)
    assert sealed(at, "gov:Decision")[-1]["gov:counts"]["disagree"] == 2
    harbour.member("Ada").send(f"{page}/recount", page, 409)


def test_a_block_by_hand_has_a_reason_too(harbour: Commune) -> None:
    at = harbour.instance
    hall = sitting(at, proposed(at))
    hall.lets_in("jo", "ida", "max", "kim")
    vote = hall.opens(proposal_of(harbour))
    assert isinstance(vote, Vote)
    blocked = {"agree": 3, "block": 1}
    assert code(hall.counts(vote, Figures(blocked))) == "counts.reason"
    assert isinstance(hall.counts(vote, Figures({"agree": 3, "disagree": 1})), Room)
    assert isinstance(hall.counts(vote, Figures(blocked, reason="Our aims say: no cars.")), Room)
    assert "Said in the room: Our aims say: no cars." in harbour.member("Tom").read(f"/proposals/{vote.item}")


def test_a_disagreement_has_a_reason_where_the_rules_say_so(tmp_path: Path) -> None:
    with commune(tmp_path, AT_ONCE | {"reasons": "disagree"}) as harbour:
        at = harbour.instance
        hall = sitting(at, proposed(at, "task"))
        hall.lets_in("jo", "ida", "max", "kim")
        vote = hall.opens(proposal_of(harbour))
        assert isinstance(vote, Vote)
        page, tom = f"/proposals/{vote.item}", harbour.member("Tom")
        assert "Who gives a reason who disagrees and who blocks" in tom.read("/charter")
        assert "who disagrees gives one too" in tom.vote(page, "disagree", 422)
        tom.vote(page, "disagree", reason="It is too dear.")
        assert code(hall.counts(vote, Figures({"agree": 3, "disagree": 1}))) == "counts.reason"
        assert isinstance(hall.counts(vote, Figures({"agree": 3, "disagree": 1}, reason="Too dear.")), Room)
