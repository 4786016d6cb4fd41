"""Signatures under a call: which assemblies have signed, each from the day on which it did (fine-print 11)."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.governance.act import Ref
from app.governance.proposal import Proposal
from app.governance.tally import IN_FAVOUR, By, Row, recount
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.record.reading import Reading
from app.store import acts
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Signature:
    """An assembly that has signed, since when in seconds since 1970, and whether its delegates did so by mandate."""

    assembly: Id
    since: int
    by_mandate: bool


def signatures(connection: Connection, rows: Iterable[Row]) -> tuple[Signature, ...]:
    """Who has signed by these rows of a count, the first signature first."""
    found: list[Signature] = []
    for row in rows:
        act = acts.by_reference(connection, row.acts[0].id, row.acts[0].digest) if row.acts else None
        if row.stance in IN_FAVOUR and act is not None:
            found.append(Signature(row.assembly, act.published_at, row.by is By.MANDATE))
    return tuple(sorted(found, key=lambda one: (one.since, one.assembly)))


def signed_by(connection: Connection, instance: Instance, call: Ref, at: Instant) -> tuple[Signature, ...] | None:
    """Who had signed at `at`, as counted here; None for what is no call, or not here."""
    reading = Reading(connection, loopback=instance.loopback)
    proposal = reading.at(Proposal, call)
    if proposal is None or not proposal.is_call:
        return None
    count = recount(reading.record(proposal), at)
    return () if isinstance(count, Refusal) else signatures(connection, count.rows)
