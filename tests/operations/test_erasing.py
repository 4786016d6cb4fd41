"""An assembly takes words out of its record: they are nowhere, and everything that was counted is counted as before."""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import verifier
from app.federation import documents
from app.federation.documents import ACTIVITY_JSON
from app.governance.assembly import Body
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.main import build
from app.operations.assembly import founding
from app.operations.confederation import relaying
from app.operations.exchange import replying
from app.operations.exchange.handling.families import outcome_of
from app.operations.exchange.handling.outcome import Waiting
from app.operations.matters import proposing
from app.operations.matters.languages import Languages
from app.operations.record import bundling, erasing
from app.operations.record.sealing import load
from app.store import actors, acts, agenda, ledger, outbox, voices
from app.store.actors import Follower
from app.store.acts import StoredAct
from app.store.tables_federation import activities, deliveries
from app.store.voices import Voice
from app.translation.acts.redactions import BLANK
from tests.operations.cycle import PEOPLE, Played, join, play
from tests.operations.hill import FOLLOWER, founded, ordered, post_about, proposed, queued
from tests.operations.neighbours import Place, Valley, done, found_council, open_place, settle_down

READER = "https://reader.example/assembly"
NOT_ENOUGH_TO_SAY = 2  # and nobody is accused


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    return founded(tmp_path, sqlite_template)


@pytest.mark.withstands("B08")
def test_the_words_go_and_the_leaf_and_a_stone_stay(hill: Place) -> None:
    act_id = proposed(hill, text="Canary words.")
    decision = ordered(hill, act_id)
    before = hill.read(ledger.tip)
    assert before is not None
    post = post_about(hill, act_id)
    sealed = done(hill.do(erasing.erase, act_id, "It named a child.", decision=decision))
    act = hill.read(lambda c: acts.by_id(c, act_id))
    assert act is not None
    assert (sealed.type, load(sealed)["gov:act"]) == ("gov:Redaction", {"id": act_id, "gov:digest": act.digest})
    assert b"Canary" not in act.raw
    assert hill.read(lambda c: ledger.bodies(c, act.leaf or 0, 1)) == (b"",)
    hashes = hill.read(lambda c: ledger.leaf_hashes(c, before.size))
    assert len(hashes) == before.size
    stone = post_about(hill, act_id)
    assert (stone["type"], stone["formerType"], stone["id"]) == ("Tombstone", "Note", post["id"])
    deleted = [one["object"]["id"] for one in queued(hill, "Delete")]
    assert deleted == [post["id"]]


@pytest.mark.withstands("B08")
def test_the_words_of_every_language_go_and_come_back_in_no_later_text(hill: Place) -> None:
    rojin, said = hill.people["rojin"], Languages("en", (("ku", "Canary di kurd\u00ee de."),))
    draft = proposing.Draft("A bench", "Canary words.", "task", languages=said)
    item = done(hill.do(proposing.propose, rojin, draft))
    done(hill.do(erasing.erase, item.act, "It named a child.", decision=ordered(hill, item.act)))
    kept = hill.read(lambda c: agenda.get(c, item.id))
    assert kept is not None
    assert "Canary" not in json.dumps(kept.details)
    again = done(hill.do(proposing.amend, rojin, item.id, "A bench", BLANK))
    assert "contentMap" not in load(hill.read(lambda c: acts.by_id(c, again.act)) or pytest.fail("it is not there"))


@pytest.mark.withstands("B08")
def test_what_was_sent_of_an_erased_act_is_a_stone_for_whoever_asks_and_goes_to_nobody_else(hill: Place) -> None:
    act_id = proposed(hill, text="Canary words.")
    decision = ordered(hill, act_id)
    sent = [one["id"] for one in queued(hill, "Create") if "Canary" in json.dumps(one)]
    assert len(sent) == 2  # with the act, and with the post
    assert waits(hill, sent)
    done(hill.do(erasing.erase, act_id, "It named a child.", decision=decision))
    with TestClient(build(hill.instance, with_worker=False), base_url=hill.instance.url) as client:
        pages = list(outbox_pages(client))
        assert all(any(one in page for page in pages) for one in sent)
        assert not any("Canary" in page for page in pages)
        assert not waits(hill, sent)
        answers = [client.get(one, headers={"Accept": ACTIVITY_JSON}) for one in sent]
    assert [(one.status_code, one.json()["type"], "Canary" in one.text) for one in answers] == [
        (410, "Tombstone", False)
    ] * 2


def outbox_pages(client: TestClient) -> Iterator[str]:
    address = "/assembly/outbox?page=1"
    while address:
        answer = client.get(address, headers={"Accept": ACTIVITY_JSON})
        yield answer.text
        address = answer.json().get("next", "")


def waits(place: Place, sent: list[str]) -> bool:
    query = select(deliveries.c.id).join(activities).where(activities.c.id.in_(sent))
    return place.read(lambda c: c.scalar(query)) is not None


