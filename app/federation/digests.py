"""Digests of a body: `Digest` as the fediverse began with (RFC 3230), and `Content-Digest` (RFC 9530)."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Collection
from typing import Final

from app.federation import structured_fields
from app.federation.signatures import SignedRequest
from app.kernel.refusal import Refusal

_STRONG: Final = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}

Said = list[tuple[str, bytes]]
"""Each digest of a header: the algorithm in lower case, and its value."""


def digest(body: bytes) -> str:
    """The value of a `Digest` header."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def content_digest(body: bytes) -> str:
    """The value of a `Content-Digest` header."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def check(request: SignedRequest, covered: Collection[str]) -> Refusal | None:
    """None if a digest of the body is covered, and every one that is given is that of the received bytes (A02, A03)."""
    if not request.has_body:
        return None
    given = {name: value for name in _READERS if (value := request.value(name)) is not None}
    if given.keys().isdisjoint(covered):
        return Refusal("sig.digest_uncovered", "there is a body, and no digest of it is covered")
    for name, value in given.items():
        said = _READERS[name](value)
        if isinstance(said, Refusal):
            return said
        strong = [(algorithm, found) for algorithm, found in said if algorithm in _STRONG]
        if not strong and name in covered:
            return Refusal("sig.digest_uncovered", f"{name} has neither SHA-256 nor SHA-512")
        if any(found != _STRONG[algorithm](request.body).digest() for algorithm, found in strong):
            return Refusal("sig.digest_mismatch", "the body is not the one that was signed")
    return None


def _read_digest(value: str) -> Said | Refusal:
    parts = [part.strip(" \t").partition("=") for part in value.split(",")]
    try:
        return [
            (name.lower(), base64.b64decode(text, validate=True)) for name, _, text in parts if name.lower() in _STRONG
        ]
    except (binascii.Error, ValueError):
        return Refusal("sig.digest_mismatch", f"no digest in base64: {value[:80]!r}")


def _read_content_digest(value: str) -> Said | Refusal:
    members = structured_fields.parse(value)
    if isinstance(members, Refusal):
        return members
    return [(name, member[0]) for name, member in members.items() if isinstance(member[0], bytes)]


_READERS: Final[dict[str, Callable[[str], Said | Refusal]]] = {
    "digest": _read_digest,
    "content-digest": _read_content_digest,
}
