"""The size of an assembly: counted in a meeting, beside the bounds of its charter; it decides nothing (R1)."""

from dataclasses import dataclass
from typing import Final

from app.governance.meeting import Stage
from app.governance.provisions import Fit, Size
from app.kernel.refusal import Refusal
from app.operations.matters.proposing import charter_of
from app.operations.meetings import facilitating
from app.store import agenda, households, meetings
from app.store.accounts import Account
from app.store.database import Connection
from app.store.households import Counted
from app.wiring import Instance

MOST: Final = 1_000_000
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How many households we are, newest count first, within or outside the bounds of our charter."""

    counts: tuple[Counted, ...]
    bounds: Size
    fit: Fit

    @property
    def number(self) -> int | None:
        """The latest count; None if there is none."""
        return self.counts[0].number if self.counts else None


def enter(connection: Connection, instance: Instance, by: Account, meeting_id: str, number: int) -> Counted | Refusal:
    """Enter how many households we are, as the meeting that is open counted them; every member is told.

    Who facilitates it does, in front of those who were asked. Refuses by `meeting.unknown`, `meeting.state`,
    `meeting.facilitator` and `size.number`.
    """
    meeting = meetings.get(connection, meeting_id)
    if meeting is None:
        return Refusal("meeting.unknown", f"no meeting {meeting_id}")
    if meeting.stage is not Stage.OPEN:
        return Refusal("meeting.state", f"{meeting.id} is {meeting.stage}")
    if not facilitating.facilitates(connection, meeting.id, by):
        return Refusal("meeting.facilitator", f"{by.name} does not facilitate {meeting.id}")
    if not 0 < number <= MOST:
        return Refusal("size.number", f"an assembly has 1 to {MOST} households, not {number}")
    counted = Counted(number, by.id, meeting.id, int(instance.now().timestamp()))
    households.enter(connection, counted)
    agenda.tell(connection, "size", counted.counted_at, meeting=meeting.id)
    return counted


def standing(connection: Connection, instance: Instance) -> Standing:
    """How many households we are, by the bounds of the charter in force; a gathering goes by the starter rules."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    bounds = charter.size if charter is not None else Size()
    counts = households.listed(connection, SHOWN)
    return Standing(counts, bounds, bounds.fit(counts[0].number) if counts else Fit.UNKNOWN)
