"""Who signed a request, asked step by step; and what a signer may say, before any handler runs."""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.http_signatures import sign
from app.federation.keys import PublicKey, RsaSigner, generate_rsa, is_same, multikey, parse_pem, rsa_signer
from app.federation.signatures import Scheme, SignedRequest
from app.federation.verification import KeyWanted, Verified, check_activity, confirm_key, named_owner, verify
from app.kernel.refusal import Refusal

NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
HILL: Final = "https://hill.example"
ALICE: Final = "https://riverside.example/people/alice"
BOB: Final = "https://riverside.example/people/bob"
MALLORY: Final = "https://evil.example/people/mallory"
MAIN: Final = f"{ALICE}#main-key"
OLD: Final = rsa_signer(MAIN, generate_rsa())
NEW: Final = rsa_signer(MAIN, generate_rsa())


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def public(signer: RsaSigner, owner: str = ALICE) -> PublicKey:
    key = parse_pem(signer.public_pem(), signer.key_id, owner)
    assert not isinstance(key, Refusal)
    return key


def posted(signer: RsaSigner, body: bytes = b"{}") -> SignedRequest:
    headers = sign("POST", f"{HILL}/inbox", NOW, body, signer)
    return SignedRequest("POST", "/inbox", tuple((name.lower(), value) for name, value in headers.items()), body)


def ask(request: SignedRequest) -> Generator[KeyWanted, PublicKey | Refusal, Verified | Refusal]:
    return verify(request, NOW, HILL)


def verdict(request: SignedRequest, *keys: PublicKey | Refusal) -> Verified | Refusal:
    """What the exchange ends in when it is answered with `keys`, all of which it asks for."""
    flow = ask(request)
    asked: list[KeyWanted] = []
    try:
        asked.append(next(flow))
        for key in keys:
            asked.append(flow.send(key))  # noqa: PERF401 - a comprehension would swallow the end of the flow
    except StopIteration as end:
        assert [wanted.fresh for wanted in asked] == [False, True][: len(keys)]
        found: Verified | Refusal = end.value
        return found
    pytest.fail("asked for more keys than there are")


def actor(actor_id: str = ALICE, **entry: str) -> dict[str, Any]:
    listed = {"id": MAIN, "owner": actor_id, "publicKeyPem": OLD.public_pem()} | entry
    return {"id": actor_id, "type": "Person", "publicKey": listed}


