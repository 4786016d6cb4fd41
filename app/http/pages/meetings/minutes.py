"""The minutes of a meeting: what was written, what members want corrected, by what count they were adopted."""

from dataclasses import dataclass
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.meeting import Stage
from app.governance.proposal import State
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.matters.items import ULID
from app.http.pages.meetings import agendas
from app.http.pages.meetings.meetings import on_meeting
from app.http.pages.votes import results
from app.http.pages.votes.results import Result
from app.kernel.refusal import Refusal
from app.operations.meetings import minuting
from app.store import accounts, corrections, votes
from app.store.accounts import Account, Session, Standing
from app.store.agenda import Item
from app.store.corrections import Correction
from app.store.database import Connection
from app.store.meetings import Meeting
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Row:
    """A correction: who wants it, what became of it, whether this member takes it up or withdraws it."""

    correction: Correction
    who: str
    state: str
    takes_up: bool
    withdraws: bool


@dataclass(frozen=True, slots=True)
class Minutes:
    """Where the minutes of a meeting stand, in a sentence, and what this member may do about them."""

    said: str
    is_adopted: bool
    item: Item | None
    results: tuple[Result, ...]
    rows: tuple[Row, ...]
    may_write: bool
    may_correct: bool
    may_put: bool


def of_meeting(connection: Connection, instance: Instance, meeting: Meeting, account: Account | None) -> Minutes:
    """The minutes as one member sees them, or anybody (print) if `account` is None."""
    item = minuting.matter(connection, meeting.id)
    open_still = meeting.stage is Stage.CLOSED and meeting.adopted_at is None
    changes = open_still and not minuting.is_fixed(connection, meeting.id) and account is not None
    found = (results.result(connection, instance, vote, {}) for vote in _votes(connection, item))
    wanted = corrections.of_meeting(connection, meeting.id)
    decided = item is None or item.state in {State.REJECTED, State.LAPSED}
    return Minutes(
        _said(connection, instance, meeting, item),
        meeting.adopted_at is not None,
        item,
        tuple(one for one in found if one is not None),
        tuple(_row(connection, meeting, one, account, changes=changes) for one in wanted),
        changes and account is not None and minuting.has_written(connection, meeting, account),
        changes and account is not None and account.standing is Standing.VOTE,
        open_still and account is not None and decided,
    )


async def show(request: Request, session: Session) -> Response:
    """The minutes, made from what was decided and what was written; one page, to be printed."""
    instance: Instance = request.app.state.instance
    meeting = request.path_params["meeting"]

    def look(connection: Connection) -> tuple[agendas.View, Minutes] | None:
        view = agendas.view(connection, instance, meeting, session.account)
        return None if view is None else (view, of_meeting(connection, instance, view.meeting, session.account))

    found = await instance.database.read(look)
    if found is None:
        return page.refused(request, Refusal("meeting.unknown", "no such meeting"), back="/meetings")
    view, minutes = found
    return page.render(request, "meetings/minutes.html", view=view, meeting=view.meeting, minutes=minutes)


async def write(request: Request, session: Session, fields: Fields) -> Response:
    """Write the free part of the minutes."""
    text = fields.get("notes")
    return await on_meeting(
        request,
        lambda connection, _, meeting: minuting.write(connection, session.account, meeting, text),
        to=_path(request),
    )


async def correct(request: Request, session: Session, fields: Fields) -> Response:
    """Propose a correction."""
    text = fields.get("text")
    return await on_meeting(
        request,
        lambda connection, instance, meeting: minuting.correct(connection, instance, session.account, meeting, text),
        to=_path(request),
    )


async def settle(request: Request, session: Session, fields: Fields) -> Response:
    """Take a correction up, or withdraw it."""
    number, to = fields.number("correction"), fields.get("to")
    if isinstance(number, Refusal) or to not in {corrections.State.TAKEN_UP, corrections.State.WITHDRAWN}:
        return page.refused(request, Refusal("form.choice", f"no such step: {to[:40]!r}"), back=_path(request))
    return await on_meeting(
        request,
        lambda connection, _, __: minuting.settle(connection, session.account, number, corrections.State(to)),
        to=_path(request),
    )


async def put(request: Request, session: Session, _fields: Fields) -> Response:
    """Put the minutes to the assembly, and show what it decides on."""
    instance: Instance = request.app.state.instance
    meeting = request.path_params["meeting"]
    known = meeting if ULID.fullmatch(meeting) else ""
    done = await instance.database.write(lambda connection: minuting.put(connection, instance, known, session.account))
    if isinstance(done, Refusal):
        return page.refused(request, done, back=_path(request))
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


def _said(connection: Connection, instance: Instance, meeting: Meeting, item: Item | None) -> str:
    if not minuting.is_as_adopted(connection, instance, meeting):
        return _("The assembly has adopted minutes of this meeting, but not these: they were changed since.")
    if meeting.adopted_at is not None:
        return _("The assembly has adopted these minutes.")
    if item is None or item.state == State.LAPSED:
        return _("Not adopted yet: they come first in the next meeting, and the assembly decides on them there.")
    if item.state == State.ADOPTED:
        return _("The assembly decided to adopt these minutes; it counts once our co-signers have confirmed it.")
    if item.state == State.REJECTED:
        return _("The assembly did not adopt these minutes as they were: they come first in the next meeting again.")
    if item.state == State.DECIDING:
        return _("The assembly votes on these minutes now, and nobody changes them.")
    return _("Not adopted yet: they are before the assembly, which decides on them like on any matter.")


def _votes(connection: Connection, item: Item | None) -> tuple[votes.Vote, ...]:
    return votes.of_item(connection, item.id) if item is not None else ()


def _row(connection: Connection, meeting: Meeting, found: Correction, account: Account | None, *, changes: bool) -> Row:
    words = {
        corrections.State.PROPOSED: _("Proposed, and not taken up."),
        corrections.State.TAKEN_UP: _("Taken up: it belongs to the minutes."),
        corrections.State.WITHDRAWN: _("Withdrawn by who proposed it."),
    }
    who = accounts.numbered(connection, found.account)
    waits = changes and account is not None and found.state is corrections.State.PROPOSED
    may = {
        to: waits and account is not None and minuting.may_settle(connection, meeting, found, account, to)
        for to in (corrections.State.TAKEN_UP, corrections.State.WITHDRAWN)
    }
    return Row(
        found,
        who.shown if who is not None else "",
        words[found.state],
        may[corrections.State.TAKEN_UP],
        may[corrections.State.WITHDRAWN],
    )


def _path(request: Request) -> str:
    meeting = request.path_params["meeting"]
    return f"/meetings/{meeting}/minutes" if ULID.fullmatch(meeting) else "/meetings"


_MEETING = "/meetings/{meeting}"

ROUTES = (
    Route(f"{_MEETING}/minutes", forms.for_members(show), methods=["GET"]),
    Route(f"{_MEETING}/notes", forms.from_members(write), methods=["POST"]),
    Route(f"{_MEETING}/correct", forms.from_members(correct), methods=["POST"]),
    Route(f"{_MEETING}/correction", forms.from_members(settle), methods=["POST"]),
    Route(f"{_MEETING}/adopt", forms.from_members(put), methods=["POST"]),
)
