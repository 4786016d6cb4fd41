"""A real server asks others, and gets no answer, half of one, or one that is meant to lead it astray."""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from copy import copy
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from ssl import SSLContext

import pytest

from tests.network.servers import certificate
from tests.processes.asking import follow, inbox, refused
from tests.processes.browsing import Browser, refusal_of, signed_in
from tests.processes.dripping import Dripping
from tests.processes.servers import Peer, Server, Someone, free_port, running

JOIN = "/confederation/join"
INNER, PRIVATE = f"127.44.{os.getpid() >> 8 & 255}.{os.getpid() & 255}", "10.0.44.1"
"""Addresses that only this machine reaches; the first is of this process alone, so two may hold its port at once."""
SWARM = 500
NAMES = (
    "127.0.0.1 localhost",
    f"{INNER} inner.example",
    f"198.41.0.4 one-inner.example\n{PRIVATE} one-inner.example",
    f"{PRIVATE} first-inner.example\n198.41.0.4 first-inner.example",
    "10.0.0.1 turned.localhost",
    *(f"127.0.0.1 s{number}.swarm.localhost" for number in range(SWARM)),
)
"""What names mean to the server's machine: the lines of its /etc/hosts."""
_names = count()


@dataclass
class Riverside:
    """A founded commune that runs, a member of it at a browser, and two certificates that its machine trusts."""

    server: Server
    ana: Browser
    page: str
    good: SSLContext
    of_another_name: SSLContext

    def posts(self, someone: Someone) -> int:
        return someone.post(inbox(self.server), follow(someone.id, self.server))

    def asks(self, address: str) -> tuple[int, str]:
        """The member asks about the confederation at an address, where there is none; the status and the page."""
        return refusal_of(self.ana.send, JOIN, self.page, address=address, why="We want to.")


@pytest.fixture(scope="module")
def riverside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Riverside]:
    folder: Path = tmp_path_factory.mktemp("bad-answers")
    good, other = certificate(folder, "localhost")[0], certificate(folder, "other.example")[0]
    trusted = folder / "trusted.pem"
    trusted.write_bytes((folder / "localhost.pem").read_bytes() + (folder / "other.example.pem").read_bytes())
    named = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(folder / "hosts"))
    (folder / "hosts").write_text("\n".join(NAMES))
    server = Server("Riverside", folder / "data", settings={"SSL_CERT_FILE": str(trusted)})
    if may_name(named):
        server.within = named
    server.make("Ana")
    server.command("found", "--rules", "starter", "--present", "1", "--agree", "1")
    with running(server):
        ana = signed_in(server, "Ana")
        yield Riverside(server, ana, ana.get("/confederation"), good, other)


