"""A signed request as received, and what either scheme of signing it has in common. Sans-I/O.

Both schemes are held to the same coverage, so that nothing is won by taking one signature away and leaving
a weaker one (hostile A04, A31).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import lru_cache
from typing import Final

from app.federation.keys import PublicKey, RsaPublicKey
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

WINDOW: Final = timedelta(hours=1, minutes=5)
_AHEAD: Final = timedelta(minutes=5)
_EPOCH_DIGITS: Final = 11
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD"})
_ONCE: Final = frozenset(
    {"signature", "signature-input", "digest", "content-digest", "date", "host", "content-length", "content-type"}
)
_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}


class Scheme(Enum):
    """How a request is signed: as the fediverse began to, or as the standard says."""

    CAVAGE = "cavage"
    RFC9421 = "rfc9421"


_ALGORITHMS: Final = {
    (Scheme.CAVAGE, True): frozenset({"rsa-sha256", "hs2019"}),
    (Scheme.CAVAGE, False): frozenset({"ed25519", "hs2019"}),
    (Scheme.RFC9421, True): frozenset({"rsa-v1_5-sha256"}),
    (Scheme.RFC9421, False): frozenset({"ed25519"}),
}


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as received: header names in lower case, duplicates kept; `target` is path and query.

    Texts are the received bytes read as latin-1.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    _fields: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fields: dict[str, list[str]] = {}
        for name, value in self.headers:
            fields.setdefault(name, []).append(value.strip(" \t"))
        object.__setattr__(self, "_fields", fields)

    @property
    def has_body(self) -> bool:
        """True if there is something whose digest must be signed."""
        return self.method not in _WITHOUT_BODY or bool(self.body)

    def value(self, name: str) -> str | None:
        """All of one header as one text, without the spaces around its parts; None if it is absent."""
        values = self._fields.get(name)
        return None if values is None else ", ".join(values)

    def check_headers(self) -> Refusal | None:
        """None if no header stands twice that may stand once, and none goes on over several lines (A12, A14)."""
        for name, values in self._fields.items():
            if len(values) > 1 and name in _ONCE:
                return Refusal("hdr.duplicate", f"the header {name} stands more than once")
            if any("\n" in value or "\r" in value for value in values):
                return Refusal("hdr.form", f"the header {name[:40]} is folded over several lines")
        return None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature whose cheap checks passed: by which key it says it is, and the bytes it is over.

    `without_query` are the bytes if the sender left the query out, where that is forgiven.
    """

    scheme: Scheme
    key_id: str
    algorithm: str | None
    value: bytes
    base: bytes
    without_query: bytes | None = None
    nonce: str | None = None


def verify(signature: Signature, key: PublicKey) -> Refusal | None:
    """None if `key` made the signature. The algorithm is the key's own, whatever the header says (hostile A16)."""
    allowed = _ALGORITHMS[signature.scheme, isinstance(key, RsaPublicKey)]
    if signature.algorithm is not None and signature.algorithm not in allowed:
        return Refusal("sig.alg", f"{key.id} cannot have signed with {signature.algorithm[:32]!r}")
    if key.verify(signature.value, signature.base):
        return None
    if signature.without_query is not None and key.verify(signature.value, signature.without_query):
        return None
    return Refusal("sig.bad", f"{key.id} did not sign this")


def check_time(now: Instant, said: Instant | None, created: Instant | None, expires: Instant | None) -> Refusal | None:
    """None if a signature may be believed now (hostile A08, A09).

    `said` is the time that the signature covers. An expiry or a time in the future counts against the sender
    even uncovered; only a covered time counts for it.
    """
    if said is None:
        return Refusal("sig.time", "neither a date nor a time of creation is covered")
    if expires is not None and (expires < now or expires < said):
        return Refusal("sig.time", f"expired at {expires:%Y-%m-%dT%H:%M:%SZ}")
    if created is not None and created > now + _AHEAD:
        return Refusal("sig.time", "created in the future")
    if abs(said - now) > WINDOW:
        return Refusal("sig.clock_skew", f"the sender's clock is {int((said - now).total_seconds())} s from ours")
    return None


def check_host(request: SignedRequest, origin: str) -> Refusal | None:
    """None if the request was sent to us: its host is that of our own address, whatever the socket (hostile A05)."""
    scheme, _, authority = origin.partition("://")
    host = (request.value("host") or "").lower().removesuffix(_DEFAULT_PORTS[scheme])
    if host != authority.removesuffix(_DEFAULT_PORTS[scheme]):
        return Refusal("sig.wrong_target", f"signed for {host[:80]!r}, this is {authority}")
    return None


def epoch(seconds: object) -> Instant | None:
    """The instant of whole seconds since 1970, given as a number or in digits; None for anything else."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdecimal() and len(seconds) <= _EPOCH_DIGITS:
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds < 10**_EPOCH_DIGITS:
        return None
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=64)
def http_date(text: str) -> Instant | None:
    """The instant that a Date header names; None if it names none. Many requests come in one second."""
    try:
        said = parsedate_to_datetime(text)
        return said.astimezone(UTC) if said.tzinfo is not None else said.replace(tzinfo=UTC)
    except (IndexError, ValueError, TypeError, OverflowError):
        return None
