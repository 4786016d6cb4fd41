"""The board: where the assemblies stand on each proposal, counted again here."""

from dataclasses import dataclass
from gettext import gettext as _
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.federation.documents import host_of
from app.governance import tally
from app.governance.tally import Count
from app.http.pages import forms, moments, page, sentences
from app.http.pages.confederation import belonging, extensions, stances
from app.http.pages.confederation.stances import Link, Name, Stand
from app.http.pages.forms import Fields
from app.http.pages.matters import alternatives
from app.http.pages.matters.alternatives import Alternative
from app.http.pages.votes import explanations, options
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import answering, confederations, counting, joining, leaving
from app.operations.confederation.counting import Board, Judged
from app.operations.confederation.signatures import signatures
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.record.reading import Reading
from app.store import acts, hosts
from app.store.accounts import Session
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Result:
    """An Outcome on the board."""

    entry: Link
    verdict: str
    reasons: tuple[str, ...]
    stands: bool
    final: bool
    refuting: tuple[Link, ...]
    stood_in: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """One proposal on the board; `refused` where it cannot be counted, else the figures are there."""

    title: str
    forum: str
    entry: Link
    item: str | None
    closes: int | None
    refused: str | None
    stands: tuple[Stand, ...] = ()
    status: str = ""
    binding: str = ""
    tendency: str = ""
    tendency_status: str = ""
    waiting: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    objections_until: int | None = None
    because: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    roll_unclear: bool = False
    missing: int = 0
    signed_by_forum: bool = True  # a list of assemblies has nobody who signs for it
    closed: bool = False
    objections_over: bool = False
    summary: str = ""
    tiers: str = ""
    is_call: bool = False
    silence: str = ""
    proof: str = ""
    order: tuple[str, ...] = ()
    weighed: str = ""
    tendency_weighed: str = ""
    caucuses: tuple[Stand, ...] = ()
    moved: str = ""
    admitted: str = ""
    texts: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Confederation:
    """A confederation of ours with its member assemblies."""

    name: str
    address: str
    members: tuple[str, ...]


async def show(request: Request) -> Response:
    """Where the assemblies stand; everybody may read it and count again."""
    instance: Instance = request.app.state.instance

    def look(connection: Connection) -> tuple[tuple[Confederation, ...], tuple[Matter, ...]]:
        found = counting.boards(connection, instance)
        if request.state.session is None:
            door = Door(connection, instance)
            found = tuple(board for board in found if door.opens(STRANGER, board.act))
        return _ours(connection, instance), tuple(matter(connection, instance, board) for board in found)

    ours, matters = await instance.database.read(look)
    return page.render(request, "board/board.html", ours=ours, matters=matters)


async def join(request: Request, session: Session, fields: Fields) -> Response:
    """Put on our agenda whether we ask to join the confederation at an address."""
    instance: Instance = request.app.state.instance
    found = await joining.look_up(instance, fields.get("address"))
    if isinstance(found, Refusal):
        return page.refused(request, found, back="/confederation")
    item = await instance.database.write(
        lambda connection: joining.propose(connection, instance, session.account, found, fields.get("why"))
    )
    if isinstance(item, Refusal):
        return page.refused(request, item, back="/confederation")
    return RedirectResponse(f"/proposals/{item.id}", status_code=303, headers=page.HEADERS)


async def leave(request: Request, session: Session, fields: Fields) -> Response:
    """Put on our agenda whether we leave a confederation of ours."""
    instance: Instance = request.app.state.instance
    which, why = fields.get("confederation"), fields.get("why")
    item = await instance.database.write(
        lambda connection: leaving.propose(connection, instance, session.account, which, why)
    )
    if isinstance(item, Refusal):
        return page.refused(request, item, back="/confederation")
    return RedirectResponse(f"/proposals/{item.id}", status_code=303, headers=page.HEADERS)


