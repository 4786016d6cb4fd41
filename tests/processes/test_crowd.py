"""Many connections that ask nothing keep nobody out of a real server (hostile D01)."""

import resource
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.http.crowd import Crowd
from tests.processes.servers import Server, running


class Guest:
    """A connection that is being served or not."""

    def __init__(self, *, served: bool = False) -> None:
        self.served = served
        self.sent_away = False

    def is_served(self) -> bool:
        return self.served

    def send_away(self) -> None:
        self.sent_away = True


def come(crowd: Crowd, *addresses: str | None, served: bool = False) -> list[Guest]:
    guests = [Guest(served=served) for _ in addresses]
    assert all(crowd.admit(guest, address) for guest, address in zip(guests, addresses, strict=True))
    return guests


def test_of_one_address_the_first_that_asks_nothing_leaves_and_others_stay() -> None:
    crowd = Crowd(10, 2)
    other, served, idle = come(crowd, "192.0.2.9"), come(crowd, "192.0.2.1", served=True), come(crowd, "192.0.2.1")
    come(crowd, "192.0.2.1")
    assert [one.sent_away for one in (*other, *served, *idle)] == [False, False, True]
    assert len(crowd) == 3


def test_who_is_being_served_is_not_sent_away_for_another() -> None:
    crowd = Crowd(2, 2)
    come(crowd, "192.0.2.1", "192.0.2.2", served=True)
    assert not crowd.admit(Guest(), "192.0.2.3")
    assert len(crowd) == 2


def test_one_household_of_ipv6_is_one_address_and_an_address_in_another_spelling_the_same() -> None:
    crowd = Crowd(10, 1)
    first, _ = come(crowd, "2001:db8:1:2::1", "2001:db8:1:3::1")
    come(crowd, "2001:db8:1:2:ffff::9")
    assert first.sent_away
    second, _ = come(crowd, "192.0.2.1", "::ffff:192.0.2.1")
    assert second.sent_away


def test_a_proxy_before_us_and_a_socket_of_this_machine_bring_many() -> None:
    crowd = Crowd(6, 1, ["127.0.0.1", " 172.16.0.0/12"])
    guests = come(crowd, "127.0.0.1", "127.0.0.1", "172.18.0.1", "172.18.0.1", None, None)
    assert not any(one.sent_away for one in guests)
    come(crowd, "127.0.0.1")
    assert [one.sent_away for one in guests] == [True, False, False, False, False, False]


def test_who_has_left_makes_room_once() -> None:
    crowd = Crowd(1, 1)
    [guest] = come(crowd, "192.0.2.1")
    crowd.leave(guest)
    crowd.leave(guest)
    come(crowd, "192.0.2.1")
    assert (len(crowd), guest.sent_away) == (1, False)


@contextmanager
def idle(server: Server, count: int, *addresses: str) -> Iterator[list[socket.socket]]:
    """So many connections that ask nothing, from these addresses in turn."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, min(most, 4 * count)), most))
    with ExitStack() as stack:
        made = []
        for number in range(count):
            source = (addresses[number % len(addresses)], 0)
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=20, source_address=source)
            made.append(stack.enter_context(connection))
        yield made


def still_open(connections: list[socket.socket]) -> int:
    """How many the server has not closed; it says nothing on any."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
    return len(connections) - len(poll.poll(0))


def asked_from(server: Server, address: str) -> bytes:
    """What somebody at an address is answered who asks if we are alive."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20, source_address=(address, 0)) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := connection.recv(4096):
            answer += part
    return answer


@pytest.mark.withstands("D01")
def test_two_thousand_connections_of_one_address_that_ask_nothing_are_cut_to_what_one_may_have(
    tmp_path: Path,
) -> None:
    server = Server("Patient", tmp_path / "data", options=("--head-seconds", "600"))
    server.make("Ana")
    with running(server), idle(server, 2_000, "127.0.6.1") as connections:
        assert asked_from(server, "127.0.6.2").startswith(b"HTTP/1.1 200")
        assert asked_from(server, "127.0.6.1").startswith(b"HTTP/1.1 200")  # their neighbour is let in too
        assert 500 < still_open(connections) < 512


@pytest.mark.withstands("D01")
def test_two_thousand_connections_of_many_addresses_that_ask_nothing_keep_nobody_out(tmp_path: Path) -> None:
    """The limit of open files of many machines is 1,024: far fewer are let in, and they make room."""
    server = Server("Crowded", tmp_path / "data", options=("--connections", "100", "--head-seconds", "600"))
    server.make("Ana")
    places = [f"127.0.7.{number}" for number in range(1, 41)]
    with running(server), idle(server, 2_000, *places) as connections:
        for _ in range(3):
            assert asked_from(server, "127.0.8.1").startswith(b"HTTP/1.1 200")
        assert 0 < still_open(connections) < 100
