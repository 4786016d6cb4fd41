"""Nobody is put out but by the assembly: a reason, seven days, a hearing, secret paper, a term, an appeal."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.publicity import Publicity
from app.kernel.refusal import Refusal
from app.operations.assembly import entering, excluding
from app.operations.exchange.visiting import Door
from app.operations.meetings import hands
from app.operations.record import forgetting
from app.operations.record.sealing import load
from app.operations.votes import voting
from app.operations.votes.closing import Closed
from app.store import accounts, acts, agenda
from app.store.accounts import Account, Standing
from app.store.agenda import Item, Kind
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, done, settle_down

WHY = "He shouted others down in three meetings."


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    return settle_down(tmp_path, sqlite_template, {"Hill": (*PEOPLE["Hill"], "Ana", "Bo")})["Hill"]


def proposed(hill: Place) -> Item:
    return done(hill.do(excluding.propose, hill.people["leyla"], "gus", 30, WHY))


def again(hill: Place, item: Item) -> Item:
    found = hill.read(lambda c: agenda.get(c, item.id))
    assert found is not None
    return found


def of(hill: Place, name: str) -> Account:
    found = hill.read(lambda c: accounts.named(c, name))
    assert found is not None
    return found


def opened(hill: Place, item: Item, *, in_meeting: bool = True) -> str:
    """The code of the refusal, or nothing if a vote has opened."""
    meeting, chair = hill.meets(item), hill.people["rojin"]
    vote = hill.do(voting.open_vote, item.id, timedelta(hours=1), by=chair, in_meeting=in_meeting)
    hill.parts(meeting)
    return vote.code if isinstance(vote, Refusal) else ""


def test_onlookers_whom_the_proposer_let_in_do_not_say_that_somebody_was_heard(hill: Place) -> None:
    item = proposed(hill)
    for shown, standing in (("Onlooker", "observer"), ("Speaker", "voice")):
        let_in = done(hill.do(entering.write_down, hill.people["leyla"], shown, "", standing))
        witness = of(hill, shown.lower())
        assert witness.id == let_in.account
        refused = hill.do(lambda c, _, who: excluding.say_heard(c, who, item.id), witness)
        assert isinstance(refused, Refusal)
        assert refused.code == "exclusion.witness"
    done(hill.do(lambda c, _: excluding.name_trusted(c, hill.people["gus"], item.id, "speaker")))
    done(hill.do(lambda c, _: excluding.say_heard(c, of(hill, "speaker"), item.id)))
    found = excluding.hearing(again(hill, item))
    assert found is not None
    assert found.heard


def excluded(hill: Place) -> Closed:
    item = proposed(hill)
    done(hill.do(lambda c, _, who: excluding.say_heard(c, who, item.id), hill.people["gus"]))
    hill.clock.tick(days=8)
    return hill.decide(again(hill, item), agree=5, disagree=1)


def test_a_vote_opens_after_seven_days_and_a_hearing_in_a_meeting_alone(hill: Place) -> None:
    item = proposed(hill)
    assert opened(hill, item) == "vote.early"
    hill.clock.tick(days=8)
    assert opened(hill, item) == "exclusion.hearing"
    assert isinstance(hill.do(lambda c, _: excluding.say_heard(c, hill.people["leyla"], item.id)), Refusal)
    for name in ("tom", "tom"):
        done(hill.do(lambda c, _, who: excluding.say_heard(c, who, item.id), hill.people[name]))
    assert opened(hill, item) == "exclusion.hearing"
    done(hill.do(lambda c, _: excluding.say_heard(c, hill.people["ida"], item.id)))
    assert opened(hill, item, in_meeting=False) == "vote.secret"
    assert opened(hill, item) == ""


def test_the_person_names_whom_they_trust_whose_word_on_the_hearing_is_enough(hill: Place) -> None:
    item = proposed(hill)
    other = hill.do(lambda c, _: excluding.name_trusted(c, hill.people["tom"], item.id, "ida"))
    assert isinstance(other, Refusal)
    assert other.code == "exclusion.concerned"
    done(hill.do(lambda c, _: excluding.name_trusted(c, hill.people["gus"], item.id, "ida")))
    done(hill.do(lambda c, _: excluding.say_heard(c, hill.people["ida"], item.id)))
    found = excluding.hearing(again(hill, item))
    assert found is not None
    assert found.heard
    assert found.trust == hill.people["ida"].id


def test_it_is_voted_on_by_secret_paper_and_the_person_is_not_in_the_count(hill: Place) -> None:
    item = proposed(hill)
    done(hill.do(lambda c, _: excluding.say_heard(c, hill.people["gus"], item.id)))
    hill.clock.tick(days=8)
    hill.meets(item)
    chair = hill.people["rojin"]
    vote = done(hill.do(voting.open_vote, item.id, timedelta(hours=1), by=chair, in_meeting=True))
    for name in ("tom", "gus"):
        online = hill.do(voting.cast, hill.people[name], vote.id, "agree", "", vote.act_digest)
        assert isinstance(online, Refusal)
        assert online.code == ("vote.secret" if name == "tom" else "vote.stranger")
    for name in ("gus", "leyla"):
        refused = hill.do(hands.enter_count, hill.people[name], vote.id, hands.Figures({"agree": 5, "present": 5}))
        assert isinstance(refused, Refusal)
        assert refused.code == "teller.concerned"


def test_adopted_it_has_a_term_and_names_nobody_outside(hill: Place) -> None:
    closed = excluded(hill)
    assert closed.status == "adopted"
    assert of(hill, "gus").standing is Standing.OUT
    assert [one.name for one in hill.read(accounts.members) if one.name == "gus"] == []
    decision = load(closed.acts[0])
    assert decision["gov:modes"] == ["secret"]
    assert decision["gov:counts"]["entitled"] == 6
    kept = hill.read(
        lambda c: acts.by_reference(c, decision["gov:proposal"]["id"], decision["gov:proposal"]["gov:digest"])
    )
    assert kept is not None
    for act in (kept, closed.acts[0]):
        assert hill.do(lambda c, i, one: Door(c, i).publicity(one), act) is Publicity.ASSEMBLY
    hill.clock.tick(days=29)
    hill.do(forgetting.forget_due)
    assert of(hill, "gus").standing is Standing.OUT
    hill.clock.tick(days=2)
    hill.do(forgetting.forget_due)
    assert of(hill, "gus").standing is Standing.VOTE


def test_too_few_agree_and_nobody_is_excluded(hill: Place) -> None:
    item = proposed(hill)
    done(hill.do(lambda c, _: excluding.say_heard(c, hill.people["gus"], item.id)))
    hill.clock.tick(days=8)
    assert hill.decide(again(hill, item), agree=4, disagree=2).status == "rejected"
    assert of(hill, "gus").standing is Standing.VOTE


def test_who_is_excluded_appeals_to_the_next_meeting(hill: Place) -> None:
    refused = hill.do(excluding.appeal, of(hill, "gus"), "I apologised.")
    assert isinstance(refused, Refusal)
    assert refused.code == "appeal.none"
    excluded(hill)
    item = done(hill.do(excluding.appeal, of(hill, "gus"), "I apologised."))
    twice = hill.do(excluding.appeal, of(hill, "gus"), "I apologised.")
    assert isinstance(twice, Refusal)
    assert item.kind is Kind.ENTRY
    assert hill.decide(item, agree=4, disagree=2).status == "adopted"
    assert of(hill, "gus").standing is Standing.VOTE


@pytest.mark.parametrize(
    ("name", "days", "why", "code"),
    [
        ("nobody", 30, WHY, "exclusion.person"),
        ("leyla", 30, WHY, "exclusion.person"),
        ("gus", 0, WHY, "exclusion.term"),
        ("gus", 367, WHY, "exclusion.term"),
        ("gus", 30, "", "exclusion.why"),
    ],
)
def test_what_is_no_proper_exclusion_is_refused(hill: Place, name: str, days: int, why: str, code: str) -> None:
    refused = hill.do(excluding.propose, hill.people["leyla"], name, days, why)
    assert isinstance(refused, Refusal)
    assert refused.code == code
