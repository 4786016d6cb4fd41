"""`gov:KeyEvent` and `gov:Attestation` on the wire."""

from collections.abc import Iterable
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.assembly import Attestation, Body, KeyEvent
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_key_event(head: Head, keys: Fields) -> KeyEvent:
    """The KeyEvent of `keys`: versions count from 1, and each has a key."""
    event = KeyEvent(
        head,
        keys.number("gov:version"),
        keys.texts("gov:keys"),
        keys.texts("gov:nextKeyDigests"),
        keys.ref_or_none("gov:previous"),
        keys.word("gov:body", Body) if keys.has("gov:body") else None,
        keys.id_or_none("gov:parent"),
    )
    if event.version < 1:
        raise keys.wrong("gov:version", "counts from 1")
    if not event.keys:
        raise keys.wrong("gov:keys", "has no key")
    return event


def read_attestation(head: Head, keys: Fields) -> Attestation:
    """The Attestation of `keys`."""
    return Attestation(head, keys.ref("gov:act"), keys.text_or_none("gov:role"))


def key_event(
    *,
    version: int,
    keys: Iterable[str],
    next_key_digests: Iterable[str] = (),
    previous: Ref | None = None,
    body: Body | None = None,
    parent: Id | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:KeyEvent`; `body` stands in the first one (fine-print 25)."""
    written: Document = {
        "gov:version": version,
        "gov:keys": list(keys),
        "gov:nextKeyDigests": list(next_key_digests),
        "gov:previous": writing.ref_or_none(previous),
        "gov:body": body.value if body is not None else None,
        "gov:parent": parent,
    }
    return writing.act("gov:KeyEvent", common, written)


def attestation(*, act: Ref, role: str | None = None, **common: Unpack[writing.Common]) -> Document:
    """An unsigned `gov:Attestation`; its author is the co-signer."""
    return writing.act("gov:Attestation", common, {"gov:act": writing.ref(act), "gov:role": role})
