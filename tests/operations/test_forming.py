"""Until two of its founders have joined, a confederation signs only what brings it about (fine-print 14)."""

from pathlib import Path

import pytest

from app.governance.charter import Member
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.assembly import forming, founding
from app.operations.exchange.publishing import announce, seal_and_announce
from app.operations.record.sealing import Heading, UnfitError, heading, seal
from app.store import acts, ledger
from app.store.acts import Standing, StoredAct
from app.store.agenda import Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Valley, done, first_key_event, settle_down
from tests.pages.visits import read, signed_in

TOO_SOON = "its author was still forming"


@pytest.fixture
def begun(tmp_path: Path, sqlite_template: Path) -> Valley:
    """Valley's Charter lists Riverside and Hill, and only Riverside has joined."""
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    listed = [Member(valley[name].assembly, first_key_event(valley[name]).digest) for name in ("Riverside", "Hill")]
    done(valley["Valley"].do(founding.found_council, {}, listed))
    valley.deliver()
    joins(valley, "Riverside")
    return valley


def joins(valley: Valley, name: str) -> None:
    valley[name].decide(valley[name].item(Kind.ANSWER))
    valley.deliver()


def report(head: Heading) -> Document:
    return build.report(id=Id(head.id), author=Id(head.author), published=head.published, content="<p>We went on.</p>")


def reports(connection: Connection, instance: Instance) -> StoredAct:
    return seal_and_announce(connection, instance, report(heading(connection, instance)))


def drafts(connection: Connection, instance: Instance) -> StoredAct:
    head = heading(connection, instance)
    draft = build.draft(
        name="Bread", content="<p>We bake.</p>", id=Id(head.id), author=Id(head.author), published=head.published
    )
    return seal_and_announce(connection, instance, draft)


def reports_all_the_same(connection: Connection, instance: Instance) -> StoredAct:
    """What a council with other software signs while it is forming."""
    head = heading(connection, instance)
    act = seal(connection, instance, report(head), head.published)
    announce(connection, instance, act)
    return act


def test_our_own_server_signs_nothing_else_for_a_confederation_that_is_forming(begun: Valley) -> None:
    council = begun["Valley"]
    before = council.read(ledger.tip)
    with pytest.raises(UnfitError) as refused:
        council.do(reports)
    assert refused.value.refusal.code == "body.forming"
    assert council.read(ledger.tip) == before
    council.do(drafts)
    joins(begun, "Hill")
    assert council.do(reports).own


def test_what_another_server_signed_before_is_shown_as_what_it_is_and_what_came_after_is_not(begun: Valley) -> None:
    early = begun["Valley"].do(reports_all_the_same)
    begun.deliver()
    joins(begun, "Hill")
    late = begun["Valley"].do(reports_all_the_same)
    begun.deliver()
    for name in ("Riverside", "Hill", "Valley"):
        place = begun[name]
        found = {act.id: act for act in place.read(lambda c: acts.of_type(c, "gov:Report"))}
        told = {one: place.do(forming.came_too_soon, act) for one, act in found.items()}
        assert told[late.id] is False
        assert told.get(early.id, True) is True
    kept = begun["Riverside"].read(lambda c: acts.by_id(c, early.id))
    assert kept is not None
    assert kept.standing is Standing.AUTHENTIC  # what arrives later may show that it was formed: nothing is fixed now
    member = signed_in(begun["Riverside"], "Ana")
    for act, shown in ((early, True), (late, False)):
        said = read(member, f"/acts/{act.id.rpartition('/')[2]}?of={act.id}")
        assert (TOO_SOON in said) is shown
