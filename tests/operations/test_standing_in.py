"""A forum that is silent for a day holds nobody up: a member counts, and nothing is doubled when it is back."""

from pathlib import Path

import pytest

from app.operations.confederation import answering, counting, hosting, standing_in
from app.operations.exchange import pulling
from app.operations.matters import proposing
from app.operations.record import bundling
from app.operations.record.sealing import load
from app.store import acts, pulls
from app.store.acts import StoredAct
from app.store.agenda import Kind
from app.store.database import Connection
from app.verifier import verify_bundle
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.operations.test_sessions import bring, called, host, send_delegation
from tests.pages.visits import browser, read


@pytest.fixture
def silent(tmp_path: Path, sqlite_template: Path) -> tuple[Valley, str]:
    """Riverside and Hill answer while the council is away."""
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    river, hill, council = valley["Riverside"], valley["Hill"], valley.places.pop("Valley")
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    river_item = [act for act in river.read(lambda c: acts.of_type(c, "gov:Proposal")) if "gov:closes" in load(act)]
    river.do(answering.put_on_agenda, river_item[0])
    for place in (river, hill):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    for hours in (23, 1.5):
        valley.clock.tick(hours=hours)
        for place in (river, hill):
            place.do(standing_in.duties)
            valley.deliver()
    valley.places["Valley"] = council
    return valley, river_item[0].id


@pytest.fixture
def silent_host(tmp_path: Path, sqlite_template: Path) -> tuple[Valley, str]:
    """Hill hosts and falls silent when its session opens, before it has said who may answer; all had registered."""
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    hill, river, harbour = (valley[name] for name in ("Hill", "Riverside", "Harbour"))
    meeting = host(valley, "Hill", "Spring assembly")
    send_delegation(hill, meeting, "rojin")
    send_delegation(river, called(river), "ana")
    send_delegation(harbour, called(harbour), "jo")
    valley.deliver()
    proposal = bring(valley, river, hill.assembly, "Water of the valley")
    away = valley.places.pop("Hill")
    valley.clock.tick(days=11)
    for place in (river, harbour):
        place.do(answering.put_on_agenda, act_of(place, proposal))
        place.decide(place.item(Kind.ANSWER, "Water of the valley"))
        valley.deliver()
    valley.clock.tick(days=60)  # Hill says nothing: it is over when the answers are due
    for hours in (23, 2.5):
        valley.clock.tick(hours=hours)
        for place in (river, harbour):
            place.do(standing_in.duties)
            valley.deliver()
    valley.places["Hill"] = away
    return valley, proposal


def was_read(connection: Connection, instance: Instance, assembly: str) -> None:
    """What a pull notes when it has come to the end of a record."""
    now = int(instance.now().timestamp())
    pulls.advance(connection, assembly, 0, now, now + 3600)


def act_of(place: Place, proposal: str) -> StoredAct:
    act = place.read(lambda c: acts.by_id(c, proposal))
    assert act is not None
    return act


def of(valley: Valley, name: str, kind: str, proposal: str) -> list[StoredAct]:
    return [act for act in valley[name].read(lambda c: acts.naming(c, proposal)) if act.type == kind]


@pytest.mark.withstands("F21")
@pytest.mark.shows("B9")
def test_one_member_counts_for_a_silent_council_and_says_so(silent: tuple[Valley, str]) -> None:
    valley, proposal = silent
    for name in ("Riverside", "Hill"):
        [outcome] = of(valley, name, "gov:Outcome", proposal)
        assert outcome.author == valley["Hill"].assembly  # the first of the two in the order of their turns
        assert load(outcome)["gov:status"] == "adopted"
        [judged] = done(valley[name].do(counting.board, proposal)).outcomes
        assert judged.stands
        assert judged.same
    said = read(browser(valley["Riverside"]), "/confederation")
    assert "Hill signed a result. It can change until the time to object is over. It stands in for" in said
    answers = of(valley, "Riverside", "gov:Ratification", proposal)
    receipts = valley["Hill"].read(lambda c: acts.of_type(c, "gov:Receipt", author=valley["Hill"].assembly))
    assert sorted(load(one)["gov:act"]["id"] for one in receipts) == sorted(one.id for one in answers)


@pytest.mark.withstands("F21")
def test_a_council_that_is_back_catches_up_and_nothing_is_doubled(silent: tuple[Valley, str]) -> None:
    valley, proposal = silent
    council = valley["Valley"]
    for name in ("Riverside", "Hill"):
        valley.visit(council, valley[name])
    valley.deliver()
    council.do(hosting.duties)
    valley.deliver()
    for name in ("Riverside", "Hill"):
        valley[name].do(standing_in.duties)
        valley.deliver()
        found = of(valley, name, "gov:Outcome", proposal)
        assert sorted(one.author for one in found) == sorted([valley["Hill"].assembly, council.assembly])
        board = done(valley[name].do(counting.board, proposal))
        assert board.newest is not None
        assert board.newest.act.author == council.assembly
        assert [one.same for one in board.outcomes] == [True, True]
        assert done(board.count).status == "adopted"


@pytest.mark.withstands("F21")
@pytest.mark.shows("G18", "B9")
def test_who_registered_counts_for_a_silent_host_and_nobody_needs_its_word(silent_host: tuple[Valley, str]) -> None:
    valley, proposal = silent_host
    roll = tuple(sorted(valley[name].assembly for name in ("Hill", "Riverside", "Harbour")))
    for name in ("Riverside", "Harbour"):
        board = done(valley[name].do(counting.board, proposal))
        assert (board.record.roll, done(board.count).status) == (roll, "adopted")
        assert [(one.stands, one.same) for one in board.outcomes] == [(True, True)]
        [outcome] = board.outcomes
        assert outcome.act.author != valley["Hill"].assembly
        receipts = valley[name].read(lambda c: acts.of_type(c, "gov:Receipt"))
        counted = of(valley, name, "gov:Ratification", proposal)
        mine = [load(one) for one in receipts if one.author == outcome.act.author]
        assert sorted(one["gov:act"]["id"] for one in mine) == sorted(one.id for one in counted)
        assert not any("gov:roll" in one for one in mine)  # who stands in does not say who may answer
        report = verify_bundle(done(valley[name].do(bundling.export)))
        [about] = [one for one in report.proposals if one.ref.id == proposal]
        assert about.count is not None
        assert tuple(one.row.assembly for one in about.count.stands) == roll
        assert ([one.judgement.kind.value for one in about.outcomes], report.exit_code) == (["fine"], 0)
    said = read(browser(valley["Riverside"]), "/confederation")
    assert "It stands in for Hill, which had signed nothing for a day." in said


@pytest.mark.withstands("F21")
def test_a_host_that_is_back_says_the_same_and_nothing_is_doubled(silent_host: tuple[Valley, str]) -> None:
    valley, proposal = silent_host
    hill = valley["Hill"]
    hill.do(lambda c, i: pulling.enlist(c, i, 0))
    for place in (valley["Riverside"], valley["Harbour"]):
        valley.visit(hill, place)
        assert not any(load(one)["gov:final"] for one in of(valley, "Hill", "gov:Outcome", proposal) if one.own)
        hill.do(was_read, place.assembly)
    valley.deliver()
    hill.do(hosting.duties)
    valley.deliver()
    for name in ("Hill", "Riverside", "Harbour"):
        valley[name].do(standing_in.duties)
        valley.deliver()
        board = done(valley[name].do(counting.board, proposal))
        assert all(one.stands for one in board.outcomes)
        assert board.newest is not None
        assert (board.newest.act.author, board.newest.same, board.newest.outcome.final) == (hill.assembly, True, True)
