"""What an office of an assembly says, on the page of its mandate: signed by both, or by one who says since when."""

from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance import office
from app.governance.composition import ASKED_FOR
from app.governance.office import Signed
from app.http.pages import forms, moments, page
from app.http.pages.confederation import stances
from app.http.pages.forms import Fields
from app.http.pages.mandates import breaches
from app.kernel.refusal import Refusal
from app.operations.assembly import chairing
from app.operations.assembly.chairing import Word
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.mandates import delegating, recalling
from app.operations.mandates.registering import Entry
from app.operations.record.sealing import load
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that an office said: by whom it is signed in words, and what this member may do."""

    act: str
    address: str
    html: str
    when: int
    signed: str
    waiting: bool
    may_sign: bool
    may_alone: bool


@dataclass(frozen=True, slots=True)
class Chair:
    """An office of the assembly's own: what it said, newest first, and whether this member speaks for it.

    `held` is True for who would, and does not while a recall of theirs is open.
    """

    said: tuple[Said, ...]
    mine: bool
    held: bool


def of(connection: Connection, instance: Instance, entry: Entry, account: Account | None) -> Chair | None:
    """The office that a mandate gives; None for any other mandate."""
    if not office.is_own(entry.mandate):
        return None
    door = Door(connection, instance)
    found = chairing.words(connection, instance, entry)
    shown = [one for one in found if account is not None or door.opens(STRANGER, one.act)]
    person = delegating.person_id(instance, account) if account is not None else None
    holds = person in entry.mandate.delegates and person not in entry.recalled
    held = person is not None and recalling.is_held(connection, entry.act.id, person)
    theirs = holds and entry.act.own and entry.is_in_force(instance.now())
    mine = theirs and not held
    said = tuple(_said(connection, instance, one, person if mine else None) for one in reversed(shown))
    return Chair(said, mine, theirs and held)


def _said(connection: Connection, instance: Instance, word: Word, person: str | None) -> Said:
    waiting = word.standing is Signed.WAITING
    over = instance.now() >= word.report.head.published + ASKED_FOR
    return Said(
        word.act.id,
        stances.address_of(word.act),
        str(load(word.act).get("content") or ""),
        word.act.published_at,
        _signed(connection, instance, word),
        waiting,
        person in word.missing,
        waiting and person == word.act.author and over,
    )


def _signed(connection: Connection, instance: Instance, word: Word) -> str:
    who = breaches.names(connection, instance, word.signers)
    missing = breaches.names(connection, instance, word.missing)
    if word.standing is Signed.TOGETHER:
        return _("Signed by {who}.").format(who=who)
    if not word.missing:
        return _("Signed by {who}, who holds the office alone.").format(who=who)
    if word.standing is Signed.ALONE:
        return _("Signed by {who} alone: {missing} was asked, and a day passed.").format(who=who, missing=missing)
    until = moments.near(word.act.published_at + int(ASKED_FOR.total_seconds()))
    said = _("Signed by {who}. It does not speak for the office yet: {missing} is asked to sign too, until {until}.")
    return said.format(who=who, missing=missing, until=until)


async def say(request: Request, session: Session, fields: Fields) -> Response:
    """Sign what the office is to say; the other is asked."""
    mandate, text = _mandate(request), fields.get("text")
    return await _do(request, lambda c, instance: chairing.say(c, instance, session.account, mandate, text))


async def sign(request: Request, session: Session, fields: Fields) -> Response:
    """Sign what the other asks."""
    return await _do(request, lambda c, instance: chairing.sign(c, instance, session.account, fields.get("report")))


async def alone(request: Request, session: Session, fields: Fields) -> Response:
    """Say it alone, a day after the other was asked."""
    return await _do(
        request, lambda c, instance: chairing.say_alone(c, instance, session.account, fields.get("report"))
    )


async def _do(request: Request, work: Callable[[Connection, Instance], object]) -> Response:
    instance: Instance = request.app.state.instance
    back = request.url.path.rpartition("/")[0]
    done = await instance.database.write(lambda connection: work(connection, instance))
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(back, status_code=303, headers=page.HEADERS)


def _mandate(request: Request) -> str:
    instance: Instance = request.app.state.instance
    name = request.path_params["name"]
    return f"{instance.url}/acts/{name}" if name.isascii() and name.isalnum() else ""


ROUTES = (
    Route("/mandates/{name}/say", forms.from_members(say), methods=["POST"]),
    Route("/mandates/{name}/sign", forms.from_members(sign), methods=["POST"]),
    Route("/mandates/{name}/alone", forms.from_members(alone), methods=["POST"]),
)
