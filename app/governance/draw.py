"""Draws: a seed that was fixed before it was needed, by which ties are ordered (fine-print 6; governance.md §10)."""

from dataclasses import dataclass

from app.governance.act import Head


@dataclass(frozen=True, slots=True)
class Draw:
    """What came of a draw: `seed` as it is hashed before each option that ties."""

    head: Head
    seed: str
