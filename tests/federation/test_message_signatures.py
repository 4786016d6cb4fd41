"""RFC 9421: held to the same as the older scheme, read in whatever form a sender may write it."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation import digests, http_signatures, signatures
from app.federation.signatures import Scheme, Signature, SignedRequest
from app.kernel.refusal import Refusal
from tests.federation.signing import (
    BODY,
    EPOCH,
    HOST,
    KEY,
    NOW,
    SEAL,
    SIGNER,
    by_hand,
    changed,
    code,
    labelled,
    request_of,
    verdict,
    with_labels,
)
from tests.federation.signing import get as get_by
from tests.federation.signing import post as post_by

CONTENT_DIGEST: Final = digests.content_digest(BODY)
LINES: Final = {
    '"@method"': "POST",
    '"@target-uri"': f"https://{HOST}/inbox",
    '"content-digest"': CONTENT_DIGEST,
}
KEY_ID: Final = f'keyid="{SIGNER.key_id}"'


def post(target: str = "/inbox") -> SignedRequest:
    return post_by(target=target, scheme=Scheme.RFC9421)


def plain(body: bytes = BODY, target: str = "/inbox") -> SignedRequest:
    """A request that is still to be signed."""
    return request_of("POST", target, {"Content-Digest": digests.content_digest(body)}, body)


def signed(lines: dict[str, str], parameters: str = "", request: SignedRequest | None = None) -> SignedRequest:
    request = request or plain()
    return with_labels(request, labelled(lines, parameters))


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in LINES.items() if key != name}


def test_what_we_sign_is_what_we_accept() -> None:
    for request in (post(), get_by(scheme=Scheme.RFC9421), post(target="/people/b/inbox?x=1&y=%20")):
        assert verdict(request) is None
    found = http_signatures.parse(post(), NOW, f"https://{HOST}")
    assert not isinstance(found, Refusal)
    assert isinstance(found[0], Signature)
    assert (found[0].key_id, found[0].scheme) == (SIGNER.key_id, Scheme.RFC9421)
    names = [line.partition(b": ")[0].decode() for line in found[0].base.splitlines()]
    assert names == ['"@method"', '"@target-uri"', '"content-type"', '"content-digest"', '"@signature-params"']


@pytest.mark.withstands("A02")
def test_a_body_whose_digest_is_not_covered_is_refused() -> None:
    assert code(verdict(signed(without('"content-digest"')))) == "sig.digest_uncovered"
    assert code(verdict(changed(post(), content_digest=None))) == "sig.digest_uncovered"
    weak = changed(plain(), content_digest="md5=:AAAAAAAAAAAAAAAAAAAAAA==:")
    lines = LINES | {'"content-digest"': "md5=:AAAAAAAAAAAAAAAAAAAAAA==:"}
    assert code(verdict(signed(lines, request=weak))) == "sig.digest_uncovered"
    older = changed(plain(), content_digest=None, digest=digests.digest(BODY))
    lines = without('"content-digest"') | {'"digest"': digests.digest(BODY)}
    assert verdict(signed(lines, request=older)) is None


@pytest.mark.withstands("A03")
@pytest.mark.parametrize("body", [BODY + b" ", b"", b"{}"])
def test_a_body_that_is_not_the_signed_one_is_refused(body: bytes) -> None:
    assert code(verdict(replace(post(), body=body))) == "sig.digest_mismatch"


@pytest.mark.withstands("A03")
@pytest.mark.parametrize("header", ["SHA-256=:AAAA:", "sha-256=AAAA", "sha-256=:A:", "sha-256", "", "sha-256=:AAAA:"])
def test_a_content_digest_of_another_form_is_refused(header: str) -> None:
    request = signed(LINES | {'"content-digest"': header}, request=changed(plain(), content_digest=header))
    assert code(verdict(request)) in {"sig.form", "sig.digest_mismatch", "sig.digest_uncovered"}


@pytest.mark.withstands("A04")
@pytest.mark.withstands("A31")
@pytest.mark.parametrize(
    "lines",
    [
        without('"@method"'),
        without('"@target-uri"'),
        without('"@target-uri"') | {'"@authority"': HOST},
        without('"@target-uri"') | {'"@path"': "/inbox"},
        without('"@target-uri"') | {'"@request-target"': "/inbox"},
    ],
)
def test_a_signature_that_does_not_cover_method_address_and_server_is_refused(lines: dict[str, str]) -> None:
    assert code(verdict(signed(lines))) == "sig.coverage"


@pytest.mark.withstands("A31")
@pytest.mark.parametrize("left_out", ["(request-target)", "host", "digest"])
def test_nothing_is_won_by_leaving_a_weaker_signature_of_the_older_scheme(left_out: str) -> None:
    stripped = changed(post_by(), signature_input=None)
    covered = tuple(name for name in ("(request-target)", "host", "date", "digest") if name != left_out)
    assert code(verdict(by_hand(stripped, covered))) in {"sig.coverage", "sig.digest_uncovered"}
    mixed = changed(post(), signature=by_hand(post_by(), covered).value("signature"))
    assert code(verdict(mixed)) == "sig.form"


@pytest.mark.parametrize(
    "lines",
    [
        without('"@target-uri"') | {'"@authority"': HOST, '"@path"': "/inbox"},
        without('"@target-uri"') | {'"@authority"': HOST, '"@path"': "/inbox", '"@query"': "?"},
        without('"@target-uri"') | {'"host"': HOST, '"@request-target"': "/inbox"},
        LINES | {'"@scheme"': "https"},
    ],
)
def test_the_address_may_be_covered_in_parts(lines: dict[str, str]) -> None:
    assert verdict(signed(lines)) is None


@pytest.mark.withstands("A05")
def test_a_request_for_another_server_or_another_inbox_is_refused() -> None:
    assert code(verdict(post(), host="c.example")) == "sig.wrong_target"
    assert code(verdict(changed(post(), host="c.example"), host="c.example")) == "sig.bad"
    assert code(verdict(replace(post(), target="/people/b/inbox"))) == "sig.bad"
    assert code(verdict(replace(post(), method="PUT"))) == "sig.bad"


def test_a_port_is_part_of_the_address_unless_it_is_the_usual_one() -> None:
    lines = LINES | {'"@target-uri"': "https://a.example:8443/inbox"}
    request = signed(lines, request=changed(plain(), host="a.example:8443"))
    assert verdict(request, host="a.example:8443") is None
    assert code(verdict(request)) == "sig.wrong_target"
    assert verdict(changed(post(), host="A.Example:443")) is None


@pytest.mark.withstands("A08")
@pytest.mark.parametrize("hours", [-48, -2, 2, 48])
def test_a_clock_that_is_far_from_ours_is_refused(hours: int) -> None:
    moved = post_by(NOW + timedelta(hours=hours), scheme=Scheme.RFC9421)
    assert code(verdict(moved)) == ("sig.clock_skew" if hours < 0 else "sig.time")
    dated = signed(LINES | {'"date"': "Sat, 21 Nov 2026 15:04:05 GMT"}, f";{KEY_ID}",
                   changed(plain(), date="Sat, 21 Nov 2026 15:04:05 GMT"))  # fmt: skip
    assert code(verdict(dated)) == "sig.clock_skew"


@pytest.mark.withstands("A09")
@pytest.mark.parametrize(
    "times",
    ["", f";created={EPOCH + 400}", f";created={EPOCH};expires={EPOCH - 1}", f";created={EPOCH + 200};expires={EPOCH}",
     ';created="now"', f";created={EPOCH}.5", ";created=-1", ";created=?1", ";created=999999999999",
     f";created={EPOCH};expires=soon"],
)  # fmt: skip
def test_a_signature_without_time_or_out_of_its_time_is_refused(times: str) -> None:
    assert code(verdict(signed(LINES, f"{times};{KEY_ID}"))) == "sig.time"
    assert verdict(signed(LINES, f";created={EPOCH};expires={EPOCH + 60};{KEY_ID}")) is None


@pytest.mark.withstands("A09")
def test_a_covered_date_is_a_time_too() -> None:
    date = "Sun, 22 Nov 2026 15:04:05 GMT"
    dated = changed(plain(), date=date)
    assert verdict(signed(LINES | {'"date"': date}, f";{KEY_ID}", dated)) is None
    assert code(verdict(signed(LINES, f";{KEY_ID}", dated))) == "sig.time"


@pytest.mark.withstands("A11")
def test_of_many_signatures_four_are_read() -> None:
    request = plain()
    labels = [labelled(LINES, label=f"sig{number}") for number in range(6)]
    found = http_signatures.parse(with_labels(request, *labels), NOW, f"https://{HOST}")
    assert not isinstance(found, Refusal)
    assert len(found) == 4
    weak, whole = labelled(without('"@method"'), label="proxy"), labelled(LINES)
    found = http_signatures.parse(with_labels(request, weak, whole), NOW, f"https://{HOST}")
    assert not isinstance(found, Refusal)
    assert [code(one) if isinstance(one, Refusal) else one.key_id for one in found] == ["sig.coverage", SIGNER.key_id]


@pytest.mark.withstands("A12")
@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest"])
def test_a_header_or_a_member_that_may_stand_once_never_stands_twice(name: str) -> None:
    request = post()
    value = request.value(name) or ""
    for headers in ((*request.headers, (name, value)), ((name, "other=:AAAA:"), *request.headers)):
        assert code(verdict(replace(request, headers=headers))) == "hdr.duplicate"
    twice = changed(request, **{name.replace("-", "_"): f"{value}, {value}"})
    assert code(verdict(twice)) == "hdr.duplicate"


@pytest.mark.withstands("A12")
def test_a_component_or_a_parameter_stands_once() -> None:
    said, value = labelled(LINES)
    doubled = said.replace('("@method"', '("@method" "@method"'), value
    assert code(verdict(with_labels(plain(), doubled))) == "sig.coverage"
    again = f"{said};created={EPOCH}", value
    assert code(verdict(with_labels(plain(), again))) == "hdr.duplicate"


SPACES: Final = st.sampled_from(["", " ", "  "])
AROUND: Final = st.sampled_from(["", " ", "\t", "  \t "])


@pytest.mark.withstands("A14")
@given(st.data())
def test_every_equivalent_form_of_a_request_gets_the_same_verdict(data: st.DataObject) -> None:
    request = post()
    said, value = request.value("signature-input") or "", request.value("signature") or ""
    head, _, tail = said.partition("(")
    inner, _, parameters = tail.partition(")")
    between = data.draw(st.sampled_from([" ", "   "]))
    spelled = f"{head}({data.draw(SPACES)}{inner.replace(' ', between)}{data.draw(SPACES)})"
    spelled += "".join(f";{data.draw(SPACES)}{part}" for part in parameters.split(";")[1:])
    other = labelled(LINES, ';keyid="https://c.example/k"', label="zz")  # without a time: no signature at all
    order = data.draw(st.permutations([0, 1]))
    comma = data.draw(AROUND) + "," + data.draw(AROUND)
    both = comma.join([[spelled, other[0]][index] for index in order]), comma.join([value, other[1]])
    written = changed(request, signature_input=both[0], signature=both[1])
    headers = tuple(
        (name, data.draw(AROUND) + value + data.draw(AROUND))
        for name, value in data.draw(st.permutations(written.headers))
    )
    assert first_good(replace(request, headers=headers)) is None
    tampered = replace(request, headers=headers, target="/other")
    assert code(first_good(tampered)) == "sig.bad"


def first_good(request: SignedRequest) -> Refusal | None:
    """The verdict on the one signature of the request that can be checked."""
    found = http_signatures.parse(request, NOW, f"https://{HOST}")
    assert not isinstance(found, Refusal), found
    (alone,) = [one for one in found if isinstance(one, Signature)]
    return signatures.verify(alone, KEY)


@pytest.mark.withstands("A14")
def test_a_header_of_several_parts_is_one_and_a_folded_one_is_refused() -> None:
    request = plain()
    parts = replace(request, headers=(*request.headers, ("x-part", "a "), ("x-part", " b")))
    assert verdict(signed(LINES | {'"x-part"': "a, b"}, request=parts)) is None
    assert code(verdict(changed(post(), date="Sun, 22 Nov 2026\r\n 15:04:05 GMT"))) == "hdr.form"


@pytest.mark.withstands("A15")
@pytest.mark.parametrize(
    "name",
    ['"x-absent"', '"Content-Digest"', '"@status"', '"@unknown"', '"content-digest";bs', '"date";sf', '"@method";req',
     '"@query-param";name="a"'],
)  # fmt: skip
def test_a_component_that_is_absent_or_unknown_is_no_empty_string(name: str) -> None:
    assert code(verdict(signed(LINES | {name: ""}))) == "sig.coverage"


@pytest.mark.withstands("A16")
def test_the_algorithm_is_that_of_the_key_whatever_is_said() -> None:
    assert verdict(signed(LINES, f';created={EPOCH};{KEY_ID};alg="rsa-v1_5-sha256"')) is None
    for wrong in ("none", "hmac-sha256", "ed25519", "rsa-pss-sha512", "rsa-sha256", "hs2019", ""):
        assert code(verdict(signed(LINES, f';created={EPOCH};{KEY_ID};alg="{wrong}"'))) == "sig.alg"
    assert code(verdict(post(), key=SEAL.public())) == "sig.alg"
    assert code(verdict(signed(LINES), key=SEAL.public())) == "sig.bad"


def test_an_ed25519_key_signs_too() -> None:
    parameters = f';created={EPOCH};keyid="{SEAL.key_id}"'
    said = f"({' '.join(LINES)}){parameters}"
    base = "".join(f"{name}: {value}\n" for name, value in LINES.items()) + f'"@signature-params": {said}'
    value = base64.b64encode(SEAL.sign(base.encode())).decode()
    request = with_labels(plain(), (f"sig1={said}", f"sig1=:{value}:"))
    assert verdict(request, key=SEAL.public()) is None


@pytest.mark.withstands("A32")
def test_a_query_that_was_left_out_is_forgiven_only_for_a_get_of_what_is_public() -> None:
    without_query = replace(get_by("/acts", Scheme.RFC9421), target="/acts?page=2")
    assert code(verdict(without_query)) == "sig.bad"
    assert verdict(without_query, public=True) is None
    fetched = request_of("GET", "/acts?page=2", {}, b"")
    lines = {'"@method"': "GET", '"@authority"': HOST, '"@path"': "/acts"}
    assert code(verdict(signed(lines, request=fetched))) == "sig.coverage"
    assert verdict(signed(lines, request=fetched), public=True) is None
    assert verdict(signed(lines | {'"@query"': "?page=2"}, request=fetched)) is None
    assert code(verdict(replace(post(), target="/inbox?page=2"), public=True)) == "sig.bad"


@pytest.mark.withstands("A10")
def test_a_nonce_is_a_text_of_256_characters_at_most() -> None:
    def said(nonce: str) -> Refusal | None:
        return verdict(signed(LINES, f";created={EPOCH};{KEY_ID};nonce={nonce}"))

    assert said(f'"{"n" * 256}"') is None
    for nonce in (f'"{"n" * 257}"', "7", ":AAAA:"):
        assert code(said(nonce)) == "sig.form"


@pytest.mark.parametrize(
    ("said", "value"),
    [("", ""), ("sig1", "sig1"), ("sig1=1", "sig1=:AAAA:"), ("sig1=()", "sig1=:AAAA:"), ('sig1=("a")', "sig2=:AAAA:"),
     ('sig1=("@method");keyid="a"', 'sig1="AAAA"'), ('sig1=("@method");keyid=a', "sig1=:AAAA:"),
     ('sig1=("@method"', "sig1=:AAAA:"), ('sig1=("\xe9")', "sig1=:AA:"),
     ('sig1=("@method");keyid="a";nonce=7', "sig1=:AAAA:"), ("S=()", "S=::"), ("sig1=" + "(" * 9000, "sig1=:AAAA:"),
     (f'sig1=();keyid="a";nonce="{"n" * 300}"', "sig1=:AAAA:"), ("x=" + "1" * 20_000, "x=:AAAA:")],
)  # fmt: skip
def test_a_signature_of_another_form_is_refused(said: str, value: str) -> None:
    assert code(verdict(changed(post(), signature_input=said, signature=value))) in {"sig.form", "sig.missing"}


@given(st.text(st.characters(codec="latin-1")), st.sampled_from(["signature", "signature-input", "content-digest"]))
def test_no_header_breaks_the_reader(value: str, name: str) -> None:
    assert isinstance(verdict(changed(post(), **{name.replace("-", "_"): value})), Refusal | None)


@given(st.text(st.sampled_from('sig1=("@method@path date");:,= \t?;keyid%\\é-0.9'), max_size=80))
def test_no_list_of_components_breaks_the_reader(value: str) -> None:
    assert isinstance(verdict(changed(post(), signature_input=f"sig1={value}")), Refusal | None)
