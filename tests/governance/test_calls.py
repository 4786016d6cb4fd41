from dataclasses import replace
from datetime import timedelta

import pytest

from app.governance.charter import Scope
from app.governance.mandate import Item, Kind, Latitude
from app.governance.outcome import Kind as Verdict
from app.governance.outcome import judge
from app.governance.ratification import Stance
from app.governance.rules import Status
from tests.governance.valley import (
    CLOSES,
    HARBOUR,
    HILL,
    RIVERSIDE,
    count,
    hour,
    known,
    mandate,
    matter,
    outcome,
    ratification,
    record,
    vote,
)

CALL = matter({"method": "accession"}, "call", closes=None)
ENDING = matter({"method": "accession"}, "call")


@pytest.mark.shows("G7")
def test_a_call_is_never_decided_for_all_and_binds_who_signs() -> None:
    held = record(
        ratification(HILL, proposal=CALL[1]), ratification(HARBOUR, Stance.REJECTED, proposal=CALL[1]), about=CALL
    )
    counted = count(held)
    assert (counted.status, counted.binds) == (Status.OPEN, (HILL,))
    assert judge(outcome(held), held).kind is Verdict.FINE


@pytest.mark.shows("G7")
def test_it_binds_who_signs_on_a_platform_too() -> None:
    own, proposal = CALL
    held = record(ratification(HILL, proposal=proposal), about=(replace(own, scope=Scope.PLATFORM), proposal))
    assert count(held).binds == (HILL,)


@pytest.mark.shows("G6")
def test_a_mandated_delegate_signs_at_once_and_others_from_the_day_their_assembly_does() -> None:
    latitude = Latitude(Kind.FIXED, (Stance.RATIFIED,))
    given = mandate(items=(Item(CALL[1].head.ref, latitude),))
    held = record(
        given,
        vote(mandate=given, proposal=CALL[1].head.ref, when=hour(20)),
        ratification(RIVERSIDE, proposal=CALL[1], when=hour(60)),
        about=CALL,
    )
    assert count(held, hour(30)).binds == (HILL,)
    assert count(held, hour(60)).binds == (HILL, RIVERSIDE)


@pytest.mark.shows("G6")
def test_a_signature_is_taken_back_at_any_time_but_not_added_after_the_close() -> None:
    signed = ratification(HILL, proposal=ENDING[1], when=hour(10))
    after = CLOSES + timedelta(days=30)
    gone = ratification(HILL, Stance.REJECTED, after, proposal=ENDING[1], supersedes=known(signed))
    late = ratification(HARBOUR, proposal=ENDING[1], when=after)
    held = record(signed, gone, late, about=ENDING)
    assert count(held, after - timedelta(seconds=1)).binds == (HILL,)
    counted = count(held, after)
    assert counted.binds == ()
    assert [(ref, why.code) for ref, why in counted.set_aside] == [(known(late), "vote.late")]
