"""What the form of a proposal starts from: nothing, a text of somebody else's, or an earlier decision."""

from dataclasses import dataclass
from typing import Final

from app.http.pages.forms import Fields
from app.operations.assembly import naming
from app.operations.matters import linking
from app.operations.matters.languages import ONE, Languages, said_in
from app.operations.record.sealing import load
from app.store import acts
from app.store.database import Connection
from app.wiring import Instance

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class NewText:
    """A title and a text to begin with; `source` is the entry that they come from, `of` whose it is.

    `category` and `forum` are chosen already; `languages` are those in which it is said, to begin with.

    `decisions` are ours that are in force, by address and title; `about` is the one that it is about.
    """

    title: str = ""
    text: str = ""
    source: str = ""
    of: str = ""
    about: str = ""
    decisions: tuple[tuple[str, str], ...] = ()
    category: str = ""
    forum: str = ""
    languages: Languages = ONE


def languages(fields: Fields) -> Languages:
    """In which language a text is written, and the same in others, as far as the form says."""
    said = zip(fields.all("language"), fields.all("words"), strict=False)
    others = tuple((tag.strip(), words) for tag, words in said if tag or words)
    return Languages(fields.get("own_language").strip(), others)


def links(fields: Fields) -> tuple[tuple[str, str], ...]:
    """How a proposal stands to an earlier decision, and what it was taken from, as far as the form says."""
    earlier, source = fields.get("earlier"), fields.get("derived_from")
    how = ((fields.get("how"), earlier),) if earlier else ()
    return (*how, *((("derivedFrom", source),) if source else ()))


def begin(connection: Connection, instance: Instance, source: str, about: str) -> NewText:
    """What a member begins with who adapts the text `source`, or proposes something about the decision `about`."""
    known = [one for one in linking.settled(connection, instance) if one.in_force]
    decisions = tuple((one.decision.head.ref.id, one.proposal.name) for one in reversed(known[-_MOST:]))
    act = acts.by_id(connection, source) if source.isascii() and source.isprintable() else None
    if act is None or act.type not in {"gov:Proposal", "gov:Draft"} or act.erased_at is not None:
        return NewText(about=about, decisions=decisions)
    document = load(act)
    written = str((document.get("source") or {}).get("content") or "")
    title, name = str(document.get("name") or ""), naming.assembly_name(connection, instance, act.author)
    return NewText(title, written, act.id, name, about, decisions, languages=said_in(document))
