"""What the page of a meeting shows: its agenda, its duties, who is there, its minutes, as plain values."""

from dataclasses import dataclass

from app.governance.meeting import Stage
from app.http.pages.matters import items
from app.http.pages.meetings import meeting_words
from app.http.pages.votes import results
from app.http.pages.votes.results import Result
from app.operations.matters.proposing import charter_of
from app.operations.meetings import attending, facilitating
from app.store import accounts, attendances, findings, ledger, meetings, votes
from app.store.accounts import Account
from app.store.attendances import Attendance
from app.store.database import Connection
from app.store.findings import Finding
from app.store.meetings import Duty, Meeting, Point
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Row:
    """A point of the agenda: what it is, where it stands, what was decided on it here, what small groups found."""

    point: Point
    kind: str
    state: str
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a duty."""

    name: str
    sign_in: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything on the page of a meeting."""

    meeting: Meeting
    state: str
    rows: tuple[Row, ...]
    duties: tuple[tuple[str, str, tuple[Holder, ...]], ...]
    numbers: dict[str, int]
    here: tuple[Attendance, ...]
    absent: tuple[Account, ...]
    by_presence: bool
    chairs: bool
    says_who: bool
    called_off_by: str
    keeps_the_door: bool
    checkpoint: str


def view(connection: Connection, instance: Instance, meeting_id: str, account: Account | None) -> View | None:
    """The page's values for one member, or for anybody if `account` is None; None if there is no such meeting."""
    meeting = meetings.get(connection, meeting_id) if items.ULID.fullmatch(meeting_id) else None
    if meeting is None:
        return None
    chairs = account is not None and facilitating.facilitates(connection, meeting.id, account)
    keeps = chairs or (account is not None and account.id in meetings.holders(connection, meeting.id, Duty.DOOR))
    here = attendances.present(connection, meeting.id) if keeps else ()
    inside = {one.account for one in here}
    tip = ledger.tip(connection)
    return View(
        meeting=meeting,
        state=meeting_words.stage(meeting.stage),
        rows=tuple(_row(connection, instance, point) for point in meetings.agenda_of(connection, meeting.id)),
        duties=tuple((duty.value, meeting_words.duty_name(duty), _holders(connection, meeting, duty)) for duty in Duty),
        numbers=attending.numbers(connection, meeting),
        here=here,
        absent=tuple(one for one in accounts.people(connection) if one.id not in inside) if keeps else (),
        by_presence=attending.is_by_presence(charter_of(connection, instance, instance.assembly, instance.now())),
        chairs=chairs,
        says_who=meeting.stage is Stage.CONVENED
        or (meeting.stage is Stage.OPEN and (chairs or not facilitating.facilitators(connection, meeting.id))),
        called_off_by=_shown(connection, meeting.called_off_by),
        keeps_the_door=keeps and meeting.stage in {Stage.CONVENED, Stage.OPEN},
        checkpoint=tip.checkpoint if tip is not None else "",
    )


def _row(connection: Connection, instance: Instance, point: Point) -> Row:
    known = votes.of_item(connection, point.item) if point.item is not None else ()
    here = [vote for vote in known if vote.meeting == point.meeting]
    found = (results.result(connection, instance, vote, {}) for vote in here)
    return Row(
        point,
        meeting_words.kind(point.kind),
        meeting_words.point_state(point.state),
        tuple(one for one in found if one is not None),
        findings.found(connection, point.id),
    )


def _shown(connection: Connection, number: int | None) -> str:
    account = accounts.numbered(connection, number) if number is not None else None
    return account.shown if account is not None else ""


def _holders(connection: Connection, meeting: Meeting, duty: Duty) -> tuple[Holder, ...]:
    found = (accounts.numbered(connection, number) for number in meetings.holders(connection, meeting.id, duty))
    return tuple(Holder(one.shown, one.name) for one in found if one is not None)
