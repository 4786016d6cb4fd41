"""Signed requests as tests want them: signed by the product, or by hand over whatever a test names."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from app.federation import http_signatures, signatures
from app.federation.keys import PublicKey, generate_rsa, parse_pem, rsa_signer, seal_signer
from app.federation.signatures import Scheme, SignedRequest
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
EPOCH: Final = int(NOW.timestamp())
ALICE: Final = "https://b.example/people/alice"
SIGNER: Final = rsa_signer(f"{ALICE}#main-key", generate_rsa())
SEAL: Final = seal_signer(f"{ALICE}#ed25519-key", b"\x05" * 32)
BODY: Final = b'{"type":"Create"}'
HOST: Final = "a.example"


def key_of(pem: str) -> PublicKey:
    key = parse_pem(pem, SIGNER.key_id, ALICE)
    assert not isinstance(key, Refusal), key
    return key


KEY: Final = key_of(SIGNER.public_pem())


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def request_of(method: str, target: str, headers: dict[str, str], body: bytes) -> SignedRequest:
    """A request with these headers, and with the Host that every client sends."""
    lowered = {"host": HOST} | {name.lower(): value for name, value in headers.items()}
    return SignedRequest(method, target, tuple(lowered.items()), body)


def post(
    now: Instant = NOW, target: str = "/inbox", body: bytes = BODY, scheme: Scheme = Scheme.CAVAGE
) -> SignedRequest:
    headers = http_signatures.sign("POST", f"https://{HOST}{target}", now, body, SIGNER, scheme)
    return request_of("POST", target, headers, body)


def get(target: str = "/acts?after=7", scheme: Scheme = Scheme.CAVAGE) -> SignedRequest:
    headers = http_signatures.sign("GET", f"https://{HOST}{target}", NOW, None, SIGNER, scheme)
    return request_of("GET", target, headers, b"")


def changed(request: SignedRequest, **headers: str | None) -> SignedRequest:
    """The request with these headers replaced, or taken away where None."""
    new = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = [(name, value) for name, value in request.headers if name not in new]
    added = [(name, value) for name, value in new.items() if value is not None]
    return replace(request, headers=tuple(kept + added))


def by_hand(
    request: SignedRequest, covered: tuple[str, ...], algorithm: str | None = "rsa-sha256", **parameters: str
) -> SignedRequest:
    """The request signed as draft-cavage says over exactly `covered`, with more parameters where given."""
    lines = []
    for name in covered:
        if name == "(request-target)":
            lines.append(f"{name}: {request.method.lower()} {request.target}")
        elif name.startswith("("):
            lines.append(f"{name}: {parameters[name.strip('()')]}")
        else:
            lines.append(f"{name}: {request.value(name) or ''}")
    value = base64.b64encode(SIGNER.sign("\n".join(lines).encode())).decode()
    more = "".join(f",{name}={number}" for name, number in parameters.items())
    said = f',algorithm="{algorithm}"' if algorithm else ""
    header = f'keyId="{SIGNER.key_id}"{said}{more},headers="{" ".join(covered)}",signature="{value}"'
    return changed(request, signature=header)


def labelled(lines: dict[str, str], parameters: str = "", label: str = "sig1") -> tuple[str, str]:
    """What RFC 9421 has under one label of `Signature-Input` and of `Signature`, signed over exactly `lines`."""
    parameters = parameters or f';created={EPOCH};keyid="{SIGNER.key_id}"'
    said = f"({' '.join(lines)}){parameters}"
    base = "".join(f"{name}: {value}\n" for name, value in lines.items()) + f'"@signature-params": {said}'
    value = base64.b64encode(SIGNER.sign(base.encode("latin-1"))).decode()
    return f"{label}={said}", f"{label}=:{value}:"


def with_labels(request: SignedRequest, *labels: tuple[str, str]) -> SignedRequest:
    return changed(
        request,
        signature_input=", ".join(said for said, _ in labels),
        signature=", ".join(value for _, value in labels),
    )


def verdict(
    request: SignedRequest, now: Instant = NOW, key: PublicKey = KEY, host: str = HOST, *, public: bool = False
) -> Refusal | None:
    """The first signature's: None if `key` made it for `host`."""
    found = http_signatures.parse(request, now, f"https://{host}", public=public)
    if isinstance(found, Refusal):
        return found
    return found[0] if isinstance(found[0], Refusal) else signatures.verify(found[0], key)
