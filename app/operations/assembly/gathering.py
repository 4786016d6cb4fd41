"""A gathering founds itself by a hand count in a meeting: two tellers have the same decision (governance.md §1)."""

from dataclasses import dataclass
from typing import Final

from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.assembly import founding
from app.operations.assembly.founding import Agreed, Founded
from app.operations.meetings import facilitating, tellers
from app.store import accounts, founding_counts, meetings
from app.store.accounts import Account, Standing
from app.store.database import Connection
from app.store.founding_counts import FoundingCount
from app.store.meetings import Meeting
from app.wiring import Instance

_TELLERS: Final = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """The founding decision as one teller has it; `teller` is who counted, if somebody else writes for them."""

    rules: Document
    on: Agreed
    present: int
    agree: int
    teller: str = ""

    @property
    def said(self) -> Document:
        """What two tellers have alike."""
        on = {"name": self.on.name, "belongs": self.on.belongs}
        people = {"caretakers": sorted(self.on.caretakers), "co_signers": sorted(self.on.co_signers)}
        return {"rules": self.rules, **on, **people, "present": self.present, "agree": self.agree}


@dataclass(frozen=True, slots=True)
class Told:
    """What the founding meeting has so far: who counted, by name, what the first of them has, whether they differ."""

    tellers: tuple[str, ...] = ()
    first: Document | None = None
    differ: bool = False


def enter(connection: Connection, instance: Instance, account: Account, decision: Decision) -> Founded | Told | Refusal:
    """Keep the decision as a teller of the founding meeting has it; two who have the same found the assembly.

    Two people enter it, unless one alone of all members can sign in (B21). Refuses as `founding.check_commune` does,
    and by `founding.meeting` (none is open), `teller.unknown`, `teller.facilitates`, `teller.named`, `teller.two`
    and `founding.alone`.
    """
    checked = founding.check_commune(
        connection, instance, decision.rules, present=decision.present, agree=decision.agree, on=decision.on
    )
    if isinstance(checked, Refusal):
        return checked
    meeting = meetings.sitting(connection)
    if meeting is None:
        return Refusal("founding.meeting", "an assembly is founded in a meeting, and none is open")
    teller = _teller(connection, meeting, account, decision.teller)
    if isinstance(teller, Refusal):
        return teller
    others = [one for one in founding_counts.counts(connection, meeting.id) if one.teller != teller.id]
    if len(others) >= _TELLERS:
        return Refusal("teller.two", f"{len(others)} tellers have entered the decision")
    by_one = any(one.entered_by == account.id for one in others)
    if by_one and accounts.can_sign_in(connection, int(instance.now().timestamp())) - {account.id}:
        return Refusal("founding.alone", f"{account.name} has entered it for another teller")
    founding_counts.enter(connection, meeting.id, FoundingCount(teller.id, account.id, decision.said))
    if not any(one.said == decision.said for one in others):
        return told(connection)
    founding_counts.forget(connection)
    return founding.found_commune(
        connection, instance, decision.rules, present=decision.present, agree=decision.agree, on=decision.on
    )


def told(connection: Connection) -> Told:
    """What the tellers of the meeting that is open have entered."""
    meeting = meetings.sitting(connection)
    found = founding_counts.counts(connection, meeting.id) if meeting is not None else ()
    people = (accounts.numbered(connection, one.teller) for one in found)
    names = tuple(one.shown for one in people if one is not None)
    return Told(names, found[0].said if found else None, len(found) == _TELLERS)


def _teller(connection: Connection, meeting: Meeting, account: Account, name: str) -> Account | Refusal:
    teller = tellers.teller(connection, account, name)
    if isinstance(teller, Refusal):
        return teller
    if teller.standing is not Standing.VOTE:
        return Refusal("teller.unknown", f"{teller.name} is not on the list")
    return facilitating.may_tell(connection, meeting.id, teller) or teller
