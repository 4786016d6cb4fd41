"""Telling: an act in one plain sentence, with the names and, for a call, the signatures that are known here."""

from app.governance.act import Ref
from app.governance.outcome import Outcome
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import parse_instant
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation.signatures import Signature, signatures, signed_by
from app.store.database import Connection
from app.translation import notes, vocabulary
from app.translation.notes import Call, Translate
from app.wiring import Instance


def sentence(connection: Connection, instance: Instance, document: Document, translate: Translate) -> str:
    """What an act says; of a call also who had signed it by then, each with the day, and nobody else (G7)."""
    named = naming.names(connection, instance, document)
    return notes.sentence(document, named, translate, _call(connection, instance, document))


def _call(connection: Connection, instance: Instance, document: Document) -> Call | None:
    if document["type"] == "gov:Proposal":
        return Call(()) if (document.get("gov:rule") or {}).get("method") == "accession" else None
    about, at = document.get("gov:proposal"), parse_instant(document.get("published"))
    if document["type"] not in {"gov:Ratification", "gov:Outcome"} or about is None or isinstance(at, Refusal):
        return None
    signed = signed_by(connection, instance, Ref(Id(about["id"]), about["gov:digest"]), at)
    outcome = vocabulary.parse(document, loopback=instance.loopback) if document["type"] == "gov:Outcome" else None
    if signed is not None and isinstance(outcome, Outcome):
        signed = signatures(connection, outcome.rows)  # what its sealer says: whether that is so the board shows
    return None if signed is None else Call(tuple(_named(connection, instance, one) for one in signed))


def _named(connection: Connection, instance: Instance, one: Signature) -> tuple[str, int]:
    return naming.assembly_name(connection, instance, one.assembly), one.since
