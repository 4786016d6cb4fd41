"""The inbox: bounds and wraps the bytes, hands them to `receive`, and answers."""

from typing import Final

import structlog
from starlette.types import Message, Receive, Scope, Send

from app.federation.documents import is_activity_type
from app.http import errors
from app.http.activitypub.visitors import signed_request
from app.kernel.canonical import MAX_DOCUMENT_BYTES
from app.kernel.refusal import Refusal
from app.operations.exchange.receive import receive as keep
from app.store.database import StoreUnavailableError
from app.wiring import Instance

_log = structlog.get_logger()

_SHARED: Final = frozenset({"/inbox", "/assembly/inbox", "/instance/inbox"})
_END: Final[Message] = {"type": "http.response.body", "body": b""}
_EMPTY: Final = (b"content-length", b"0")
_RETRY: Final = {429: (b"retry-after", b"60"), 503: (b"retry-after", b"5")}  # a budget is full again after a minute


class Inbox:
    """An ASGI application: 202 once the activity is on disk; a refusal has its status and an empty body.

    This is the hottest path: a request object and the layers around pages would cost as much as the rest.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST."""
        body = await _read(scope, receive)
        if isinstance(body, Refusal):
            await _refuse(send, body)
            return
        try:
            refused = await keep(self._instance, signed_request(scope, body))
        except StoreUnavailableError as away:
            refused = Refusal("store.away", str(away))
        if refused is not None:
            await _refuse(send, refused)
            return
        await send({"type": "http.response.start", "status": 202, "headers": [_EMPTY]})
        await send(_END)


async def _refuse(send: Send, refusal: Refusal) -> None:
    """The status alone: the reason is for our own log (hostile.md, codes)."""
    _log.info("inbox refused", code=refusal.code, because=refusal.because)
    status = errors.status_of(refusal)
    headers = [_EMPTY, *([_RETRY[status]] if status in _RETRY else [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(_END)


async def _read(scope: Scope, receive: Receive) -> bytes | Refusal:
    """The body, refused unread by what its headers say, and while it streams once it is too long (hostile D03, D04)."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    media_type = headers.get(b"content-type", b"").decode("latin-1")
    if not is_activity_type(media_type):
        return Refusal("hdr.media_type", f"not ActivityPub: {media_type[:80]!r}")
    if headers.get(b"content-encoding", b"identity") != b"identity":
        return Refusal("hdr.encoding", f"a compressed body: {headers[b'content-encoding'][:40]!r}")
    length = headers.get(b"content-length", b"0")
    if len(length) > 7 or int(length) > MAX_DOCUMENT_BYTES:  # the server's parser takes nothing but digits
        return Refusal("body.size", f"over {MAX_DOCUMENT_BYTES} bytes")
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return Refusal("body.cut", "the sender hung up")
        part: bytes = message["body"]
        body += part
        if len(body) > MAX_DOCUMENT_BYTES:
            return Refusal("body.size", f"over {MAX_DOCUMENT_BYTES} bytes")
        if not message["more_body"]:
            return body


def is_inbox(path: str) -> bool:
    """True for the addresses that activities are posted to."""
    return path in _SHARED or (path.startswith("/people/") and path.endswith("/inbox") and path.count("/") == 3)
