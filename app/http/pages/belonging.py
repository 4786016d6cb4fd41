"""Who belongs to our confederations, and which assemblies vouch for each: a list for everybody (hostile F17)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.council import VOUCHERS
from app.http.pages import forms, page, stances
from app.http.pages.stances import Link
from app.operations import confederations, naming, vouching
from app.operations.visiting import shown
from app.operations.vouching import Vouched
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
