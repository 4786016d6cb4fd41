"""Meetings: convened with their agenda and facilitated; the sheet for the wall."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.meeting import FREE, Kind
from app.governance.meeting import Point as PointState
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.matters.items import ULID
from app.http.pages.meetings import agendas, meeting_words
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.meetings import calling_off, convening, facilitating
from app.store import accounts, agenda, meetings
from app.store.accounts import Session
from app.store.agenda import Item
from app.store.database import Connection
from app.store.meetings import Duty, Meeting
from app.wiring import Instance

_MOST: Final = 100
_UNKNOWN: Final = Refusal("meeting.unknown", "no such meeting")
_BY_HAND: Final = (Kind.ACQUAINTANCE, Kind.REPORT, Kind.BREAKOUT, Kind.SOCIAL, Kind.OTHER)
_SCALE: Final = 6


async def listed(request: Request, _session: Session) -> Response:
    """Every meeting, the latest first, and when the next one would be."""
    instance = _instance(request)

    def look(connection: Connection) -> tuple[tuple[Meeting, ...], Instant]:
        return meetings.listed(connection, _MOST), convening.next_date(connection, instance)

    found, following = await instance.database.read(look)
    rows = [(one, meeting_words.stage(one.stage)) for one in found]
    return page.render(request, "meetings/list.html", rows=rows, following=following)


async def new(request: Request, _session: Session) -> Response:
    """The form for a convocation, with what waits to be decided."""
    instance = _instance(request)

    def look(connection: Connection) -> tuple[list[Item], Instant]:
        known = agenda.listed(connection, _MOST)
        return [item for item in known if item.state in convening.TO_DECIDE], convening.next_date(connection, instance)

    waiting, following = await instance.database.read(look)
    return page.render(
        request,
        "meetings/new.html",
        waiting=waiting,
        chosen=request.query_params.getlist("item"),
        kinds=[(kind.value, meeting_words.kind(kind)) for kind in _BY_HAND],
        following=(following + timedelta(seconds=59)).strftime("%Y-%m-%dT%H:%M"),
    )


async def convene(request: Request, session: Session, fields: Fields) -> Response:
    """Convene a meeting."""
    meets = forms.moment(fields.get("meets"))
    if meets is None or isinstance(meets, Refusal):
        return page.refused(request, meets or Refusal("form.moment", "no moment"), back="/meetings/new")
    free = tuple((kind, meeting_words.kind(kind)) for kind in _BY_HAND if kind in fields.all("kind"))
    plan = convening.Plan(
        fields.get("place"),
        meets,
        tuple(room.strip() for room in fields.get("rooms").splitlines() if room.strip()),
        fields.all("item"),
        free,
    )
    instance, by = _instance(request), session.account
    done = await instance.database.write(lambda connection: convening.convene(connection, instance, plan, by))
    return page.refused(request, done, back="/meetings/new") if isinstance(done, Refusal) else _to(done.id)


async def show(request: Request, session: Session) -> Response:
    """One meeting: its agenda, what is going on, and what came of it."""
    return await _shown(request, session, "meetings/meeting.html")


async def wall(request: Request, session: Session) -> Response:
    """The sheet for the wall: when, where, and the address of our door to open or to scan."""
    address = f"{_instance(request).url}/door"
    code = Markup(segno.make(address, error="m").svg_inline(scale=_SCALE, border=2))  # noqa: S704 - drawn here
    return await _shown(request, session, "meetings/wall.html", address=address, code=code)


async def duty(request: Request, session: Session, fields: Fields) -> Response:
    """Somebody takes up a duty, or gives it back."""
    said = fields.get("duty")
    if said not in set(Duty):
        return page.refused(request, Refusal("form.choice", f"no such duty: {said[:40]!r}"), back=_back(request))
    name, back = fields.get("member") or session.account.name, fields.get("give_back") == "1"
    return await on_meeting(
        request,
        lambda connection, _, meeting: facilitating.take_duty(
            connection, session.account, meeting, name, Duty(said), give_back=back
        ),
    )


async def point(request: Request, _session: Session, fields: Fields) -> Response:
    """Put something to talk about on the agenda."""
    kind, title = fields.get("kind"), fields.get("title")
    if kind not in FREE:
        return page.refused(request, Refusal("form.choice", f"no such point: {kind[:40]!r}"), back=_back(request))
    return await on_meeting(
        request,
        lambda connection, instance, meeting: convening.add_point(connection, instance, meeting, Kind(kind), title),
    )


async def name(request: Request, _session: Session, fields: Fields) -> Response:
    """Name something to decide on the agenda."""
    item = fields.get("item")
    return await on_meeting(
        request, lambda connection, instance, meeting: convening.name_item(connection, instance, meeting, item)
    )


async def begin(request: Request, session: Session, _fields: Fields) -> Response:
    """Open the meeting."""
    return await on_meeting(
        request,
        lambda connection, instance, meeting: facilitating.begin(connection, instance, session.account, meeting),
    )


async def step(request: Request, session: Session, fields: Fields) -> Response:
    """Open a point, end it, or skip it."""
    number, to, notes = fields.number("point"), fields.get("to"), fields.get("notes")
    if isinstance(number, Refusal) or to not in {PointState.OPEN, PointState.DONE, PointState.SKIPPED}:
        return page.refused(request, Refusal("form.choice", f"no such step: {to[:40]!r}"), back=_back(request))
    return await on_meeting(
        request,
        lambda connection, instance, _: facilitating.step(
            connection, instance, session.account, number, PointState(to), notes
        ),
    )


async def finding(request: Request, session: Session, fields: Fields) -> Response:
    """Bring back what a small group found."""
    number, circle, text = fields.number("point"), fields.get("circle"), fields.get("text")
    if isinstance(number, Refusal):
        return page.refused(request, number, back=_back(request))
    return await on_meeting(
        request,
        lambda connection, instance, _: facilitating.report_back(
            connection, instance, session.account, number, circle, text
        ),
    )


async def close(request: Request, session: Session, fields: Fields) -> Response:
    """Close the meeting."""
    text = fields.get("notes")
    return await on_meeting(
        request,
        lambda connection, instance, meeting: facilitating.close(connection, instance, session.account, meeting, text),
    )


async def cancel(request: Request, session: Session, _fields: Fields) -> Response:
    """Want the meeting called off before it begins; with two it is."""
    return await on_meeting(
        request,
        lambda connection, instance, meeting: calling_off.call_off(connection, instance, session.account, meeting),
    )


async def _shown(request: Request, session: Session, template: str, **more: str) -> Response:
    instance, meeting = _instance(request), request.path_params["meeting"]

    def look(connection: Connection) -> tuple[agendas.View | None, list[Item], tuple[accounts.Account, ...]]:
        waiting = [item for item in agenda.listed(connection, _MOST) if item.state in convening.TO_DECIDE]
        found = agendas.view(connection, instance, meeting, session.account)
        return found, waiting, accounts.members(connection)

    view, waiting, members = await instance.database.read(look)
    if view is None:
        return page.refused(request, _UNKNOWN, back="/meetings")
    kinds = [(kind.value, meeting_words.kind(kind)) for kind in _BY_HAND]
    named = {row.point.item for row in view.rows}
    free = [item for item in waiting if item.id not in named]
    known = {"view": view, "meeting": view.meeting, "kinds": kinds, "waiting": free, "members": members}
    return page.render(request, template, 200, **known, **more)


async def on_meeting(
    request: Request, work: Callable[[Connection, Instance, str], object], *, to: str = ""
) -> Response:
    """Do `work` on the meeting of the address in one transaction, then show it, or the page `to`, or why not."""
    instance, meeting = _instance(request), request.path_params["meeting"]
    if ULID.fullmatch(meeting) is None:
        return page.refused(request, _UNKNOWN, back="/meetings")
    result = await instance.database.write(lambda connection: work(connection, instance, meeting))
    if isinstance(result, Refusal):
        return page.refused(request, result, back=to or _back(request))
    return RedirectResponse(to or f"/meetings/{meeting}", status_code=303, headers=page.HEADERS)


def _instance(request: Request) -> Instance:
    instance: Instance = request.app.state.instance
    return instance


def _to(meeting: str) -> Response:
    return RedirectResponse(f"/meetings/{meeting}", status_code=303, headers=page.HEADERS)


def _back(request: Request) -> str:
    meeting = request.path_params["meeting"]
    return f"/meetings/{meeting}" if ULID.fullmatch(meeting) else "/meetings"


_MEETING: Final = "/meetings/{meeting}"

ROUTES = (
    Route("/meetings", forms.for_members(listed), methods=["GET"]),
    Route("/meetings/new", forms.for_members(new), methods=["GET"]),
    Route("/meetings/new", forms.from_members(convene), methods=["POST"]),
    Route(_MEETING, forms.for_members(show), methods=["GET"]),
    Route(f"{_MEETING}/wall", forms.for_members(wall), methods=["GET"]),
    *(
        Route(f"{_MEETING}/{action}", forms.from_members(handler), methods=["POST"])
        for action, handler in (
            ("duty", duty),
            ("point", point),
            ("name", name),
            ("begin", begin),
            ("step", step),
            ("finding", finding),
            ("close", close),
            ("cancel", cancel),
        )
    ),
)
