"""A member at a browser: keeps cookies, follows redirects, fills in the forms that pages offer, and nothing else."""

import http.client
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from app.demo.markup import Page

_SECONDS: Final = 30
_MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ACTIVITY: Final = "application/activity+json"
_FORM: Final = "application/x-www-form-urlencoded"


class Visitor:
    """One person's browser at one server, over plain HTTP on loopback."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        """The page at `path`, wherever it leads."""
        return self._ask("GET", urljoin(self.url, path), None)

    def submit(
        self, page: Page, action: str, holding: Mapping[str, str] | None = None, **given: str | list[str]
    ) -> Page:
        """Fill in the form of `page` that goes to `action`, send it, and return the page that answers.

        Of several such forms, the one whose fields are set as in `holding`. ValueError for a field or
        a choice that the form does not offer, LookupError without such a form.
        """
        form = page.form(action, **(holding or {}))
        target = urljoin(page.url, form.action)
        body = urlencode(form.filled(given))
        if form.method != "post":
            return self._ask("GET", f"{target}?{body}", None)
        return self._ask("POST", target, body)

    def sign_in(self, name: str, password: str) -> Page:
        """Sign in through the page for it. PermissionError if it does not let this person in."""
        page = self.submit(self.get("/sign-in"), "/sign-in", name=name, password=password)
        if page.status != http.client.OK:
            raise PermissionError(f"{name} could not sign in at {self.url}: {page.text[:300]}")
        return page

    def _ask(self, method: str, url: str, body: str | None) -> Page:
        for _ in range(_MOST_REDIRECTS):
            status, location, html = self._exchange(method, url, body)
            if status not in _REDIRECTS or location is None:
                return Page(url, status, html)
            method, url, body = "GET", urljoin(url, location), None
        raise RecursionError(f"{url} redirects for ever")

    def _exchange(self, method: str, url: str, body: str | None) -> tuple[int, str | None, str]:
        parts = urlsplit(url)
        headers = {"Accept": "text/html", "Cookie": "; ".join(f"{key}={value}" for key, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": _FORM, "Origin": f"{parts.scheme}://{parts.netloc}"}
        connection = http.client.HTTPConnection(parts.netloc, timeout=_SECONDS)
        try:
            connection.request(method, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
            answer = connection.getresponse()
            html = answer.read().decode("utf-8", "replace")
            for line in answer.headers.get_all("Set-Cookie", []):
                self._cookies |= {key: morsel.value for key, morsel in SimpleCookie(line).items()}
            return answer.status, answer.headers.get("Location"), html
        finally:
            connection.close()


def fetch(url: str) -> bytes:
    """What another server would get at `url`. ConnectionError for any status but 200, OSError if nobody answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_SECONDS)
    try:
        connection.request("GET", url.removeprefix(f"{parts.scheme}://{parts.netloc}"), headers={"Accept": _ACTIVITY})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise ConnectionError(f"{url} answered {answer.status}")
    return body


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status with which a server answers what another server posts to it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_SECONDS)
    try:
        connection.request("POST", parts.path, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
