"""A meeting of the commune in a hall: Jo facilitates, Ida and Max count, Kim keeps the door."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from app.governance.meeting import Kind
from app.governance.meeting import Point as PointState
from app.governance.modes import Mode
from app.kernel.refusal import Refusal
from app.operations.meetings import attending, convening, facilitating, hands
from app.operations.meetings.attending import Comer
from app.operations.meetings.hands import Figures, Room
from app.operations.votes import voting
from app.store import meetings
from app.store.agenda import Item
from app.store.attendances import Attendance
from app.store.meetings import Duty, Meeting, Point
from app.store.votes import Vote
from app.wiring import Instance
from tests.pages.test_deciding import do, person

DUTIES = (("jo", Duty.FACILITATOR), ("ida", Duty.TELLER), ("max", Duty.TELLER), ("kim", Duty.DOOR))


@dataclass(frozen=True)
class Hall:
    """One meeting, with what people do in it under the clock of `at`."""

    at: Instance
    meeting: Meeting

    def points(self) -> tuple[Point, ...]:
        return do(self.at, lambda c: meetings.agenda_of(c, self.meeting.id))

    def now(self) -> Meeting:
        found = do(self.at, lambda c: meetings.get(c, self.meeting.id))
        assert found is not None
        return found

    def numbers(self) -> dict[str, int]:
        return do(self.at, lambda c: attending.numbers(c, self.meeting))

    def begins(self) -> Meeting | Refusal:
        jo = person(self.at, "jo")
        for name, duty in DUTIES:
            do(self.at, partial(facilitating.take_duty, by=jo, meeting_id=self.meeting.id, name=name, duty=duty))
        return self.begins_as_it_is()

    def begins_as_it_is(self) -> Meeting | Refusal:
        jo = person(self.at, "jo")
        return do(self.at, lambda c: facilitating.begin(c, self.at, jo, self.meeting.id))

    def names(self, name: str, duty: Duty) -> Meeting | Refusal:
        jo = person(self.at, "jo")
        return do(self.at, lambda c: facilitating.take_duty(c, jo, self.meeting.id, name, duty))

    def lets_in(self, *names: str, by: str = "kim", room: int = 0) -> list[Attendance | Refusal]:
        kim = person(self.at, by)
        comers = [Comer(member=person(self.at, name).id, room=room) for name in names]
        come = partial(attending.let_in, instance=self.at, by=kim, meeting_id=self.meeting.id)
        return [do(self.at, partial(come, comer=one)) for one in comers]

    def steps(self, point: Point, to: PointState, notes: str = "", by: str = "jo") -> Point | Refusal:
        who = person(self.at, by)
        return do(self.at, lambda c: facilitating.step(c, self.at, who, point.id, to, notes))

    def opens(
        self, item: Item, by: str = "jo", mode: Mode | None = None, *, both_rounds: bool = False
    ) -> Vote | Refusal:
        who, lasts = person(self.at, by), timedelta(hours=2)
        vote = partial(voting.open_vote, instance=self.at, item_id=item.id, lasts=lasts, by=who, in_meeting=True)
        return do(self.at, partial(vote, mode=mode, both_rounds=both_rounds))

    def counts(self, vote: Vote, figures: Figures, *names: str) -> Room | Refusal:
        found: Room | Refusal = Room()
        enter = partial(hands.enter_count, instance=self.at, vote_id=vote.id, figures=figures)
        for name in names or ("ida", "max"):
            found = do(self.at, partial(enter, account=person(self.at, name)))
        return found

    def closes(self, notes: str = "", by: str = "jo") -> Meeting | Refusal:
        who = person(self.at, by)
        return do(self.at, lambda c: facilitating.close(c, self.at, who, self.meeting.id, notes))


def convened(at: Instance, *items: Item, rooms: tuple[str, ...] = (), free: tuple[tuple[Kind, str], ...] = ()) -> Hall:
    """A meeting that begins in ten minutes, about these items and points."""
    plan = convening.Plan("School hall", at.now() + timedelta(minutes=10), rooms, tuple(one.id for one in items), free)
    found = do(at, lambda connection: convening.convene(connection, at, plan))
    assert isinstance(found, Meeting), found
    return Hall(at, found)


def sitting(at: Instance, *items: Item, rooms: tuple[str, ...] = ()) -> Hall:
    """The same, begun."""
    hall = convened(at, *items, rooms=rooms)
    assert isinstance(hall.begins(), Meeting)
    return hall
