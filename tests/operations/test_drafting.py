"""What a working group of a session drafts decides nothing until an assembly adopts it, adapts it, or calls others."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.governance.mandate import Kind as Latitudes
from app.governance.outcome import Kind as Judged
from app.governance.ratification import Stance
from app.governance.rules import Status
from app.kernel.canonical import Document, digest
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import counting, drafting, hosting
from app.operations.confederation.drafting import Drafted
from app.operations.mandates import mandating
from app.operations.matters import proposing
from app.operations.record import bundling, recording
from app.operations.record.sealing import load, seal_signer
from app.store import acts, agenda
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.verifier import verify_bundle
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, settle_down
from tests.operations.test_calls import signed, who
from tests.operations.test_sessions import called, host, send_delegation

TITLE, TEXT = "Bread for all", "Each assembly bakes on Fridays.\n\nWhat is left goes to the next one."
EVERYWHERE = ("Hill", "Riverside", "Harbour")


def draft_act(connection: Connection, group: "Drafting") -> StoredAct:
    """The draft as it is kept at a place."""
    found = acts.by_id(connection, group.draft["id"])
    assert found is not None
    return found


def drafts(place: Place) -> tuple[Drafted, ...]:
    return place.do(drafting.of_session, called(place))


def publish(place: Place, name: str = TITLE, text: str = TEXT, replaces: str = "") -> Document:
    wish = drafting.Wish(name, text, "Bread", ("Ana of Riverside", "Gus"), replaces)
    return load(done(place.do(drafting.publish, place.people["rojin"], called(place).first.id, wish)))


def take_up(place: Place, text: str, category: str, draft: Document, forum: str | None = None) -> Item:
    links = (("derivedFrom", draft["id"]),)
    wish = proposing.Draft(TITLE, text, category, forum, links=links)
    return done(place.do(proposing.propose, next(iter(place.people.values())), wish))


@dataclass
class Drafting:
    """A session that Hill hosts; its bread group drafted a text twice, and what each assembly made of it."""

    valley: Valley
    first: Document
    draft: Document


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Drafting:
    valley = settle_down(tmp_path_factory.mktemp("drafts"), sqlite_template, PEOPLE)
    hill, river, harbour = (valley[name] for name in EVERYWHERE)
    meeting = host(valley, "Hill", "Spring assembly")
    send_delegation(hill, meeting, "rojin")
    send_delegation(river, called(river), "ana")
    valley.deliver()
    valley.clock.tick(days=11)
    first = publish(hill, text="We bake.")
    draft = publish(hill, replaces=first["id"])
    valley.deliver()
    send_delegation(harbour, called(harbour), "jo")  # too late for a vote, in time to read
    valley.deliver()
    river.decide(take_up(river, TEXT, "policy", draft))
    harbour.decide(take_up(harbour, "We bake on Saturdays.", "policy", draft))
    river.decide(take_up(river, TEXT, "call", draft, hill.assembly))
    valley.deliver()
    hill.do(hosting.duties)
    valley.deliver()
    for place in (river, hill):
        place.decide(place.item(Kind.ANSWER, TITLE))
        valley.deliver()
    return Drafting(valley, first, draft)


@pytest.mark.shows("S10", "G13")
@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_draft_and_what_assemblies_made_of_it_is_read_everywhere(group: Drafting, name: str) -> None:
    [drafted] = drafts(group.valley[name])
    assert (drafted.act.id, drafted.versions, drafted.draft.group) == (group.draft["id"], 2, "Bread")
    assert drafted.draft.authors == ("Ana of Riverside", "Gus")
    assert load(drafted.act)["source"]["content"] == TEXT
    agenda = [ref.id for ref in called(group.valley[name]).session.agenda]
    assert agenda[0] == group.draft["id"]  # it comes before the plenary, and its first text no more
    assert group.first["id"] not in agenda
    made = [(one.act.author.split("/")[2].partition(".")[0], one.status, one.as_it_stands) for one in drafted.taken]
    assert made[:2] == [("riverside", Status.ADOPTED, True), ("harbour", Status.ADOPTED, False)]
    call = drafted.taken[-1]
    assert made[-1] == ("riverside", Status.ADOPTED, True)
    assert [one.assembly.split("/")[2] for one in call.signed or ()] == ["riverside.example", "hill.example"]
    assert who(signed(group.valley[name], call.act.id)) == ["riverside", "hill"]


@pytest.mark.shows("S10", "G15")
def test_the_record_of_who_adopts_it_says_where_the_text_comes_from(group: Drafting) -> None:
    for name in EVERYWHERE[1:]:
        me = group.valley[name].assembly
        kept = [load(act) for act in group.valley["Hill"].read(lambda c: acts.of_type(c, "gov:Proposal"))]
        linked = [act["gov:links"]["derivedFrom"] for act in kept if act["attributedTo"] == me and "gov:links" in act]
        assert linked
        assert all(one == [proof_of(group.draft)] for one in linked)


@pytest.mark.shows("S10")
def test_nothing_that_anybody_says_of_a_draft_counts_anywhere(group: Drafting) -> None:
    hill, river, harbour = (group.valley[name] for name in EVERYWHERE)
    [ratified] = [
        load(act) for act in hill.read(lambda c: acts.of_type(c, "gov:Ratification", author=hill.assembly)) if act.own
    ]
    [counted] = [load(act) for act in hill.read(lambda c: acts.of_type(c, "gov:Outcome"))][-1:]
    [receipt] = [load(act) for act in hill.read(lambda c: acts.of_type(c, "gov:Receipt")) if "gov:roll" in load(act)][
        -1:
    ]
    about = {"gov:proposal": proof_of(group.draft)}
    forged = [
        again(hill, ratified | about),
        again(hill, counted | about | {"gov:status": "adopted"}),
        again(hill, receipt | {"gov:act": proof_of(group.draft)}),
    ]
    for place in (river, harbour):
        items = place.read(lambda c: [one.id for one in agenda.listed(c, 100)])
        boards = len(place.do(counting.boards))
        for document in forged:
            place.do(recording.record, document, {}, None)
        assert isinstance(place.do(counting.board, group.draft["id"]), Refusal)
        [result] = place.do(lambda c, i: counting.about_draft(c, i, draft_act(c, group)))
        assert (result.judgement.kind, result.stands) == (Judged.FAULT, False)
        assert len(place.do(counting.boards)) == boards
        assert place.read(lambda c: [one.id for one in agenda.listed(c, 100)]) == items
        refused = place.do(mandating.propose, next(iter(place.people.values())), wish_about(group.draft, place))
        assert isinstance(refused, Refusal)
        assert refused.code == "mandate.items"
    report = verify_bundle(done(harbour.do(bundling.export)))
    [said] = [one for one in report.proposals if one.ref.id == group.draft["id"]]
    assert (said.count, said.outcomes[0].judgement.kind.value, report.exit_code) == (None, "fault", 1)


def test_only_who_called_the_session_puts_drafts_on_its_page(group: Drafting) -> None:
    river, harbour = group.valley["Riverside"], group.valley["Harbour"]
    stranger = again(river, group.draft | {"id": f"{river.instance.url}/acts/MINE", "attributedTo": river.assembly})
    harbour.do(recording.record, stranger, {}, None)
    assert [one.act.id for one in drafts(harbour)] == [group.draft["id"]]
    wish = drafting.Wish(TITLE, TEXT, "Bread", ("Ana",))
    hill = group.valley["Hill"]
    codes = []
    for place, name, said in (
        (river, "ana", wish),
        (hill, "ida", wish),
        (hill, "rojin", replace(wish, group="")),
        (hill, "rojin", replace(wish, authors=())),
        (hill, "rojin", replace(wish, authors=("Ana\u202e",))),
        (hill, "rojin", replace(wish, replaces=group.first["id"])),
        (hill, "rojin", replace(wish, text="")),
    ):
        refused = place.do(drafting.publish, place.people[name], called(place).first.id, said)
        assert isinstance(refused, Refusal)
        codes.append(refused.code)
    assert codes == [
        "session.unknown",
        "session.who",
        "draft.group",
        "draft.authors",
        "draft.authors",
        "draft.unknown",
        "item.text",
    ]


def proof_of(document: Document) -> Document:
    """How an act names another one."""
    return {"id": document["id"], "gov:digest": digest(document)}


def again(place: Place, document: Document) -> Document:
    """The same act once more with what was changed, made with the key of its author."""
    at = place.clock.now()
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    unsigned |= {"id": f"{unsigned['id']}X", "published": format_instant(at)}
    return integrity_proofs.seal(unsigned, place.do(lambda c, i: seal_signer(c, i, place.assembly)), at)


def wish_about(draft: Document, place: Place) -> mandating.Wish:
    position = mandating.Position(draft["id"], Latitudes.FIXED, (Stance.RATIFIED,))
    return mandating.Wish(
        called(place).session.head.author,
        (next(iter(place.people.values())).name,),
        (position,),
        place.clock.now() + timedelta(days=9),
        "Why not.",
    )
