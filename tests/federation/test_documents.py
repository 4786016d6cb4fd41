"""Documents: ours as others must be able to read them, theirs as far as they can be believed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation import audience
from app.federation.documents import (
    ACTIVITY_JSON,
    AS2,
    CONTEXT,
    Actor,
    acts_within,
    check_fetched,
    collection,
    host_of,
    is_activity_type,
    page,
    parse_actor,
    render_actor,
    wrap,
)
from app.federation.keys import generate_rsa, rsa_signer, seal_signer
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal

VENDORS: Final = Path(__file__).parents[2] / "../shared/vectors/vendor"
ASSEMBLY: Final = "https://a.example/assembly"
NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
RSA: Final = rsa_signer(f"{ASSEMBLY}#main-key", generate_rsa())
SEAL: Final = seal_signer(f"{ASSEMBLY}#ed25519-key", b"\x07" * 32)
ACTOR: Final[Document] = render_actor(
    actor_id=ASSEMBLY,
    kind="Group",
    username="assembly",
    name="Riverside",
    public_pem=RSA.public_pem(),
    multikey=SEAL.multikey(),
    published=NOW,
    body="commune",
)
ACT: Final[Document] = {"id": "https://a.example/acts/1", "type": "gov:Report", "attributedTo": ASSEMBLY}


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def test_an_assembly_that_we_render_is_read_with_its_keys_and_that_it_reads_acts() -> None:
    actor = parse_actor(ACTOR, ASSEMBLY)
    assert isinstance(actor, Actor)
    assert (actor.type, actor.inbox, actor.shared_inbox) == ("Group", f"{ASSEMBLY}/inbox", "https://a.example/inbox")
    assert actor.reads_acts
    assert [key.id for key in actor.keys] == [RSA.key_id, SEAL.key_id]
    assert ACTOR["gov:body"] == "commune"
    assert isinstance(ACTOR["publicKey"], dict)
    assert ACTOR["webfinger"] == "assembly@a.example"
    assert "PRIVATE" not in json.dumps(ACTOR)


def test_a_person_has_no_body() -> None:
    person = render_actor(
        actor_id="https://a.example/people/ana",
        kind="Person",
        username="ana",
        name="Ana",
        public_pem=RSA.public_pem(),
        multikey=SEAL.multikey(),
        published=NOW,
    )
    assert "gov:body" not in person
    assert person["type"] == "Person"


@pytest.mark.withstands("A24")
@pytest.mark.parametrize(
    "served", ["https://a.example/Assembly", ASSEMBLY + "/", "https://b.example/assembly", None, [ASSEMBLY]]
)
def test_an_actor_that_serves_another_id_is_none(served: object) -> None:
    assert code(parse_actor(ACTOR | {"id": served}, ASSEMBLY)) == "actor.id"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Note"},
        {"type": ["Group"]},
        {"type": {}},
        {"type": None},
        {"inbox": None},
        {"inbox": "https://b.example/inbox"},
        {"inbox": "http://a.example/inbox"},
        {"inbox": "https://["},
        {"inbox": ["https://a.example/inbox"]},
    ],
)
def test_what_is_no_actor_or_receives_elsewhere_is_refused(change: Document) -> None:
    assert code(parse_actor(ACTOR | change, ASSEMBLY)) == "actor.form"


@pytest.mark.parametrize("endpoints", [None, [], {"sharedInbox": "https://b.example/inbox"}, {"sharedInbox": 1}])
def test_a_shared_inbox_elsewhere_is_not_used(endpoints: object) -> None:
    actor = parse_actor(ACTOR | {"endpoints": endpoints}, ASSEMBLY)
    assert isinstance(actor, Actor)
    assert actor.shared_inbox is None


@pytest.mark.parametrize(
    ("generator", "reads"),
    [
        (ACTOR["generator"], True),
        ({"implements": {"href": "https://w3id.org/roundabout/gov"}}, True),
        ({"implements": ["https://w3id.org/roundabout/gov"]}, True),
        ({"implements": [{"href": "https://w3id.org/roundabout/gov#"}]}, False),
        ({"implements": None}, False),
        ("https://a.example/instance", False),
        (None, False),
    ],
)
def test_a_peer_reads_acts_only_if_it_says_so(generator: object, *, reads: bool) -> None:
    actor = parse_actor(ACTOR | {"generator": generator}, ASSEMBLY)
    assert isinstance(actor, Actor)
    assert actor.reads_acts is reads


@pytest.mark.withstands("B01")
@pytest.mark.parametrize(
    "found", ["https://b.example/1", "http://a.example/1", "https://a.example:8443/1", None, 1, "https://["]
)
def test_a_document_is_believed_only_on_its_own_origin(found: object) -> None:
    assert check_fetched({"id": "https://a.example/other"}, "https://a.example/1") is None
    assert code(check_fetched({"id": found}, "https://a.example/1")) == "obj.origin"


@pytest.mark.withstands("B02")
def test_only_the_two_media_types_of_activitypub_are_documents() -> None:
    profile = f'profile="{AS2}"'
    for fine in (
        ACTIVITY_JSON,
        "Application/Activity+JSON; charset=utf-8",
        f"application/ld+json; {profile}",
        f'application/ld+json;charset=utf-8; profile="https://x.example {AS2}"',
        f"application/ld+json; profile={AS2}",
    ):
        assert is_activity_type(fine), fine
    for wrong in (
        "",
        "application/json",
        "application/ld+json",
        'application/ld+json; profile="https://www.w3.org/ns/other"',
        f"application/json; {profile}",
        "text/html",
        "image/png",
        "application/activity+json.evil",
        f"application/octet-stream; {profile}",
    ):
        assert not is_activity_type(wrong), wrong


def test_an_activity_around_an_act_is_a_standard_one() -> None:
    activity = wrap(
        "Create",
        activity_id="https://a.example/activities/1",
        actor=ASSEMBLY,
        thing=ACT,
        to=(audience.PUBLIC,),
        cc=(f"{ASSEMBLY}/followers",),
        published=NOW,
        checkpoint="a note",
        result={"id": "https://a.example/acts/2", "type": "gov:Receipt"},
    )
    assert activity["@context"] == CONTEXT
    assert activity["object"] == ACT
    assert (activity["published"], activity["gov:checkpoint"]) == ("2026-11-22T15:04:05Z", "a note")
    assert [act["id"] for act in acts_within(activity)] == ["https://a.example/acts/1", "https://a.example/acts/2"]
    bare = wrap("Follow", activity_id="https://a.example/1", actor=ASSEMBLY, thing=ASSEMBLY, to=(), published=NOW)
    assert "result" not in bare
    assert "gov:checkpoint" not in bare


@pytest.mark.withstands("B05")
def test_acts_are_found_inside_what_is_announced_and_no_deeper() -> None:
    deep: Document = {"type": "Announce", "object": {"type": "Create", "object": ACT}}
    assert acts_within(deep) == (ACT,)
    assert acts_within({"type": "Announce", "object": {"type": "Announce", "object": deep}}) == ()
    for nothing in (None, "https://a.example/acts/1", [ACT], {"type": ["gov:Report"]}, {"type": "Note"}):
        assert acts_within({"type": "Create", "object": nothing}) == ()


def test_collections_are_read_page_by_page() -> None:
    whole = collection(f"{ASSEMBLY}/outbox", 3, f"{ASSEMBLY}/outbox?page=1")
    assert (whole["type"], whole["totalItems"], whole["first"]) == ("OrderedCollection", 3, f"{ASSEMBLY}/outbox?page=1")
    first = page(f"{ASSEMBLY}/outbox?page=1", whole["id"], ["x"], f"{ASSEMBLY}/outbox?page=2")
    assert (first["partOf"], first["orderedItems"], first["next"]) == (whole["id"], ["x"], f"{ASSEMBLY}/outbox?page=2")
    assert "next" not in page(f"{ASSEMBLY}/outbox?page=2", whole["id"], [], None)


@pytest.mark.parametrize("spelling", [audience.PUBLIC, "as:Public", "Public"])
def test_the_public_has_three_spellings(spelling: str) -> None:
    assert audience.is_public({"to": spelling})
    assert audience.is_public({"to": [ASSEMBLY], "cc": [spelling]})
    assert not audience.is_public({"to": [ASSEMBLY], "bto": [spelling]})
    assert not audience.is_public({"to": {"id": spelling}})


def test_a_host_of_a_queue_has_its_port() -> None:
    assert host_of("http://127.0.0.1:8001/assembly") == "127.0.0.1:8001"


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("https://["),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(ACTOR)), JSON)
def test_no_junk_breaks_the_reader_of_actors(key: str, junk: Any) -> None:  # noqa: ANN401 - any JSON
    assert isinstance(parse_actor(ACTOR | {key: junk}, ASSEMBLY), Actor | Refusal)
    assert isinstance(acts_within({key: junk, "object": junk}), tuple)
    assert isinstance(audience.is_public({"to": junk, "cc": junk}), bool)


def test_actors_of_other_software_are_read() -> None:
    if not VENDORS.is_dir():
        pytest.skip("documents of other software are not beside this checkout")
    read = 0
    for path in sorted(VENDORS.rglob("*.json")):
        try:
            document = json.loads(path.read_bytes())
        except ValueError:
            continue
        if isinstance(document, dict) and document.get("type") in {"Person", "Group"} and "publicKey" in document:
            actor = parse_actor(document, str(document.get("id")))
            assert isinstance(actor, Actor | Refusal)
            read += isinstance(actor, Actor) and bool(actor.keys)
    assert read > 20
