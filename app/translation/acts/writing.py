"""Writing acts: the keys that all share, and the pieces that several families use."""

from collections.abc import Iterable
from typing import Required, TypedDict

from app.governance.act import Ref
from app.governance.charter import Clause
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant
from app.translation.gov_context import CONTEXT


class Common(TypedDict, total=False):
    """What every builder takes beside the keys of its type (protocol.md §2).

    `content` is HTML, `source` its Markdown, `content_map` pairs of language and HTML.
    """

    id: Required[Id]
    author: Required[Id]
    published: Required[Instant]
    supersedes: Ref | None
    content: str | None
    source: str | None
    content_map: tuple[tuple[str, str], ...]
    meeting: str | None


def act(act_type: str, common: Common, keys: Document) -> Document:
    """The unsigned act of `act_type`: the common keys, then `keys`; nothing that is None is written."""
    source = common.get("source")
    document: Document = {
        "@context": [*CONTEXT],
        "id": common["id"],
        "type": act_type,
        "attributedTo": common["author"],
        "published": format_instant(common["published"]),
        "content": common.get("content"),
        "source": {"content": source, "mediaType": "text/markdown"} if source is not None else None,
        "contentMap": dict(common.get("content_map", ())) or None,
        "gov:meeting": common.get("meeting"),
        "gov:supersedes": ref_or_none(common.get("supersedes")),
    }
    return present(document | keys)


def present(keys: Document) -> Document:
    """`keys` without those that are None: null is never written (fine-print 32)."""
    return {key: value for key, value in keys.items() if value is not None}


def ref(reference: Ref) -> Document:
    """`{id, gov:digest}`."""
    return {"id": reference.id, "gov:digest": reference.digest}


def ref_or_none(reference: Ref | None) -> Document | None:
    """`{id, gov:digest}`, or None."""
    return None if reference is None else ref(reference)


def refs(references: Iterable[Ref]) -> list[Document] | None:
    """A list of references, or None if there are none."""
    return [ref(reference) for reference in references] or None


def listed(items: Iterable[object]) -> list[object] | None:
    """A list, or None if it is empty."""
    return list(items) or None


def clauses(numbered: Iterable[Clause]) -> list[object] | None:
    """`gov:clauses`, or None if there are none."""
    return listed(
        present({"number": one.number, "content": one.content, "gov:entrenched": one.entrenched or None})
        for one in numbered
    )


def instant_or_none(instant: Instant | None) -> str | None:
    """The instant as it travels, or None."""
    return None if instant is None else format_instant(instant)
