"""The inbox of a real server, asked by a real peer: what it takes, once, and what it refuses, by its code."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from app.federation import http_signatures
from app.wiring import current_instant
from tests.processes.servers import Peer, Server, Someone, request, wait_until

_numbers = count()


@pytest.fixture(scope="module")
def mallory(peer: Peer) -> Someone:
    return peer.actor("mallory")


@pytest.fixture(scope="module")
def alice(peer: Peer) -> Someone:
    return peer.actor("alice")


def follow(who: Someone, server: Server, **other: object) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{who.id}/activities/{next(_numbers)}",
        "type": "Follow",
        "actor": who.id,
        "object": f"{server.url}/assembly",
    } | other


def followers(server: Server) -> int:
    found: int = json.loads(server.get("/assembly/followers")[1])["totalItems"]
    return found


def post_raw(server: Server, headers: dict[str, str], body: bytes, path: str = "/inbox") -> int:
    return request("POST", server.url + path, headers, body)[0]


def refused_as(server: Server, code: str) -> bool:
    """True if this is why the last refused request was: what earlier ones were refused for shows nothing."""
    return code in [line for line in server.log().splitlines() if "inbox refused" in line][-1]


def test_a_follow_is_accepted_and_answered(commune: Server, peer: Peer) -> None:
    someone = peer.actor("fatima")
    assert someone.post(f"{commune.url}/inbox", follow(someone, commune)) == 202
    wait_until(
        lambda: any(activity["type"] == "Accept" for activity in peer.received), "no Accept came back to the follower"
    )
    accept = next(activity for activity in peer.received if activity["type"] == "Accept")
    assert accept["actor"] == f"{commune.url}/assembly"
    assert accept["object"]["actor"] == someone.id


@pytest.mark.withstands("A01")
def test_an_unsigned_post_is_refused(commune: Server, alice: Someone) -> None:
    body = json.dumps(follow(alice, commune)).encode()
    headers = {"Content-Type": "application/activity+json"}
    assert post_raw(commune, headers, body) == 401
    assert refused_as(commune, "sig.missing")


@pytest.mark.withstands("A03")
def test_a_body_that_was_changed_is_refused(commune: Server, alice: Someone) -> None:
    body = json.dumps(follow(alice, commune)).encode()
    headers = alice.signed(f"{commune.url}/inbox", body)
    assert post_raw(commune, headers, body.replace(b"Follow", b"Block!")) == 401
    assert refused_as(commune, "sig.digest_mismatch")


@pytest.mark.withstands("A05")
def test_a_signature_for_another_server_or_path_is_refused(commune: Server, alice: Someone) -> None:
    body = json.dumps(follow(alice, commune)).encode()
    elsewhere = alice.signed("https://other.example/inbox", body)
    assert post_raw(commune, elsewhere, body) == 401
    assert refused_as(commune, "sig.wrong_target")
    other_path = alice.signed(f"{commune.url}/assembly/inbox", body)
    assert post_raw(commune, other_path, body) == 401
    assert refused_as(commune, "sig.")


@pytest.mark.withstands("A06")
@pytest.mark.withstands("A07")
def test_a_replay_is_taken_once(commune: Server, peer: Peer) -> None:
    someone = peer.actor("once")
    activity = follow(someone, commune)
    body = json.dumps(activity).encode()
    headers = someone.signed(f"{commune.url}/inbox", body)
    before = len(peer.received)
    assert [post_raw(commune, headers, body) for _ in range(3)] == [202, 202, 202]
    assert someone.post(f"{commune.url}/inbox", activity) == 202  # the same id, signed anew
    wait_until(lambda: len(peer.received) > before, "no Accept came")
    assert sum(1 for item in peer.received[before:] if item["to"] == [someone.id]) == 1


@pytest.mark.withstands("E08")
def test_a_hundred_duplicates_at_once_have_one_effect(commune: Server, peer: Peer) -> None:
    someone = peer.actor("hundred")
    body = json.dumps(follow(someone, commune)).encode()
    headers = someone.signed(f"{commune.url}/inbox", body)
    before = followers(commune)
    with ThreadPoolExecutor(20) as pool:
        statuses = set(pool.map(lambda _: post_raw(commune, headers, body), range(100)))
    assert statuses == {202}
    wait_until(lambda: followers(commune) == before + 1, "the follow had no effect")
    wait_until(lambda: any(item["to"] == [someone.id] for item in peer.received), "no Accept came")
    assert sum(1 for item in peer.received if item["to"] == [someone.id]) == 1


@pytest.mark.withstands("A08")
def test_a_clock_far_off_is_refused_with_the_difference(commune: Server, alice: Someone) -> None:
    body = json.dumps(follow(alice, commune)).encode()
    late = current_instant().replace(year=current_instant().year - 1)
    headers = http_signatures.sign("POST", f"{commune.url}/inbox", late, body, alice.http)
    assert post_raw(commune, headers, body) == 401
    assert refused_as(commune, "sig.clock_skew")


@pytest.mark.withstands("A24")
def test_a_key_whose_actor_has_another_id_is_refused(commune: Server, peer: Peer) -> None:
    masked = Someone(f"{peer.url}/masked")
    peer.serve("/masked", masked.document("Person") | {"id": f"{peer.url}/alice"})
    assert masked.post(f"{commune.url}/inbox", follow(masked, commune)) == 401


@pytest.mark.withstands("A25")
def test_nobody_acts_as_another(commune: Server, alice: Someone, mallory: Someone) -> None:
    assert mallory.post(f"{commune.url}/inbox", follow(alice, commune)) == 403
    assert refused_as(commune, "actor.mismatch")


@pytest.mark.withstands("A26")
def test_an_id_of_another_origin_is_refused_and_not_reserved(commune: Server, alice: Someone) -> None:
    other = Peer()
    try:
        stranger = other.actor("stranger")
        stolen = follow(alice, commune)
        assert stranger.post(f"{commune.url}/inbox", stolen | {"actor": stranger.id}) == 403
        before = followers(commune)
        assert alice.post(f"{commune.url}/inbox", stolen) == 202
        wait_until(lambda: followers(commune) == before + 1, "the true owner's activity was taken for a duplicate")
    finally:
        other.close()


@pytest.mark.withstands("A29")
@pytest.mark.parametrize("key_id", ["acct:a@b.example", "data:text/plain,x", "file:///etc/passwd"])
def test_a_key_id_that_is_no_address_is_refused(commune: Server, alice: Someone, key_id: str) -> None:
    body = json.dumps(follow(alice, commune)).encode()
    headers = alice.signed(f"{commune.url}/inbox", body)
    headers["Signature"] = headers["Signature"].replace(alice.http.key_id, key_id)
    assert post_raw(commune, headers, body) == 401
    assert refused_as(commune, "key.bad_uri")


@pytest.mark.withstands("B20")
@pytest.mark.withstands("B21")
@pytest.mark.withstands("B22")
@pytest.mark.withstands("B23")
@pytest.mark.withstands("B24")
@pytest.mark.parametrize(
    ("insert", "code"),
    [
        (b'"type":"Follow","type":"Follow"', "json.dup"),
        (b'"type":"Follow","n":NaN', "json.number"),
        (b'"type":"Follow","n":1e400', "json.number"),
        (b'"type":"Follow","n":' + b"9" * 5000, "json.number"),
        (b'"type":"Follow","n":' + b"[" * 1000 + b"]" * 1000, "json.depth"),
        (b'"type":"Follow","n":"\\ud800"', "json.text"),
        (b'"type":"Follow","n":"\\u0000"', "json.text"),
        (b'"type":"Follow","n":"\xff"', "json.text"),
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(
    commune: Server, alice: Someone, insert: bytes, code: str
) -> None:
    body = json.dumps(follow(alice, commune)).encode().replace(b'"type": "Follow"', insert)
    assert post_raw(commune, alice.signed(f"{commune.url}/inbox", body), body) == 400
    assert refused_as(commune, code)


@pytest.mark.withstands("B29")
@pytest.mark.withstands("B30")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"type": ["Follow"]}, 400),
        ({"type": None}, 400),
        ({"id": None}, 400),
        ({"id": "x" * 3000}, 400),
        ({"id": "urn:uuid:1"}, 400),
        ({"type": "FollowTheRiver"}, 202),
    ],
)
def test_an_activity_without_a_proper_id_or_type_is_refused(
    commune: Server, alice: Someone, change: dict[str, Any], status: int
) -> None:
    assert alice.post(f"{commune.url}/inbox", follow(alice, commune) | change) == status


@pytest.mark.withstands("B32")
def test_nobody_brings_an_object_of_ours(commune: Server, alice: Someone) -> None:
    ours = {"id": f"{commune.url}/acts/1", "type": "Note", "attributedTo": alice.id, "content": "mine now"}
    activity = follow(alice, commune) | {"type": "Create", "object": ours}
    assert alice.post(f"{commune.url}/inbox", activity) == 403
    assert refused_as(commune, "id.ours")


@pytest.mark.withstands("B04")
def test_nobody_brings_what_is_attributed_to_another(commune: Server, alice: Someone, mallory: Someone) -> None:
    note = {"id": f"{mallory.id}/notes/1", "type": "Note", "attributedTo": alice.id, "content": "not hers"}
    activity = follow(mallory, commune) | {"type": "Create", "object": note}
    assert mallory.post(f"{commune.url}/inbox", activity) == 403


@pytest.mark.withstands("B06")
@pytest.mark.withstands("B09")
@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_nobody_changes_what_is_elsewhere(commune: Server, alice: Someone, kind: str) -> None:
    activity = follow(alice, commune) | {"type": kind, "object": "https://elsewhere.example/notes/1"}
    assert alice.post(f"{commune.url}/inbox", activity) == 403
    undone = {"type": "Follow", "actor": "https://elsewhere.example/bob", "object": f"{commune.url}/assembly"}
    assert alice.post(f"{commune.url}/inbox", follow(alice, commune) | {"type": "Undo", "object": undone}) == 403


@pytest.mark.withstands("B15")
def test_an_act_without_its_proof_is_refused(commune: Server, peer: Peer) -> None:
    assembly = peer.actor("assembly", "Group")
    act = {"id": f"{assembly.id}/acts/1", "type": "gov:Ratification", "attributedTo": assembly.id}
    activity = follow(assembly, commune) | {"type": "Create", "object": act}
    assert assembly.post(f"{commune.url}/inbox", activity) == 403
    assert refused_as(commune, "proof.required")


def test_another_media_type_is_refused(commune: Server, alice: Someone) -> None:
    body = json.dumps(follow(alice, commune)).encode()
    headers = alice.signed(f"{commune.url}/inbox", body) | {"Content-Type": "text/html"}
    assert post_raw(commune, headers, body) == 415


def test_a_body_of_more_than_a_mebibyte_is_refused(commune: Server, alice: Someone) -> None:
    body = b"{" + b" " * (1_048_577) + b"}"
    assert post_raw(commune, alice.signed(f"{commune.url}/inbox", body), body) == 413


@pytest.mark.withstands("A13")
@pytest.mark.parametrize(
    "smuggled",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Content-Length: 2\n\n{}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"X-One: 1\n\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"Content-Length: 2\r\nX-One: 1\rX-Two: 2\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
        b"Content-Length : 2\r\n\r\n{}",
    ],
)
def test_a_request_that_hides_another_is_refused_and_the_connection_closed(commune: Server, smuggled: bytes) -> None:
    with socket.create_connection(("127.0.0.1", commune.port), timeout=20) as connection:
        head = f"POST /inbox HTTP/1.1\r\nHost: 127.0.0.1:{commune.port}\r\n"
        connection.sendall(head.encode() + b"Content-Type: application/activity+json\r\n" + smuggled)
        answer = b""
        while part := connection.recv(65536):  # an empty part: the server has closed
            answer += part
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
