"""Somebody at a browser before a real server."""

import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from typing import ParamSpec
from urllib.error import HTTPError

from tests.processes.servers import Server

P = ParamSpec("P")


class Browser:
    """Someone at a browser: cookies, forms, nothing else."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("Accept", "text/html")]

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=60) as answer:
            text: str = answer.read().decode()
            return text

    def send(self, path: str, page: str, **fields: str) -> str:
        """Send a form of a page; the page that comes of it. HTTPError if it is refused."""
        return self._post(path, urllib.parse.urlencode(fields | {"csrf": token_of(page)}).encode(), {})

    def upload(self, path: str, page: str, description: str, picture: bytes) -> str:
        """Send a form of a page with a picture; the page that comes of it. HTTPError if it is refused."""
        end, head = b"\r\n--part", b'\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s'
        fields = ((b"csrf", b"", token_of(page).encode()), (b"description", b"", description.encode()))
        parts = (head % part for part in (*fields, (b"picture", b'; filename="a.png"', picture)))
        body = b"--part" + end.join(parts) + end + b"--\r\n"
        return self._post(path, body, {"Content-Type": "multipart/form-data; boundary=part"})

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> str:
        sent = {"Origin": self.server.url, **headers}
        request = urllib.request.Request(self.server.url + path, body, sent)  # noqa: S310 - ours
        with self.opener.open(request, timeout=60) as answer:
            text: str = answer.read().decode()
            return text


def refusal_of(send: Callable[P, object], *args: P.args, **fields: P.kwargs) -> tuple[int, str]:
    """The status with which what is sent is refused, and the page that says why."""
    try:
        send(*args, **fields)
    except HTTPError as no:
        with no:
            return no.code, no.read().decode()
    raise AssertionError("it was not refused")


def token_of(page: str) -> str:
    """What the forms of a page were made with."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def signed_in(server: Server, name: str) -> Browser:
    """A member of that name at a browser; the password is the one of `Server.make`."""
    browser = Browser(server)
    browser.send("/sign-in", browser.get("/sign-in"), name=name, password=f"{name.lower()}-password", next="/")
    return browser
