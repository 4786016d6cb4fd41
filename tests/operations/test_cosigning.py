"""An act of an assembly that named co-signers counts nowhere until enough of them confirmed it, with their own keys."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from app.governance.act import Ref
from app.governance.tally import Position
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations import confederations, cosigning, counting, proposing
from app.operations.closing import Closed
from app.operations.publishing import seal_and_announce
from app.operations.reading import Reading
from app.operations.sealing import give_keys, heading, load
from app.store import acts
from app.store.agenda import Kind
from app.store.database import Connection
from app.store.tables_federation import keys
from app.translation import build
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down

EVERYWHERE = ("Valley", "Riverside", "Hill")
NAMED = ("rojin", "tom", "leyla")


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    """Hill has three co-signers, of whom two are needed; Riverside's server signs alone."""
    made = settle_down(tmp_path, sqlite_template, PEOPLE, {"Hill": NAMED})
    found_council(made, ("Riverside", "Hill"))
    for name in ("rojin", "tom"):
        confirm_all(made["Hill"], name)
        made.deliver()
    return made


def confirm(place: Place, name: str, act: str) -> Refusal | object:
    return place.do(cosigning.attest, place.people[name], act)


def confirm_all(place: Place, name: str) -> None:
    me = place.person(name)
    for one in place.do(cosigning.waiting):
        if me in one.of and me not in one.by:
            done(confirm(place, name, one.act.id))


def brought(valley: Valley) -> str:
    """A proposal of Riverside's that everybody has on the agenda."""
    river = valley["Riverside"]
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    return valley["Hill"].item(Kind.ANSWER, "Winter fuel").act


def answered(valley: Valley) -> Closed:
    hill = valley["Hill"]
    closed = hill.decide(hill.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    return closed


def stand(valley: Valley, place: str, proposal: str) -> Position:
    count = done(done(valley[place].do(counting.board, proposal)).count)
    return next(row.stance for row in count.rows if row.assembly == valley["Hill"].assembly)


@pytest.mark.withstands("F26")
@pytest.mark.withstands("F44")
def test_an_answer_counts_nowhere_until_two_co_signers_confirm_it(valley: Valley) -> None:
    hill, proposal = valley["Hill"], brought(valley)
    answer = answered(valley).acts[-1].id
    assert {stand(valley, name, proposal) for name in EVERYWHERE} == {Position.SILENT}
    done(confirm(hill, "leyla", answer))
    valley.deliver()
    assert {stand(valley, name, proposal) for name in EVERYWHERE} == {Position.SILENT}  # one of k alone is nothing
    again = confirm(hill, "leyla", answer)
    assert isinstance(again, Refusal)
    assert again.code == "attest.twice"
    done(confirm(hill, "tom", answer))
    valley.deliver()
    assert {stand(valley, name, proposal) for name in EVERYWHERE} == {Position.RATIFIED}


@pytest.mark.withstands("F44")
def test_nobody_confirms_but_who_is_named_and_only_what_the_assembly_sealed(valley: Valley) -> None:
    hill = valley["Hill"]
    brought(valley)
    answer = answered(valley).acts[-1].id
    for name, act, code in (
        ("gus", answer, "attest.person"),
        ("tom", valley["Riverside"].item(Kind.PROPOSAL).act, "attest.act"),
        ("tom", "https://hill.example/acts/none", "attest.act"),
    ):
        refused = confirm(hill, name, act)
        assert isinstance(refused, Refusal)
        assert refused.code == code


@pytest.mark.withstands("F26")
def test_whoever_holds_the_server_cannot_confirm_with_other_keys_in_the_co_signers_names(valley: Valley) -> None:
    hill, proposal = valley["Hill"], brought(valley)
    answer = answered(valley).acts[-1].id
    for name in NAMED:
        replace_key(hill, name)
        refused = confirm(hill, name, answer)
        assert isinstance(refused, Refusal)
        assert refused.code == "attest.key"
        hill.do(force, name, answer)
    valley.deliver()
    for name in EVERYWHERE:
        assert stand(valley, name, proposal) == Position.SILENT
        assert len(valley[name].read(lambda c: kept_about(c, answer))) == len(NAMED)  # they arrived, as evidence


def test_a_council_counts_again_when_the_second_signature_arrives(valley: Valley) -> None:
    council, hill, proposal = valley["Valley"], valley["Hill"], brought(valley)
    river = valley["Riverside"]
    river.decide(river.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    answer = answered(valley).acts[-1].id
    assert outcomes(council, proposal) == []
    for name in ("rojin", "leyla"):
        done(confirm(hill, name, answer))
    valley.deliver()
    [outcome] = outcomes(council, proposal)
    assert outcome["gov:status"] == "adopted"


def test_a_founder_belongs_once_its_answer_is_confirmed(tmp_path: Path, sqlite_template: Path) -> None:
    made = settle_down(tmp_path, sqlite_template, PEOPLE, {"Hill": NAMED})
    found_council(made, ("Riverside", "Hill"))
    council, hill = made["Valley"], made["Hill"]
    assert members(council) == {made["Riverside"].assembly}
    for name in ("rojin", "tom"):
        confirm_all(hill, name)
    made.deliver()
    assert members(council) == {made["Riverside"].assembly, hill.assembly}
    assert hill.do(confederations.ours) == {council.assembly}


def replace_key(place: Place, name: str) -> None:
    """What whoever holds the server can do: another key for a member of it."""
    person = place.person(name)
    place.do(lambda connection, _: connection.execute(delete(keys).where(keys.c.owner == person)))
    place.instance.keyring.seals.clear()
    place.do(give_keys, person)


def force(connection: Connection, instance: Instance, name: str, act_id: str) -> None:
    """Seal a confirmation with whatever key lies here, asking nobody."""
    person = Id(f"{instance.url}/people/{name}")
    act, head = acts.by_id(connection, act_id), heading(connection, instance, person)
    assert act is not None
    document = build.attestation(
        id=Id(head.id), author=person, published=head.published, act=Ref(Id(act.id), act.digest)
    )
    seal_and_announce(connection, instance, document, also=confederations.fellows(connection, instance))


def members(council: Place) -> set[str]:
    return set(council.do(lambda c, i: Reading(c, loopback=False).members_at(i.assembly, i.now())))


def outcomes(council: Place, proposal: str) -> list[Document]:
    kept = council.read(lambda c: acts.naming(c, proposal, "gov:proposal"))
    return [load(act) for act in kept if act.type == "gov:Outcome"]


def kept_about(connection: Connection, act: str) -> list[acts.StoredAct]:
    return [one for one in acts.naming(connection, act, "gov:act") if one.type == "gov:Attestation"]
