"""How an item comes to be decided: the convocation that names it, and votes on procedure."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.rules import Counts
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.http.pages.proposals import back_to, on_item
from app.kernel.refusal import Refusal
from app.operations import deliberating, procedure
from app.operations.procedure import Question
from app.store.accounts import Session


async def convene(request: Request, _session: Session, fields: Fields) -> Response:
    """Name the item in a convocation."""
    meets = forms.moment(fields.get("meets"))
    if meets is None or isinstance(meets, Refusal):
        return page.refused(request, meets or Refusal("form.moment", "no moment"), back=back_to(request))
    return await on_item(
        request, lambda connection, instance, item: deliberating.convene(connection, instance, item, meets)
    )


async def ask(request: Request, session: Session, fields: Fields) -> Response:
    """Put one's name to a question."""
    question = _question(fields)
    if isinstance(question, Refusal):
        return page.refused(request, question, back=back_to(request))
    return await on_item(
        request, lambda connection, _, item: procedure.ask(connection, session.account, item, question)
    )


async def count(request: Request, session: Session, fields: Fields) -> Response:
    """Enter what one teller counted on a question."""
    question = _question(fields)
    figures = [fields.number(name) for name in ("present", "agree", "disagree")]
    wrong = next((one for one in (question, *figures) if isinstance(one, Refusal)), None)
    if wrong is not None or isinstance(question, Refusal):
        return page.refused(request, wrong or Refusal("form.choice", "no question"), back=back_to(request))
    present, agree, disagree = (one for one in figures if isinstance(one, int))
    hands = Counts(present=present, agree=agree, disagree=disagree)
    return await on_item(
        request,
        lambda connection, instance, item: procedure.count(
            connection, instance, session.account, item, question, hands
        ),
    )


def _question(fields: Fields) -> Question | Refusal:
    said = fields.get("question")
    return Question(said) if said in set(Question) else Refusal("form.choice", f"no such question: {said[:40]!r}")


_ITEM: Final = "/proposals/{item}"

ROUTES = (
    Route(f"{_ITEM}/convene", forms.from_members(convene), methods=["POST"]),
    Route(f"{_ITEM}/ask", forms.from_members(ask), methods=["POST"]),
    Route(f"{_ITEM}/procedure", forms.from_members(count), methods=["POST"]),
)
