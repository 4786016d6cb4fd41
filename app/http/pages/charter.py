"""The charter: the rules in force in plain words, how they came, and the form that proposes to change them."""

from dataclasses import dataclass, replace
from functools import partial
from gettext import gettext as _
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.act import Ref
from app.governance.charter import Charter, Clause, Settings, Standing, parse_settings, standing
from app.governance.proposal import Proposal, State
from app.http.pages import amending, forms, page, provisions, stances, ways, whom
from app.http.pages.forms import Fields
from app.http.pages.provisions import Change, Line
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations import charters, confederations, cosigning, deliberating, naming
from app.operations.proposing import charter_of
from app.operations.reading import Reading
from app.operations.visiting import STRANGER, Door
from app.store import accounts, acts, agenda
from app.store.accounts import Session
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
class Form:
    """What the form of a change starts from."""

    of: str
    name: str
    clauses: tuple[Clause, ...]
    settings: Settings
    rest: str
    rows: tuple[ways.Row, ...]
    spans: tuple[tuple[str, str, int, str], ...]
    questions: tuple[whom.Question, ...] = ()
    asked: tuple[whom.Asked, ...] = ()
    people: tuple[tuple[str, str, bool], ...] = ()
    needed: int = cosigning.NEEDED


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


async def form(request: Request, _session: Session) -> Response:
    """The form for a change."""
    instance: Instance = request.app.state.instance
    of = request.query_params.get("of", "")
    found = await instance.database.read(lambda connection: _form(connection, instance, of))
    if found is None:
        return page.refused(request, Refusal("page.unknown", "no such charter is here"))
    return page.render(
        request,
        "charter/amend.html",
        form=found,
        units=_units(),
        spare=amending.SPARE,
        choices=whom.choices(),
        modes=whom.modes(),
        ways=ways.ways(),
        bases=ways.bases(),
        spare_rule=ways.spare(),
    )


async def amend(request: Request, session: Session, fields: Fields) -> Response:
    """Put a change on our agenda."""
    instance: Instance = request.app.state.instance
    of = fields.get("of")
    back = f"/charter/amend?of={quote(of, safe='')}" if of else "/charter/amend"

    def work(connection: Connection) -> Item | Refusal:
        charter = _charter(connection, instance, of)
        if charter is None:
            return Refusal("charter.missing", "there is no charter to change")
        settings = amending.settings_of(fields, charter.settings, charter)
        named = _cosigned(connection, instance, charter, fields) if not of else {}
        if isinstance(settings, Refusal):
            return settings
        if isinstance(named, Refusal):
            return named
        settings = {key: value for key, value in {**settings, **named}.items() if value is not None}
        wish = charters.Amendment(amending.clauses_of(fields), settings, fields.get("why"), of or None)
        return charters.propose(connection, instance, session.account, wish)

    done = await instance.database.write(work)
    if isinstance(done, Refusal):
        return page.refused(request, done, back=back)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


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
    return Proposed(proposal.clauses, provisions.changes(replaced, replaced.clauses, then, proposal.clauses, name))


def _all_of(charter: Charter) -> tuple[Line, ...]:
    return provisions.rules(charter) + provisions.lines(charter, of_people=not (charter.members or charter.outcome))


def _view(connection: Connection, instance: Instance, of: str, *, member: bool) -> View | None:
    charter, door = _charter(connection, instance, of), Door(connection, instance)
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
        lines=provisions.lines(charter, of_people=not (charter.members or charter.outcome)),
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


def _form(connection: Connection, instance: Instance, of: str) -> Form | None:
    charter = _charter(connection, instance, of)
    if charter is None:
        return None
    spans = [("rhythm", _("How often we meet"), charter.rhythm), ("contest", _("Time to object"), charter.contest)]
    spans += [(f"deliberation-{key}", provisions.before(key), time) for key, time in charter.deliberation.items()]
    name = naming.assembly_name(connection, instance, charter.head.author)
    measured = tuple((key, label, *amending.measured(time)) for key, label, time in spans)
    found = Form(
        of, name, charter.clauses, charter, amending.rest(charter.settings), ways.rows(charter.rules), measured
    )
    if not of:  # at home people are counted, each once
        asked = charter.scrutineers
        listed = {one.name for one in asked.of} if asked is not None else set()
        people = tuple((one.name, one.shown, one.name in listed) for one in accounts.members(connection))
        return replace(found, people=people, needed=asked.k if asked is not None else cosigning.NEEDED)
    return replace(found, questions=whom.questions(charter.rules), asked=whom.asked(charter.rules))


def _cosigned(
    connection: Connection, instance: Instance, charter: Charter, fields: Fields
) -> dict[str, object] | Refusal:
    """The co-signers as the form has them, where it names others than the charter does or another number of them."""
    needed, asked = fields.number("co_signers_needed"), charter.scrutineers
    if isinstance(needed, Refusal):
        return needed
    names = set(fields.all("co_signer"))
    before = {one.name for one in asked.of} if asked is not None else set()
    if names == before and (not names or needed == (asked.k if asked is not None else 0)):
        return {}
    found = cosigning.chosen(connection, instance, charter, sorted(names), needed)
    return found if isinstance(found, Refusal) else {"scrutineers": found}


def _charter(connection: Connection, instance: Instance, of: str) -> Charter | None:
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


def _units() -> tuple[tuple[str, str], ...]:
    return (("days", _("days")), ("hours", _("hours")), ("minutes", _("minutes")))


ROUTES = (
    Route("/charter", forms.open_to_all(show), methods=["GET"]),
    Route("/charter/amend", forms.for_members(form), methods=["GET"]),
    Route("/charter/amend", forms.from_members(amend), methods=["POST"]),
)
