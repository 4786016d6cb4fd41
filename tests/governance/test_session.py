"""A session's agenda: nothing is declined, a matter is put off once, and those present order it (governance.md §1)."""

from dataclasses import replace

import pytest

from app.governance.act import Ref
from app.governance.session import Session, agenda_after, called, postpone, reorder
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.translation import build
from tests.governance.valley import HILL, RIVERSIDE, hour, known, sealed

FUEL, WATER, ROAD = (Ref(Id(f"https://hill.example/acts/{name}"), f"z{name}") for name in ("fuel", "water", "road"))
MEETING = sealed(
    Session, build.session, HILL, hour(-50), name="Spring assembly", starts=hour(0), agenda=(FUEL, WATER, ROAD)
)


def code(found: Session | Refusal) -> str | None:
    return found.code if isinstance(found, Refusal) else None


@pytest.mark.shows("S9")
def test_what_was_not_reached_comes_first_next_time_and_nothing_twice() -> None:
    ended = replace(MEETING, reached=(WATER,), ends=hour(3))
    assert agenda_after(ended, (ROAD, Ref(Id("https://hill.example/acts/new"), "znew"))) == (
        FUEL,
        ROAD,
        Ref(Id("https://hill.example/acts/new"), "znew"),
    )
    assert agenda_after(None, (ROAD, FUEL, ROAD)) == (ROAD, FUEL)


@pytest.mark.shows("S9")
def test_a_matter_is_put_off_once_and_never_again() -> None:
    once = postpone(MEETING, (), WATER)
    assert isinstance(once, Session)
    assert (once.postponed, once.agenda) == ((WATER,), MEETING.agenda)
    assert code(postpone(once, (), WATER)) == "session.postponed"
    assert code(postpone(MEETING, (once,), WATER)) == "session.postponed", "in an earlier session, of another host too"
    assert code(postpone(once, (), FUEL)) is None
    assert code(postpone(replace(MEETING, agenda=(FUEL,)), (), ROAD)) == "session.matter"


@pytest.mark.shows("S9")
@pytest.mark.parametrize(
    ("in_favour", "present", "found"),
    [
        (3, 5, None),
        (2, 4, "session.majority"),
        (3, 4, None),
        (2, 5, "session.majority"),
        (1, 1, None),
        (0, 0, "session.majority"),
        (5, 4, "session.majority"),
        (7, 7, "session.present"),
    ],
)
def test_more_than_half_of_the_delegations_present_change_the_order(
    in_favour: int, present: int, found: str | None
) -> None:
    assert code(reorder(MEETING, (ROAD, FUEL, WATER), in_favour, present, 6)) == found


@pytest.mark.shows("S9")
def test_another_order_has_the_same_matters_each_once() -> None:
    for order in ((ROAD, FUEL), (ROAD, FUEL, WATER, WATER), (ROAD, ROAD, FUEL)):
        assert code(reorder(MEETING, order, 3, 3, 6)) == "session.order"
    changed = reorder(MEETING, (ROAD, FUEL, WATER), 3, 3, 6)
    assert isinstance(changed, Session)
    assert changed.agenda == (ROAD, FUEL, WATER)


@pytest.mark.shows("G18")
def test_a_session_is_as_its_own_author_last_changed_it_and_opens_when_it_was_to() -> None:
    later = sealed(
        Session, build.session, HILL, hour(-1), name="Spring", starts=hour(5), supersedes=known(MEETING), agenda=(FUEL,)
    )
    [before] = called([later, MEETING])
    assert (before.session.starts, before.session.agenda, before.first) == (hour(5), (FUEL,), known(MEETING))
    moved = sealed(Session, build.session, HILL, hour(5), name="Spring", starts=hour(9), supersedes=known(later))
    [after] = called([moved, MEETING, later])
    assert after.session.starts == hour(5), "once it opened nobody moves the opening"
    by_another = sealed(
        Session, build.session, RIVERSIDE, hour(-1), name="Mine", starts=hour(1), supersedes=known(MEETING)
    )
    assert {one.first for one in called([MEETING, by_another])} == {known(MEETING), known(by_another)}
