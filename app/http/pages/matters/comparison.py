"""What changed between two texts, word by word, for eyes and for ears."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_WORDS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: `how` is `same`, `removed` or `added`."""

    how: str
    text: str


def compare(earlier: str, later: str) -> tuple[Piece, ...]:
    """The pieces of which both texts are made, in reading order; whole lines where a text has very many words."""
    parts = [_WORDS.findall(text) for text in (earlier, later)]
    if max(map(len, parts)) > _MOST_WORDS:
        parts = [_LINES.findall(text) for text in (earlier, later)]
    return tuple(_pieces(*parts))


def _pieces(earlier: list[str], later: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, earlier, later, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(later[c:d]))
            continue
        if b > a:
            yield Piece("removed", "".join(earlier[a:b]))
        if d > c:
            yield Piece("added", "".join(later[c:d]))