@pytest.mark.withstands("B08")
def test_a_reply_that_was_taken_back_is_in_no_outbox(hill: Place) -> None:
    post, author = post_about(hill, proposed(hill))["id"], "https://social.example/maya"
    dossier = hill.read(lambda c: voices.dossier_of(c, post))
    assert dossier is not None
    voice = Voice(f"{author}/1", author, "<p>Why?</p>", 1, post, dossier)
    hill.do(lambda c, _: voices.hear(c, voice))
    said = done(hill.do(replying.reply, hill.people["rojin"], voice.id, "Canary words."))
    assert done(hill.do(replying.take_back, hill.people["rojin"], said.id)) == dossier
    raw = hill.read(lambda c: [row.raw for row in outbox.page(c, said.author, None, 9)])
    assert [json.loads(one)["type"] for one in raw] == ["Tombstone"]
    assert not any(b"Canary" in one for one in raw)


def test_nothing_is_erased_twice_without_a_reason_or_of_others(hill: Place) -> None:
    act_id = proposed(hill)
    codes = [
        hill.do(erasing.erase, act_id, " "),
        hill.do(erasing.erase, "https://valley.example/acts/1", "why"),
        done(hill.do(erasing.erase, act_id, "why", decision=ordered(hill, act_id)))
        and hill.do(erasing.erase, act_id, "why"),
    ]
    assert [getattr(one, "code", one) for one in codes] == ["erasing.because", "act.unknown", "act.erased"]


def test_a_caretaker_erases_only_what_the_assembly_decided_to(hill: Place) -> None:
    act_id, other = proposed(hill), proposed(hill, "Another")
    about_another = ordered(hill, other)
    refused = [hill.do(erasing.erase, act_id, "why", decision=one) for one in (None, act_id, about_another)]
    assert [getattr(one, "code", one) for one in refused] == ["erasing.decision"] * 3
    assert done(hill.do(erasing.erase, other, "why", decision=about_another)).type == "gov:Redaction"


def test_a_decision_that_an_entry_stays_erases_nothing(hill: Place) -> None:
    act_id = proposed(hill)
    draft = proposing.Draft("We build on it", f"What stands at {act_id} was good, and stays.", "policy", None)
    item = done(hill.do(proposing.propose, hill.people["rojin"], draft))
    decision = next(one.id for one in hill.decide(item, agree=3).acts if one.type == "gov:Decision")
    refused = hill.do(erasing.erase, act_id, "why", decision=decision)
    assert isinstance(refused, Refusal)
    assert refused.code == "erasing.decision"
    done(hill.do(erasing.propose, hill.people["rojin"], act_id, "It named a child."))
    again = hill.do(erasing.propose, hill.people["tom"], act_id, "It named a child.")
    assert isinstance(again, Refusal)
    assert again.code == "erasing.open"


def test_an_erased_act_is_in_no_file_of_the_record(hill: Place) -> None:
    kept, gone = proposed(hill, "Kept"), proposed(hill, "Gone")
    done(hill.do(erasing.erase, gone, "why", decision=ordered(hill, gone)))
    with zipfile.ZipFile(io.BytesIO(done(hill.do(bundling.export)))) as record:
        listed = [json.loads(record.read(name))["id"] for name in record.namelist() if name.startswith("acts/")]
    assert kept in listed
    assert gone not in listed


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Valley:
    """A council of three, followed by somebody who reads acts and by somebody who does not."""
    made = settle_down(tmp_path_factory.mktemp("valley"), sqlite_template, PEOPLE)
    council = made["Valley"]
    for who, reads_acts in {FOLLOWER: False, READER: True}.items():
        follower = Follower(who, f"{who}/inbox", reads_acts=reads_acts)
        council.do(lambda c, _, follower=follower: actors.follow(c, council.assembly, follower, 0))
    found_council(made, PEOPLE)
    return made


def answered(member: Place) -> tuple[StoredAct, Document]:
    """The answer of a member to the council's Charter, and its post about it."""
    [act] = member.read(lambda c: acts.of_type(c, "gov:Ratification", author=member.assembly))
    return act, post_about(member, act.id)


def announced(valley: Valley, name: str) -> list[Document]:
    """What the council announces once a member has brought its post."""
    member, council = valley[name], valley["Valley"]
    act, post = answered(member)
    create = {"id": f"{member.instance.url}/activities/1", "type": "Create", "actor": member.assembly, "object": post}
    council.do(relaying.relay_post, (act.id, act.digest), create)
    return [one for one in queued(council, "Announce") if one["object"].get("object") == post]


def deletes(valley: Valley, actor: str, thing: str) -> None:
    """The council handles that somebody deletes something."""
    activity = {"id": f"{actor}/deletes", "type": "Delete", "actor": actor, "object": thing}
    outcome = asyncio.run(outcome_of(valley["Valley"].instance, activity, actor))
    if not isinstance(outcome, Refusal | Waiting):
        valley["Valley"].do(lambda connection, _: outcome(connection))


def served(valley: Valley, activity: Document) -> str:
    kept = valley["Valley"].read(lambda c: outbox.activity(c, activity["id"]))
    assert kept is not None
    return str(json.loads(kept.raw)["type"])


