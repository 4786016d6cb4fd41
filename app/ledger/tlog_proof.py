"""A proof that an act is in a log, as one text file: the leaf's index, its path and a checkpoint (C2SP tlog-proof)."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.kernel.refusal import Refusal

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_MAX_PATH: Final = 63


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
    """What a proof file holds, unchecked; `tlog_proof.form` for any other text."""
    head, found, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not found or lines[0] != _FIRST_LINE or len(lines) < 2 or len(lines) - 2 > _MAX_PATH:
        return Refusal("tlog_proof.form", "a proof begins with its version and the leaf's index")
    word, _, number = lines[1].partition(" ")
    if word != "index" or not (number.isascii() and number.isdecimal()) or len(number) > 16:
        return Refusal("tlog_proof.form", f"not an index: {lines[1][:30]!r}")
    try:
        path = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
    except binascii.Error as bad:
        return Refusal("tlog_proof.form", f"not base64: {bad}")
    if any(len(node) != 32 for node in path):
        return Refusal("tlog_proof.form", "a hash has 32 bytes")
    return Proof(int(number), path, checkpoint)
