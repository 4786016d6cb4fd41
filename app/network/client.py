"""The one client: every request that leaves this server goes through the guarded dialer (hostile C08).

A fetch goes through httpx2. A delivery calls the same guarded connections directly, because httpx2 would cost
over a fifth of it.
"""

import asyncio
import errno
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx2
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from aiohttp.abc import AbstractResolver
from yarl import URL

from app.kernel.refusal import Refusal
from app.network.dialer import AddressRefusedError, GuardedConnector
from app.network.guard import HTTPS_PORT, check_url
from app.network.transport import EXACT_URL, GuardedTransport

DEADLINE_SECONDS: Final = 15.0
MAX_HOPS: Final = 3
MAX_BYTES: Final = 1_048_576
_MAX_ANSWER_TO_POST: Final = 65_536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*", re.ASCII)
_OUR_TROUBLE: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL})

EXHAUSTED: Final = "net.exhausted"
"""Nobody was asked, since something of this machine had run out: files, memory, ports."""

SILENT: Final = frozenset({"net.timeout", "net.unreachable"})
"""The server that was asked gave no answer: it is not worth asking it for the next thing at once."""

_ALWAYS: Final = {"user-agent": "Roundabout", "accept-encoding": "identity"}

Sign = Callable[[str, str], Mapping[str, str]]
"""The headers that sign a request, from its method and address; asked again for each hop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `url` is the address that answered, header names are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Requests to other servers; refusals are values, and no error of the network is raised.

    `loopback` allows this machine, over plain http too; `own_origin` is never asked; `ports` are the only
    ones asked of other machines; `resolver` answers names; `tls` verifies certificates. Environment variables,
    proxies among them, change nothing (hostile C10). It is built anywhere and used in one event loop.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        own_origin: str = "",
        ports: frozenset[int] = frozenset({HTTPS_PORT}),
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._loopback = loopback
        self._own_origin = own_origin
        self._ports = ports
        self._resolver = resolver
        self._tls = tls
        self._deadline = deadline_seconds
        self._opened: ClientSession | None = None
        transport = GuardedTransport(self._session)
        self._fetcher = httpx2.AsyncClient(transport=transport, trust_env=False, timeout=None, headers=_ALWAYS)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        max_bytes: int = MAX_BYTES,
        max_hops: int = MAX_HOPS,
        sign: Sign | None = None,
    ) -> Answer | Refusal:
        """What `url` answers, after at most `max_hops` redirects, each guarded, signed anew and of the same scheme.

        Any status is an answer. Refused with `url.form`, `url.own`, `ssrf.addr`, `header.form`,
        `net.redirect`, `net.size` (over `max_bytes`), `net.encoding`, `net.timeout` (15 s for everything),
        `net.tls`, `net.exhausted` (this machine's own trouble) or `net.unreachable`.
        """
        return await self._guarded(url, self._follow(url, headers, max_bytes, max_hops, sign))

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer | Refusal:
        """What `url` answers to `body`; a redirect is an answer, and of a long answer 64 KiB are read.

        Refused as `get` refuses, except for `net.redirect`, `net.size` and `net.encoding`.
        """
        return await self._guarded(url, self._deliver(url, headers, body))

    async def close(self) -> None:
        """Close every connection; the client may be used again and opens new ones."""
        await self._fetcher.aclose()
        session, self._opened = self._opened, None
        if session is not None:
            await session.close()

    def _session(self) -> ClientSession:
        if self._opened is None:
            connector = GuardedConnector(
                loopback=self._loopback,
                resolver=self._resolver,
                tls=self._tls or ssl.create_default_context(),  # 20 ms, so once
            )
            self._opened = ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                timeout=ClientTimeout(total=None),
                trust_env=False,
            )
        return self._opened

    async def _guarded(self, url: str, exchange: Awaitable[Answer | Refusal]) -> Answer | Refusal:
        """One deadline over all of an exchange, and its errors as values (hostile D02)."""
        try:
            async with asyncio.timeout(self._deadline):
                return await exchange
        except TimeoutError:
            return Refusal("net.timeout", f"no whole answer in {self._deadline:g} s: {url[:80]!r}")
        except (ClientError, OSError) as error:
            return _refusal_of(error, url)

    async def _follow(
        self, url: str, headers: Mapping[str, str], max_bytes: int, max_hops: int, sign: Sign | None
    ) -> Answer | Refusal:
        visited: set[str] = set()
        while True:
            barred = self._check(url)
            if barred is not None:
                return barred
            signed = {**headers, **(sign("GET", url) if sign is not None else {})}
            answer = await self._fetch(url, signed, max_bytes)
            if isinstance(answer, Refusal) or answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            visited.add(url)
            target = _joined(url, answer.headers["location"])
            if target in visited or len(visited) > max_hops or urlsplit(target).scheme != urlsplit(url).scheme:
                return Refusal("net.redirect", f"a loop, over {max_hops} hops, or another scheme: {target[:80]!r}")
            url = target

    async def _fetch(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Answer | Refusal:
        malformed = _check_headers(headers)
        if malformed is not None:
            return malformed
        request = self._fetcher.build_request("GET", url, headers=dict(headers), extensions={EXACT_URL: url})
        response = await self._fetcher.send(request, stream=True, follow_redirects=False)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                return Refusal("net.encoding", f"compressed, though only plain bytes were asked for: {url[:80]!r}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > max_bytes:
                    return Refusal("net.size", f"over {max_bytes} bytes: {url[:80]!r}")
        finally:
            await response.aclose()
        return Answer(response.status_code, url, dict(response.headers), bytes(body))

    async def _deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer | Refusal:
        refused = self._check(url) or _check_headers(headers)
        if refused is not None:
            return refused
        async with self._session().post(
            URL(url, encoded=True), headers={**_ALWAYS, **headers}, data=body, allow_redirects=False
        ) as response:
            answer = bytearray()
            async for chunk in response.content.iter_any():
                answer += chunk
                if len(answer) > _MAX_ANSWER_TO_POST:
                    response.close()
                    break
            names = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, url, names, bytes(answer[:_MAX_ANSWER_TO_POST]))

    def _check(self, url: str) -> Refusal | None:
        return check_url(url, loopback=self._loopback, own_origin=self._own_origin, ports=self._ports)


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; one that leads nowhere leads back, which ends the run."""
    try:
        urlsplit(target := urljoin(url, location))
    except ValueError:
        return url
    return target


def _check_headers(headers: Mapping[str, str]) -> Refusal | None:
    """`header.form` for a name or value that could end its line (hostile C09)."""
    for name, value in headers.items():
        if _HEADER.fullmatch(f"{name}:{value}") is None:
            return Refusal("header.form", f"not a header that may be sent: {name[:40]!r}")
    return None


def _refusal_of(error: BaseException, url: str) -> Refusal:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in _OUR_TROUBLE:
            return Refusal(EXHAUSTED, f"{url[:80]!r} was not asked: {link}")
        if isinstance(link, AddressRefusedError):
            return Refusal("ssrf.addr", str(link))
        if isinstance(link, ssl.SSLError):
            return Refusal("net.tls", f"{url[:80]!r}: {link}")
        link = link.__cause__ or link.__context__
    return Refusal("net.unreachable", f"{url[:80]!r}: {error}")
