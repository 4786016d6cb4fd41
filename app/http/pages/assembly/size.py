"""How many households we are: counted in a meeting, beside the bounds of our rules, with what that suggests (R1)."""

from dataclasses import dataclass
from gettext import gettext as _

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.governance.provisions import Fit
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import sizing
from app.operations.assembly.sizing import Standing
from app.operations.meetings import facilitating
from app.store import accounts, meetings
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance

PATH = "/members/size"


@dataclass(frozen=True, slots=True)
class View:
    """What was counted, who entered it, what our rules say, and whether this member enters a count now."""

    standing: Standing
    said: str
    suggested: str
    entered: tuple[tuple[int, str, int], ...]
    meeting: str


def said_of(standing: Standing) -> str:
    """What is to be said on the page of the assembly; empty within the bounds."""
    known = {"n": standing.number, "least": standing.bounds.least, "most": standing.bounds.most}
    words = {
        Fit.TOO_MANY: _(
            "We are {n} households, and our rules mean an assembly for {most} at most: people stop knowing each other. "
            "Becoming two assemblies is a decision of ours; both keep everything that we decided."
        ),
        Fit.TOO_FEW: _(
            "We are {n} households, and our rules mean an assembly for {least} at least: few carry everything. "
            "Joining with a neighbouring assembly is a decision of both; what each decided is kept."
        ),
    }
    return words[standing.fit].format(**known) if standing.fit in words else ""


def text_of(suggested: str) -> tuple[str, str]:
    """Title and text with which a proposal about our size begins; empty for what is not suggested."""
    words = {
        Fit.TOO_MANY.value: (
            _("Become two assemblies"),
            _(
                "We have become too many to know each other. We talk about where the line between two assemblies would "
                "run, who goes with which, and what they have in common. Both keep the record of what we decided."
            ),
        ),
        Fit.TOO_FEW.value: (
            _("Join with a neighbouring assembly"),
            _(
                "We have become too few to carry everything. We ask a neighbouring assembly whether it wants to become "
                "one with us. What each of us decided is kept."
            ),
        ),
    }
    return words.get(suggested, ("", ""))


async def show(request: Request, session: Session) -> Response:
    """How many households we are, and were."""
    instance: Instance = request.app.state.instance
    view = await instance.database.read(lambda connection: _view(connection, instance, session.account))
    return page.render(request, "size.html", view=view)


async def enter(request: Request, session: Session, fields: Fields) -> Response:
    """Enter what the meeting that is on counted."""
    instance: Instance = request.app.state.instance
    number, meeting = fields.number("households"), fields.get("meeting")
    if isinstance(number, Refusal):
        return page.refused(request, number, back=PATH)
    done = await instance.database.write(
        lambda connection: sizing.enter(connection, instance, session.account, meeting, number)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back=PATH)
    return RedirectResponse(PATH, status_code=303, headers=page.HEADERS)


def _view(connection: Connection, instance: Instance, account: Account) -> View:
    standing, sitting = sizing.standing(connection, instance), meetings.sitting(connection)
    chairs = sitting is not None and facilitating.facilitates(connection, sitting.id, account)
    entered = tuple((one.number, _who(connection, one.account), one.counted_at) for one in standing.counts)
    said = said_of(standing)
    return View(standing, said, standing.fit.value if said else "", entered, sitting.id if sitting and chairs else "")


def _who(connection: Connection, number: int) -> str:
    account = accounts.numbered(connection, number)
    return account.shown if account is not None else ""


ROUTES = (
    Route(PATH, forms.for_members(show), methods=["GET"]),
    Route(PATH, forms.from_members(enter), methods=["POST"]),
)
