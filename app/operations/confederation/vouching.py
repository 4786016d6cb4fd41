"""Vouching: at least two assemblies say of each that they know it as one; no software can tell (hostile F17)."""

from dataclasses import dataclass

from app.governance.council import Admission
from app.governance.outcome import Outcome
from app.governance.tally import IN_FAVOUR
from app.kernel.ids import Id
from app.operations.record.reading import Reading
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Vouched:
    """A member assembly, and the answers of the other assemblies that let it in, or founded with it."""

    assembly: Id
    founding: bool
    by: tuple[StoredAct, ...]


def members(connection: Connection, instance: Instance, confederation: str) -> tuple[Vouched, ...]:
    """Who belongs to a confederation now, and who vouches for each, in the order of their addresses."""
    reading = Reading(connection, loopback=instance.loopback)
    roll = reading.members_at(confederation, instance.now())
    founders = _founders(connection, reading, confederation)
    admitted = _admitted(connection, reading, confederation)
    found: list[Vouched] = []
    for assembly in roll:
        by = admitted.get(assembly)
        others = [act for act in founders if act.author != assembly] if by is None else by
        found.append(Vouched(assembly, by is None, tuple(others)))
    return tuple(found)


def _founders(connection: Connection, reading: Reading, confederation: str) -> tuple[StoredAct, ...]:
    """The answers by which a confederation was founded: each founder's is one on all that the charter lists."""
    charter = reading.founding_charter(confederation)
    counted = {one.head.ref for one in reading.founders(charter)} if charter is not None else set()
    kept = acts.naming(connection, charter.head.ref.id, "gov:proposal") if charter is not None else ()
    return tuple(act for act in kept if (act.id, act.digest) in {(ref.id, ref.digest) for ref in counted})


def _admitted(connection: Connection, reading: Reading, confederation: str) -> dict[Id, list[StoredAct]]:
    """For each assembly that was admitted the answers in favour of it, as its Admission's Outcome names them."""
    found: dict[Id, list[StoredAct]] = {}
    for admission in reading.all_of(Admission, acts.of_type(connection, "gov:Admission", author=confederation)):
        outcome = reading.at(Outcome, admission.outcome)
        rows = [row for row in outcome.rows if row.stance in IN_FAVOUR] if outcome is not None else []
        named = (acts.by_reference(connection, row.acts[0].id, row.acts[0].digest) for row in rows if row.acts)
        found[admission.assembly] = [act for act in named if act is not None]
    return found
