"""The guarded dialer: aiohttp's connector, which connects to addresses that the guard allows and to no others."""

import socket
import ssl
from typing import Final

from aiohttp import AddrInfoType, ClientRequest, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.resolver import AsyncResolver
from aiohttp.tracing import Trace

from app.kernel.ids import is_loopback
from app.network.guard import may_dial

_CONNECTIONS: Final = 512
_CONNECTIONS_PER_HOST: Final = 8
_KEEP_SECONDS: Final = 60.0
_HOSTS_KEPT: Final = 512  # so many have connections that wait for the next request; of more they are closed
_NAMES_KEPT_SECONDS: Final = 60
_NAME_SECONDS: Final = 3.0
_NAME_TRIES: Final = 2


class AddressRefusedError(OSError):
    """The guard refused an IP address (`ssrf.addr`)."""


class GuardedResolver(AbstractResolver):
    """Asks another resolver, and refuses a name as soon as one of its addresses may not be dialled (hostile C02)."""

    def __init__(self, inner: AbstractResolver, *, loopback: bool) -> None:
        self._inner = inner
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of `host`; AddressRefusedError if one of them is not allowed, OSError if there is none."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            # a name of this machine is this machine, and a name of the web is not
            if not may_dial(result["host"], loopback=self._loopback and is_loopback(host)):
                raise AddressRefusedError(f"{host} has the address {result['host']}, which is not public")
        return found

    async def close(self) -> None:
        """Close the resolver that is asked."""
        await self._inner.close()


def names(servers: list[str] | None = None) -> AsyncResolver:
    """A resolver that waits for any number of names at once, in no thread; it asks the machine's name servers.

    `servers` are others to ask, as `address:port`. In the threads of the system's own resolver a few names that
    hang would hold up all others.
    """
    return AsyncResolver(timeout=_NAME_SECONDS, tries=_NAME_TRIES, nameservers=servers)


class GuardedConnector(TCPConnector):
    """Keeps connections; each goes to an address that was checked when it was resolved, dialled and used.

    Addresses written as numbers never reach a resolver, and a resolver may be a cache: so the dialer itself
    checks what it connects to, and the peer of the socket is compared before a request is sent on it.
    """

    def __init__(
        self,
        *,
        loopback: bool,
        resolver: AbstractResolver | None,
        tls: ssl.SSLContext,
        hosts_kept: int = _HOSTS_KEPT,
    ) -> None:
        self._dials_loopback = loopback
        self._hosts_kept = hosts_kept
        super().__init__(
            resolver=GuardedResolver(resolver or names(), loopback=loopback),
            ssl=tls,
            socket_factory=self._dial,
            limit=_CONNECTIONS,
            limit_per_host=_CONNECTIONS_PER_HOST,
            keepalive_timeout=_KEEP_SECONDS,
            ttl_dns_cache=_NAMES_KEPT_SECONDS,
        )

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        """Keep a connection for the next request, unless very many are kept: each is an open file of ours."""
        full = len(self._conns) >= self._hosts_kept and key not in self._conns
        super()._release(key, protocol, should_close=should_close or full)

    def _dial(self, address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = address
        if not may_dial(str(where[0]), loopback=self._dials_loopback):
            raise AddressRefusedError(f"{where[0]} is not a public address")
        return socket.socket(family, kind, protocol)

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - aiohttp's signature
        """A connection for a request; AddressRefusedError if it leads elsewhere than to an allowed address."""
        connection = await super().connect(req, traces, timeout)
        peer = connection.transport.get_extra_info("peername") if connection.transport is not None else None
        if not peer or not may_dial(str(peer[0]), loopback=self._dials_loopback):
            connection.close()
            raise AddressRefusedError(f"connected to {peer}, which is not a public address")
        return connection
