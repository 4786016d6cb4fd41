"""Hashtags that a member writes into a text: found in its HTML, made links, and said in `tag` (FEP-eb48)."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from unicodedata import category, normalize
from urllib.parse import quote

from app.kernel.canonical import Document

MOST: Final = 20
"""So many different hashtags of one text are said and linked; the others stay words."""

MOST_LINKS: Final = 40
_LONGEST: Final = 100
_LONGEST_KEY: Final = 3 * _LONGEST  # folding case can lengthen a word
_MARKUP: Final = re.compile(r"(<[^>]*>|&#?\w+;)")
_ELEMENT: Final = re.compile(r"<(/?)(a|code|pre)\b")
_JOINED: Final = frozenset({"Mn", "Mc", "Pc"})
_NOT_BEFORE: Final = frozenset("&/#")  # of an entity, an address, a heading


def named(content: str) -> tuple[str, ...]:
    """The hashtags in an HTML text as written, without `#`: each once, whatever its case, in order, at most `MOST`.

    A word of letters, marks, digits and `_` after a `#` that nothing is joined to; digits alone are a number. What
    stands in a link or in `code` is none.
    """
    found: dict[str, str] = {}
    for word, is_tag in _pieces(content):
        if is_tag:
            found.setdefault(key(word[1:]), word[1:])
    return tuple(found.values())[:MOST]


def linked(content: str, place: str) -> str:
    """The same text with each of them a link to its page below `place`, as other servers write them.

    So are the first `MOST_LINKS`; of a word that is repeated without end the rest stays words.
    """
    listed, links = {key(word) for word in named(content)}, 0
    found: list[str] = []
    for piece, is_tag in _pieces(content):
        if is_tag and links < MOST_LINKS and key(piece[1:]) in listed:
            links, word = links + 1, piece[1:]
            found.append(f'<a href="{address(place, word)}" class="mention hashtag" rel="tag">#<span>{word}</span></a>')
        else:
            found.append(piece)
    return "".join(found)


def tag(place: str, word: str) -> Document:
    """What `tag` says of a hashtag whose pages lie below `place`."""
    return {"type": "Hashtag", "href": address(place, word), "name": f"#{word}"}


def address(place: str, word: str) -> str:
    """Where what has this hashtag is listed, the same for every spelling of it."""
    return f"{place}/tags/{quote(key(word), safe='')}"


def key(word: str) -> str:
    """By what a hashtag is compared: neither case nor composition make another one."""
    return normalize("NFC", word.casefold())


def is_key(word: str) -> bool:
    """True for what can be the key of a hashtag; nothing else is looked for."""
    return 0 < len(word) <= _LONGEST_KEY and all(map(_is_joined, word))


def keys_of(post: Document) -> tuple[str, ...]:
    """The keys of the hashtags that a post of ours says."""
    tags = post.get("tag") or ()
    return tuple(key(str(one["name"]).removeprefix("#")) for one in tags if one.get("type") == "Hashtag")


def _pieces(content: str) -> Iterator[tuple[str, bool]]:
    """An HTML text in pieces, each with whether it is a hashtag; together they are the text."""
    before, within = " ", 0
    for part in _MARKUP.split(content):
        if not part:
            continue
        element = _ELEMENT.match(part)
        if element is not None:
            within += -1 if element[1] else 1
        if part.startswith("<") or _MARKUP.fullmatch(part) or within > 0:
            yield part, False
        else:
            yield from _words(part, before)
        before = " " if part.startswith("<") else unescape(part)[-1:]


def _words(text: str, before: str) -> Iterator[tuple[str, bool]]:
    """Plain text in pieces; `before` is the sign that it follows."""
    start = 0
    while (at := text.find("#", start)) >= 0:
        end = at + 1
        while end < len(text) and _is_joined(text[end]):
            end += 1
        word, last = text[at + 1 : end], text[at - 1] if at else before
        follows = _is_joined(last) or last in _NOT_BEFORE
        is_tag = len(word) <= _LONGEST and any(sign.isalpha() for sign in word) and not follows
        if at > start:
            yield text[start:at], False
        yield text[at:end], is_tag
        start = end
    if start < len(text):
        yield text[start:], False


def _is_joined(sign: str) -> bool:
    return sign.isalnum() or category(sign) in _JOINED
