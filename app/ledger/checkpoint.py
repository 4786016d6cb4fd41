"""Checkpoints: a signed note that says how long a log is and what its root is (C2SP tlog-checkpoint)."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.kernel.refusal import Refusal

_ED25519: Final = b"\x01"
_MAX_BYTES: Final = 16_384
_MAX_SIGNATURES: Final = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says: whose log, how many leaves, which root; `signatures` are key name, key id, signature."""

    origin: str
    size: int
    root: bytes
    body: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that name an Ed25519 key in a note (fine-print 36)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def sign(origin: str, size: int, root: bytes, signer: Callable[[bytes], bytes], public: bytes) -> str:
    """The note for a log of `size` leaves with this root, signed by `signer`, whose raw public key is `public`."""
    body = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = base64.b64encode(key_id(origin, public) + signer(body.encode())).decode()
    return f"{body}\n— {origin} {signature}\n"


def parse(note: str) -> Checkpoint | Refusal:
    """What a note says, its signatures unchecked; `checkpoint.form` for any other text."""
    if len(note.encode()) > _MAX_BYTES:
        return Refusal("checkpoint.form", f"a note has at most {_MAX_BYTES} bytes")
    body, found, tail = note.partition("\n\n")
    lines = body.split("\n")
    signed = tail.removesuffix("\n").split("\n")
    if not found or len(lines) < 3 or not lines[0] or not tail.endswith("\n") or len(signed) > _MAX_SIGNATURES:
        return Refusal("checkpoint.form", "a note is origin, size, root, a blank line and signatures")
    size = lines[1]
    if not (size.isascii() and size.isdecimal()) or (size != "0" and size.startswith("0")) or len(size) > 16:
        return Refusal("checkpoint.form", f"not a size: {size[:20]!r}")
    try:
        root = base64.b64decode(lines[2], validate=True)
        signatures = tuple(_signature(line) for line in signed)
    except (binascii.Error, ValueError) as bad:
        return Refusal("checkpoint.form", f"not base64 or not a signature line: {bad}")
    if len(root) != hashlib.sha256().digest_size:
        return Refusal("checkpoint.form", "a root has 32 bytes")
    return Checkpoint(lines[0], int(size), root, body + "\n", signatures)


def verify(note: str, origin: str, public: bytes) -> Checkpoint | Refusal:
    """What a note of `origin` says, if the key `public` signed it; else `checkpoint.origin` or `checkpoint.bad`."""
    found = parse(note)
    if isinstance(found, Refusal):
        return found
    if found.origin != origin:
        return Refusal("checkpoint.origin", f"a checkpoint of {found.origin}, not of {origin}")
    wanted = key_id(origin, public)
    for name, key, signature in found.signatures:
        if name == origin and key == wanted:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, found.body.encode())
            except InvalidSignature:
                return Refusal("checkpoint.bad", f"the signature of {origin} does not hold")
            return found
    return Refusal("checkpoint.bad", f"no signature by the key of {origin}")


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = line.split(" ")
    raw = base64.b64decode(encoded, validate=True)
    if dash != "—" or not name or len(raw) < 5:
        raise ValueError("a signature line is a dash, a name and base64")
    return name, raw[:4], raw[4:]
