"""Sessions of delegations: called, their agenda and who comes, for everybody."""

from dataclasses import dataclass, replace
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.charter import Charter
from app.governance.session import Called
from app.http.pages import forms, moments, page
from app.http.pages.assembly import provisions
from app.http.pages.confederation import drafts, reports, stances
from app.http.pages.confederation.drafts import Draft
from app.http.pages.mandates import sending
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import answering, delegations, looking_up, sessions
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.store import accounts, acts
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance

_UNKNOWN = Refusal("session.unknown", "no such session is here")


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of an agenda, with its text, our own discussion of it, and how far it got."""

    id: str
    title: str
    address: str
    item: str | None
    reached: bool
    postponed: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """An assembly that registered; `sent` is its mandate in words, None where it is not here."""

    assembly: str
    votes: bool
    sent: sending.Sent | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as its page shows it; `may_keep` for those who keep its office while it lasts."""

    name: str
    title: str
    host: str
    entry: str
    starts: int
    ends: int | None
    has_opened: bool
    is_over: bool
    host_next: str
    is_ours_next: bool
    agenda: tuple[Matter, ...] = ()
    participants: tuple[Participant, ...] = ()
    mandates: tuple[tuple[str, str], ...] = ()
    may_keep: bool = False
    drafts: tuple[Draft, ...] = ()
    may_draft: bool = False
    renewed: bool = False
    rules: tuple[provisions.Line, ...] = ()
    report: reports.Report | None = None


async def listed(request: Request) -> Response:
    """Every session that we know of, the latest opening first."""
    instance: Instance = request.app.state.instance
    account = _account(request)

    def look(connection: Connection) -> tuple[Meeting, ...]:
        found = reversed(sessions.known(connection, instance))
        return tuple(
            _meeting(connection, instance, one) for one in found if _is_shown(connection, instance, one, account)
        )

    return page.render(request, "sessions/list.html", meetings=await instance.database.read(look))


async def new(request: Request, _session: Session) -> Response:
    """The form for calling a session, or for proposing that we host one."""
    return page.render(request, "sessions/new.html")


