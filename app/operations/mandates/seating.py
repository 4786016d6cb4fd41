"""Who sits: what is declared to two door-keepers is used and not kept; the delegation is seated or is not (§6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.governance import mandate
from app.governance.charter import Charter, in_force
from app.governance.composition import Composition, Constraint, Kind, Seat, compose, text_of
from app.governance.mandate import Mandate, Office
from app.governance.proposal import State
from app.governance.seating import EXPECTED, REQUIRED, for_the_record, not_seated, wanted
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.store import accounts, acts, agenda, meetings
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.meetings import Duty
from app.wiring import Instance

_KEEPERS: Final = 2
_BEFORE: Final = frozenset({State.OPEN, State.FROZEN, State.NO_QUORUM, State.UNRESOLVED})


@dataclass(frozen=True, slots=True)
class Asked:
    """What two door-keepers ask of a delegation: each seat, the words people may declare, the bodies that name one."""

    people: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    bodies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it: `keepers` who entered, whether they `agree`, what is unmet, and whether it bars a seat."""

    keepers: tuple[int, ...]
    agree: bool
    met: bool
    unmet: tuple[str, ...]
    barred: bool


def asked(connection: Connection, instance: Instance, item: Item) -> Asked | None:
    """What there is to ask about the delegation that an item would send; None if our charter asks nothing."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    constraints = _constraints(instance, charter, item)
    if not constraints:
        return None
    named = {group for one in constraints for group in one.groups if one.kind is not Kind.RESERVED}
    bodies = sorted({one.groups[0] for one in constraints if one.kind is Kind.RESERVED})
    people = item.details["delegates"]
    return Asked(
        tuple((person, naming.person_name(connection, instance, person)) for person in people),
        tuple(sorted(named)),
        tuple((body, naming.assembly_name(connection, instance, body)) for body in bodies),
    )


def enter(
    connection: Connection,
    instance: Instance,
    keeper: Account,
    item_id: str,
    declared: Mapping[str, Iterable[str]],
    named_by: Mapping[str, str],
) -> Item | Refusal:
    """Use what was declared to one door-keeper; kept is only whether the delegation as a whole meets our rules.

    `declared` has the words of each delegate, `named_by` the body that filled a seat. What was heard at an earlier
    meeting gives way to what is heard at this one. Refuses by `item.unknown`, `seat.none` (our rules ask nothing),
    `proposal.state` (a vote is open: it is about who was heard), `seat.door` (no door-keeper of the meeting that
    is open), `seat.keeper` (a delegate keeps no door) and `seat.two`.
    """
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not agenda.Kind.MANDATE:
        return Refusal("item.unknown", f"no mandate is proposed as {item_id}")
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None or asked(connection, instance, item) is None:
        return Refusal("seat.none", "our charter asks nothing of who sits")
    if State(item.state) not in _BEFORE:
        return Refusal("proposal.state", f"{item.id} is {item.state}")
    meeting = meetings.sitting(connection)
    if meeting is None or keeper.id not in meetings.holders(connection, meeting.id, Duty.DOOR):
        return Refusal("seat.door", f"{keeper.name} keeps the door of no meeting that is open")
    if f"{instance.url}/people/{keeper.name}" in item.details["delegates"]:
        return Refusal("seat.keeper", f"{keeper.name} is to be sent")
    here = item.details.get("seats_heard_in") == meeting.id
    entered: dict[str, Any] = item.details.get("seats", {}) if here else {}
    if len({*entered, str(keeper.id)}) > _KEEPERS:
        return Refusal("seat.two", "two door-keepers have entered what they heard")
    seats = [
        Seat(frozenset(declared.get(person, ())), Id(named_by[person]) if named_by.get(person) else None)
        for person in item.details["delegates"]
    ]
    constraints = _constraints(instance, charter, item)
    kept = {**entered, str(keeper.id): _kept(constraints, compose(constraints, seats))}
    agenda.set_details(connection, item.id, {**item.details, "seats": kept, "seats_heard_in": meeting.id})
    return agenda.get(connection, item.id) or item


def may_enter(connection: Connection, item: Item, account: Account) -> bool:
    """True if this member keeps the door of the meeting that is open, and no vote on the delegation is."""
    meeting = meetings.sitting(connection)
    keeps = meeting is not None and account.id in meetings.holders(connection, meeting.id, Duty.DOOR)
    return keeps and State(item.state) in _BEFORE


def heard(item: Item) -> Heard:
    """What two door-keepers heard about the delegation of an item."""
    entered: dict[str, Any] = item.details.get("seats", {})
    found = list(entered.values())
    agree = len(found) == _KEEPERS and found[0] == found[1]
    last: dict[str, Any] = found[0] if agree else {"unmet": [], "said": {"constraint": EXPECTED, "met": False}}
    said = last["said"]
    barred = agree and said["constraint"] == REQUIRED and not said["met"]
    keepers = tuple(int(number) for number in entered)
    return Heard(keepers, agree, agree and not last["unmet"], tuple(last["unmet"]), barred)


def composition_of(item: Item) -> tuple[mandate.Constraint, ...]:
    """What a Mandate says of its delegation: one word for the whole, or nothing if nobody was heard."""
    entered: dict[str, Any] = item.details.get("seats", {})
    if not heard(item).agree:
        return ()
    said = next(iter(entered.values()))["said"]
    return (mandate.Constraint(said["constraint"], said["met"]),)


def bar(connection: Connection, instance: Instance, granted: Mandate) -> Refusal | None:
    """Why a delegation is not seated, by the charter that its assembly had in force when it sent it; None if it is."""
    reading = Reading(connection, loopback=instance.loopback)
    author, at = granted.head.author, granted.head.published
    charters = reading.all_of(Charter, acts.of_type(connection, "gov:Charter", author=author))
    return not_seated(granted, in_force(charters, author, at))


def item_of(connection: Connection, mandate_id: str) -> Item | None:
    """The item by which a mandate of ours was given."""
    found = agenda.of_kind(connection, agenda.Kind.MANDATE)
    return next((item for item in found if item.details.get("granted") == mandate_id), None)


def names_of(connection: Connection, numbers: Iterable[int]) -> tuple[str, ...]:
    """The door-keepers by name."""
    found = (accounts.numbered(connection, number) for number in numbers)
    return tuple(account.shown for account in found if account is not None)


def _constraints(instance: Instance, charter: Charter | None, item: Item) -> tuple[Constraint, ...]:
    """What our charter asks of who is sent together by an item."""
    office = item.details.get("office")
    named = Office(office["name"], office["institution"]) if office is not None else None
    return wanted(charter, named, instance.assembly) if charter is not None else ()


def _kept(constraints: tuple[Constraint, ...], found: Composition) -> dict[str, Any]:
    said = for_the_record(constraints, found)
    unmet = [text_of(one.constraint) for one in found.unmet]
    return {"unmet": unmet, "said": {"constraint": said.name, "met": said.met}}
