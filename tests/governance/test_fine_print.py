"""Lines of the fine print that decide a count and that no other page of these tests is about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.governance.act import dated_back
from app.governance.ratification import Stance
from app.governance.rules import Counts, Status
from tests.governance.valley import (
    CLOSES,
    HARBOUR,
    HILL,
    RIVERSIDE,
    count,
    hour,
    known,
    matter,
    ratification,
    record,
    stances,
)


@pytest.mark.withstands("F15")
def test_an_act_is_dated_back_if_a_witness_saw_its_ledger_without_it_later() -> None:
    head = ratification(HILL, when=hour(10), home_leaf=7).head
    late = hour(10) + timedelta(seconds=301)
    assert dated_back(head, [(7, late)]) == late
    assert dated_back(head, [(3, hour(9)), (7, late), (6, hour(12))]) == hour(12)
    assert dated_back(head, [(8, late)]) is None, "that checkpoint may hold it"
    assert dated_back(head, [(7, hour(10) + timedelta(seconds=300))]) is None, "clocks are off by a little"
    assert dated_back(replace(head, leaf=None), [(7, late)]) is None


@pytest.mark.withstands("F15")
def test_what_was_dated_back_counts_from_the_witness_time_and_so_may_be_late() -> None:
    act = ratification(HILL, when=hour(10))
    in_time = record(act, backdated=((known(act), CLOSES),))
    late = record(act, backdated=((known(act), CLOSES + timedelta(seconds=1)),))
    assert stances(count(in_time, hour(50)))["hill"] == "silent"
    assert stances(count(in_time))["hill"] == "ratified"
    assert stances(count(late, hour(200)))["hill"] == "silent"
    assert [why.code for _, why in count(late, hour(200)).set_aside] == ["vote.late"]


@pytest.mark.withstands("F30")
@pytest.mark.parametrize(
    ("present", "status"), [(0, Status.NO_QUORUM), (1, Status.NO_QUORUM), (2, Status.ADOPTED), (3, Status.ADOPTED)]
)
def test_the_quorum_between_assemblies_counts_those_that_answered(present: int, status: Status) -> None:
    about = matter({"method": "majority", "quorum": "2/3"})
    answers = [ratification(one, proposal=about[1]) for one in (HILL, HARBOUR, RIVERSIDE)[:present]]
    assert count(record(*answers, about=about)).status is status


def test_an_abstention_takes_part_and_a_silent_assembly_does_not() -> None:
    about = matter({"method": "qualified", "threshold": "1/2", "base": "present", "quorum": "1/5"})
    yes, abstains = ratification(HILL, proposal=about[1]), ratification(HARBOUR, Stance.ABSTAINED, proposal=about[1])
    counted = count(record(yes, abstains, about=about))
    assert (counted.counts, counted.status) == (Counts(3, 2, 1, abstain=1), Status.ADOPTED)


def test_any_rejection_breaks_a_consensus_between_assemblies_whatever_is_allowed_to_people() -> None:
    about = matter({"method": "consensus", "blocks": 9, "standAsides": "1/1", "quorum": "1/5"})
    answers = [ratification(HILL, proposal=about[1]), ratification(HARBOUR, Stance.REJECTED, proposal=about[1])]
    assert count(record(*answers, about=about)).status is Status.REJECTED


@pytest.mark.shows("H6")
def test_a_reservation_counts_as_agreement_and_is_bound() -> None:
    reserved = ratification(HILL, Stance.RESERVED, reservations="not on market days")
    counted = count(record(reserved))
    assert (counted.counts.reserve, counted.status, counted.binds) == (1, Status.ADOPTED, (HILL,))


def test_consent_between_assemblies_waits_for_the_close() -> None:
    about = matter({"method": "consent", "quorum": "1/5"})
    held = record(ratification(HILL, proposal=about[1], when=hour(10)), about=about)
    assert count(held, CLOSES - timedelta(seconds=1)).status is Status.UNRESOLVED
    assert count(held, CLOSES).status is Status.ADOPTED
    endless = replace(about[1], closes=None)
    assert count(replace(held, proposal=endless), hour(10_000)).status is Status.UNRESOLVED
