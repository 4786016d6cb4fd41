"""An act of an assembly that named co-signers counts nowhere until enough of them confirmed it, with their own keys."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from app.governance.act import Ref
from app.governance.charter import Charter
from app.governance.mandate import Kind as Room
from app.governance.mandate import Latitude
from app.governance.ratification import Stance
from app.governance.tally import Position
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import charters, cosigning
from app.operations.confederation import calls, confederations, counting
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import delegating, mandating, recalling
from app.operations.matters import fulfilling, linking, proposing
from app.operations.record import bundling
from app.operations.record.reading import Reading
from app.operations.record.sealing import give_keys, heading, load
from app.operations.votes.closing import Closed
from app.store import acts
from app.store.acts import StoredAct
from app.store.agenda import Kind
from app.store.database import Connection
from app.store.tables_federation import keys
from app.translation import build
from app.verifier import verify_bundle
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.visits import read, signed_in

EVERYWHERE = ("Valley", "Riverside", "Hill")
NAMED = ("rojin", "tom", "leyla")
OTHERS = ("gus", "ida")


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
    return place.do(fulfilling.confirm, place.people[name], act)


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


def mandate_for(hill: Place, valley: Valley) -> mandating.Wish:
    ends = hill.clock.now() + timedelta(days=30)
    default = Latitude(Room.FIXED, (Stance.RATIFIED,))
    return mandating.Wish(valley["Valley"].assembly, ("rojin",), (), ends, "We know him.", default=default)


def granted(hill: Place) -> tuple[StoredAct, ...]:
    return hill.read(lambda c: acts.of_type(c, "gov:Mandate", author=hill.assembly))


@pytest.mark.withstands("F26")
def test_what_a_decision_orders_is_done_once_two_have_confirmed_it_and_by_nobody_before(valley: Valley) -> None:
    hill = valley["Hill"]
    item = done(hill.do(mandating.propose, hill.people["leyla"], mandate_for(hill, valley)))
    [decision] = hill.decide(item).acts
    assert granted(hill) == ()
    assert hill.do(fulfilling.duties) == 0
    done(confirm(hill, "leyla", decision.id))
    assert granted(hill) == ()
    done(confirm(hill, "tom", decision.id))
    [mandate] = granted(hill)
    assert load(mandate)["gov:decision"]["id"] == decision.id
    assert hill.do(fulfilling.duties) == 0, "it is done once"
    assert mandate.id in {one.act.id for one in hill.do(cosigning.waiting)}, "and is confirmed itself"


def test_the_register_has_what_counts_and_earlier_decisions_stand_until_then(valley: Valley) -> None:
    hill = valley["Hill"]
    bench = done(hill.do(proposing.propose, hill.people["leyla"], proposing.Draft("A bench", "Of oak.", "task")))
    [first] = hill.decide(bench).acts
    assert "A bench" not in in_force(hill)
    both_confirm(hill, first)
    assert "A bench" in in_force(hill)
    gone = proposing.Draft("None", "No bench.", "task", links=(("repeals", first.id),))
    [second] = hill.decide(done(hill.do(proposing.propose, hill.people["leyla"], gone))).acts
    assert "A bench" in in_force(hill)
    both_confirm(hill, second)
    assert "A bench" not in in_force(hill)


def both_confirm(hill: Place, act: StoredAct) -> None:
    for name in ("leyla", "tom"):
        done(confirm(hill, name, act.id))


def in_force(place: Place) -> set[str]:
    return {one.proposal.name for one in place.do(linking.settled) if one.in_force}


def test_while_a_recall_waits_for_its_signatures_the_delegate_says_nothing_for_us(valley: Valley) -> None:
    hill, proposal = valley["Hill"], brought(valley)
    [decision] = hill.decide(done(hill.do(mandating.propose, hill.people["leyla"], mandate_for(hill, valley)))).acts
    both_confirm(hill, decision)
    [mandate] = granted(hill)
    both_confirm(hill, mandate)
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate.id, (), "He is ill."))
    [ended] = hill.decide(recall, agree=4).acts
    assert hill.read(lambda c: acts.of_type(c, "gov:Recall")) == ()
    held = hill.do(delegating.send, hill.people["rojin"], delegating.Wish(proposal, Stance.RATIFIED, mandate.id))
    assert isinstance(held, Refusal)
    assert held.code == "delegate.held"
    both_confirm(hill, ended)
    assert len(hill.read(lambda c: acts.of_type(c, "gov:Recall"))) == 1


def test_a_change_of_the_rules_waits_for_nobody_or_absent_co_signers_would_rule(valley: Valley) -> None:
    hill = valley["Hill"]
    charter = charter_of(hill)
    wish = charters.Amendment(charter.clauses, dict(charter.settings) | {"vote_age": 14}, "Younger.")
    item = done(hill.do(charters.propose, hill.people["leyla"], wish))
    hill.decide(item)
    hill.decide(item)
    assert charter_of(hill).vote_age == 14


def replace_co_signers(hill: Place, *names: str) -> None:
    """The assembly names others in two meetings, by a change of its rules that no co-signer confirms."""
    charter = charter_of(hill)
    named = done(hill.do(cosigning.chosen, charter, names, 2))
    wish = charters.Amendment(charter.clauses, dict(charter.settings) | {"scrutineers": named}, "They never sign.")
    item = done(hill.do(charters.propose, hill.people["leyla"], wish))
    hill.decide(item)
    hill.decide(item)


def test_the_assembly_replaces_co_signers_who_never_sign_and_decides_again_what_waited_for_them(
    valley: Valley,
) -> None:
    hill, proposal = valley["Hill"], brought(valley)
    first = answered(valley).acts[-1]
    item = hill.item(Kind.ANSWER, "Winter fuel")
    refused = hill.do(calls.ask_again, hill.people["leyla"], item.id, "They might sign yet.")
    assert isinstance(refused, Refusal)
    assert (refused.code, stand(valley, "Riverside", proposal)) == ("call.none", Position.SILENT)
    replace_co_signers(hill, "leyla", *OTHERS)
    for name in OTHERS:  # whom the charter of its day did not name confirms nothing of it (fine-print 29)
        late = confirm(hill, name, first.id)
        assert isinstance(late, Refusal)
        assert late.code == "attest.person"
    assert "Those who were to confirm it are co-signers no longer" in read(signed_in(hill, "Leyla"), "/co-sign")
    again = done(hill.do(calls.ask_again, hill.people["leyla"], item.id, "Our new co-signers can."))
    second = hill.decide(again).acts[-1]
    assert load(second)["gov:supersedes"]["id"] == first.id
    for name in OTHERS:
        done(confirm(hill, name, second.id))
    valley.deliver()
    assert {stand(valley, name, proposal) for name in EVERYWHERE} == {Position.RATIFIED}
    report = verify_bundle(done(valley["Riverside"].do(bundling.export)))
    [fuel] = [one for one in report.proposals if one.ref.id == proposal]
    assert fuel.count is not None
    assert next(one.row.stance for one in fuel.count.stands if one.row.assembly == hill.assembly) == "ratified"


def charter_of(hill: Place) -> Charter:
    found = hill.do(proposing.charter_of, hill.assembly, hill.clock.now())
    assert found is not None
    return found


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
