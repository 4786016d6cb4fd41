"""A close before all members have met: two thirds of the forum stand behind it, or the forum does not take it."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.operations.confederation import counting, hosting
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import proposing
from app.operations.record.sealing import heading, load
from app.operations.votes import hastening
from app.store import acts
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.pages.visits import read, send, signed_in

TITLE = "Pumps for the flood"
WHY = "The river is rising."


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, tuple(PEOPLE))
    return valley


def wants(valley: Valley) -> Item:
    """Riverside's text, not decided on yet."""
    river = valley["Riverside"]
    draft = proposing.Draft(TITLE, "We lend each other pumps.", "policy", valley["Valley"].assembly)
    return done(river.do(proposing.propose, river.people["ana"], draft))


def asks(valley: Valley, text: Item) -> None:
    """Riverside asks the assemblies whether they answer within three days."""
    river, now = valley["Riverside"], valley.clock.now()
    soon, due = now + timedelta(days=1), now + timedelta(days=3)
    river.decide(done(river.do(hastening.propose, river.people["ana"], text.id, soon, due, WHY)))
    valley.deliver()


def say(valley: Valley, agree: int) -> None:
    """So many of the three assemblies agree that it cannot wait, then their time to say so is over."""
    for name in ("Riverside", "Hill", "Harbour")[:agree]:
        valley[name].decide(valley[name].item(Kind.ANSWER, "Answer soon"))
    valley.deliver()
    valley.clock.tick(days=1, minutes=1)
    valley["Valley"].do(hosting.duties)
    valley.deliver()


def brought(place: Place) -> list[StoredAct]:
    found = place.read(lambda c: acts.of_type(c, "gov:Proposal"))
    return [act for act in found if load(act)["name"] == TITLE and "gov:closes" in load(act)]


def takes(valley: Valley, act: StoredAct) -> bool:
    """True if Valley froze who may answer a text."""
    named = valley["Valley"].read(lambda c: acts.naming(c, act.id, "gov:act"))
    return any("gov:roll" in load(one) for one in named)


def forged(valley: Valley, true: StoredAct) -> StoredAct:
    """The same text once more, with a close that is earlier than anybody agreed to."""
    river = valley["Riverside"]
    about = river.read(lambda c: acts.of_type(c, "gov:Outcome", author=valley["Valley"].assembly))[-1]
    soon = (valley.clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {"id": about.id, "gov:digest": about.digest}

    def forge(connection: Connection, instance: Instance) -> StoredAct:
        document = {key: value for key, value in load(true).items() if key not in {"proof", "published"}}
        document |= {"id": heading(connection, instance).id, "gov:closes": soon, "gov:earlier": named}
        return seal_and_announce(connection, instance, document)

    made = river.do(forge)
    valley.deliver()
    return made


def test_two_thirds_let_a_text_close_before_every_assembly_has_met(valley: Valley) -> None:
    text = wants(valley)
    asks(valley, text)
    say(valley, 2)
    valley["Riverside"].decide(text)
    valley.deliver()
    [act] = brought(valley["Hill"])
    assert takes(valley, act)
    board = done(valley["Hill"].do(counting.board, act.id))
    assert board.proposal.earlier is not None
    assert board.closing.at is not None
    assert board.closing.at < valley.clock.now() + timedelta(days=2)
    said = read(signed_in(valley["Hill"], "tom"), "/confederation")
    assert "Sooner than every assembly has met, as two thirds of Valley agreed." in said
    assert not takes(valley, forged(valley, act))


def test_with_fewer_it_closes_when_every_assembly_has_met(valley: Valley) -> None:
    text = wants(valley)
    asks(valley, text)
    say(valley, 1)
    valley["Riverside"].decide(text)
    valley.deliver()
    [act] = brought(valley["Hill"])
    assert takes(valley, act)
    assert "gov:earlier" not in load(act)
    board = done(valley["Hill"].do(counting.board, act.id))
    assert board.closing.at is not None
    assert board.closing.at > valley.clock.now() + timedelta(days=30)
    assert not takes(valley, forged(valley, act))


def test_a_member_asks_on_the_page_and_nonsense_is_refused_in_words(valley: Valley) -> None:
    river, client = valley["Riverside"], signed_in(valley["Riverside"], "ana")
    text, now = wants(valley), valley.clock.now()
    page = f"/proposals/{text.id}"
    assert "it takes two thirds of all of them" in read(client, page)

    def ask(said_by: str, due_by: str, why: str, status: int = 422) -> str:
        fields = {"said_by": said_by, "due_by": due_by, "why": why}
        return send(client, river, f"{page}/less-time", page, status, **fields)

    soon, due = f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}", f"{now + timedelta(days=3):%Y-%m-%dT%H:%M}"
    assert "That is not a date and a time" in ask("", due, WHY)
    assert "That is not a date and a time" in ask(soon, "soon", WHY)
    assert "First the assemblies say whether" in ask(due, soon, WHY)
    assert "why it cannot wait" in ask(soon, due, "")
    assert "Whether answers may be due sooner" in ask(soon, due, WHY, 200)
    assert "That is on our agenda already." in ask(soon, due, WHY)
