"""httpx2 over the guarded connections: its shapes, our dialer."""

from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx2
from aiohttp import ClientResponse, ClientSession
from yarl import URL

EXACT_URL: Final = "url"
"""The request's extension that holds its address as it was signed: httpx2 would write some characters otherwise."""

_CHUNK_BYTES: Final = 65_536


class _Body(httpx2.AsyncByteStream):
    """A response's bytes as they come; closing it before the end gives up the connection."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.content.iter_chunked(_CHUNK_BYTES):
            yield chunk

    async def aclose(self) -> None:
        """Return a connection that was read to its end, close any other."""
        self._response.release() if self._response.content.at_eof() else self._response.close()


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends httpx2's requests over aiohttp's session; errors are aiohttp's, since only Client meets them."""

    def __init__(self, session: Callable[[], ClientSession]) -> None:
        self._session = session

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; nothing is followed, decoded or kept."""
        exact = request.extensions.get(EXACT_URL)
        response = await self._session().request(
            request.method,
            URL(str(exact or request.url), encoded=True),
            headers=list(request.headers.multi_items()),
            data=await request.aread() or None,
            allow_redirects=False,
        )
        return httpx2.Response(response.status, headers=response.raw_headers, stream=_Body(response))
