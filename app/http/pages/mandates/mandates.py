"""Mandates: the register, a delegate's own, voting under one with a warning, answering for it, proposing a recall."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.proposal import Proposal
from app.http.pages import forms, page
from app.http.pages.assembly import chairs
from app.http.pages.assembly.chairs import Chair
from app.http.pages.confederation import stances
from app.http.pages.forms import Fields
from app.http.pages.mandates import matters, reports, sending
from app.http.pages.mandates.reports import Reports
from app.http.pages.mandates.sending import Sent
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.mandates import delegating, questioning, recalling, registering
from app.operations.mandates.delegating import Preview, Wish
from app.operations.mandates.positions import answer_in_words
from app.operations.record import entries
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance

_SHOWN: Final = frozenset({"now", "past"})


@dataclass(frozen=True, slots=True)
class Open:
    """A proposal on which a delegate may speak now: each answer by name, in words, with what it would be worth.

    `counted` says why nothing that a delegate says changes anything; then there is nothing to choose.
    """

    id: str
    title: str
    address: str
    answers: tuple[tuple[str, str, str], ...]
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One mandate with what this member may do under it."""

    sent: Sent
    mine: bool
    matters: tuple[Open, ...]
    reports: Reports
    chair: Chair | None = None


async def register(request: Request) -> Response:
    """Every mandate, with what was done under each; a delegate's own come first. `?show=` is `now` or `past`."""
    return await _listed(request, "mandates/register.html")


async def printed(request: Request) -> Response:
    """The register on paper, with the sentences of the screen."""
    return await _listed(request, "mandates/print.html")


async def _listed(request: Request, template: str) -> Response:
    instance: Instance = request.app.state.instance
    session: Session | None = request.state.session
    which = request.query_params.get("show", "")

    def look(connection: Connection) -> tuple[Sheet, ...]:
        door = Door(connection, instance)
        found = [
            entry
            for entry in registering.register(connection, instance)
            if session is not None or door.opens(STRANGER, entry.act)
        ]
        account = session.account if session is not None else None
        return tuple(_sheet(connection, instance, entry, account) for entry in found)

    sheets = await instance.database.read(look)
    shown = [one for one in sheets if which not in _SHOWN or (one.sent.ended is None) == (which == "now")]
    return page.render(request, template, sheets=sorted(shown, key=lambda sheet: not sheet.mine), which=which)


async def show(request: Request) -> Response:
    """One mandate; its delegate votes from here."""
    instance: Instance = request.app.state.instance
    session: Session | None = request.state.session
    mandate_id = await _mandate_id(request)

    def look(connection: Connection) -> Sheet | Refusal:
        found = registering.entry(connection, instance, mandate_id)
        if isinstance(found, Refusal):
            return found
        if session is None and not Door(connection, instance).opens(STRANGER, found.act):
            return Refusal("mandate.unknown", f"no mandate {mandate_id} is here for everybody")
        account = session.account if session is not None else None
        return _sheet(connection, instance, found, account, detailed=True)

    sheet = await instance.database.read(look)
    if isinstance(sheet, Refusal):
        return page.refused(request, Refusal("page.unknown", sheet.because), back="/mandates")
    just_sent = next((one for one in sheet.sent.votes if one.name == request.query_params.get("sent")), None)
    return page.render(
        request,
        "mandates/mandate.html",
        sheet=sheet,
        choices=matters.choices(),
        just_sent=just_sent if sheet.mine else None,
    )


