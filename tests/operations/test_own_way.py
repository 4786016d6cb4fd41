"""Each assembly keeps its own way: who did not agree is not bound, and a council makes no policy for anybody."""

import json
from pathlib import Path

import pytest

from app.governance.act import Ref
from app.governance.proposal import State
from app.kernel.ids import Id
from app.operations.assembly import describing
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import linking, proposing
from app.operations.record import recording
from app.operations.record.sealing import heading, load
from app.store import actors, acts, agenda
from app.store.actors import StoredActor
from app.store.acts import Standing, StoredAct
from app.store.agenda import Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Valley, done, found_council, settle_down
from tests.pages.visits import browser, read

THREE = ("Riverside", "Hill", "Harbour")
BY_MAJORITY = {"rules": {"ratification": {"method": "majority", "quorum": "1/5"}}}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    made = settle_down(tmp_path, sqlite_template, PEOPLE, changes=BY_MAJORITY)
    found_council(made, THREE)
    return made


@pytest.mark.shows("H6")
@pytest.mark.shows("B17")
def test_who_does_not_agree_is_not_bound_and_every_page_says_so(valley: Valley) -> None:
    river = valley["Riverside"]
    draft = proposing.Draft("A common bakery", "We bake together.", "task", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    for name in THREE:
        place = valley[name]
        agreed = name != "Hill"
        place.decide(place.item(Kind.ANSWER, "bakery"), agree=5 if agreed else 0, disagree=0 if agreed else 5)
    valley.deliver()
    for name in (*THREE, "Valley"):
        said = read(browser(valley[name]), "/confederation")
        assert "Binds Harbour, Riverside. Hill did not agree, and is not bound." in said
    assert valley["Hill"].item(Kind.ANSWER, "bakery").state == State.REJECTED
    assert "A common bakery" not in {one.proposal.name for one in valley["Hill"].do(linking.settled) if one.in_force}


@pytest.mark.shows("B8")
@pytest.mark.parametrize("kind", ["gov:Proposal", "gov:Decision"])
def test_policy_of_a_council_is_kept_as_evidence_and_changes_nothing_anywhere(valley: Valley, kind: str) -> None:
    council = valley["Valley"]
    before = {name: valley[name].read(lambda c: agenda.listed(c, 100)) for name in THREE}
    sealed = council.do(policy if kind == "gov:Proposal" else decree)
    valley.deliver()
    for name in THREE:
        place = valley[name]
        kept = place.read(lambda c: acts.by_id(c, sealed.id))
        assert kept is not None
        assert kept.standing is Standing.EVIDENCE
        assert kept.because is not None
        assert kept.because.startswith("body.may_not_seal")
        assert place.read(lambda c: agenda.listed(c, 100)) == before[name]


@pytest.mark.shows("B8")
def test_a_council_that_calls_itself_a_commune_stays_what_its_first_key_entry_says(valley: Valley) -> None:
    council, river = valley["Valley"], valley["Riverside"]
    said = json.loads(council.do(describing.actor, council.assembly) or b"")
    assert said["gov:body"] == "council"
    raw = json.dumps(said | {"gov:body": "commune"}).encode()
    actor = StoredActor(council.assembly, raw, f"{council.assembly}/inbox", None, reads_acts=True, fetched_at=0)
    river.do(lambda c, _: actors.put(c, actor))
    kept = river.do(recording.record, load(council.do(policy)), {}, None)
    assert kept is not None
    assert (kept.standing, str(kept.because)[:18]) == (Standing.EVIDENCE, "body.may_not_seal:")


def policy(connection: Connection, instance: Instance) -> StoredAct:
    """What a council whose caretakers forgot what it is for could seal."""
    head = heading(connection, instance)
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name="Everybody pays",
        category="policy",
        forum=Id(instance.assembly),
        content="<p>Ten a month.</p>",
    )
    return seal_and_announce(connection, instance, document)


def decree(connection: Connection, instance: Instance) -> StoredAct:
    """The same as something decided."""
    charter = acts.of_type(connection, "gov:Charter", author=instance.assembly)[-1]
    head = heading(connection, instance)
    document = {
        **build.attestation(
            id=Id(head.id), author=Id(head.author), published=head.published, act=_ref(charter), role="council"
        ),
        "type": "gov:Decision",
        "gov:status": "adopted",
        "gov:counts": {"entitled": 3, "present": 3, "agree": 3},
        "gov:rule": {"method": "majority", "quorum": "1/5"},
    }
    return seal_and_announce(connection, instance, document)


def _ref(act: StoredAct) -> Ref:
    return Ref(Id(act.id), act.digest)
