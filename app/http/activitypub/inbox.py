"""The inbox: bounds and wraps the bytes, hands them to `receive`, and answers."""

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.federation.documents import is_activity_type
from app.http import errors
from app.http.activitypub.answers import instance_of
from app.http.activitypub.visitors import signed_request
from app.kernel.canonical import MAX_DOCUMENT_BYTES
from app.kernel.refusal import Refusal
from app.operations.receive import receive

_log = structlog.get_logger()


async def post(request: Request) -> Response:
    """202 once the activity is on disk; a refusal has its status and a generic body."""
    if not is_activity_type(request.headers.get("content-type", "")):
        return _refuse(Refusal("hdr.media_type", f"not ActivityPub: {request.headers.get('content-type')!r}"))
    body = await _bounded_body(request)
    if isinstance(body, Refusal):
        return _refuse(body)
    kept = await receive(instance_of(request), signed_request(request, body))
    return _refuse(kept) if isinstance(kept, Refusal) else Response(status_code=202)


def _refuse(refusal: Refusal) -> Response:
    """The status alone: the reason is for our own log (hostile.md, codes)."""
    _log.info("inbox refused", code=refusal.code, because=refusal.because)
    return Response(status_code=errors.status_of(refusal))


async def _bounded_body(request: Request) -> bytes | Refusal:
    """The body, refused while it streams once it is too long (hostile D03)."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_DOCUMENT_BYTES:
                return Refusal("body.size", f"over {MAX_DOCUMENT_BYTES} bytes")
            parts.append(part)
    except ClientDisconnect:
        return Refusal("body.cut", "the sender hung up")
    return b"".join(parts)


ROUTES: list[BaseRoute] = [
    Route(path, post, methods=["POST"])
    for path in ("/inbox", "/assembly/inbox", "/instance/inbox", "/people/{person}/inbox")
]
