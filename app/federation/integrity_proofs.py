"""Integrity proofs: FEP-8b32 with `eddsa-jcs-2022`, in the exact form of fine-print 31."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import base58

from app.federation.keys import Ed25519PublicKey, SealSigner, parse_multikey
from app.kernel.canonical import Document, canonical, sha256
from app.kernel.ids import without_fragment
from app.kernel.instant import Instant, format_instant, parse_instant
from app.kernel.refusal import Refusal

_KEYS: Final = frozenset(
    {"@context", "type", "cryptosuite", "verificationMethod", "proofPurpose", "created", "proofValue"}
)
_SUITE: Final = "eddsa-jcs-2022"
_PURPOSE: Final = "assertionMethod"
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of the right form: which key is said to have made it, and its signature."""

    method: str
    signature: bytes


def seal(document: Document, signer: SealSigner, created: Instant) -> Document:
    """`document` with its proof by `signer`. ValueError if it has no array as `@context`, or a proof already."""
    if not isinstance(document.get("@context"), list) or "proof" in document:
        raise ValueError("an act to be sealed has an array as @context and no proof yet")
    options = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": _SUITE,
        "verificationMethod": signer.key_id,
        "proofPurpose": _PURPOSE,
        "created": format_instant(created),
    }
    signature = signer.sign(signed_bytes(document, options))
    return document | {"proof": options | {"proofValue": "z" + base58.b58encode(signature).decode()}}


def check_form(document: Document) -> Proof | Refusal:
    """The proof of an act if it has exactly the one that acts have, made by a key of its author.

    `proof.required` without one, `proof.form` for another form (hostile B17, B18), `proof.controller`
    for a key of somebody who is not the owner (hostile B16, F10).
    """
    proof = document.get("proof")
    if proof is None:
        return Refusal("proof.required", "an act has a proof, whatever the request was signed with")
    if not isinstance(proof, dict) or frozenset(proof) != _KEYS:
        return Refusal("proof.form", "a proof is one object with exactly its seven keys")
    if (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) != ("DataIntegrityProof", _SUITE, _PURPOSE):
        return Refusal("proof.form", f"only {_SUITE} with {_PURPOSE} is a proof of an act")
    if proof["@context"] != document.get("@context") or not isinstance(proof["@context"], list):
        return Refusal("proof.form", "document and proof have the same array as @context")
    if isinstance(parse_instant(proof["created"]), Refusal):
        return Refusal("proof.form", "created is an instant in UTC")
    method, signature = proof["verificationMethod"], _decode(proof["proofValue"])
    if not isinstance(method, str) or signature is None:
        return Refusal("proof.form", "a proof names its key, and its value is 64 bytes in base58")
    owner = document.get("attributedTo")
    if not isinstance(owner, str) or without_fragment(method) != owner:
        return Refusal("proof.controller", f"the key {method} is not one of the author {owner!r}")
    return Proof(method, signature)


def verify_proof(document: Document, key: Ed25519PublicKey) -> Refusal | None:
    """None if `key` made the proof of `document`; `proof.bad` or the refusal of `check_form` else."""
    proof = check_form(document)
    if isinstance(proof, Refusal):
        return proof
    # Any actor can list a key under another's key id: who lists it counts, not what it is called.
    if (key.id, key.owner) != (proof.method, document["attributedTo"]):
        return Refusal("proof.controller", f"the proof names {proof.method}, the key is {key.id} of {key.owner}")
    options = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    if not key.verify(proof.signature, signed_bytes(document, options)):
        return Refusal("proof.bad", f"{key.id} did not sign these bytes")
    return None


def signed_bytes(document: Document, options: Document) -> bytes:
    """What a proof with these options, its value left out, is a signature over (eddsa-jcs-2022)."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return sha256(canonical(options)) + sha256(canonical(unsigned))


def _decode(value: object) -> bytes | None:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 128:
        return None
    try:
        signature = base58.b58decode(value[1:])
    except ValueError:
        return None
    return signature if len(signature) == _SIGNATURE_BYTES else None


@lru_cache(maxsize=512)
def is_made_with(raw: bytes, multikey: str) -> bool:
    """True if the proof of a document as kept is by this key; looked at once, since neither ever changes."""
    document = json.loads(raw)
    proof = check_form(document)
    if isinstance(proof, Refusal):
        return False
    key = parse_multikey(multikey, proof.method, document["attributedTo"])
    return isinstance(key, Ed25519PublicKey) and verify_proof(document, key) is None
