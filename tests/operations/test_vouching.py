"""One assembly with two servers has two answers; no server can tell, so two assemblies vouch, for all to read (F17)."""

from pathlib import Path

import pytest

from app import verifier
from app.governance.act import Ref
from app.kernel.ids import Id
from app.operations.confederation import counting, hosting, joining, vouching
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record import bundling
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading, load
from app.store import acts
from app.store.agenda import Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance
from tests.operations.cycle import PEOPLE, nothing_was_objected
from tests.operations.neighbours import Valley, done, found_council, settle_down
from tests.pages.visits import browser, read, signed_in

ONE_IS_ENOUGH = {"rules": {"admission": {"method": "majority", "quorum": "1/5"}}}


@pytest.fixture
def asked(tmp_path: Path, sqlite_template: Path) -> Valley:
    """Harbour asks to join Riverside and Hill, whose rule lets one of them alone adopt that."""
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"), ONE_IS_ENOUGH)
    harbour = valley["Harbour"]
    valley.visit(harbour, valley["Valley"])
    item = done(harbour.do(joining.propose, harbour.people["jo"], valley["Valley"].assembly, "We share the water."))
    harbour.decide(item)
    valley.deliver()
    return valley


def roll(valley: Valley, name: str) -> list[str]:
    """Who belongs by what is known at a place."""
    place, council = valley[name], valley["Valley"].assembly
    found = place.read(lambda c: Reading(c, loopback=False).members_at(council, place.clock.now()))
    return [one.split("/")[2].partition(".")[0] for one in found]


@pytest.mark.withstands("F17")
def test_one_assembly_alone_lets_nobody_in_whatever_the_rule_says(asked: Valley) -> None:
    council, river, hill = (asked[name] for name in ("Valley", "Riverside", "Hill"))
    page = read(signed_in(river, "Ana"), f"/proposals/{river.item(Kind.ANSWER, 'join').id}")
    assert "Who agrees also says: we know this assembly as one that meets" in page
    proposal = river.item(Kind.ANSWER, "join").act
    river.decide(river.item(Kind.ANSWER, "join"))
    asked.deliver()
    asked.clock.tick(days=38)
    council.do(hosting.duties)
    asked.deliver()
    for name in ("Valley", "Riverside", "Hill"):
        board = done(asked[name].do(counting.board, proposal))
        assert (done(board.count).status, roll(asked, name)) == ("adopted", ["hill", "riverside"])
    assert council.read(lambda c: acts.of_type(c, "gov:Admission")) == ()
    assert hill.item(Kind.ANSWER, "join").state == "open"


@pytest.mark.withstands("F17")
def test_a_council_that_lets_somebody_in_on_one_word_all_the_same_puts_nobody_on_any_roll(asked: Valley) -> None:
    council, river, harbour = (asked[name] for name in ("Valley", "Riverside", "Harbour"))
    river.decide(river.item(Kind.ANSWER, "join"))
    asked.deliver()
    asked.clock.tick(days=38)
    council.do(hosting.duties)
    council.do(let_in_unasked, harbour.assembly)
    asked.deliver()
    for name in ("Valley", "Riverside", "Hill"):
        assert len(asked[name].read(lambda c: acts.of_type(c, "gov:Admission"))) == 1
        assert roll(asked, name) == counted_again(asked, name) == ["hill", "riverside"]


def let_in_unasked(connection: Connection, instance: Instance, newcomer: str) -> None:
    """What a council with other software can seal: an Admission on whatever it counted."""
    outcome, head = acts.of_type(connection, "gov:Outcome")[-1], heading(connection, instance)
    document = build.admission(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        assembly=Id(newcomer),
        outcome=Ref(Id(outcome.id), outcome.digest),
        keylog=None,
        seats=1,
    )
    seal_and_announce(connection, instance, document)


def counted_again(valley: Valley, name: str) -> list[str]:
    """Who belongs by what the verifier makes of the record of a place."""
    place = valley[name]
    record = verifier.Reading(verifier.open_bundle(done(place.do(bundling.export))), None).record
    found = verifier.roll_at(record, valley["Valley"].assembly, place.clock.now())
    return [one.split("/")[2].partition(".")[0] for one in found]


@pytest.mark.withstands("F17")
def test_who_vouches_for_whom_is_a_list_for_everybody_and_says_what_no_server_can_tell(asked: Valley) -> None:
    council = asked["Valley"]
    for name in ("Riverside", "Hill"):
        asked[name].decide(asked[name].item(Kind.ANSWER, "join"))
        asked.deliver()
    nothing_was_objected(asked)
    assert roll(asked, "Valley") == counted_again(asked, "Valley") == ["harbour", "hill", "riverside"]
    for name in ("Valley", "Riverside", "Hill", "Harbour"):
        found = asked[name].do(vouching.members, council.assembly)
        by = {one.assembly: sorted(act.author for act in one.by) for one in found}
        both = sorted(asked[one].assembly for one in ("Hill", "Riverside"))
        assert by[asked["Harbour"].assembly] == both
        assert by[asked["Hill"].assembly] == [asked["Riverside"].assembly]
        assert all(load(act)["gov:stance"] == "ratified" for one in found for act in one.by)
        said = read(browser(asked[name]), "/confederation/members")
        assert "No server can tell whether one assembly runs two of them and has two answers." in said
        assert "Let in by:" in said
        assert "Fewer than two assemblies" not in said
        assert "Who belongs, and who says so" in read(browser(asked[name]), "/confederation")
