"""Instruction: what no mandate covers is asked about in good time, and a mandate's end is told before it comes (B7)."""

from datetime import timedelta
from typing import Final

from app.governance.charter import Charter
from app.governance.mandate import Kind, Mandate, covers
from app.governance.proposal import Proposal, State
from app.operations.confederation import answering
from app.operations.mandates import delegating, registering
from app.operations.mandates.registering import Entry
from app.operations.matters.opening import is_founded_commune
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.store import acts, agenda
from app.store.database import Connection
from app.wiring import Instance

TOLD_BEFORE: Final = timedelta(days=7)
"""How long before a mandate ends every member is told."""

_REMEMBERED: Final = timedelta(days=30)
_ANSWERED: Final = frozenset({State.ADOPTED, State.REJECTED, State.WITHDRAWN, State.LAPSED})


def duties(connection: Connection, instance: Instance) -> int:
    """Ask for instruction on what no mandate in force covers, remind of it, and tell of ends; how much was told.

    What the delegation is not told to say is put on our agenda as soon as it is before its council,
    and all are reminded when the next meeting is the last before the close. Twice is once.
    """
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None or not is_founded_commune(connection):
        return 0
    reading = Reading(connection, loopback=instance.loopback)
    kept = acts.of_type(connection, "gov:Mandate", author=instance.assembly)
    since = instance.now() - _REMEMBERED
    recent = [mandate for mandate in reading.all_of(Mandate, kept) if mandate.valid_until > since]
    found = (registering.entry(connection, instance, mandate.head.ref.id) for mandate in recent)
    entries = [entry for entry in found if isinstance(entry, Entry)]
    told = sum(_tell_of_end(connection, instance, entry) for entry in entries)
    in_force = [
        entry.mandate for entry in entries if entry.is_in_force(instance.now()) and entry.mandate.office is None
    ]
    for proposal in _open(connection, instance, in_force):
        told += _instruct(connection, instance, reading, charter, proposal, in_force)
    return told


def is_uncovered(reading: Reading, mandate: Mandate, proposal: Proposal) -> bool:
    """True if delegates under `mandate` may only show the tendency on `proposal`."""
    item = covers(mandate, proposal, reading.versions(proposal))
    latitude = item.latitude if item is not None else mandate.default
    return latitude is None or latitude.kind is Kind.INDICATIVE


def _open(connection: Connection, instance: Instance, mandates: list[Mandate]) -> tuple[Proposal, ...]:
    """What is before the councils to which somebody is sent, each once."""
    found = (one for mandate in mandates for one in delegating.open_for(connection, instance, mandate))
    return tuple({one.head.ref: one for one in found}.values())


def _instruct(
    connection: Connection,
    instance: Instance,
    reading: Reading,
    charter: Charter,
    proposal: Proposal,
    mandates: list[Mandate],
) -> int:
    sent = [mandate for mandate in mandates if delegating.is_for(proposal, mandate)]
    if not all(is_uncovered(reading, mandate, proposal) for mandate in sent):
        return 0
    known = answering.answer_to(connection, proposal.head.ref.id)
    if known is not None and State(known.state) in _ANSWERED:
        return 0
    told = 0
    if known is None or not known.asked:
        delegating.ask(connection, instance, proposal.head.ref.id)
        told += 1
    item = answering.answer_to(connection, proposal.head.ref.id)
    lead = charter.rhythm + charter.deliberation["ratification"]
    closes = reading.closing(proposal, instance.now()).at
    if item is None or closes is None or instance.now() < closes - lead:
        return told
    return told + _tell_once(connection, instance, "instruction_due", item=item.id)


def _tell_of_end(connection: Connection, instance: Instance, entry: Entry) -> int:
    """Tell every member once that a mandate is about to end, and once that it has, unless it ended otherwise."""
    now, ends = instance.now(), entry.mandate.valid_until
    if now >= ends:
        return _tell_once(connection, instance, "mandate_ended", act=entry.act.seq) if entry.stood else 0
    if now < ends - TOLD_BEFORE or not entry.is_in_force(now):
        return 0
    return _tell_once(connection, instance, "mandate_ends", act=entry.act.seq)


def _tell_once(
    connection: Connection, instance: Instance, kind: str, *, act: int | None = None, item: str | None = None
) -> int:
    if agenda.was_told(connection, kind, act=act, item=item):
        return 0
    agenda.tell(connection, kind, int(instance.now().timestamp()), act=act, item=item)
    return 1
