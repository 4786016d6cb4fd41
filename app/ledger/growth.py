"""A log as it grows from nothing, leaf by leaf: its right edge, and the roots of the tiles that fill up."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.ledger.merkle import Frontier, root
from app.ledger.tiles import WIDTH


@dataclass(frozen=True, slots=True)
class Subtree:
    """The root of a full tile: hash `number` of `level`, which is of 256 to this power leaves."""

    level: int
    number: int
    hash: bytes


@dataclass(slots=True)
class Growth:
    """How far a log has grown; of every level only the hashes that no full tile has yet are held."""

    frontier: Frontier = field(default_factory=Frontier)
    _loose: list[list[bytes]] = field(default_factory=list)
    _closed: list[int] = field(default_factory=list)

    def append(self, leaf: bytes) -> Iterator[Subtree]:
        """Take one more leaf hash; the tiles that it fills, lowest first. To be exhausted before the next leaf."""
        self.frontier = self.frontier.append(leaf)
        level, added = 0, leaf
        while True:
            if level == len(self._loose):
                self._loose.append([])
                self._closed.append(0)
            self._loose[level].append(added)
            if len(self._loose[level]) < WIDTH:
                return
            added = root(self._loose[level])
            self._loose[level].clear()
            yield Subtree(level + 1, self._closed[level], added)
            self._closed[level] += 1
            level += 1
