"""A real server is not talked into asking a machine that is not public, by whatever names it (hostile C)."""

import json
import socket
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from tests.processes.asking import follow, inbox, refused
from tests.processes.servers import Peer, Server, Someone, running, wait_until

INNER = (
    "https://10.0.0.1/someone",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:10.0.0.1]/someone",
    "https://[64:ff9b::a00:1]/someone",
    "https://2130706433/someone",
    "https://0x7f000001/someone",
    "https://127.1/someone",
    "https://192.168.0.1.:443/someone",
    "https://printer.local/someone",
    "https://elsewhere.example:8443/someone",
    "https://somebody@elsewhere.example/someone",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
)
_names = count()


def how_many_wait(commune: Server) -> int:
    """How many deliveries wait."""
    return int(json.loads(commune.command("queue", "--json"))["waiting"])


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port of this machine on which nobody should knock."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield listening


@pytest.mark.withstands("C01")
@pytest.mark.withstands("C03")
@pytest.mark.withstands("C04")
@pytest.mark.withstands("C05")
@pytest.mark.withstands("C06")
@pytest.mark.withstands("C07")
@pytest.mark.withstands("C14")
@pytest.mark.parametrize("target", INNER)
def test_a_key_that_leads_to_an_inner_address_is_no_key(commune: Server, peer: Peer, target: str) -> None:
    someone = Someone(f"{peer.url}/led-{next(_names)}")
    peer.redirects[someone.id.removeprefix(peer.url)] = target
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 401


@pytest.mark.withstands("C08")
@pytest.mark.parametrize("where", INNER)
def test_who_has_an_inbox_at_an_inner_address_is_nobody_to_write_to(commune: Server, peer: Peer, where: str) -> None:
    name = f"inward-{next(_names)}"
    someone = peer.actor(name)
    peer.serve(f"/{name}", someone.document("Person") | {"inbox": where, "endpoints": {"sharedInbox": where}})
    before = how_many_wait(commune)
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 401
    assert how_many_wait(commune) <= before


@pytest.mark.withstands("C12")
def test_a_key_that_leads_to_ourselves_is_no_key(commune: Server, peer: Peer) -> None:
    someone, before = Someone(f"{peer.url}/led-home"), len(commune.log())
    peer.redirects["/led-home"] = f"{commune.url}/assembly"
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 401
    assert refused(commune, "url.own", before)


@pytest.mark.withstands("C10")
def test_no_proxy_of_the_environment_is_asked(tmp_path: Path, peer: Peer) -> None:
    proxy = Peer()
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    told = {spelling: proxy.url for name in names for spelling in (name, name.lower())} | {
        "NO_PROXY": "",
        "no_proxy": "",
    }
    server = Server("Riverside", tmp_path / "data", settings=told)
    server.make("Ana")
    someone = peer.actor("behind-no-proxy")
    with running(server):
        assert someone.post(inbox(server), follow(someone.id, server)) == 202
        wait_until(lambda: any(one["type"] == "Accept" for one in peer.received), "no Accept came")
    assert (proxy.asked, proxy.received) == ([], [])
    proxy.close()


@pytest.mark.withstands("C08")
def test_a_delivery_is_not_led_on_to_another_port(commune: Server, peer: Peer, silent: socket.socket) -> None:
    someone, told = peer.actor("leads-on"), []
    inner = f"http://127.0.0.1:{silent.getsockname()[1]}/"

    def lead_on(_: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        told.append(body)
        return 307, {"Location": inner}, b""

    peer.judges["/leads-on/inbox"] = lead_on
    document = someone.document("Person")
    del document["endpoints"]
    peer.serve("/leads-on", document)
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    wait_until(lambda: told != [] and "307" in waiting(commune, peer), "the delivery was not tried and put off")
    with pytest.raises(BlockingIOError):
        silent.accept()


def waiting(server: Server, peer: Peer) -> str:
    """Why what waits for a peer does."""
    hosts = json.loads(server.command("queue", "--json"))["hosts"]
    return next((str(host["because"]) for host in hosts if peer.url.endswith(host["host"])), "")
