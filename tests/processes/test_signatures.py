"""Signatures at a real server: both schemes, both ways, and what is refused of either."""

import base64
import json
import socket
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from app.federation import digests
from app.federation.keys import RsaSigner, generate_rsa, rsa_signer
from app.federation.signatures import Scheme
from app.wiring import current_instant
from tests.processes.asking import follow, inbox, refused
from tests.processes.servers import Peer, Server, Someone, request, wait_until

JSON = {"Content-Type": "application/activity+json"}


def sign_by_hand(signer: RsaSigner, body: bytes, lines: dict[str, str], parameters: str) -> dict[str, str]:
    """Headers of RFC 9421 over exactly `lines`."""
    said = f"({' '.join(lines)}){parameters}"
    base = "".join(f"{name}: {value}\n" for name, value in lines.items()) + f'"@signature-params": {said}'
    value = base64.b64encode(signer.sign(base.encode())).decode()
    digest = {"Content-Digest": digests.content_digest(body)}
    return {**JSON, **digest, "Signature-Input": f"sig1={said}", "Signature": f"sig1=:{value}:"}


def usual(server: Server, body: bytes) -> dict[str, str]:
    return {
        '"@method"': "POST",
        '"@target-uri"': inbox(server),
        '"content-digest"': digests.content_digest(body),
    }


def now() -> int:
    return int(current_instant().timestamp())


def test_both_schemes_are_taken_and_an_answer_comes_in_the_one_that_was_used(commune: Server, peer: Peer) -> None:
    someone = peer.actor("modern", inbox=f"{peer.url}/modern/inbox", endpoints={})
    came: list[dict[str, str]] = []

    def judge(headers: Mapping[str, str], _: bytes) -> tuple[int, dict[str, str], bytes]:
        came.append(dict(headers))
        return (202 if "signature-input" in headers else 401), {}, b""

    peer.judges["/modern/inbox"] = judge
    assert someone.post(inbox(commune), follow(someone.id, commune), Scheme.RFC9421) == 202
    wait_until(lambda: bool(came), "no Accept came")
    assert "signature-input" in came[0]  # at once: who signs so reads so


@pytest.mark.parametrize("refusal", [400, 401])
def test_a_delivery_that_is_refused_is_signed_the_other_way_and_that_is_remembered(
    commune: Server, refusal: int
) -> None:
    strict, came = Peer(), []

    def judge(headers: Mapping[str, str], _: bytes) -> tuple[int, dict[str, str], bytes]:
        came.append("rfc9421" if "signature-input" in headers else "cavage")
        return (202 if came[-1] == "rfc9421" else refusal), {}, b""

    strict.judges["/inbox"] = judge
    try:
        for name, total in (("first", 2), ("second", 3)):
            someone = strict.actor(name)
            assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
            wait_until(lambda total=total: len(came) == total, "the Accept did not come")  # type: ignore[misc] # no type can be given to it
        assert came == ["cavage", "rfc9421", "rfc9421"]
    finally:
        strict.close()


def test_a_fetch_that_is_refused_is_signed_the_other_way(commune: Server) -> None:
    strict = Peer()
    try:
        someone = Someone(f"{strict.url}/strict")
        document = json.dumps(someone.document("Person")).encode()

        def judge(headers: Mapping[str, str], _: bytes) -> tuple[int, dict[str, str], bytes]:
            modern = "signature-input" in headers
            return (200 if modern else 401), dict(JSON) if modern else {}, document if modern else b""

        strict.judges["/strict"] = judge
        assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    finally:
        strict.close()


@pytest.mark.withstands("A02")
@pytest.mark.withstands("A04")
@pytest.mark.withstands("A09")
@pytest.mark.withstands("A15")
@pytest.mark.withstands("A16")
@pytest.mark.parametrize(
    ("change", "parameters", "code"),
    [
        ({'"content-digest"': None}, "", "sig.digest_uncovered"),
        ({'"@method"': None}, "", "sig.coverage"),
        ({'"@target-uri"': None}, "", "sig.coverage"),
        ({'"x-absent"': ""}, "", "sig.coverage"),
        ({}, ";expires=1", "sig.time"),
        ({}, ';alg="hmac-sha256"', "sig.alg"),
        ({}, ';alg="none"', "sig.alg"),
        ({'"@target-uri"': "https://other.example/inbox"}, "", "sig.bad"),
    ],
)
def test_a_weak_or_wrong_signature_of_the_newer_scheme_is_refused(
    commune: Server, peer: Peer, change: dict[str, str | None], parameters: str, code: str
) -> None:
    someone, before = peer.actor("weak"), len(commune.log())
    body = json.dumps(follow(someone.id, commune)).encode()
    lines = {name: value for name, value in (usual(commune, body) | change).items() if value is not None}
    headers = sign_by_hand(someone.http, body, lines, f';created={now()};keyid="{someone.http.key_id}"{parameters}')
    assert request("POST", inbox(commune), headers, body)[0] == 401
    assert refused(commune, code, before)


