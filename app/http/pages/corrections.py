"""A refused form is given back on its page with what was typed, to be corrected and sent again."""

import asyncio
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Message

from app.http.pages import page
from app.http.pages.page import RefusedPage
from app.kernel.ids import origin

Typed = Mapping[str, tuple[str, ...]]
Attributes = list[tuple[str, str | None]]

_AS_SET: Final = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
_TICKED: Final = frozenset({"checkbox", "radio"})
_OF_A_FORM: Final = frozenset({"content-length", "content-type", "transfer-encoding", "accept"})
_AS_SENT: Final = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path")
_SECRET: Final = frozenset({"/me/password", "/me/words", "/me/confirm"})
_OK: Final = 200


async def offer(request: Request, typed: Typed, refused: RefusedPage) -> Response:
    """The page of the form with the reason above and what was typed in it; `refused` if the form is not there now.

    The page is the one that the browser says it came from, else the one that the refusal leads back to, the
    form's own address or the one above it. Passwords are never given back.
    """
    own = request.url.path
    if own in _SECRET:
        return refused
    for address in dict.fromkeys((_came_from(request), refused.back, own, own.rpartition("/")[0])):
        shown = await _read(request, address) if address.strip("/") else None
        found = _Forms(own, typed).among(shown) if shown is not None else None
        if shown is not None and found is not None:
            notice = page.ENVIRONMENT.get_template("correction.html").render(
                sentence=refused.sentence, code=refused.code
            )
            text = _Correction(found, typed, notice).of(shown)
            return HTMLResponse(text, refused.status_code, page.HEADERS)
    return page.kept(request, refused, words(request, typed))


def words(request: Request, typed: Typed) -> tuple[str, ...]:
    """What a person typed among the values of a form: whatever has more than one word; nothing of passwords."""
    if request.url.path in _SECRET:
        return ()
    return tuple(value for values in typed.values() for value in values if len(value.split()) > 1)


def _came_from(request: Request) -> str:
    """The address on this server from which a browser says that it sent the form; empty if it says none."""
    referer = request.headers.get("referer", "")
    if not referer.isascii() or origin(referer) != origin(str(request.app.state.instance.url)):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


async def _read(request: Request, address: str) -> str | None:
    """The page at an address of ours as the sender of `request` sees it; None if there is no page."""
    path, _, query = address.partition("?")
    headers = [one for one in request.headers.raw if one[0].decode("latin-1") not in _OF_A_FORM]
    scope = {key: request.scope[key] for key in _AS_SENT if key in request.scope} | {
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [*headers, (b"accept", b"text/html")],
        "state": {},
    }
    asked = asyncio.Event()
    head: Message = {}
    body = bytearray()

    async def receive() -> Message:
        if asked.is_set():
            await asyncio.Event().wait()  # the reader stays until it has the page
        asked.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        head.update(message)
        body.extend(message.get("body", b""))

    await request.app(scope, receive, send)
    kind = dict(head.get("headers", ())).get(b"content-type", b"")
    return body.decode() if head.get("status") == _OK and kind.startswith(b"text/html") else None


class _Forms(HTMLParser):
    """Looks for the form of a page from which `typed` was sent to `action`."""

    def __init__(self, action: str, typed: Typed) -> None:
        super().__init__()
        self._action, self._typed = action, typed
        self._count = -1
        self._offers: dict[int, set[str]] = {}
        self._others: set[int] = set()
        self._open = False

    def among(self, html: str) -> int | None:
        """Which of the page's forms it is: it has every field that was sent, and says the same where nobody types."""
        self.feed(html)
        self.close()
        sent = {name for name, values in self._typed.items() if any(values)}
        fitting = [number for number, names in self._offers.items() if number not in self._others and sent <= names]
        return fitting[0] if fitting else None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note what a form has."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._count += 1
            self._open = given.get("action", "").partition("?")[0] == self._action
            if self._open:
                self._offers[self._count] = set()
        elif self._open and "name" in given:
            name = given["name"]
            self._offers[self._count].add(name)
            fixed = given.get("type") == "hidden" and name not in {"csrf", "version", "about", "of_vote"}
            if fixed and given.get("value", "") not in self._typed.get(name, ("",)):
                self._others.add(self._count)

    def handle_endtag(self, tag: str) -> None:
        """Leave the form."""
        self._open = self._open and tag != "form"


class _Correction(HTMLParser):
    """Writes a page anew, letter by letter, but for the fields of one form and for a notice above."""

    def __init__(self, number: int, typed: Typed, notice: str) -> None:
        super().__init__(convert_charrefs=False)
        self._number, self._notice = number, notice
        self._left = {name: list(values) for name, values in typed.items()}
        self._typed = typed
        self._written: list[str] = []
        self._folded: list[int] = []
        self._count = -1
        self._inside = False
        self._area = False
        self._choosing: str | None = None

    def of(self, html: str) -> str:
        """The page with the notice and what was typed."""
        self.feed(html)
        self.close()
        return "".join(self._written)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Write a tag, filled in if it is a field of the form."""
        raw = self.get_starttag_text() or ""
        given = {name: value or "" for name, value in attrs}
        if tag == "details":
            self._folded.append(len(self._written))
        elif tag == "form":
            self._count += 1
            self._inside = self._count == self._number
            if self._inside:
                raw = '<div id="typed"></div>' + raw
                self._unfold()
        elif tag == "main":
            raw += self._notice
        elif self._inside:
            raw = self._field(tag, given, raw)
        self._written.append(raw)

    def _unfold(self) -> None:
        """Open what is folded away around this place, since it would hide what was typed."""
        for place in self._folded:
            self._written[place] = "<details open>"

    def _field(self, tag: str, given: dict[str, str], raw: str) -> str:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and kind in _TICKED:
            ticked = given.get("value", "on") in self._typed.get(name, ())
            if ticked:
                self._unfold()
            return _tag(tag, _without(given, "checked") | ({"checked": ""} if ticked else {}))
        if tag == "input" and kind not in _AS_SET and name in self._typed:
            return _tag(tag, given | {"value": self._next(name)})
        if tag == "textarea" and name in self._typed:
            self._area = True
            return raw + escape(self._next(name))
        if tag == "select":
            self._choosing = name if name in self._typed else None
        if tag == "option" and self._choosing is not None and "value" in given:
            chosen = given["value"] in self._typed[self._choosing]
            return _tag(tag, _without(given, "selected") | ({"selected": ""} if chosen else {}))
        return raw

    def _next(self, name: str) -> str:
        left = self._left[name]
        value = left.pop(0) if left else ""
        if value:
            self._unfold()
        return value

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """Write a tag that closes itself."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Write it, and leave what it closes."""
        if tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = False
        elif tag == "select":
            self._choosing = None
        self._written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write it, unless what was typed stands in its place."""
        if not self._area:
            self._written.append(data)

    def handle_entityref(self, name: str) -> None:
        """Write it as it was."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Write it as it was."""
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        """Write what kind of page it is."""
        self._written.append(f"<!{decl}>")


def _without(given: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in given.items() if key != name}


def _tag(tag: str, given: dict[str, str]) -> str:
    """A tag with these attributes."""
    said = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in given.items())
    return f"<{tag}{said}>"
