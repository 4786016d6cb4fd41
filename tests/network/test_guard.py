"""What a request may name and what it may reach."""

import re
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusal import Refusal
from app.network.guard import check_url, is_public, may_dial
from tests.house.checkout import modules, shown


def code(url: str, *, loopback: bool = False, own_origin: str = "") -> str | None:
    refused = check_url(url, loopback=loopback, own_origin=own_origin)
    return refused.code if isinstance(refused, Refusal) else None


@pytest.mark.withstands("C03")
@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "::1", "::", "0.0.0.0", "0.1.2.3", "::ffff:127.0.0.1", "::ffff:10.0.0.1"],  # noqa: S104 - nothing listens here
)
def test_this_machine_is_not_public_however_it_is_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.withstands("C04")
@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "198.18.0.1", "198.19.255.255", "192.0.2.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:2::1", "::7f00:1", "::808:808",
        "fe80::1", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "100::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1",
        "0.255.255.255", "10.255.255.255", "127.255.255.255", "169.254.0.0", "169.254.255.255", "192.0.0.255",
        "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.255.255", "192.175.48.1", "198.51.100.1", "203.0.113.1",
        "2001:1ff:ffff::1", "2002:ffff::1", "2620:4f:8000::1", "3fff:fff::1",
    ],
)  # fmt: skip
def test_what_is_set_aside_for_other_ends_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "1.0.0.0", "9.255.255.255",
        "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.31.197.0", "192.52.194.0", "192.88.98.255",
        "192.167.255.255", "192.169.0.0", "192.175.49.0", "198.17.255.255", "198.20.0.0", "198.51.101.0",
        "203.0.112.255", "203.0.114.0", "223.255.255.255", "2000::1", "2001:200::1", "2001:db7::1", "2001:db9::1",
        "2003::1", "2620:4f:8001::1", "3fff:1000::1", "3ffe::1",
    ],
)  # fmt: skip
def test_the_public_internet_is_public_up_to_the_edges_of_what_is_not(address: str) -> None:
    assert is_public(address)
    literal = f"[{address}]" if ":" in address else address
    assert code(f"https://{literal}/") is None
    assert may_dial(address, loopback=True)


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_private(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_link_local:
        assert not is_public(address) or getattr(address, "ipv4_mapped", None) is not None


def test_in_loopback_mode_this_machine_may_be_dialled_and_its_neighbours_may_not() -> None:
    assert may_dial("127.0.0.1", loopback=True)
    assert may_dial("::1", loopback=True)
    assert not may_dial("127.0.0.1", loopback=False)
    assert not may_dial("192.168.1.1", loopback=True)
    assert not may_dial("no address", loopback=True)


@pytest.mark.withstands("C05")
@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "1.2.3.0x4", "example.1", "[::ffff:7f00:1]"]
)
def test_a_host_that_looks_like_a_number_is_refused(host: str) -> None:
    assert code(f"https://{host}/") == "ssrf.addr"


@pytest.mark.withstands("C06")
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "data:text/plain,x",
        "ftp://a.example/",
        "unix:///run/x",
        "http://a.example/",
        "//a.example/",
    ],
)
def test_other_schemes_than_https_are_refused(url: str) -> None:
    assert code(url) == "url.form"


@pytest.mark.withstands("C07")
@pytest.mark.parametrize("url", ["https://a.example:22/", "https://a.example:8443/", "https://u:p@a.example/"])
def test_odd_ports_and_names_before_the_host_are_refused(url: str) -> None:
    assert code(url) == "url.form"


@pytest.mark.withstands("C07")
def test_a_port_that_is_listed_may_be_asked() -> None:
    assert check_url("https://a.example:8443/", ports=frozenset({443, 8443})) is None


@pytest.mark.withstands("C09")
@pytest.mark.parametrize(
    "url", ["https://a.example/\r\nX: 1", "https://a.example/a b", "https://a.example/\t", "https://a\\@b.example/"]
)
def test_an_address_that_could_end_its_line_is_refused(url: str) -> None:
    assert code(url) == "url.form"


@pytest.mark.withstands("C12")
def test_our_own_addresses_are_never_asked_for() -> None:
    assert code("https://a.example/acts/1", own_origin="https://a.example") == "url.own"
    assert code("https://a.example:443/acts/1", own_origin="https://a.example") == "url.own"
    assert code("https://b.example/acts/1", own_origin="https://a.example") is None
    for port, found in ((":80", "url.own"), ("", "url.own"), (":443", None), (":8001", None)):
        assert code(f"http://localhost{port}/acts/1", loopback=True, own_origin="http://localhost") == found


@pytest.mark.withstands("C14")
@pytest.mark.parametrize(
    "host",
    ["x.onion", f"{'a' * 56}.onion", "x.i2p", "printer.local", "localhost", "a.localhost", "intranet", "x.alt",
     "1.0.0.127.in-addr.arpa", "metadata.google.internal"],
)  # fmt: skip
def test_names_that_the_public_internet_does_not_have_are_refused(host: str) -> None:
    assert code(f"https://{host}/") == "url.form"


@pytest.mark.withstands("C14")
def test_an_onion_address_needs_a_proxy_that_we_do_not_have() -> None:
    assert code(f"http://{'a' * 56}.onion/") == "url.form"


def test_loopback_mode_allows_this_machine_on_any_port_and_the_rest_by_https_alone() -> None:
    assert code("http://127.0.0.1:8001/inbox", loopback=True) is None
    assert code("http://localhost:8001/inbox", loopback=True) is None
    assert code("https://a.example/inbox", loopback=True) is None
    assert code("http://a.example/inbox", loopback=True) == "url.form"
    assert code("https://10.0.0.1/inbox", loopback=True) == "ssrf.addr"


@pytest.mark.withstands("C08")
def test_nothing_else_in_the_program_can_make_a_request() -> None:
    doors = re.compile(
        r"^\s*(?:import|from)\s+(?:httpx2?|aiohttp|requests|urllib3|urllib\.request|http\.client)\b", re.MULTILINE
    )
    found = {shown(path) for path in modules() if doors.search(path.read_text(encoding="utf-8"))}
    assert found == {
        "app/network/client.py",
        "app/network/dialer.py",
        "app/network/transport.py",
        "app/demo/visitor.py",  # the demo is a visitor from outside, and only to its own servers on loopback
    }
