"""A real server, asked by those who would use it up: slow ones, large ones, many of one domain."""

import json
import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from starlette.applications import Starlette
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.http.deadlines import PunctualProtocol
from tests.processes.asking import follow
from tests.processes.browsing import Browser
from tests.processes.flood import flood, head
from tests.processes.servers import Peer, Server, Someone, request, running, wait_until
from tests.processes.voices import does, is_handled, is_heard, note, notice_of, rows

MOST_HOSTS = 10_000
PLACE = "203.0.113.7"
_numbers = count()


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A commune whose server waits for nobody long."""
    folder: Path = tmp_path_factory.mktemp("hasty") / "data"
    server = Server("Hasty", folder, options=("--head-seconds", "0.6", "--request-seconds", "1.2"))
    server.make("Ana")
    crowd_of_hosts(server)
    with running(server) as started:
        yield started


def crowd_of_hosts(server: Server) -> None:
    """Let the server have written to very many hosts, that somebody listed, and to some long ago."""
    now = int(time.time())
    hosts = [(f"h{number}.example", now - number) for number in range(MOST_HOSTS + 500)]
    hosts += [(f"old{number}.example", now - 40 * 86_400) for number in range(500)]
    with closing(sqlite3.connect(server.folder / "roundabout.db")) as database:
        database.executemany(
            "INSERT INTO hosts (host, leased_until, blocked_until, failures, suspect, given_up, tried_at, heard_at)"
            " VALUES (?, 0, 0, 1, 1, 1, ?, 0)",
            hosts,
        )
        learnt = [(host, "cavage", tried_at) for host, tried_at in hosts]
        database.executemany("INSERT INTO schemes (host, scheme, learnt_at) VALUES (?, ?, ?)", learnt)
        database.commit()


def activity(who: Someone) -> dict[str, Any]:
    return {
        "id": f"{who.id}/activities/{next(_numbers)}",
        "type": "Like",
        "actor": who.id,
        "object": "https://elsewhere.example/1",
    }


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


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
            assert 429 in flood(server, flooding, 8_000)
            body = json.dumps(activity(flooding)).encode()
            signed = flooding.signed(f"{server.url}/inbox", body) | {"Content-Length": str(len(body))}
            with connect(server) as connection:
                connection.sendall(head("/inbox", signed | {"Connection": "close"}) + body)
                answer = said(connection)
            assert answer.startswith(b"HTTP/1.1 429")
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


@pytest.mark.withstands("D17")
def test_of_very_many_hosts_that_were_listed_for_us_only_so_many_are_remembered(hasty: Server) -> None:
    for table in ("hosts", "schemes"):
        wait_until(partial(is_trimmed, hasty, table), f"too many {table} are remembered")
    assert rows(hasty, "SELECT 1 FROM hosts WHERE host LIKE 'old%'") == []
    assert rows(hasty, "SELECT 1 FROM hosts WHERE host = 'h0.example'") != []


def is_trimmed(server: Server, table: str) -> bool:
    return len(rows(server, f"SELECT host FROM {table}")) == MOST_HOSTS  # noqa: S608 - a table of the test


BOMBS = {
    "nested": "<b>" * 100_000,
    "unclosed": "<a href='" * 60_000,
    "comments": "<!--" * 100_000,
    "references": "&" * 300_000,
    "mentions": "@" * 300_000,
    "hashtags": "#" * 300_000,
    "labels": "https://" + "a." * 150_000,
    "mail": "x@" * 150_000,
    "spaces": "a" + " " * 300_000 + "b",
    "attributes": "<p " + "a=b " * 100_000 + ">",
}


@pytest.mark.withstands("D11")
@pytest.mark.withstands("D12")
def test_no_text_keeps_a_server_busy(commune: Server) -> None:
    notice = notice_of(commune)
    with closing(Peer(everywhere=True)) as there:  # of a domain of its own, which asked for nothing yet
        someone, sent = there.actor("bombs", host="127.0.6.1"), []
        for bomb in BOMBS.values():
            said = does(someone, "Create", note(someone, notice, bomb, summary=bomb[:50_000], name=bomb[:50_000]))
            assert someone.post(f"{commune.url}/inbox", said) == 202
            sent.append((said["id"], said["object"]["id"]))
        for handled, heard in sent:
            assert commune.get("/health/live")[0] == 200
            wait_until(partial(is_handled, commune, handled), f"{handled} is still being read")
            assert is_heard(commune, heard)
    for path in ("/", "/proposals", "/outside"):
        assert commune.get(path, accept="text/html")[0] in {200, 303, 404}


@pytest.mark.withstands("D19")
def test_of_acts_that_come_in_a_flood_none_is_lost_and_another_domain_is_not_kept_waiting(
    commune: Server, peer: Peer
) -> None:
    spam, flooded = peer.actor("assembly-of-spam", "Group"), 720  # in a minute 600 are recorded
    flood_of_acts = [request_of(spam, commune, does(spam, "Create", spam.report(one))) for one in range(flooded)]
    with closing(Peer(everywhere=True)) as there, connect(commune) as connection:
        other = there.actor("assembly", "Group", host="127.0.5.3")
        began = time.monotonic()
        for start in range(0, flooded, 80):
            connection.sendall(b"".join(flood_of_acts[start : start + 80]))
            answer = b""
            while answer.count(b"\r\n\r\n") < 80:
                answer += connection.recv(1 << 20)
            assert answer.count(b"HTTP/1.1 202") == 80
        act = other.report(1)
        assert other.post(f"{commune.url}/inbox", does(other, "Create", act)) == 202
        wait_until(lambda: recorded(commune, other) == 1, "the other domain waits")
        # However slow the machine is; the server counts in whole seconds, so up to one of them more than went by.
        assert recorded(commune, spam) <= 601 + 10 * (time.monotonic() - began + 1)
        wait_until(
            lambda: recorded(commune, spam) == flooded, f"{recorded(commune, spam)} of {flooded} are recorded", 90
        )
    assert json.loads(commune.command("queue", "--json"))["inbox"]["aside"] == []


def request_of(who: Someone, server: Server, said: dict[str, Any]) -> bytes:
    body = json.dumps(said).encode()
    return head("/inbox", who.signed(f"{server.url}/inbox", body) | {"Content-Length": str(len(body))}) + body


def recorded(server: Server, author: Someone) -> int:
    """How many leaves of our ledger are acts of somebody else."""
    return len(rows(server, "SELECT 1 FROM acts WHERE author = ? AND standing = 'authentic'", author.id))


@pytest.mark.withstands("D20")
def test_what_breaks_whenever_it_is_handled_is_put_aside_and_holds_up_nobody(commune: Server, peer: Peer) -> None:
    poison, healthy = peer.actor("poison"), peer.actor("healthy")
    breaks = f"NEW.follower = '{poison.id}' BEGIN SELECT RAISE(ABORT, 'nobody foresaw this'); END"
    write(commune, f"CREATE TRIGGER poison BEFORE INSERT ON followers WHEN {breaks}")
    said = follow(poison.id, commune)
    assert poison.post(f"{commune.url}/inbox", said) == 202
    for tried in range(1, 6):
        wait_until(partial(was_tried, commune, said["id"], tried), "it is not tried again")
        hurry = "UPDATE inbox SET due_at = 0 WHERE state = 'new' AND activity_id = ?"
        write(commune, hurry, said["id"])  # no clock of a server can be moved, but what it waits for can
        assert healthy.post(f"{commune.url}/inbox", follow(healthy.id, commune)) == 202
    wait_until(lambda: accepted(peer, healthy) == 5, "the others wait")
    [aside] = json.loads(commune.command("queue", "--json"))["inbox"]["aside"]
    assert (aside["activity"], aside["because"]) == (said["id"], "IntegrityError")
    write(commune, "DROP TRIGGER poison")


def was_tried(server: Server, activity_id: str, times: int) -> bool:
    return rows(server, "SELECT tries FROM inbox WHERE activity_id = ?", activity_id) == [{"tries": times}]


def accepted(peer: Peer, someone: Someone) -> int:
    return sum(one["type"] == "Accept" and one["object"]["actor"] == someone.id for one in peer.received)


def write(server: Server, statement: str, *values: object) -> None:
    """Change something in the database of a server while it runs."""
    with closing(sqlite3.connect(server.folder / "roundabout.db", timeout=20)) as database:
        database.execute(statement, values)
        database.commit()


def signs_in(server: Server, name: str, password: str, place: str) -> int:
    """The status that who tries to sign in meets, by a proxy that says from where they come."""
    browser = Browser(server)
    browser.opener.addheaders = [("Accept", "text/html"), ("X-Forwarded-For", place)]
    try:
        browser.send("/sign-in", browser.get("/sign-in"), name=name, password=password, next="/")
    except HTTPError as no:
        with no:
            return no.code
    return 200


@pytest.mark.withstands("D21")
def test_after_five_wrong_passwords_neither_that_account_nor_that_place_gets_in(commune: Server) -> None:
    assert [signs_in(commune, "Bo", f"guess-{number}", PLACE) for number in range(5)] == [403] * 5
    assert signs_in(commune, "Bo", "bo-password", PLACE) == 429
    assert signs_in(commune, "Bo", "bo-password", "203.0.113.8") == 429
    assert signs_in(commune, "Cy", "cy-password", PLACE) == 429
    assert signs_in(commune, "Cy", "cy-password", "203.0.113.8") == 200
