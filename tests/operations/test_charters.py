"""How rules change: at home by our own decision, in a confederation by everyone's, and nowhere else by either."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.act import Ref
from app.governance.charter import Charter, Clause
from app.governance.proposal import State
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.assembly import charters
from app.operations.assembly.charters import Amendment
from app.operations.confederation import counting, hosting
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import proposing
from app.operations.matters.proposing import Draft, charter_of
from app.operations.record.sealing import heading, load
from app.operations.votes import voting
from app.store import acts, agenda
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down

PEOPLE = {"Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"), "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida")}
WATER = Clause("1", "Water belongs to all.", entrenched=True)


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    founded = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(founded, PEOPLE)
    return founded


def rules_of(place: Place, assembly: str) -> Charter:
    found = place.do(lambda c, i: charter_of(c, i, assembly, i.now()))
    assert found is not None
    return found


def changed(place: Place, assembly: str = "", **settings: object) -> Amendment:
    """A change of the rules in force that a member would make, with one clause."""
    known = rules_of(place, assembly or place.assembly).settings
    return Amendment((WATER,), {**known, **settings}, "We argued long about it.", assembly or None)


def propose(place: Place, wish: Amendment) -> Item:
    return done(place.do(charters.propose, next(iter(place.people.values())), wish))


def state(place: Place, item: Item) -> str:
    found = place.read(lambda c: agenda.get(c, item.id))
    assert found is not None
    return found.state


def sealed(place: Place, act_type: str, author: str) -> list[Document]:
    return [load(act) for act in place.read(lambda c: acts.of_type(c, act_type, author=author))]


@pytest.mark.shows("G12")
def test_each_assembly_changes_its_own_rules_and_the_others_see_it(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    before = rules_of(hill, hill.assembly)
    item = propose(river, changed(river, contest="P10D"))
    river.decide(item)
    assert state(river, item) == State.FROZEN
    river.decide(item)
    assert state(river, item) == State.ADOPTED
    valley.deliver()
    assert rules_of(hill, river.assembly).version == 2
    assert rules_of(hill, river.assembly).contest == timedelta(days=10)
    assert rules_of(hill, hill.assembly) == before


def test_a_second_meeting_that_says_no_ends_it(valley: Valley) -> None:
    river = valley["Riverside"]
    item = propose(river, changed(river, contest="P10D"))
    river.decide(item)
    river.decide(item, agree=1, disagree=4)
    assert state(river, item) == State.REJECTED
    assert rules_of(river, river.assembly).version == 1


def test_an_item_keeps_the_rules_under_which_it_was_opened(valley: Valley) -> None:
    river = valley["Riverside"]
    earlier = done(river.do(proposing.propose, river.people["ana"], Draft("A roof", "For the hall.", "task")))
    rules = rules_of(river, river.assembly).settings["rules"] | {"task": {"method": "consensus", "quorum": "1/2"}}
    item = propose(river, changed(river, rules=rules))
    river.decide(item)
    river.decide(item)
    later = done(river.do(proposing.propose, river.people["ana"], Draft("A door", "For the hall.", "task")))
    votes = [done(river.do(voting.open_vote, one.id, timedelta(hours=1))) for one in (earlier, later)]
    assert [vote.rule["method"] for vote in votes] == ["majority", "consensus"]
    first, second = sealed(river, "gov:Charter", river.assembly)
    assert [vote.charter for vote in votes] == [first["id"], second["id"]]


@pytest.mark.shows("S3")
@pytest.mark.shows("G17")
@pytest.mark.shows("R8")
@pytest.mark.shows("G11")
def test_a_confederation_changes_its_rules_by_the_decision_of_each_member(valley: Valley) -> None:
    council, river, hill = valley["Valley"], valley["Riverside"], valley["Hill"]
    kept = sealed(river, "gov:Decision", river.assembly)[0]["id"]
    item = propose(river, changed(river, council.assembly, scope="platform", entrenched=[kept]))
    river.decide(item)
    river.decide(item)
    valley.deliver()
    for place in (river, hill):
        assert rules_of(place, council.assembly).version == 1
        place.decide(place.item(Kind.ANSWER, "version 2"))
        valley.deliver()
    assert [one["gov:status"] for one in sealed(council, "gov:Outcome", council.assembly)] == ["adopted"]
    assert rules_of(council, council.assembly).version == 1  # there is still time to object
    council.clock.tick(days=60)
    council.do(hosting.duties)
    council.do(hosting.duties)
    valley.deliver()
    second = sealed(council, "gov:Charter", council.assembly)[-1]
    final = sealed(council, "gov:Outcome", council.assembly)[-1]
    assert (second["gov:version"], second["gov:outcome"]["id"], final["gov:final"]) == (2, final["id"], True)
    for place in (council, river, hill):
        now = rules_of(place, council.assembly)
        assert (now.version, now.scope, now.clauses) == (2, "platform", (WATER,))
    assert len(sealed(council, "gov:Charter", council.assembly)) == 2
    bring(valley, "Seeds")
    board = done(hill.do(counting.board, hill.item(Kind.ANSWER, "Seeds").act))
    assert done(board.count).status == "adopted"
    assert done(board.count).binds == ()  # a platform binds nobody
    wish = Draft("Otherwise", "Let us end it.", "policy", council.assembly, links=(("repeals", kept),))
    assert done(river.do(proposing.propose, river.people["ana"], wish)).category == "charter"


def bring(valley: Valley, title: str) -> None:
    """A text of Riverside's that everybody agrees to."""
    river = valley["Riverside"]
    draft = Draft(title, "We share them.", "policy", valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    for name in PEOPLE:
        valley[name].decide(valley[name].item(Kind.ANSWER, title))
        valley.deliver()


@pytest.mark.withstands("F22")
def test_a_charter_that_a_council_made_up_is_in_force_nowhere(valley: Valley) -> None:
    council = valley["Valley"]
    bring(valley, "Winter fuel")
    outcome = council.read(lambda c: acts.of_type(c, "gov:Outcome", author=council.assembly))[-1]
    known = rules_of(council, council.assembly)

    def make_up(connection: Connection, instance: Instance) -> None:
        head = heading(connection, instance)
        document = build.charter(
            id=Id(head.id),
            author=Id(head.author),
            published=head.published,
            name="Valley",
            version=2,
            settings={**known.settings, "contest": "PT0S"},
            supersedes=known.head.ref,
            outcome=Ref(Id(outcome.id), outcome.digest),
        )
        seal_and_announce(connection, instance, document)

    council.do(make_up)
    valley.deliver()
    for name in PEOPLE:
        assert len(sealed(valley[name], "gov:Charter", council.assembly)) == 2
        assert rules_of(valley[name], council.assembly).version == 1
