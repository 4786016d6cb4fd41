"""Tiles: a log cut into pieces that never change, from which anybody counts its root again (C2SP tlog-tiles)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.kernel.refusal import Refusal

WIDTH: Final = 256
"""How many hashes, or entries, a full tile has."""

_LONGEST_ENTRY: Final = 65_535
_ADDRESS: Final = re.compile(
    r"(?P<level>entries|[0-5])/(?P<index>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: `level` 0 has leaf hashes, each above roots of full tiles below; None has the entries themselves.

    A tile begins at number `index` times 256 of its level and has `width` hashes or entries.
    """

    level: int | None
    index: int
    width: int

    @property
    def is_partial(self) -> bool:
        """True for a tile at the right edge of a log."""
        return self.width < WIDTH


def parse_address(text: str) -> Tile | Refusal:
    """The tile that the end of an address names: `0/x001/x234/067`, `entries/000.p/12`; else `tile.address`."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return Refusal("tile.address", f"not a tile's address: {text[:60]!r}")
    elements = found["index"].replace("x", "").split("/")
    index, width = int("".join(elements)), int(found["width"] or WIDTH)
    level = None if found["level"] == "entries" else int(found["level"])
    if (found["width"] and width >= WIDTH) or address(Tile(level, index, width)) != text:
        return Refusal("tile.address", f"not the one address of a tile: {text[:60]!r}")
    return Tile(level, index, width)


def address(tile: Tile) -> str:
    """The end of a tile's address, as `parse_address` reads it."""
    digits = str(tile.index)
    padded = digits.zfill(-(-len(digits) // 3) * 3)
    *above, last = (padded[start : start + 3] for start in range(0, len(padded), 3))
    path = "/".join([*(f"x{part}" for part in above), last])
    return f"{'entries' if tile.level is None else tile.level}/{path}{f'.p/{tile.width}' if tile.is_partial else ''}"


def is_in(tile: Tile, size: int) -> bool:
    """True if a log of `size` leaves has this tile, filled to its width."""
    under_each: int = WIDTH ** (tile.level or 0)
    return (tile.index * WIDTH + tile.width) * under_each <= size


def entries(bodies: Sequence[bytes]) -> bytes:
    """The bytes of a tile of entries: each leaf's own bytes behind their length, two bytes, high one first.

    ValueError for an entry of more than 65,535 bytes: none is sealed.
    """
    if any(len(body) > _LONGEST_ENTRY for body in bodies):
        raise ValueError(f"an entry of a log has at most {_LONGEST_ENTRY} bytes")
    return b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
