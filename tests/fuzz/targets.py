"""What is fuzzed: whatever the bytes, each target returns, and what it accepts is what it says it is."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from app.federation import documents, http_signatures, integrity_proofs, markup, objects, posts, verification
from app.federation.policy import normal_domain
from app.federation.signatures import Signature, SignedRequest
from app.kernel.canonical import canonical, read_document
from app.kernel.ids import origin, parse_id
from app.kernel.refusal import Refusal
from app.media.pictures import Picture, clean
from app.network.guard import check_url
from app.translation import vocabulary

ORIGIN: Final = "https://hill.example"
NOW: Final = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
_SHOWN: Final = {"href", "rel"}


def document(data: bytes) -> None:
    """JSON from anybody: read as an act, an activity, a post, an actor, a list, or refused by name."""
    read = read_document(data)
    if isinstance(read, Refusal):
        assert read.code.startswith("json.")
        return
    assert read_document(canonical(read)) == read, "what is written again is another document"
    signer = parse_id(read.get("actor"))
    if isinstance(signer, str) and verification.check_activity(read, signer, ORIGIN) is None:
        assert origin(read["id"]) == origin(signer), "an id of another origin than its actor's"
    for thing in (read, *(value for value in read.values() if isinstance(value, dict))):
        found = objects.read(posts.without_hidden(thing))
        assert found is not None
        if isinstance(found, Refusal):
            assert found.code
            assert len(found.because) < 4_000
    vocabulary.parse(read)
    for act in documents.acts_within(read):
        integrity_proofs.check_form(act)


def signature(data: bytes) -> None:
    """A request as bytes: its first line, its headers, an empty line, its body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    pairs = [line.partition(":") for line in lines]
    headers = tuple((name.strip().lower(), value) for name, _, value in pairs)
    request = SignedRequest(method or "POST", target or "/inbox", headers, body)
    found = http_signatures.parse(request, NOW, ORIGIN)
    for one in (found,) if isinstance(found, Refusal) else found:
        if isinstance(one, Refusal):
            assert one.code.partition(".")[0] in {"sig", "hdr", "key"}, one
        else:
            assert isinstance(one, Signature)
            assert one.base
    verification.verify(request, NOW, ORIGIN)


def address(data: bytes) -> None:
    """An address: who accepts it sees the host that every other reader sees."""
    text = data.decode("utf-8", "replace")
    for loopback in (False, True):
        found = parse_id(text, loopback=loopback)
        if isinstance(found, Refusal):
            assert check_url(text, loopback=loopback) is not None
            continue
        host = urlsplit(found).hostname
        assert host
        assert URL(found, encoded=True).raw_host == host, "two readers, two hosts"
        assert host == host.lower()
        assert found.isascii()
        assert "@" not in urlsplit(found).netloc
        check_url(found, loopback=loopback)
    domain = normal_domain(text)
    if isinstance(domain, str):
        assert normal_domain(domain) == domain, "one domain, two forms"


class _Seen(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in markup.TAGS, tag
        assert {name for name, _ in attrs} <= _SHOWN, attrs
        for name, value in attrs:
            assert name != "href" or str(value).startswith(("https://", "http://")), value


def text(data: bytes) -> None:
    """HTML from anybody: what is shown has a few tags, no attribute but an address, and no sign that turns lines."""
    said = data.decode("utf-8", "replace")
    shown = markup.html(said)
    seen = _Seen()
    seen.feed(shown)
    seen.close()
    assert not any(sign in shown for sign in "\u202e\u202d\u2066\u200f")
    assert "<" not in markup.from_plain(said).replace("<p>", "").replace("</p>", "").replace("<br>", "")
    line = markup.line(said)
    assert line.isprintable()
    assert len(line) <= markup.LONGEST_LINE


def picture(data: bytes) -> None:
    """A file that is said to be a picture: written anew, small and without anything else, or refused."""
    found = clean(data)
    if isinstance(found, Refusal):
        assert found.code in {"media.size", "media.type"}, found
        return
    again = clean(found.raw)
    assert isinstance(again, Picture), again
    assert (again.width, again.height) == (found.width, found.height)


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "address": address,
    "document": document,
    "picture": picture,
    "signature": signature,
    "text": text,
}
