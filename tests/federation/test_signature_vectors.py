"""Signed requests made elsewhere and by hand: each gets the verdict that stands beside it."""

import base64
import hmac
import json
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from app.federation import cavage, digests, http_signatures, message_signatures, signatures, structured_fields
from app.federation.keys import PublicKey, parse_pem
from app.federation.signatures import Signature, SignedRequest
from app.kernel.instant import Instant, parse_instant
from app.kernel.refusal import Refusal

OWN: Final = json.loads((Path(__file__).parents[1] / "vectors/signatures/requests.json").read_text())
PUBLISHED: Final = Path(__file__).parents[2] / "../shared/vectors/crypto"


def clock(text: str) -> Instant:
    at = parse_instant(text)
    assert not isinstance(at, Refusal)
    return at


def key_of(pem: str) -> PublicKey:
    key = parse_pem(pem, "https://remote.example/users/bob#main-key", "https://remote.example/users/bob")
    assert not isinstance(key, Refusal), key
    return key


def request_of(case: dict[str, Any]) -> SignedRequest:
    headers = tuple((name.lower(), value) for name, value in case["headers"].items())
    target = case["target"] if "target" in case else case["path"]
    return SignedRequest(case["method"], target, headers, (case["body"] or "").encode())


def verdict(
    request: SignedRequest, key: PublicKey, now: Instant, origin: str, *, public: bool = False
) -> Refusal | None:
    found = http_signatures.parse(request, now, origin, public=public)
    if isinstance(found, Refusal):
        return found
    return found[0] if isinstance(found[0], Refusal) else signatures.verify(found[0], key)


def published(name: str) -> Path:
    folder = PUBLISHED / name
    if not folder.exists():
        pytest.skip(f"the published vectors of {name} are not beside this checkout")
    return folder


@pytest.mark.parametrize("case", OWN["cases"], ids=lambda case: case["name"])
def test_a_request_signed_by_hand_gets_its_verdict(case: dict[str, Any]) -> None:
    key = key_of(OWN["keys"][case["key"]])
    refused = verdict(request_of(case), key, clock(OWN["clock"]), OWN["origin"])
    assert (refused.code if refused is not None else None) == case["expect"]


def test_the_requests_of_mastodons_own_tests_get_mastodons_verdict() -> None:
    folder = published("mastodon-signed-requests")
    keys = {name: key_of((folder / f"{name}.public.pem").read_text()) for name in ("rsa", "ed25519")}
    said = json.loads((folder / "cases.json").read_text())
    assert len(said["cases"]) == 27
    for case in said["cases"]:
        if case["mastodon_error"] and "Unable to fetch" in case["mastodon_error"]:
            continue  # the key is what is missing, not the signature
        refused = verdict(
            request_of(case), keys[case["key"]], clock(said["clock"]), "https://www.example.com", public=True
        )
        assert (refused is None) == case["mastodon_accepts"], (case["name"], case["scheme"], refused)
        quirk = "quirk" in case["name"]  # a query left out is forgiven only where anybody may read
        strict = verdict(request_of(case), keys[case["key"]], clock(said["clock"]), "https://www.example.com")
        assert (strict is None) == (case["mastodon_accepts"] and not quirk), case["name"]


def read_request(text: str) -> SignedRequest:
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.split("\n")
    method, target, _ = first.split(" ")
    headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return SignedRequest(method, target, headers, body.rstrip("\n").encode())


def test_the_vectors_of_draft_cavage_12_hold() -> None:
    folder = published("cavage-12")
    key = serialization.load_pem_public_key((folder / "keys/Test.public.pem").read_bytes())
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 1_024  # we refuse such a key, so it is asked directly
    request = read_request((folder / "request.http.txt").read_text())
    for case in json.loads((folder / "cases.json").read_text())["cases"]:
        signature = base64.b64decode(case["signature"])
        key.verify(signature, case["signing_string"].encode(), padding.PKCS1v15(), hashes.SHA256())
        covered = tuple(case["headers"])
        base = cavage.signing_string(
            request, request.target, covered, {"created": "1402170695", "expires": "1402170699"}
        )
        assert isinstance(base, bytes)
        if case["id"] == "C.3":  # the draft's own mistake: what it signed leaves out two lines that it lists
            with pytest.raises(InvalidSignature):
                key.verify(signature, base, padding.PKCS1v15(), hashes.SHA256())
            lines = [line for line in base.decode().split("\n") if not line.startswith(("(created)", "(expires)"))]
            assert "\n".join(lines) == case["signing_string"]
        else:
            assert base.decode() == case["signing_string"]


