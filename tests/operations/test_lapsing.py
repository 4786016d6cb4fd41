"""What nobody decides in its time is off the agenda, and what was decided for a time ends with it; all are told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.matters import lapsing, linking, proposing
from app.operations.matters.proposing import Draft
from app.operations.meetings import convening, hands
from app.operations.record.rebuilding import Rebuilt, rebuild
from app.operations.votes import closing, setting_aside, voting
from app.operations.votes.closing import Closed
from app.store import agenda, votes
from app.store.agenda import Item, Kind
from app.store.votes import Vote
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.visits import browser, read, send, signed_in

COUNTED = hands.Figures({"agree": 4, "disagree": 0, "present": 4})
PEOPLE = {"Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"), "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida")}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return settle_down(tmp_path, sqlite_template, PEOPLE)


def draft(title: str) -> Draft:
    return Draft(title, f"{title}.", "task")


def propose(place: Place, wanted: Draft) -> Item:
    return done(place.do(proposing.propose, next(iter(place.people.values())), wanted))


def state(place: Place, item: Item) -> str:
    found = place.read(lambda c: agenda.get(c, item.id))
    assert found is not None
    return found.state


def test_what_nobody_takes_up_for_half_a_year_lapses_and_is_voted_on_no_more(valley: Valley) -> None:
    river = valley["Riverside"]
    bench = propose(river, draft("A bench"))
    valley.clock.tick(days=182)
    assert river.do(lapsing.duties) == 0
    valley.clock.tick(days=1)
    assert river.do(lapsing.duties) == 1
    assert river.do(lapsing.duties) == 0, "it lapses once"
    assert state(river, bench) == State.LAPSED
    assert river.read(lambda c: agenda.told(c, 1))[0].kind == "lapsed"
    refused = river.do(voting.open_vote, bench.id, voting.LONGEST)
    assert isinstance(refused, Refusal)
    assert refused.code == "proposal.state"
    kept = river.do(rebuild)
    assert isinstance(kept, Rebuilt)
    assert kept.differed == {}, "the record does not bring it back"


def test_a_new_text_or_a_place_on_an_agenda_to_come_keeps_a_matter(valley: Valley) -> None:
    river = valley["Riverside"]
    bench, table = propose(river, draft("A bench")), propose(river, draft("A table"))
    valley.clock.tick(days=100)
    done(river.do(proposing.amend, river.people["ana"], bench.id, "A bench", "Of oak."))
    valley.clock.tick(days=80)
    plan = convening.Plan("Hall", valley.clock.now() + convening.FURTHEST / 4, items=(table.id,))
    done(river.do(convening.convene, plan))
    valley.clock.tick(days=10)
    assert river.do(lapsing.duties) == 0
    valley.clock.tick(days=94)
    assert river.do(lapsing.duties) == 1
    assert (state(river, bench), state(river, table)) == (State.LAPSED, State.OPEN)


def test_too_few_is_tried_again_until_its_time_is_over(valley: Valley) -> None:
    river = valley["Riverside"]
    bench = propose(river, draft("A bench"))
    assert isinstance(river.decide(bench, agree=0), Closed)
    assert state(river, bench) == State.NO_QUORUM
    valley.clock.tick(days=184)
    river.do(lapsing.duties)
    assert state(river, bench) == State.LAPSED


def told(place: Place, kind: str) -> int:
    return len([event for event in place.read(lambda c: agenda.told(c, 200)) if event.kind == kind])


def test_all_are_told_once_while_a_meeting_can_still_take_it_up_and_again_after_a_new_text(valley: Valley) -> None:
    river = valley["Riverside"]
    bench = propose(river, draft("A bench"))
    valley.clock.tick(days=152)
    river.do(lapsing.duties)
    assert told(river, "lapses_soon") == 0
    valley.clock.tick(days=1)
    river.do(lapsing.duties)
    river.do(lapsing.duties)
    assert told(river, "lapses_soon") == 1
    said = read(browser(river), "/")
    assert "A matter lapses soon" not in said, "what only members are told of"
    assert "A matter lapses soon if nobody decides on it." in read(signed_in(river, "bo"), "/")
    done(river.do(proposing.amend, river.people["ana"], bench.id, "A bench", "Of oak."))
    valley.clock.tick(days=160)
    river.do(lapsing.duties)
    assert told(river, "lapses_soon") == 2


def test_all_are_told_once_before_the_answers_close(valley: Valley) -> None:
    found_council(valley, PEOPLE)
    river, hill = valley["Riverside"], valley["Hill"]
    closes = valley.clock.now() + 90 * convening.FURTHEST / 366
    seeds = propose(river, replace(draft("Common seeds"), forum=valley["Valley"].assembly, answers_by=closes))
    river.decide(seeds)
    valley.deliver()
    for before, times in ((31, 0), (30, 1), (29, 1), (0, 1), (-3, 1)):
        valley.clock.at = closes - timedelta(days=before)
        hill.do(lapsing.duties)
        assert told(hill, "answer_due") == times
    assert told(hill, "lapses_soon") == 0


@pytest.fixture
def stuck(valley: Valley) -> tuple[Place, Item, Vote]:
    """A vote in which two tellers counted differently; its time and its meeting are over."""
    river = valley["Riverside"]
    bench, chair = propose(river, draft("A bench")), river.people["ana"]
    meeting = river.meets(bench)
    vote = done(river.do(voting.open_vote, bench.id, timedelta(hours=1), by=chair, in_meeting=True))
    done(river.do(voting.cast, river.people["bo"], vote.id, "agree", "", bench.act_digest))
    for name, agree in (("dia", 3), ("eva", 4)):
        figures = hands.Figures({"agree": agree, "disagree": 0, "present": agree})
        done(river.do(hands.enter_count, river.people[name], vote.id, figures))
    river.parts(meeting)
    valley.clock.tick(hours=2)
    assert river.do(closing.close_due) == 0
    return river, bench, vote


def test_a_vote_that_nobody_can_add_up_is_set_aside_and_the_matter_is_voted_on_again(
    stuck: tuple[Place, Item, Vote],
) -> None:
    river, bench, vote = stuck
    said = read(signed_in(river, "bo"), f"/proposals/{bench.id}")
    assert "Its time is over, and it cannot be added up yet." in said
    river.clock.at = datetime.fromtimestamp(vote.closes_at, UTC) + timedelta(days=29)
    assert river.do(setting_aside.duties) == 0
    river.clock.tick(days=1)
    assert river.do(setting_aside.duties) == 1
    assert river.do(setting_aside.duties) == 0
    assert state(river, bench) == State.FROZEN
    river.do(lambda c, i: votes.forget_choices(c, int(i.now().timestamp())))
    assert river.read(lambda c: votes.cast_ballots(c, vote.id)) == {river.people["bo"].id: None}
    said = read(signed_in(river, "bo"), f"/proposals/{bench.id}")
    assert "This vote was set aside: it could not be added up in its time." in said
    assert river.decide(bench).status == "adopted"


def test_tellers_who_differ_may_still_say_the_same_and_nobody_counts_an_empty_room_again(
    stuck: tuple[Place, Item, Vote],
) -> None:
    river, bench, vote = stuck
    path = f"/proposals/{bench.id}"
    said = send(signed_in(river, "cem"), river, f"{path}/recount", path, status=409)
    assert "The meeting or the time of the vote is over: what the tellers counted stands." in said
    done(river.do(hands.enter_count, river.people["dia"], vote.id, COUNTED))
    assert river.do(closing.close_due) == 1
    assert state(river, bench) == State.ADOPTED


def test_what_could_be_added_up_is_not_set_aside_after_the_server_was_away(valley: Valley) -> None:
    river = valley["Riverside"]
    bench = propose(river, draft("A bench"))
    vote = done(river.do(voting.open_vote, bench.id, timedelta(hours=1), by=river.people["ana"]))
    for person in river.people.values():
        done(river.do(voting.cast, person, vote.id, "agree", "", bench.act_digest))
    valley.clock.tick(days=60)
    assert river.do(setting_aside.duties) == 0
    assert state(river, bench) == State.ADOPTED


def test_an_assembly_may_let_nothing_lapse(tmp_path: Path, sqlite_template: Path) -> None:
    river = settle_down(tmp_path, sqlite_template, PEOPLE, changes={"lapse": "PT0S"})["Riverside"]
    bench = propose(river, draft("A bench"))
    river.clock.tick(days=5_000)
    assert river.do(lapsing.duties) == 0
    assert state(river, bench) == State.OPEN


def test_an_answer_lapses_when_nothing_can_change_the_count_any_more(valley: Valley) -> None:
    found_council(valley, PEOPLE)
    river, hill = valley["Riverside"], valley["Hill"]
    closes = valley.clock.now() + 60 * convening.FURTHEST / 366
    seeds = propose(river, replace(draft("Common seeds"), forum=valley["Valley"].assembly, answers_by=closes))
    river.decide(seeds)
    valley.deliver()
    asked = hill.item(Kind.ANSWER, "Common seeds")
    valley.clock.at = closes
    assert hill.do(lapsing.duties) == 0
    valley.clock.tick(days=7)
    assert hill.do(lapsing.duties) == 1
    assert state(hill, asked) == State.LAPSED


@pytest.mark.shows("G10")
def test_a_decision_for_a_time_expires_with_it_and_nothing_changes_it_afterwards(valley: Valley) -> None:
    river = valley["Riverside"]
    until = valley.clock.now() + convening.FURTHEST / 12
    stall = propose(river, replace(draft("A market stall"), holds_until=until))
    river.decide(stall)
    assert [one.state for one in river.do(linking.settled)] == [State.IN_FORCE]
    valley.clock.at = until
    assert river.do(lapsing.duties) == 1
    assert state(river, stall) == State.EXPIRED
    assert [one.state for one in river.do(linking.settled)] == [State.EXPIRED]
    decision = river.do(linking.settled)[0].decision.head.ref
    end = propose(river, replace(draft("End it"), links=(("repeals", decision.id),)))
    river.decide(end)
    assert state(river, stall) == State.EXPIRED
    kept = river.do(rebuild)
    assert isinstance(kept, Rebuilt)
    assert kept.differed == {}


def test_nothing_ends_before_it_begins(valley: Valley) -> None:
    river = valley["Riverside"]
    wanted = replace(draft("A stall"), holds_until=valley.clock.now())
    refused = river.do(proposing.propose, river.people["ana"], wanted)
    assert isinstance(refused, Refusal)
    assert refused.code == "item.end"
