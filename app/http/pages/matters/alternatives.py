"""One question about several texts: the form that puts them beside each other, and what their pages show of it."""

from dataclasses import dataclass
from functools import partial
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.act import Ref
from app.governance.proposal import Proposal, State
from app.governance.rules import Status
from app.http.pages import forms, page, sentences
from app.http.pages.confederation import stances
from app.http.pages.forms import Fields
from app.http.pages.matters.introductions import in_others
from app.http.pages.votes import options
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import confederations, counting, drafting, sessions
from app.operations.confederation.counting import Board
from app.operations.matters import alternatives, proposing
from app.operations.matters.alternatives import Question
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.accounts import Session
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

NEW = "/proposals/question"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A text under a question as it reads there, and what became of it; `address` is its own page, if it is here.

    `languages` are the same words in others, as HTML by the tag of each.
    """

    number: int
    title: str
    state: str
    text: str
    digest: str
    address: str
    languages: tuple[tuple[str, str], ...]

    @property
    def mark(self) -> str:
        """Its shape, the same as on the ballot."""
        return options.shape(self.number)


@dataclass(frozen=True, slots=True)
class Beside:
    """For a question the texts under it; for one of those the question. `forum` is where it is decided, if not here.

    `came_to` says of a text what the forum did with it.
    """

    under: tuple[Alternative, ...] = ()
    question: Item | None = None
    forum: str = ""
    came_to: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: texts with a kind and whether they are ticked; forums with the kinds they choose in."""

    ours: tuple[tuple[str, str, str, bool], ...]
    drafts: tuple[tuple[str, str, bool], ...]
    forums: tuple[tuple[str, str, tuple[str, ...]], ...]
    kinds: tuple[tuple[str, str], ...]


def of(connection: Connection, instance: Instance, item: Item) -> Beside | None:
    """None for what stands alone."""
    reading = Reading(connection, loopback=instance.loopback)
    proposal = reading.at(Proposal, Ref(Id(item.act), item.act_digest))
    if proposal is not None and proposal.is_question:
        board = _board(connection, instance, item)
        forum = _forum(connection, instance, proposal if item.kind is Kind.ANSWER else None, item)
        return Beside(texts(connection, instance, proposal, board), forum=forum)
    question = alternatives.question_of(connection, item)
    if question is None:
        return None
    forum, board = _forum(connection, instance, None, question), _board(connection, instance, question)
    return Beside((), question, forum, _came_to(Ref(Id(item.act), item.act_digest), board, forum))


def texts(
    connection: Connection, instance: Instance, proposal: Proposal, board: Board | None
) -> tuple[Alternative, ...]:
    """The texts for which the options of a question stand, each with what became of it where that is known."""
    adopted = adopted_text(board) if board is not None else None
    name = partial(naming.assembly_name, connection, instance)
    names = options.names_of((option.id, option.name) for option in proposal.options)
    found: list[Alternative] = []
    for number, option in enumerate(proposal.options, 1):
        if option.proposal is None:
            continue
        act = acts.by_reference(connection, option.proposal.id, option.proposal.digest)
        mine = agenda.about(connection, option.proposal.id)
        kept = mine if mine is not None and mine.kind is Kind.PROPOSAL else None
        if board is not None:
            state = _state(option.proposal, adopted, name(board.proposal.forum[0]) if board.proposal.forum else "")
        else:
            state = sentences.state(kept.state) if kept is not None else ""
        address = f"/proposals/{kept.id}" if kept is not None else stances.address_of(act) if act is not None else ""
        said, digest = load(act) if act is not None else {}, option.proposal.digest
        languages = tuple(in_others(said).items())
        found.append(Alternative(number, names[option.id], state, _source(said), digest, address, languages))
    return tuple(found)


def adopted_text(board: Board) -> Ref | None:
    """The text that a forum adopted, where several stood under one question: by its newest result that stands."""
    newest = board.newest
    if newest is None or newest.outcome.status is not Status.ADOPTED:
        return None
    return newest.outcome.adopted or board.proposal.text_of(newest.outcome.order)


