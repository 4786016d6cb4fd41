"""The confederal cycle over the real operations: whoever holds the acts counts the same."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.governance.mandate import Kind as Latitudes
from app.governance.mandate import Verdict
from app.governance.outcome import Kind as Found
from app.governance.ratification import Stance
from app.governance.tally import By, Count, Position
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations import (
    confederations,
    counting,
    delegating,
    hosting,
    joining,
    mandating,
    proposing,
    recalling,
    recording,
    registering,
)
from app.operations.counting import Board
from app.operations.delegating import Wish
from app.operations.sealing import load, seal_signer
from app.store import acts, agenda
from app.store.agenda import Kind
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down

NAMES = ("Valley", "Riverside", "Hill", "Harbour")
PEOPLE = {
    "Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"),
    "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida"),
    "Harbour": ("Jo", "Kim", "Lou", "Max", "Nur"),
}


@dataclass
class Played:
    """The cycle as it was played, with what the tests ask about."""

    valley: Valley
    proposal: str
    mandate: str
    warned: delegating.Preview
    asked: bool
    after: delegating.Sent

    def board(self, name: str) -> Board:
        place = self.valley[name]
        return done(place.do(counting.board, self.proposal))

    def count(self, name: str) -> Count:
        return done(self.board(name).count)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Played:
    valley = settle_down(tmp_path_factory.mktemp("cycle"), sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    return play(valley)


def join(valley: Valley) -> None:
    harbour = valley["Harbour"]
    valley.visit(harbour, valley["Valley"])
    item = done(harbour.do(joining.propose, harbour.people["jo"], valley["Valley"].assembly, "We share the water."))
    harbour.decide(item)
    valley.deliver()
    for name in ("Riverside", "Hill"):
        valley[name].decide(valley[name].item(Kind.ANSWER, "join"))
    valley.deliver()


def send(place: Place, name: str, wish: Wish) -> delegating.Sent:
    return done(place.do(delegating.send, place.people[name], wish))


def give_mandate(place: Place, council: str, subject: str, *delegates: str) -> str:
    position = mandating.Position(subject, Latitudes.FIXED, (Stance.RATIFIED,))
    until = place.clock.now() + timedelta(days=30)
    wish = mandating.Wish(council, delegates, (position,), until, "We argued about the price.")
    item = done(place.do(mandating.propose, next(iter(place.people.values())), wish))
    return place.decide(item).acts[-1].id


def play(valley: Valley) -> Played:
    council, river, hill, harbour = (valley[name] for name in NAMES)
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    proposal = hill.item(Kind.ANSWER, "Winter fuel").act
    mandate = give_mandate(hill, council.assembly, proposal, "rojin", "tom")
    other = give_mandate(harbour, council.assembly, "another matter", "jo")
    valley.deliver()
    send(hill, "rojin", Wish(proposal, Stance.RATIFIED, mandate))
    send(harbour, "jo", Wish(proposal, Stance.REJECTED, other))
    warned = done(hill.do(delegating.preview, hill.people["tom"], Wish(proposal, Stance.REJECTED, mandate)))
    send(hill, "tom", Wish(proposal, Stance.REJECTED, mandate))
    valley.deliver()
    asked = harbour.item(Kind.ANSWER, "Winter fuel").asked
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "Against us."))
    hill.decide(recall, agree=4)
    valley.deliver()
    after = send(hill, "tom", Wish(proposal, Stance.REJECTED, mandate))
    valley.deliver()
    for place in (river, harbour):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
        valley.deliver()
    return Played(valley, proposal, mandate, warned, asked, after)


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


def forge(played: Played, council: Place, harbour: Place) -> Document:
    """A second Outcome made with the council's key that leaves Harbour's answer out."""
    newest = played.board("Valley").newest
    assert newest is not None
    document = load(newest.act)
    del document["proof"]
    stances = [row for row in document["gov:stances"] if row["assembly"] != harbour.assembly]
    stances.append({"assembly": harbour.assembly, "stance": "silent"})
    counts = document["gov:counts"] | {"present": 2, "agree": 2}
    played.valley.clock.tick(minutes=1)
    at = played.valley.clock.now()
    document |= {
        "id": document["id"] + "X",
        "published": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "gov:stances": sorted(stances, key=lambda row: row["assembly"]),
        "gov:counts": counts,
        "gov:tendency": document["gov:tendency"] | {"counts": counts},
        "gov:binds": [one for one in document["gov:binds"] if one != harbour.assembly],
    }
    signer = council.do(lambda c, i: seal_signer(c, i, council.assembly))
    return integrity_proofs.seal(document, signer, at)
