"""The server's protocol, with deadlines: a request that does not arrive in time is not waited for (hostile D01).

uvicorn has no setting for this. Its other parser, h11, takes some requests that smuggle others (hostile A13),
so this one stands on httptools, and without it the start fails.
"""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from typing import Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.http.crowd import Crowd

HEAD_SECONDS: Final = 10.0
REQUEST_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 60.0  # after that, who does not read the answer may have to make room


class PunctualProtocol(HttpToolsProtocol):
    """One connection: the head of a request is here within `head_seconds`, all of it within `request_seconds`.

    Both count from when the connection was made, or from the first byte of a later request; then it is closed.
    One timer serves a connection for all its requests, so that none costs more than reading the clock. A `crowd`
    says how many may be here.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: AbstractEventLoop | None = None,
        *,
        head_seconds: float = HEAD_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
        crowd: Crowd | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.head_seconds = head_seconds
        self.request_seconds = request_seconds
        self._began: float | None = None  # None while nothing is being received
        self._has_head = False
        self._whole_at = 0.0  # when all of the last request was here
        self._timer: TimerHandle | None = None
        self._crowd = crowd

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn's own narrower type
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if self._crowd is not None and not self._crowd.admit(self, self.client[0] if self.client else None):
            transport.abort()
            return
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        super().connection_lost(exc)
        if self._crowd is not None:
            self._crowd.leave(self)
        if self._timer is not None:
            self._timer.cancel()

    def on_message_begin(self) -> None:
        """Count from here for a later request; the first one counts from the connection."""
        super().on_message_begin()
        if self._began is None:
            self._begin()

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._has_head = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request is here; nothing is waited for until the next one begins."""
        self._began, self._whole_at = None, self.loop.time()
        super().on_message_complete()

    def is_served(self) -> bool:
        """True while a whole request is being answered."""
        in_time = self.loop.time() - self._whole_at < _ANSWER_SECONDS
        return self._began is None and self.cycle is not None and not self.cycle.response_complete and in_time

    def send_away(self) -> None:
        """Close the connection at once."""
        self.transport.abort()

    def _begin(self) -> None:
        self._began, self._has_head = self.loop.time(), False
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_seconds, self._look)

    def _look(self) -> None:
        """Close the connection if it is late, else look again when it may be."""
        self._timer = None
        if self._began is None or self.transport.is_closing():
            return
        deadline = self._began + (self.request_seconds if self._has_head else self.head_seconds)
        if self.loop.time() >= deadline:
            self.transport.abort()
        else:
            self._timer = self.loop.call_at(deadline, self._look)
