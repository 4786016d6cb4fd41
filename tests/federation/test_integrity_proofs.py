"""Proofs of acts: exactly one form, made by a key of the author, over every byte."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.integrity_proofs import Proof, check_form, is_made_with, seal, signed_bytes, verify_proof
from app.federation.keys import Ed25519PublicKey, parse_multikey, seal_signer
from app.kernel.instant import parse_instant
from app.kernel.refusal import Refusal

VECTORS: Final = Path(__file__).parents[2] / "../shared/vectors/crypto"
HILL: Final = "https://hill.example/assembly"
SIGNER: Final = seal_signer(f"{HILL}#ed25519-key", b"\x03" * 32)
KEY: Final = SIGNER.public()
NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
DOCUMENT: Final[dict[str, Any]] = {
    "@context": [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/data-integrity/v2",
        {"gov": "https://w3id.org/roundabout/gov#"},
    ],
    "id": "https://hill.example/acts/1",
    "type": "gov:Ratification",
    "attributedTo": HILL,
    "published": "2026-11-22T15:04:05Z",
    "gov:stance": "ratified",
}
ACT: Final = seal(DOCUMENT, SIGNER, NOW)


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def with_proof(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return ACT | {"proof": ACT["proof"] | changes}


def test_a_sealed_act_has_a_proof_that_holds() -> None:
    assert isinstance(check_form(ACT), Proof)
    assert verify_proof(ACT, KEY) is None
    assert set(ACT["proof"]) == {
        "@context", "type", "cryptosuite", "verificationMethod", "proofPurpose", "created", "proofValue",
    }  # fmt: skip
    assert verify_proof(json.loads(json.dumps(ACT, indent=1)), KEY) is None


def test_what_is_sealed_already_or_has_no_list_of_contexts_is_not_sealed() -> None:
    for document in (ACT, DOCUMENT | {"@context": "https://www.w3.org/ns/activitystreams"}):
        with pytest.raises(ValueError, match="no proof yet"):
            seal(document, SIGNER, NOW)


@pytest.mark.withstands("B15")
def test_an_act_without_proof_is_refused_whatever_carried_it() -> None:
    assert code(check_form(DOCUMENT)) == "proof.required"
    assert code(verify_proof(DOCUMENT | {"proof": None}, KEY)) == "proof.required"


@pytest.mark.withstands("B16")
@pytest.mark.withstands("F10")
@pytest.mark.shows("G8")
def test_nobody_seals_in_the_name_of_another() -> None:
    valley = seal_signer("https://valley.example/assembly#ed25519-key", b"\x04" * 32)
    forged = seal(DOCUMENT, valley, NOW)
    assert code(check_form(forged)) == "proof.controller"
    assert code(verify_proof(forged, valley.public())) == "proof.controller"
    disguised = seal_signer(SIGNER.key_id, b"\x04" * 32)
    assert code(verify_proof(seal(DOCUMENT, disguised, NOW), KEY)) == "proof.bad"
    borrowed = Ed25519PublicKey("https://valley.example/assembly#ed25519-key", HILL, KEY.raw)
    assert code(verify_proof(ACT, borrowed)) == "proof.controller"


@pytest.mark.withstands("B16")
@pytest.mark.parametrize(
    "method",
    [
        HILL + "2#ed25519-key",
        "https://hill.example/people/a#ed25519-key",
        "https://evil.example/assembly#ed25519-key",
        "https://evil.example/#" + HILL,
        "#ed25519-key",
        "",
    ],
)
def test_the_key_is_one_of_the_author_itself(method: str) -> None:
    assert code(check_form(with_proof(verificationMethod=method))) == "proof.controller"


@pytest.mark.withstands("B04")
@pytest.mark.parametrize("owner", [None, [HILL], [HILL, "https://valley.example/assembly"], {"id": HILL}, 1])
def test_an_act_has_one_author(owner: object) -> None:
    assert code(check_form(ACT | {"attributedTo": owner})) == "proof.controller"


@pytest.mark.withstands("B16")
@pytest.mark.withstands("F10")
def test_a_key_that_another_lists_under_the_name_of_the_authors_key_proves_nothing() -> None:
    theirs = seal_signer(SIGNER.key_id, b"\x04" * 32)
    listed_by_another = Ed25519PublicKey(SIGNER.key_id, "https://evil.example/assembly", theirs.public().raw)
    assert code(verify_proof(seal(DOCUMENT, theirs, NOW), listed_by_another)) == "proof.controller"


@pytest.mark.withstands("B17")
@pytest.mark.parametrize(
    "proof",
    [
        [ACT["proof"]],
        [ACT["proof"], ACT["proof"]],
        "https://hill.example/proofs/1",
        {},
        ACT["proof"] | {"cryptosuite": "eddsa-rdfc-2022"},
        ACT["proof"] | {"cryptosuite": ["eddsa-jcs-2022"]},
        ACT["proof"] | {"type": "Ed25519Signature2020"},
        ACT["proof"] | {"proofPurpose": "authentication"},
        {key: value for key, value in ACT["proof"].items() if key != "created"},
        {key: value for key, value in ACT["proof"].items() if key != "@context"},
        ACT["proof"] | {"created": "2026-11-22T15:04:05+00:00"},
        ACT["proof"] | {"created": None},
        ACT["proof"] | {"proofValue": ACT["proof"]["proofValue"][1:]},
        ACT["proof"] | {"proofValue": "z" + base58.b58encode(b"\x01" * 63).decode()},
        ACT["proof"] | {"proofValue": "z0OIl"},
        ACT["proof"] | {"proofValue": "z" + "1" * 10_000},
        ACT["proof"] | {"proofValue": None},
        ACT["proof"] | {"verificationMethod": {"id": SIGNER.key_id}},
        ACT["proof"] | {"@context": "https://www.w3.org/ns/activitystreams"},
        ACT["proof"] | {"@context": DOCUMENT["@context"][:2]},
    ],
)
def test_a_proof_of_another_form_is_refused(proof: object) -> None:
    assert code(check_form(ACT | {"proof": proof})) == "proof.form"
    assert code(verify_proof(ACT | {"proof": proof}, KEY)) == "proof.form"


@pytest.mark.withstands("B17")
def test_document_and_proof_have_a_list_as_context_even_where_they_agree() -> None:
    context = {"@context": DOCUMENT["@context"][0]}
    options = {key: value for key, value in ACT["proof"].items() if key != "proofValue"} | context
    signature = SIGNER.sign(signed_bytes(DOCUMENT | context, options))
    proof = options | {"proofValue": "z" + base58.b58encode(signature).decode()}
    assert code(check_form(DOCUMENT | context | {"proof": proof})) == "proof.form"


@pytest.mark.withstands("B16")
@pytest.mark.withstands("B18")
def test_by_which_key_a_document_that_is_kept_was_sealed_is_told() -> None:
    raw, another = json.dumps(ACT).encode(), seal_signer(SIGNER.key_id, b"\x04" * 32)
    assert is_made_with(raw, SIGNER.multikey())
    for multikey in (another.multikey(), SIGNER.multikey()[:-1], "z", ""):
        assert not is_made_with(raw, multikey)
    for changed in (DOCUMENT, ACT | {"gov:stance": "rejected"}, with_proof(verificationMethod=f"{HILL}2#ed25519-key")):
        assert not is_made_with(json.dumps(changed).encode(), SIGNER.multikey())


@pytest.mark.withstands("B18")
@pytest.mark.parametrize("key", ["expires", "domain", "challenge", "nonce", "previousProof", "id", "x"])
def test_an_option_added_to_a_proof_is_refused(key: str) -> None:
    assert code(verify_proof(with_proof(**{key: "2027-01-01T00:00:00Z"}), KEY)) == "proof.form"


@pytest.mark.withstands("B18")
@pytest.mark.parametrize("key", sorted(ACT["proof"]))
def test_no_option_of_a_proof_can_be_changed_or_left_out(key: str) -> None:
    shorter = {name: value for name, value in ACT["proof"].items() if name != key}
    assert isinstance(verify_proof(ACT | {"proof": shorter}, KEY), Refusal)
    value = ACT["proof"][key]
    others = [value[:-1], value + value[-1:], None] if key != "created" else ["2026-11-22T15:04:06Z", None]
    for other in others:
        assert isinstance(verify_proof(with_proof(**{key: other}), KEY), Refusal)


@pytest.mark.withstands("B13")
@given(st.data())
def test_every_key_of_an_act_is_signed_even_one_that_no_context_names(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(DOCUMENT)) | st.text(min_size=1).filter(lambda text: text != "proof"))
    value = data.draw(st.integers(-9, 9) | st.text(max_size=3))
    assert isinstance(verify_proof(ACT | {key: value}, KEY), Refusal)


@pytest.mark.withstands("B18")
@given(st.integers(0, 511))
def test_a_signature_with_one_bit_changed_does_not_hold(bit: int) -> None:
    raw = bytearray(base58.b58decode(ACT["proof"]["proofValue"][1:]))
    raw[bit // 8] ^= 1 << bit % 8
    assert code(verify_proof(with_proof(proofValue="z" + base58.b58encode(bytes(raw)).decode()), KEY)) == "proof.bad"


def resealed(folder: str, signed: str, unsigned: str | None, private: str) -> tuple[str, str]:
    """The published proof value, and the one that `seal` makes of the same document with the same key."""
    published = json.loads((VECTORS / folder / signed).read_text())
    document = {key: value for key, value in published.items() if key != "proof"}
    if unsigned is not None:
        document = json.loads((VECTORS / folder / unsigned).read_text())
        document["@context"] = published["proof"]["@context"]
    proof = published["proof"]
    created = parse_instant(proof["created"])
    assert isinstance(created, datetime)
    signer = seal_signer(proof["verificationMethod"], base58.b58decode(private[1:])[2:])
    return proof["proofValue"], seal(document, signer, created)["proof"]["proofValue"]


def test_the_proof_of_fep_8b32_comes_out() -> None:
    if not (VECTORS / "fep-8b32").is_dir():
        pytest.skip("the vectors of FEP-8b32 are not beside this checkout")
    case = json.loads((VECTORS / "fep-8b32/case.json").read_text())
    for unsigned in (None, case["unsigned"]):
        published, ours = resealed("fep-8b32", case["signed"], unsigned, case["secret_key_multibase_ed25519_priv"])
        assert ours == published


def test_the_eddsa_jcs_2022_proof_of_the_w3c_comes_out() -> None:
    folder = VECTORS / "w3c-vc-di-eddsa"
    if not folder.is_dir():
        pytest.skip("the W3C's vectors for eddsa-jcs-2022 are not beside this checkout")
    pair = json.loads((folder / "keyPair.json").read_text())
    published, ours = resealed("w3c-vc-di-eddsa", "eddsa-jcs-2022/signedJCS.json", None, pair["privateKeyMultibase"])
    assert ours == published


def holds(document: dict[str, Any]) -> bool:
    """Whether a published proof by a `did:key`, or by an actor with that key, is over these bytes."""
    proof = document["proof"]
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    key = parse_multikey(text, proof["verificationMethod"], "")
    assert not isinstance(key, Refusal)
    return key.verify(base58.b58decode(proof["proofValue"][1:]), signed_bytes(document, options))


def test_the_proofs_of_mastodons_own_tests_hold_and_those_with_an_expiry_are_no_proofs_of_acts() -> None:
    folder = VECTORS / "fep-8b32/mastodon"
    if not folder.is_dir():
        pytest.skip("Mastodon's proofs are not beside this checkout")
    published = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    assert len(published) == 4
    for name, document in published.items():
        assert holds(document), name
        assert not holds(document | {"id": "https://other.example/1"}), name
        if "expires" in document["proof"]:
            assert code(check_form(document)) == "proof.form", name


def test_the_identity_proof_of_fep_c390_holds() -> None:
    path = VECTORS / "fep-c390/fep-c390.feature.txt"
    if not path.is_file():
        pytest.skip("the vectors of FEP-c390 are not beside this checkout")
    said = [json.loads(part) for part in path.read_text().split('"""') if part.strip().startswith("{")]
    proven = [one for document in said for one in (document, *document.get("attachment", [])) if "proof" in one]
    assert len(proven) >= 2
    assert all(holds(one) for one in proven)
