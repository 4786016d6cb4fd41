"""Nobody learns by us which ports of a machine are open (hostile C13)."""

import json
import socket
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

import pytest

from tests.processes.servers import Peer, Server, Someone, free_port, running

_numbers = count()
PUBLIC_URL = "https://riverside.example"


def refusal(server: Server, someone: Someone, url: str) -> tuple[int, bytes, set[str]]:
    """Status, body and names of headers with which a follow by someone is answered, to a server called `url`."""
    name = f"{someone.id}/activities/{next(_numbers)}"
    follow = {"id": name, "type": "Follow", "actor": someone.id, "object": f"{url}/assembly"}
    body = json.dumps(follow).encode()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/inbox", body, someone.signed(f"{url}/inbox", body))
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
    answers = [refusal(commune, someone, commune.url) for someone in (closed, nothing_there, a_page)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 401


@pytest.mark.withstands("C01")
@pytest.mark.withstands("C13")
def test_for_a_key_on_a_machine_that_is_not_public_nothing_is_asked_whichever_port_is_open(tmp_path: Path) -> None:
    """Nor does the time tell: to neither port there is a connection whose end could be waited for."""
    public = {"ROUNDABOUT_URL": PUBLIC_URL, "ROUNDABOUT_LOOPBACK": "0"}
    server = Server("Riverside", tmp_path / "data", settings=public)
    server.command(
        "init", "--kind", "commune", "--name", "Riverside", "--url", PUBLIC_URL, "--data", str(server.folder)
    )
    with running(server), socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        hosts = [f"127.0.0.1:{listening.getsockname()[1]}", f"127.0.0.1:{free_port()}", "127.0.0.1", "localhost"]
        hosts += ["[::1]", "10.0.0.1", "169.254.169.254", "2130706433", "127.1"]
        answers = [refusal(server, Someone(f"https://{host}/someone"), PUBLIC_URL) for host in hosts]
        assert [answer for answer in answers if answer != answers[0]] == []
        assert answers[0][0] == 401
        with pytest.raises(BlockingIOError):
            listening.accept()
