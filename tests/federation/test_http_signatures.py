"""Signed requests: what a signature must cover, when and for whom it holds, and by which code it is refused."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from app.federation.http_signatures import Signature, SignedRequest, parse_signature, sign, verify_signature
from app.federation.keys import PublicKey, generate_rsa, parse_pem, rsa_signer, seal_signer
from app.kernel.instant import Instant, parse_instant
from app.kernel.refusal import Refusal

VECTORS: Final = Path(__file__).parents[2] / "../shared/vectors/crypto"
NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
ALICE: Final = "https://b.example/people/alice"
SIGNER: Final = rsa_signer(f"{ALICE}#main-key", generate_rsa())
SEAL: Final = seal_signer(f"{ALICE}#ed25519-key", b"\x05" * 32)
BODY: Final = b'{"type":"Create"}'
HOST: Final = "a.example"
COVERED: Final = ("(request-target)", "host", "date", "digest", "content-type")


def key_of(pem: str) -> PublicKey:
    key = parse_pem(pem, SIGNER.key_id, ALICE)
    assert not isinstance(key, Refusal), key
    return key


KEY: Final = key_of(SIGNER.public_pem())


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def post(now: Instant = NOW, url: str = f"https://{HOST}/inbox", body: bytes = BODY) -> SignedRequest:
    headers = sign("POST", url, now, body, SIGNER)
    target = url.removeprefix(f"https://{HOST}")
    return SignedRequest("POST", target, tuple((name.lower(), value) for name, value in headers.items()), body)


def get(target: str = "/acts?after=7") -> SignedRequest:
    headers = sign("GET", f"https://{HOST}{target}", NOW, None, SIGNER)
    return SignedRequest("GET", target, tuple((name.lower(), value) for name, value in headers.items()), b"")


def changed(request: SignedRequest, **headers: str | None) -> SignedRequest:
    """The request with these headers replaced, or taken away where None."""
    new = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = [(name, value) for name, value in request.headers if name not in new]
    added = [(name, value) for name, value in new.items() if value is not None]
    return replace(request, headers=tuple(kept + added))


def by_hand(
    request: SignedRequest, covered: tuple[str, ...], algorithm: str | None = "rsa-sha256", **parameters: str
) -> SignedRequest:
    """The request signed over exactly `covered`, with more signature parameters where given."""
    lines = []
    for name in covered:
        if name == "(request-target)":
            lines.append(f"{name}: {request.method.lower()} {request.target}")
        elif name.startswith("("):
            lines.append(f"{name}: {parameters[name.strip('()')]}")
        else:
            lines.append(f"{name}: {', '.join(request.values(name))}")
    value = base64.b64encode(SIGNER.sign("\n".join(lines).encode())).decode()
    more = "".join(f",{name}={number}" for name, number in parameters.items())
    said = f',algorithm="{algorithm}"' if algorithm else ""
    header = f'keyId="{SIGNER.key_id}"{said}{more},headers="{" ".join(covered)}",signature="{value}"'
    return changed(request, signature=header)


def verdict(request: SignedRequest, now: Instant = NOW, key: PublicKey = KEY, authority: str = HOST) -> Refusal | None:
    signature = parse_signature(request, now, authority)
    return signature if isinstance(signature, Refusal) else verify_signature(signature, key)


def test_what_we_sign_is_what_we_accept() -> None:
    assert verdict(post()) is None
    assert verdict(get()) is None
    assert verdict(post(url=f"https://{HOST}/people/b/inbox?x=1&y=%20")) is None
    found = parse_signature(post(), NOW, HOST)
    assert isinstance(found, Signature)
    assert found.key_id == SIGNER.key_id
    assert [line.partition(b": ")[0].decode() for line in found.base.splitlines()] == list(COVERED)
    fetched = parse_signature(get(), NOW, HOST)
    assert isinstance(fetched, Signature)
    assert [line.partition(b": ")[0].decode() for line in fetched.base.splitlines()] == list(COVERED[:3])


@pytest.mark.withstands("A01")
def test_an_unsigned_request_is_refused() -> None:
    assert code(verdict(changed(post(), signature=None))) == "sig.missing"
    assert code(verdict(changed(get(), signature=None))) == "sig.missing"


@pytest.mark.withstands("A02")
def test_a_body_whose_digest_is_not_covered_is_refused() -> None:
    assert code(verdict(by_hand(post(), ("(request-target)", "host", "date")))) == "sig.digest_uncovered"
    assert code(verdict(by_hand(changed(post(), digest=None), COVERED[:3]))) == "sig.digest_uncovered"
    assert code(verdict(by_hand(changed(post(), digest=None), COVERED))) == "sig.digest_uncovered"
    weak = changed(post(), digest="MD5=" + base64.b64encode(b"x" * 16).decode())
    assert code(verdict(by_hand(weak, COVERED))) == "sig.digest_uncovered"


@pytest.mark.withstands("A02")
def test_a_get_that_brings_a_body_is_held_to_the_same() -> None:
    assert code(verdict(replace(get(), body=BODY))) == "sig.digest_uncovered"


@pytest.mark.withstands("A03")
def test_a_body_that_is_not_the_signed_one_is_refused() -> None:
    assert code(verdict(replace(post(), body=BODY + b" "))) == "sig.digest_mismatch"
    assert code(verdict(replace(post(), body=b""))) == "sig.digest_mismatch"
    right = "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    wrong = "SHA-256=" + base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    for both in (f"{right},{wrong}", f"{wrong}, {right}"):
        assert code(verdict(by_hand(changed(post(), digest=both), COVERED))) == "sig.digest_mismatch"
    several = changed(post(), digest=f"MD5=abc, sha-256={right.partition('=')[2]}")
    assert verdict(by_hand(several, COVERED)) is None


@pytest.mark.withstands("A04")
@pytest.mark.parametrize("left_out", ["(request-target)", "host"])
def test_a_signature_that_does_not_cover_target_and_host_is_refused(left_out: str) -> None:
    covered = tuple(name for name in COVERED if name != left_out)
    assert code(verdict(by_hand(post(), covered))) == "sig.coverage"
    no_list = changed(post(), signature=f'keyId="{SIGNER.key_id}",signature="AAAA"')
    assert code(verdict(no_list)) == "sig.coverage"


@pytest.mark.withstands("A05")
def test_a_request_for_another_server_or_another_inbox_is_refused() -> None:
    assert code(verdict(post(), authority="c.example")) == "sig.wrong_target"
    assert code(verdict(changed(post(), host="c.example"), authority="c.example")) == "sig.bad"
    assert code(verdict(replace(post(), target="/people/b/inbox"))) == "sig.bad"
    assert code(verdict(replace(get(), target="/acts?after=8"))) == "sig.bad"
    assert code(verdict(replace(post(), method="PUT"))) == "sig.bad"


@pytest.mark.withstands("A08")
@pytest.mark.parametrize("hours", [-48, -2, 2, 48])
def test_a_clock_that_is_far_from_ours_is_refused_and_the_difference_named(hours: int) -> None:
    refused = verdict(post(NOW + timedelta(hours=hours)))
    assert code(refused) == "sig.clock_skew"
    assert refused is not None
    assert str(hours * 3600) in refused.because
    assert verdict(post(NOW + timedelta(minutes=60 if hours > 0 else -60))) is None


@pytest.mark.withstands("A09")
def test_a_signature_without_time_or_out_of_its_time_is_refused() -> None:
    epoch = int(NOW.timestamp())
    untimed = ("(request-target)", "host", "digest")
    assert code(verdict(by_hand(post(), untimed))) == "sig.time"
    assert code(verdict(by_hand(changed(post(), date="yesterday"), COVERED))) == "sig.time"
    created = (*untimed, "(created)")
    assert verdict(by_hand(post(), created, "hs2019", created=str(epoch))) is None
    assert code(verdict(by_hand(post(), created, "hs2019", created=str(epoch + 400)))) == "sig.time"
    assert code(verdict(by_hand(post(), created, "hs2019", created=str(epoch - 7_200)))) == "sig.clock_skew"
    both = (*created, "(expires)")
    fine = by_hand(post(), both, "hs2019", created=str(epoch), expires=str(epoch + 60))
    assert verdict(fine) is None
    for expires in (epoch - 1, epoch - 600):
        late = by_hand(post(), both, "hs2019", created=str(epoch - 60), expires=str(expires))
        assert code(verdict(late)) == "sig.time"
    reversed_ = by_hand(post(), both, "hs2019", created=str(epoch + 200), expires=str(epoch + 100))
    assert code(verdict(reversed_)) == "sig.time"


@pytest.mark.withstands("A09")
@pytest.mark.parametrize("name", ["created", "expires"])
def test_a_time_beside_the_signature_counts_against_it_even_uncovered(name: str) -> None:
    epoch = int(NOW.timestamp())
    wrong = {"created": epoch + 400, "expires": epoch - 1}
    assert code(verdict(by_hand(post(), COVERED, **{name: str(wrong[name])}))) == "sig.time"
    for junk in ('"soon"', '"-1"', '""', "9" * 20):
        assert code(verdict(by_hand(post(), COVERED, **{name: junk}))) == "sig.time"
        assert code(verdict(by_hand(post(), (*COVERED, f"({name})"), "hs2019", **{name: junk}))) == "sig.time"


@pytest.mark.withstands("A09")
@pytest.mark.parametrize(
    "date",
    ["", "Thu, 01 Jan 99999 00:00:00 GMT", "Sun, 22 Nov 2026 15:04:05 +9999999999", "Mon, 01 Jan 0001 00:00:00 +2359",
     "Sun, 32 Nov 2026 15:04:05 GMT", "1" * 5_000],
)  # fmt: skip
def test_no_date_breaks_the_reader(date: str) -> None:
    assert code(verdict(by_hand(changed(post(), date=date), COVERED))) in {"sig.time", "sig.clock_skew"}


@pytest.mark.withstands("A12")
@pytest.mark.parametrize("name", ["signature", "digest", "date", "host", "content-length"])
def test_a_header_that_may_stand_once_never_stands_twice(name: str) -> None:
    request = changed(post(), content_length=str(len(BODY)))
    value = request.values(name)[0]
    for twice in ((name, value), (name, "other")):
        for headers in ((*request.headers, twice), (twice, *request.headers)):
            assert code(verdict(replace(request, headers=headers))) == "hdr.duplicate"


SPACES: Final = st.sampled_from(["", " ", "\t", "  \t "])


@pytest.mark.withstands("A14")
@given(st.data())
def test_every_equivalent_form_of_a_request_gets_the_same_verdict(data: st.DataObject) -> None:
    request = post()
    parameters = [part.partition("=") for part in request.values("signature")[0].split('",')]
    written = [
        f'{data.draw(SPACES)}{name}{data.draw(SPACES)}={data.draw(SPACES)}"{value.strip(chr(34))}"{data.draw(SPACES)}'
        for name, _, value in data.draw(st.permutations(parameters))
    ]
    spelled = ",".join(written).replace("host date", data.draw(st.sampled_from(["host date", "Host  DATE"])))
    headers = data.draw(st.permutations(changed(request, signature=spelled).headers))
    padded = tuple((name, data.draw(SPACES) + value + data.draw(SPACES)) for name, value in headers)
    assert verdict(replace(request, headers=padded)) is None
    tampered = tuple((name, value.replace("Nov", "Dec")) for name, value in padded)
    assert isinstance(verdict(replace(request, headers=tampered)), Refusal)


@pytest.mark.withstands("A14")
def test_a_host_is_the_same_in_capitals_and_with_its_default_port() -> None:
    for host in ("A.Example", "a.example:443"):
        assert verdict(by_hand(changed(post(), host=host), COVERED)) is None
    assert code(verdict(by_hand(changed(post(), host="a.example:8443"), COVERED))) == "sig.wrong_target"


@pytest.mark.withstands("A14")
def test_a_header_folded_over_two_lines_is_refused() -> None:
    folded = changed(post(), date="Sun, 22 Nov 2026\r\n 15:04:05 GMT")
    assert code(verdict(folded)) == "hdr.form"


@pytest.mark.withstands("A15")
def test_a_covered_header_that_is_absent_is_no_empty_string() -> None:
    assert code(verdict(by_hand(post(), (*COVERED, "x-absent")))) == "sig.coverage"
    assert code(verdict(by_hand(changed(post(), content_type=None), COVERED))) == "sig.coverage"
    present = by_hand(changed(post(), x_present=""), (*COVERED, "x-present"))
    assert verdict(present) is None


@pytest.mark.withstands("A16")
def test_the_algorithm_is_that_of_the_key_whatever_the_header_says() -> None:
    for fine in (None, "rsa-sha256", "hs2019"):
        assert verdict(by_hand(post(), COVERED, fine)) is None
    for wrong in ("none", "hmac-sha256", "ed25519", "rsa-sha1", "RSA-SHA256 "):
        assert code(verdict(by_hand(post(), COVERED, wrong))) == "sig.alg"
    assert code(verdict(post(), key=SEAL.public())) == "sig.alg"
    hs2019 = by_hand(post(), COVERED, "hs2019")
    assert code(verdict(hs2019, key=SEAL.public())) == "sig.bad"


@pytest.mark.withstands("A16")
def test_created_goes_only_with_hs2019() -> None:
    created = (*COVERED, "(created)")
    request = by_hand(post(), created, "rsa-sha256", created=str(int(NOW.timestamp())))
    assert code(verdict(request)) == "sig.coverage"


@pytest.mark.parametrize(
    "header",
    ["", "x", 'keyId="a"', 'signature="AAAA"', 'keyId="a",keyId="b",signature="AAAA"', 'keyId=a,signature="AAAA"',
     'keyId="",signature="AAAA"', 'keyId="a"signature="AAAA"', 'keyId="' + "x" * 5_000 + '",signature="AAAA"',
     'keyId="a",signature="!"', "sig1=:AAAA:"],
)  # fmt: skip
def test_a_signature_header_of_another_form_is_refused(header: str) -> None:
    covered = ',headers="(request-target) host date digest"' if header.endswith('"!"') else ""
    assert code(verdict(changed(post(), signature=header + covered))) == "sig.form"


@given(st.text(st.characters(codec="latin-1")), st.sampled_from(["signature", "date", "digest", "host"]))
def test_no_header_breaks_the_reader(value: str, name: str) -> None:
    assert isinstance(verdict(changed(post(), **{name: value})), Refusal | None)


def raw_request(path: Path) -> SignedRequest:
    head, _, body = path.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *lines = head.decode().split("\n")
    method, target, _ = first.split(" ")
    headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return SignedRequest(method, target, headers, body.rstrip(b"\n"))


def test_the_vectors_of_draft_cavage_12_hold() -> None:
    folder = VECTORS / "cavage-12"
    if not folder.is_dir():
        pytest.skip("the vectors of draft-cavage-12 are not beside this checkout")
    key = serialization.load_pem_public_key((folder / "keys/Test.public.pem").read_bytes())
    assert isinstance(key, rsa.RSAPublicKey)
    cases = json.loads((folder / "cases.json").read_text())["cases"]
    for case in cases:  # their key has 1,024 bits, so we would refuse it
        message = case["signing_string"].encode()
        key.verify(base64.b64decode(case["signature"]), message, padding.PKCS1v15(), hashes.SHA256())
    request = raw_request(folder / "request.http.txt")
    request = replace(request, method="GET", body=b"")  # C.2 does not cover the digest
    signed = changed(request, signature=cases[1]["signature_header"])
    found = parse_signature(signed, datetime(2014, 1, 5, 21, 31, 40, tzinfo=UTC), "example.com")
    assert isinstance(found, Signature)
    assert found.base.decode().replace(": get ", ": post ") == cases[1]["signing_string"]


def test_the_requests_of_mastodons_own_tests_get_mastodons_verdict() -> None:
    folder = VECTORS / "mastodon-signed-requests"
    if not folder.is_dir():
        pytest.skip("Mastodon's signed requests are not beside this checkout")
    key, now = key_of((folder / "rsa.public.pem").read_text()), parse_instant("2023-12-20T10:00:00Z")
    assert not isinstance(now, Refusal)
    accepted = 0
    for case in json.loads((folder / "cases.json").read_text())["cases"]:
        if case["scheme"] != "cavage" or "inaccessible" in case["name"]:
            continue
        headers = tuple((name.lower(), value) for name, value in case["headers"].items())
        request = SignedRequest(case["method"], case["path"], headers, (case["body"] or "").encode())
        refused = verdict(request, now, key, "www.example.com")
        lenient = "quirk" in case["name"]  # an unsigned query string, which Mastodon forgives (hostile A32)
        assert (refused is None) == (case["mastodon_accepts"] and not lenient), case["name"]
        accepted += refused is None
    assert accepted
