"""From when a matter may be decided: by the assembly's own times, each on its boundary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from app.governance.charter import Charter
from app.governance.deliberation import NEVER_URGENT, Matter, earliest, earliest_close, least, may_shorten
from app.governance.starter import STARTER_SETTINGS
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from tests.governance import valley

OPENED = datetime(2026, 3, 1, 18, tzinfo=UTC)
NAMED = OPENED + timedelta(days=1)
NOTHING, DAY, TWO_DAYS, WEEK = timedelta(0), timedelta(days=1), timedelta(hours=48), timedelta(days=7)


def charter(deliberation: Document | None = None) -> Charter:
    times = {"deliberation": deliberation} if deliberation else {}
    return valley.charter(valley.RIVERSIDE, {**STARTER_SETTINGS, **times})


def after(matter: Matter, *, in_meeting: bool) -> timedelta:
    found = earliest(charter(), matter, in_meeting=in_meeting)
    assert isinstance(found, datetime)
    return found - matter.opened


@pytest.mark.parametrize("category", ["task", "resource", "procedure", "policy", "exclusion"])
def test_a_convened_meeting_decides_at_once_what_binds_only_this_assembly(category: str) -> None:
    assert after(Matter(category, OPENED), in_meeting=True) == NOTHING
    assert after(Matter(category, OPENED), in_meeting=False) == WEEK


@pytest.mark.parametrize(("category", "time"), [("mandate", TWO_DAYS), ("recall", DAY)])
def test_a_mandate_and_a_recall_take_their_time_on_the_convocation(category: str, time: timedelta) -> None:
    assert after(Matter(category, OPENED, convened=NAMED), in_meeting=True) == DAY + time
    unnamed = earliest(charter(), Matter(category, OPENED), in_meeting=True)
    assert isinstance(unnamed, Refusal)
    assert unnamed.code == "vote.convocation"


@pytest.mark.parametrize("category", ["charter", "admission"])
def test_the_charter_and_an_admission_take_their_time_from_the_text_in_a_meeting_too(category: str) -> None:
    for in_meeting in (True, False):
        assert after(Matter(category, OPENED, convened=NAMED), in_meeting=in_meeting) == WEEK


@pytest.mark.parametrize("category", ["policy", "charter", "admission"])
def test_an_answer_takes_the_time_of_a_ratification_whatever_it_is_about(category: str) -> None:
    assert after(Matter(category, OPENED, answers=True, convened=NAMED), in_meeting=True) == DAY + TWO_DAYS
    assert after(Matter(category, OPENED, answers=True, convened=NAMED), in_meeting=False) == WEEK


@pytest.mark.withstands("F38")
@pytest.mark.parametrize("category", sorted(NEVER_URGENT))
def test_nobody_shortens_the_time_of_charter_admission_or_exclusion(category: str) -> None:
    for in_meeting in (True, False):
        calm, urgent = Matter(category, OPENED), Matter(category, OPENED, urgent=True)
        assert after(urgent, in_meeting=in_meeting) == after(calm, in_meeting=in_meeting)


@pytest.mark.withstands("F38")
def test_what_cannot_wait_is_decided_at_once() -> None:
    for matter in (Matter("policy", OPENED, urgent=True), Matter("mandate", OPENED, urgent=True)):
        assert after(matter, in_meeting=False) == NOTHING
        assert after(matter, in_meeting=True) == NOTHING


@pytest.mark.withstands("F38")
def test_only_those_present_make_haste_with_a_recall() -> None:
    hurried = Matter("recall", OPENED, urgent=True)
    assert after(hurried, in_meeting=True) == NOTHING
    assert after(hurried, in_meeting=False) == WEEK


def test_a_vote_online_alone_is_open_for_a_day_or_as_long_as_it_is_talked_about() -> None:
    assert least(charter(), Matter("policy", OPENED)) == DAY
    assert least(charter({"online": "PT6H"}), Matter("policy", OPENED)) == timedelta(hours=6)
    assert least(charter(), Matter("policy", OPENED, urgent=True)) == NOTHING
    for category in ("recall", "charter"):
        assert least(charter(), Matter(category, OPENED, urgent=True)) == DAY, "no haste online"


@pytest.mark.withstands("F38")
def test_times_are_instants_whatever_the_clocks_of_the_place_do() -> None:
    before_summer_time = Matter("task", datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    assert after(before_summer_time, in_meeting=False) == timedelta(seconds=7 * 24 * 3600)


def test_every_time_may_be_nothing_and_then_no_convocation_is_needed() -> None:
    at_once = charter(dict.fromkeys(STARTER_SETTINGS["deliberation"], "PT0S"))
    for category in ("task", "mandate", "recall", "charter", "admission"):
        for in_meeting in (True, False):
            assert earliest(at_once, Matter(category, OPENED), in_meeting=in_meeting) == OPENED
            assert earliest(at_once, Matter(category, OPENED, answers=True), in_meeting=in_meeting) == OPENED


@pytest.mark.parametrize(
    ("asking", "entitled", "share", "enough"),
    [
        (0, 5, "1/10", False),
        (1, 10, "1/10", True),
        (1, 11, "1/10", False),
        (2, 20, "1/10", True),
        (0, 0, "1/10", False),
        (2, 8, "1/4", True),
        (2, 9, "1/4", False),
        (0, 9, "0/1", False),
    ],
)
def test_the_share_of_the_roll_that_asks_for_haste_is_counted_exactly(
    asking: int, entitled: int, share: str, *, enough: bool
) -> None:
    assert may_shorten(asking, entitled, Fraction(share)) is enough


@pytest.mark.shows("G5")
def test_nobody_is_asked_to_answer_before_the_last_member_has_met() -> None:
    forum = replace(charter(), rhythm=timedelta(0))
    monthly = replace(charter(), rhythm=timedelta(days=30))
    assert earliest_close(forum, (), OPENED) == OPENED + WEEK
    assert earliest_close(forum, (forum, monthly), OPENED) == OPENED + timedelta(days=30) + WEEK
    sooner = replace(monthly, next_meeting=OPENED + timedelta(days=12))
    assert earliest_close(forum, (sooner,), OPENED) == OPENED + timedelta(days=12) + WEEK
    for said in (OPENED - DAY, OPENED + timedelta(days=400)):  # past, or so far that one member would stop all
        assert (
            earliest_close(forum, (replace(monthly, next_meeting=said),), OPENED) == OPENED + timedelta(days=30) + WEEK
        )


def test_a_charter_sets_its_own_times() -> None:
    slow = replace(charter(), deliberation={**charter().deliberation, "convened": DAY})
    assert earliest(slow, Matter("task", OPENED), in_meeting=True) == NAMED
