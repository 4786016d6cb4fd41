"""The agenda: what is proposed and what was brought to us, discussed, voted on, counted and closed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.ballot import Choice
from app.governance.modes import parse_mode
from app.http.pages import forms, page, sentences
from app.http.pages.assembly import size
from app.http.pages.matters import beginnings, items, voices
from app.http.pages.votes import options
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import confederations, reserving
from app.operations.matters import proposing, redeciding
from app.operations.meetings import hands
from app.operations.votes import choosing, voting
from app.store import agenda, votes
from app.store.accounts import Session
from app.store.database import Connection
from app.wiring import Instance

_DIGITS: Final = 16
_MOST: Final = 200
_UNITS: Final = {"minutes": 60, "hours": 3_600, "days": 86_400}
Work = Callable[[Connection, Instance, str], object]
"""What a form does to the item of its address."""

_UNKNOWN: Final = Refusal("item.unknown", "no such item")


async def listed(request: Request, _session: Session) -> Response:
    """Every item of the agenda, newest first."""
    instance = _instance(request)

    def look(connection: Connection) -> list[tuple[agenda.Item, str]]:
        found = agenda.listed(connection, _MOST)
        return [(item, items.named(connection, instance, item.details.get("brought_by"))) for item in found]

    found = await instance.database.read(look)
    rows = [(item, sentences.state(item.state), sentences.category(item.category), by) for item, by in found]
    return page.render(request, "proposals/list.html", rows=rows)


async def new(request: Request, _session: Session) -> Response:
    """The form for a proposal."""
    instance = _instance(request)

    asked = request.query_params
    source, about = asked.get("from", ""), asked.get("about", "")

    def look(connection: Connection) -> tuple[list[tuple[str, str]], tuple[str, ...], beginnings.NewText]:
        found = sorted(confederations.forums(connection, instance))
        charter = proposing.charter_of(connection, instance, instance.assembly, instance.now())
        names = [(forum, naming.assembly_name(connection, instance, forum)) for forum in found]
        categories = proposing.categories(charter) if charter is not None else proposing.CATEGORIES
        begun = beginnings.begin(connection, instance, source, about)
        title, text = size.text_of(asked.get("suggested", ""))
        begun = replace(begun, title=title, text=text) if title else begun
        return names, categories, replace(begun, category=asked.get("category", ""), forum=asked.get("forum", ""))

    forums, categories, begun = await instance.database.read(look)
    kinds = [(name, sentences.category(name)) for name in categories]
    return page.render(request, "proposals/new.html", kinds=kinds, forums=forums, begun=begun)


async def propose(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Put a proposal on the agenda."""
    answers_by = forms.moment(fields.get("answers_by"))
    if isinstance(answers_by, Refusal):
        return page.refused(request, answers_by, back="/proposals/new")
    ends = forms.moment(fields.get("ends"))
    if isinstance(ends, Refusal):
        return page.refused(request, ends, back="/proposals/new")
    draft = proposing.Draft(
        fields.get("title"),
        fields.get("text"),
        fields.get("category"),
        fields.get("forum") or None,
        answers_by,
        tuple(fields.get("partners").split()),
        tuple(line.strip() for line in fields.get("options").split("\n") if line.strip()),
        beginnings.links(fields),
        ends,
        beginnings.languages(fields),
    )
    instance = _instance(request)
    done = await instance.database.write(
        lambda connection: proposing.propose(connection, instance, session.account, draft)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back="/proposals/new")
    return _to(done.id)


async def show(request: Request, session: Session) -> Response:
    """One item: the text in force, what was said, the vote and its result."""
    return await _shown(request, session, "proposals/item.html")


async def printed(request: Request, session: Session) -> Response:
    """The decision on one page, with the sentences of the screen, to be read without the software."""
    return await _shown(request, session, "proposals/print.html")