def may_name(named: tuple[str, ...]) -> bool:
    """Whether this machine lets a process have an /etc/hosts of its own."""
    return os.geteuid() == 0 and subprocess.run([*named, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def with_names(riverside: Riverside) -> Riverside:
    if not riverside.server.within:
        pytest.skip("what names mean to a process can be set by root only, with the right to mount")
    return riverside


@pytest.fixture(scope="module", autouse=True)
def drip(riverside: Riverside) -> Iterator[tuple[Future[tuple[int, str]], Future[int]]]:
    """What a member's form and somebody's activity come to that make us ask a server that drips, while others ask."""
    with closing(Dripping()) as there, ThreadPoolExecutor(2) as pool:
        someone = Someone(f"{there.url}/someone")
        yield pool.submit(riverside.asks, f"{there.url}/assembly"), pool.submit(riverside.posts, someone)


def lead(peer: Peer, to: str) -> Someone:
    """Somebody whose server sends whoever asks for them to another address."""
    someone = Someone(f"{peer.url}/led-{next(_names)}")
    peer.judges[someone.id.removeprefix(peer.url)] = lambda *_: (302, {"Location": to}, b"")
    return someone


@pytest.mark.withstands("C09")
def test_an_address_that_could_end_its_line_is_not_asked(riverside: Riverside, peer: Peer) -> None:
    for number, end in enumerate((" HTTP/1.1", "\x0b", "\x01", "\x7f", "é")):
        someone, before = lead(peer, f"{peer.url}/split-{number}{end}X-Injected: yes"), len(riverside.server.log())
        assert riverside.posts(someone) == 401
        assert refused(riverside.server, "url.form", before)
    assert not any("split" in path for path in peer.asked)


@pytest.mark.withstands("C09")
def test_what_stands_for_the_end_of_a_line_stays_in_the_address(riverside: Riverside, peer: Peer) -> None:
    heads: list[Mapping[str, str]] = []

    def listen(headers: Mapping[str, str], _: bytes) -> tuple[int, dict[str, str], bytes]:
        heads.append(headers)
        return 404, {}, b""

    path = "/in%0D%0AX-Injected:%20yes"
    peer.judges[path] = listen
    assert riverside.posts(lead(peer, f"{peer.url}{path}")) == 401
    assert path in peer.asked
    assert heads
    assert not any("x-injected" in head for head in heads)


@pytest.mark.withstands("C09")
def test_who_has_an_inbox_that_ends_its_line_is_nobody_to_write_to(riverside: Riverside, peer: Peer) -> None:
    name = f"inbox-{next(_names)}"
    someone = peer.actor(name)
    where = f"{someone.id}/inbox HTTP/1.1\r\nX-Injected: yes"
    peer.serve(f"/{name}", someone.document("Person") | {"inbox": where, "endpoints": {"sharedInbox": where}})
    assert riverside.posts(someone) == 401


@pytest.mark.withstands("C11")
def test_an_https_server_is_believed_by_a_trusted_certificate_of_its_name_only(
    riverside: Riverside, tmp_path: Path
) -> None:
    untrusted, before = certificate(tmp_path, "localhost")[0], len(riverside.server.log())
    with closing(Peer().secure(riverside.good)) as good:
        assert riverside.posts(good.actor("someone")) == 202
    for tls in (untrusted, riverside.of_another_name):
        with closing(Peer().secure(tls)) as bad:
            assert riverside.posts(bad.actor("someone")) == 401
            assert (riverside.asks(f"{bad.url}/assembly")[0], bad.asked) == (502, [])
    assert riverside.server.log()[before:].count("net.tls") >= 2


@pytest.mark.withstands("E18")
def test_who_could_not_be_asked_is_asked_again_once_a_caretaker_says_so(riverside: Riverside) -> None:
    port = free_port()
    someone = Someone(f"http://127.0.0.1:{port}/away")
    assert riverside.posts(someone) == 401
    with closing(Peer(port)) as back:
        back.serve("/away", someone.document("Person"))
        assert (riverside.posts(someone), back.asked) == (401, [])
        riverside.server.command("refetch", someone.id)
        assert riverside.posts(someone) == 202
        assert back.asked == ["/away"]


@pytest.fixture(scope="module")
def inner() -> Iterator[socket.socket]:
    """A server that only this machine should reach; kept, since a process that is just being made may hold its port."""
    with socket.create_server((INNER, 443)) as listening:
        listening.settimeout(0)
        yield listening


@pytest.mark.withstands("C02")
@pytest.mark.parametrize(
    ("name", "address"),
    [("inner", INNER), ("one-inner", PRIVATE), ("first-inner", PRIVATE)],
    ids=["inner", "one-inner", "first-inner"],
)
def test_a_name_with_an_inner_address_among_its_own_is_not_asked(
    with_names: Riverside, inner: socket.socket, name: str, address: str
) -> None:
    before = len(with_names.server.log())
    assert with_names.posts(Someone(f"https://{name}.example/someone")) == 401
    with pytest.raises(BlockingIOError):
        inner.accept()
    assert refused(with_names.server, "ssrf.addr", before)
    assert refused(with_names.server, address, before)


@pytest.mark.withstands("C02")
def test_a_name_of_this_machine_that_leads_to_another_inner_one_is_not_asked(with_names: Riverside) -> None:
    before = len(with_names.server.log())
    assert with_names.posts(Someone(f"http://turned.localhost:{free_port()}/someone")) == 401
    assert refused(with_names.server, "ssrf.addr", before)


@pytest.mark.withstands("D08")
def test_of_a_swarm_of_hosts_under_one_domain_few_are_asked_and_others_are_heard(
    with_names: Riverside, peer: Peer
) -> None:
    drone, before, sent = Someone(f"{peer.url}/drone"), len(with_names.server.log()), 0
    while not refused(with_names.server, "net.budget", before) and sent < SWARM:
        name = drone.id.replace("127.0.0.1", f"s{sent}.swarm.localhost")
        one = copy(drone)
        one.id, one.http = name, replace(drone.http, key_id=f"{name}#main-key")
        assert with_names.posts(one) == 401
        sent += 1
    assert sent > peer.asked.count("/drone") >= 100
    assert refused(with_names.server, "swarm.localhost has had its lookups", before)
    assert with_names.posts(peer.actor("no-drone")) == 202


ANSWERS = {
    "a page for people": (200, {"Content-Type": "text/html"}, b"<!doctype html><title>Soon</title>"),
    "a list": (200, {"Content-Type": "application/activity+json"}, b"[]"),
    "one key twice": (200, {"Content-Type": "application/activity+json"}, b'{"gov:items": [], "gov:items": []}'),
    "an error": (500, {}, b""),
    "no such address": (404, {}, b""),
    "not without a signature": (401, {}, b""),
    "compressed": (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
    "too much": (200, {}, b" " * 4_300_000),
    "somewhere else": (302, {"Location": "http://127.0.0.1:9/acts"}, b""),
    "an inner address": (302, {"Location": "ftp://10.0.0.1/acts"}, b""),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_to_a_person_a_server_that_answers_badly_is_a_bad_gateway(riverside: Riverside, peer: Peer, what: str) -> None:
    status, headers, body = ANSWERS[what]
    for received in ("0", "1"):
        path = f"/acts?after=-1&limit=50&received={received}"
        peer.judges[path] = lambda *_: (status, dict(headers), body)
    said, page = riverside.asks(f"{peer.url}/assembly")
    assert said == 502
    assert "That server" in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://127.0.0.1:9/assembly", 502),
        ("https://10.0.0.1/assembly", 422),
        ("https://printer.local/assembly", 422),
        ("https://elsewhere.example:8443/assembly", 422),
        ("not an address", 400),
    ],
)
def test_to_a_person_where_nobody_answers_or_may_be_asked_is_never_a_matter_of_signing_in(
    riverside: Riverside, address: str, status: int
) -> None:
    assert riverside.asks(address)[0] == status


@pytest.mark.withstands("D02")
def test_an_answer_that_drips_is_not_waited_for(
    riverside: Riverside, drip: tuple[Future[tuple[int, str]], Future[int]]
) -> None:
    form, activity = drip
    assert activity.result(60) == 401
    status, page = form.result(60)
    assert status == 504
    assert "That server could not be reached" in page
    assert "net.timeout" in riverside.server.log()
