"""Who may do what in a vote and a meeting, and what nobody may do alone (governance.md §3, §12)."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.meeting import Stage
from app.governance.modes import Mode
from app.governance.ratification import Stance
from app.governance.rules import Counts
from app.governance.starter import STARTER_SETTINGS
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning, excluding, recovery
from app.operations.mandates import delegating, recalling
from app.operations.matters import proposing
from app.operations.meetings import attending, calling_off, convening, facilitating, hands
from app.operations.meetings.attending import Comer
from app.operations.votes import closing, ending, procedure, protecting, setting_aside, voting
from app.operations.votes.procedure import Question
from app.store import accounts, agenda, attendances, meetings, votes
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.meetings import Duty, Meeting
from app.store.votes import Vote
from tests.operations.mandated import agreeing_on, brought, confederated, granted
from tests.operations.neighbours import Place, done, settle_down
from tests.pages.visits import read, send, signed_in

PEOPLE = ("Rojin", "Tom", "Leyla", "Gus", "Ana", "Bo", "Cem", "Dao", "Eve", "Fay")
FOR = hands.Figures({"agree": 7, "present": 7})


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    """Ten people; what is voted on online alone is talked about for a week."""
    changes = {"deliberation": STARTER_SETTINGS["deliberation"]}
    return settle_down(tmp_path, sqlite_template, {"Hill": PEOPLE}, changes=changes)["Hill"]


def bench(place: Place) -> Item:
    return done(place.do(proposing.propose, place.people["leyla"], proposing.Draft("A bench", "Of oak.", "task")))


def code(value: object) -> str:
    assert isinstance(value, Refusal), value
    return value.code


def now(place: Place, vote: Vote) -> Vote:
    found = place.read(lambda c: votes.get(c, vote.id))
    assert found is not None
    return found


def again(place: Place, item: Item) -> Item:
    found = place.read(lambda c: agenda.get(c, item.id))
    assert found is not None
    return found


def hall(place: Place, item: Item) -> Meeting:
    """A meeting that is open: Rojin facilitates and keeps the door, Ana and Bo count, seven are in."""
    chair = place.people["rojin"]
    plan = convening.Plan("Hall", place.clock.now() + timedelta(minutes=1), items=(item.id,))
    meeting = done(place.do(convening.convene, plan))
    for name, duty in (("rojin", Duty.FACILITATOR), ("ana", Duty.TELLER), ("bo", Duty.TELLER)):
        duties(place, meeting, "rojin", name, duty)
    done(place.do(facilitating.begin, chair, meeting.id))
    for name in ("rojin", "tom", "leyla", "gus", "ana", "bo", "eve"):
        done(place.do(attending.let_in, chair, meeting.id, Comer(member=place.people[name].id)))
    return meeting


def duties(place: Place, meeting: Meeting, by: str, name: str, duty: Duty, *, give_back: bool = False) -> object:
    who = place.people[by]
    return place.do(lambda c, _: facilitating.take_duty(c, who, meeting.id, name, duty, give_back=give_back))


def opened(place: Place, item: Item) -> Vote:
    chair = place.people["rojin"]
    return done(place.do(voting.open_vote, item.id, timedelta(hours=20), by=chair, in_meeting=True))


def counted(place: Place, vote: Vote, figures: hands.Figures = FOR) -> None:
    for teller in ("ana", "bo"):
        done(place.do(hands.enter_count, place.people[teller], vote.id, figures))


def test_what_both_tellers_counted_stands_once_the_meeting_is_over(hill: Place) -> None:
    item = bench(hill)
    hill.clock.tick(days=8)
    meeting = hall(hill, item)
    vote = opened(hill, item)
    counted(hill, vote)
    done(hill.do(facilitating.close, hill.people["rojin"], meeting.id, ""))
    for name in ("cem", "dao"):
        done(hill.do(voting.cast, hill.people[name], vote.id, "disagree", "", vote.act_digest))
    assert code(hill.do(setting_aside.recount, hill.people["dao"], vote.id)) == "recount.late"
    other = hands.Figures({"disagree": 7, "present": 7})
    assert code(hill.do(hands.enter_count, hill.people["ana"], vote.id, other)) == "teller.late"
    hill.clock.tick(hours=21)
    assert code(hill.do(hands.enter_count, hill.people["ana"], vote.id, other)) == "teller.late"
    assert hill.do(closing.close_due) == 1
    result = now(hill, vote).result
    assert result is not None
    assert (result["status"], result["room"], result["counts"]["present"]) == ("adopted", 7, 9)


def test_a_vote_waits_for_the_hands_that_somebody_wants_counted_again(hill: Place) -> None:
    item = bench(hill)
    hill.clock.tick(days=8)
    hall(hill, item)
    vote = opened(hill, item)
    counted(hill, vote)
    done(hill.do(setting_aside.recount, hill.people["gus"], vote.id))
    done(hill.do(voting.cast, hill.people["dao"], vote.id, "disagree", "", vote.act_digest))
    hill.clock.tick(hours=21)
    assert hill.do(closing.close_due) == 0, "hands that were counted are not forgotten"
    counted(hill, vote)
    assert hill.do(closing.close_due) == 1
    assert (now(hill, vote).result or {})["status"] == "adopted"


def test_hands_that_nobody_counts_again_are_set_aside_and_never_left_out(hill: Place) -> None:
    item = bench(hill)
    hill.clock.tick(days=8)
    hall(hill, item)
    vote = opened(hill, item)
    counted(hill, vote)
    done(hill.do(setting_aside.recount, hill.people["gus"], vote.id))
    hill.clock.tick(days=60)
    assert hill.do(closing.close_due) == 0
    assert hill.do(setting_aside.duties) == 1
    assert now(hill, vote).result is None


def test_somebody_always_facilitates_a_meeting_that_goes_on(hill: Place) -> None:
    meeting = hall(hill, bench(hill))
    assert code(duties(hill, meeting, "rojin", "rojin", Duty.FACILITATOR, give_back=True)) == "duty.last"
    assert code(duties(hill, meeting, "tom", "tom", Duty.FACILITATOR)) == "meeting.facilitator"
    hill.do(lambda c, i: accounts.remove(c, "rojin", int(i.now().timestamp())))
    assert code(duties(hill, meeting, "tom", "tom", Duty.TELLER)) == "meeting.facilitator", "only what is missing"
    path = f"/meetings/{meeting.id}"
    assert "Say who does what" in read(signed_in(hill, "tom"), path)
    send(signed_in(hill, "tom"), hill, f"{path}/duty", path, duty="facilitator", member="tom")
    assert isinstance(hill.do(facilitating.close, hill.people["tom"], meeting.id, ""), Meeting)


def test_a_meeting_that_nobody_closes_is_over_a_day_after_it_began(hill: Place) -> None:
    item = bench(hill)
    meeting = hall(hill, item)
    hill.clock.tick(hours=23)
    assert hill.do(facilitating.close_forgotten) == 0
    hill.clock.tick(hours=1)
    assert hill.do(facilitating.close_forgotten) == 1
    assert hill.do(facilitating.close_forgotten) == 0
    found = hill.read(lambda c: meetings.get(c, meeting.id))
    assert found is not None
    assert (found.stage, found.attended) == (Stage.CLOSED, {"vote": 7, "voice": 0, "room0": 7})
    following = hall(hill, item)
    assert hill.read(meetings.sitting) is not None
    assert following.id != meeting.id


def test_who_only_speaks_or_looks_on_has_no_duty_in_a_meeting(hill: Place) -> None:
    meeting = hall(hill, bench(hill))
    hill.do(
        lambda c, i: accounts.add(
            c, "kid", "Kid", None, caretaker=False, now=int(i.now().timestamp()), standing=accounts.Standing.VOICE
        )
    )
    for duty in Duty:
        assert code(duties(hill, meeting, "rojin", "kid", duty)) == "duty.vote"


def online(place: Place, item: Item, *names: str) -> Vote:
    """A vote of a week that is held online alone, in which these agree; one minute is left."""
    vote = done(place.do(voting.open_vote, item.id, timedelta(days=7)))
    for name in names:
        done(place.do(voting.cast, place.people[name], vote.id, "agree", "", vote.act_digest))
    place.clock.tick(days=7, minutes=-1)
    return vote


def test_a_wish_for_secrecy_in_the_last_minute_annuls_nothing_and_leads_to_paper(hill: Place) -> None:
    item = bench(hill)
    hill.clock.tick(days=8)
    soon = done(hill.do(convening.convene, convening.Plan("Hall", hill.clock.now() + timedelta(days=8))))
    vote = online(hill, item, "rojin", "tom", "gus", "ana", "bo", "cem", "dao", "eve", "leyla")
    path = f"/proposals/{item.id}"
    said = send(signed_in(hill, "fay"), hill, f"{path}/protect", path, mode="secret")
    assert "it ended, what was cast is forgotten, and the next meeting votes" in said
    hill.clock.tick(minutes=10)
    assert hill.do(closing.close_due) == 0
    left = again(hill, item)
    assert (now(hill, vote).result, left.state) == (None, "frozen"), "neither rejected nor without a quorum"
    assert hill.read(lambda c: votes.cast_ballots(c, vote.id)) == {}
    assert code(hill.do(voting.open_vote, item.id, timedelta(hours=1))) == "vote.secret"
    points = hill.read(lambda c: meetings.agenda_of(c, soon.id))
    assert [(point.title, point.item) for point in points] == [("On paper: A bench", item.id)]
    hill.do(lambda c, _: meetings.set_cancelled(c, soon.id))
    hall(hill, item)
    again_open = opened(hill, item)
    assert again_open.mode == "secret"
    counted(hill, again_open)
    assert done(hill.do(closing.close, again_open.id, hill.people["rojin"])).status == "adopted"


def test_paper_that_nobody_counted_is_no_empty_vote(hill: Place) -> None:
    item = bench(hill)
    hill.clock.tick(days=8)
    meeting = hall(hill, item)
    vote = opened(hill, item)
    done(hill.do(protecting.ask, hill.people["fay"], item.id, Mode.SECRET))
    assert now(hill, vote).mode == "secret"
    done(hill.do(facilitating.close, hill.people["rojin"], meeting.id, ""))
    hill.clock.tick(hours=21)
    assert hill.do(closing.close_due) == 0


def test_whom_a_recall_is_about_asks_for_paper_before_the_vote_and_not_in_its_last_minute(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = confederated(tmp_path, sqlite_template)
    place = valley["Hill"]
    mandate = granted(valley, agreeing_on(brought(valley)))
    wish = (place.people["leyla"], mandate, (place.person("tom"),), "He went against it.")
    item = done(place.do(recalling.propose, *wish))
    place.clock.tick(days=8)
    vote = online(place, item, "rojin", "leyla", "gus", "ida")
    assert code(place.do(protecting.ask, place.people["tom"], item.id, Mode.SECRET)) == "vote.concerned_late"
    place.clock.tick(minutes=5)
    assert place.do(closing.close_due) == 1
    assert (now(place, vote).result or {})["status"] == "adopted"


@pytest.mark.withstands("H13")
def test_nothing_is_signed_under_a_sign_in_that_nobody_has_confirmed(tmp_path: Path, sqlite_template: Path) -> None:
    co_signers = {"Hill": ("gus", "ana", "bo")}
    place = settle_down(tmp_path, sqlite_template, {"Hill": PEOPLE}, co_signers)["Hill"]
    act = place.decide(bench(place), agree=8).acts[0].id
    done(place.do(recovery.reset, "gus", "A lost phone."))

    def gus() -> Account:
        found = place.read(lambda c: accounts.named(c, "gus"))
        assert found is not None
        return found

    assert code(place.do(cosigning.attest, gus(), act)) == "recovery.unconfirmed"
    for witness in ("leyla", "eve"):
        done(place.do(recovery.witness, place.people[witness], "gus"))
    done(place.do(cosigning.attest, gus(), act))


@pytest.mark.withstands("H13")
def test_a_delegate_with_a_new_sign_in_sends_nothing(tmp_path: Path, sqlite_template: Path) -> None:
    valley = confederated(tmp_path, sqlite_template)
    place, fuel = valley["Hill"], brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    done(place.do(recovery.reset, "tom", "A lost phone."))
    tom = place.read(lambda c: accounts.named(c, "tom"))
    sent = place.do(delegating.send, tom, delegating.Wish(fuel, Stance.RATIFIED, mandate))
    assert code(sent) == "recovery.unconfirmed"


def recalled(folder: Path, template: Path) -> tuple[Place, Item]:
    """Hill, in which it is proposed to recall Tom, a caretaker and a delegate."""
    valley = confederated(folder, template, "Ana", "Bo", "Eve")
    place = valley["Hill"]
    mandate = granted(valley, agreeing_on(brought(valley)))
    wish = (place.people["leyla"], mandate, (place.person("tom"),), "He went against it.")
    return place, done(place.do(recalling.propose, *wish))


def test_two_call_a_meeting_off_and_nobody_whom_it_is_about(tmp_path: Path, sqlite_template: Path) -> None:
    place, item = recalled(tmp_path, sqlite_template)
    plan = convening.Plan("Hall", place.clock.now() + timedelta(days=2), items=(item.id,))
    meeting = done(place.do(convening.convene, plan, place.people["leyla"]))

    def off(name: str) -> object:
        return place.do(calling_off.call_off, place.people[name], meeting.id)

    assert code(off("tom")) == "cancel.concerned"
    assert code(off("gus")) == "cancel.who"
    assert code(off("ana")) == "cancel.who", "neither convened it nor facilitates it"
    assert isinstance(off("leyla"), Meeting)
    assert code(off("leyla")) == "cancel.twice"
    assert code(off("tom")) == "cancel.concerned"
    gone = off("gus")
    assert isinstance(gone, Meeting)
    assert gone.stage is Stage.CANCELLED


def test_whom_a_vote_is_about_neither_opens_nor_closes_it(tmp_path: Path, sqlite_template: Path) -> None:
    place, item = recalled(tmp_path, sqlite_template)
    meeting = hall(place, item)
    assert isinstance(duties(place, meeting, "rojin", "tom", Duty.FACILITATOR), Meeting)
    tom, rojin = place.people["tom"], place.people["rojin"]
    lasts = timedelta(hours=2)
    assert code(place.do(voting.open_vote, item.id, lasts, by=tom, in_meeting=True)) == "concerned.chairs"
    vote = opened(place, item)
    done(place.do(voting.cast, rojin, vote.id, "disagree", "", vote.act_digest))
    assert code(place.do(ending.end, vote.id, tom)) == "close.who"
    assert code(place.do(closing.close, vote.id, tom)) == "close.who"
    assert isinstance(place.do(ending.end, vote.id, rojin), Vote)


def test_who_wants_somebody_excluded_does_not_conduct_the_vote_on_it(hill: Place) -> None:
    item = done(hill.do(excluding.propose, hill.people["rojin"], "gus", 30, "He hit somebody."))
    hall(hill, item)
    opening = hill.do(voting.open_vote, item.id, timedelta(hours=2), by=hill.people["rojin"], in_meeting=True)
    assert code(opening) == "concerned.chairs"


def asked(place: Place, item: Item, by: str, named: str = "") -> object:
    counts = Counts(0, 7, agree=7)
    return place.do(procedure.count, place.people[by], item.id, Question.URGENT, counts, named=named)


def test_hands_on_how_we_decide_are_counted_like_those_on_a_matter(hill: Place) -> None:
    item, other = (
        bench(hill),
        done(hill.do(proposing.propose, hill.people["gus"], proposing.Draft("A table", "Of oak.", "task"))),
    )
    meeting = hall(hill, item)
    assert code(asked(hill, other, "ana")) == "vote.agenda"
    for name in ("ana", "bo"):
        duties(hill, meeting, "rojin", name, Duty.TELLER, give_back=True)
    for name in ("leyla", "cem", "dao"):
        duties(hill, meeting, "rojin", name, Duty.TELLER)
    assert code(asked(hill, item, "leyla")) == "teller.concerned"
    assert isinstance(asked(hill, item, "cem"), Item)
    done(hill.do(facilitating.close, hill.people["rojin"], meeting.id, ""))
    hall(hill, item)
    found = asked(hill, again(hill, item), "ana")
    assert isinstance(found, Item)
    assert list(procedure.counted(found, Question.URGENT)) == [hill.people["ana"].id], "two meetings are not mixed"
    assert procedure.granted(found, Question.URGENT) is None
    assert isinstance(asked(hill, item, "bo"), Item)
    assert procedure.granted(again(hill, item), Question.URGENT) is not None


def on_paper_list(place: Place, *names: str) -> None:
    """Members with no device."""
    for name in names:
        place.do(
            lambda c, i, shown: accounts.add(
                c, shown.lower(), shown, None, caretaker=False, now=int(i.now().timestamp()) - 5
            ),
            name,
        )


def test_who_enters_for_a_teller_is_neutral_too_and_is_shown(hill: Place) -> None:
    on_paper_list(hill, "Hassan", "Mina")
    item = bench(hill)
    hill.clock.tick(days=8)
    meeting = hall(hill, item)
    for old, new in (("ana", "hassan"), ("bo", "mina")):
        duties(hill, meeting, "rojin", old, Duty.TELLER, give_back=True)
        duties(hill, meeting, "rojin", new, Duty.TELLER)
    vote = opened(hill, item)
    for name in ("leyla", "rojin"):
        figures = hands.Figures({"agree": 7, "present": 7}, teller="hassan")
        assert code(hill.do(hands.enter_count, hill.people[name], vote.id, figures)) == "teller.entered"
        assert code(asked(hill, item, name, "hassan")) in {"teller.entered", "proposal.state"}
    for name, teller in (("gus", "hassan"), ("gus", "mina")):
        figures = hands.Figures({"agree": 7, "present": 7}, teller=teller)
        done(hill.do(hands.enter_count, hill.people[name], vote.id, figures))
    said = read(signed_in(hill, "eve"), f"/proposals/{item.id}")
    assert "Counted by: Hassan (entered by Gus), Mina (entered by Gus)." in said


def test_nobody_enters_what_both_counted_on_how_we_decide(hill: Place) -> None:
    on_paper_list(hill, "Hassan", "Mina")
    item = bench(hill)
    meeting = hall(hill, item)
    for old, new in (("ana", "hassan"), ("bo", "mina")):
        duties(hill, meeting, "rojin", old, Duty.TELLER, give_back=True)
        duties(hill, meeting, "rojin", new, Duty.TELLER)
    assert code(asked(hill, item, "rojin", "hassan")) == "teller.entered"
    assert isinstance(asked(hill, item, "gus", "hassan"), Item)
    assert code(asked(hill, item, "gus", "mina")) == "teller.entered"
    assert isinstance(asked(hill, item, "eve", "mina"), Item)


def test_who_left_before_the_hands_were_raised_votes_online_and_who_raised_one_does_not(hill: Place) -> None:
    item = bench(hill)
    hill.clock.tick(days=8)
    meeting = hall(hill, item)
    vote = opened(hill, item)
    card = next(one.card for one in here(hill, meeting) if one.account == hill.people["gus"].id)
    done(hill.do(attending.leave, hill.people["rojin"], meeting.id, card))
    counted(hill, vote, FOR)
    assert code(cast(hill, vote, "gus")) == "vote.room_counted", "seven hands: his may be among them"
    counted(hill, vote, hands.Figures({"agree": 6, "present": 6}))
    assert isinstance(cast(hill, vote, "gus"), Vote)
    assert code(cast(hill, vote, "eve")) == "vote.room_counted"
    assert isinstance(cast(hill, vote, "fay"), Vote), "was never there"


def cast(place: Place, vote: Vote, name: str) -> object:
    return place.do(voting.cast, place.people[name], vote.id, "disagree", "", vote.act_digest)


def here(place: Place, meeting: Meeting) -> tuple[attendances.Attendance, ...]:
    return place.read(lambda c: attendances.present(c, meeting.id))


def test_where_nobody_kept_the_door_nobody_votes_online_after_the_count(hill: Place) -> None:
    meeting = hall(hill, bench(hill))
    hill.do(lambda c, _: attendances.forget(c, meeting.id))
    counted_at = int(hill.clock.now().timestamp())
    fay = hill.people["fay"].id
    assert hill.read(lambda c: attending.could_be_counted(c, meeting.id, fay, 5, counted_at))


def test_who_looks_on_has_no_vote_at_the_door_where_those_present_decide(tmp_path: Path, sqlite_template: Path) -> None:
    place = settle_down(tmp_path, sqlite_template, {"Hill": PEOPLE}, changes={"roll": "presence"})["Hill"]
    meeting = hall(place, bench(place))
    looks_on = place.do(
        lambda c, i: accounts.add(
            c, "obs", "Obs", None, caretaker=False, now=int(i.now().timestamp()), standing=accounts.Standing.OBSERVER
        )
    )
    came = done(place.do(attending.let_in, place.people["rojin"], meeting.id, Comer(member=looks_on)))
    guest = done(place.do(attending.let_in, place.people["rojin"], meeting.id, Comer(name="Nour")))
    assert (came.votes, guest.votes) == (False, True)
