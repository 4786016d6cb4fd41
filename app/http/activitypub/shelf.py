"""Rendered answers, kept for a few seconds and at most so many bytes of them: many askers cost one reading."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.types import Message, Scope, Send

from app.kernel.instant import Instant

_FRESH: Final = timedelta(seconds=5)
_MOST: Final = 2_048
_MOST_BYTES: Final = 16 * 1024 * 1024
_LARGEST: Final = 64 * 1024
_OK: Final = 200
_UNCHANGED: Final = 304
_OF_A_BODY: Final = frozenset({b"content-length", b"content-type"})


Header = tuple[bytes, bytes]
Address = tuple[str, bytes]
"""A path and a query, apart: a path may have an encoded question mark in it."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer as it is sent: its bytes, headers, ETag and status, 410 for what is gone."""

    body: bytes
    etag: bytes
    headers: tuple[Header, ...]
    status: int = 200

    def messages(self, has: bytes) -> tuple[Message, Message]:
        """What a server sends, head and body, to who `has` an ETag already; 304 if it is this one."""
        known = self.status == _OK and has == self.etag
        head = [header for header in self.headers if not known or header[0] not in _OF_A_BODY]
        start: Message = {
            "type": "http.response.start",
            "status": _UNCHANGED if known else self.status,
            "headers": head,
        }
        return start, {"type": "http.response.body", "body": b"" if known else self.body}


def render(body: bytes, media_type: str, status: int = 200, *, for_scripts: bool = False) -> Rendered:
    """An answer with the ETag of its bytes; `for_scripts` of other origins may read it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    headers: tuple[Header, ...] = (
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"etag", etag),
        (b"vary", b"Accept"),
        (b"x-content-type-options", b"nosniff"),
    )
    return Rendered(body, etag, (*headers, (b"access-control-allow-origin", b"*")) if for_scripts else headers, status)


class Shelf:
    """What was rendered lately, by address; what was asked for longest ago goes first.

    Anybody may ask for one document under ever new queries: the bytes are bounded too, those of addresses included.
    """

    def __init__(self, now: Callable[[], Instant]) -> None:
        self._now = now
        self._kept: OrderedDict[Address, tuple[Instant, Rendered]] = OrderedDict()
        self._bytes = 0

    def fresh(self, address: Address) -> Rendered | None:
        """The answer that lies here for `address`."""
        known = self._kept.get(address)
        if known is None or self._now() - known[0] >= _FRESH:
            return None
        self._kept.move_to_end(address)
        return known[1]

    async def get(self, address: Address, make: Callable[[], Awaitable[Rendered | None]]) -> Rendered | None:
        """The answer kept for `address`, else what `make` makes; nothing is kept of what is not there."""
        known = self.fresh(address)
        if known is not None:
            return known
        now = self._now()
        made = await make()
        if made is not None and _size(address, made) <= _LARGEST:
            self._take_away(address)
            self._kept[address] = (now, made)
            self._bytes += _size(address, made)
            while len(self._kept) > _MOST or self._bytes > _MOST_BYTES:
                self._take_away(next(iter(self._kept)))
        return made

    def _take_away(self, address: Address) -> None:
        gone = self._kept.pop(address, None)
        if gone is not None:
            self._bytes -= _size(address, gone[1])


class Hatch:
    """Hands out what lies on the shelf before any layer of the application is entered.

    Only to who asks as another server does: a browser, and whoever has to be asked for a signature, goes in.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def lies_here(self, scope: Scope) -> Rendered | None:
        """The answer to a GET if it lies ready for a server."""
        found = self._shelf.fresh(shelved_as(scope))
        if found is None or any(name == b"accept" and b"text/html" in value for name, value in scope["headers"]):
            return None
        return found

    @staticmethod
    async def hand_out(found: Rendered, scope: Scope, send: Send) -> None:
        """Send the answer."""
        has = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        for message in found.messages(has):
            await send(message)


def shelved_as(scope: Scope) -> Address:
    """What a request's answer is kept under: its path and query."""
    return scope["path"], scope["query_string"]


def _size(address: Address, answer: Rendered) -> int:
    return len(address[0]) + len(address[1]) + len(answer.body)
