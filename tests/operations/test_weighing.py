"""Counting by seats, by people, by both, and with a caucus beside: every instance counts the same again."""

from pathlib import Path
from typing import Final

import pytest

from app.governance.act import Ref
from app.governance.rules import Status
from app.http.pages.confederation import board as pages
from app.http.pages.confederation.board import Matter
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.confederation import counting
from app.operations.confederation.counting import Board
from app.operations.exchange import pulling
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import proposing
from app.operations.record import bundling
from app.operations.record.sealing import heading, load
from app.store import acts, pulls
from app.store.agenda import Kind
from app.store.database import Connection
from app.translation import build
from app.verifier import verify_bundle
from app.wiring import Instance
from tests.operations.cycle import join
from tests.operations.neighbours import Valley, done, found_council, settle_down

MEMBERS: Final = ("Riverside", "Hill", "Harbour")
EVERYBODY: Final = ("Valley", *MEMBERS, "Women")
PEOPLE: Final = {
    "Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"),
    "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida"),
    "Harbour": ("Jo", *(f"Jo{letter}" for letter in "abcdefghijkl")),
    "Women": ("Nur", "Pia", "Ruth", "Sol"),
}
WOMEN: Final = "https://women.example/assembly"
MOST: Final = {"method": "majority", "base": "present", "quorum": "1/5"}
BOTH: Final = {
    "method": "double",
    "a": {"method": "majority", "base": "entitled", "quorum": "1/5"},
    "b": {"method": "qualified", "threshold": "3/5", "weight": "people", "quorum": "1/5"},
    "quorum": "1/5",
}
RULES: Final[Document] = {
    "rules": {
        "policy": {**BOTH, "caucus": [{"body": WOMEN, "mode": "veto"}]},
        "resource": {"method": "qualified", "threshold": "3/5", "weight": "delegates", "quorum": "1/5"},
        "task": {"method": "majority", "quorum": "1/5", "caucus": [{"body": WOMEN, "mode": "concurrent"}]},
    },
    "delegation": {"seats": 3},
}


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Valley:
    """Riverside and Hill found Valley with one seat each; Harbour is let in with three; Women is no member."""
    changes: Document = {"rules": {"ratification": MOST}}
    settled = settle_down(tmp_path_factory.mktemp("weighing"), sqlite_template, PEOPLE, changes=changes)
    found_council(settled, ("Riverside", "Hill"), RULES)
    join(settled)
    settled.visit(settled["Women"], settled["Valley"])  # who is asked reads the record of who asks
    return settled


def bring(valley: Valley, title: str, category: str) -> str:
    river = valley["Riverside"]
    draft = proposing.Draft(title, "For all of us.", category, valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    return river.item(Kind.ANSWER, title).act


def answer(valley: Valley, title: str, **said: tuple[int, int]) -> None:
    for name, (agree, disagree) in said.items():
        place = valley[name.title()]
        place.decide(place.item(Kind.ANSWER, title), agree=agree, disagree=disagree)
        valley.deliver()


def board(valley: Valley, name: str, proposal: str) -> Board:
    return done(valley[name].do(counting.board, proposal))


def alike(valley: Valley, proposal: str, status: Status, *names: str) -> Matter:
    """The board of Riverside, when these instances and the offline verifier count what Valley signed."""
    for name in names:
        seen = board(valley, name, proposal)
        assert seen.newest is not None, name
        assert seen.newest.same, name
        assert seen.newest.stands, name
        assert done(seen.count).status is status, name
        report = verify_bundle(done(valley[name].do(bundling.export)))
        [found] = [one for one in report.proposals if one.ref.id == proposal]
        assert found.count is not None
        assert found.count.status == status.value
        assert {one.judgement.kind.value for one in found.outcomes} == {"fine"}, name
    river = valley["Riverside"]
    return river.do(lambda c, i: pages.matter(c, i, done(counting.board(c, i, proposal))))


@pytest.mark.shows("B9", "S2")
def test_both_assemblies_and_people_must_agree_and_the_board_says_by_which_figures(valley: Valley) -> None:
    proposal = bring(valley, "Water", "policy")
    answer(valley, "Water", riverside=(5, 0), hill=(5, 0), harbour=(2, 10), women=(4, 0))
    shown = alike(valley, proposal, Status.REJECTED, *EVERYBODY)
    assert shown.weighed == (
        "2 of 3 assemblies, where more than half is 2, and 12 of 22 people, where three fifths is 14"
    )
    brought = {stand.assembly: stand.weighs for stand in shown.stands}
    assert brought["Harbour"] == "Of 13 people 2 for, 10 against."
    assert brought["Hill"] == "Of 5 people 5 for, 0 against."
    assert [(one.assembly, one.said) for one in shown.caucuses] == [("Women", "agreed")]


@pytest.mark.withstands("F22")
def test_by_seats_an_assembly_weighs_what_its_admission_gave_it(valley: Valley) -> None:
    [admission] = valley["Valley"].read(lambda c: acts.of_type(c, "gov:Admission"))
    assert load(admission)["gov:seats"] == 3

    def favour(connection: Connection, instance: Instance) -> None:
        head, cited = heading(connection, instance), load(admission)["gov:outcome"]
        outcome = Ref(Id(cited["id"]), cited["gov:digest"])
        void = build.admission(
            id=Id(head.id),
            author=Id(head.author),
            published=head.published,
            assembly=valley["Hill"].assembly,
            outcome=outcome,
            seats=9,
        )
        seal_and_announce(connection, instance, void)

    valley["Valley"].do(favour)  # its outcome let Harbour in, not Hill
    proposal = bring(valley, "Bread", "resource")
    answer(valley, "Bread", riverside=(5, 0), hill=(5, 0), harbour=(2, 10))
    shown = alike(valley, proposal, Status.REJECTED, *EVERYBODY[:-1])
    assert shown.weighed == "2 of 5 seats, where three fifths is 3"
    assert [stand.weighs for stand in shown.stands] == ["3 seats.", "1 seat.", "1 seat."]


@pytest.mark.shows("R12")
def test_a_caucus_that_is_no_member_is_asked_and_suspends(valley: Valley) -> None:
    proposal = bring(valley, "Mill", "policy")
    answer(valley, "Mill", riverside=(5, 0), hill=(5, 0), harbour=(12, 0))
    women = valley["Women"]
    assert women.item(Kind.ANSWER, "Mill").act == proposal
    waiting = board(valley, "Riverside", proposal)
    assert waiting.newest is None, "the count waits for the caucus until the answers close"
    answer(valley, "Mill", women=(1, 3))
    women.do(pulling.enlist, 0)
    assert [one.assembly for one in women.read(pulls.known)] == [valley["Valley"].assembly]
    shown = alike(valley, proposal, Status.UNRESOLVED, *EVERYBODY)
    assert "Women said no, and may suspend it." in shown.because[0]
    assert [(one.assembly, one.said, one.weighs) for one in shown.caucuses] == [
        ("Women", "against", "It can suspend the decision.")
    ]
    assert {stand.assembly for stand in shown.stands} == set(MEMBERS)


@pytest.mark.shows("R12")
@pytest.mark.parametrize(("title", "women", "status"), [("Path", (4, 0), "adopted"), ("Pond", (0, 4), "rejected")])
def test_a_caucus_has_to_agree_as_well(valley: Valley, title: str, women: tuple[int, int], status: str) -> None:
    proposal = bring(valley, title, "task")
    answer(valley, title, riverside=(5, 0), hill=(5, 0), harbour=(12, 0), women=women)
    shown = alike(valley, proposal, Status(status), *EVERYBODY)
    assert "had to agree as well" in shown.because[0]
