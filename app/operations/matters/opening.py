"""Opening an item of our own: its first text is sealed as a Proposal before our assembly and put on the agenda."""

import html
from collections.abc import Mapping
from typing import Any

from app.governance.proposal import State
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record.sealing import heading
from app.store import accounts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind, Text
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance


def open_item(
    connection: Connection,
    instance: Instance,
    kind: Kind,
    *,
    category: str,
    title: str,
    source: str,
    details: Mapping[str, Any],
    author: Account | None,
    keys: Document | None = None,
) -> Item:
    """Put a matter of ours before our assembly; `source` is Markdown.

    `keys` are more keys of this Proposal; those in `details["keys"]` stand in every later text too.
    """
    head = heading(connection, instance)
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name=title,
        category=category,
        forum=Id(instance.assembly),
        opens=head.published,
        content=paragraphs(source),
        source=source,
    )
    act = seal_and_announce(connection, instance, document | details.get("keys", {}) | (keys or {}))
    item = Item(
        id=instance.new_ulid(),
        kind=kind,
        category=category,
        title=title,
        state=State.OPEN.value,
        details=dict(details),
        act=act.id,
        act_digest=act.digest,
        author=author.id if author is not None else None,
        asked=False,
        created_at=int(instance.now().timestamp()),
    )
    agenda.add(connection, item)
    agenda.put_text(connection, item.id, Text(1, act.id, act.digest, source, act.published_at), title)
    return item


def paragraphs(source: str) -> str:
    """A plain text as HTML: each paragraph one, nothing in it taken for markup."""
    parts = (part.strip() for part in source.split("\n\n"))
    return "".join(f"<p>{html.escape(part)}</p>" for part in parts if part)


def carried(item: Item) -> Document:
    """The keys that every text of the item has in its act: clauses, options, links, and its picture."""
    picture = item.details.get("picture")
    kept: Document = item.details.get("keys", {})
    return kept | ({"attachment": [picture]} if picture is not None else {})


def is_founded_commune(connection: Connection) -> bool:
    """True if this instance belongs to an assembly of people that has founded itself."""
    body = accounts.body(connection)
    return body is not None and body.kind == "commune" and body.founded_at is not None
