"""What hangs on a post from outside: mentions, hashtags, custom emoji, links to objects, files, answers of a poll.

Sources: FEP-e232 (object links), FEP-eb48 and Mastodon's documentation (hashtags, emoji), hostile D09.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.federation import markup, values
from app.kernel.canonical import Document
from app.kernel.ids import Id

_FILES: Final = frozenset({"Document", "Image", "Video", "Audio", "Link", "Page"})
_LONGEST_NAME: Final = 100
_LONGEST_DESCRIPTION: Final = 1_500


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody whom a post names; what it calls them is only a word."""

    actor: Id
    name: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A picture that stands for `:name:` in a text."""

    name: str
    picture: Id


@dataclass(frozen=True, slots=True)
class Link:
    """Another object that a post links to, with what the link is for (FEP-e232)."""

    href: Id
    media_type: str
    rel: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a post, each kind in the order written."""

    mentions: tuple[Mention, ...]
    hashtags: tuple[str, ...]
    emoji: tuple[Emoji, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a post, where it lies elsewhere; `description` is for who cannot see it."""

    kind: str
    url: Id
    media_type: str
    description: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that a poll elsewhere offers, and how many chose it there."""

    name: str
    votes: int


def parse_tags(document: Document, *, loopback: bool = False) -> Tags:
    """The tags of a document; at most 50 are looked at, and what has no name or address is left out."""
    mentions: dict[Id, Mention] = {}
    hashtags: dict[str, str] = {}
    emoji: dict[str, Emoji] = {}
    links: dict[Id, Link] = {}
    for tag in values.listed(document.get("tag")):
        if not isinstance(tag, Mapping):
            continue
        kind, name = values.kinds(tag.get("type")), markup.line(values.text(tag.get("name")), _LONGEST_NAME)
        href = values.address(tag.get("href"), loopback=loopback)
        if "Mention" in kind and href is not None:
            mentions[href] = Mention(href, name)
        elif "Hashtag" in kind and name.strip("#"):
            hashtags[name.strip("#").casefold()] = name.strip("#")
        elif "Emoji" in kind and name.strip(":"):
            picture = _picture(tag.get("icon"), loopback=loopback)
            if picture is not None:
                emoji[name.strip(":")] = Emoji(name.strip(":"), picture)
        elif "Link" in kind and href is not None:
            rel = tuple(item for item in values.listed(tag.get("rel")) if isinstance(item, str))
            links[href] = Link(href, values.text(tag.get("mediaType"))[:_LONGEST_NAME], rel)
    return Tags(tuple(mentions.values()), tuple(hashtags.values()), tuple(emoji.values()), tuple(links.values()))


def parse_attachments(document: Document, *, loopback: bool = False) -> tuple[Attachment, ...]:
    """The files of a document: those attached, and of a film, a sound or a picture the file that it is."""
    own = document if set(values.kinds(document.get("type"))) & {"Video", "Audio", "Image", "Document"} else None
    found: dict[Id, Attachment] = {}
    for item in (own, *values.listed(document.get("attachment")), *values.listed(document.get("image"))):
        attachment = _attachment(item, loopback=loopback)
        if attachment is not None:
            found.setdefault(attachment.url, attachment)
    return tuple(found.values())


def parse_options(document: Document) -> tuple[Option, ...]:
    """The answers that a poll offers, with the counts that its server claims; they are no ballots of ours."""
    found: list[Option] = []
    for item in (*values.listed(document.get("oneOf")), *values.listed(document.get("anyOf"))):
        name = markup.line(values.text(item.get("name"))) if isinstance(item, Mapping) else ""
        if name and isinstance(item, Mapping):
            replies = item.get("replies")
            total = values.number(replies.get("totalItems")) if isinstance(replies, Mapping) else None
            found.append(Option(name, total or 0))
    return tuple(found[: values.MOST])


def _attachment(item: object, *, loopback: bool) -> Attachment | None:
    if isinstance(item, str):
        item = {"type": "Document", "url": item}
    if not isinstance(item, Mapping):
        return None
    kind = next((kind for kind in values.kinds(item.get("type")) if kind in _FILES), None)
    links = values.listed(item.get("url") or item.get("href"))
    url = values.first(list(links), loopback=loopback)
    if kind is None or url is None:
        return None
    first = next((link for link in links if isinstance(link, Mapping)), {})
    media_type = values.text(item.get("mediaType") or first.get("mediaType") or first.get("mimeType"))
    description = values.text(item.get("summary") or item.get("name"))
    return Attachment(
        kind,
        url,
        markup.line(media_type, _LONGEST_NAME),
        markup.line(description, _LONGEST_DESCRIPTION),
        values.number(item.get("width")),
        values.number(item.get("height")),
    )


def _picture(icon: object, *, loopback: bool) -> Id | None:
    for item in values.listed(icon):
        found = values.page(item.get("url") if isinstance(item, Mapping) else item, loopback=loopback)
        if found is not None:
            return found
    return None
