"""Forming: until two of its founders have joined, a confederation seals only what brings it about (fine-print 14)."""

from datetime import UTC, datetime
from typing import Final

from app.governance import permission
from app.governance.act import Ref
from app.governance.assembly import Body
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.store import accounts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

FORMING: Final = "body.forming"


def check(connection: Connection, instance: Instance, document: Document, published: Instant) -> Refusal | None:
    """None if our assembly may seal `document` at `published`; else `body.forming`."""
    body = accounts.body(connection)
    if body is None or body.kind != Body.COUNCIL or document["attributedTo"] != instance.assembly:
        return None
    known = Reading(connection, loopback=instance.loopback).formation(instance.assembly)
    refused = _may_seal(document, forming=known is None or not known.is_over(published))
    return refused if refused is not None and refused.code == FORMING else None


def came_too_soon(connection: Connection, instance: Instance, act: StoredAct) -> bool:
    """True for what a confederation sealed while it was forming, as far as the record tells, and does not count.

    It is asked of the record as it is, not when the act arrives: an answer that comes later may show otherwise. Of a
    confederation whose founders' answers are not here nothing is said.
    """
    reading = Reading(connection, loopback=instance.loopback)
    known, charter = reading.formation(act.author), reading.founding_charter(act.author)
    if known is None or charter is None or len(known.unheard) == len(charter.members):
        return False
    refused = _may_seal(load(act), forming=not known.is_over(datetime.fromtimestamp(act.published_at, UTC)))
    return refused is not None and refused.code == FORMING


def _may_seal(document: Document, *, forming: bool) -> Refusal | None:
    named, first = document.get("gov:outcome"), document.get("gov:supersedes") is None
    outcome = Ref(Id(named["id"]), named["gov:digest"]) if isinstance(named, dict) else None
    return permission.may_seal(Body.COUNCIL, document["type"], outcome=outcome, first_charter=first, forming=forming)