async def amend(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Put a new version in place of the text."""
    title, text, languages = fields.get("title"), fields.get("text"), beginnings.languages(fields)
    return await on_item(
        request,
        lambda connection, instance, item: proposing.amend(
            connection, instance, session.account, item, title, text, languages
        ),
    )


async def withdraw(request: Request, session: Session, _fields: forms.Fields) -> Response:
    """Take back one's own text before it is voted on."""
    return await on_item(
        request, lambda connection, instance, item: proposing.withdraw(connection, instance, session.account, item)
    )


async def reserve(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Put our reservations beside a text that we answer."""
    text = fields.get("text")
    return await on_item(
        request, lambda connection, instance, item: reserving.reserve(connection, instance, session.account, item, text)
    )


async def ask_again(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Put a call that we answered, or what nobody can confirm any more, on our agenda once more."""
    instance, item, why = _instance(request), request.path_params["item"], fields.get("why")
    if items.ULID.fullmatch(item) is None:
        return page.refused(request, _UNKNOWN, back="/proposals")
    again = await instance.database.write(
        lambda connection: redeciding.ask(connection, instance, session.account, item, why)
    )
    return page.refused(request, again, back=back_to(request)) if isinstance(again, Refusal) else _to(again.id)


async def comment(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Say something about the item."""
    text = fields.get("text")
    return await on_item(
        request, lambda connection, instance, item: proposing.comment(connection, instance, session.account, item, text)
    )


async def open_vote(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Open a vote on the text in force."""
    number = fields.number("closes_in")
    if isinstance(number, Refusal):
        return page.refused(request, number, back=back_to(request))
    lasts = timedelta(seconds=min(number, 10**6) * _UNITS.get(fields.get("unit"), 60))
    mode = parse_mode(fields.get("mode")) if fields.get("mode") else None
    if isinstance(mode, Refusal):
        return page.refused(request, mode, back=back_to(request))
    both, met = fields.get("both_rounds") == "1", fields.get("where") == "meeting"
    return await on_item(
        request,
        lambda connection, instance, item: voting.open_vote(
            connection, instance, item, lasts, by=session.account, in_meeting=met, both_rounds=both, mode=mode
        ),
    )


async def vote(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Vote, or change one's vote."""
    choice, reason, version = fields.get("choice"), fields.get("reason"), fields.get("version")

    def cast(connection: Connection, instance: Instance, item: str) -> object:
        now = latest(connection, item)
        if now is None:
            return Refusal("vote.unknown", f"no vote on {item}")
        asked = _asked(connection, instance, now)
        said = options.ballot_of(fields, asked) if asked is not None else None
        return voting.cast(connection, instance, session.account, now, choice, reason, version, said)

    return await on_item(request, cast)


async def count(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Enter what one teller counted in the room."""
    figures: dict[str, int] = {}
    for name in (*(choice.value for choice in Choice), "present"):
        number = fields.number(name)
        if isinstance(number, Refusal):
            return page.refused(request, number, back=back_to(request))
        figures[name] = number
    room = fields.number("room")
    if isinstance(room, Refusal):
        return page.refused(request, room, back=back_to(request))
    both = frozenset(int(text) for text in fields.all("both") if text.isascii() and text.isdecimal() and len(text) < 10)

    def enter(connection: Connection, instance: Instance, item: str) -> object:
        now = latest(connection, item)
        if now is None:
            return Refusal("vote.unknown", f"no vote on {item}")
        asked = _asked(connection, instance, now)
        told = options.hands_of(fields, asked) if asked is not None else None
        counted = hands.Figures(
            figures, both, room, fields.get("teller"), fields.get("archive"), told, fields.get("reason")
        )
        return hands.enter_count(connection, instance, session.account, now, counted)

    return await on_item(request, of_now(fields, enter))


async def _shown(request: Request, session: Session, template: str) -> Response:
    instance, item = _instance(request), request.path_params["item"]
    asked = request.query_params.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < _DIGITS else 0
    view = await instance.database.read(
        lambda connection: items.view(connection, instance, item, session.account, before, voices.skipped(request))
    )
    if view is None:
        return page.refused(request, _UNKNOWN, back="/proposals")
    return page.render(request, template, view=view, item=view.item, category=sentences.category(view.item.category))


async def on_item(request: Request, work: Work) -> Response:
    """Do `work` on the item of the address in one transaction, then show the item, or why not."""
    instance, item = _instance(request), request.path_params["item"]
    if items.ULID.fullmatch(item) is None:
        return page.refused(request, _UNKNOWN, back="/proposals")
    result = await instance.database.write(lambda connection: work(connection, instance, item))
    return page.refused(request, result, back=back_to(request)) if isinstance(result, Refusal) else _to(item)


def of_now(fields: forms.Fields, work: Work) -> Work:
    """`work`, if the form was about the text and the vote that are in force: a tab may have stayed open (F06)."""

    def do(connection: Connection, instance: Instance, item_id: str) -> object:
        text, vote, item = fields.get("about"), fields.get("of_vote"), agenda.get(connection, item_id)
        if text and item is not None and text != item.act_digest:
            return Refusal("vote.version", f"{item_id} is about {item.act_digest} now")
        if vote and vote != latest(connection, item_id):
            return Refusal("vote.version", f"another vote than {vote[:40]!r} is the newest")
        return work(connection, instance, item_id)

    return do


def latest(connection: Connection, item: str) -> str | None:
    """The newest vote on an item, whether it is open or not: a late ballot is told that it is late."""
    found = votes.of_item(connection, item)
    return found[-1].id if found else None


def _asked(connection: Connection, instance: Instance, vote_id: str) -> choosing.Choosing | None:
    """What the vote asks of several options."""
    found = votes.get(connection, vote_id)
    return choosing.choosing(connection, instance, found) if found is not None else None


def _instance(request: Request) -> Instance:
    instance: Instance = request.app.state.instance
    return instance


def _to(item: str) -> Response:
    return RedirectResponse(f"/proposals/{item}", status_code=303, headers=page.HEADERS)


def back_to(request: Request) -> str:
    """The page of the item of the address, or of all items if it cannot be one."""
    item = request.path_params["item"]
    return f"/proposals/{item}" if items.ULID.fullmatch(item) else "/proposals"


_ITEM: Final = "/proposals/{item}"

ROUTES = (
    Route("/proposals", forms.for_members(listed), methods=["GET"]),
    Route("/proposals/new", forms.for_members(new), methods=["GET"]),
    Route("/proposals/new", forms.from_members(propose), methods=["POST"]),
    Route(_ITEM, forms.for_members(show), methods=["GET"]),
    Route(f"{_ITEM}/print", forms.for_members(printed), methods=["GET"]),
    Route(f"{_ITEM}/amend", forms.from_members(amend), methods=["POST"]),
    Route(f"{_ITEM}/withdraw", forms.from_members(withdraw), methods=["POST"]),
    Route(f"{_ITEM}/comment", forms.from_people(comment), methods=["POST"]),
    Route(f"{_ITEM}/reserve", forms.from_members(reserve), methods=["POST"]),
    Route(f"{_ITEM}/reconsider", forms.from_members(ask_again), methods=["POST"]),
    Route(f"{_ITEM}/open", forms.from_members(open_vote), methods=["POST"]),
    Route(f"{_ITEM}/vote", forms.from_people(vote), methods=["POST"]),
    Route(f"{_ITEM}/count", forms.from_members(count), methods=["POST"]),
)
