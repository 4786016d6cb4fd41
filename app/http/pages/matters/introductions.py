"""How a matter is introduced: whose text of which day it is, what changed in it, who of us spoke of it already."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from app.http.pages import moments
from app.http.pages.matters import comparison
from app.http.pages.matters.comparison import Piece
from app.kernel.canonical import Document
from app.operations.assembly import naming
from app.operations.confederation import answering
from app.operations.mandates import registering
from app.operations.matters.languages import ONE, Languages, said_in
from app.operations.record.sealing import load
from app.store import acts
from app.store.agenda import Item, Kind, Text
from app.store.database import Connection
from app.wiring import Instance

_MOST_TEXTS: Final = 50


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A text in another language than its own, as HTML; `as_before` if only its own words were changed."""

    tag: str
    words: str
    as_before: bool


@dataclass(frozen=True, slots=True)
class Introduction:
    """`of` is whose text of which day, as it goes on from the title; empty for our own.

    `differences` are those from the text before, of which there were `amendments`; `spoken` says that people of
    ours spoke of it before we decided; `languages` are the others that it is said in, `no_longer` the tags of those
    that the text before was said in too, `written` both as another text begins with them.
    """

    of: str
    amendments: int
    differences: tuple[Piece, ...]
    spoken: str
    languages: tuple[InLanguage, ...] = ()
    no_longer: tuple[str, ...] = ()
    written: Languages = ONE


def introduction(connection: Connection, instance: Instance, item: Item, texts: tuple[Text, ...]) -> Introduction:
    """The introduction of an item whose own `texts` are known here; those before it was brought are looked up."""
    told = different((*_earlier(connection, item), *texts))
    earlier = (told[-2].act, told[-2].act_digest) if len(told) > 1 else _amended(item)
    said, before = _said(connection, item.act, item.act_digest), _said(connection, *earlier)
    return Introduction(
        _of(connection, instance, item),
        max(0, len(told) - 1),
        comparison.compare(told[-2].source, told[-1].source) if len(told) > 1 else (),
        _spoken(connection, instance, item),
        _languages(said, before),
        tuple(sorted(in_others(before).keys() - (said.get("contentMap") or {}).keys())),
        said_in(said),
    )


def different(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    """The texts without those that only repeat one for a second round: pages show one matter with two rounds."""
    return tuple(
        text for number, text in enumerate(texts) if number + 1 == len(texts) or texts[number + 1].source != text.source
    )


def _said(connection: Connection, address: str, digest: str) -> Document:
    act = acts.by_reference(connection, address, digest)
    return load(act) if act is not None else {}


def _amended(item: Item) -> tuple[str, str]:
    """The text that an amendment would change, by address and fingerprint; empty for anything else."""
    if item.kind is not Kind.AMENDMENT:
        return "", ""
    [amended] = item.details["keys"]["gov:links"]["amends"]
    return amended["id"], amended["gov:digest"]


def in_others(said: Document) -> dict[str, str]:
    """The words of a text by language, but for the one in which it was written."""
    in_each: dict[str, str] = said.get("contentMap") or {}
    return {tag: words for tag, words in in_each.items() if words != said.get("content")}


def _languages(said: Document, before: Document) -> tuple[InLanguage, ...]:
    earlier, changed = in_others(before), said.get("content") != before.get("content")
    return tuple(
        InLanguage(tag, words, as_before=changed and words == earlier.get(tag))
        for tag, words in in_others(said).items()
    )


def _of(connection: Connection, instance: Instance, item: Item) -> str:
    act, brought_by = acts.by_id(connection, item.act), item.details.get("brought_by")
    if act is None or not isinstance(brought_by, str):
        return ""
    name = naming.assembly_name(connection, instance, brought_by)
    return _(", text of {day}, brought by {name}").format(day=moments.day(act.published_at), name=name)


def _earlier(connection: Connection, item: Item) -> tuple[Text, ...]:
    """The texts that a brought one took the place of, as far as they are here, first written first."""
    found: list[Text] = []
    act = acts.by_reference(connection, item.act, item.act_digest) if item.kind is Kind.ANSWER else None
    while act is not None and len(found) < _MOST_TEXTS:
        superseded = load(act).get("gov:supersedes")
        if not isinstance(superseded, dict):
            break
        act = acts.by_reference(connection, superseded["id"], superseded["gov:digest"])
        if act is None or act.type != "gov:Proposal" or any(text.act == act.id for text in found):
            break
        found.append(answering.text_of(load(act), act, 0))
    return tuple(reversed(found))


def _spoken(connection: Connection, instance: Instance, item: Item) -> str:
    """That people of ours voted on it with no mandate for it, and before whom."""
    people = registering.spoke_without_mandate(connection, instance, item.act) if item.kind is Kind.ANSWER else ()
    forum = item.details.get("confederation")
    if not people:
        return ""
    words = _("{number} of our people spoke of this in the {forum} meeting:")
    if not isinstance(forum, str):
        words = _("{number} of our people spoke of this to the others:")
    name = naming.assembly_name(connection, instance, forum) if isinstance(forum, str) else ""
    return words.format(number=_number(len(people)), forum=name)


def _number(count: int) -> str:
    """A number at the start of a sentence."""
    words = (_("One"), _("Two"), _("Three"), _("Four"), _("Five"), _("Six"))
    return words[count - 1] if count <= len(words) else str(count)
