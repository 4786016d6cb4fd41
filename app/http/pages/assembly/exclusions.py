"""Exclusion on pages: the reason in writing, the hearing, the appeal."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import departing, excluding
from app.store import accounts
from app.store.accounts import Account, Session
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

FORM: Final = "/members/exclude"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What the page of an exclusion says of the hearing."""

    who: str
    trust: str
    not_before: int
    heard: bool
    concerned: bool
    may_say: bool
    people: tuple[Account, ...]


def exclusion(connection: Connection, item: Item, account: Account | None) -> Exclusion | None:
    """The hearing of an exclusion as one member sees it; None for anything else."""
    found = excluding.hearing(item)
    if found is None:
        return None
    trusted = accounts.numbered(connection, found.trust) if found.trust is not None else None
    concerned = accounts.numbered(connection, found.account)
    me = account.id if account is not None else None
    return Exclusion(
        concerned.shown if concerned is not None else "",
        trusted.shown if trusted is not None else "",
        found.not_before,
        found.heard,
        me == found.account,
        account is not None and account.id not in found.said and excluding.is_witness(item, account),
        tuple(one for one in accounts.members(connection) if one.id != found.account),
    )


async def form(request: Request, session: Session) -> Response:
    """The form by which somebody proposes it."""
    instance: Instance = request.app.state.instance
    people = await instance.database.read(accounts.members)
    others = [one for one in people if one.id != session.account.id]
    return page.render(request, "exclude.html", people=others)


async def propose(request: Request, session: Session, fields: Fields) -> Response:
    """Put it on the agenda."""
    instance: Instance = request.app.state.instance
    days, name, why = fields.number("days"), fields.get("name"), fields.get("why")
    if isinstance(days, Refusal):
        return page.refused(request, days, back=FORM)
    done = await instance.database.write(
        lambda connection: excluding.propose(connection, instance, session.account, name, days, why)
    )
    return _to(request, done, FORM)


async def trust(request: Request, session: Session, fields: Fields) -> Response:
    """The person concerned names somebody whom they trust."""
    instance: Instance = request.app.state.instance
    item, name = request.path_params["item"], fields.get("name")
    done = await instance.database.write(
        lambda connection: excluding.name_trusted(connection, session.account, item, name)
    )
    return _to(request, done, "/proposals")


async def heard(request: Request, session: Session, _fields: Fields) -> Response:
    """Say that the person was heard, or did not come."""
    instance: Instance = request.app.state.instance
    item = request.path_params["item"]
    done = await instance.database.write(lambda connection: excluding.say_heard(connection, session.account, item))
    return _to(request, done, "/proposals")


async def appeal(request: Request, session: Session, fields: Fields) -> Response:
    """Who is excluded takes it to the next meeting."""
    instance: Instance = request.app.state.instance
    why = fields.get("why")
    done = await instance.database.write(
        lambda connection: excluding.appeal(connection, instance, session.account, why)
    )
    return _to(request, done, "/me")


async def depart(request: Request, session: Session, fields: Fields) -> Response:
    """Somebody leaves: oneself, or a member with no device who said so."""
    instance: Instance = request.app.state.instance
    name = fields.get("name") or session.account.name
    done = await instance.database.write(
        lambda connection: departing.propose(connection, instance, session.account, name)
    )
    return _to(request, done, "/me" if name == session.account.name else "/members")


def _to(request: Request, done: Item | Refusal, back: str) -> Response:
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


ROUTES = (
    Route(FORM, forms.for_speakers(form), methods=["GET"]),
    Route(FORM, forms.from_members(propose), methods=["POST"]),
    Route("/proposals/{item}/trust", forms.from_members(trust), methods=["POST"]),
    Route("/proposals/{item}/heard", forms.from_people(heard), methods=["POST"]),
    Route("/members/depart", forms.from_members(depart), methods=["POST"]),
    Route("/me/appeal", forms.from_people(appeal), methods=["POST"]),
)
