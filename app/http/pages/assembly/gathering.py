"""A gathering's first pages: who has come, and the founding decision as the people made it by a show of hands."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.assembly import founding, gathering, membership
from app.operations.assembly.gathering import Decision, Told
from app.store import accounts, meetings
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance

FOUND: Final = "/gathering/found"
_ENTRY: Final = ("vouch(2)", "door", "assembly")
_ROLL: Final = ("register", "presence")
_FIGURES: Final = frozenset({"rules", "present", "agree"})


async def form(request: Request, _session: Session) -> Response:
    """The founding decision, to be filled in as it was made in the room."""
    instance: Instance = request.app.state.instance
    body = request.state.body
    if body is None or body.founded_at is not None or body.kind != "commune":
        return page.refused(request, Refusal("body.founded", "only a gathering of people is founded here"))

    def look(connection: Connection) -> tuple[tuple[Account, ...], Told, bool]:
        meets = meetings.sitting(connection) is not None
        return accounts.members(connection), gathering.told(connection), meets

    people, told, meets = await instance.database.read(look)
    return page.render(request, "gathering/found.html", people=people, told=told, first=_first(told), meets=meets)


async def found(request: Request, session: Session, fields: Fields) -> Response:
    """Enter the founding decision; with the second teller's the page that answers shows the next key, once."""
    instance: Instance = request.app.state.instance
    present, agree = fields.number("present"), fields.number("agree")
    vote_age = fields.number("vote_age")
    if isinstance(present, Refusal) or isinstance(agree, Refusal) or isinstance(vote_age, Refusal):
        return page.refused(request, Refusal("form.number", "a figure is no whole number"), back=FOUND)
    entry, roll = fields.get("entry"), fields.get("roll")
    if entry not in _ENTRY or roll not in _ROLL:
        return page.refused(request, Refusal("form.choice", f"{entry[:40]!r}, {roll[:40]!r}"), back=FOUND)
    rules: Document = {"entry": entry, "roll": roll, "vote_age": vote_age}
    agreed = founding.Agreed(
        fields.get("name"), fields.get("belongs"), fields.all("caretaker"), fields.all("co_signer")
    )

    decision = Decision(rules, agreed, present, agree, fields.get("teller"))
    done = await instance.database.write(
        lambda connection: gathering.enter(connection, instance, session.account, decision)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=FOUND)
    if isinstance(done, Told):
        return RedirectResponse(FOUND, status_code=303, headers=page.HEADERS)
    await forms.recognise(request)
    return page.render(request, "gathering/founded.html", next_key=done.next_key.hex(), keylog=done.key_event.digest)


def _first(told: Told) -> Document:
    """What the form begins with: what the first teller has, the figures apart."""
    first = told.first or {}
    return {**first.get("rules", {}), **{key: value for key, value in first.items() if key not in _FIGURES}}


async def add(request: Request, _session: Session, fields: Fields) -> Response:
    """Enter somebody on the list of those who have come, with no more than a name."""
    instance: Instance = request.app.state.instance
    name = fields.get("name")
    done = await instance.database.write(lambda connection: membership.add(connection, instance, name, None))
    if isinstance(done, Refusal):
        return page.refused(request, done, back="/members")
    return RedirectResponse("/members", status_code=303, headers=page.HEADERS)


ROUTES = (
    Route(FOUND, forms.for_members(form), methods=["GET"]),
    Route(FOUND, forms.from_members(found), methods=["POST"]),
    Route("/gathering/people", forms.from_members(add), methods=["POST"]),
)
