"""What a server of ours answers to other servers that read it."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from app.federation.documents import ACTIVITY_JSON
from tests.processes.servers import Server


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
