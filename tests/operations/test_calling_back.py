"""Resolved face to face and in force at once; a block with a reason and two supporters call it back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.assembly import membership
from app.operations.matters import calling_back, fulfilling, linking, proposing
from app.operations.matters.proposing import Draft
from app.operations.meetings import calling_off, convening, hands
from app.operations.record.rebuilding import Rebuilt, rebuild
from app.operations.record.sealing import load
from app.operations.votes import closing, voting
from app.store import acts, agenda, meetings
from app.store.agenda import Item
from tests.operations.neighbours import PASSWORD, Place, Valley, done, found_council, settle_down

PEOPLE = {
    "Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva", "Fil", "Gil"),
    "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida"),
}
TRIAL = {"rules": {"trial": {"method": "provisional", "window": "P3D", "quorum": "1/5"}}}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return settle_down(tmp_path, sqlite_template, PEOPLE, changes=TRIAL)


def resolved(river: Place, wanted: Draft | None = None, agree: int = 4) -> Item:
    draft = wanted or Draft("A stall", "On Saturdays.", "trial")
    item = done(river.do(proposing.propose, river.people["ana"], draft))
    river.decide(item, agree=agree)
    return now(river, item)


def now(river: Place, item: Item) -> Item:
    found = river.read(lambda c: agenda.get(c, item.id))
    assert found is not None
    return found


def objects(river: Place, item: Item, name: str, reason: str = "") -> Item | Refusal:
    return river.do(calling_back.call_back, river.people[name], item.id, reason)


def called_back(river: Place, item: Item) -> Item:
    done(objects(river, item, "bo", "Our aims say: no cars."))
    done(objects(river, item, "cem"))
    return done(objects(river, item, "dia"))


def code(value: object) -> str:
    assert isinstance(value, Refusal), value
    return value.code


def test_it_is_in_force_at_once_and_two_who_object_change_nothing(valley: Valley) -> None:
    river = valley["Riverside"]
    stall = resolved(river)
    done(objects(river, stall, "bo", "Our aims say: no cars."))
    done(objects(river, stall, "cem"))
    assert [one.state for one in river.do(linking.settled)] == [State.IN_FORCE]
    valley.clock.tick(days=3)
    assert code(objects(river, stall, "dia")) == "provisional.over"
    assert now(river, stall).state == State.ADOPTED


def test_a_block_with_a_reason_and_two_supporters_call_it_back_and_every_instance_reads_so(valley: Valley) -> None:
    found_council(valley, PEOPLE)
    river, hill = valley["Riverside"], valley["Hill"]
    stall = called_back(river, resolved(river))
    valley.deliver()
    assert stall.state == State.UNRESOLVED
    assert [one.state for one in river.do(linking.settled) if one.proposal.name == "A stall"] == [State.UNRESOLVED]
    first, second = (load(act) for act in hill.read(lambda c: acts.naming(c, stall.act, "gov:proposal")))
    assert (first["gov:status"], second["gov:status"]) == ("adopted", "unresolved")
    assert second["gov:supersedes"]["id"] == first["id"]
    assert second["gov:counts"] == {"entitled": 7, "present": 7, "agree": 4, "block": 3} | zeros(second)
    kept = river.do(rebuild)
    assert isinstance(kept, Rebuilt)
    assert "items" not in kept.differed


def zeros(document: dict[str, dict[str, int]]) -> dict[str, int]:
    return {key: value for key, value in document["gov:counts"].items() if value == 0}


def test_the_first_gives_a_reason_and_nobody_counts_twice(valley: Valley) -> None:
    river = valley["Riverside"]
    stall = resolved(river)
    assert code(objects(river, stall, "bo")) == "provisional.reason"
    done(objects(river, stall, "bo", "Our aims say: no cars."))
    assert code(objects(river, stall, "bo")) == "provisional.twice"
    hashed = done(membership.hash_password(PASSWORD))
    ordered = resolved(river, Draft("Zoe joins", "Zoe is on our list.", "task"))
    decision = river.read(lambda c: acts.naming(c, ordered.act, "gov:proposal"))[-1]
    river.people["zoe"] = done(river.do(membership.add, "Zoe", hashed, decision=decision.id))
    assert code(objects(river, stall, "zoe")) == "vote.stranger", "who came later was not on the list"
    assert code(objects(river, ordered, "bo", "No.")) == "proposal.state", "decided, and not provisionally"


def test_it_comes_first_at_the_next_meeting_which_decides_by_those_present(valley: Valley) -> None:
    river = valley["Riverside"]
    other = done(river.do(proposing.propose, river.people["ana"], Draft("A bench", "Of oak.", "task")))
    soon = done(
        river.do(convening.convene, convening.Plan("Hall", river.clock.now() + timedelta(days=5), (), (other.id,)))
    )
    stall = called_back(river, resolved(river))
    agenda_of = river.read(lambda c: meetings.agenda_of(c, soon.id))
    assert [point.item for point in agenda_of if point.minutes_of is None] == [stall.id, other.id]
    assert code(river.do(voting.open_vote, stall.id, timedelta(days=7))) == "vote.face_to_face"
    closed = river.decide(stall, agree=4, disagree=3)
    assert closed.status == "adopted", "more than half of those present, and three no longer undo it"
    assert now(river, stall).state == State.ADOPTED
    assert load(closed.acts[-1])["gov:unresolved"]["id"] != closed.acts[-1].id
    assert code(objects(river, stall, "bo", "Again.")) == "proposal.state"


def test_with_no_meeting_to_come_it_waits_for_the_next_that_is_convened(valley: Valley) -> None:
    river = valley["Riverside"]
    stall = called_back(river, resolved(river))
    plan = convening.Plan("Hall", river.clock.now() + timedelta(days=5))
    soon = done(river.do(convening.convene, plan, river.people["ana"]))
    points = river.read(lambda c: meetings.agenda_of(c, soon.id))
    assert [(one.item, one.title) for one in points if one.item] == [(stall.id, "Called back: A stall")]
    for name in ("ana", "bo"):
        done(river.do(calling_off.call_off, river.people[name], soon.id))
    again = done(river.do(convening.convene, convening.Plan("Hall", river.clock.now() + timedelta(days=6))))
    points = river.read(lambda c: meetings.agenda_of(c, again.id))
    assert [point.item for point in points if point.item] == [stall.id]


def test_what_it_does_to_earlier_decisions_waits_until_it_can_be_called_back_no_longer(valley: Valley) -> None:
    river = valley["Riverside"]
    market = resolved(river, Draft("A market", "Every day.", "task"))
    decision = river.do(linking.settled)[0].decision.head.ref.id
    wanted = Draft("No market", "Never.", "trial", links=(("repeals", decision),))
    gone = resolved(river, wanted)
    assert now(river, market).state == State.ADOPTED
    called_back(river, gone)
    valley.clock.tick(days=3)
    river.do(fulfilling.duties)
    assert now(river, market).state == State.ADOPTED, "called back, it never moved anything"
    resolved(river, replace(wanted, title="No market at all"))
    valley.clock.tick(days=3)
    assert river.do(fulfilling.duties) == 1
    assert now(river, market).state == State.REPEALED
    assert river.do(linking.settled)[0].state is State.REPEALED


def test_nothing_is_resolved_provisionally_but_face_to_face(valley: Valley) -> None:
    river = valley["Riverside"]
    item = done(river.do(proposing.propose, river.people["ana"], Draft("A stall", "On Saturdays.", "trial")))
    assert code(river.do(voting.open_vote, item.id, timedelta(days=7))) == "vote.face_to_face"


def test_blocked_by_three_in_the_room_the_next_meeting_decides_as_well(valley: Valley) -> None:
    river = valley["Riverside"]
    item = done(river.do(proposing.propose, river.people["ana"], Draft("A stall", "On Saturdays.", "trial")))
    blocked = decide_with_blocks(river, item, agree=4, block=3)
    assert blocked.status == "unresolved"
    assert river.decide(item, agree=4, disagree=3).status == "adopted"


def decide_with_blocks(river: Place, item: Item, **figures: int) -> closing.Closed:
    meeting, chair = river.meets(item), next(iter(river.people.values()))
    vote = done(river.do(voting.open_vote, item.id, timedelta(hours=1), by=chair, in_meeting=True))
    for name in ("fil", "gil"):
        counted = hands.Figures({**figures, "present": sum(figures.values())}, reason="Our aims say: no cars.")
        done(river.do(hands.enter_count, river.people[name], vote.id, counted))
    closed = done(river.do(closing.close, vote.id, chair))
    river.parts(meeting)
    return closed
