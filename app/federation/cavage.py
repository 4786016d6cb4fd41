"""draft-cavage-http-signatures-12 as the fediverse speaks it. Sans-I/O.

What is refused, and by which code: hostile A01 to A05, A08, A09, A12, A14 to A16, A32.
"""

import base64
import binascii
import re
from datetime import UTC
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from app.federation import digests
from app.federation.keys import RsaSigner
from app.federation.signatures import Scheme, Signature, SignedRequest, check_host, check_time, epoch, http_date
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

_PARAMETER: Final = re.compile(r'\s*([A-Za-z]{1,32})\s*=\s*(?:"([^"]{0,4096})"|([0-9]{1,20}))\s*(?:,|$)', re.ASCII)
_NEEDED: Final = frozenset({"(request-target)", "host"})


def sign(method: str, url: str, now: Instant, body: bytes | None, signer: RsaSigner) -> dict[str, str]:
    """The headers to send: POST covers `(request-target) host date digest content-type`, GET the first three."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    if body is not None:
        headers["Digest"] = digests.digest(body)
        headers["Content-Type"] = "application/activity+json"
    lines = [f"(request-target): {method.lower()} {target}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    covered = " ".join(["(request-target)", *(name.lower() for name in headers)])
    value = base64.b64encode(signer.sign("\n".join(lines).encode())).decode()
    headers["Signature"] = f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{value}"'
    return headers


def parse(request: SignedRequest, now: Instant, origin: str, *, forgive_query: bool) -> Signature | Refusal:
    """The signature of a request to us at `origin`, if the checks that need no key all pass (protocol.md §4)."""
    parameters = _parameters(request.value("signature") or "")
    if isinstance(parameters, Refusal):
        return parameters
    covered = tuple(parameters.get("headers", "date").lower().split())
    refused = (
        _check_coverage(covered)
        or _check_time(request, covered, parameters, now)
        or check_host(request, origin)
        or digests.check(request, covered)
    )
    if refused is not None:
        return refused
    base = signing_string(request, request.target, covered, parameters)
    if isinstance(base, Refusal):
        return base
    try:
        value = base64.b64decode(parameters["signature"], validate=True)
    except (binascii.Error, ValueError):
        return Refusal("sig.form", "the signature is not base64")
    path, query, _ = request.target.partition("?")
    forgiven = signing_string(request, path, covered, parameters) if query and forgive_query else None
    without = None if isinstance(forgiven, Refusal) else forgiven
    return Signature(Scheme.CAVAGE, parameters["keyId"], parameters.get("algorithm"), value, base, without)


def signing_string(
    request: SignedRequest, target: str, covered: tuple[str, ...], parameters: dict[str, str]
) -> bytes | Refusal:
    """The bytes that a signature over `covered` is over; `sig.coverage` for what is absent."""
    lines: list[str] = []
    for name in covered:
        if name == "(request-target)":
            value: str | None = f"{request.method.lower()} {target}"
        elif name in {"(created)", "(expires)"}:
            # The draft has them only with an algorithm that does not say which hash it takes.
            value = parameters.get(name.strip("()")) if parameters.get("algorithm", "hs2019") == "hs2019" else None
        else:
            value = request.value(name)
        if value is None:
            return Refusal("sig.coverage", f"covers {name[:40]!r}, which is absent or not for this algorithm")
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("latin-1", "replace")  # headers were read as latin-1: the bytes as received


def _parameters(header: str) -> dict[str, str] | Refusal:
    found: dict[str, str] = {}
    position = 0
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None or match[1] in found:
            return Refusal("sig.form", f"not a signature header: {header[position : position + 40]!r}")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        position = match.end()
    if not found.get("keyId") or not found.get("signature"):
        return Refusal("sig.form", "a signature names its key and its value")
    return found


def _check_coverage(covered: tuple[str, ...]) -> Refusal | None:
    missing = _NEEDED - set(covered)
    return Refusal("sig.coverage", f"not covered: {', '.join(sorted(missing))}") if missing else None


def _check_time(
    request: SignedRequest, covered: tuple[str, ...], parameters: dict[str, str], now: Instant
) -> Refusal | None:
    created, expires = epoch(parameters.get("created")), epoch(parameters.get("expires"))
    if (created is None and "created" in parameters) or (expires is None and "expires" in parameters):
        return Refusal("sig.time", "created and expires are whole seconds since 1970")
    said = created if "(created)" in covered else None
    said = said or (http_date(request.value("date") or "") if "date" in covered else None)
    return check_time(now, said, created, expires)
