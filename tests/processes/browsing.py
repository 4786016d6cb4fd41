"""Somebody at a browser before a real server."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from urllib.error import HTTPError

from tests.processes.servers import Server


class Browser:
    """Someone at a browser: cookies, forms, nothing else."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=60) as answer:
            text: str = answer.read().decode()
            return text

    def send(self, path: str, page: str, **fields: str) -> str:
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        body = urllib.parse.urlencode(fields | {"csrf": token[1]}).encode()
        request = urllib.request.Request(self.server.url + path, body, {"Origin": self.server.url})  # noqa: S310 - ours
        with self.opener.open(request, timeout=60) as answer:
            text: str = answer.read().decode()
            return text

    def refused(self, path: str, page: str, **fields: str) -> tuple[int, str]:
        """Send a form that is refused; the status, and the page that says why."""
        try:
            self.send(path, page, **fields)
        except HTTPError as no:
            with no:
                return no.code, no.read().decode()
        raise AssertionError(f"{path} was not refused")


def signed_in(server: Server, name: str) -> Browser:
    """A member of that name at a browser; the password is the one of `Server.make`."""
    browser = Browser(server)
    browser.send("/sign-in", browser.get("/sign-in"), name=name, password=f"{name.lower()}-password", next="/")
    return browser
