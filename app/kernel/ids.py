"""Addresses: what an id may look like, whose origin it has, and new ones."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NewType

from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

Id = NewType("Id", str)
"""An address that `parse_id` accepted; compared byte for byte."""

MAX_LENGTH: Final = 2048
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VISIBLE: Final = re.compile(r"[!-~]+", re.ASCII)
_FORBIDDEN: Final = frozenset('\\"<>^`{|}')
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST: Final = rf"(?:{_LABEL}\.)*{_LABEL}"
_IP_VERSION: Final = 6
_IPV6: Final = r"\[[0-9a-f:.]+\]"
_ADDRESS: Final = re.compile(rf"(https?)://({_HOST}|{_IPV6})(?::([1-9][0-9]{{0,4}}))?(?=[/?#]|\Z)", re.ASCII)
_ORIGIN: Final = re.compile(r"[a-z]+://[^/?#]*", re.ASCII)
_ONION: Final = re.compile(r"(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion", re.ASCII)
_LAST_PORT: Final = 65_535
_LONGEST_HOST: Final = 253  # RFC 1035 §2.3.4: 255 octets with the lengths of the labels; no longer one can be looked up


def parse_id(value: object, *, loopback: bool = False) -> Id | Refusal:
    """`value` unchanged if it may be an id, else `id.form` (fine-print 33; hostile B28, B30).

    An id is ASCII https with a lower-case host of at most 253 characters, no userinfo and at most 2,048 characters
    in all. Plain http passes for a v3 .onion host, and in loopback mode for loopback hosts.
    """
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LENGTH:
        return Refusal("id.form", "an id is a string of 1 to 2,048 characters")
    return _parse(value, loopback=loopback)


@lru_cache(maxsize=1024)  # the same few actors and keys again and again
def _parse(value: str, *, loopback: bool) -> Id | Refusal:
    if _VISIBLE.fullmatch(value) is None or not _FORBIDDEN.isdisjoint(value):
        return Refusal("id.form", f"characters that no address may have: {value[:80]!r}")
    found = _ADDRESS.match(value)
    if found is None or int(found[3] or 0) > _LAST_PORT or not _is_host(found[2]):
        return Refusal("id.form", f"not an address with a plain lower-case host: {value[:80]!r}")
    if len(found[2]) > _LONGEST_HOST:
        return Refusal("id.form", f"a host has at most {_LONGEST_HOST} characters: {value[:80]!r}")
    if found[1] == "https" or _plain_http_allowed(found[2], loopback=loopback):
        return Id(value)
    return Refusal("id.form", f"ids are https addresses: {value[:80]!r}")


def _is_host(host: str) -> bool:
    """A name, or an address of numbers that is one when it stands in brackets."""
    try:
        return not host.startswith("[") or ip_address(host[1:-1]).version == _IP_VERSION
    except ValueError:
        return False


def _plain_http_allowed(host: str, *, loopback: bool) -> bool:
    return _ONION.fullmatch(host) is not None or (loopback and is_loopback(host))


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """True for `localhost`, `127.0.0.0/8` and `[::1]`, written plainly."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(address: str) -> str:
    """Scheme, host and port of an address: `https://a.example`, `http://127.0.0.1:8001`; empty for what is none.

    No address of more than 2,048 characters has one (fine-print 33).
    """
    return _origin(address) if len(address) <= MAX_LENGTH else ""


@lru_cache(maxsize=1024)  # of one request's few addresses it is asked a dozen times; they are short
def _origin(address: str) -> str:
    found = _ORIGIN.match(address)
    return found[0] if found is not None else ""


def same_origin(one: str, other: str) -> bool:
    """True if both addresses have the same scheme, host and port (FEP-fe34)."""
    return origin(one) == origin(other) != ""


def without_fragment(address: str) -> str:
    """The document that a key id such as `…/assembly#main-key` lies in."""
    return address.partition("#")[0]


def new_ulid(now: Instant, entropy: bytes) -> str:
    """26 characters that sort by time: 48 bits of milliseconds, then 80 bits of `entropy` (10 bytes)."""
    if len(entropy) != 10:
        raise ValueError(f"a ULID takes 10 bytes of entropy, got {len(entropy)}")
    number = int(now.timestamp() * 1000) << 80 | int.from_bytes(entropy, "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))