async def call(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Call a session of a council; in a commune, put on the agenda that it hosts one."""
    instance: Instance = request.app.state.instance
    starts, ends = forms.moment(fields.get("starts")), forms.moment(fields.get("ends"))
    if isinstance(starts, Refusal) or isinstance(ends, Refusal) or starts is None:
        return page.refused(request, Refusal("form.moment", "no opening, or no moment"), back="/sessions/new")
    wish = sessions.Wish(fields.get("name"), starts, ends, tuple(fields.get("invited").split()), fields.get("why"))

    def do(connection: Connection) -> str | Refusal:
        body = accounts.body(connection)
        if body is not None and body.kind == "council":
            sealed = sessions.call(connection, instance, session.account, wish)
            return sealed if isinstance(sealed, Refusal) else f"/sessions/{sealed.digest}"
        item = sessions.propose_hosting(connection, instance, session.account, wish)
        return item if isinstance(item, Refusal) else f"/proposals/{item.id}"

    return answered(request, await instance.database.write(do), "/sessions/new")


async def show(request: Request) -> Response:
    """One session: when, who comes with which mandate, the agenda; open to everybody before it opens (S9)."""
    instance: Instance = request.app.state.instance
    account = _account(request)

    def look(connection: Connection) -> Meeting | Refusal:
        found = find(connection, instance, request)
        if isinstance(found, Refusal) or not _is_shown(connection, instance, found, account):
            return _UNKNOWN
        return _whole(connection, instance, found, account)

    meeting = await instance.database.read(look)
    if isinstance(meeting, Refusal):
        return page.refused(request, meeting, back="/sessions")
    return page.render(request, "sessions/session.html", meeting=meeting)


def answered(request: Request, done: str | Refusal, before: str) -> Response:
    """Where a form leads to, or the page that says why it did nothing."""
    if isinstance(done, Refusal):
        return page.refused(request, done, back=before)
    return RedirectResponse(done, status_code=303, headers=page.HEADERS)


def back(request: Request) -> str:
    """The page of the session in the address."""
    name = request.path_params["session"]
    return f"/sessions/{name}" if name.isascii() and name.isalnum() else "/sessions"


def find(connection: Connection, instance: Instance, request: Request) -> Called | Refusal:
    """The session in the address, by the fingerprint of any version of its call."""
    name = request.path_params["session"]
    every = sessions.known(connection, instance)
    return next((one for one in every if any(ref.digest == name for ref in one.versions)), _UNKNOWN)


def _is_shown(connection: Connection, instance: Instance, called: Called, account: Account | None) -> bool:
    act = acts.by_reference(connection, called.session.head.ref.id, called.session.head.ref.digest)
    return act is not None and (account is not None or Door(connection, instance).opens(STRANGER, act))


def _account(request: Request) -> Account | None:
    session: Session | None = request.state.session
    return session.account if session is not None else None


def _meeting(connection: Connection, instance: Instance, called: Called) -> Meeting:
    session, now = called.session, instance.now()
    act = acts.by_reference(connection, session.head.ref.id, session.head.ref.digest)
    following = session.host_next
    return Meeting(
        called.first.digest,
        session.name,
        naming.assembly_name(connection, instance, session.head.author),
        stances.address_of(act) if act is not None else "",
        moments.seconds(session.starts),
        moments.seconds(session.ends) if session.ends is not None else None,
        session.starts <= now,
        called.is_over(now),
        naming.assembly_name(connection, instance, following) if following is not None else "",
        following == instance.assembly,
    )


def _whole(connection: Connection, instance: Instance, called: Called, account: Account | None) -> Meeting:
    known = _meeting(connection, instance, called)
    came = delegations.delegations(connection, instance, called)
    usable = delegations.to_register(connection, instance, called, account) if account is not None else ()
    words = (sending.sent(connection, instance, entry, account) for entry in usable)
    ours = called.session.head.author == instance.assembly
    named = Reading(connection, loopback=instance.loopback).at(Charter, called.session.charter)
    charter = named or charter_of(connection, instance, called.session.head.author, instance.now())
    return replace(
        known,
        agenda=_agenda(connection, called, account),
        participants=tuple(_participant(connection, instance, one, account) for one in came),
        mandates=tuple((one.act, ", ".join(person for _id, person in one.people)) for one in words),
        may_keep=ours and not known.is_over and account is not None and account.caretaker,
        drafts=drafts.drafts(connection, instance, called, account),
        rules=provisions.rules(charter) if charter is not None else (),
        renewed=called.session.head.author in looking_up.renewed(connection, instance),
        may_draft=ours and account is not None and account.caretaker,
        report=reports.report(connection, instance, called, account),
    )


def _agenda(connection: Connection, called: Called, account: Account | None) -> tuple[Matter, ...]:
    found: list[Matter] = []
    for ref in called.session.agenda:
        act = acts.by_reference(connection, ref.id, ref.digest)
        item = answering.answer_to(connection, ref.id) if account is not None else None
        found.append(
            Matter(
                ref.id,
                drafts.title(act) or _("A text that is not here yet"),
                stances.address_of(act) if act is not None else "",
                item.id if item is not None else None,
                ref in called.session.reached,
                ref in called.session.postponed,
            )
        )
    return tuple(found)


def _participant(
    connection: Connection, instance: Instance, delegation: delegations.Delegation, account: Account | None
) -> Participant:
    name = naming.assembly_name(connection, instance, delegation.assembly)
    entry = delegation.entry
    hidden = entry is None or (account is None and not Door(connection, instance).opens(STRANGER, entry.act))
    return Participant(
        name,
        delegation.votes,
        None if hidden or entry is None else sending.sent(connection, instance, entry, account),
    )


_ONE = "/sessions/{session}"
ROUTES = (
    Route("/sessions", forms.open_to_all(listed), methods=["GET"]),
    Route("/sessions", forms.from_members(call), methods=["POST"]),
    Route("/sessions/new", forms.for_members(new), methods=["GET"]),
    Route(_ONE, forms.open_to_all(show), methods=["GET"]),
)