async def new(request: Request, _session: Session) -> Response:
    """The form: what can be put beside each other, by kind of matter, and where it can be decided."""
    instance: Instance = request.app.state.instance
    ticked = request.query_params.get("with", "")
    found = await instance.database.read(lambda connection: _choices(connection, instance, ticked))
    return page.render(request, "proposals/question.html", choices=found)


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Put them under one question."""
    instance: Instance = request.app.state.instance
    answers_by = forms.moment(fields.get("answers_by"))
    if isinstance(answers_by, Refusal):
        return page.refused(request, answers_by, back=NEW)
    asked = Question(
        fields.get("title"),
        fields.get("text"),
        fields.all("chosen"),
        fields.get("forum") or None,
        fields.get("category"),
        answers_by,
    )
    done = await instance.database.write(
        lambda connection: alternatives.ask(connection, instance, session.account, asked)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=NEW)
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


def _choices(connection: Connection, instance: Instance, ticked: str) -> Choices:
    """Proposals of a kind that our charter, or that of a confederation of ours, decides by choosing, and drafts."""
    charter = proposing.charter_of(connection, instance, instance.assembly, instance.now())
    rules = charter.rules if charter is not None else {}
    forums = [
        (
            forum,
            naming.assembly_name(connection, instance, forum),
            alternatives.chosen_before(connection, instance, forum),
        )
        for forum in sorted(confederations.forums(connection, instance))
    ]
    abroad = {name for _, _, kinds in forums for name in kinds}
    chosen = {name for name, rule in rules.items() if rule.choosing is not None} | abroad
    waiting = agenda.in_states(connection, (State.OPEN, State.FROZEN))
    ours = (
        item
        for item in waiting
        if item.kind is Kind.PROPOSAL and item.category in chosen and alternatives.is_free(connection, item)
    )
    return Choices(
        tuple((item.id, item.title, sentences.category(item.category), item.id == ticked) for item in ours),
        _drafts(connection, instance, ticked) if abroad else (),
        tuple((forum, name, tuple(map(sentences.category, kinds))) for forum, name, kinds in forums),
        tuple((name, sentences.category(name)) for name in sorted(abroad)),
    )


def _drafts(connection: Connection, instance: Instance, ticked: str) -> tuple[tuple[str, str, bool], ...]:
    """The drafts of the sessions that we know, as they now stand."""
    known = (drafting.of_session(connection, instance, called) for called in sessions.known(connection, instance))
    return tuple((one.act.id, one.draft.name, one.act.id == ticked) for found in known for one in found)


def _forum(connection: Connection, instance: Instance, proposal: Proposal | None, item: Item) -> str:
    """Where a question is decided, in words; empty if that is here alone."""
    where = proposal.confederation if proposal is not None else item.details.get("forum")
    return naming.assembly_name(connection, instance, where) if isinstance(where, str) else ""


def _board(connection: Connection, instance: Instance, question: Item) -> Board | None:
    """The board of a question that is before others; None while it is not there, or is decided here."""
    about = question.act if question.kind is Kind.ANSWER else question.details.get("brought")
    found = counting.board(connection, instance, about) if about is not None else None
    return found if isinstance(found, Board) else None


def _state(text: Ref, adopted: Ref | None, forum: str) -> str:
    if adopted is None:
        return _("not decided yet")
    return _("adopted by {forum}").format(forum=forum) if text == adopted else _("not adopted")


def _came_to(text: Ref, board: Board | None, forum: str) -> str:
    adopted = adopted_text(board) if board is not None else None
    if adopted is None:
        return ""
    if adopted == text:
        return _("{forum} adopted this text.").format(forum=forum)
    return _("{forum} adopted another of these texts.").format(forum=forum)


def _source(said: Document) -> str:
    """The text as it was written; empty if it is not here."""
    source = said.get("source")
    return str(source.get("content") or "") if isinstance(source, dict) else ""


ROUTES = (
    Route(NEW, forms.for_members(new), methods=["GET"]),
    Route(NEW, forms.from_members(ask), methods=["POST"]),
)
