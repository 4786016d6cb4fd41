"""Meetings: convened, facilitated, with a door, several rooms, and minutes."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from app.governance.meeting import Kind, Stage
from app.governance.meeting import Point as PointState
from app.governance.starter import STARTER_SETTINGS
from app.kernel.refusal import Refusal
from app.operations.meetings import attending, convening, facilitating
from app.operations.meetings.attending import Comer
from app.operations.meetings.hands import Figures, Room
from app.operations.votes import closing
from app.store import meetings
from app.store.attendances import Attendance
from app.store.meetings import Duty, Meeting, Point
from app.store.tables_meeting import attendances
from app.store.votes import Vote
from tests.pages.commune import AT_ONCE, Commune, commune
from tests.pages.hall import Hall, convened, sitting
from tests.pages.test_deciding import cast, code, do, later, person, proposed, sealed


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


@pytest.mark.shows("S11")
def test_a_meeting_can_have_nothing_to_decide(harbour: Commune) -> None:
    hall = convened(harbour.instance, free=((Kind.ACQUAINTANCE, "Who are we?"), (Kind.SOCIAL, "Soup")))
    assert isinstance(hall.begins(), Meeting)
    who, soup = hall.points()
    assert isinstance(hall.steps(who, PointState.OPEN), Point)
    assert isinstance(hall.steps(who, PointState.DONE, "We are twelve."), Point)
    assert isinstance(hall.steps(soup, PointState.SKIPPED), Point)
    assert isinstance(hall.closes(), Meeting)
    minutes = harbour.member("Ada").read(f"/meetings/{hall.meeting.id}/minutes")
    assert "Who are we? getting to know each other; done. We are twelve." in minutes
    assert "Soup time together; skipped, nobody minded." in minutes
    assert sealed(harbour.instance, "gov:Decision")[1:] == []  # the founding decision is the only one


def test_every_member_reads_the_convocation_with_its_time_and_agenda(harbour: Commune) -> None:
    jo, ada = harbour.member("Jo"), harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    item = path.rpartition("/")[2]
    evening = (harbour.instance.now() + timedelta(days=3)).replace(hour=19, minute=0)
    plan = {"meets": evening.strftime("%Y-%m-%dT%H:%M"), "place": "School hall"}
    jo.send("/meetings/new", "/meetings/new", 200, **plan, item=[item], kind=["social"])
    told = ada.read("/")
    when = f"{evening:%A %-d %B}, 19:00 UTC"
    assert f"Meeting {when}, School hall. You can listen and speak without an account." in told
    assert f"A meeting is convened for {when}: School hall." in told
    [meeting] = do(harbour.instance, lambda c: meetings.at_stage(c, Stage.CONVENED))
    assert "Winter fuel to decide to come" in ada.read(f"/meetings/{meeting.id}")
    sheet = ada.browser.get(f"/meetings/{meeting.id}/wall").text
    assert "<svg" in sheet
    assert f"{harbour.instance.url}/" in sheet
    stranger = harbour.client.get("/").text
    assert "School hall" in stranger
    assert "/meetings/" not in stranger.replace('href="/meetings"', "")


@pytest.mark.shows("G10")
def test_what_was_not_reached_comes_first_in_the_next_meeting_with_the_time_it_was_named(tmp_path: Path) -> None:
    with commune(tmp_path, STARTER_SETTINGS) as harbour:
        instance = harbour.instance
        fuel, pump = proposed(instance), proposed(instance, "task")
        first = sitting(instance, fuel, pump)
        vote = first.opens(pump)
        assert isinstance(vote, Vote)
        assert isinstance(first.closes(), Meeting)
        assert [point.state for point in first.points()] == [PointState.CARRIED, PointState.CARRIED]
        next_week = later(instance, timedelta(days=7))
        second = convened(next_week, free=((Kind.REPORT, "The pump"),))
        assert [point.kind for point in second.points()] == [Kind.MINUTES, Kind.ITEM, Kind.ITEM, Kind.REPORT]
        carried = second.points()[1]
        assert (carried.item, carried.named_at) == (fuel.id, first.meeting.convened_at)
        assert isinstance(second.closes(by="ada"), Refusal)


def test_what_was_decided_is_not_called_unreached_and_soup_is_not_owed_to_the_next_meeting(harbour: Commune) -> None:
    instance, free = harbour.instance, ((Kind.SOCIAL, "Soup"), (Kind.REPORT, "The pump"))
    item = proposed(instance, "task")
    hall = convened(instance, item, free=free)
    assert isinstance(hall.begins(), Meeting)
    hall.lets_in("jo", "ida", "max", "kim", "tom")
    vote, jo = hall.opens(item), person(instance, "jo")
    assert isinstance(vote, Vote)
    assert isinstance(hall.counts(vote, Figures({"agree": 4, "disagree": 1})), Room)
    assert isinstance(do(instance, lambda c: closing.close(c, instance, vote.id, jo)), closing.Closed)
    assert isinstance(hall.closes(), Meeting)
    said = [(point.kind, point.state) for point in hall.points()]
    assert sorted(said) == [
        (Kind.ITEM, PointState.DONE),
        (Kind.REPORT, PointState.CARRIED),
        (Kind.SOCIAL, PointState.MISSED),
    ]
    following = convened(later(instance, timedelta(days=7)), free=((Kind.REPORT, "The well"),))
    assert [point.title for point in following.points()][1:] == ["The pump", "The well"]


def test_the_minutes_are_made_from_what_was_decided(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    hall.lets_in("jo", "ida", "max", "kim", "tom")
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    assert isinstance(hall.counts(vote, Figures({"agree": 4, "disagree": 1})), Room)
    jo = person(instance, "jo")
    assert isinstance(do(instance, lambda c: closing.close(c, instance, vote.id, jo)), closing.Closed)
    assert isinstance(hall.closes("Ada brought soup."), Meeting)
    ada = harbour.member("Ada")
    minutes = ada.read(f"/meetings/{hall.meeting.id}/minutes")
    assert "Adopted. 5 took part of 12 (3 were needed). 4 agreed, 1 against." in minutes
    assert "Ada brought soup." in minutes
    assert "5 with a vote came in at the door." in minutes
    assert "Not adopted yet" in minutes


def test_a_facilitators_powers_are_of_one_meeting_and_end_with_it(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance)
    hall = sitting(instance, item)
    assert code(hall.opens(item, by="ada")) == "meeting.facilitator"
    assert code(hall.steps(hall.points()[0], PointState.OPEN, by="ada")) == "meeting.facilitator"
    ada, jo = person(instance, "ada"), person(instance, "jo")
    grab = do(instance, lambda c: facilitating.take_duty(c, ada, hall.meeting.id, "ada", Duty.FACILITATOR))
    assert code(grab) == "meeting.facilitator"
    both = do(instance, lambda c: facilitating.take_duty(c, jo, hall.meeting.id, "jo", Duty.TELLER))
    assert code(both) == "duty.both"
    assert isinstance(hall.closes(), Meeting)
    assert code(hall.steps(hall.points()[0], PointState.OPEN)) == "meeting.state"
    following = sitting(later(instance, timedelta(minutes=1)))
    taken = partial(facilitating.take_duty, meeting_id=following.meeting.id, duty=Duty.FACILITATOR)
    assert code(do(instance, lambda c: taken(c, by=jo, name="jo", give_back=True))) == "duty.last"
    assert isinstance(do(instance, lambda c: taken(c, by=jo, name="ada")), Meeting)
    assert isinstance(do(instance, lambda c: taken(c, by=jo, name="jo", give_back=True)), Meeting)
    assert code(following.closes()) == "meeting.facilitator"
    assert isinstance(following.closes(by="ada"), Meeting)


def test_a_meeting_does_not_begin_before_its_time(harbour: Commune) -> None:
    instance = harbour.instance
    plan = convening.Plan("School hall", instance.now() + timedelta(days=2))
    meeting = do(instance, lambda c: convening.convene(c, instance, plan))
    assert isinstance(meeting, Meeting)
    assert code(Hall(instance, meeting).begins()) == "meeting.early"
    assert isinstance(Hall(later(instance, timedelta(days=2)), meeting).begins(), Meeting)


@pytest.mark.shows("R3")
def test_who_is_on_no_list_has_voice_and_a_card_and_only_numbers_are_kept(harbour: Commune) -> None:
    instance = harbour.instance
    hall = sitting(instance)
    [tom] = hall.lets_in("tom")
    kim, ada = person(instance, "kim"), person(instance, "ada")
    let_in = partial(attending.let_in, instance=instance, meeting_id=hall.meeting.id)
    young = do(instance, partial(let_in, by=kim, comer=Comer(name="Nour", votes=True)))
    assert isinstance(young, Attendance)
    assert isinstance(tom, Attendance)
    assert (young.card, young.votes, tom.votes) == (2, False, True)
    assert code(do(instance, partial(let_in, by=ada, comer=Comer(name="Eve")))) == "door.who"
    assert "1 more may speak, without a vote." in harbour.member("Ada").read(f"/meetings/{hall.meeting.id}")
    hall.closes()
    assert hall.now().attended == {"vote": 1, "voice": 1, "room0": 1}
    assert do(instance, lambda c: c.execute(select(attendances)).all()) == []


@pytest.mark.shows("B21")
def test_where_those_present_are_the_roll_a_numbered_card_votes(tmp_path: Path) -> None:
    with commune(tmp_path, AT_ONCE | {"roll": "presence"}) as harbour:
        instance = harbour.instance
        item = proposed(instance, "task")
        hall = sitting(instance, item)
        hall.lets_in("jo", "ida", "max", "kim")
        kim = person(instance, "kim")
        for _ in range(3):
            comer = Comer()
            do(instance, partial(attending.let_in, instance=instance, by=kim, meeting_id=hall.meeting.id, comer=comer))
        vote = hall.opens(item)
        assert isinstance(vote, Vote)
        assert code(cast(instance, vote, "tom", "agree")) == "vote.stranger"
        assert code(hall.counts(vote, Figures({"agree": 8}))) == "counts.sum"
        hall.counts(vote, Figures({"agree": 6, "disagree": 1}))
        jo = person(instance, "jo")
        assert isinstance(do(instance, lambda c: closing.close(c, instance, vote.id, jo)), closing.Closed)
        decision = sealed(instance, "gov:Decision")[-1]
        assert (decision["gov:counts"]["entitled"], decision["gov:counts"]["present"]) == (7, 7)
        assert decision["gov:roll"]["size"] == 7


@pytest.mark.shows("H4")
@pytest.mark.shows("B12")
def test_an_assembly_that_sits_in_two_places_has_one_result(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item, rooms=("Upper village", "Mill"))
    hall.lets_in("jo", "ida", "max", "kim", room=0)
    hall.lets_in("tom", "sami", "nour", room=1)
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    assert code(hall.counts(vote, Figures({"agree": 5}, room=0), "ida")) == "counts.door"
    hall.counts(vote, Figures({"agree": 3, "disagree": 1}, room=0))
    waits = hall.counts(vote, Figures({"agree": 2, "abstain": 1}, room=1), "ida")
    assert isinstance(waits, Room)
    assert waits.waiting == (1,)
    jo = person(instance, "jo")
    assert code(do(instance, lambda c: closing.close(c, instance, vote.id, jo))) == "teller.missing"
    hall.counts(vote, Figures({"agree": 2, "abstain": 1}, room=1), "max")
    assert isinstance(do(instance, lambda c: closing.close(c, instance, vote.id, jo)), closing.Closed)
    counts = sealed(instance, "gov:Decision")[-1]["gov:counts"]
    assert (counts["present"], counts["agree"], counts["disagree"], counts["abstain"]) == (7, 5, 1, 1)


@pytest.mark.shows("G13")
def test_what_small_groups_find_comes_back_to_the_plenary_and_the_minutes(harbour: Commune) -> None:
    instance = harbour.instance
    hall = convened(instance, free=((Kind.BREAKOUT, "How do we heat?"),))
    hall.begins()
    [point] = hall.points()
    path = f"/meetings/{hall.meeting.id}"
    tom = harbour.member("Tom")
    tom.send(f"{path}/finding", path, 409, point=str(point.id), circle="Roofs", text="Too early.")
    hall.steps(point, PointState.OPEN)
    tom.send(f"{path}/finding", path, point=str(point.id), circle="Roofs", text="Wool under the tiles.")
    assert "Roofs: Wool under the tiles." in harbour.member("Ada").read(path)
    hall.steps(point, PointState.DONE)
    hall.closes()
    assert "Roofs: Wool under the tiles." in harbour.member("Ada").read(f"{path}/minutes")


def test_nobody_is_counted_in_the_room_and_online(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance, "task")
    hall = sitting(instance, item)
    hall.lets_in("jo", "ida", "max", "kim", "tom")
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    assert isinstance(cast(instance, vote, "tom", "agree"), Vote)
    tom = frozenset({person(instance, "tom").id})
    hall.counts(vote, Figures({"agree": 4, "disagree": 1}, both=tom))
    assert code(cast(instance, vote, "kim", "agree")) == "vote.room_counted"
    assert isinstance(cast(instance, vote, "ada", "agree"), Vote)
    assert isinstance(hall.closes(), Meeting)
    assert code(cast(instance, vote, "kim", "agree")) == "vote.room_counted"
    over = later(instance, timedelta(hours=3))
    assert do(over, lambda c: closing.close_due(c, over)) == 1
    counts = sealed(instance, "gov:Decision")[-1]["gov:counts"]
    assert (counts["present"], counts["agree"], counts["disagree"]) == (6, 5, 1)
    assert do(instance, lambda c: c.execute(select(attendances)).all()) == []


def test_what_is_no_meeting_is_refused_in_words(harbour: Commune) -> None:
    jo = harbour.member("Jo")
    jo.send("/meetings/new", "/meetings/new", 422, meets="2020-01-01T19:00", place="School hall")
    jo.send("/meetings/new", "/meetings/new", 422, meets="soon", place="School hall")
    hall = convened(harbour.instance)
    path = f"/meetings/{hall.meeting.id}"
    for action in (
        "duty",
        "point",
        "name",
        "begin",
        "step",
        "finding",
        "door",
        "guest",
        "leave",
        "notes",
        "close",
        "cancel",
    ):
        for wrong in (f"/meetings/%00/{action}", f"/meetings/{'0' * 26}/{action}"):
            fields = {"duty": "teller", "kind": "other", "title": "x", "to": "open", "point": "999"}
            assert jo.send(wrong, path, 404, **fields)
    jo.send(f"{path}/step", path, 422, point="x", to="open")
    jo.send(f"{path}/duty", path, 422, duty="king")
    jo.send(f"{path}/cancel", path, 403)
    jo.send(f"{path}/duty", path, duty="facilitator")
    jo.send(f"{path}/cancel", path)
    assert "Jo wants it called off. One more has to say so." in jo.read(path)
    jo.send(f"{path}/cancel", path, 409)
    harbour.member("Ada").send(f"{path}/cancel", path)
    assert "Called off." in jo.read(path)
