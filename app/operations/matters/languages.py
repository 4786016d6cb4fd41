"""The same text in several languages, so that nobody has to vote on words that are not theirs (R6)."""

import re
from dataclasses import dataclass
from typing import Final

from app.federation import markup
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.matters.opening import paragraphs

MOST: Final = 4
"""Languages beside the one in which a text is written first: more would hardly fit an act."""

_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Languages:
    """In which language a text is written, and its words in others, each by its tag (BCP 47)."""

    own: str = ""
    others: tuple[tuple[str, str], ...] = ()


ONE: Final = Languages()


def content_map(text: str, written: Languages, longest: int) -> Document | Refusal:
    """`contentMap` of a text, in its own language first; empty where there is only one.

    Refuses by `item.language` what is no tag, a language twice, or one with no words or too many.
    """
    if not written.others:
        return {}
    tags: tuple[str, ...] = (written.own, *(tag for tag, _ in written.others))
    if not all(_TAG.fullmatch(tag) for tag in tags) or len(set(tags)) < len(tags) or len(tags) > MOST + 1:
        return Refusal("item.language", "a language is named by a tag such as ku or pt-BR, and each once")
    if not all(0 < len(words.strip()) <= longest for _, words in written.others):
        return Refusal("item.language", f"in each language it has 1 to {longest} characters")
    return {"contentMap": {tag: paragraphs(words) for tag, words in ((written.own, text), *written.others)}}


def said_in(document: Document) -> Languages:
    """In which languages a Proposal or a Draft is said, to begin another text with; `ONE` where it does not say."""
    in_each: Document = document.get("contentMap") or {}
    first, *others = sorted(in_each, key=lambda tag: in_each[tag] != document.get("content")) or ("",)
    return Languages(first, tuple((tag, markup.plain(in_each[tag])) for tag in others[:MOST]))
