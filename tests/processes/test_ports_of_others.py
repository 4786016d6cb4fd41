"""Nobody learns by us which ports of a machine are open (hostile C13)."""

import json
from http.client import HTTPConnection
from itertools import count

import pytest

from tests.processes.servers import Peer, Server, Someone, free_port

_numbers = count()


def refusal(server: Server, someone: Someone) -> tuple[int, bytes, set[str]]:
    """Status, body and names of headers with which a follow by someone is answered."""
    name = f"{someone.id}/activities/{next(_numbers)}"
    follow = {"id": name, "type": "Follow", "actor": someone.id, "object": f"{server.url}/assembly"}
    body = json.dumps(follow).encode()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/inbox", body, someone.signed(f"{server.url}/inbox", body))
    found = connection.getresponse()
    said = found.status, found.read(), {header.lower() for header, _ in found.getheaders()}
    connection.close()
    return said


@pytest.mark.withstands("C13")
def test_a_key_on_a_closed_port_and_one_on_an_open_port_are_answered_alike(commune: Server, peer: Peer) -> None:
    closed = Someone(f"http://127.0.0.1:{free_port()}/someone")
    nothing_there = Someone(f"{peer.url}/nobody")
    peer.serve("/page", {"id": f"{peer.url}/page"}, "text/html")
    a_page = Someone(f"{peer.url}/page")
    answers = [refusal(commune, someone) for someone in (closed, nothing_there, a_page)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 401
