"""Versions: a later text of a matter takes the place of the one before, sealed with a digest of its own (F06)."""

from app.governance.act import Ref
from app.governance.rules import Rule
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters.opening import carried, paragraphs
from app.operations.record.sealing import heading
from app.store import agenda
from app.store.agenda import Item, Text
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance


def replace_text(
    connection: Connection, instance: Instance, item: Item, title: str, text: str, in_others: Document | None = None
) -> Item:
    """The item with a new version of its text, sealed; who may do that is the caller's to know.

    `in_others` is its `contentMap`. Without one the same words stay in the languages in which they were said, and
    others are said in one alone.
    """
    known = agenda.versions(connection, item.id)
    if in_others is not None or (known and known[-1].source != text):
        item = say_in(connection, item, in_others or {})
    head = heading(connection, instance)
    version = len(known) + 1
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name=title,
        category=item.category,
        forum=Id(instance.assembly),
        opens=head.published,
        version=version,
        supersedes=Ref(Id(item.act), item.act_digest),
        content=paragraphs(text),
        source=text,
    )
    act = seal_and_announce(connection, instance, document | carried(item))
    agenda.put_text(connection, item.id, Text(version, act.id, act.digest, text, act.published_at), title)
    return agenda.get(connection, item.id) or item


def say_in(connection: Connection, item: Item, in_others: Document) -> Item:
    """The item, of which later texts with the same words have this `contentMap`, and no other."""
    keys = {key: value for key, value in item.details.get("keys", {}).items() if key != "contentMap"} | in_others
    agenda.set_details(connection, item.id, {**item.details, "keys": keys})
    return agenda.get(connection, item.id) or item


def begin_second_round(
    connection: Connection, instance: Instance, item: Item, rule: Rule, unresolved: Ref, decision: Ref
) -> Item:
    """The item with the Proposal of its second round as the text in force (fine-print 9).

    Same text, `rule` is the `then` of the first one's, `unresolved` the Decision that the first
    round came to, `decision` that of the vote to go on, or to hold both rounds at once.
    """
    head = heading(connection, instance)
    known = agenda.versions(connection, item.id)
    source = known[-1].source if known else ""
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name=item.title,
        category=item.category,
        forum=Id(instance.assembly),
        rule=rule,
        opens=head.published,
        version=len(known) + 1,
        supersedes=Ref(Id(item.act), item.act_digest),
        unresolved=unresolved,
        decision=decision,
        content=paragraphs(source),
        source=source,
    )
    act = seal_and_announce(connection, instance, document | carried(item))
    text = Text(len(known) + 1, act.id, act.digest, source, act.published_at)
    agenda.put_text(connection, item.id, text, item.title)
    return agenda.get(connection, item.id) or item
