"""The confederal cycle over the real operations: whoever holds the acts counts the same."""

from pathlib import Path

import pytest

from app.governance.mandate import Verdict
from app.governance.outcome import Kind as Found
from app.governance.ratification import Stance
from app.governance.tally import By, Position
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations, hosting
from app.operations.mandates import delegating, recalling, registering
from app.operations.mandates.delegating import Wish
from app.operations.record import recording
from app.operations.record.sealing import load
from app.store import acts, agenda, ledger
from app.store.agenda import Kind
from tests.operations.cycle import NAMES, PEOPLE, Played, forge, join, play
from tests.operations.neighbours import done, found_council, settle_down


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Played:
    valley = settle_down(tmp_path_factory.mktemp("cycle"), sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    return play(valley)


@pytest.mark.shows("G12")
def test_an_assembly_joins_by_its_own_decision_and_that_of_the_members(played: Played) -> None:
    council = played.valley["Valley"]
    for name in ("Riverside", "Hill", "Harbour"):
        place = played.valley[name]
        assert place.do(confederations.ours) == {council.assembly}
    admissions = council.read(lambda c: acts.of_type(c, "gov:Admission"))
    assert [load(act)["gov:assembly"] for act in admissions] == [played.valley["Harbour"].assembly]
    assert admissions[0].own


@pytest.mark.shows("B9")
@pytest.mark.parametrize("name", NAMES)
def test_everyone_counts_the_same(played: Played, name: str) -> None:
    assert played.count(name).rows == played.count("Valley").rows
    assert played.count(name).status == "adopted"
    newest = played.board(name).newest
    assert newest is not None
    assert newest.same
    assert newest.judgement.kind is Found.FINE


def test_the_roll_is_the_frozen_one_with_the_newcomer(played: Played) -> None:
    assert played.board("Hill").record.roll == tuple(
        sorted(played.valley[name].assembly for name in ("Riverside", "Hill", "Harbour"))
    )
    assert not played.board("Harbour").roll_unclear


@pytest.mark.shows("B2")
def test_a_vote_within_the_mandate_binds_the_assembly(played: Played) -> None:
    hill = next(row for row in played.count("Riverside").rows if row.assembly == played.valley["Hill"].assembly)
    assert (hill.stance, hill.by) == (Position.RATIFIED, By.MANDATE)


@pytest.mark.shows("B7")
def test_a_vote_that_the_mandate_does_not_cover_asks_the_assembly(played: Played) -> None:
    assert played.asked


@pytest.mark.shows("B6")
def test_a_delegate_is_warned_before_going_against_the_mandate(played: Played) -> None:
    assert played.warned.warns
    assert played.warned.check.verdict is Verdict.CONTRADICTS


@pytest.mark.shows("B4")
@pytest.mark.parametrize("name", NAMES)
def test_what_a_recalled_delegate_sends_is_void_everywhere(played: Played, name: str) -> None:
    assert played.after.check.verdict is Verdict.RECALLED
    entry = done(played.valley[name].do(registering.entry, played.mandate))
    worth = [done(vote.worth).verdict for vote in entry.done]
    assert worth == [Verdict.CONFORMS, Verdict.CONTRADICTS, Verdict.RECALLED]
    assert len(entry.recalls) == 1


def test_the_council_receipts_every_answer_once(played: Played) -> None:
    council = played.valley["Valley"]
    receipts = council.read(lambda c: acts.of_type(c, "gov:Receipt", author=council.assembly))
    answered = [load(act)["gov:act"]["id"] for act in receipts]
    assert len(answered) == len(set(answered))
    kinds = {act.type for act in council.read(lambda c: acts.newest(c, 500)) if act.id in answered}
    assert kinds == {"gov:Proposal", "gov:Ratification", "gov:DelegateVote", "gov:Recall"}


def test_nothing_new_is_sealed_when_nothing_changed(played: Played) -> None:
    council = played.valley["Valley"]
    before = council.read(lambda c: acts.of_type(c, "gov:Outcome"))
    council.do(hosting.duties)
    assert council.read(lambda c: acts.of_type(c, "gov:Outcome")) == before


def test_a_held_delegate_does_not_speak_while_the_recall_is_open(played: Played) -> None:
    hill = played.valley["Hill"]
    done(hill.do(recalling.propose, hill.people["leyla"], played.mandate, (hill.person("rojin"),), "To talk."))
    refused = hill.do(delegating.send, hill.people["rojin"], Wish(played.proposal, Stance.RATIFIED, played.mandate))
    assert isinstance(refused, Refusal)
    assert refused.code == "delegate.held"


@pytest.mark.shows("B17")
def test_what_was_brought_is_on_the_agenda_of_all_and_told(played: Played) -> None:
    for name in ("Riverside", "Hill", "Harbour"):
        place = played.valley[name]
        assert place.item(Kind.ANSWER, "Winter fuel").act == played.proposal
        undecided = place.item(Kind.ANSWER, "Winter fuel").state == "open"
        assert undecided is (name == "Hill")  # an outcome elsewhere does not answer for Hill
        assert any(event.kind == "outcome" for event in place.read(lambda c: agenda.told(c, 200)))


@pytest.mark.shows("B9")
@pytest.mark.withstands("F18")
def test_a_second_result_that_leaves_an_answer_out_is_named_and_changes_nothing(played: Played) -> None:
    council, harbour = played.valley["Valley"], played.valley["Harbour"]
    before = {name: played.count(name).rows for name in NAMES}
    forged = forge(played, council, harbour)
    for name in NAMES:
        played.valley[name].do(recording.record, forged, {}, None)
        board = played.board(name)
        assert played.count(name).rows == before[name]
        [refuted] = board.refuted
        assert refuted.outcome.head.ref.id == forged["id"]
        assert "outcome.left_out" in {reason.code for reason in refuted.judgement.reasons}
        assert {act.author for act in refuted.refuting if act.type == "gov:Ratification"} == {harbour.assembly}
        assert board.newest is not None
        assert board.newest.same


@pytest.mark.withstands("A06")
@pytest.mark.withstands("A07")
@pytest.mark.parametrize("name", NAMES)
def test_an_act_that_comes_again_after_a_year_has_no_second_leaf_and_changes_nothing(played: Played, name: str) -> None:
    place, clock = played.valley[name], played.valley.clock
    rows, leaves, today = played.count(name).rows, place.read(ledger.tip), clock.now()
    kept = [act for act in place.read(lambda c: acts.newest(c, 500)) if not act.own]
    clock.tick(days=400)
    for act in kept:
        place.do(recording.record, load(act), {}, None)
    assert place.read(ledger.tip) == leaves
    clock.at = today
    assert played.count(name).rows == rows
    assert len(kept) > 10
