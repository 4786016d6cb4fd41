"""Rendered answers, kept for a few seconds and at most so many of them: many askers cost one reading."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.kernel.instant import Instant

_FRESH: Final = timedelta(seconds=5)
_MOST: Final = 2_048
_LARGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of an answer, their media type and ETag, and the status: 410 for what is gone."""

    body: bytes
    media_type: str
    etag: str
    status: int = 200


def render(body: bytes, media_type: str, status: int = 200) -> Rendered:
    """An answer with the ETag of its bytes."""
    return Rendered(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"', status)


class Shelf:
    """What was rendered lately, by address; what was asked for longest ago goes first."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        self._now = now
        self._kept: OrderedDict[str, tuple[Instant, Rendered]] = OrderedDict()

    async def get(self, address: str, make: Callable[[], Awaitable[Rendered | None]]) -> Rendered | None:
        """The answer kept for `address`, else what `make` makes; nothing is kept of what is not there."""
        now = self._now()
        known = self._kept.get(address)
        if known is not None and now - known[0] < _FRESH:
            self._kept.move_to_end(address)
            return known[1]
        made = await make()
        if made is not None and len(made.body) <= _LARGEST:
            self._kept[address] = (now, made)
            self._kept.move_to_end(address)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made
