"""HTTP Message Signatures (RFC 9421) over requests, with RFC 9530 digests. Sans-I/O.

Derived components are taken from our own address, never from what the request says of itself, so a signature
that was made for another server does not hold here (hostile A05).
"""

import base64
from datetime import UTC
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from app.federation import digests, structured_fields
from app.federation.keys import RsaSigner
from app.federation.signatures import Scheme, Signature, SignedRequest, check_host, check_time, epoch, http_date
from app.federation.structured_fields import Member
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

MAX_LABELS: Final = 4
_LABEL: Final = "sig1"
_LONGEST_NONCE: Final = 256
_UNRESERVED: Final = "*-._"


def sign(method: str, url: str, now: Instant, body: bytes | None, signer: RsaSigner) -> dict[str, str]:
    """The headers to send: POST covers `@method @target-uri content-type content-digest`, GET the first two."""
    headers = {"Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    covered = {"@method": method, "@target-uri": f"{parts.scheme}://{parts.netloc}{target}"}
    if body is not None:
        headers["Content-Type"] = covered["content-type"] = "application/activity+json"
        headers["Content-Digest"] = covered["content-digest"] = digests.content_digest(body)
    parameters = {"created": int(now.timestamp()), "keyid": signer.key_id, "alg": "rsa-v1_5-sha256"}
    said = structured_fields.render(([(name, {}) for name in covered], parameters))
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    value = base64.b64encode(signer.sign("\n".join([*lines, f'"@signature-params": {said}']).encode())).decode()
    return headers | {"Signature-Input": f"{_LABEL}={said}", "Signature": f"{_LABEL}=:{value}:"}


def parse(
    request: SignedRequest, now: Instant, origin: str, *, forgive_query: bool
) -> tuple[Signature | Refusal, ...] | Refusal:
    """The first four signatures of a request to us at `origin`, each with the checks that need no key (hostile A11)."""
    inputs = structured_fields.parse(request.value("signature-input") or "")
    values = structured_fields.parse(request.value("signature") or "")
    if isinstance(inputs, Refusal):
        return inputs
    if isinstance(values, Refusal):
        return values
    refused = check_host(request, origin)
    if refused is not None:
        return refused
    found = tuple(
        _parse_one(request, now, origin, said, values.get(label, (None, {}))[0], forgive_query=forgive_query)
        for label, said in list(inputs.items())[:MAX_LABELS]
    )
    return found or Refusal("sig.missing", "no signature is named")


def signature_base(request: SignedRequest, origin: str, said: Member, target: str) -> bytes | Refusal:
    """The bytes that a signature is over (RFC 9421 §2.5); `sig.coverage` for a component that is absent or unknown."""
    components, _ = said
    lines: dict[str, str] = {}
    for name, parameters in components:
        value = _component(request, origin, target, name, parameters) if isinstance(name, str) else None
        identifier = f'"{name}"' if not parameters else structured_fields.render((name, parameters))
        if value is None or identifier in lines:
            return Refusal("sig.coverage", f"covers {identifier[:60]}, which is absent, unknown or there twice")
        lines[identifier] = value
    lines['"@signature-params"'] = structured_fields.render(said)
    return "\n".join(f"{identifier}: {value}" for identifier, value in lines.items()).encode("latin-1", "replace")


def _parse_one(
    request: SignedRequest, now: Instant, origin: str, said: Member, value: object, *, forgive_query: bool
) -> Signature | Refusal:
    if not isinstance(said[0], list) or not isinstance(value, bytes):
        return Refusal("sig.form", "a signature is a list of components, and bytes under the same label")
    parameters = said[1]
    key_id, algorithm, nonce = (parameters.get(name) for name in ("keyid", "alg", "nonce"))
    if not isinstance(key_id, str) or not isinstance(algorithm, str | None) or not isinstance(nonce, str | None):
        return Refusal("sig.form", "keyid, alg and nonce are strings")
    if nonce is not None and len(nonce) > _LONGEST_NONCE:
        return Refusal("sig.form", f"a nonce of {len(nonce)} characters")
    covered = {name for name, more in said[0] if not more}
    path, mark, _ = request.target.partition("?")
    refused = (
        _check_coverage(covered, has_query=bool(mark) and not forgive_query)
        or _check_time(request, covered, parameters, now)
        or digests.check(request, covered)
    )
    if refused is not None:
        return refused
    base = signature_base(request, origin, said, request.target)
    if isinstance(base, Refusal):
        return base
    forgiven = signature_base(request, origin, said, path) if mark and forgive_query else None
    without = None if isinstance(forgiven, Refusal) else forgiven
    return Signature(Scheme.RFC9421, key_id, algorithm, value, base, without, nonce)


def _check_coverage(covered: set[Any], *, has_query: bool) -> Refusal | None:
    """None if method, address and server are covered, which is what the other scheme is held to (hostile A31)."""
    whole = "@request-target" in covered or ("@path" in covered and (not has_query or "@query" in covered))
    server = "@authority" in covered or "host" in covered
    missing = [] if "@method" in covered else ["@method"]
    if "@target-uri" not in covered and not (whole and server):
        missing.append("@target-uri")
    return Refusal("sig.coverage", f"not covered: {', '.join(missing)}") if missing else None


def _check_time(request: SignedRequest, covered: set[Any], parameters: dict[str, Any], now: Instant) -> Refusal | None:
    created, expires = epoch(parameters.get("created")), epoch(parameters.get("expires"))
    if (created is None and "created" in parameters) or (expires is None and "expires" in parameters):
        return Refusal("sig.time", "created and expires are whole seconds since 1970")
    said = created or (http_date(request.value("date") or "") if "date" in covered else None)
    return check_time(now, said, created, expires)


def _component(request: SignedRequest, origin: str, target: str, name: str, parameters: dict[str, Any]) -> str | None:
    """The value of one covered component (RFC 9421 §2.1, §2.2); None if it is absent, or of a kind we do not know."""
    if parameters:
        wanted = parameters.get("name") if name == "@query-param" and len(parameters) == 1 else None
        return _query_parameter(target.partition("?")[2], wanted) if isinstance(wanted, str) else None
    if not name.startswith("@"):
        return request.value(name)
    scheme, _, authority = origin.partition("://")
    path, _, query = target.partition("?")
    match name:
        case "@method":
            return request.method
        case "@target-uri":
            return origin + target
        case "@authority":
            return authority
        case "@scheme":
            return scheme
        case "@request-target":
            return target
        case "@path":
            return path or "/"
        case "@query":
            return f"?{query}"
        case _:
            return None


def _query_parameter(query: str, name: str) -> str | None:
    """One parameter of the query, written anew; None if it is absent or there twice."""
    values = [value for key, value in parse_qsl(query, keep_blank_values=True) if quote(key, safe=_UNRESERVED) == name]
    return quote(values[0], safe=_UNRESERVED) if len(values) == 1 else None
