"""What lies ready is handed out past the application's layers, and is the same as what they answer."""

from http.client import HTTPConnection

from app.federation.documents import ACTIVITY_JSON
from tests.processes.servers import Server


def asked(commune: Server, path: str, accept: str, **more: str) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", commune.port, timeout=20)
    connection.request("GET", path, headers={"Accept": accept, **{name.replace("_", "-"): more[name] for name in more}})
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
    return answer.status, headers, answer.read()


def test_the_second_answer_is_the_first_one(commune: Server) -> None:
    finger = f"/.well-known/webfinger?resource=acct:assembly@127.0.0.1:{commune.port}"
    for path, accept in (("/assembly", ACTIVITY_JSON), ("/assembly/outbox?page=1", ACTIVITY_JSON), (finger, "*/*")):
        assert asked(commune, path, accept) == asked(commune, path, accept)


def test_who_has_it_already_is_told_so_and_a_browser_gets_the_page(commune: Server) -> None:
    _, headers, body = asked(commune, "/assembly", ACTIVITY_JSON)
    status, _, nothing = asked(commune, "/assembly", ACTIVITY_JSON, If_None_Match=headers["etag"])
    assert (status, nothing) == (304, b"")
    status, headers, page = asked(commune, "/assembly", "text/html")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert page != body


def test_who_is_nobody_here_has_no_collections_either(commune: Server) -> None:
    for collection in ("outbox", "outbox?page=1", "followers", "following?page=1"):
        assert asked(commune, f"/people/nobody/{collection}", ACTIVITY_JSON)[0] == 404
        assert asked(commune, f"/instance/{collection}", ACTIVITY_JSON)[0] == 200