def note(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {"id": "https://riverside.example/notes/1", "type": "Note", "attributedTo": ALICE} | changes


def act(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return note(type="gov:Report", **changes)


def said(kind: object, thing: object, **changes: object) -> dict[str, Any]:
    """An activity that Alice signed."""
    return {"id": "https://riverside.example/a/1", "type": kind, "actor": ALICE, "object": thing} | changes


def check(activity: dict[str, Any], signer: str = ALICE) -> Refusal | None:
    return check_activity(activity, signer, HILL)


def test_the_stored_key_is_asked_for_first_and_one_that_holds_settles_it() -> None:
    flow = ask(posted(OLD))
    assert next(flow) == KeyWanted(MAIN, fresh=False)
    assert verdict(posted(OLD), public(OLD)) == Verified(public(OLD))


def test_a_key_that_was_rotated_is_asked_for_once_more_and_then_no_more() -> None:
    assert verdict(posted(NEW), public(OLD), public(NEW)) == Verified(public(NEW))
    assert code(verdict(posted(NEW), public(OLD), public(OLD))) == "sig.bad"
    assert code(verdict(posted(NEW), public(OLD), Refusal("net.refetched", "lately"))) == "sig.bad"


@pytest.mark.withstands("A28")
def test_a_key_that_was_not_found_is_not_asked_for_twice() -> None:
    assert code(verdict(posted(NEW), Refusal("obj.gone", "410"))) == "obj.gone"


def test_the_signer_is_who_lists_the_key_whatever_the_key_is_called() -> None:
    found = verdict(posted(OLD), public(OLD, MALLORY))
    assert isinstance(found, Verified)
    assert found.owner == MALLORY


def labelled(*signers: RsaSigner) -> SignedRequest:
    """One request with a signature of RFC 9421 by each of `signers`."""
    body, signed = b"{}", [sign("POST", f"{HILL}/inbox", NOW, b"{}", signer, Scheme.RFC9421) for signer in signers]
    headers = {"host": "hill.example"} | {name.lower(): value for name, value in signed[0].items()}
    for name in ("Signature", "Signature-Input"):
        labels = [one[name].replace("sig1", f"sig{number}", 1) for number, one in enumerate(signed)]
        headers[name.lower()] = ", ".join(labels)
    return SignedRequest("POST", "/inbox", tuple(headers.items()), body)


@pytest.mark.withstands("A11")
def test_the_first_signature_whose_key_is_found_decides_for_good_or_ill() -> None:
    strange = RsaSigner(f"{MALLORY}#key", NEW.key)
    flow = ask(labelled(strange, OLD))
    assert next(flow) == KeyWanted(f"{MALLORY}#key", fresh=False)
    assert flow.send(Refusal("obj.gone", "410")) == KeyWanted(MAIN, fresh=False)
    assert ended(flow, public(OLD)) == Verified(public(OLD), Scheme.RFC9421)

    flow = ask(labelled(strange, OLD))
    next(flow)
    assert flow.send(public(OLD)) == KeyWanted(f"{MALLORY}#key", fresh=True)  # a known key that fails
    assert code(ended(flow, public(OLD))) == "sig.bad"


@pytest.mark.withstands("A11")
def test_no_more_than_four_keys_are_asked_for() -> None:
    flow = ask(labelled(*(RsaSigner(f"{MALLORY}#key-{number}", NEW.key) for number in range(7))))
    gone = Refusal("obj.gone", "410")
    asked = [next(flow).key_id, *(flow.send(gone).key_id for _ in range(3))]
    assert asked == [f"{MALLORY}#key-{number}" for number in range(4)]
    assert code(ended(flow, gone)) == "obj.gone"


@pytest.mark.withstands("A29")
def test_a_label_of_another_kind_of_key_does_not_hide_the_one_that_is_good() -> None:
    flow = ask(labelled(RsaSigner("acct:alice@riverside.example", NEW.key), OLD))
    assert next(flow) == KeyWanted(MAIN, fresh=False)
    assert ended(flow, public(OLD)) == Verified(public(OLD), Scheme.RFC9421)


def ended(
    flow: Generator[KeyWanted, PublicKey | Refusal, Verified | Refusal], key: PublicKey | Refusal
) -> Verified | Refusal:
    """What the exchange ends in once it is given `key`."""
    try:
        pytest.fail(f"asked for {flow.send(key)}")
    except StopIteration as end:
        found: Verified | Refusal = end.value
        return found


@pytest.mark.withstands("A22")
@pytest.mark.withstands("A23")
def test_who_owns_a_key_is_what_the_document_at_its_address_says_and_no_more_than_a_claim() -> None:
    path = f"{ALICE}/main-key"
    assert named_owner(actor(), MAIN) == ALICE
    assert named_owner({"id": path, "owner": ALICE, "publicKeyPem": "…"}, path) == ALICE
    stub = {"id": ALICE, "type": "Person", "publicKey": {"id": path, "owner": ALICE, "publicKeyPem": "…"}}
    assert named_owner(stub, path) == ALICE
    assert named_owner(stub | {"publicKey": [{"id": path, "owner": BOB}]}, path) == BOB
    assert named_owner(stub, f"{ALICE}/other-key") == ALICE  # who does not list it, and so will not confirm it
    several = [{"id": f"{ALICE}/old-key", "owner": MALLORY}, {"id": path, "owner": ALICE}]
    assert named_owner({"id": path, "publicKey": several}, path) == ALICE
    for junk in ({}, {"publicKeyPem": 1}, {"publicKey": [None, 1]}, {"publicKey": {"id": path}}):
        assert named_owner(junk, path) is None


@pytest.mark.withstands("A22")
def test_one_key_may_be_listed_by_several_actors_each_as_its_own() -> None:
    mine, theirs = confirm_key(MAIN, actor(), ALICE), confirm_key(MAIN, actor(BOB), BOB)
    assert not isinstance(mine, Refusal)
    assert not isinstance(theirs, Refusal)
    assert (mine.owner, theirs.owner) == (ALICE, BOB)
    assert is_same(mine, theirs)
    assert not is_same(mine, public(NEW))


@pytest.mark.withstands("A01")
def test_no_key_is_asked_for_when_a_cheap_check_fails_already() -> None:
    unsigned = SignedRequest("POST", "/inbox", (("host", "hill.example"),), b"{}")
    assert code(verdict(unsigned)) == "sig.missing"
    request = posted(OLD)
    assert code(verdict(SignedRequest("POST", "/inbox", request.headers, b"{ }"))) == "sig.digest_mismatch"


@pytest.mark.withstands("A29")
@pytest.mark.parametrize(
    "key_id",
    [
        "acct:alice@riverside.example",
        "data:text/plain,key",
        "file:///etc/passwd",
        "http://riverside.example/people/alice#main-key",
        "https://user@riverside.example/people/alice#main-key",
        "https://hill.example/assembly#main-key",
        "https://hill.example#main-key",
        "#main-key",
        "main-key",
        "https://[/",
    ],
)
def test_a_key_that_has_no_address_of_another_server_is_never_asked_for(key_id: str) -> None:
    assert code(verdict(posted(RsaSigner(key_id, OLD.key)))) == "key.bad_uri"


@pytest.mark.withstands("A19")
@pytest.mark.withstands("A22")
def test_a_key_of_another_origin_counts_if_the_actor_itself_lists_it() -> None:
    elsewhere = "https://keys.example/7"
    confirmed = confirm_key(elsewhere, actor(id=elsewhere), ALICE)
    assert not isinstance(confirmed, Refusal)
    assert confirmed.owner == ALICE
    assert code(confirm_key(elsewhere, actor(), ALICE)) == "key.owner_unconfirmed"
    assert code(confirm_key(MAIN + "-2", actor(), ALICE)) == "key.owner_unconfirmed"


@pytest.mark.withstands("A23")
@pytest.mark.parametrize("owner", [ALICE, BOB, ALICE.upper(), "", None, [MALLORY], {"id": MALLORY}])
def test_a_key_document_cannot_name_a_victim_as_its_owner(owner: Any) -> None:  # noqa: ANN401 - any JSON
    key_id = f"{MALLORY}#key"
    assert code(confirm_key(key_id, actor(MALLORY, id=key_id, owner=owner), MALLORY)) == "key.owner_unconfirmed"


@pytest.mark.withstands("A24")
@pytest.mark.parametrize("served", [BOB, MALLORY, ALICE + "/", ALICE.replace("river", "River"), None, [ALICE]])
def test_an_actor_is_the_one_that_was_asked_for_byte_for_byte(served: Any) -> None:  # noqa: ANN401 - any JSON
    assert code(confirm_key(MAIN, actor() | {"id": served}, ALICE)) == "key.owner_unconfirmed"
    assert code(confirm_key(MAIN, actor(served), ALICE)) == "key.owner_unconfirmed", "one that agrees with itself"


def test_an_actor_may_publish_its_own_notes_and_acts() -> None:
    for kind in ("Create", "Update"):
        assert check(said(kind, note())) is None
        assert check(said(kind, note(attributedTo=[ALICE]))) is None
        assert check(said(kind, act())) is None
    assert check(said("Create", note(), actor={"id": ALICE, "type": "Person"})) is None
    assert check(said("Update", {"id": ALICE, "type": "Person"})) is None
    assert check(said("Delete", ALICE)) is None
    assert check(said("Delete", {"id": "https://riverside.example/notes/1", "type": "Tombstone"})) is None
    assert check(said("Undo", {"id": "https://riverside.example/a/0", "type": "Follow", "actor": ALICE})) is None
    assert check(said("Follow", "https://hill.example/assembly")) is None


@pytest.mark.withstands("A25")
@pytest.mark.parametrize("claimed", [BOB, ALICE, None, [MALLORY], {"id": ALICE}, {}])
def test_nobody_speaks_as_an_actor_whose_key_did_not_sign(claimed: object) -> None:
    activity = said("Create", "https://evil.example/notes/1", actor=claimed, id="https://evil.example/a/1")
    assert code(check(activity, MALLORY)) == "actor.mismatch"


@pytest.mark.withstands("A26")
@pytest.mark.parametrize("origin", ["https://evil.example", "https://riverside.example:8443", HILL])
def test_an_activity_has_its_id_at_the_origin_of_its_actor(origin: str) -> None:
    assert code(check(said("Follow", f"{HILL}/assembly", id=f"{origin}/a/1"))) == "id.origin"


@pytest.mark.withstands("B04")
@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("owners", [BOB, MALLORY, [ALICE, BOB], [], {"id": BOB}, 1])
def test_what_is_sent_is_attributed_to_who_sends_it(kind: str, owners: object) -> None:
    assert code(check(said(kind, note(attributedTo=owners)))) == "owner.mismatch"
    assert code(check(said(kind, act(attributedTo=owners)))) == "owner.mismatch"


@pytest.mark.withstands("B04")
@pytest.mark.withstands("B07")
def test_of_several_things_each_is_of_who_sends_them() -> None:
    mine, other = note(), note(id="https://riverside.example/notes/2")
    for kind in ("Create", "Update", "Delete"):
        assert check(said(kind, [mine, other])) is None
        assert code(check(said(kind, [mine, other | {"attributedTo": BOB}]))) == "owner.mismatch"
    assert check(said("Delete", [mine["id"], other["id"]])) is None
    assert code(check(said("Delete", [mine["id"], "https://valley.example/notes/1"]))) == "owner.mismatch"


@pytest.mark.withstands("B04")
def test_an_act_has_no_list_of_owners_not_even_of_one() -> None:
    assert code(check(said("Create", act(attributedTo=[ALICE])))) == "owner.mismatch"


@pytest.mark.withstands("B05")
def test_the_object_of_a_third_party_inside_ones_own_activity_is_refused_or_a_pointer() -> None:
    foreign = note(id="https://valley.example/notes/1", attributedTo="https://valley.example/assembly")
    assert code(check(said("Create", foreign))) == "owner.mismatch"
    assert code(check(said("Create", foreign | {"attributedTo": ALICE}))) == "owner.mismatch"
    assert check(said("Create", foreign["id"])) is None
    assert check(said("Announce", said("Create", foreign, actor=MALLORY))) is None


@pytest.mark.withstands("B06")
@pytest.mark.parametrize("kind", ["Update", "Delete"])
@pytest.mark.parametrize("form", ["id", "object", "tombstone"])
def test_nobody_changes_or_deletes_what_is_of_another_origin(kind: str, form: str) -> None:
    target = "https://valley.example/notes/1"
    forms = {"id": target, "object": note(id=target), "tombstone": {"id": target, "type": "Tombstone"}}
    assert code(check(said(kind, forms[form]))) == "owner.mismatch"


@pytest.mark.withstands("B07")
@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_nobody_changes_or_deletes_what_is_of_a_neighbour(kind: str) -> None:
    assert code(check(said(kind, note(attributedTo=BOB)))) == "owner.mismatch"
    assert code(check(said("Update", {"id": BOB, "type": "Person"}))) == "owner.mismatch"


def test_nobody_undoes_what_another_did() -> None:
    followed = {"id": "https://riverside.example/a/0", "type": "Follow", "actor": BOB}
    assert code(check(said("Undo", followed))) == "owner.mismatch"


@pytest.mark.withstands("B29")
@pytest.mark.parametrize("kind", [None, ["Create"], [], {"id": "Create"}, 1])
def test_an_activity_has_one_string_as_its_type(kind: object) -> None:
    assert code(check(said(kind, note()))) == "act.type"


@pytest.mark.withstands("B29")
def test_an_activity_of_a_type_that_nobody_knows_is_let_through_to_be_ignored() -> None:
    assert check(said("Dance", note(attributedTo=BOB))) is None


@pytest.mark.withstands("B30")
@pytest.mark.parametrize("activity_id", [None, "", 1, "urn:x", "http://riverside.example/a/1", ALICE + "/" * 2_048])
def test_an_activity_and_what_it_makes_have_ids(activity_id: object) -> None:
    assert code(check(said("Create", note(), id=activity_id))) == "id.form"
    assert code(check(said("Create", note(id=activity_id)))) == "id.form"


@pytest.mark.withstands("B32")
@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_nobody_sends_what_would_be_ours(kind: str) -> None:
    assert code(check(said(kind, note(id=f"{HILL}/notes/1")))) == "id.ours"
    assert code(check(said(kind, act(id=f"{HILL}/acts/1")))) == "id.ours"


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(ALICE) | st.just("https://[/"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "type", "actor"]), inner),
    max_leaves=4,
)


@given(
    st.sampled_from(["Create", "Update", "Delete", "Undo", "Announce", "Offer"]),
    JSON,
    st.dictionaries(st.sampled_from(["id", "type", "actor", "object"]), JSON),
)
def test_no_json_breaks_the_check(kind: str, thing: object, changes: dict[str, Any]) -> None:
    found = check(said(kind, thing, **changes))
    assert found is None or isinstance(found, Refusal)


def test_a_key_of_the_wrong_kind_ends_the_exchange_at_once() -> None:
    sealed = {
        "id": MAIN,
        "controller": ALICE,
        "type": "Multikey",
        "publicKeyMultibase": multikey(b"\x05" + b"\x07" * 31),
    }
    key = confirm_key(MAIN, {"id": ALICE, "assertionMethod": [sealed]}, ALICE)
    assert code(verdict(posted(OLD), key)) == "sig.alg"
