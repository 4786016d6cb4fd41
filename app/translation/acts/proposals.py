"""`gov:Proposal` on the wire."""

from collections.abc import Iterable
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.charter import Clause
from app.governance.proposal import Link, Option, Proposal
from app.governance.rules import Rule, rule_document
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_proposal(head: Head, keys: Fields) -> Proposal:
    """The Proposal of `keys`."""
    forum, listed = keys.id_or_ids("gov:forum")
    return Proposal(
        head,
        keys.text("name"),
        keys.text("gov:category"),
        forum,
        listed,
        keys.rule_or_none("gov:rule"),
        keys.instant_or_none("gov:opens"),
        keys.instant_or_none("gov:closes"),
        keys.ref_or_none("gov:charter"),
        keys.texts("gov:topics"),
        keys.id_or_none("gov:assembly"),
        keys.number("gov:version") if keys.has("gov:version") else 1,
        keys.ref_or_none("gov:decision"),
        keys.ref_or_none("gov:mandate"),
        keys.ref_or_none("gov:outcome"),
        keys.ref_or_none("gov:unresolved"),
        keys.clauses(),
        tuple(_option(item) for item in keys.fields_list("gov:options")),
        _links(keys),
        keys.document("gov:settings") if keys.has("gov:settings") else None,
        keys.instant_or_none("gov:validUntil"),
        keys.ref_or_none("gov:hastens"),
        keys.instant_or_none("gov:answersBy"),
        keys.ref_or_none("gov:earlier"),
    )


def _option(keys: Fields) -> Option:
    return Option(keys.text("id"), keys.text("name"), keys.ref_or_none("gov:proposal"))


def _links(keys: Fields) -> tuple[Link, ...]:
    if not keys.has("gov:links"):
        return ()
    inner = keys.fields("gov:links")
    return tuple(Link(kind, inner.refs(kind)) for kind in sorted(keys.document("gov:links")) if inner.has(kind))


def proposal(
    *,
    name: str,
    category: str,
    forum: Id | Iterable[Id] = (),
    rule: Rule | None = None,
    opens: Instant | None = None,
    closes: Instant | None = None,
    charter: Ref | None = None,
    topics: Iterable[str] = (),
    assembly: Id | None = None,
    version: int = 1,
    decision: Ref | None = None,
    mandate: Ref | None = None,
    outcome: Ref | None = None,
    unresolved: Ref | None = None,
    clauses: Iterable[Clause] = (),
    options: Iterable[Option] = (),
    links: Iterable[Link] = (),
    valid_until: Instant | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Proposal`; `forum` is one id, or several for a forum that is a list."""
    keys: Document = {
        "name": name,
        "gov:category": category,
        "gov:forum": forum if isinstance(forum, str) else writing.listed(forum),
        "gov:rule": rule_document(rule) if rule is not None else None,
        "gov:opens": writing.instant_or_none(opens),
        "gov:closes": writing.instant_or_none(closes),
        "gov:charter": writing.ref_or_none(charter),
        "gov:topics": writing.listed(topics),
        "gov:assembly": assembly,
        "gov:version": version,
        "gov:decision": writing.ref_or_none(decision),
        "gov:mandate": writing.ref_or_none(mandate),
        "gov:outcome": writing.ref_or_none(outcome),
        "gov:unresolved": writing.ref_or_none(unresolved),
        "gov:clauses": writing.clauses(clauses),
        "gov:options": writing.listed(_write_option(one) for one in options),
        "gov:links": {one.kind: writing.refs(one.acts) or [] for one in links} or None,
        "gov:validUntil": writing.instant_or_none(valid_until),
    }
    return writing.act("gov:Proposal", common, keys)


def _write_option(option: Option) -> Document:
    return writing.present({"id": option.id, "name": option.name, "gov:proposal": writing.ref_or_none(option.proposal)})