def matter(connection: Connection, instance: Instance, board: Board) -> Matter:
    """A board as the page shows it."""

    def name(who: str) -> str:
        return naming.name_of(connection, instance, who)

    proposal, count = board.proposal, board.count
    item = answering.answer_to(connection, board.act.id)
    forum = ", ".join(name(one) for one in proposal.forum)
    entry = stances.link(board.act, name)
    closes, until = _seconds(board.closing.at), _seconds(board.objections_until)
    now = moments.seconds(board.at)
    names = options.names_of((option.id, option.name) for option in proposal.options)
    if isinstance(count, Refusal):
        return Matter(proposal.name, forum, entry, item.id if item is not None else None, closes, _refused(board))

    def find(act_id: str) -> StoredAct | None:
        return acts.by_id(connection, act_id)

    brought = tally.brought(board.record, count, board.at)
    return Matter(
        proposal.name,
        forum,
        entry,
        item.id if item is not None else None,
        closes,
        None,
        tuple(stances.stand(row, name, find, brought.get(row.assembly)) for row in count.rows),
        sentences.state(count.status.value),
        stances.share(count),
        stances.share(count, tendency=True),
        sentences.state(count.tendency.status.value),
        stances.unanswered(count, name),
        tuple(name(assembly) for assembly in count.binds),
        tuple(name(row.assembly) for row in count.rows if count.binds and row.assembly not in count.binds),
        until,
        explanations.reasons(count.result, name, names),
        tuple(_result(judged, board, name) for judged in board.outcomes),
        board.roll_unclear,
        len(count.missing),
        signed_by_forum=not proposal.listed,
        closed=closes is not None and closes < now,
        objections_over=until is not None and until <= now,
        summary=stances.signed(count, signatures(connection, count.rows), name)
        if proposal.is_call
        else stances.summary(count, name),
        tiers=_tiers(board, count),
        is_call=proposal.is_call,
        silence=_silence(connection, instance, proposal.confederation, forum),
        order=options.in_order(count.result.order, {}, names),
        weighed=explanations.in_figures(count.result) if brought else "",
        tendency_weighed=explanations.in_figures(count.tendency) if brought else "",
        caucuses=tuple(
            stances.caucus(caucus, stand, name, find) for caucus, stand in tally.heard(board.record, board.at)
        ),
        admitted=belonging.admitted(connection, instance, board),
        moved=extensions.of_close(connection, instance, proposal, board.closing, name),
        proof=f"/confederation/proof?of={quote(board.act.id, safe='')}" if board.refuted else "",
        texts=alternatives.texts(connection, instance, proposal, board) if proposal.is_question else (),
    )


def _refused(board: Board) -> str:
    """Why nothing can be counted; who has too little must not accuse."""
    if not board.proposal.listed and board.record.charter is None:
        return _("The rules that this proposal names, or what put them in force, are not here yet.")
    return _("This proposal cannot be decided as it is: it does not follow the rules that it names.")


def _tiers(board: Board, count: Count) -> str:
    """Both counts in words where there are tiers below; empty where there are none."""
    rule = board.record.rule
    if board.other is None or rule is None:
        return ""
    return stances.by_tiers(count, board.other, flat=rule.flat)


def _silence(connection: Connection, instance: Instance, forum: str | None, name: str) -> str:
    """That the forum does not answer, and for how long; empty if it does."""
    since = hosts.silent_since(connection, host_of(forum)) if forum is not None else None
    if since is None or forum == instance.assembly:
        return ""
    lasting = moments.lasting(max(moments.seconds(instance.now()) - since, 0))
    return _("{forum} has not answered for {time}.").format(forum=name, time=lasting)


def _result(judged: Judged, board: Board, name: Name) -> Result:
    return Result(
        stances.link(judged.act, name),
        stances.verdict(judged, board, name),
        stances.reasons(judged, name),
        judged.stands,
        judged.outcome.final,
        tuple(stances.link(act, name) for act in judged.refuting if act.type != "gov:Outcome"),
        stood_in=judged.act.author in board.record.roll and not board.proposal.listed,
        corrects=judged.outcome.correction_of is not None,
    )


def _ours(connection: Connection, instance: Instance) -> tuple[Confederation, ...]:
    reading = Reading(connection, loopback=instance.loopback)
    known = set(confederations.ours(connection, instance))
    if reading.founding_charter(instance.assembly) is not None and confederations.members_of(
        connection, instance.assembly
    ):
        known.add(instance.assembly)
    return tuple(
        Confederation(
            naming.assembly_name(connection, instance, address),
            address,
            tuple(
                naming.assembly_name(connection, instance, member)
                for member in reading.members_at(address, instance.now())
            ),
        )
        for address in sorted(known)
    )


def _seconds(at: Instant | None) -> int | None:
    return None if at is None else moments.seconds(at)


ROUTES = (
    Route("/confederation", forms.open_to_all(show), methods=["GET"]),
    Route("/confederation/join", forms.from_members(join), methods=["POST"]),
    Route("/confederation/leave", forms.from_members(leave), methods=["POST"]),
)
