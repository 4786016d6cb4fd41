"""What an act means, read once from its bytes and remembered: bytes never change, and pages ask again and again."""

import json
from functools import lru_cache
from typing import Final

from app.kernel.refusal import Refusal
from app.translation.vocabulary import Act, parse

_SMALL: Final = 8_192
"""Bytes of an act that is not large: all but Outcomes of many assemblies and long texts."""

_MANY: Final = 8_192
"""Some 30 MB when every place is taken: the record of fifty proposals that 150 assemblies answered."""

_FEW: Final = 256


def meaning(raw: bytes, leaf: int | None, erased: str | None, *, loopback: bool) -> Act | None:
    """The act in `raw`; None for one that is not understood. `leaf` and `erased` are as `vocabulary.parse` takes them.

    Reading an act costs a tenth of a millisecond, twice as much as weighing it. Few large ones are remembered, so
    that nobody fills the memory with them.
    """
    return (_small if len(raw) <= _SMALL else _large)(raw, leaf, erased, loopback=loopback)


def _read(raw: bytes, leaf: int | None, erased: str | None, *, loopback: bool) -> Act | None:
    found = parse(json.loads(raw), leaf=leaf, loopback=loopback, erased=erased)
    return None if isinstance(found, Refusal) else found


_small = lru_cache(_MANY)(_read)
_large = lru_cache(_FEW)(_read)
