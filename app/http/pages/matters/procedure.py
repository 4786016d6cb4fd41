"""How an item comes to be decided: the convocation that names it, votes on procedure, protection, help."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.modes import parse_mode
from app.governance.rules import Counts
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.matters.proposals import back_to, latest, of_now, on_item
from app.kernel.refusal import Refusal
from app.operations.matters import calling_back
from app.operations.meetings import convening, speaking
from app.operations.votes import extending, hastening, procedure, protecting, setting_aside
from app.operations.votes.procedure import Question
from app.store.accounts import Session
from app.store.database import Connection
from app.wiring import Instance


async def name(request: Request, _session: Session, fields: Fields) -> Response:
    """Name the item in the convocation of a meeting."""
    meeting = fields.get("meeting")
    return await on_item(
        request, lambda connection, instance, item: convening.name_item(connection, instance, meeting, item)
    )


async def protect(request: Request, session: Session, fields: Fields) -> Response:
    """Ask for more protection of who votes."""
    mode = parse_mode(fields.get("mode"))
    if isinstance(mode, Refusal):
        return page.refused(request, mode, back=back_to(request))
    return await on_item(
        request,
        of_now(
            fields,
            lambda connection, instance, item: protecting.ask(connection, instance, session.account, item, mode),
        ),
    )


async def spoken(request: Request, session: Session, fields: Fields) -> Response:
    """Enter what somebody without a device says aloud."""
    said = [fields.get(name) for name in ("member", "teller", "choice", "reason", "version")]

    def enter(connection: Connection, instance: Instance, item: str) -> object:
        now = latest(connection, item)
        if now is None:
            return Refusal("vote.unknown", f"no vote on {item}")
        return speaking.enter(connection, instance, session.account, now, *said)

    return await on_item(request, enter)


async def heard(request: Request, session: Session, fields: Fields) -> Response:
    """The teller who was there says that it was said so."""
    member = fields.get("member")

    def confirm(connection: Connection, instance: Instance, item: str) -> object:
        return speaking.confirm(connection, instance, session.account, latest(connection, item) or "", member)

    return await on_item(request, confirm)


async def recount(request: Request, session: Session, fields: Fields) -> Response:
    """Have the room counted again."""

    def again(connection: Connection, instance: Instance, item: str) -> object:
        now = latest(connection, item)
        if now is None:
            return Refusal("vote.unknown", f"no vote on {item}")
        return setting_aside.recount(connection, instance, session.account, now)

    return await on_item(request, of_now(fields, again))


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Put one's name to a question."""
    question = _question(fields)
    if isinstance(question, Refusal):
        return page.refused(request, question, back=back_to(request))
    return await on_item(
        request, of_now(fields, lambda connection, _, item: procedure.ask(connection, session.account, item, question))
    )


async def count(request: Request, session: Session, fields: Fields) -> Response:
    """Enter what one teller counted on a question."""
    question = _question(fields)
    figures = [fields.number(name) for name in ("present", "agree", "disagree")]
    wrong = next((one for one in (question, *figures) if isinstance(one, Refusal)), None)
    if wrong is not None or isinstance(question, Refusal):
        return page.refused(request, wrong or Refusal("form.choice", "no question"), back=back_to(request))
    present, agree, disagree = (one for one in figures if isinstance(one, int))
    hands, named = Counts(present=present, agree=agree, disagree=disagree), fields.get("teller")
    return await on_item(
        request,
        of_now(
            fields,
            lambda connection, instance, item: procedure.count(
                connection, instance, session.account, item, question, hands, named=named
            ),
        ),
    )


async def call_back(request: Request, session: Session, fields: Fields) -> Response:
    """Object to what was resolved provisionally, or support who does."""
    reason = fields.get("reason")
    return await on_item(
        request,
        lambda connection, instance, item: calling_back.call_back(connection, instance, session.account, item, reason),
    )


async def more_time(request: Request, session: Session, fields: Fields) -> Response:
    """Put on our agenda whether we ask for more time to answer the item."""
    until, why = forms.moment(fields.get("until")), fields.get("why")
    if until is None or isinstance(until, Refusal):
        return page.refused(request, Refusal("form.moment", "no moment"), back=back_to(request))
    return await on_item(
        request,
        lambda connection, instance, item: extending.propose(connection, instance, session.account, item, until, why),
    )


async def less_time(request: Request, session: Session, fields: Fields) -> Response:
    """Put on our agenda whether we ask a forum that answers to the item are due soon."""
    said_by, due_by = forms.moment(fields.get("said_by")), forms.moment(fields.get("due_by"))
    if said_by is None or due_by is None or isinstance(said_by, Refusal) or isinstance(due_by, Refusal):
        return page.refused(request, Refusal("form.moment", "no moment"), back=back_to(request))
    why = fields.get("why")
    return await on_item(
        request,
        lambda connection, instance, item: hastening.propose(
            connection, instance, session.account, item, said_by, due_by, why
        ),
    )


def _question(fields: Fields) -> Question | Refusal:
    said = fields.get("question")
    return Question(said) if said in set(Question) else Refusal("form.choice", f"no such question: {said[:40]!r}")


_ITEM: Final = "/proposals/{item}"

ROUTES = (
    Route(f"{_ITEM}/convene", forms.from_members(name), methods=["POST"]),
    Route(f"{_ITEM}/protect", forms.from_members(protect), methods=["POST"]),
    Route(f"{_ITEM}/spoken", forms.from_members(spoken), methods=["POST"]),
    Route(f"{_ITEM}/recount", forms.from_members(recount), methods=["POST"]),
    Route(f"{_ITEM}/said", forms.from_members(heard), methods=["POST"]),
    Route(f"{_ITEM}/ask", forms.from_members(ask), methods=["POST"]),
    Route(f"{_ITEM}/call-back", forms.from_members(call_back), methods=["POST"]),
    Route(f"{_ITEM}/more-time", forms.from_members(more_time), methods=["POST"]),
    Route(f"{_ITEM}/less-time", forms.from_members(less_time), methods=["POST"]),
    Route(f"{_ITEM}/procedure", forms.from_members(count), methods=["POST"]),
)
