"""A council answers with the rule, counts when time is over, and minds no order of arrival."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.act import Ref
from app.governance.charter import rule_for
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.confederation import counting, hosting
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import proposing
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading, load
from app.store import actors, acts, deliveries, held_relays
from app.store.actors import Follower
from app.store.agenda import Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    made = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(made, ("Riverside", "Hill"))
    return made


def brought(connection: Connection, instance: Instance, council: str, rule: str, days: int = 37) -> Document:
    """A proposal before `council` that names the rule of category `rule`, sealed and announced."""
    reading = Reading(connection, loopback=False)
    charter = reading.founding_charter(council)
    assert charter is not None
    head = heading(connection, instance)
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name="Winter fuel",
        category="policy",
        forum=Id(council),
        rule=rule_for(charter, rule),
        opens=head.published,
        closes=head.published + timedelta(days=days),
        charter=charter.head.ref,
        decision=Ref(Id(head.id), charter.head.ref.digest),
    )
    return load(seal_and_announce(connection, instance, document, also=(council,)))


def offer(place: Place) -> Document:
    """The activity that brings it."""
    return {"type": "Offer", "id": f"{place.instance.url}/activities/1", "actor": place.assembly}


def answers(place: Place, kind: str) -> list[Document]:
    """What the council queued of this kind, each activity once."""
    now = int(place.clock.now().timestamp()) + 60
    found: dict[str, Document] = {}
    while claimed := place.do(lambda c, _: drain(c, now)):
        found |= {json.loads(one.raw)["id"]: json.loads(one.raw) for one in claimed}
    return [one for one in found.values() if one["type"] == kind]


def drain(connection: Connection, now: int) -> tuple[deliveries.Delivery, ...]:
    deliveries.address(connection, now)
    claimed = deliveries.claim(connection, now, 100, suspects=False, lease=60)
    deliveries.settle(connection, [deliveries.Delivered(one) for one in claimed], now)
    return claimed


@pytest.mark.shows("B8")
def test_a_void_proposal_is_refused_by_naming_the_rule(valley: Valley) -> None:
    council, river = valley["Valley"], valley["Riverside"]
    document = river.do(brought, council.assembly, "task")
    valley.hand(
        council, document, {"type": "Offer", "id": "https://riverside.example/activities/1", "actor": river.assembly}
    )
    [refusal] = answers(council, "Reject")
    assert refusal["object"] == offer(river)["id"]
    assert refusal["result"]["content"].startswith("proposal.rule: ")
    assert council.read(lambda c: acts.naming(c, document["id"], "gov:act")) == ()


def test_a_proposal_that_closes_before_the_members_can_meet_is_refused(valley: Valley) -> None:
    council, river = valley["Valley"], valley["Riverside"]
    early = river.do(brought, council.assembly, "policy", days=36)
    valley.hand(council, early, offer(river))
    [rejected] = answers(council, "Reject")
    assert "proposal.closes" in rejected["result"]["content"]


@pytest.mark.shows("G5")
def test_the_member_who_meets_last_is_waited_for(tmp_path: Path, sqlite_template: Path) -> None:
    slow = settle_down(tmp_path, sqlite_template, PEOPLE, changes={"rhythm": "P60D"})
    found_council(slow, ("Riverside", "Hill"))
    council, river = slow["Valley"], slow["Riverside"]  # whose own charter says P30D
    slow.hand(council, river.do(brought, council.assembly, "policy", days=66), offer(river))
    [rejected] = answers(council, "Reject")
    assert "proposal.closes" in rejected["result"]["content"]
    in_time = river.do(brought, council.assembly, "policy", days=67)
    slow.hand(council, in_time, offer(river))
    assert [act.type for act in council.read(lambda c: acts.naming(c, in_time["id"], "gov:act"))] == ["gov:Receipt"]


def test_only_members_bring_proposals(valley: Valley) -> None:
    council, harbour = valley["Valley"], valley["Harbour"]
    valley.visit(harbour, council)
    document = harbour.do(brought, council.assembly, "policy")
    valley.hand(
        council, document, {"type": "Offer", "id": "https://harbour.example/activities/1", "actor": harbour.assembly}
    )
    [refusal] = answers(council, "Reject")
    assert refusal["result"]["content"].startswith("offer.member: ")


def test_a_well_formed_proposal_is_taken_up_once_with_the_roll_frozen(valley: Valley) -> None:
    council, river = valley["Valley"], valley["Riverside"]
    document = river.do(brought, council.assembly, "policy")
    valley.hand(council, document, offer(river))
    valley.hand(council, document, offer(river))
    [receipt] = council.read(lambda c: acts.naming(c, document["id"], "gov:act"))
    assert load(receipt)["gov:roll"] == sorted([valley["Hill"].assembly, river.assembly])
    [accepted] = answers(council, "Accept")
    assert (accepted["object"], accepted["result"]["id"]) == (offer(river)["id"], receipt.id)


READER = "https://reader.example/assembly"
ORDINARY = "https://ordinary.example/users/mei"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def read_by(council: Place) -> None:
    """Two follow a council: one that reads acts, and one that does not."""
    for name, reads_acts in ((READER, True), (ORDINARY, False)):
        follower = Follower(name, f"{name}/inbox", reads_acts=reads_acts)
        council.do(lambda c, _, one=follower: actors.follow(c, council.assembly, one, 0))


def created(river: Place, *to: str) -> Document:
    """The activity with which a member sends an act of its own."""
    return {"type": "Create", "id": f"{river.instance.url}/activities/1", "actor": river.assembly, "to": list(to)}


def passed_on(council: Place, activity: Document) -> list[deliveries.Delivery]:
    """Where a council queued an Announce of an activity."""
    now = int(council.clock.now().timestamp()) + 60
    sent: list[deliveries.Delivery] = []
    while claimed := council.do(lambda c, _: drain(c, now)):
        sent += claimed
    return [one for one in sent if json.loads(one.raw)["object"] == activity]


def inboxes(sent: list[deliveries.Delivery]) -> list[str]:
    return sorted(one.target.removesuffix("/inbox") for one in sent)


@pytest.mark.parametrize("is_public", [True, False])
def test_what_is_for_everybody_is_relayed_to_followers_that_read_acts_and_what_is_not_to_members(
    valley: Valley, *, is_public: bool
) -> None:
    council, river, hill = valley["Valley"], valley["Riverside"], valley["Hill"]
    valley.visit(council, river)  # its charter says for whom its acts are
    read_by(council)
    document = river.do(brought, council.assembly, "policy")
    create = created(river, PUBLIC if is_public else council.assembly)
    valley.hand(council, document, create)
    valley.hand(council, document, create)
    about = passed_on(council, create)
    reached = inboxes(about)
    assert (READER in reached, ORDINARY in reached, len(about)) == (is_public, False, len(set(reached)))
    assert any(target.startswith(hill.instance.url) for target in reached)
    to = PUBLIC if is_public else hill.assembly
    assert {tuple(json.loads(one.raw)["to"]) for one in about} == {(to,)}


def ratifications_read(valley: Valley) -> list[str]:
    """Whose Ratifications went to the one elsewhere who reads acts, oldest first; each must have been for everybody."""
    mine = [activity for inbox, activity in valley.elsewhere if inbox == f"{READER}/inbox"]
    relayed = [one for one in mine if one["type"] == "Announce" and one["object"]["object"]["type"].endswith("cation")]
    assert {tuple(one["to"]) for one in relayed} <= {(PUBLIC,)}
    return [one["object"]["actor"] for one in relayed]


@pytest.mark.withstands("E09")
@pytest.mark.parametrize("publicity", ["public", "confederates"])
def test_an_act_that_comes_before_its_authors_rules_reaches_followers_once_they_say_that_it_is_for_everybody(
    tmp_path: Path, sqlite_template: Path, publicity: str
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE, changes={"publicity": {"ratification": publicity}})
    council, members = valley["Valley"], {valley[name].assembly for name in ("Riverside", "Hill")}
    read_by(council)
    valley.delayed = {"Valley": "gov:Charter"}
    found_council(valley, ("Riverside", "Hill"))
    assert {act.author for act in council.read(lambda c: acts.of_type(c, "gov:Ratification"))} == members
    assert ratifications_read(valley) == []
    valley.arrive()
    assert sorted(ratifications_read(valley)) == (sorted(members) if publicity == "public" else [])
    assert council.do(lambda c, _: [held_relays.take(c, one) for one in members]) == [(), ()]


def test_what_nobody_answered_is_counted_at_the_close_and_once_more_as_final(valley: Valley) -> None:
    council, river = valley["Valley"], valley["Riverside"]
    document = river.do(brought, council.assembly, "policy")
    valley.hand(council, document, offer(river))
    council.do(hosting.duties)
    assert outcomes(council, document) == []
    valley.clock.tick(days=38)
    council.do(hosting.duties)
    council.do(hosting.duties)
    assert [(one["gov:status"], one["gov:final"]) for one in outcomes(council, document)] == [("no_quorum", False)]
    valley.clock.tick(days=8)
    council.do(hosting.duties)
    council.do(hosting.duties)
    first, last = outcomes(council, document)
    assert last["gov:final"]
    assert last["gov:correctionOf"]["id"] == first["id"]


@pytest.mark.withstands("E09")
def test_the_order_in_which_acts_arrive_changes_nothing(valley: Valley) -> None:
    council, river, hill = valley["Valley"], valley["Riverside"], valley["Hill"]
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    for place in (river, hill):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
    valley.deliver()
    proposal = hill.item(Kind.ANSWER, "Winter fuel").act
    harbour = valley["Harbour"]
    for act in council.read(lambda c: acts.newest(c, 500)):
        valley.hand(harbour, load(act), {})
    for place in (river, hill):
        valley.visit(harbour, place)
    here, there = (done(place.do(counting.board, proposal)) for place in (harbour, council))
    assert done(here.count).rows == done(there.count).rows
    assert done(here.count).status == "adopted"
    assert here.newest is not None
    assert here.newest.same


def outcomes(place: Place, proposal: Document) -> list[Document]:
    named = place.read(lambda c: acts.naming(c, proposal["id"], "gov:proposal"))
    return [load(act) for act in named if act.type == "gov:Outcome"]