@pytest.mark.withstands("A10")
def test_a_nonce_is_good_once(commune: Server, peer: Peer) -> None:
    someone, other, before = peer.actor("once-only"), peer.actor("another"), len(commune.log())
    statuses = []
    for who in (someone, someone, other):
        body = json.dumps(follow(who.id, commune)).encode()
        parameters = f';created={now()};keyid="{who.http.key_id}";nonce="7a"'
        headers = sign_by_hand(who.http, body, usual(commune, body), parameters)
        statuses.append(request("POST", inbox(commune), headers, body)[0])
    assert statuses == [202, 401, 202]
    assert refused(commune, "sig.nonce_replay", before)


@pytest.mark.withstands("A11")
def test_of_several_signatures_a_known_key_that_fails_decides(commune: Server, peer: Peer) -> None:
    someone, before = peer.actor("labels"), len(commune.log())
    body = json.dumps(follow(someone.id, commune)).encode()
    good = sign_by_hand(someone.http, body, usual(commune, body), f';created={now()};keyid="{someone.http.key_id}"')
    forged = sign_by_hand(
        rsa_signer("x", generate_rsa()),
        body,
        usual(commune, body),
        f';created={now()};keyid="{someone.http.key_id}"',
    )
    unknown = sign_by_hand(someone.http, body, usual(commune, body), f';created={now()};keyid="{peer.url}/nobody#k"')

    def joined(*several: dict[str, str]) -> dict[str, str]:
        names = ("Signature-Input", "Signature")
        labels = {
            name: ", ".join(one[name].replace("sig1", f"s{n}", 1) for n, one in enumerate(several)) for name in names
        }
        return several[0] | labels

    assert request("POST", inbox(commune), joined(forged, good), body)[0] == 401
    assert refused(commune, "sig.bad", before)
    assert request("POST", inbox(commune), joined(unknown, good), body)[0] == 202


@pytest.mark.withstands("A31")
def test_a_weaker_signature_of_the_older_scheme_wins_nothing(commune: Server, peer: Peer) -> None:
    someone, before = peer.actor("stripped"), len(commune.log())
    body = json.dumps(follow(someone.id, commune)).encode()
    date = someone.signed(inbox(commune), body)["Date"]
    value = base64.b64encode(someone.http.sign(f"date: {date}".encode())).decode()
    weak = f'keyId="{someone.http.key_id}",headers="date",signature="{value}"'
    headers = {**JSON, "Date": date, "Digest": digests.digest(body), "Signature": weak}
    assert request("POST", inbox(commune), headers, body)[0] == 401
    assert refused(commune, "sig.coverage", before)


def sent_raw(server: Server, lines: list[str], body: bytes) -> bytes:
    """The first line of the answer to a request whose head is written exactly so."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall("\r\n".join(["POST /inbox HTTP/1.1", *lines, "", ""]).encode() + body)
        return connection.recv(65536).partition(b"\r\n")[0]


def head_of(someone: Someone, server: Server, body: bytes) -> dict[str, str]:
    return someone.signed(inbox(server), body) | {"Content-Length": str(len(body)), "Connection": "close"}


@pytest.mark.withstands("A12")
@pytest.mark.parametrize("name", ["Signature", "Digest", "Date", "Host", "Content-Length"])
def test_a_header_that_may_stand_once_never_stands_twice(commune: Server, peer: Peer, name: str) -> None:
    someone = peer.actor("double")
    body = json.dumps(follow(someone.id, commune)).encode()
    head = head_of(someone, commune, body)
    lines = [f"{key}: {value}" for key, value in head.items()]
    for twice in ([*lines, f"{name}: {head[name]}"], [f"{name}: {head[name]}", *lines], [f"{name}: 1", *lines]):
        assert sent_raw(commune, twice, body).startswith(b"HTTP/1.1 400"), twice


@pytest.mark.withstands("A14")
def test_a_header_may_be_written_in_any_case_and_with_any_spaces_but_on_one_line(commune: Server, peer: Peer) -> None:
    someone = peer.actor("spaces")

    def answer(write: Callable[[str, str], str]) -> bytes:
        body = json.dumps(follow(someone.id, commune)).encode()
        return sent_raw(commune, [write(*pair) for pair in head_of(someone, commune, body).items()], body)

    for equal in (
        lambda name, value: f"{name.upper()}:{value}",
        lambda name, value: f"{name.lower()}: \t {value} \t",
    ):
        assert answer(equal) == b"HTTP/1.1 202 Accepted"
    folded = {"Date": "Date: {}\r\n {}", "Signature": "Signature: {}\r\n\t{}"}
    for header, form in folded.items():

        def fold(name: str, value: str, header: str = header, form: str = form) -> str:
            return form.format(value[:10], value[10:]) if name == header else f"{name}: {value}"

        assert answer(fold).startswith(b"HTTP/1.1 400")


def test_a_signature_by_padding_of_another_kind_is_none(commune: Server, peer: Peer) -> None:
    class Pss(RsaSigner):
        def sign(self, message: bytes) -> bytes:
            return self.key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

    someone = peer.actor("pss")
    someone.http = Pss(someone.http.key_id, someone.http.key)
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 401
