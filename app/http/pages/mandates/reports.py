"""What delegates report and leave to who comes after, on the page of their mandate and on that of the report."""

from dataclasses import dataclass
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.office import is_outside
from app.http.pages import forms, page
from app.http.pages.confederation import stances
from app.http.pages.forms import Fields
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.mandates import delegating, reporting
from app.operations.mandates.registering import Entry
from app.operations.mandates.reporting import Standing
from app.operations.record.sealing import load
from app.store import accounts, acts
from app.store.accounts import Account, Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Told:
    """A report: who gave it and when, its text as HTML of theirs, where it stands, its entry and its item's page."""

    who: str
    when: int
    html: str
    standing: str
    address: str
    page: str


@dataclass(frozen=True, slots=True)
class Left:
    """A note to who comes after; Markdown."""

    who: str
    when: int
    text: str


@dataclass(frozen=True, slots=True)
class Reports:
    """What there is to read of a mandate after the votes; `due` has a sentence for each report that is owed."""

    told: tuple[Told, ...]
    due: tuple[str, ...]
    left: tuple[Left, ...]
    may_report: bool
    is_office: bool


def under(connection: Connection, instance: Instance, entry: Entry, account: Account | None) -> Reports:
    """The reports under a mandate; notes are for members of the assembly alone."""
    door = Door(connection, instance)
    told = tuple(
        _told(connection, instance, one, account)
        for one in reporting.given(connection, entry)
        if account is not None or door.opens(STRANGER, one.act)
    )
    due = tuple(_due(connection, instance, entry)) if entry.act.own else ()
    notes = reporting.handed_over(connection, instance, entry) if account is not None and entry.act.own else ()
    mine = account is not None and delegating.person_id(instance, account) in entry.mandate.delegates
    return Reports(
        told,
        due,
        tuple(Left(_member(connection, note.account), note.written_at, note.text) for note in notes),
        mine and entry.act.own,
        is_outside(entry.mandate),
    )


def of_item(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Told | None:
    """The report that an item is about."""
    act = acts.by_id(connection, item.details["report"])
    if act is None:
        return None
    given = reporting.Given(act, Id(act.author), reporting.standing_of(item), item)
    return _told(connection, instance, given, account)


async def report(request: Request, session: Session, fields: Fields) -> Response:
    """Give a report on a mandate of one's own."""
    instance: Instance = request.app.state.instance
    mandate, back = _mandate(request), request.url.path.removesuffix("/report")
    text = fields.get("text")
    done = await instance.database.write(lambda c: reporting.give(c, instance, session.account, mandate, text))
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


async def hand_over(request: Request, session: Session, fields: Fields) -> Response:
    """Leave a note for who comes after."""
    instance: Instance = request.app.state.instance
    mandate, back = _mandate(request), request.url.path.removesuffix("/handover")
    text = fields.get("text")
    done = await instance.database.write(lambda c: reporting.hand_over(c, instance, session.account, mandate, text))
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(back, status_code=303, headers=page.HEADERS)


def in_words(standing: Standing, *, office: bool = False) -> str:
    """Where a report stands."""
    if office and standing in {Standing.ACCEPTED, Standing.REFUSED}:
        return _("As mandated.") if standing is Standing.ACCEPTED else _("Not as mandated.")
    return {
        Standing.DUE: _("A report is due."),
        Standing.OVERDUE: _("The report is overdue."),
        Standing.WAITING: _("The assembly has not decided on it yet."),
        Standing.ACCEPTED: _("Accepted by the assembly."),
        Standing.REFUSED: _("Not accepted by the assembly."),
    }[standing]


def _due(connection: Connection, instance: Instance, entry: Entry) -> list[str]:
    found = []
    for person in entry.mandate.delegates:
        standing = reporting.standing(connection, instance, entry, person)
        if standing in {Standing.DUE, Standing.OVERDUE, Standing.REFUSED}:
            who = naming.person_name(connection, instance, person)
            found.append(_("{who}: {standing}").format(who=who, standing=in_words(standing)))
    return found


def _told(connection: Connection, instance: Instance, given: reporting.Given, account: Account | None) -> Told:
    ours = given.item is not None
    mandate = reporting.mandate_of(connection, instance, given.act)
    office = mandate is not None and is_outside(mandate)
    return Told(
        naming.person_name(connection, instance, given.who),
        given.act.published_at,
        load(given.act).get("content") or "",
        in_words(given.standing, office=office) if ours else "",
        stances.address_of(given.act),
        f"/proposals/{given.item.id}" if given.item is not None and account is not None else "",
    )


def _member(connection: Connection, number: int) -> str:
    found = accounts.numbered(connection, number)
    return found.shown if found is not None else ""


def _mandate(request: Request) -> str:
    instance: Instance = request.app.state.instance
    name = request.path_params["name"]
    return f"{instance.url}/acts/{name}" if name.isascii() and name.isalnum() else ""


ROUTES = (
    Route("/mandates/{name}/report", forms.from_members(report), methods=["POST"]),
    Route("/mandates/{name}/handover", forms.from_members(hand_over), methods=["POST"]),
)
