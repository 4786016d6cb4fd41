"""More time to answer, asked for by one assembly: every instance and the verifier count by the same close."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.confederation import counting, hosting
from app.operations.confederation.counting import Board
from app.operations.matters import proposing
from app.operations.record import bundling
from app.operations.votes import extending
from app.store import acts
from app.store.acts import StoredAct
from app.store.agenda import Kind
from app.verifier import verify_bundle
from tests.operations.cycle import NAMES, PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.visits import browser, read, send, signed_in

WHY = "The bridge is closed, and half of us cannot come."


@dataclass
class Asked:
    """A text before Valley, more time for which Hill asked; Harbour answered after the close that was signed."""

    valley: Valley
    proposal: str
    signed: Instant
    moved: Instant
    twice: object

    def board(self, name: str) -> Board:
        return done(self.valley[name].do(counting.board, self.proposal))


def requests(place: Place) -> list[StoredAct]:
    return [
        act
        for act in place.read(lambda c: acts.of_type(c, "gov:Decision"))
        if act.author.startswith("https://hill") and b"gov:extends" in act.raw
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Asked:
    valley = settle_down(tmp_path_factory.mktemp("extending"), sqlite_template, PEOPLE)
    found_council(valley, tuple(PEOPLE))
    river, hill, harbour = (valley[name] for name in ("Riverside", "Hill", "Harbour"))
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    item = hill.item(Kind.ANSWER, "Winter fuel")
    before = done(hill.do(counting.board, item.act))
    assert before.proposal.closes is not None
    moved = before.proposal.closes + timedelta(weeks=2)
    hill.decide(done(hill.do(extending.propose, hill.people["rojin"], item.id, moved, WHY)))
    valley.deliver()
    twice = river.do(
        extending.propose, river.people["bo"], river.item(Kind.ANSWER, "Winter fuel").id, moved, "We too, please."
    )
    for place in (river, hill):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    valley.clock.at = before.proposal.closes + timedelta(days=10)
    valley["Valley"].do(hosting.duties)
    harbour.decide(harbour.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    return Asked(valley, item.act, before.proposal.closes, moved, twice)


@pytest.mark.shows("B9")
@pytest.mark.parametrize("name", NAMES)
def test_everybody_counts_by_the_close_that_was_moved(asked: Asked, name: str) -> None:
    board = asked.board(name)
    assert board.closing.at == asked.moved
    assert board.closing.by is not None
    assert board.closing.by.head.author == asked.valley["Hill"].assembly
    assert board.objections_until == asked.moved + timedelta(days=7)
    assert done(board.count).counts.yes == 3


@pytest.mark.parametrize("name", NAMES)
def test_the_verifier_counts_what_came_after_the_close_that_was_signed(asked: Asked, name: str) -> None:
    report = verify_bundle(done(asked.valley[name].do(bundling.export)), trust=asked.valley["Valley"].assembly)
    [found] = [one for one in report.proposals if one.ref.id == asked.proposal]
    assert found.count is not None
    assert {one.row.stance for one in found.count.stands} == {"ratified"}
    assert {one.judgement.kind.value for one in found.outcomes} == {"fine"}


def test_nothing_was_sealed_as_final_before_the_moved_close_and_its_time_to_object(asked: Asked) -> None:
    assert not any(one.outcome.final for one in asked.board("Valley").outcomes)


def test_it_is_given_once(asked: Asked) -> None:
    assert isinstance(asked.twice, Refusal)
    assert asked.twice.code == "extension.second"


def test_the_council_confirms_the_request_and_everybody_has_both(asked: Asked) -> None:
    for name in NAMES:
        place = asked.valley[name]
        [request] = requests(place)
        named = place.do(lambda c, _, about: acts.naming(c, about, "gov:act"), request.id)
        assert [act.author for act in named if act.type == "gov:Receipt"] == [asked.valley["Valley"].assembly]


@pytest.mark.parametrize("name", ["Riverside", "Hill"])
def test_the_board_says_who_moved_the_close_from_when_and_why(asked: Asked, name: str) -> None:
    said = read(browser(asked.valley[name]), "/confederation")
    assert f"Moved once, by Hill, from {asked.signed.day} {asked.signed:%B %Y, %H:%M} UTC: {WHY}" in said


def test_a_member_asks_on_the_page_and_nonsense_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path_factory.mktemp("page"), sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    river, hill = valley["Riverside"], valley["Hill"]
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    item, client = hill.item(Kind.ANSWER, "Winter fuel"), signed_in(hill, "tom")
    page = f"/proposals/{item.id}"
    closes = done(hill.do(counting.board, item.act)).proposal.closes
    assert closes is not None
    assert f"Answers count until {closes.day} {closes:%B %Y, %H:%M} UTC" in read(client, page)

    def ask(until: str, why: str, status: int = 422) -> str:
        return send(client, hill, f"{page}/more-time", page, status, until=until, why=why)

    assert "That is not a date and a time" in ask("the day after", WHY)
    assert "More time is at most three weeks" in ask(f"{closes + timedelta(days=22):%Y-%m-%dT%H:%M}", WHY)
    assert "More time is at most three weeks" in ask(f"{closes - timedelta(days=1):%Y-%m-%dT%H:%M}", WHY)
    assert "Say in at most 2,000 characters" in ask(f"{closes + timedelta(days=7):%Y-%m-%dT%H:%M}", "")
    said = ask(f"{closes + timedelta(days=7):%Y-%m-%dT%H:%M}", WHY, 200)
    assert "We are deciding whether to ask for more time" in said
    assert "That is on our agenda already." in ask(f"{closes + timedelta(days=7):%Y-%m-%dT%H:%M}", WHY)


def test_every_member_is_told_who_asks_for_more_time(asked: Asked) -> None:
    said = read(browser(asked.valley["Harbour"]), "/")
    assert f"Hill asks for more time to answer “Winter fuel”, until {asked.moved:%Y-%m-%d %H:%M} UTC." in said
