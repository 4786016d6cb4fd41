"""A recall that reaches the council late, after it has counted the vote of who was recalled (hostile F08)."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.governance.mandate import Verdict
from app.governance.outcome import Kind as Found
from app.governance.ratification import Stance
from app.kernel.canonical import Document
from app.operations.confederation import counting, hosting
from app.operations.confederation.counting import Board
from app.operations.mandates import delegating, recalling
from app.operations.mandates.delegating import Wish
from app.operations.matters import proposing
from app.operations.record import recording
from app.operations.record.sealing import load, seal_signer
from app.store import acts
from app.store.agenda import Kind as Items
from tests.operations.mandated import agreeing_on, confederated, granted, seen
from tests.operations.neighbours import Valley, done

EVERYBODY = ("Valley", "Riverside", "Hill")


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def brought_until(valley: Valley, days: int) -> str:
    """A proposal of Riverside's before Valley that Riverside has agreed to, with so many days to answer."""
    river = valley["Riverside"]
    answers_by = valley.clock.now() + timedelta(days=days)
    draft = proposing.Draft(
        "Winter fuel", "We buy together.", "policy", valley["Valley"].assembly, answers_by=answers_by
    )
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    fuel = valley["Hill"].item(Items.ANSWER, "Winter fuel").act
    river.decide(river.item(Items.ANSWER, "Winter fuel"))
    valley.deliver()
    return fuel


def recalled_behind_the_councils_back(valley: Valley, fuel: str, *, citing: bool = True) -> str:
    """Hill recalls Tom, Valley does not hear of it, Tom agrees in Hill's name; the address of the mandate."""
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on(fuel))
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "He never came."))
    valley.delayed["Valley"] = "gov:Recall"
    hill.decide(recall, agree=4)
    valley.deliver()
    sent = done(hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, mandate if citing else None)))
    assert sent.check.verdict is Verdict.RECALLED  # at home it is known, and he sends it all the same
    valley.deliver()
    return mandate


def recall_of_no_mandate(valley: Valley, thing: str) -> Document:
    """Hill's recall of everybody, with what is no mandate named as one."""
    hill = valley["Hill"]
    [kept] = hill.read(lambda c: acts.of_type(c, "gov:Recall"))
    document = {key: value for key, value in load(kept).items() if key not in {"proof", "gov:delegates"}}
    proposal = hill.read(lambda c: acts.by_id(c, thing))
    assert proposal is not None
    document |= {"id": f"{kept.id}X", "gov:mandate": {"id": thing, "gov:digest": proposal.digest}}
    signer = hill.do(lambda c, i: seal_signer(c, i, hill.assembly))
    return integrity_proofs.seal(document, signer, valley.clock.now())


def board(valley: Valley, name: str, proposal: str) -> Board:
    return done(valley[name].do(counting.board, proposal))


def stance(valley: Valley, name: str, proposal: str) -> str:
    """Where Hill stands, as `name` counts it."""
    rows = done(board(valley, name, proposal).count).rows
    return next(row.stance.value for row in rows if row.assembly == valley["Hill"].assembly)


def sealed(valley: Valley) -> list[dict[str, object]]:
    """Valley's results, first sealed first, with what they say of Hill."""
    council, hill = valley["Valley"], valley["Hill"].assembly
    found = [load(act) for act in council.read(lambda c: acts.of_type(c, "gov:Outcome", author=council.assembly))]
    return [
        {
            "id": one["id"],
            "hill": next(row["stance"] for row in one["gov:stances"] if row["assembly"] == hill),
            "corrects": one.get("gov:correctionOf", {}).get("id"),
            "final": one.get("gov:final", False),
        }
        for one in found
    ]


@pytest.mark.withstands("F08")
@pytest.mark.shows("B4")
@pytest.mark.parametrize("after_the_close", [False, True], ids=["everyone had answered", "the close was past"])
def test_a_result_that_counted_a_recalled_vote_is_corrected_when_the_recall_arrives(
    valley: Valley, *, after_the_close: bool
) -> None:
    fuel = brought_until(valley, days=40)
    mandate = recalled_behind_the_councils_back(valley, fuel)
    if after_the_close:
        valley.clock.tick(days=41)
    [first] = sealed(valley)
    assert (first["hill"], first["corrects"], first["final"]) == ("ratified", None, False)
    assert [stance(valley, name, fuel) for name in EVERYBODY] == ["ratified", "silent", "silent"]
    behind = board(valley, "Riverside", fuel).outcomes[0]
    assert behind.judgement.kind is Found.STALE  # Riverside has the recall, and accuses nobody

    valley.arrive()
    assert [(one["hill"], one["corrects"]) for one in sealed(valley)] == [("ratified", None), ("silent", first["id"])]
    for name in EVERYBODY:
        assert stance(valley, name, fuel) == "silent"
        old, new = board(valley, name, fuel).outcomes
        assert (old.judgement.kind, new.judgement.kind) == (Found.STALE, Found.FINE)
        assert board(valley, name, fuel).newest == new
        assert new.same
        [void] = seen(valley[name], mandate).done
        assert done(void.worth).verdict is Verdict.RECALLED

    valley.clock.tick(days=60)
    valley["Valley"].do(hosting.duties)
    valley.deliver()
    last = sealed(valley)[-1]
    assert (last["hill"], last["final"], last["corrects"]) == ("silent", True, sealed(valley)[-2]["id"])
    assert board(valley, "Hill", fuel).outcomes[-1].judgement.kind is Found.FINE


@pytest.mark.withstands("F08")
def test_what_a_delegate_did_before_the_recall_stands_however_late_the_recall_arrives(valley: Valley) -> None:
    fuel, hill = brought_until(valley, days=40), valley["Hill"]
    mandate = granted(valley, agreeing_on(fuel))
    done(hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, mandate)))
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "He never came."))
    valley.delayed["Valley"] = "gov:Recall"
    hill.decide(recall, agree=4)
    valley.deliver()
    [first] = sealed(valley)
    valley.arrive()
    assert sealed(valley) == [first]
    assert [stance(valley, name, fuel) for name in EVERYBODY] == ["ratified"] * 3


@pytest.mark.withstands("F08")
def test_leaving_the_mandate_out_of_the_vote_does_not_spare_the_result_its_correction(valley: Valley) -> None:
    fuel = brought_until(valley, days=40)
    recalled_behind_the_councils_back(valley, fuel, citing=False)
    valley.clock.tick(days=41)
    valley["Valley"].do(hosting.duties)
    assert [one["hill"] for one in sealed(valley)] == ["indicative"]
    valley.arrive()
    valley["Valley"].do(recording.record, recall_of_no_mandate(valley, fuel), {}, None)
    first, second = sealed(valley)
    assert (second["hill"], second["corrects"]) == ("silent", first["id"])
    assert [stance(valley, name, fuel) for name in EVERYBODY] == ["silent"] * 3
