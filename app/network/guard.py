"""The address guard: which addresses a request may name, and which it may reach (hostile C).

Two questions, asked at every hop: `check_url` of the address as written, and `may_dial` of each IP
address at the moment of dialling. The second decides; the first gives the clearer reason.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from app.kernel.ids import is_loopback, parse_id
from app.kernel.refusal import Refusal

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443

# The table is our own: the standard library calls NAT64, 6to4 and multicast global (IANA special-purpose registries).
_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, with the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_V6: Final = IPv6Network("2000::/3")  # so NAT64, unique local, link-local, site-local and multicast are out
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_NO_NAMES_OF_THE_WEB: Final = frozenset({"onion", "i2p", "local", "localhost", "internal", "alt", "arpa"})
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """True if an IP address belongs to the public internet (hostile C03, C04).

    An IPv6 address that only wraps an IPv4 one is judged by the latter. ValueError if it is no address.
    """
    bare = _unwrapped(address)
    if isinstance(bare, IPv4Address):
        return not any(bare in network for network in _NOT_PUBLIC_V4)
    return bare in _PUBLIC_V6 and not any(bare in network for network in _NOT_PUBLIC_V6)


@lru_cache(maxsize=4096)  # asked twice for each connection
def may_dial(address: str, *, loopback: bool) -> bool:
    """True if a connection to this IP address is allowed; in loopback mode to this machine, too."""
    try:
        return is_public(address) or (loopback and _unwrapped(address).is_loopback)
    except ValueError:
        return False


def _unwrapped(address: str | IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    parsed = ip_address(address)
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


def check_url(
    url: str, *, loopback: bool = False, own_origin: str = "", ports: frozenset[int] = frozenset({HTTPS_PORT})
) -> Refusal | None:
    """None if a request may be made to `url` as it is written (hostile C05, C06, C07, C09, C12, C14).

    `url.form` for a scheme, port, name or character that is not allowed, `ssrf.addr` for an IP address
    that is not public or only looks like a number, `url.own` for an address of this server itself, which is answered
    without a request. In loopback mode, hosts of this machine may be asked on any port, over plain http too.
    """
    shape = parse_id(url, loopback=loopback)
    if isinstance(shape, Refusal):
        return Refusal("url.form", shape.because)
    parts = urlsplit(url)
    host = parts.hostname or ""
    if own_origin and _place(url) == _place(own_origin):
        return Refusal("url.own", f"an address of this server itself: {url[:80]!r}")
    if loopback and is_loopback(parts.hostname or ""):
        return None
    if parts.scheme != "https":
        return Refusal("url.form", f"plain http goes to no other machine: {url[:80]!r}")
    if (parts.port or HTTPS_PORT) not in ports:
        return Refusal("url.form", f"port {parts.port} is not one that servers are asked on: {url[:80]!r}")
    return _check_host(host, is_literal=parts.netloc.startswith("["))


def _place(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, which an address may leave out or write: it is the same place."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)


def _check_host(host: str, *, is_literal: bool) -> Refusal | None:
    last = host.rsplit(".", 1)[-1]
    if is_literal or _NUMBER.fullmatch(last):
        # Resolvers read 2130706433, 0x7f000001 and 127.1 as 127.0.0.1; ip_address takes the four plain numbers only.
        try:
            public = is_public(host)
        except ValueError:
            public = False
        return None if public else Refusal("ssrf.addr", f"not a public address: {host!r}")
    if "." not in host or last in _NO_NAMES_OF_THE_WEB:
        return Refusal("url.form", f"not a name of the public internet: {host!r}")
    return None
