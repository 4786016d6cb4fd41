"""A real server, asked by those who would use it up: slow ones, large ones, many of one domain."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.http.deadlines import PunctualProtocol
from tests.processes.servers import Peer, Server, Someone, request, running

_numbers = count()


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A commune whose server waits for nobody long."""
    folder: Path = tmp_path_factory.mktemp("hasty") / "data"
    server = Server("Hasty", folder, options=("--head-seconds", "0.6", "--request-seconds", "1.2"))
    server.make("Ana")
    with running(server) as started:
        yield started


def activity(who: Someone) -> dict[str, Any]:
    return {
        "id": f"{who.id}/activities/{next(_numbers)}",
        "type": "Like",
        "actor": who.id,
        "object": "https://elsewhere.example/1",
    }


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def head(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def said(connection: socket.socket) -> bytes:
    """Everything that the server says until it closes."""
    answer = b""
    try:
        while part := connection.recv(65536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.withstands("D01")
@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /inbox HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /inbox HTTP/1.1\r\nContent-Type: application/activity+json\r\nContent-Length: 99\r\n\r\n{",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_who_does_not_finish_a_request_is_hung_up_on_and_others_are_served(hasty: Server, begun: bytes) -> None:
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(connect(hasty)) for _ in range(60)]
        for connection in slow:
            connection.sendall(begun)
        assert hasty.get("/assembly")[0] == 200
        assert [said(connection) for connection in slow] == [b""] * 60


@pytest.mark.withstands("D01")
def test_a_byte_now_and_then_wins_no_time(hasty: Server) -> None:
    with connect(hasty) as connection:
        connection.settimeout(0.1)
        connection.sendall(b"POST /inbox HTTP/1.1\r\nX-Slow: ")
        closed = False
        for _ in range(200):
            try:
                connection.sendall(b"a")
                closed = connection.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
            if closed:
                break
    assert closed


@pytest.mark.withstands("D01")
def test_one_connection_may_bring_many_requests_each_with_its_own_time(hasty: Server) -> None:
    with connect(hasty) as connection:
        for _ in range(3):
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"ok\n"):
                answer += connection.recv(65536)
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: ")
        assert said(connection) == b""


@pytest.mark.withstands("D01")
@pytest.mark.anyio
async def test_a_head_may_take_ten_seconds_and_a_request_thirty() -> None:
    protocol = PunctualProtocol(Config(Starlette(), ws="none"), ServerState(), {})
    assert (protocol.head_seconds, protocol.request_seconds) == (10, 30)


@pytest.mark.withstands("D03")
def test_a_body_that_is_said_to_be_too_long_is_not_waited_for(commune: Server, peer: Peer) -> None:
    big = peer.actor("big")
    headers = big.signed(f"{commune.url}/inbox", b"{}") | {"Content-Length": "2000000", "Connection": "close"}
    with connect(commune) as connection:
        connection.sendall(head("/inbox", headers))
        assert said(connection).startswith(b"HTTP/1.1 413")
    assert "/big" not in peer.asked


@pytest.mark.withstands("D03")
def test_a_body_without_end_is_cut_off_before_its_key_is_looked_for(commune: Server, peer: Peer) -> None:
    endless = peer.actor("endless")
    headers = endless.signed(f"{commune.url}/inbox", b"{}") | {"Transfer-Encoding": "chunked", "Connection": "close"}
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with connect(commune) as connection:
        connection.sendall(head("/inbox", headers) + chunk * 16)
        connection.sendall(b"1\r\n \r\n")  # one byte too many, and the request has not ended
        assert said(connection).startswith(b"HTTP/1.1 413")
    assert "/endless" not in peer.asked


@pytest.mark.withstands("D04")
def test_a_compressed_body_is_refused_before_its_key_is_looked_for(commune: Server, peer: Peer) -> None:
    packed = peer.actor("packed")
    body = b"\x1f\x8b" + b"\x00" * 100
    headers = packed.signed(f"{commune.url}/inbox", body) | {"Content-Encoding": "gzip"}
    assert request("POST", f"{commune.url}/inbox", headers, body)[0] == 415
    assert "/packed" not in peer.asked


@pytest.mark.withstands("D10")
def test_a_domain_that_floods_is_told_to_wait_and_the_others_are_not(tmp_path: Path) -> None:
    server = Server("Flooded", tmp_path / "data")
    server.make("Ana")
    with running(server):
        there = Peer(everywhere=True)
        try:
            flooding, other = there.actor("flood", host="127.0.5.1"), there.actor("other", host="127.0.5.2")
            body = json.dumps(activity(flooding)).encode()
            signed = flooding.signed(f"{server.url}/inbox", body)
            flood = b"".join([head("/inbox", signed | {"Content-Length": str(len(body))}) + body] * 200)
            answer = b""
            with connect(server) as connection:
                for _ in range(40):
                    connection.sendall(flood)
                    seen = 0
                    while seen < 200:
                        answer = connection.recv(1 << 20)
                        seen += answer.count(b"HTTP/1.1 ")
                    if b"HTTP/1.1 429" in answer:
                        break
            assert b"HTTP/1.1 429" in answer
            assert b"retry-after: " in answer
            assert other.post(f"{server.url}/inbox", activity(other)) == 202
        finally:
            there.close()


@pytest.mark.withstands("D10")
def test_nobody_uses_up_what_another_may_by_writing_their_name(commune: Server, peer: Peer) -> None:
    alice = peer.actor("framed")
    assert alice.post(f"{commune.url}/inbox", activity(alice)) == 202
    body = json.dumps(activity(alice)).encode()
    forged = alice.signed(f"{commune.url}/inbox", body)
    forged["Signature"] = re.sub('signature="[^"]*"', 'signature="AAAA"', forged["Signature"])
    once = head("/inbox", forged | {"Content-Length": str(len(body))}) + body
    with connect(commune) as connection:
        for _ in range(35):
            connection.sendall(once * 100)
            seen = 0
            while seen < 100:
                answer = connection.recv(1 << 20)
                assert b"HTTP/1.1 429" not in answer
                seen += answer.count(b"HTTP/1.1 401")
    assert alice.post(f"{commune.url}/inbox", activity(alice)) == 202


@pytest.mark.withstands("D14")
def test_a_range_of_many_spans_costs_no_more_than_the_file(commune: Server) -> None:
    spans = ",".join(f"{number}-{number}" for number in range(0, 6000, 2))
    status, body = request("GET", f"{commune.url}/static/style.css", {"Range": f"bytes={spans}"})
    whole = len(request("GET", f"{commune.url}/static/style.css", {})[1])
    assert status in {200, 206, 400, 416, 431}
    assert len(body) <= whole
