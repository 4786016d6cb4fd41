"""draft-cavage-12: what a signature must cover, when and for whom it holds, and by which code it is refused."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta, timezone
from email.utils import format_datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation import digests, http_signatures
from app.federation.signatures import Signature, SignedRequest
from app.kernel.refusal import Refusal
from tests.federation.signing import BODY, HOST, NOW, SEAL, SIGNER, by_hand, changed, code, get, post, verdict

COVERED: Final = ("(request-target)", "host", "date", "digest", "content-type")


def parsed(request: SignedRequest) -> Signature:
    found = http_signatures.parse(request, NOW, f"https://{HOST}")
    assert not isinstance(found, Refusal)
    assert isinstance(found[0], Signature)
    return found[0]


def test_what_we_sign_is_what_we_accept() -> None:
    assert verdict(post()) is None
    assert verdict(get()) is None
    assert verdict(post(target="/people/b/inbox?x=1&y=%20")) is None
    found = parsed(post())
    assert found.key_id == SIGNER.key_id
    assert [line.partition(b": ")[0].decode() for line in found.base.splitlines()] == list(COVERED)
    fetched = parsed(get())
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
    assert code(verdict(post(), host="c.example")) == "sig.wrong_target"
    assert code(verdict(changed(post(), host="c.example"), host="c.example")) == "sig.bad"
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


@pytest.mark.withstands("A08")
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_clock_may_differ_by_sixty_five_minutes_to_the_second(sign: int) -> None:
    assert verdict(post(NOW + sign * timedelta(minutes=65))) is None
    assert code(verdict(post(NOW + sign * timedelta(minutes=65, seconds=1)))) == "sig.clock_skew"


@pytest.mark.withstands("A08")
@pytest.mark.parametrize("hours", [-11, 0, 2])
def test_a_date_in_another_zone_is_the_same_moment(hours: int) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=hours)))
    assert verdict(by_hand(changed(post(), date=format_datetime(there)), COVERED)) is None
    later = format_datetime(there + timedelta(hours=2))
    assert code(verdict(by_hand(changed(post(), date=later), COVERED))) == "sig.clock_skew"


@pytest.mark.withstands("A09")
def test_a_time_of_creation_lies_five_minutes_ahead_at_most() -> None:
    covered = ("(request-target)", "host", "digest", "(created)")
    soon = int(NOW.timestamp()) + 300
    assert verdict(by_hand(post(), covered, "hs2019", created=str(soon))) is None
    assert code(verdict(by_hand(post(), covered, "hs2019", created=str(soon + 1)))) == "sig.time"


@pytest.mark.withstands("A09")
def test_a_signature_without_time_or_out_of_its_time_is_refused() -> None:
    epoch = int(NOW.timestamp())
    untimed = ("(request-target)", "host", "digest")
    assert code(verdict(by_hand(post(), untimed))) == "sig.time"
    assert code(verdict(by_hand(post(), untimed, "hs2019", created=str(epoch)))) == "sig.time", "it is not covered"
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
@pytest.mark.parametrize(
    "name",
    ["signature", "signature-input", "digest", "content-digest", "date", "host", "content-length", "content-type"],
)
def test_a_header_that_may_stand_once_never_stands_twice(name: str) -> None:
    beside = {"content_length": str(len(BODY)), "content_digest": "sha-256=:AA==:", "signature_input": "sig=()"}
    request = changed(post(), **beside)
    value = request.value(name) or ""
    for twice in ((name, value), (name, "other")):
        for headers in ((*request.headers, twice), (twice, *request.headers)):
            assert code(verdict(replace(request, headers=headers))) == "hdr.duplicate"


SPACES: Final = st.sampled_from(["", " ", "\t", "  \t "])


@pytest.mark.withstands("A14")
@given(st.data())
def test_every_equivalent_form_of_a_request_gets_the_same_verdict(data: st.DataObject) -> None:
    request = post()
    parameters = [part.partition("=") for part in (request.value("signature") or "").split('",')]
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


@pytest.mark.withstands("A32")
def test_a_query_that_was_left_out_is_forgiven_only_for_a_get_of_what_is_public() -> None:
    without = replace(get("/acts"), target="/acts?page=2")
    assert code(verdict(without)) == "sig.bad"
    assert verdict(without, public=True) is None
    assert verdict(get("/acts?page=2"), public=True) is None
    assert code(verdict(replace(get("/acts?page=1"), target="/acts?page=2"), public=True)) == "sig.bad"
    assert code(verdict(replace(post(), target="/inbox?page=2"), public=True)) == "sig.bad"


@pytest.mark.withstands("A02")
def test_either_header_may_bring_the_digest_and_both_must_be_true() -> None:
    standard = changed(post(), digest=None, content_digest=digests.content_digest(BODY))
    covered = ("(request-target)", "host", "date", "content-digest")
    assert verdict(by_hand(standard, covered)) is None
    both = changed(post(), content_digest=digests.content_digest(BODY))
    assert verdict(by_hand(both, (*COVERED, "content-digest"))) is None
    wrong = changed(post(), content_digest=digests.content_digest(b"other"))
    assert code(verdict(by_hand(wrong, COVERED))) == "sig.digest_mismatch"
