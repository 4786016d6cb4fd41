"""Bodies, their key events, and the confirmations of their co-signers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.governance.act import Head, Ref
from app.kernel.ids import Id

MOST_MEMBERS: Final = 150
"""Member assemblies that one body may have, so that an Outcome fits in an act (fine-print 14)."""


class Body(StrEnum):
    """The kinds of body that sign as themselves (governance.md §1, fine-print 25)."""

    COMMUNE = "commune"
    COUNCIL = "council"
    COMMITTEE = "committee"
    CAUCUS = "caucus"


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """An entry of a body's key-log: its keys of one version (fine-print 25, 27).

    `keys` are Multikey strings, `next_key_digests` digest strings of the keys of the next version;
    `body` and `parent` stand in the first one.
    """

    head: Head
    version: int
    keys: tuple[str, ...]
    next_key_digests: tuple[str, ...]
    previous: Ref | None = None
    body: Body | None = None
    parent: Id | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    """A co-signer's confirmation of one act of their assembly (fine-print 29)."""

    head: Head
    act: Ref
    role: str | None = None
