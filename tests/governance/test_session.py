"""A session's agenda: nothing is declined, a matter is put off once, and those present order it (governance.md §1)."""

# ruff: noqa: ANN401 - keys are handed through to builders of many types, which the readers then check

from dataclasses import replace
from typing import Any

import pytest

from app.governance.act import Ref
from app.governance.session import (
    Draft,
    Registration,
    Session,
    agenda_after,
    called,
    drafts_of,
    opened_by,
    postpone,
    registered_before,
    reorder,
)
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.translation import build
from tests.governance.valley import HARBOUR, HILL, RIVERSIDE, hour, known, sealed

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
        (4, 6, None),
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


def another(when: float, *, starts: float, author: Id = HILL, **keys: Any) -> Session:
    """A session, or a version of one."""
    return sealed(Session, build.session, author, hour(when), name="Another", starts=hour(starts), **keys)


@pytest.mark.shows("G18")
def test_the_roll_is_who_registered_for_that_session_in_any_of_its_versions_before_it_opened() -> None:
    moved = another(-1, starts=5, supersedes=known(MEETING))
    [call] = called([MEETING, moved])

    def registered(when: float, session: Ref, author: Id) -> Registration:
        return sealed(Registration, build.registration, author, hour(when), session=session, mandate=FUEL)

    given = [
        registered(-9, known(MEETING), RIVERSIDE),
        registered(4.9, known(moved), HILL),
        registered(5, known(moved), HARBOUR),
        registered(1, known(another(-3, starts=50)), HARBOUR),
    ]
    assert registered_before(call, given) == (HILL, RIVERSIDE)


@pytest.mark.shows("G18")
def test_the_session_that_is_open_is_the_latest_of_that_host_that_had_opened() -> None:
    second, by_another = another(-60, starts=30), another(-60, starts=20, author=RIVERSIDE)
    calls = called([second, MEETING, by_another])
    assert [one.session.starts for one in calls] == [hour(0), hour(20), hour(30)]
    assert opened_by(calls, HILL, hour(-0.1)) is None
    at = {when: opened_by(calls, HILL, hour(when)) for when in (0, 29.9, 30)}
    assert {when: one and one.first for when, one in at.items()} == {
        0: known(MEETING), 29.9: known(MEETING), 30: known(second)
    }  # fmt: skip


def test_a_session_is_over_once_it_said_itself_that_it_ended() -> None:
    planned = another(-50, starts=0, ends=hour(3))
    [call] = called([planned])
    assert not call.is_over(hour(9)), "what was planned is not what came"
    [ended] = called([planned, another(3, starts=0, ends=hour(3), supersedes=known(planned))])
    assert [ended.is_over(hour(at)) for at in (2.9, 3)] == [False, True]
    assert not called([MEETING])[0].is_over(hour(9))


@pytest.mark.shows("S10")
def test_the_drafts_of_a_session_are_those_that_its_caller_published_each_with_its_versions() -> None:
    [call] = called([MEETING])

    def draft(when: float, author: Id = HILL, **keys: Any) -> Draft:
        return sealed(Draft, build.draft, author, hour(when), name="A draft", **{"session": known(MEETING), **keys})

    first, other = draft(1), draft(2)
    second = draft(3, supersedes=known(first))
    third = draft(4, supersedes=known(second))
    foreign, elsewhere = draft(1, RIVERSIDE), draft(1, session=known(another(-3, starts=50)))
    found = drafts_of(call, [third, foreign, other, second, elsewhere, first])
    assert found == ((first, second, third), (other,))
