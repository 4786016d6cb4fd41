"""Posts from outside: whatever another server lets people write and read, as one plain value.

Sources: Activity Streams 2.0; the documents of Mastodon, GoToSocial, Pleroma, Akkoma, Misskey, Mitra, Pixelfed,
Friendica, Hubzilla, Lemmy, Mbin, Lotide, PeerTube, Funkwhale, Mobilizon, Gancio, WordPress, Plume, Bookwyrm and others.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from app.federation import audience, markup, values
from app.federation.tags import Attachment, Option, Tags, parse_attachments, parse_options, parse_tags
from app.kernel.canonical import Document
from app.kernel.ids import Id, parse_id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

KINDS: Final = frozenset({"Note", "Question", "Article", "Page", "Event", "Image", "Video", "Audio", "Document"})
"""The types that are read as posts."""

HIDDEN: Final = frozenset({"bto", "bcc"})
"""Recipients that nobody but the sender may know (hostile B34)."""

_AS_PLAIN: Final = frozenset({"text/plain", "text/markdown", "text/x.misskeymarkdown"})


class Visibility(IntEnum):
    """Who may read a post, from narrow to wide: a later version may only go down (hostile B33)."""

    DIRECT = 0
    FOLLOWERS = 1
    UNLISTED = 2
    PUBLIC = 3


@dataclass(frozen=True, slots=True)
class Post:
    """A post as read: texts are safe to show, `content` is HTML, the others are plain lines.

    `author` is the one who speaks, `owners` all whom the document is attributed to. Times are those that the
    author's server says. `options` are a poll's.
    """

    id: Id
    kind: str
    author: Id
    owners: tuple[Id, ...]
    visibility: Visibility
    recipients: tuple[Id, ...]
    answers: Id | None
    context: Id | None
    title: str
    content: str
    summary: str
    language: str
    sensitive: bool
    page: Id | None
    published: Instant | None
    updated: Instant | None
    starts: Instant | None
    ends: Instant | None
    tags: Tags
    attachments: tuple[Attachment, ...]
    options: tuple[Option, ...]
    quotes: Id | None
    replies: Id | None

    @property
    def is_vote(self) -> bool:
        """True for what other servers send as a vote in a poll: a name that answers, and no text."""
        return self.kind == "Note" and self.answers is not None and bool(self.title) and not self.content


def parse_post(document: Document, *, loopback: bool = False) -> Post | Refusal:
    """The post that a document is; `post.kind`, `id.form` or `post.author` if it is none.

    A post without a text, a date or readable tags is a post without them.
    """
    kind = next((kind for kind in values.kinds(document.get("type")) if kind in KINDS), None)
    if kind is None:
        return Refusal("post.kind", f"not a post: {str(document.get('type'))[:80]!r}")
    post_id = parse_id(document.get("id"), loopback=loopback)
    if isinstance(post_id, Refusal):
        return post_id
    owners = owners_of(document, loopback=loopback)
    author = _author(document, owners, loopback=loopback)
    if author is None:
        return Refusal("post.author", f"{post_id} says of nobody that they wrote it")
    language, content = _content(document)
    recipients = [item for key in ("to", "cc", "audience") for item in audience.addresses(document.get(key))]
    return Post(
        id=post_id,
        kind=kind,
        author=author,
        owners=owners or (author,),
        visibility=visibility(document),
        recipients=values.addresses(recipients, loopback=loopback),
        answers=values.first(document.get("inReplyTo"), loopback=loopback),
        context=values.first(document.get("context") or document.get("conversation"), loopback=loopback),
        title=markup.line(_translated(document, "name")[1]),
        content=content,
        summary=markup.line(_translated(document, "summary")[1]),
        language=language,
        sensitive=document.get("sensitive") is True,
        page=values.page(document.get("url"), loopback=loopback),
        published=values.when(document.get("published")),
        updated=values.when(document.get("updated")),
        starts=values.when(document.get("startTime")),
        ends=values.when(document.get("endTime")),
        tags=parse_tags(document, loopback=loopback),
        attachments=parse_attachments(document, loopback=loopback),
        options=parse_options(document) if kind == "Question" else (),
        quotes=_quoted(document, loopback=loopback),
        replies=values.first(document.get("replies"), loopback=loopback),
    )


def owners_of(document: Document, *, loopback: bool = False) -> tuple[Id, ...]:
    """Everyone whom a document is attributed to, as string, object or list (a channel beside its owner)."""
    return values.addresses(document.get("attributedTo"), loopback=loopback)


def visibility(document: Document) -> Visibility:
    """Who may read a document, by its recipients; one that names none is for who got it."""
    if audience.is_public({"to": document.get("to")}):
        return Visibility.PUBLIC
    if audience.is_public(document):
        return Visibility.UNLISTED
    named = [item for key in ("to", "cc") for item in audience.addresses(document.get(key))]
    return Visibility.FOLLOWERS if any(item.endswith("/followers") for item in named) else Visibility.DIRECT


def without_hidden(document: Document) -> Document:
    """The document and what it holds without hidden recipients, and without a Linked Data signature (B12, B34)."""
    return {
        key: without_hidden(value) if isinstance(value, dict) else value
        for key, value in document.items()
        if key not in HIDDEN and key != "signature"
    }


def _author(document: Document, owners: tuple[Id, ...], *, loopback: bool) -> Id | None:
    """Who speaks: of several owners the person, else the first; where none is named, the `actor` of old servers."""
    listed = values.listed(document.get("attributedTo"))
    people = [item for item in listed if isinstance(item, dict) and "Person" in values.kinds(item.get("type"))]
    return values.first(people, loopback=loopback) or next(
        iter(owners), values.first(document.get("actor"), loopback=loopback)
    )


def _content(document: Document) -> tuple[str, str]:
    """Language and safe HTML of the text."""
    language, text = _translated(document, "content")
    media_type = values.text(document.get("mediaType")).partition(";")[0].strip().lower()
    return language, markup.from_plain(text) if media_type in _AS_PLAIN else markup.html(text)


def _translated(document: Document, key: str) -> tuple[str, str]:
    """A text and the language it is in: the plain property, else the first of its map."""
    said, map_ = values.text(document.get(key)), document.get(f"{key}Map")
    known = {}
    if isinstance(map_, dict):
        known = {name: text for name, text in list(map_.items())[: values.MOST] if isinstance(text, str)}
    if not said:
        said = next(iter(known.values()), "")
    language = next((name for name, text in known.items() if text == said), "")
    return (language if len(language) <= 35 and language.replace("-", "").isalnum() else ""), said


def _quoted(document: Document, *, loopback: bool) -> Id | None:
    """The post that is quoted (FEP-044f, and the names before it)."""
    for key in ("quote", "quoteUrl", "quoteUri", "_misskey_quote"):
        found = values.first(document.get(key), loopback=loopback)
        if found is not None:
            return found
    return None
