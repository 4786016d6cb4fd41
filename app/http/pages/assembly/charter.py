"""The charter: the rules in force in plain words, how they came, and the form that proposes to change them."""

from dataclasses import dataclass
from functools import partial
from gettext import gettext as _
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.act import Ref
from app.governance.charter import Charter, Clause, Standing, parse_settings, standing
from app.governance.proposal import Proposal, State
from app.http.pages import forms, page
from app.http.pages.assembly import changes, provisions, setting_words
from app.http.pages.assembly.changes import Change
from app.http.pages.assembly.provisions import Line
from app.http.pages.confederation import stances
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import charters, naming
from app.operations.confederation import confederations
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.matters import deliberating
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.store import accounts, acts, agenda
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

_MOST: Final = 200
_BEFORE: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING, State.UNRESOLVED, State.NO_QUORUM})


@dataclass(frozen=True, slots=True)
class Version:
    """A charter that was in force from `since`; `address` is its entry, `decision` that of what adopted it."""

    number: int
    since: int
    address: str
    decision: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that is proposed; `standing` says how far it is."""

    item: Item
    standing: str


@dataclass(frozen=True, slots=True)
class View:
    """A charter as its page shows it."""

    of: str
    name: str
    standing: str
    version: int
    clauses: tuple[Clause, ...]
    rules: tuple[Line, ...]
    lines: tuple[Line, ...]
    versions: tuple[Version, ...]
    pending: tuple[Pending, ...]
    others: tuple[tuple[str, str], ...]
    may_change: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """The charter that an item would put in force: its clauses, and what it changes; of a first one every rule."""

    clauses: tuple[Clause, ...]
    changes: tuple[Change, ...]
    rules: tuple[Line, ...] = ()


async def show(request: Request) -> Response:
    """The charter in force, of our assembly or of a confederation of ours, for whom its entry is."""
    instance: Instance = request.app.state.instance
    of, member = request.query_params.get("of", ""), request.state.session is not None
    view = await instance.database.read(lambda connection: _view(connection, instance, of, member=member))
    if view is None:
        return page.refused(request, Refusal("page.unknown", "no such charter is here"))
    return page.render(request, "charter/charter.html", view=view)


def proposed(connection: Connection, instance: Instance, item: Item) -> Proposed | None:
    """The charter that an item is about, beside the one that it would replace; None for any other item."""
    reading, ref = Reading(connection, loopback=instance.loopback), Ref(Id(item.act), item.act_digest)
    founding = reading.at(Charter, ref)
    if founding is not None:
        return Proposed(founding.clauses, (), _all_of(founding))
    proposal = reading.at(Proposal, ref)
    if proposal is None or proposal.settings is None:
        return None
    base = item.details.get("changes")
    replaced = reading.at(Charter, Ref(Id(base["id"]), base["gov:digest"]) if base is not None else proposal.charter)
    then = parse_settings(proposal.settings)
    if replaced is None or isinstance(then, Refusal):
        return Proposed(proposal.clauses, ())
    name = partial(naming.name_of, connection, instance)
    return Proposed(proposal.clauses, changes.changes(replaced, replaced.clauses, then, proposal.clauses, name))


def _all_of(charter: Charter) -> tuple[Line, ...]:
    return provisions.rules(charter) + setting_words.lines(charter, of_people=not (charter.members or charter.outcome))


def _view(connection: Connection, instance: Instance, of: str, *, member: bool) -> View | None:
    charter, door = charter_of_page(connection, instance, of), Door(connection, instance)
    if charter is None or not (member or _is_public(door, connection, charter)):
        return None
    reading, author = Reading(connection, loopback=instance.loopback), charter.head.author
    roll = reading.members_at(author, instance.now()) if charter.members else ()
    body = accounts.body(connection)
    return View(
        of=of,
        name=naming.assembly_name(connection, instance, author),
        standing=_standing(standing(charter, roll)),
        version=charter.version,
        clauses=charter.clauses,
        rules=provisions.rules(charter, partial(naming.name_of, connection, instance)),
        lines=setting_words.lines(charter, of_people=not (charter.members or charter.outcome)),
        versions=tuple(
            _version(connection, one)
            for one in reversed(charters.versions(connection, instance, author))
            if member or _is_public(door, connection, one)
        ),
        pending=_pending(connection, of) if member else (),
        others=tuple(
            (f"/charter?of={quote(one, safe='')}", naming.assembly_name(connection, instance, one))
            for one in sorted(confederations.ours(connection, instance))
            if one != author
        ),
        may_change=member and body is not None and body.kind == "commune",
    )


def _is_public(door: Door, connection: Connection, charter: Charter) -> bool:
    ref = charter.head.ref
    act = acts.by_reference(connection, ref.id, ref.digest)
    return act is not None and door.opens(STRANGER, act)


def _pending(connection: Connection, of: str) -> tuple[Pending, ...]:
    """The changes of a charter that are on our agenda; one that a meeting adopted is provisional."""
    found = []
    for item in agenda.listed(connection, _MOST):
        forum = item.details.get("forum", item.details.get("confederation", ""))
        if item.category != "charter" or forum != of or item.state not in _BEFORE:
            continue
        met = bool(deliberating.adopted_in(item))
        found.append(Pending(item, _standing(Standing.PROVISIONAL if met else Standing.PROPOSED)))
    return tuple(found)


def _version(connection: Connection, charter: Charter) -> Version:
    ref = charter.decision or charter.outcome
    by = acts.by_reference(connection, ref.id, ref.digest) if ref is not None else None
    act = acts.by_reference(connection, charter.head.ref.id, charter.head.ref.digest)
    return Version(
        charter.version,
        int(charter.head.published.timestamp()),
        stances.address_of(act) if act is not None else "",
        stances.address_of(by) if by is not None else "",
    )


def charter_of_page(connection: Connection, instance: Instance, of: str) -> Charter | None:
    """Our charter in force, or that of a confederation of ours."""
    if of and of not in confederations.ours(connection, instance):
        return None
    return charter_of(connection, instance, of or instance.assembly, instance.now())


def _standing(found: Standing) -> str:
    words = {
        Standing.PROPOSED: _("Proposed: not in force yet."),
        Standing.PROVISIONAL: _("Provisional: adopted, and not yet by all whom it asks."),
        Standing.RATIFIED: _("In force."),
    }
    return words[found]


ROUTES = (Route("/charter", forms.open_to_all(show), methods=["GET"]),)
