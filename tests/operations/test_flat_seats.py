"""A flat count by seats over two tiers: each base assembly weighs what its own council gave it (fine-print 5)."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.assembly import Body
from app.governance.charter import Member
from app.governance.outcome import Kind as Found
from app.operations.assembly import founding
from app.operations.confederation import counting, hosting
from app.operations.confederation.counting import Board
from app.operations.matters import proposing
from app.operations.record import bundling
from app.store import agenda
from app.store.agenda import Kind
from app.verifier import verify_bundle
from tests.operations.neighbours import Valley, done, first_key_event, open_place, settle_down
from tests.operations.test_tiers import answer

SEATS = {"One": 5, "Two": 1, "Three": 2, "North": 3}
TIERS = {"North": ("One", "Two"), "City": ("North", "Three")}
FLAT = {"method": "majority", "base": "entitled", "quorum": "1/5", "weight": "delegates", "flat": True}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Valley, str]:
    """City over North and Three, North over One and Two; One alone agrees, with five of the eight seats."""
    folder = tmp_path_factory.mktemp("flat")
    people = {name: tuple(f"{name}{letter}" for letter in "abc") for name in ("One", "Two", "Three")}
    valley = settle_down(folder, sqlite_template, people)
    for name, members in TIERS.items():
        valley.places[name] = open_place(folder, sqlite_template, valley.clock, name)
        valley[name].do(founding.begin, Body.COUNCIL, name)
        listed = [Member(valley[one].assembly, first_key_event(valley[one]).digest, SEATS[one]) for one in members]
        rules = {"rules": {"task": FLAT}} if name == "City" else {}
        done(valley[name].do(founding.found_council, rules, listed))
        valley.deliver()
        for commune in people:
            answer(valley, commune, name)
    three = valley["Three"]
    draft = proposing.Draft("Water", "A well for each.", "task", valley["City"].assembly)
    three.decide(done(three.do(proposing.propose, next(iter(three.people.values())), draft)), agree=3)
    valley.deliver()
    for commune in people:
        answer(valley, commune, "Water", agree=3 if commune == "One" else 0)
    asked = valley["One"].read(lambda c: agenda.listed(c, 100))
    water = next(one.act for one in asked if one.kind is Kind.ANSWER and one.title == "Water")
    closes = done(valley["City"].do(counting.board, water)).closing.at
    assert closes is not None
    valley.clock.at = closes + timedelta(minutes=1)
    valley["City"].do(hosting.duties)
    valley.deliver()
    return valley, water


def board(counted: tuple[Valley, str], name: str) -> Board:
    return done(counted[0][name].do(counting.board, counted[1]))


@pytest.mark.shows("R2")
@pytest.mark.parametrize("name", ["City", "North", "One", "Three"])
def test_a_base_assembly_weighs_its_seats_in_its_own_council(counted: tuple[Valley, str], name: str) -> None:
    seen = board(counted, name)
    count = done(seen.count)
    assert count.status == "adopted", "five of eight seats, though one of three assemblies"
    assert {judged.judgement.kind for judged in seen.outcomes} == {Found.FINE}


def test_the_verifier_weighs_alike(counted: tuple[Valley, str]) -> None:
    valley, water = counted
    report = verify_bundle(done(valley["One"].do(bundling.export)), trust=valley["City"].assembly)
    [found] = [one for one in report.proposals if one.ref.id == water]
    assert found.count is not None
    assert found.count.status == "adopted"
    assert {one.judgement.kind.value for one in found.outcomes} == {"fine"}
