"""One question about several proposals: the form that puts them beside each other, and what their pages show of it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.proposal import State
from app.http.pages import forms, page, sentences
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations import alternatives, proposing
from app.store import agenda
from app.store.accounts import Session
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

NEW = "/proposals/question"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A proposal under a question, with the text that it had when it was put there, and what became of it."""

    item: Item
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """For a question the proposals under it; for one of those the question."""

    under: tuple[Alternative, ...] = ()
    question: Item | None = None


def of(connection: Connection, item: Item) -> Beside | None:
    """None for what stands alone."""
    found = tuple(_alternative(connection, one) for one in alternatives.of(connection, item))
    question = alternatives.question_of(connection, item)
    return Beside(found, question) if found or question is not None else None


async def new(request: Request, _session: Session) -> Response:
    """The form: what can be put beside each other, by kind of matter."""
    instance: Instance = request.app.state.instance
    found = await instance.database.read(lambda connection: _free(connection, instance))
    rows = [(item, sentences.category(item.category), item.id == request.query_params.get("with")) for item in found]
    return page.render(request, "proposals/question.html", rows=rows)


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Put them under one question."""
    instance: Instance = request.app.state.instance
    title, text, chosen = fields.get("title"), fields.get("text"), fields.all("chosen")
    done = await instance.database.write(
        lambda connection: alternatives.ask(connection, instance, session.account, title, text, chosen)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=NEW)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


def _free(connection: Connection, instance: Instance) -> tuple[Item, ...]:
    """What may stand under a question: of a kind that our charter decides by choosing."""
    charter = proposing.charter_of(connection, instance, instance.assembly, instance.now())
    rules = charter.rules if charter is not None else {}
    chosen = {name for name, rule in rules.items() if rule.of_options is not None}
    waiting = agenda.in_states(connection, (State.OPEN, State.FROZEN))
    return tuple(
        item
        for item in waiting
        if item.kind is Kind.PROPOSAL and item.category in chosen and alternatives.is_free(connection, item)
    )


def _alternative(connection: Connection, item: Item) -> Alternative:
    texts = agenda.versions(connection, item.id)
    return Alternative(item, sentences.state(item.state), texts[-1].source if texts else "")


ROUTES = (
    Route(NEW, forms.for_members(new), methods=["GET"]),
    Route(NEW, forms.from_members(ask), methods=["POST"]),
)
