"""Records written as JSON come to the same as an instance reads them and as the verifier does."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from app import verifier
from app.governance.outcome import Outcome, judge
from app.governance.proposal import Proposal
from app.governance.tally import Count, recount
from app.kernel.refusal import Refusal
from app.operations.record.reading import Reading
from app.store import acts
from app.translation.vocabulary import parse
from tests.house.credit import credit
from tests.verifier.confederation import Doc, World
from tests.verifier.recorded import Library
from tests.verifier.steps import built, opening, written

CASES = [pytest.param(case, id=name, marks=credit(case)) for name, case in written()]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Library:
    return Library(tmp_path_factory.mktemp("library"), sqlite_template)


class Named(Protocol):
    """A reference, of the server's or of the verifier's own kind."""

    @property
    def id(self) -> str: ...


def named(world: World, refs: Iterable[Named]) -> set[str]:
    names = {act["id"]: name for name, act in world.acts.items()}
    return {names[ref.id] for ref in refs}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "the last first"])
def test_an_instance_counts_a_written_record(library: Library, case: Doc, *, backwards: bool) -> None:
    world = built(case)
    at = opening(world) + timedelta(seconds=case["at"])

    def look(reading: Reading) -> Count | Refusal:
        for council, names in case.get("members", {}).items():
            assert reading.members_at(world.id(council), at) == tuple(sorted(map(world.id, names)))
        for name, kind in case.get("judged", {}).items():
            assert judged(reading, world.acts[name]) == kind
        kept = acts.by_id(reading.connection, world.acts[case.get("about", "fuel")]["id"])
        proposal = reading.parsed(kept) if kept is not None else None
        assert isinstance(proposal, Proposal)
        return recount(reading.record(proposal), at)

    counted = library.read(world, look, reversed(world.acts) if backwards else None)
    if "refused" in case:
        assert isinstance(counted, Refusal)
        assert counted.code == case["refused"]
        return
    assert isinstance(counted, Count), counted
    assert {str(row.assembly): row.stance.value for row in counted.rows} == rows(world, case)
    assert counted.status == case["status"]
    assert set(counted.binds) == {world.id(name) for name in case.get("binds", ())} or "binds" not in case
    aside = {name: refusal.code for ref, refusal in counted.set_aside for name in named(world, [ref])}
    assert {name: aside.get(name) for name in case.get("void", {})} == case.get("void", {})


def judged(reading: Reading, document: Doc) -> str:
    """What an instance finds a result to be."""
    outcome = parse(document)
    assert isinstance(outcome, Outcome), outcome
    subject = reading.subject(outcome.proposal)
    assert subject is not None
    sealed = [one for one, _ in reading.naming(outcome.proposal, "gov:Outcome", Outcome)]
    return judge(outcome, reading.record(subject, outcome.confederation), sealed).kind.value


@pytest.mark.parametrize("case", CASES)
def test_the_verifier_counts_it_alike(case: Doc) -> None:
    world = built(case)
    at = opening(world) + timedelta(seconds=case["at"])
    record = verifier.Reading(verifier.open_bundle(world.bundle()), None).record
    about = world.acts[case.get("about", "fuel")]["id"]
    proposal = next(act for act in record.of("Proposal") if act.ref.id == about)
    for council, names in case.get("members", {}).items():
        assert verifier.roll_at(record, world.id(council), at) == tuple(sorted(map(world.id, names)))
    for name, kind in case.get("judged", {}).items():
        sealed = next(act for act in record.of("Outcome") if act.ref.id == world.acts[name]["id"])
        assert verifier.judge(record, sealed).kind.value == kind, verifier.judge(record, sealed)
    counted = verifier.recount(record, verifier.case_of(record, proposal), at)
    if "refused" in case:
        assert isinstance(counted, verifier.Flaw)
        assert counted.code == case["refused"]
        return
    assert isinstance(counted, verifier.Count), counted
    assert {one.row.assembly: str(one.row.stance) for one in counted.stands} == rows(world, case)
    assert counted.status.value == case["status"]
    assert set(counted.binds) == {world.id(name) for name in case.get("binds", ())} or "binds" not in case
    aside = {name: flaw.code for one in counted.stands for ref, flaw in one.void for name in named(world, [ref])}
    assert {name: aside.get(name) for name in case.get("void", {})} == case.get("void", {})


def rows(world: World, case: Doc) -> dict[str, str]:
    return {world.id(name): stance for name, stance in case["rows"].items()}