def told(valley: Valley, kind: str) -> list[tuple[str, Document]]:
    """Which activities of this type of the council went outside, and to whom."""
    valley.deliver()
    author = valley["Valley"].assembly
    return [(to, one) for to, one in valley.elsewhere if (one["type"], one["actor"]) == (kind, author)]


@pytest.mark.withstands("B08")
@pytest.mark.withstands("B07")
def test_what_a_member_takes_back_its_council_announces_no_more(valley: Valley) -> None:
    river, [passed] = valley["Riverside"], announced(valley, "Riverside")
    assert [to for to, one in told(valley, "Announce") if one == passed] == [f"{FOLLOWER}/inbox"]
    post = passed["object"]["object"]["id"]
    deletes(valley, river.person("ana"), post)  # of the same server, and another's all the same
    assert (served(valley, passed), told(valley, "Undo")) == ("Announce", [])
    deletes(valley, river.assembly, post)
    [(to, undone)] = told(valley, "Undo")
    assert (to, served(valley, passed)) == (f"{FOLLOWER}/inbox", "Tombstone")
    bare = {"id": passed["id"], "type": "Announce", "actor": valley["Valley"].assembly}
    assert undone["object"] == bare | {"object": passed["object"]["id"]}
    deletes(valley, river.assembly, post)
    assert len(told(valley, "Undo")) == 1


@pytest.mark.withstands("B08")
@pytest.mark.withstands("E09")
def test_a_post_that_was_taken_back_before_it_came_is_announced_by_nobody(valley: Valley) -> None:
    hill = valley["Hill"]
    _, post = answered(hill)
    deletes(valley, hill.assembly, post["id"])
    assert announced(valley, "Hill") == []


@pytest.mark.withstands("B08")
def test_who_read_an_act_by_way_of_a_council_is_told_that_its_words_went(valley: Valley) -> None:
    harbour, [passed] = valley["Harbour"], announced(valley, "Harbour")
    act, _ = answered(harbour)
    done(harbour.do(erasing.erase, act.id, "It named a child.", decision=ordered(harbour, act.id)))
    undone = [(to, one["object"]["id"]) for to, one in told(valley, "Undo")]
    assert (f"{FOLLOWER}/inbox", passed["id"]) in undone
    assert served(valley, passed) == "Tombstone"
    within = [(to, documents.acts_within(one)) for to, one in told(valley, "Announce")]
    redacted = [to for to, found in within if "gov:Redaction" in {one["type"] for one in found}]
    assert redacted == [f"{READER}/inbox"]


@pytest.mark.withstands("B08")
@pytest.mark.withstands("E09")
def test_words_that_come_after_their_redaction_go_at_once(hill: Place, tmp_path: Path, sqlite_template: Path) -> None:
    act_id = proposed(hill, text="Canary words.")
    whole = hill.read(lambda c: acts.by_id(c, act_id))
    assert whole is not None
    redaction = done(hill.do(erasing.erase, act_id, "It named a child.", decision=ordered(hill, act_id)))
    away = open_place(tmp_path, sqlite_template, hill.clock, "Away")
    away.do(founding.begin, Body.COMMUNE, "Away")
    there = Valley(hill.clock, {"Hill": hill, "Away": away})
    for act in (redaction, whole, whole):
        there.hand(away, json.loads(act.raw), {})
    kept = away.read(lambda c: acts.by_id(c, act_id))
    assert kept is not None
    assert (b"Canary" in whole.raw, b"Canary" in kept.raw, kept.digest == whole.digest) == (True, False, True)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Played:
    valley = settle_down(tmp_path_factory.mktemp("valley"), sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    return play(valley)


@pytest.mark.withstands("B08")
def test_a_decision_without_its_words_counts_as_before_here_and_at_every_peer(played: Played, tmp_path: Path) -> None:
    before = {name: played.count(name) for name in ("Riverside", "Hill", "Valley")}
    river = played.valley["Riverside"]
    [ratified] = [
        act
        for act in river.read(lambda c: acts.of_type(c, "gov:Ratification", author=river.assembly))
        if load(act)["gov:proposal"]["id"] == played.proposal
    ]
    for act_id in (ratified.id, played.proposal):
        done(river.do(erasing.erase, act_id, "It named a child.", decision=ordered(river, act_id)))
    played.valley.deliver()
    assert {name: played.count(name) for name in before} == before
    file = tmp_path / "valley.gov.zip"
    file.write_bytes(done(played.valley["Valley"].do(bundling.export)))
    assert verifier.main([str(file)]) == NOT_ENOUGH_TO_SAY
    there = played.valley["Valley"].read(lambda c: acts.by_id(c, played.proposal))
    assert there is not None
    assert b"We buy together" not in there.raw
    for place in (river, played.valley["Valley"]):  # nor in what they sent, or passed on as members did
        sent = place.read(lambda c: list(c.scalars(select(activities.c.raw))))
        assert not [one for one in sent if played.proposal.encode() in one and b"We buy together" in one]
