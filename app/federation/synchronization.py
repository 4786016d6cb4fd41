"""Who follows whom, compared by digest, so that two servers that disagree find out (FEP-8fcf)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

HEADER: Final = "collection-synchronization"
_PARAMETER: Final = re.compile(r'\s*([A-Za-z]{1,32})="([^"]{0,2048})"\s*(?:,|$)', re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Synchronization:
    """What a sender says: the digest of those of the collection's members that live at the receiver."""

    collection: str
    url: str
    digest: str


def partial_digest(members: Iterable[str]) -> str:
    """The digest of some members of a collection: SHA-256 of each address, all of them combined by exclusive or."""
    combined = 0
    for member in set(members):
        combined ^= int.from_bytes(hashlib.sha256(member.encode()).digest())
    return f"{combined:064x}"


def render(said: Synchronization) -> str:
    """The value of the header."""
    return f'collectionId="{said.collection}", url="{said.url}", digest="{said.digest}"'


def parse(header: str) -> Synchronization | None:
    """What a header says; None for what is none, which is passed over."""
    found: dict[str, str] = {}
    position = 0
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None or match[1] in found:
            return None
        found[match[1]] = match[2]
        position = match.end()
    if not {"collectionId", "url", "digest"} <= set(found) or _DIGEST.fullmatch(found["digest"]) is None:
        return None
    return Synchronization(found["collectionId"], found["url"], found["digest"])
