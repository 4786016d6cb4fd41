"""Texts from outside, made safe to show: few tags, no hidden parts, no sign that turns a line around.

Everything here takes time in proportion to what is left after the cut (hostile D11, D12): no regular
expression is let loose on a remote text, and what nests too deep for the parser is cut before it.
"""

from collections.abc import Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import urlsplit

import nh3

MOST_CHARACTERS: Final = 65_536
MOST_TAGS: Final = 2_000  # the parser's time grows with the square of the nesting: 2,000 take it 10 ms
LONGEST_LINE: Final = 500
_MOST_PICTURES: Final = 100
TAGS: Final = {
    "p", "br", "a", "span", "strong", "em", "b", "i", "u", "del", "sub", "sup", "ul", "ol", "li", "blockquote",
    "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
_REL: Final = "nofollow noopener"
_TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def clean(text: str) -> str:
    """HTML of a few tags and no attribute but the address of a link, of a text that may be any HTML."""
    return nh3.clean(_cut(text), tags=TAGS, attributes={"a": {"href"}}, attribute_filter=_attribute, link_rel=_REL)


def html(text: str) -> str:
    """Clean HTML; a link whose words hide its host has the host behind it (hostile G19)."""
    before, *links = clean(text).split("<a ")
    return before + "".join(_link(link) for link in links)


def from_plain(text: str) -> str:
    """Safe HTML of a text that is none: paragraphs at empty lines."""
    paragraphs = (part.strip("\n") for part in _cut(text).replace("\r\n", "\n").split("\n\n"))
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def line(text: str, longest: int = LONGEST_LINE) -> str:
    """One line of plain text: no tags, no line ends, no control signs, at most `longest` characters."""
    plain = unescape(nh3.clean(_cut(text[: longest * 8]), tags=set()))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())[:longest]


def plain(text: str) -> str:
    """The words of HTML without its tags, an empty line between paragraphs."""
    ended = clean(text).replace("<br>", "\n").replace("</p>", "</p>\n\n")
    return unescape(nh3.clean(ended, tags=set())).strip()


def with_pictures(clean_html: str, pictures: Mapping[str, str]) -> str:
    """Clean HTML with the signs `:name:` of its words as pictures, each by its address here; a hundred at most."""
    before, *parts = clean_html.split("<")
    done, left = [_pictured(before, pictures, _MOST_PICTURES)], _MOST_PICTURES
    for part in parts:
        tag, end, words = part.partition(f'rel="{_REL}">' if part.startswith("a ") else ">")
        left -= done[-1].count("<img ")
        done.append(f"<{tag}{end}{_pictured(words, pictures, left)}")
    return "".join(done)


def _cut(text: str) -> str:
    """The text without signs that turn its direction, cut before any parser sees it."""
    short = text[:MOST_CHARACTERS].translate(_TURNING)
    if short.count("<") <= MOST_TAGS:
        return short
    return "<".join(short.split("<", MOST_TAGS)[:MOST_TAGS])


def _pictured(words: str, pictures: Mapping[str, str], most: int) -> str:
    for name, address in pictures.items():
        sign = escape(f":{name}:")
        words = words.replace(sign, f'<img class="emoji" src="{escape(address)}" alt="{sign}">', max(most, 0))
    return words


def _link(rest: str) -> str:
    """Clean HTML from behind an `<a ` on, with the host behind the words; quotes in an address are escaped there."""
    opening, closed, inside = rest.partition(f'rel="{_REL}">')
    words, end, after = inside.partition("</a>")
    host = _host(unescape(opening.removeprefix('href="').partition('"')[0]))
    shown = unescape("".join(part.rpartition(">")[2] for part in words.split("<")))
    note = f" [{escape(host)}]" if host and not _shows(shown, host) else ""
    return f"<a {opening}{closed}{words}{end}{note}{after}"


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Only addresses stay, and only those whose host every reader takes for the same (hostile B28)."""
    return value if (tag, name) == ("a", "rel") or ((tag, name) == ("a", "href") and _host(value)) else None


def _host(href: str) -> str:
    """The host of a full web address; empty for anything else, also where `@` or a backslash would hide it."""
    if not href.startswith(("https://", "http://")) or "\\" in href or not href.isprintable():
        return ""
    try:
        host = urlsplit(href).netloc.lower()
    except ValueError:
        return ""
    return "" if "@" in host else host


def _shows(words: str, host: str) -> bool:
    """True if the words of a link begin with its host, as an address does, or end with it, as a handle does."""
    said = words.strip().lower().removeprefix("https://").removeprefix("http://")
    return said == host or said.startswith(f"{host}/") or (said.startswith("@") and said.endswith(f"@{host}"))
