"""A proof that an act is in a log, as one text file: the leaf's index, its path and a checkpoint (C2SP tlog-proof)."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.kernel.refusal import Refusal
from app.ledger import checkpoint as notes
from app.ledger.checkpoint import Checkpoint
from app.ledger.merkle import leaf_hash, verify_inclusion

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_MAX_PATH: Final = 63
_MAX_BYTES: Final = 65_536
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof file holds; `checkpoint` is the signed note that it ends in."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str


def render(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """The proof file."""
    hashes = "".join(base64.b64encode(node).decode() + "\n" for node in path)
    return f"{_FIRST_LINE}\nindex {index}\n{hashes}\n{checkpoint}"


def parse(text: str) -> Proof | Refusal:
    """What a proof file holds, unchecked; `tlog_proof.form` for any other text.

    An `extra` line is passed over: nothing vouches for it.
    """
    head, found, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        lines = lines[1:]
    if not found or first != _FIRST_LINE or not lines or len(lines) - 1 > _MAX_PATH or len(text) > _MAX_BYTES:
        return Refusal("tlog_proof.form", "a proof begins with its version and the leaf's index")
    index = _INDEX.fullmatch(lines[0])
    if index is None:
        return Refusal("tlog_proof.form", f"not an index: {lines[0][:30]!r}")
    try:
        path = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
    except (binascii.Error, ValueError) as bad:
        return Refusal("tlog_proof.form", f"not base64: {bad}")
    if any(len(node) != 32 for node in path):
        return Refusal("tlog_proof.form", "a hash has 32 bytes")
    return Proof(int(index[1]), path, checkpoint)


def verify(text: str, leaf: bytes, origin: str, public: bytes) -> Checkpoint | Refusal:
    """The checkpoint under which the bytes `leaf` are in the log of `origin`, signed by the raw key `public`.

    Refuses as `parse` and `checkpoint.verify` do, and by `tlog_proof.bad` if the path leads elsewhere.
    """
    proof = parse(text)
    if isinstance(proof, Refusal):
        return proof
    note = notes.verify(proof.checkpoint, origin, public)
    if isinstance(note, Refusal):
        return note
    if not verify_inclusion(leaf_hash(leaf), proof.index, note.size, proof.path, note.root):
        return Refusal("tlog_proof.bad", f"leaf {proof.index} of {origin} is another one")
    return note
