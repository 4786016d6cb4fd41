"""The pages speak the assemblies' language: no term of the wire or of the code reaches a reader."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

import pytest
from jinja2 import Environment

from tests.house.catalogue import extract
from tests.house.checkout import TEMPLATES, shown

TERMS: Final = (
    r"instances?|admins?|administrators?|acts?|seal(?:s|ed|ing)?|digests?|leaf|rolls?|stances?|ratified|scrutineers?"
    r"|attestations?|exceeds|no_mandate|contradicts|qualified|two_stage|offer of a proposal|offers? a proposal"
    r"|challenges?|contest window|verify|bundles?|silent|contested|stale"
)
FORBIDDEN: Final = re.compile(rf"\b(?:{TERMS})\b|(?-i:\bE\b)", re.IGNORECASE)
ACCUSING: Final = re.compile(r"\b(?:liars?|culprits?|dishonest|traitors?|treason)\b", re.IGNORECASE)
ALLOWED: Final[frozenset[str]] = frozenset()
"""Whole texts in which a left-hand word is meant as an ordinary one; each with a comment that says why."""
BRAND: Final = {"Roundabout"}
SPOKEN_ATTRIBUTES: Final = {"title", "alt", "placeholder", "aria-label", "aria-description", "label", "summary"}


def texts() -> list[str]:
    """Every English text of the catalogue, plural forms one by one."""
    return [form for message in extract() if message.id for form in forms(message.id)]


def forms(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def without_placeholders(text: str) -> str:
    """The words alone: what is put in later is the assembly's own, and tags are not read."""
    return re.sub(r"%\(\w+\)[sd]|\{\w*\}|<[^>]*>", " ", text)


def test_no_text_uses_a_word_of_the_wire() -> None:
    found = {text: hits for text in texts() if (hits := FORBIDDEN.findall(without_placeholders(text)))}
    assert {text: hits for text, hits in found.items() if text not in ALLOWED} == {}


def test_no_one_is_called_a_liar_or_a_culprit() -> None:
    assert [text for text in texts() if ACCUSING.search(without_placeholders(text))] == []


def test_the_allow_list_allows_nothing_that_is_gone() -> None:
    assert ALLOWED - set(texts()) == set()


def test_no_text_stands_in_a_template_outside_gettext() -> None:
    found = {
        shown(path): spoken
        for path in sorted(TEMPLATES.rglob("*.html*"))
        if (spoken := untranslated(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("template", "left"),
    [
        ("<p>{{ _('Hello') }}</p>", []),
        ("<p>{% trans %}Hello{% endtrans %}</p>", []),
        ("<p>Hello</p>", ["Hello"]),
        ('<img alt="A board" src="{{ url }}">', ["A board"]),
        ("<style>p { color: red }</style><title>Roundabout</title>", []),
    ],
)
def test_untranslated_text_is_found_where_it_stands(template: str, left: list[str]) -> None:
    assert untranslated(template) == left


class Reader(HTMLParser):
    """Gathers what a reader sees or hears of a page: text and spoken attributes, no script and no style."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mute += tag in {"script", "style"}
        self.spoken.extend(value for name, value in attrs if value and name in SPOKEN_ATTRIBUTES)

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.spoken.append(data)


def untranslated(template: str) -> list[str]:
    """The texts of a template that no translator would ever see; two letters in a row make a text."""
    reader = Reader()
    reader.feed("".join(plain(template)))
    reader.close()
    words = (" ".join(text.split()) for text in reader.spoken)
    return [text for text in words if re.search(r"[^\W\d_]{2,}", text) and text not in BRAND]


def plain(template: str) -> Iterator[str]:
    """What stands in a template outside expressions, comments and trans blocks."""
    inside = False
    previous = ""
    for _line, kind, value in Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(template):
        if kind == "name" and previous == "block_begin":
            inside = value == "trans" or (inside and value != "endtrans")
        if kind == "data" and not inside:
            yield value
        elif kind == "variable_begin" and not inside:
            yield " "
        if kind != "whitespace":
            previous = kind