async def vote(request: Request, session: Session, fields: Fields) -> Response:
    """Send a delegate's vote; one that would not count is shown with the other ways first."""
    instance: Instance = request.app.state.instance
    wish = _wish(fields, await _mandate_id(request))
    if isinstance(wish, Refusal):
        return page.refused(request, wish, back="/mandates")
    seen = await instance.database.read(lambda c: delegating.preview(c, instance, session.account, wish))
    if isinstance(seen, Refusal):
        return page.refused(request, seen, back=request.url.path.removesuffix("/vote"))
    if seen.warns and fields.get("anyway") != "yes":
        return await _warn(request, instance, seen)
    sent = await instance.database.write(lambda c: delegating.send(c, instance, session.account, wish))
    if isinstance(sent, Refusal):
        return page.refused(request, sent, back=request.url.path.removesuffix("/vote"))
    return _to(f"{request.url.path.removesuffix('/vote')}?sent={sent.act.id.rpartition('/')[2]}")


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Put a proposal on our agenda instead of voting: the assembly says what to say."""
    instance: Instance = request.app.state.instance
    about = fields.get("proposal")
    item = await instance.database.write(lambda c: delegating.ask_for(c, instance, session.account, about))
    return page.refused(request, item) if isinstance(item, Refusal) else _to(f"/proposals/{item}")


async def answer(request: Request, session: Session, fields: Fields) -> Response:
    """Keep what a delegate answers to the assembly about a vote against the mandate."""
    instance: Instance = request.app.state.instance
    vote_id, text = fields.get("vote"), fields.get("text")
    plain = vote_id if vote_id.isascii() and vote_id.isprintable() else ""
    done = await instance.database.write(lambda c: questioning.answer(c, instance, session.account, plain, text))
    back = request.url.path.removesuffix("/answer")
    return page.refused(request, done, back=back) if isinstance(done, Refusal) else _to(back)


async def recall(request: Request, session: Session, fields: Fields) -> Response:
    """Put a recall on the agenda: one button, for every member."""
    instance: Instance = request.app.state.instance
    mandate_id = await _mandate_id(request)
    item = await instance.database.write(
        lambda c: recalling.propose(
            c, instance, session.account, mandate_id, fields.all("delegates"), fields.get("why")
        )
    )
    if isinstance(item, Refusal):
        return page.refused(request, item, back=request.url.path.removesuffix("/recall"))
    return _to(f"/proposals/{item.id}")


async def _warn(request: Request, instance: Instance, seen: Preview) -> Response:
    name = request.state.body.name
    title = sending.about(seen.proposal)
    said = sending.warning(seen.check.verdict, name)
    mandate = seen.mandate
    told = await instance.database.read(lambda c: sending.positions(c, mandate) if mandate is not None else ())
    return page.render(
        request,
        "mandates/warning.html",
        said=said,
        title=title,
        told=told,
        proposal=seen.wish.proposal,
        choice=seen.wish.choice.value,
        choice_said=answer_in_words(seen.wish.choice),
        assembly=name,
        back=request.url.path.removesuffix("/vote"),
    )


def _sheet(
    connection: Connection,
    instance: Instance,
    entry: registering.Entry,
    account: Account | None,
    *,
    detailed: bool = False,
) -> Sheet:
    mine = account is not None and delegating.person_id(instance, account) in entry.mandate.delegates
    matters: tuple[Open, ...] = ()
    if account is not None and mine and entry.act.own and detailed:
        found = delegating.open_for(connection, instance, entry.mandate)
        matters = tuple(_open(connection, instance, entry, account, proposal) for proposal in found)
    said = reports.under(connection, instance, entry, account)
    chair = chairs.of(connection, instance, entry, account) if detailed else None
    return Sheet(sending.sent(connection, instance, entry, account), mine and entry.act.own, matters, said, chair)


def _open(
    connection: Connection, instance: Instance, entry: registering.Entry, account: Account, proposal: Proposal
) -> Open:
    assembly = naming.assembly_name(connection, instance, instance.assembly)
    title, address = sending.about(proposal), _page_of(connection, instance, proposal.head.ref.id)
    counted = {
        "final": _("It is counted: the result is final."),
        "answered": _("{assembly} has answered itself, and that is what counts.").format(assembly=assembly),
    }.get(delegating.is_counted(connection, instance, proposal), "")
    if counted:
        return Open(proposal.head.ref.id, title, address, (), counted)
    worth = delegating.outlook(connection, instance, account, entry.mandate, proposal)
    return Open(
        proposal.head.ref.id,
        title,
        address,
        tuple((choice.value, answer_in_words(choice), sending.worth(check, assembly)) for choice, check in worth),
    )


def _page_of(connection: Connection, instance: Instance, act_id: str) -> str:
    act = entries.find(connection, instance, "", act_id)
    return stances.address_of(act) if act is not None else "/confederation"


async def _mandate_id(request: Request) -> str:
    """The address of the mandate that a page is about: `?of=` for one of another assembly."""
    instance: Instance = request.app.state.instance
    name, of = request.path_params["name"], request.query_params.get("of", "")
    plain = (name + of).isascii() and (name + of).isprintable()
    return (of or f"{instance.url}/acts/{name}") if plain else ""


def _wish(fields: Fields, mandate_id: str) -> Wish | Refusal:
    choice = matters.read_choice(fields.get("choice"))
    if isinstance(choice, Refusal):
        return choice
    indicative = fields.get("indicative") == "yes"
    said = (fields.get("estimate"), fields.get("reason")) if indicative else ("", "")
    return Wish(fields.get("proposal"), choice, mandate_id, indicative, *said)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers=page.HEADERS)


ROUTES = (
    Route("/mandates", forms.open_to_all(register), methods=["GET"]),
    Route("/mandates/print", forms.open_to_all(printed), methods=["GET"]),
    Route("/mandates/{name}", forms.open_to_all(show), methods=["GET"]),
    Route("/mandates/{name}/vote", forms.from_members(vote), methods=["POST"]),
    Route("/mandates/{name}/ask", forms.from_members(ask), methods=["POST"]),
    Route("/mandates/{name}/answer", forms.from_members(answer), methods=["POST"]),
    Route("/mandates/{name}/recall", forms.from_members(recall), methods=["POST"]),
)
