"""An assembly leaves a confederation by its own decision alone, and is counted no longer from then on."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from app.governance.tally import Count
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations, counting, joining, leaving
from app.operations.matters import proposing
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.agenda import Kind
from app.store.tables_federation import activities
from tests.operations.cycle import PEOPLE, nothing_was_objected
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages import visits


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Valley:
    valley = settle_down(tmp_path_factory.mktemp("leaving"), sqlite_template, PEOPLE)
    found_council(valley, PEOPLE)
    return valley


@pytest.fixture(scope="module")
def left(valley: Valley) -> Valley:
    """Harbour leaves, by the form, while a proposal is open; after that another is brought."""
    bring(valley, "Before")
    harbour = valley["Harbour"]
    page = visits.signed_in(harbour, "Jo")
    council = valley["Valley"].assembly
    path = "/confederation"
    visits.send(page, harbour, f"{path}/leave", path, confederation=council, why="We count alone.")
    harbour.decide(harbour.item(Kind.LEAVE))
    valley.deliver()
    bring(valley, "After")
    return valley


def bring(valley: Valley, title: str) -> None:
    river = valley["Riverside"]
    draft = proposing.Draft(title, "We buy together.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()


def count(place: Place, valley: Valley, title: str) -> Count:
    """How `place` counts what was brought."""
    board = done(place.do(counting.board, valley["Hill"].item(Kind.ANSWER, title).act))
    return done(board.count)


def roll(count: Count) -> set[str]:
    return {row.assembly.split("/")[2].partition(".")[0] for row in count.rows}


@pytest.mark.withstands("F04")
@pytest.mark.withstands("F05")
@pytest.mark.parametrize("name", ["Valley", "Riverside", "Hill"])
def test_who_left_is_on_the_next_roll_no_more_and_on_the_last_one_still(left: Valley, name: str) -> None:
    place = left[name]
    members = place.read(lambda c: Reading(c, loopback=False).members_at(left["Valley"].assembly, left.clock.now()))
    assert left["Harbour"].assembly not in members
    assert roll(count(place, left, "Before")) == {"riverside", "hill", "harbour"}
    assert roll(count(place, left, "After")) == {"riverside", "hill"}


def test_the_council_is_told_by_leave_with_the_signed_withdrawal(left: Valley) -> None:
    harbour, council = left["Harbour"], left["Valley"]
    sent = harbour.read(lambda c: [json.loads(raw) for raw in c.scalars(select(activities.c.raw))])
    (leave,) = [activity for activity in sent if activity["type"] == "Leave"]
    withdrawal = harbour.read(lambda c: acts.of_type(c, "gov:Withdrawal"))[0]
    assert (leave["object"], leave["to"]) == (council.assembly, [council.assembly])
    assert leave["result"] == load(withdrawal)
    decision = harbour.read(lambda c: acts.by_id(c, load(withdrawal)["gov:decision"]["id"]))
    assert decision is not None
    assert load(decision)["gov:status"] == "adopted"
    assert council.read(lambda c: acts.by_id(c, withdrawal.id)) is not None


def test_who_left_shares_its_acts_with_the_others_no_longer_but_is_told_what_it_was_counted_in(left: Valley) -> None:
    harbour, council = left["Harbour"], left["Valley"]
    assert harbour.do(confederations.fellows) == frozenset()
    assert harbour.assembly not in council.do(confederations.fellows)
    assert "We do not belong to a confederation yet." in visits.read(visits.browser(harbour), "/confederation")
    with pytest.raises(StopIteration):
        harbour.item(Kind.ANSWER, "After")
    for name in ("Riverside", "Hill", "Harbour"):
        left[name].decide(left[name].item(Kind.ANSWER, "Before"))
        left.deliver()
    assert count(harbour, left, "Before") == count(council, left, "Before")
    assert harbour.read(lambda c: acts.of_type(c, "gov:Outcome", author=council.assembly))


def test_a_confederation_is_left_once_and_only_from_within(left: Valley) -> None:
    hill, council = left["Hill"], left["Valley"].assembly
    tom = hill.people["tom"]
    assert isinstance(done(hill.do(leaving.propose, tom, council, "We are few.")), agenda.Item)
    for where, why, code in (
        (council, "Again.", "leave.open"),
        ("https://elsewhere.example/assembly", "Why not.", "leave.member"),
    ):
        refused = hill.do(leaving.propose, tom, where, why)
        assert isinstance(refused, Refusal)
        assert refused.code == code


def test_who_left_may_ask_to_join_again(left: Valley) -> None:
    harbour, council = left["Harbour"], left["Valley"]
    item = done(harbour.do(joining.propose, harbour.people["jo"], council.assembly, "It was lonely."))
    harbour.decide(item)
    left.deliver()
    for name in ("Riverside", "Hill"):
        left[name].decide(left[name].item(Kind.ANSWER, "join"))
    left.deliver()
    nothing_was_objected(left)
    assert harbour.do(confederations.ours) == {council.assembly}
    members = council.read(lambda c: Reading(c, loopback=False).members_at(council.assembly, left.clock.now()))
    assert harbour.assembly in members
