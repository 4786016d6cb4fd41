"""A call over several instances: who has a mandate signs at once, others when their group did; any takes it back."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.governance.outcome import Kind as Verdict
from app.governance.ratification import Stance
from app.governance.rules import Status
from app.kernel.canonical import Document
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import calls, counting
from app.operations.confederation.counting import Board
from app.operations.confederation.signatures import signatures
from app.operations.exchange import pulling
from app.operations.mandates.delegating import Wish
from app.operations.matters import lapsing, proposing
from app.operations.record import bundling, recording
from app.operations.record.sealing import load, seal_signer
from app.operations.votes import procedure
from app.operations.votes.procedure import Question
from app.store import acts, notices
from app.store.agenda import Item, Kind
from app.verifier import verify_bundle
from tests.operations.cycle import PEOPLE, give_mandate, send
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.operations.test_rebuilding import dump, garble, rebuilt

EVERYWHERE = ("Valley", "Riverside", "Hill", "Harbour")
TITLE = "A day without cars"
Signed = list[tuple[str, int, bool]]
"""Which assembly, since when, and whether by mandate."""


def board_of(place: Place, call: str) -> Board:
    return done(place.do(counting.board, call))


def signed(place: Place, call: str) -> Signed:
    rows = done(board_of(place, call).count).rows
    found = place.read(lambda c: signatures(c, rows))
    return [(one.assembly.split("/")[2].partition(".")[0], one.since, one.by_mandate) for one in found]


def who(found: Signed) -> list[str]:
    return [name for name, _, _ in found]


def bring_call(valley: Valley, forum: str | None, partners: tuple[str, ...] = ()) -> str:
    river = valley["Riverside"]
    draft = proposing.Draft(TITLE, "On the first Sunday we close the bridge.", "call", forum, partners=partners)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    brought = river.read(lambda c: acts.of_type(c, "gov:Proposal", author=river.assembly))
    return next(act.id for act in reversed(brought) if load(act)["gov:forum"] != river.assembly)


def sign(place: Place) -> None:
    place.decide(place.item(Kind.ANSWER, TITLE))


def ask_again(place: Place) -> Item:
    person = next(iter(place.people.values()))
    return done(place.do(calls.ask_again, person, place.item(Kind.ANSWER, TITLE).id, "We thought it over."))


def take_back(place: Place, item: Item) -> None:
    """There is no consensus to sign, and a week later no two thirds for it either."""
    place.decide(item, agree=0, disagree=5)
    place.clock.tick(days=8)
    for account in place.people.values():
        done(place.do(lambda c, _, one: procedure.ask(c, one, item.id, Question.GO_ON), account))
    place.decide(item, agree=0, disagree=5)


@dataclass
class Played:
    """A call before Valley, a mere platform; what each instance counted after every step."""

    valley: Valley
    call: str
    steps: dict[str, dict[str, Signed]] = field(default_factory=dict)
    outcomes: dict[str, Document] = field(default_factory=dict)
    put_before_the_group: bool = False

    def look(self, step: str) -> None:
        self.valley.deliver()
        self.steps[step] = {name: signed(self.valley[name], self.call) for name in EVERYWHERE}
        kept = self.valley["Valley"].read(lambda c: acts.naming(c, self.call, "gov:proposal"))
        self.outcomes[step] = load([act for act in kept if act.type == "gov:Outcome"][-1])

    def everywhere(self, step: str) -> Signed:
        """What all instances counted, which is the same."""
        found = self.steps[step]
        assert all(one == found["Valley"] for one in found.values())
        return found["Valley"]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Played:
    valley = settle_down(tmp_path_factory.mktemp("call"), sqlite_template, PEOPLE)
    found_council(valley, PEOPLE, {"scope": "platform"})
    council, river, hill, harbour = (valley[name] for name in EVERYWHERE)
    story = Played(valley, bring_call(valley, council.assembly))
    mandate = give_mandate(hill, council.assembly, story.call, "rojin")
    other = give_mandate(harbour, council.assembly, "another matter", "jo")
    valley.deliver()
    send(hill, "rojin", Wish(story.call, Stance.RATIFIED, mandate))
    send(harbour, "jo", Wish(story.call, Stance.RATIFIED, other))
    story.look("who has a mandate signs")
    story.put_before_the_group = harbour.item(Kind.ANSWER, TITLE).asked
    valley.clock.tick(days=1)
    sign(river)
    story.look("an assembly signs")
    valley.clock.tick(days=60)
    sign(harbour)
    story.look("the group that was asked signs")
    take_back(river, ask_again(river))
    story.look("one takes it back")
    river.decide(ask_again(river))
    story.look("and signs again")
    river.decide(ask_again(river))
    story.look("and keeps to it")
    take_back(hill, hill.item(Kind.ANSWER, TITLE))
    story.look("the assembly of a delegate takes it back")
    return story


@pytest.mark.shows("G6", "G16")
def test_who_has_a_mandate_signs_at_once_and_others_when_their_group_did(played: Played) -> None:
    [(hill, first, by_mandate)] = played.everywhere("who has a mandate signs")
    assert (hill, by_mandate, played.put_before_the_group) == ("hill", True, True)
    signatures = played.everywhere("the group that was asked signs")
    assert [(name, by) for name, _, by in signatures] == [("hill", True), ("riverside", False), ("harbour", False)]
    assert signatures[:2] == played.everywhere("an assembly signs")
    days = [(when - first) // timedelta(days=1).total_seconds() for _, when, _ in signatures]
    assert days == [0, 1, 61]


@pytest.mark.shows("G7", "G16")
def test_it_is_never_decided_for_all_and_binds_who_signed_on_a_mere_platform_too(played: Played) -> None:
    outcome = played.outcomes["an assembly signs"]
    binds = sorted(played.valley[name].assembly for name in ("Hill", "Riverside"))
    assert (outcome["gov:status"], outcome["gov:binds"], outcome["gov:final"]) == ("open", binds, False)
    assert "gov:closes" not in load(board_of(played.valley["Hill"], played.call).act)
    for name in EVERYWHERE:
        board = board_of(played.valley[name], played.call)
        assert (done(board.count).status, board.newest is not None and board.newest.same) == (Status.OPEN, True)


@pytest.mark.shows("G6")
def test_a_signature_is_taken_back_in_plain_sight_and_given_again(played: Played) -> None:
    assert who(played.everywhere("one takes it back")) == ["hill", "harbour"]
    assert who(played.everywhere("and signs again")) == ["hill", "harbour", "riverside"]
    assert played.steps["and keeps to it"] == played.steps["and signs again"]
    assert played.outcomes["and keeps to it"] == played.outcomes["and signs again"]
    assert who(played.everywhere("the assembly of a delegate takes it back")) == ["harbour", "riverside"]
    river = played.valley["Riverside"].assembly
    for name in EVERYWHERE:
        kept = played.valley[name].read(lambda c: acts.of_type(c, "gov:Ratification", author=river))
        said = [load(act) for act in kept if load(act)["gov:proposal"]["id"] == played.call]
        assert [one["gov:stance"] for one in said] == ["ratified", "rejected", "ratified"]
        assert [one.get("gov:supersedes", {}).get("id") for one in said] == [None, said[0]["id"], said[1]["id"]]


@pytest.mark.shows("G7")
def test_posts_say_which_assemblies_signed_and_since_when(played: Played) -> None:
    def posts(place: Place) -> list[str]:
        own = [act for act in place.read(lambda c: acts.naming(c, played.call, "gov:proposal")) if act.own]
        ids = [f"{place.instance.url}/notices/{act.id.rpartition('/')[2]}" for act in own]
        raw = place.read(lambda c: [notices.get(c, one) for one in ids])
        return [json.loads(one)["content"] for one in raw if one is not None]

    council, river = posts(played.valley["Valley"]), posts(played.valley["Riverside"])
    assert any("Signed by Hill (2026-11-02), Riverside (2026-11-03)." in said for said in council)
    assert f"Riverside has signed the call “{TITLE}” (5 agree)." in river[0]
    assert "Signed by Hill (2026-11-02), Riverside (2026-11-03)." in river[0]
    assert any(f"Riverside has taken its signature under the call “{TITLE}” back" in said for said in river)


@pytest.mark.shows("G7")
def test_a_result_that_speaks_for_all_is_refuted_everywhere(played: Played) -> None:
    council = played.valley["Valley"]
    document = {
        key: value
        for key, value in played.outcomes["the assembly of a delegate takes it back"].items()
        if key != "proof"
    }
    at = played.valley.clock.now()
    document |= {"id": f"{document['id']}X", "published": format_instant(at), "gov:binds": document["gov:roll"]}
    newest = board_of(council, played.call).outcomes[-1].act
    document["gov:correctionOf"] = {"id": newest.id, "gov:digest": newest.digest}
    forged = integrity_proofs.seal(document, council.do(lambda c, i: seal_signer(c, i, council.assembly)), at)
    for name in ("Riverside", "Hill", "Harbour"):
        played.valley[name].do(recording.record, forged, {}, None)
        [refuted] = board_of(played.valley[name], played.call).refuted
        assert (refuted.act.id, refuted.judgement.kind) == (forged["id"], Verdict.FAULT)
        assert "outcome.binds" in [reason.code for reason in refuted.judgement.reasons]


def test_the_verifier_counts_the_signatures_alike(played: Played) -> None:
    council = played.valley["Valley"]
    data = done(council.do(bundling.export))
    report = verify_bundle(data)
    [about] = [one for one in report.proposals if one.ref.id == played.call]
    assert about.count is not None
    assert about.count.binds == done(board_of(council, played.call).count).binds
    assert report.exit_code == 0


def test_what_was_asked_twice_is_rebuilt_from_the_record(played: Played) -> None:
    river = played.valley["Riverside"]
    river.do(lambda c, i: pulling.enlist(c, i, 0))
    before = dump(river)
    assert rebuilt(river).said == ()
    river.do(garble)
    assert rebuilt(river).differed
    assert dump(river) == before


@pytest.mark.shows("G7")
def test_assemblies_call_together_with_nobody_above_them(played: Played) -> None:
    river, hill = played.valley["Riverside"], played.valley["Hill"]
    call = bring_call(played.valley, None, (hill.assembly,))
    for place in (river, hill):
        sign(place)
        played.valley.deliver()
    for name in ("Riverside", "Hill"):
        assert who(signed(played.valley[name], call)) == ["riverside", "hill"]
        assert done(board_of(played.valley[name], call).count).status is Status.OPEN


def test_a_call_goes_to_somebody_and_is_asked_about_again_only_when_it_was_answered(played: Played) -> None:
    hill, leyla = played.valley["Hill"], played.valley["Hill"].people["leyla"]
    nobody = hill.do(proposing.propose, leyla, proposing.Draft("Silence", "At noon.", "call"))
    assert isinstance(nobody, Refusal)
    assert nobody.code == "item.call"
    codes = []
    waiting = ask_again(hill)
    for item, why in ((waiting.id, "Again."), (hill.item(Kind.MANDATE).id, "Again."), ("nothing", "Again.")):
        refused = hill.do(calls.ask_again, leyla, item, why)
        assert isinstance(refused, Refusal)
        codes.append(refused.code)
    assert codes == ["call.open", "call.none", "item.unknown"]


@pytest.mark.shows("G6")
def test_a_group_that_let_a_call_lapse_still_signs_it_later(played: Played) -> None:
    river, harbour = played.valley["Riverside"], played.valley["Harbour"]
    call = bring_call(played.valley, None, (harbour.assembly,))
    sign(river)
    played.valley.deliver()
    lapses = harbour.do(lapsing.lapses_at, harbour.item(Kind.ANSWER, TITLE))
    assert lapses is not None
    played.valley.clock.at = lapses
    harbour.do(lapsing.duties)
    assert harbour.item(Kind.ANSWER, TITLE).state == "lapsed"
    harbour.decide(ask_again(harbour))
    played.valley.deliver()
    for name in ("Riverside", "Harbour"):
        assert who(signed(played.valley[name], call)) == ["riverside", "harbour"]
