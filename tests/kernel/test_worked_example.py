"""The worked example of the fine print, end to end: digest, proof, leaf, checkpoint, commitment."""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from app.federation.integrity_proofs import seal, verify_proof
from app.federation.keys import Ed25519PublicKey, parse_multikey, seal_signer
from app.kernel.canonical import canonical, commitment, digest, digest_bytes, read_act, sha256
from app.ledger import checkpoint
from app.ledger.merkle import Frontier, leaf_hash

ASSEMBLY: Final = "https://a.example/assembly"
KEY_ID: Final = f"{ASSEMBLY}#ed25519-key"
MULTIKEY: Final = "z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX"
DOCUMENT: Final[dict[str, Any]] = {
    "@context": [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/data-integrity/v2",
        {"gov": "https://w3id.org/roundabout/gov#"},
    ],
    "type": "gov:Report",
    "id": "https://a.example/acts/1",
    "attributedTo": ASSEMBLY,
    "published": "2026-11-22T15:04:05Z",
    "content": 'Été: 3/4 "yes"\n',
    "gov:counts": {"present": 64, "entitled": 120},
}
SIGNED: Final = "KwPZAWX5DSCSnSlRjH5KCrsUt/wRI/uFujvF6rNlOeUMe4DnXoV4f6FO/x6V+SdOeZr0W3ZEq61Xc2cRwAZWzwLXNwI="
NOTE: Final = f"{ASSEMBLY}\n1\ntFKdPtfgfZKUm8Uq9bTKz9mgp1y+u6aFvJR8cMWNMTM=\n\n— {ASSEMBLY} {SIGNED}\n"
SIGNER: Final = seal_signer(KEY_ID, b"\x01" * 32)
ACT: Final = seal(DOCUMENT, SIGNER, datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC))


def test_the_key_and_its_digest() -> None:
    assert SIGNER.public().raw.hex() == "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
    assert SIGNER.multikey() == MULTIKEY
    assert digest_bytes(MULTIKEY.encode()) == "zQmYNnuNDPHYff6szX69HyChiTz16KVoz1nrAPLtSU8X8of"


def test_the_digest_of_the_document() -> None:
    assert len(canonical(DOCUMENT)) == 350
    assert sha256(canonical(DOCUMENT)).hex() == "222ce1bf8fc0ae2b8d6c5d38923521d623e59d82ded5c52b82ec7916200cbeb8"
    assert digest(DOCUMENT) == digest(ACT) == "zQmQe4GKeEY5pRT64rF2UnYhzUq8UJqPtyacD3r9STfufsD"


def test_the_proof() -> None:
    options = {key: value for key, value in ACT["proof"].items() if key != "proofValue"}
    assert sha256(canonical(options)).hex() == "3d336d390e7c4c006748074816b8fdee705346fb274446c612ec640214497ba7"
    assert ACT["proof"]["proofValue"] == (
        "z4J1t3vJ56QtRCxKaCipBwC3w2xzDozxiycY86Gj5LyUbTQZK1dNHGhEmnP7bvFNSzpwyh3DKzar5hruMJY7T5Qen"
    )
    key = parse_multikey(MULTIKEY, KEY_ID, ASSEMBLY)
    assert isinstance(key, Ed25519PublicKey)
    assert verify_proof(ACT, key) is None


@pytest.mark.withstands("F41")
def test_the_leaf_is_the_canonical_form_of_the_whole_signed_act() -> None:
    assert len(canonical(ACT)) == 794
    leaf = leaf_hash(canonical(ACT))
    assert leaf.hex() == "b4529d3ed7e07d92949bc52af5b4cacfd9a0a75cbebba685bc947c70c58d3133"
    respelled = canonical(ACT).replace(b"{", b"{ ").replace("É".encode(), b"\\u00c9")
    assert hashlib.sha256(b"\x00" + respelled).digest() != leaf
    read = read_act(respelled)
    assert isinstance(read, dict)
    assert leaf_hash(canonical(read)) == leaf


def test_the_checkpoint_of_a_ledger_with_this_one_leaf() -> None:
    log = Frontier().append(leaf_hash(canonical(ACT)))
    assert checkpoint.sign(ASSEMBLY, log.size, log.root(), SIGNER.sign, SIGNER.public().raw) == NOTE
    assert isinstance(checkpoint.verify(NOTE, ASSEMBLY, SIGNER.public().raw), checkpoint.Checkpoint)


def test_the_commitment() -> None:
    value = ["https://a.example/people/1", "https://a.example/people/2"]
    assert commitment(bytes(range(32)), value) == "zQmYp8EpjQNuepjmcHYWu1JD4xkCN1xxvqsUZkw8F2hSzsH"
