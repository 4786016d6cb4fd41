"""Minutes: written by who facilitated, corrected by anybody, adopted by the assembly and by nobody alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Update, func, select, update

from app.governance.meeting import Kind, Point
from app.operations.assembly import founding
from app.operations.assembly.founding import Agreed
from app.operations.meetings import minuting
from app.operations.meetings.hands import Figures, Room
from app.operations.record import checking
from app.operations.votes import closing
from app.store import agenda
from app.store.agenda import Item
from app.store.database import Connection
from app.store.meetings import Meeting
from app.store.tables_federation import activities, deliveries
from app.store.tables_meeting import corrections, meetings, points
from app.store.votes import Vote
from app.wiring import Instance
from tests.pages.commune import AT_ONCE, Commune, commune
from tests.pages.hall import Hall, convened, sitting
from tests.pages.test_deciding import code, do, later, person, sealed

LATER = timedelta(minutes=1)
PATH = "/meetings/{}/minutes"


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def first_meeting(instance: Instance) -> Hall:
    """A meeting that is over: Jo facilitated it and wrote down who brought soup."""
    hall = sitting(instance)
    assert isinstance(hall.closes("Ada brought soup."), Meeting)
    return hall


def taken_up(instance: Instance) -> tuple[Hall, Item]:
    """The next meeting, sitting, with the minutes of the one before taken up; what it decides on."""
    hall = sitting(later(instance, LATER))
    [point, *_] = hall.points()
    assert isinstance(hall.steps(point, Point.OPEN), object)
    hall.lets_in("jo", "ida", "max", "kim", "tom", "ada")
    [point, *_] = hall.points()
    item = do(instance, lambda connection: agenda.get(connection, point.item or ""))
    assert isinstance(item, Item)
    return hall, item


def decided(hall: Hall, item: Item, agree: int, disagree: int) -> None:
    vote = hall.opens(item)
    assert isinstance(vote, Vote), vote
    assert isinstance(hall.counts(vote, Figures({"agree": agree, "disagree": disagree})), Room)
    jo = person(hall.at, "jo")
    assert isinstance(do(hall.at, lambda c: closing.close(c, hall.at, vote.id, jo)), closing.Closed)


@pytest.mark.shows("G10")
def test_the_next_meeting_adopts_the_minutes_with_their_corrections_by_a_hand_count(harbour: Commune) -> None:
    instance, tom, jo = harbour.instance, harbour.member("Tom"), harbour.member("Jo")
    first = first_meeting(instance)
    path, back = PATH.format(first.meeting.id), f"/meetings/{first.meeting.id}"
    assert "Not adopted yet: they come first in the next meeting" in tom.read(path)
    assert "The soup was Kim’s." in tom.send(f"{back}/correct", path, text="The soup was Kim’s.")
    tom.send(f"{back}/correct", path, text="It rained.")
    assert "Take it up" not in tom.read(path)
    tom.send(f"{back}/correction", path, 403, correction="1", to="taken_up")
    assert "Taken up: it belongs to the minutes." in jo.send(f"{back}/correction", path, correction="1", to="taken_up")
    jo.send(f"{back}/correction", path, 403, correction="2", to="withdrawn")
    second, item = taken_up(instance)
    assert second.points()[0].kind is Kind.MINUTES
    assert second.points()[0].title.startswith("Adopt the minutes of ")
    assert item.title == second.points()[0].title
    vote = second.opens(item)
    assert isinstance(vote, Vote)
    for form, fields in (("correct", {"text": "No, Ida’s."}), ("correction", {"correction": "2", "to": "withdrawn"})):
        tom.send(f"{back}/{form}", path, 409, **fields)
    jo.send(f"{back}/notes", path, 409, notes="Another story.")
    second.counts(vote, Figures({"agree": 5, "disagree": 1}))
    chair = person(instance, "jo")
    do(second.at, lambda c: closing.close(c, second.at, vote.id, chair))
    said = tom.read(path)
    assert "The assembly has adopted these minutes." in said
    assert "Adopted. 6 took part of 12 (3 were needed). 5 agreed, 1 against." in said
    assert "The soup was Kim’s." in said
    assert "It rained." in said
    assert "Proposed, and not taken up." in said
    for form, fields in (("notes", {"notes": "Another story."}), ("correct", {"text": "No."}), ("adopt", {})):
        jo.send(f"{back}/{form}", path, 409, **fields)
    decision = sealed(instance, "gov:Decision")[-1]
    assert (decision["gov:proposal"]["id"], decision["gov:status"]) == (item.act, "adopted")
    assert decision["gov:rule"] == AT_ONCE["rules"]["procedure"]


CHANGES = (
    update(meetings).values(notes="Ada brought nothing."),
    update(points).values(notes="We never said that."),
    update(corrections).values(body="The soup was nobody’s."),
)


@pytest.mark.withstands("F27")
@pytest.mark.parametrize("change", CHANGES, ids=["what was written", "what came of a point", "a correction taken up"])
def test_whoever_holds_the_database_changes_no_adopted_minutes_unnoticed(harbour: Commune, change: Update) -> None:
    instance, tom, jo = harbour.instance, harbour.member("Tom"), harbour.member("Jo")
    first = convened(instance, free=((Kind.OTHER, "The hall"),))
    first.begins()
    [point] = first.points()
    first.steps(point, Point.OPEN)
    first.steps(point, Point.DONE, "We clean it on Mondays.")
    first.closes("Ada brought soup.")
    path, back = PATH.format(first.meeting.id), f"/meetings/{first.meeting.id}"
    tom.send(f"{back}/correct", path, text="The soup was Kim’s.")
    jo.send(f"{back}/correction", path, correction="1", to="taken_up")
    second, item = taken_up(instance)
    decided(second, item, 5, 1)
    assert "The assembly has adopted these minutes." in tom.read(path)
    assert do(instance, lambda c: checking.check(c, instance)).faults == ()
    do(instance, lambda c: c.execute(change))
    assert "adopted minutes of this meeting, but not these" in tom.read(path)
    [fault] = do(instance, lambda c: checking.check(c, instance)).faults
    assert fault == f"meeting {first.meeting.id}: its minutes are not those that were adopted"


def test_nobody_alone_adopts_minutes(harbour: Commune) -> None:
    instance, jo = harbour.instance, harbour.member("Jo")
    first = first_meeting(instance)
    second, item = taken_up(instance)
    [point] = second.points()
    assert "Ending the point adopts nothing." in jo.read(f"/meetings/{second.meeting.id}")
    second.steps(point, Point.DONE, "All fine.")
    assert first.now().adopted_at is None
    assert isinstance(second.closes(), Meeting)
    assert first.now().adopted_at is None
    third = convened(later(instance, 2 * LATER))
    again = {one.minutes_of: one.item for one in third.points()}
    assert again == {first.meeting.id: item.id, second.meeting.id: None}
    assert code(do(instance, lambda c: minuting.put(c, instance, third.meeting.id, None))) == "meeting.state"


def test_minutes_that_the_assembly_does_not_adopt_are_corrected_and_come_again(harbour: Commune) -> None:
    instance, tom, jo = harbour.instance, harbour.member("Tom"), harbour.member("Jo")
    first = first_meeting(instance)
    path, back = PATH.format(first.meeting.id), f"/meetings/{first.meeting.id}"
    second, item = taken_up(instance)
    decided(second, item, 2, 4)
    second.closes()
    assert "The assembly did not adopt these minutes as they were" in tom.read(path)
    assert "Kim brought soup." in jo.send(f"{back}/notes", path, notes="Kim brought soup.")
    third = sitting(later(instance, 2 * LATER))
    point = next(one for one in third.points() if one.minutes_of == first.meeting.id)
    third.steps(point, Point.OPEN)
    third.lets_in("jo", "ida", "max", "kim")
    point = next(one for one in third.points() if one.minutes_of == first.meeting.id)
    fresh = do(instance, lambda c: agenda.get(c, point.item or ""))
    assert isinstance(fresh, Item)
    assert fresh.id != item.id
    decided(third, fresh, 4, 0)
    assert "The assembly has adopted these minutes." in tom.read(path)


def test_any_member_puts_minutes_to_the_assembly_as_a_matter_that_is_voted_on_online(harbour: Commune) -> None:
    instance, tom = harbour.instance, harbour.member("Tom")
    first = first_meeting(instance)
    path, back = PATH.format(first.meeting.id), f"/meetings/{first.meeting.id}"
    assert "Do we adopt the minutes of the meeting of" in tom.send(f"{back}/adopt", path)
    item = do(instance, lambda c: minuting.matter(c, first.meeting.id))
    assert item is not None
    page = f"/proposals/{item.id}"
    assert "Read the minutes, and what members want corrected" in tom.read(page)
    tom.send(f"{page}/open", page, closes_in="1", unit="days")
    for name in ("Tom", "Ida", "Ada"):
        harbour.member(name).vote(page, "agree")
    harbour.passes(page)
    assert "Adopted." in tom.send(f"{page}/close", page)
    tom.send(f"{page}/sign", page)
    assert "Adopted. 3 took part of 12 (3 were needed). 3 agreed." in tom.read(path)


def test_when_and_where_we_met_goes_to_nobody_by_way_of_the_minutes(harbour: Commune) -> None:
    instance = harbour.instance

    def told() -> list[int | None]:
        def count(connection: Connection) -> list[int | None]:
            return [connection.scalar(select(func.count()).select_from(one)) for one in (activities, deliveries)]

        return do(instance, count)

    before = told()
    first_meeting(instance)
    second, item = taken_up(instance)
    decided(second, item, 5, 0)
    assert told() == before
    stranger = harbour.client.get(item.act.replace(instance.url, ""), headers={"Accept": "application/activity+json"})
    assert stranger.status_code == 404


def test_minutes_of_a_gathering_wait_until_it_has_founded_itself(tmp_path: Path) -> None:
    with commune(tmp_path, founded=False) as gathering:
        instance = gathering.instance
        first = first_meeting(instance)
        second = sitting(later(instance, LATER))
        [point] = second.points()
        second.steps(point, Point.OPEN)
        assert second.points()[0].item is None
        path, back = PATH.format(first.meeting.id), f"/meetings/{first.meeting.id}"
        ida = gathering.member("Ida")
        assert "It rained." in ida.send(f"{back}/correct", path, text="It rained.")
        second.closes()
        assert first.now().adopted_at is None
        done = do(
            instance,
            lambda c: founding.found_commune(c, instance, AT_ONCE, present=12, agree=12, on=Agreed()),
        )
        assert isinstance(done, founding.Founded)
        third = convened(later(instance, 2 * LATER))
        assert {one.minutes_of for one in third.points()} == {first.meeting.id, second.meeting.id}
        assert "Do we adopt the minutes" in ida.send(f"{back}/adopt", path)


def test_what_is_no_correction_is_refused_in_words(harbour: Commune) -> None:
    instance, tom = harbour.instance, harbour.member("Tom")
    first = first_meeting(instance)
    path, back = PATH.format(first.meeting.id), f"/meetings/{first.meeting.id}"
    assert "Say in at most 2,000 characters" in tom.send(f"{back}/correct", path, 422, text="")
    tom.send(f"{back}/correct", path, 422, text="x" * 2_001)
    tom.send(f"{back}/correction", path, 422, correction="x", to="taken_up")
    tom.send(f"{back}/correction", path, 422, correction="1", to="proposed")
    tom.send(f"{back}/correction", path, 404, correction="99999", to="taken_up")
    tom.send("/meetings/01ARZ3NDEKTSV4RRFFQ69G5FAV/correct", path, 404, text="It rained.")
    tom.send("/meetings/nothing/adopt", path, 404)
