"""The one client against real servers: where it goes, when it stops, and what it sends."""

import resource
import ssl
from pathlib import Path

import pytest
from aiohttp import ClientConnectorError, ClientSession

from app.kernel.refusal import Refusal
from app.network.client import Answer, Client
from app.network.dialer import AddressRefusedError, GuardedConnector, GuardedResolver
from tests.network.servers import Names, answer, certificate, moved, serving

pytestmark = pytest.mark.anyio


async def fetch(client: Client, url: str, max_bytes: int = 1000) -> Answer | str:
    """The answer, or the code of the refusal; the client is closed."""
    found = await client.get(url, headers={"accept": "application/activity+json"}, max_bytes=max_bytes)
    await client.close()
    return found.code if isinstance(found, Refusal) else found


async def test_a_fetch_returns_status_headers_and_bytes() -> None:
    async with serving(lambda _: answer(b'{"id":1}', ETag='"1"')) as server:
        found = await fetch(Client(loopback=True), f"{server.url}/acts/1")
    assert isinstance(found, Answer)
    assert (found.status, found.body, found.headers["etag"]) == (200, b'{"id":1}', '"1"')


async def test_an_address_travels_byte_for_byte_as_it_was_signed() -> None:
    target = "/a%7Eb/(c)'?x=%41&y=[1]&z=~"
    async with serving(lambda _: answer()) as server:
        client = Client(loopback=True)
        await client.get(server.url + target, headers={})
        await client.post(server.url + target, headers={}, body=b"{}")
        await client.close()
    assert server.targets == [target, target]


@pytest.mark.withstands("C01")
@pytest.mark.parametrize(
    "aim",
    ["https://10.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://192.168.0.1/", "https://[fd00::1]/"],
)
async def test_a_redirect_to_an_inner_address_fails(tmp_path: Path, aim: str) -> None:
    theirs, ours = certificate(tmp_path, "localhost")
    async with serving(lambda _: moved(aim), theirs, "localhost") as server:
        assert await fetch(Client(loopback=True, tls=ours), f"{server.url}/") == "ssrf.addr"


@pytest.mark.withstands("C01")
async def test_a_redirect_to_a_name_with_an_inner_address_fails(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "localhost")
    names = Names(("127.0.0.1",))
    async with serving(lambda _: moved("https://inner.example/"), theirs, "localhost") as server:
        assert await fetch(Client(loopback=True, tls=ours, resolver=names), f"{server.url}/") == "ssrf.addr"
    assert names.asked == ["localhost", "inner.example"]


@pytest.mark.withstands("C02")
@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("::1",), ("93.184.216.34", "10.0.0.1"), ("::ffff:10.0.0.1",)])
async def test_a_name_with_an_inner_address_among_its_own_is_refused(addresses: tuple[str, ...]) -> None:
    assert await fetch(Client(resolver=Names(addresses)), "https://a.example/") == "ssrf.addr"


@pytest.mark.withstands("C02")
async def test_each_answer_of_a_resolver_is_checked_and_is_what_is_dialled() -> None:
    resolver = GuardedResolver(Names(("93.184.216.34",), ("127.0.0.1",)), loopback=False)
    assert [result["host"] for result in await resolver.resolve("a.example", 443)] == ["93.184.216.34"]
    with pytest.raises(AddressRefusedError):
        await resolver.resolve("a.example", 443)


@pytest.mark.withstands("C02")
async def test_the_dialer_refuses_what_no_resolver_was_asked_about() -> None:
    async with serving(lambda _: answer()) as server:
        connector = GuardedConnector(loopback=False, resolver=None, tls=ssl.create_default_context())
        async with ClientSession(connector=connector) as session:
            with pytest.raises(ClientConnectorError) as refused:
                await session.get(server.url)
    assert isinstance(refused.value.os_error, AddressRefusedError)
    assert server.connections == 0


@pytest.mark.withstands("C08")
async def test_a_delivery_is_guarded_as_a_fetch_is() -> None:
    client = Client(resolver=Names(("127.0.0.1",)))
    for url, code in (("https://a.example/inbox", "ssrf.addr"), ("http://127.0.0.1/inbox", "url.form")):
        refused = await client.post(url, headers={}, body=b"{}")
        assert isinstance(refused, Refusal)
        assert refused.code == code
    await client.close()


@pytest.mark.withstands("C06")
async def test_a_redirect_from_https_to_http_fails(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "localhost")
    async with (
        serving(lambda _: answer()) as plain,
        serving(lambda _: moved(plain.url), theirs, "localhost") as server,
    ):
        assert await fetch(Client(loopback=True, tls=ours), f"{server.url}/") == "net.redirect"
    assert plain.heads == []


@pytest.mark.withstands("C09")
@pytest.mark.parametrize("headers", [{"accept": "a\r\nX: 1"}, {"a\nb": "1"}, {"": "1"}])
async def test_a_header_that_could_end_its_line_is_not_sent(headers: dict[str, str]) -> None:
    async with serving(lambda _: answer()) as server:
        client = Client(loopback=True)
        for refused in (
            await client.get(server.url, headers=headers),
            await client.post(server.url, headers=headers, body=b""),
        ):
            assert isinstance(refused, Refusal)
            assert refused.code == "header.form"
        await client.close()
    assert server.heads == []