def holds(algorithm: str, folder: Path, key: dict[str, str], signature: bytes, message: bytes) -> bool:
    """Whether a signature holds, by an algorithm that the fediverse does not use, so that we do not either."""
    if algorithm == "hmac-sha256":
        secret = base64.b64decode((folder / key["b64"]).read_text())
        return hmac.compare_digest(hmac.digest(secret, message, "sha256"), signature)
    public = serialization.load_pem_public_key((folder / key["public"]).read_bytes())
    try:
        if isinstance(public, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
            public.verify(signature, message, pss, hashes.SHA512())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            numbers = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            public.verify(utils.encode_dss_signature(*numbers), message, ec.ECDSA(hashes.SHA256()))
        else:
            return key_of((folder / key["public"]).read_text()).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_the_vectors_of_rfc_9421_hold_over_our_signature_bases() -> None:
    folder = published("rfc9421")
    plain = (folder / "test-request.http.txt").read_text()
    rebuilt = []
    for case in json.loads((folder / "cases.json").read_text())["cases"]:
        inputs, label = structured_fields.parse(case["signature_input"]), case["label"]
        assert not isinstance(inputs, Refusal)
        if case["message"] == "response":
            base: bytes | Refusal = case["signature_base"].encode()  # we read no signed answers
        else:
            request = read_request(case.get("http_message") or plain)
            origin = f"https://{request.value('host')}"
            base = message_signatures.signature_base(request, origin, inputs[label], request.target)
            rebuilt.append(case["id"])
        assert isinstance(base, bytes), (case["id"], base)
        if case["expected_valid"]:
            assert base == (case.get("signature_base") or case["signature_base_of_original"]).encode(), case["id"]
        values = structured_fields.parse(case["signature"])
        assert not isinstance(values, Refusal)
        valid = holds(case["algorithm"], folder, case["key"], values[label][0], base)
        assert valid is case["expected_valid"], case["id"]
    assert len(rebuilt) == 12


def test_what_a_proxy_may_change_changes_nothing_and_what_it_may_not_does() -> None:
    folder = published("rfc9421")
    key = key_of((folder / "keys/test-key-ed25519.public.pem").read_text())
    cases = json.loads((folder / "cases.json").read_text())["cases"]
    changed = [case for case in cases if case["id"].startswith("B.4.")]
    assert len(changed) == 6
    for case in changed:  # they leave the query out, so they are for what is public
        request = read_request(case["http_message"])
        refused = verdict(request, key, clock("2021-04-20T02:07:53Z"), "https://example.org", public=True)
        assert (refused is None) is case["expected_valid"], (case["id"], refused)


def test_the_digests_of_rfc_9530_hold() -> None:
    said = json.loads((published("rfc9530") / "sample-digests.json").read_text())
    body, values = said["input_utf8"].encode(), said["digests_base64"]
    assert digests.digest(body) == f"SHA-256={values['sha-256']}"
    assert digests.content_digest(body) == f"sha-256=:{values['sha-256']}:"
    for header in (
        f"sha-256=:{values['sha-256']}:",
        f"sha-512=:{values['sha-512']}:",
        f"md5=:{values['md5']}:, adler=:{values['adler']}:, sha-512=:{values['sha-512']}:",
    ):
        request = SignedRequest("POST", "/", (("content-digest", header),), body)
        assert digests.check(request, {"content-digest"}) is None
        other = SignedRequest("POST", "/", (("content-digest", header),), body + b"\n")
        assert digests.check(other, {"content-digest"}) is not None
    for example in said["content_digest_header_examples"]:
        request = SignedRequest("POST", "/", (("content-digest", example["header"]),), example["body_utf8"].encode())
        assert digests.check(request, {"content-digest"}) is None


def test_a_delivery_that_mastodon_really_sent_has_a_signature_that_holds() -> None:
    folder = published("ld-signatures/peertube-capture")
    captured = json.loads((folder / "bad-body-http-signature.json").read_text())
    headers = tuple((name.lower(), value) for name, value in captured["headers"].items())
    pem = json.loads((folder / "public-key.json").read_text())["publicKey"]
    # Only the headers were kept as they came: the body was written anew, so its digest is not the signed one.
    request = SignedRequest("POST", "/accounts/ronan/inbox", headers, json.dumps(captured["body"]).encode())
    now = signatures.http_date(request.value("date") or "")
    assert now is not None
    refused = verdict(request, key_of(pem), now, "https://localhost")
    assert refused is not None
    assert refused.code == "sig.digest_mismatch"
    bare = SignedRequest("GET", request.target, headers, b"")
    found = http_signatures.parse(bare, now, "https://localhost")
    assert not isinstance(found, Refusal)
    assert isinstance(found[0], Signature)
    assert key_of(pem).verify(found[0].value, found[0].base.replace(b": get ", b": post "))
