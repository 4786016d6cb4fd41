"""Who belongs to our confederations, and which assemblies vouch for each: a list for everybody (hostile F17)."""

from dataclasses import dataclass
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.charter import settled_from
from app.governance.council import VOUCHERS
from app.governance.rules import Status
from app.http.pages import forms, moments, page
from app.http.pages.confederation import stances
from app.http.pages.confederation.stances import Link
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import confederations, counting, vouching
from app.operations.confederation.counting import Board
from app.operations.confederation.vouching import Vouched
from app.operations.exchange.visiting import shown
from app.operations.record.reading import Reading
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Member:
    """A member assembly: who vouches for it, each with the entry that says so; `too_few` if fewer than two do."""

    name: str
    address: str
    founding: bool
    by: tuple[Link, ...]
    too_few: bool


async def show(request: Request) -> Response:
    """The public list of the member assemblies of our confederations."""
    instance: Instance = request.app.state.instance
    to_member = request.state.session is not None

    def look(connection: Connection) -> tuple[tuple[str, tuple[Member, ...]], ...]:
        ours = confederations.ours(connection, instance)
        if confederations.members_of(connection, instance.assembly):
            ours |= {instance.assembly}
        return tuple(
            (
                naming.assembly_name(connection, instance, one),
                tuple(
                    _member(connection, instance, found, to_member=to_member)
                    for found in vouching.members(connection, instance, one)
                ),
            )
            for one in sorted(ours)
        )

    return page.render(request, "board/belonging.html", confederations=await instance.database.read(look))


def admitted(connection: Connection, instance: Instance, board: Board) -> str:
    """From when an assembly that asked to join belongs, in a sentence; empty of other matters, and while it is open.

    It is no member before nothing can be objected any more (hostile F16).
    """
    proposal, count = board.proposal, board.count
    asked, forum = proposal.assembly, proposal.confederation
    if proposal.category != "admission" or asked is None or forum is None or isinstance(count, Refusal):
        return ""
    if count.status is not Status.ADOPTED:
        return ""
    who, to = naming.name_of(connection, instance, asked), naming.name_of(connection, instance, forum)
    members = Reading(connection, loopback=instance.loopback).members_at(forum, board.at)
    if asked in members:
        return _("{who} belongs to {name}.").format(who=who, name=to)
    since = settled_from(board.closing.at, board.record.charter)
    if since is None or board.at >= since:
        return _("{who} is admitted once {name} signs for it.").format(who=who, name=to)
    said = _("{who} is admitted when nothing has been objected by {when}.")
    return said.format(who=who, when=moments.near(moments.seconds(since)))


def of_item(connection: Connection, instance: Instance, item: Item) -> str:
    """The same of what we asked for ourselves, on the page of our matter; empty of any other."""
    brought = item.details.get("brought")
    if item.kind is not Kind.JOIN or brought is None:
        return ""
    board = counting.board(connection, instance, brought)
    return "" if isinstance(board, Refusal) else admitted(connection, instance, board)


def _member(connection: Connection, instance: Instance, found: Vouched, *, to_member: bool) -> Member:
    def name(who: str) -> str:
        return naming.assembly_name(connection, instance, who)

    seen = shown(connection, instance, found.by, to_member=to_member)
    by = tuple(stances.link(act, name) for act in seen)
    return Member(name(found.assembly), found.assembly, found.founding, by, len(found.by) < _needed(found))


def _needed(found: Vouched) -> int:
    """Founders vouch for each other: of the first two each has one other."""
    return 1 if found.founding else VOUCHERS


ROUTES = (Route("/confederation/members", forms.open_to_all(show), methods=["GET"]),)
