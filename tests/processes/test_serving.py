"""What a server of ours answers to other servers that read it."""

from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from app.federation.documents import ACTIVITY_JSON
from tests.processes.servers import Server, running


def ask(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(server.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", path, headers={"Accept": ACTIVITY_JSON, **headers})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_who_has_a_document_already_is_not_sent_it_again(commune: Server) -> None:
    status, headers, body = ask(commune, "/assembly")
    assert status == 200
    assert body
    status, again, body = ask(commune, "/assembly", **{"If-None-Match": headers["etag"]})
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])


@pytest.mark.parametrize(
    "path",
    [
        "/notices/%00",
        "/notices/%FF%FE",
        "/activities/a%20b%0A",
        "/dossiers/%E2%80%AE",
        "/acts/%00",
        "/people/%00",
        "/people/%00/outbox",
        "/.well-known/webfinger?resource=acct:%00@127.0.0.1",
        "/.well-known/webfinger?resource=%ED%A0%80",
        "/nodeinfo/3.0",
        "/nodeinfo/%00",
    ],
)
def test_an_address_that_is_none_of_ours_leads_nowhere(commune: Server, path: str) -> None:
    assert ask(commune, path)[0] == 404


def tried(server: Server, numbers: range, place: Callable[[int], str]) -> list[int]:
    """The status of one wrong password for each number, by somebody else each time, from the place that is said."""
    browser, statuses = build_opener(HTTPCookieProcessor()), []
    for number in numbers:
        page = browser.open(f"{server.url}/sign-in", timeout=20).read().decode()
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = urlencode({"csrf": csrf, "name": f"nobody-{number}", "password": "wrong", "next": "/"})
        said = {"Origin": server.url, "X-Forwarded-For": place(number)}
        try:
            browser.open(Request(f"{server.url}/sign-in", form.encode(), said), timeout=20)  # noqa: S310 - a server of the test
        except HTTPError as answer:
            statuses.append(answer.code)
    return statuses


@pytest.mark.withstands("H08")
def test_whence_a_request_comes_is_said_by_a_trusted_proxy_and_by_nobody_else(commune: Server, tmp_path: Path) -> None:
    assert tried(commune, range(6), lambda number: f"192.0.2.{number}") == [403] * 6
    assert tried(commune, range(6), lambda _: "192.0.2.99") == [403] * 5 + [429]
    assert tried(commune, range(6), lambda number: f"198.51.100.{number}, 192.0.2.98") == [403] * 5 + [429]
    bare = Server("Harbour", tmp_path / "data", settings={"ROUNDABOUT_TRUSTED_PROXIES": "10.0.0.0/8"})
    bare.make()
    with running(bare):
        assert tried(bare, range(6), lambda number: f"192.0.2.{number}") == [403] * 5 + [429]