@pytest.mark.withstands("C10")
async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(lambda _: answer()) as proxy, serving(lambda _: answer()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        client = Client(loopback=True)
        await client.get(server.url, headers={})
        await client.post(server.url, headers={}, body=b"{}")
        await client.close()
    assert (len(proxy.heads), len(server.heads)) == (0, 2)


@pytest.mark.withstands("C11")
async def test_a_certificate_that_nobody_vouches_for_or_of_another_name_ends_the_fetch(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "other.example")
    async with serving(lambda _: answer(), theirs) as server:
        assert await fetch(Client(loopback=True), f"{server.url}/") == "net.tls"
        assert await fetch(Client(loopback=True, tls=ours), f"{server.url}/") == "net.tls"
    assert server.heads == []


@pytest.mark.withstands("C12")
async def test_a_redirect_to_ourselves_is_not_followed() -> None:
    async with serving(lambda _: answer()) as own, serving(lambda _: moved(f"{own.url}/acts/1")) as server:
        assert await fetch(Client(loopback=True, own_origin=own.url), f"{server.url}/") == "url.own"
    assert own.heads == []


@pytest.mark.withstands("D02")
async def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    drops = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000]
    async with serving(lambda _: drops) as server:
        client = Client(loopback=True, deadline_seconds=0.4)
        for refused in (
            await client.get(server.url, headers={}),
            await client.post(server.url, headers={}, body=b""),
        ):
            assert isinstance(refused, Refusal)
            assert refused.code == "net.timeout"
        await client.close()


@pytest.mark.parametrize(
    "response",
    [
        answer(b"x" * 1001),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n0\r\n\r\n",
    ],
    ids=["announced", "in chunks"],
)
async def test_an_answer_over_the_limit_is_not_read_to_its_end(response: bytes) -> None:
    async with serving(lambda _: response) as server:
        assert await fetch(Client(loopback=True), server.url) == "net.size"


@pytest.mark.withstands("D04")
async def test_compressed_bytes_are_refused_since_none_were_asked_for() -> None:
    async with serving(lambda _: answer(b"\x1f\x8b", Content_Encoding="gzip")) as server:
        assert await fetch(Client(loopback=True), server.url) == "net.encoding"
    assert "accept-encoding: identity" in server.heads[0].lower()


@pytest.mark.withstands("D06")
async def test_redirects_end_at_the_third_hop_and_at_a_loop() -> None:
    def count_up(target: str) -> bytes:
        return moved(f"/{int(target[1:]) + 1}")

    async with serving(count_up) as server:
        assert await fetch(Client(loopback=True), f"{server.url}/0") == "net.redirect"
    assert server.targets == ["/0", "/1", "/2", "/3"]
    async with serving(lambda target: moved("/b" if target == "/a" else "/a")) as server:
        assert await fetch(Client(loopback=True), f"{server.url}/a") == "net.redirect"
    assert server.targets == ["/a", "/b"]


async def test_three_hops_are_followed_and_each_is_signed_for_itself() -> None:
    def signature(method: str, url: str) -> dict[str, str]:
        return {"signature": f"{method} {url}"}

    async with serving(
        lambda target: answer(b"there") if target == "/3" else moved(f"/{int(target[1:]) + 1}")
    ) as server:
        client = Client(loopback=True)
        found = await client.get(f"{server.url}/0", headers={}, sign=signature)
        await client.close()
    assert isinstance(found, Answer)
    assert (found.url, found.body) == (f"{server.url}/3", b"there")
    assert [
        f"signature: GET {server.url}/{hop}" in server.heads[hop].lower().replace("get", "GET") for hop in range(4)
    ] == [True] * 4


async def test_a_delivery_keeps_its_connection_and_follows_nothing() -> None:
    async with serving(lambda _: moved("/elsewhere")) as server:
        client = Client(loopback=True)
        answers = [await client.post(f"{server.url}/inbox", headers={"digest": "x"}, body=b"{}") for _ in range(3)]
        await client.close()
    assert [found.status if isinstance(found, Answer) else found for found in answers] == [302] * 3
    assert (server.connections, server.targets, server.bodies) == (1, ["/inbox"] * 3, [b"{}"] * 3)


async def test_of_a_long_answer_to_a_delivery_only_the_beginning_is_read() -> None:
    async with serving(lambda _: answer(b"x" * 1_000_000, "400 Bad Request")) as server:
        client = Client(loopback=True)
        found = await client.post(server.url, headers={}, body=b"{}")
        await client.close()
    assert isinstance(found, Answer)
    assert (found.status, len(found.body)) == (400, 65_536)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with serving(lambda _: answer()) as server:
        url = server.url
    assert await fetch(Client(loopback=True), url) == "net.unreachable"


async def test_a_machine_that_has_no_file_left_says_so_and_blames_no_server() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with serving(lambda _: answer()) as server:
        client = Client(loopback=True)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            refused = await client.post(server.url, headers={}, body=b"{}")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert isinstance(refused, Refusal)
        assert refused.code == "net.exhausted"
        assert isinstance(await client.post(server.url, headers={}, body=b"{}"), Answer)
        await client.close()


@pytest.mark.withstands("D17")
async def test_only_so_many_connections_are_kept_for_later() -> None:
    connector = GuardedConnector(loopback=True, resolver=None, tls=ssl.create_default_context(), hosts_kept=2)
    async with (
        serving(lambda _: answer()) as one,
        serving(lambda _: answer()) as two,
        serving(lambda _: answer()) as three,
        ClientSession(connector=connector) as session,
    ):
        for server in (one, two, three) * 2:
            async with session.get(server.url) as response:
                await response.read()
    assert [server.connections for server in (one, two, three)] == [1, 1, 2]
