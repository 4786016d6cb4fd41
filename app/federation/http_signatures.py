"""HTTP signatures as deployed: draft-cavage-12, both ways. Sans-I/O.

What is refused, and by which code: hostile A01 to A05, A08, A09, A12, A14 to A16.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from app.federation.keys import PublicKey, RsaPublicKey, RsaSigner
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

WINDOW: Final = timedelta(hours=1, minutes=5)
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD"})
_ONCE: Final = frozenset({"signature", "digest", "date", "host", "content-length", "content-type"})
_PARAMETER: Final = re.compile(r'\s*([A-Za-z]{1,32})\s*=\s*(?:"([^"]{0,4096})"|([0-9]{1,20}))\s*(?:,|$)', re.ASCII)
_ALGORITHMS: Final = {True: frozenset({"rsa-sha256", "hs2019"}), False: frozenset({"ed25519", "hs2019"})}


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as received: header names in lower case, duplicates kept; `target` is path and query.

    Texts are the received bytes read as latin-1.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of one header, in order, without the spaces around it."""
        return tuple(value.strip(" \t") for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature whose cheap checks passed: what it covers and the bytes it is over."""

    key_id: str
    algorithm: str | None
    value: bytes
    base: bytes


def sign(method: str, url: str, now: Instant, body: bytes | None, signer: RsaSigner) -> dict[str, str]:
    """The headers to send: POST covers `(request-target) host date digest content-type`, GET the first three.

    The media type of a body is `application/activity+json`; `body` None means GET.
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    if body is not None:
        headers["Digest"] = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers["Content-Type"] = "application/activity+json"
    lines = [f"(request-target): {method.lower()} {target}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    covered = " ".join(["(request-target)", *(name.lower() for name in headers)])
    value = base64.b64encode(signer.sign("\n".join(lines).encode())).decode()
    headers["Signature"] = f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{value}"'
    return headers


def parse_signature(request: SignedRequest, now: Instant, authority: str) -> Signature | Refusal:
    """The signature of a request whose checks that need no key all pass, in the order of protocol.md §4."""
    duplicate = next((name for name in sorted(_ONCE) if len(request.values(name)) > 1), None)
    if duplicate is not None:
        return Refusal("hdr.duplicate", f"the header {duplicate} stands more than once")
    parameters = _parameters(request)
    if isinstance(parameters, Refusal):
        return parameters
    covered = tuple(parameters.get("headers", "date").lower().split())
    refused = (
        _check_coverage(request, covered)
        or _check_time(request, covered, parameters, now)
        or _check_target(request, authority)
        or _check_digest(request)
    )
    if refused is not None:
        return refused
    base = _base(request, covered, parameters)
    if isinstance(base, Refusal):
        return base
    try:
        value = base64.b64decode(parameters["signature"], validate=True)
    except (binascii.Error, ValueError):
        return Refusal("sig.form", "the signature is not base64")
    return Signature(parameters["keyId"], parameters.get("algorithm"), value, base)


def verify_signature(signature: Signature, key: PublicKey) -> Refusal | None:
    """None if `key` made the signature. The algorithm is the key's own, whatever the header says (hostile A16)."""
    if signature.algorithm is not None and signature.algorithm not in _ALGORITHMS[isinstance(key, RsaPublicKey)]:
        return Refusal("sig.alg", f"{key.id} cannot have signed with {signature.algorithm[:32]!r}")
    return None if key.verify(signature.value, signature.base) else Refusal("sig.bad", f"{key.id} did not sign this")


def _parameters(request: SignedRequest) -> dict[str, str] | Refusal:
    header = request.values("signature")
    if not header:
        return Refusal("sig.missing", "the request is not signed")
    if any("\n" in value or "\r" in value for _, value in request.headers):
        return Refusal("hdr.form", "a header is folded over several lines")
    found: dict[str, str] = {}
    position, text = 0, header[0]
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None or match[1] in found:
            return Refusal("sig.form", f"not a signature header: {text[position : position + 40]!r}")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        position = match.end()
    if not found.get("keyId") or not found.get("signature"):
        return Refusal("sig.form", "a signature names its key and its value")
    return found


def _check_coverage(request: SignedRequest, covered: tuple[str, ...]) -> Refusal | None:
    needed = {"(request-target)", "host"}
    if not needed <= set(covered):
        return Refusal("sig.coverage", f"not covered: {', '.join(sorted(needed - set(covered)))}")
    if _has_body(request) and "digest" not in covered:
        return Refusal("sig.digest_uncovered", "the digest of the body is not covered")
    return None


def _check_time(
    request: SignedRequest, covered: tuple[str, ...], parameters: dict[str, str], now: Instant
) -> Refusal | None:
    created, expires = _epoch(parameters.get("created")), _epoch(parameters.get("expires"))
    if (created is None and "created" in parameters) or (expires is None and "expires" in parameters):
        return Refusal("sig.time", "created and expires are whole seconds since 1970")
    # An expiry or a time in the future counts against the sender even uncovered; only a covered time counts for it.
    said = created if "(created)" in covered else None
    said = said or (_date(request) if "date" in covered else None)
    if said is None:
        return Refusal("sig.time", "neither a date nor a time of creation is covered")
    if expires is not None and (expires < now or expires < said):
        return Refusal("sig.time", f"expired at {expires:%Y-%m-%dT%H:%M:%SZ}")
    if created is not None and created > now + timedelta(minutes=5):
        return Refusal("sig.time", "created in the future")
    if abs(said - now) > WINDOW:
        return Refusal("sig.clock_skew", f"the sender's clock is {int((said - now).total_seconds())} s from ours")
    return None


def _check_target(request: SignedRequest, authority: str) -> Refusal | None:
    host = request.values("host")
    if tuple(value.lower().removesuffix(":443") for value in host) != (authority,):
        return Refusal("sig.wrong_target", f"signed for {host[:1]!r}, this is {authority}")
    return None


def _check_digest(request: SignedRequest) -> Refusal | None:
    if not _has_body(request):
        return None
    header = request.values("digest")
    if not header:
        return Refusal("sig.digest_uncovered", "there is a body and no digest")
    parts = [part.strip().partition("=") for part in header[0].split(",")]
    said = {value for name, _, value in parts if name.upper() == "SHA-256"}
    if not said:
        return Refusal("sig.digest_uncovered", "no SHA-256 digest of the body")
    if said != {base64.b64encode(hashlib.sha256(request.body).digest()).decode()}:
        return Refusal("sig.digest_mismatch", "the body is not the one that was signed")
    return None


def _has_body(request: SignedRequest) -> bool:
    return request.method not in _WITHOUT_BODY or bool(request.body)


def _base(request: SignedRequest, covered: tuple[str, ...], parameters: dict[str, str]) -> bytes | Refusal:
    lines: list[str] = []
    for name in covered:
        if name == "(request-target)":
            lines.append(f"{name}: {request.method.lower()} {request.target}")
        elif name in {"(created)", "(expires)"}:
            if name.strip("()") not in parameters or parameters.get("algorithm", "hs2019") != "hs2019":
                return Refusal("sig.coverage", f"{name} is covered and not given, or not with this algorithm")
            lines.append(f"{name}: {parameters[name.strip('()')]}")
        else:
            values = request.values(name)
            if not values:
                return Refusal("sig.coverage", f"covers the header {name[:40]!r}, which is absent")
            lines.append(f"{name}: {', '.join(values)}")
    return "\n".join(lines).encode("latin-1", "replace")  # headers were read as latin-1: the bytes as received


def _epoch(text: str | None) -> Instant | None:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 11:
        return None
    return datetime.fromtimestamp(int(text), UTC)


def _date(request: SignedRequest) -> Instant | None:
    values = request.values("date")
    try:
        said = parsedate_to_datetime(values[0])
        return said.astimezone(UTC) if said.tzinfo is not None else said.replace(tzinfo=UTC)
    except (IndexError, ValueError, TypeError, OverflowError):
        return None
