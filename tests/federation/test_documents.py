"""Documents of ActivityPub: what is believed of others', and what ours look like."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.documents import (
    AS2,
    CONTEXT,
    READS_ACTS,
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
from app.kernel.canonical import read_document
from app.kernel.refusal import Refusal

VENDORS: Final = Path(__file__).parents[2] / "../shared/vectors/vendor"
HILL: Final = "https://hill.example/assembly"
ALICE: Final = "https://riverside.example/people/alice"
NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
RSA: Final = rsa_signer(f"{HILL}#main-key", generate_rsa())
SEAL: Final = seal_signer(f"{HILL}#ed25519-key", b"\x05" * 32)
RENDERED: Final = render_actor(
    actor_id=HILL,
    kind="Group",
    username="assembly",
    name="Hill",
    public_pem=RSA.public_pem(),
    multikey=SEAL.multikey(),
    published=NOW,
    body="commune",
)
REPORT: Final[dict[str, Any]] = {"id": "https://hill.example/acts/1", "type": "gov:Report", "attributedTo": HILL}


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


@pytest.mark.withstands("B02")
@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "application/json",
        "application/ld+json",
        'application/ld+json; profile="https://evil.example/ns"',
        f'application/ld+json; profile="{AS2}x"',
        f'application/ld+json; charset="{AS2}"',
        "text/html",
        "image/png",
        "application/activity+json2",
        "text/plain; application/activity+json",
        f'text/html; profile="{AS2}"',
    ],
)
def test_what_is_served_as_another_kind_of_file_is_no_document(media_type: str) -> None:
    assert not is_activity_type(media_type)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/activity+json",
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
        f'application/ld+json; profile="{AS2}"',
        f"application/ld+json;profile={AS2}",
        f'application/ld+json; charset=utf-8; profile="https://a.example/ {AS2}"',
    ],
)
def test_the_two_media_types_of_activitypub_are_documents(media_type: str) -> None:
    assert is_activity_type(media_type)


@pytest.mark.withstands("B01")
@pytest.mark.parametrize(
    "served",
    [None, 1, "", "https://victim.example/notes/1", "http://riverside.example/notes/1", [ALICE], "https://[/",
     "https://riverside.example:8443/notes/1", "https://riverside.example.evil.example/notes/1"],
)  # fmt: skip
def test_a_document_is_believed_only_at_the_origin_of_its_id(served: object) -> None:
    assert code(check_fetched({"id": served}, "https://riverside.example/notes/1")) == "obj.origin"


@pytest.mark.withstands("B01")
def test_a_document_found_by_a_redirect_counts_where_it_was_found_in_the_end() -> None:
    document = {"id": "https://riverside.example/notes/1"}
    assert check_fetched(document, "https://riverside.example/other/path") is None
    assert code(check_fetched(document, "https://evil.example/notes/1")) == "obj.origin"


def test_an_actor_of_ours_is_read_by_one_of_us_as_it_was_meant() -> None:
    found = parse_actor(RENDERED, HILL)
    assert isinstance(found, Actor)
    assert (found.id, found.type, found.inbox) == (HILL, "Group", f"{HILL}/inbox")
    assert found.shared_inbox == "https://hill.example/inbox"
    assert found.reads_acts
    assert [key.id for key in found.keys] == [f"{HILL}#main-key", f"{HILL}#ed25519-key"]
    assert SEAL.public() in found.keys


@pytest.mark.parametrize("kind", ["Person", "Group", "Application", "Service", "Organization"])
def test_an_actor_is_of_one_of_five_types(kind: str) -> None:
    found = parse_actor(RENDERED | {"type": kind}, HILL)
    assert isinstance(found, Actor)
    assert found.type == kind


def test_an_actor_of_ours_has_the_form_that_other_servers_need() -> None:
    assert isinstance(RENDERED["publicKey"], dict), "a list is unknown to several servers"
    assert RENDERED["webfinger"] == "assembly@hill.example"
    assert RENDERED["generator"]["implements"] == [{"href": READS_ACTS}]
    assert RENDERED["gov:body"] == "commune"
    assert RENDERED["assertionMethod"][0]["type"] == "Multikey"
    assert "PRIVATE" not in str(RENDERED)
    person = render_actor(
        actor_id="https://hill.example/people/rojin",
        kind="Person",
        username="rojin",
        name="Rojîn",
        public_pem=RSA.public_pem(),
        multikey=SEAL.multikey(),
        published=NOW,
    )
    assert "gov:body" not in person


@pytest.mark.withstands("A24")
@pytest.mark.parametrize("served", [None, HILL + "/", HILL.upper(), "https://victim.example/assembly", [HILL]])
def test_an_actor_is_the_one_that_was_asked_for(served: object) -> None:
    assert code(parse_actor(RENDERED | {"id": served}, HILL)) == "actor.id"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Note"},
        {"type": ["Group"]},
        {"type": {"a": "b"}},
        {"type": None},
        {"inbox": None},
        {"inbox": "https://victim.example/inbox"},
        {"inbox": "http://hill.example/inbox"},
        {"inbox": ["https://hill.example/inbox"]},
    ],
)
def test_what_has_another_type_or_no_inbox_of_its_own_is_no_actor(change: dict[str, Any]) -> None:
    assert code(parse_actor(RENDERED | change, HILL)) == "actor.form"


@pytest.mark.parametrize("shared", [None, 1, "https://victim.example/inbox", "http://hill.example/inbox", "https://[/"])
def test_a_shared_inbox_of_another_server_is_never_used(shared: object) -> None:
    found = parse_actor(RENDERED | {"endpoints": {"sharedInbox": shared}}, HILL)
    assert isinstance(found, Actor)
    assert found.shared_inbox is None


@pytest.mark.withstands("A22")
def test_a_key_called_like_one_of_another_server_is_not_taken_in() -> None:
    listed = {"id": f"{ALICE}#main-key", "owner": HILL, "publicKeyPem": RSA.public_pem()}
    for key_id in (f"{ALICE}#main-key", "https://[/", "main-key"):
        found = parse_actor(RENDERED | {"publicKey": listed | {"id": key_id}}, HILL)
        assert isinstance(found, Actor)
        assert [key.id for key in found.keys] == [SEAL.key_id]


def test_an_actor_without_a_usable_key_is_an_actor_that_cannot_sign() -> None:
    found = parse_actor(RENDERED | {"publicKey": None, "assertionMethod": None}, HILL)
    assert isinstance(found, Actor)
    assert found.keys == ()


@pytest.mark.parametrize(
    ("generator", "reads"),
    [
        ({"implements": [{"href": READS_ACTS}]}, True),
        ({"implements": {"href": READS_ACTS}}, True),
        ({"implements": [READS_ACTS]}, True),
        ({"implements": [{"href": "https://other.example/"}, READS_ACTS]}, True),
        ({"implements": [{"href": READS_ACTS + "2"}]}, False),
        ({"implements": None}, False),
        ("https://mastodon.example/actor", False),
        (None, False),
    ],
)
def test_only_an_actor_that_says_so_reads_acts(generator: object, *, reads: bool) -> None:
    found = parse_actor(RENDERED | {"generator": generator}, HILL)
    assert isinstance(found, Actor)
    assert found.reads_acts == reads


def test_an_act_travels_inside_a_standard_activity() -> None:
    activity = wrap(
        "Create",
        activity_id="https://hill.example/activities/1",
        actor=HILL,
        thing=REPORT,
        to=[ALICE],
        published=NOW,
        checkpoint="note",
        result={"type": "gov:Receipt"},
    )
    assert activity["@context"] == CONTEXT == [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/data-integrity/v2",
        {"gov": "https://w3id.org/roundabout/gov#"},
    ]  # fmt: skip
    assert (activity["type"], activity["published"], activity["gov:checkpoint"]) == (
        "Create",
        "2026-11-22T15:04:05Z",
        "note",
    )
    assert acts_within(activity) == (REPORT, {"type": "gov:Receipt"})
    plain = wrap("Follow", activity_id=f"{HILL}/1", actor=HILL, thing=ALICE, to=[ALICE], published=NOW)
    assert not {"result", "gov:checkpoint"} & set(plain)


@pytest.mark.withstands("B12")
def test_what_is_passed_on_loses_its_hidden_recipients_and_its_ld_signature() -> None:
    hidden = {"bto": [ALICE], "bcc": [ALICE], "signature": {"type": "RsaSignature2017"}}
    created = {"id": f"{HILL}/1", "type": "Create", "actor": HILL, "object": REPORT}
    relayed = wrap("Announce", activity_id=f"{HILL}/2", actor=HILL, thing=created | hidden, to=[ALICE], published=NOW)
    assert relayed["object"] == created
    odd = REPORT | {"signature": "signed like any key that nobody knows"}
    kept = wrap("Create", activity_id=f"{HILL}/3", actor=HILL, thing=odd, to=[ALICE], published=NOW)
    assert kept["object"] == odd, "an act goes on byte for byte"


@pytest.mark.withstands("B05")
def test_acts_are_found_within_what_is_relayed_and_nothing_else_of_it_is() -> None:
    created = {"type": "Create", "actor": HILL, "object": REPORT}
    assert acts_within({"type": "Announce", "actor": ALICE, "object": created}) == (REPORT,)
    assert acts_within({"type": "Accept", "object": {"type": "Offer", "object": REPORT}, "result": None}) == (REPORT,)
    deleted = {"type": "Announce", "object": {"type": "Delete", "object": "https://victim.example/notes/1"}}
    assert acts_within(deleted) == ()
    deep: dict[str, Any] = REPORT
    for _ in range(5):
        deep = {"type": "Announce", "object": deep}
    assert acts_within(deep) == (), "nobody wraps an act five times in good faith"


@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.dictionaries(
    st.sampled_from(["object", "result", "type", "id", "inbox", "endpoints", "generator", "publicKey"]),
    inner | st.lists(inner, max_size=2)), max_leaves=6))  # fmt: skip
def test_no_json_breaks_the_reading_of_documents(document: object) -> None:
    if isinstance(document, dict):
        acts_within(document)
        assert isinstance(check_fetched(document, HILL), Refusal)
        assert isinstance(parse_actor(RENDERED | document, HILL), Actor | Refusal)


def test_a_collection_is_read_page_by_page_to_its_end() -> None:
    first = collection(f"{HILL}/outbox", 3, f"{HILL}/outbox?page=1")
    assert (first["type"], first["totalItems"]) == ("OrderedCollection", 3)
    middle = page(first["first"], first["id"], [1, 2], f"{HILL}/outbox?page=2")
    assert (middle["partOf"], middle["orderedItems"], middle["next"]) == (first["id"], [1, 2], f"{HILL}/outbox?page=2")
    assert "next" not in page(middle["next"], first["id"], [3], None)


def test_queues_are_kept_by_host_and_port() -> None:
    assert host_of("https://hill.example:8443/inbox?x") == "hill.example:8443"


def test_actors_of_other_software_are_read() -> None:
    if not VENDORS.is_dir():
        pytest.skip("the documents of other servers are not beside this checkout")
    read: dict[str, int] = {}
    for path in sorted(VENDORS.rglob("*.json")):
        document = read_document(path.read_bytes())
        found = parse_actor(document, str(document.get("id"))) if isinstance(document, dict) else document
        if isinstance(found, Actor) and found.keys:
            software = path.relative_to(VENDORS).parts[0]
            read[software] = read.get(software, 0) + 1
            assert all(key.owner == found.id for key in found.keys)
    expected = {"friendica", "lemmy", "mastodon", "misskey", "mobilizon", "peertube", "pleroma", "smithereen"}
    assert expected <= set(read), f"read were {sorted(read)}"


@pytest.mark.withstands("A22")
def test_a_published_actor_that_took_the_name_of_an_admins_key_gets_nothing_by_it() -> None:
    name = "tesla_mock__evil@remote.example_with_keyid_from_admin@mastdon.example.org.json"
    path = VENDORS / "mastodon/akkoma-fixtures" / name
    if not path.is_file():
        pytest.skip("the documents of other servers are not beside this checkout")
    # Its addresses are plain http in the capture; as https it would be read, but for its key.
    document = read_document(path.read_bytes().replace(b"http://", b"https://"))
    assert isinstance(document, dict)
    found = parse_actor(document, document["id"])
    assert isinstance(found, Actor)
    assert found.keys == ()


def test_a_reader_of_json_ld_finds_the_key_of_the_seal() -> None:
    (own,) = [part for part in RENDERED["@context"] if isinstance(part, dict)]
    assert own["assertionMethod"]["@id"] == "https://w3id.org/security#assertionMethod"
