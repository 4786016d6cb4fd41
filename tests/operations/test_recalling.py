"""Recall, from the first word to who comes instead, as the home assembly and every other instance see it."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.governance.rules import Counts
from app.governance.standing import Position
from app.governance.starter import STARTER_SETTINGS
from app.governance.tally import recount
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.confederation import counting
from app.operations.mandates import delegating, mandating, recalling
from app.operations.mandates.delegating import Wish
from app.operations.votes import procedure, voting
from app.operations.votes.procedure import Question
from app.store.agenda import Item
from app.store.agenda import Kind as Items
from tests.operations.mandated import Stance, agreeing_on, brought, confederated, granted, mandate_at, seen, wished
from tests.operations.neighbours import Valley, done


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def recall(valley: Valley, mandate: str, name: str = "tom", why: str = "He went against it.") -> Item | Refusal:
    hill = valley["Hill"]
    return hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person(name),), why)


def voted(valley: Valley, name: str, wish: Wish) -> delegating.Sent | Refusal:
    hill = valley["Hill"]
    return hill.do(delegating.send, hill.people[name], wish)


def refused(value: object) -> str:
    assert isinstance(value, Refusal), value
    return value.code


@pytest.mark.shows("B5")
def test_while_a_recall_is_open_the_other_of_the_pair_carries_the_mandate(valley: Valley) -> None:
    fuel = brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    done(recall(valley, mandate))
    held = voted(valley, "tom", Wish(fuel, Stance.RATIFIED, mandate))
    assert isinstance(held, Refusal)
    assert held.code == "delegate.held"
    assert done(voted(valley, "rojin", Wish(fuel, Stance.RATIFIED, mandate))).check.binds
    valley.deliver()
    board = done(valley["Riverside"].do(counting.board, fuel))
    rows = {row.assembly: row.stance for row in done(recount(board.record, board.at)).rows}
    assert rows[valley["Hill"].assembly].value == "ratified"


@pytest.mark.shows("B4")
@pytest.mark.shows("B5")
@pytest.mark.shows("S1")
def test_the_mandate_in_its_place_names_the_one_that_ended_and_every_instance_reads_it(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    done(voted(valley, "rojin", Wish(fuel, Stance.RATIFIED, mandate)))
    hill.decide(done(recall(valley, mandate)), agree=4)
    assert seen(hill, mandate).recalled == {hill.person("tom")}  # some of its delegates, not all
    instead = granted(valley, agreeing_on(fuel), delegates=("rojin", "ida"), instead_of=mandate)
    for name in ("Hill", "Riverside", "Valley"):
        new = mandate_at(valley[name], instead)
        assert new.head.supersedes == mandate_at(valley[name], mandate).head.ref
        old = seen(valley[name], mandate)
        assert old.replaced == new
        assert not old.is_in_force(valley.clock.now())
        assert [one.worth.binds for one in old.done if not isinstance(one.worth, Refusal)] == [True]  # it stands
    again = hill.do(mandating.propose, hill.people["leyla"], wished(valley, agreeing_on(fuel), instead_of=mandate))
    assert isinstance(again, Refusal)
    assert again.code == "mandate.instead"
    ended = recall(valley, mandate, "rojin")
    assert isinstance(ended, Refusal)
    assert ended.code == "recall.ended"


@pytest.mark.shows("B4")
def test_a_recall_that_failed_returns_on_the_same_facts_after_thirty_days(valley: Valley) -> None:
    mandate = granted(valley, agreeing_on(brought(valley)), valid_until=valley.clock.now() + timedelta(days=90))
    valley["Hill"].decide(done(recall(valley, mandate)), agree=1, disagree=3)
    closed = valley.clock.now()
    refused = recall(valley, mandate, why="Once more.")
    assert isinstance(refused, Refusal)
    assert refused.code == "recall.again"
    done(recall(valley, mandate, "rojin"))  # it was about Tom alone
    valley.clock.at = closed + timedelta(days=30) - timedelta(seconds=2)
    assert isinstance(recall(valley, mandate), Refusal)
    valley.clock.at = closed + timedelta(days=30)
    done(recall(valley, mandate))


@pytest.mark.shows("B4")
def test_what_a_delegate_did_since_is_a_new_fact(valley: Valley) -> None:
    fuel = brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    done(voted(valley, "tom", Wish(fuel, Stance.REJECTED, mandate)))
    valley["Hill"].decide(done(recall(valley, mandate)), agree=1, disagree=3)
    assert isinstance(recall(valley, mandate), Refusal)  # the vote that was judged is the same fact
    done(voted(valley, "tom", Wish(fuel, Stance.REJECTED, mandate)))
    done(recall(valley, mandate))


@pytest.mark.shows("B5")
def test_who_is_to_be_recalled_is_held_whatever_they_cite(valley: Valley) -> None:
    fuel = brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    assert done(voted(valley, "tom", Wish(fuel, Stance.RATIFIED, mandate))).check.binds
    done(recall(valley, mandate))
    shown = Wish(fuel, Stance.REJECTED, None, indicative=True, estimate="We are against it.", reason="So I think.")
    for wish in (Wish(fuel, Stance.REJECTED, None), shown):
        held = voted(valley, "tom", wish)
        assert isinstance(held, Refusal)
        assert held.code == "delegate.held"
    valley.deliver()
    board = done(valley["Riverside"].do(counting.board, fuel))
    hill = next(row for row in done(board.count).rows if row.assembly == valley["Hill"].assembly)
    assert hill.stance is Position.RATIFIED


@pytest.mark.withstands("F38")
def test_names_on_a_page_hurry_no_recall_but_two_thirds_of_those_present_do(
    tmp_path: Path, sqlite_template: Path
) -> None:
    waits = STARTER_SETTINGS["deliberation"] | {"mandate": "PT0S", "ratification": "PT0S"}
    valley = confederated(tmp_path, sqlite_template, rules={"deliberation": waits})
    hill = valley["Hill"]
    item = done(recall(valley, granted(valley, agreeing_on(brought(valley)))))
    asked = hill.do(lambda c, _: procedure.ask(c, hill.people["leyla"], item.id, Question.URGENT))
    assert isinstance(asked, Refusal)
    assert asked.code == "procedure.room"
    meeting, chair = hill.meets(item), hill.people["rojin"]
    opening = partial(hill.do, voting.open_vote, item.id, timedelta(hours=1), by=chair)
    assert refused(opening(in_meeting=True)) == "vote.early"
    for teller in hill.tellers(item):
        hands = Counts(present=5, agree=4, disagree=1)
        done(hill.do(procedure.count, teller, item.id, Question.URGENT, hands))
    assert refused(opening(in_meeting=False)) == "vote.early"  # those present hurried their meeting, and no other vote
    assert done(opening(in_meeting=True)).meeting == meeting.id


@pytest.mark.shows("B4")
def test_a_fifth_of_the_members_bring_a_failed_recall_back(tmp_path: Path, sqlite_template: Path) -> None:
    valley = confederated(tmp_path, sqlite_template, "Ivo", "Jana")  # seven members: a fifth of them is two
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on(brought(valley)))
    failed = done(recall(valley, mandate))
    hill.decide(failed, agree=2, disagree=4)
    for asking in ("leyla", "leyla", "ida"):
        back = done(hill.do(recalling.ask_again, hill.people[asking], failed.id))
        assert (back.id != failed.id) == (asking == "ida")  # who asks twice is one
    assert back.state == "open"
    assert back.details["mandate"] == failed.details["mandate"]
    assert hill.read(lambda c: recalling.is_held(c, mandate, hill.person("tom")))
    twice = hill.do(recalling.ask_again, hill.people["gus"], failed.id)
    assert isinstance(twice, Refusal)
    assert twice.code == "recall.open"


def test_only_who_is_concerned_speaks_first_and_last(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on(brought(valley)))
    item = done(recall(valley, mandate))
    for name, place, text in (("leyla", "first", "I."), ("tom", "middle", "I."), ("tom", "last", ""), ("tom", "", "I")):
        refused = hill.do(recalling.speak, hill.people[name], item.id, place, text)
        assert refused is not None
        assert refused.code == "recall.word"
    assert hill.do(recalling.speak, hill.people["tom"], item.id, "first", "Hear me.") is None
    assert hill.do(recalling.concerned, item) == (Id(hill.person("tom")),)
    hill.decide(item, agree=4)
    late = hill.do(recalling.speak, hill.people["tom"], item.id, "last", "Too late.")
    assert late is not None
    assert late.code == "proposal.state"
    assert hill.item(Items.RECALL).details["words"] == {hill.person("tom"): {"first": "Hear me."}}
