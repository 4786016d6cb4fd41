"""`gov:Charter` on the wire."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.charter import Charter, Clause, Member, Settings, parse_settings
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.translation.acts import writing
from app.translation.acts.reading import Fields, FormError


def read_charter(head: Head, keys: Fields) -> Charter:
    """The Charter of `keys`; its settings as `parse_settings` reads them."""
    raw = keys.document("gov:settings")
    settings = parse_settings(raw)
    if isinstance(settings, Refusal):
        raise FormError(settings)
    read = {one.name: getattr(settings, one.name) for one in fields(Settings)}
    return Charter(
        head=head,
        name=keys.text("name"),
        version=keys.number("gov:version"),
        settings=raw,
        members=tuple(_member(item) for item in keys.fields_list("gov:members")),
        clauses=keys.clauses(),
        decision=keys.ref_or_none("gov:decision"),
        outcome=keys.ref_or_none("gov:outcome"),
        **read,
    )


def _member(keys: Fields) -> Member:
    seats = keys.number("gov:seats") if keys.has("gov:seats") else 1
    return Member(keys.id("assembly"), keys.text_or_none("gov:keylog"), seats)


def charter(
    *,
    name: str,
    version: int,
    settings: Document,
    members: Iterable[Member] = (),
    clauses: Iterable[Clause] = (),
    decision: Ref | None = None,
    outcome: Ref | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Charter`; `settings` as governance.md §2 has them."""
    keys: Document = {
        "name": name,
        "gov:version": version,
        "gov:settings": settings,
        "gov:members": writing.listed(
            writing.present({"assembly": one.assembly, "gov:keylog": one.keylog, "gov:seats": one.seats})
            for one in members
        ),
        "gov:clauses": writing.clauses(clauses),
        "gov:decision": writing.ref_or_none(decision),
        "gov:outcome": writing.ref_or_none(outcome),
    }
    return writing.act("gov:Charter", common, keys)
