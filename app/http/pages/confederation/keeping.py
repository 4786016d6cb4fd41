"""What delegations and those who keep its office do with a session: register, order, put off, draft, end, report."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.confederation.sessions import answered, back, find
from app.kernel.refusal import Refusal
from app.operations.confederation import delegations, drafting, session_reports, sessions
from app.store.accounts import Session
from app.store.database import Connection
from app.wiring import Instance


async def register(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Register our delegation under one of our mandates."""
    return await _on_session(
        request, lambda c, i, one: delegations.register(c, i, session.account, one, fields.get("mandate"))
    )


async def postpone(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Put a matter off to the next session."""
    return await _on_session(
        request, lambda c, i, one: sessions.postpone(c, i, session.account, one, fields.get("matter"))
    )


async def reorder(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Take up the agenda in the order that a majority of the delegations present wants."""
    numbers = [fields.number("in_favour"), fields.number("present")]
    bad = next((one for one in numbers if isinstance(one, Refusal)), None)
    if bad is not None:
        return page.refused(request, bad, back=back(request))
    in_favour, present = (one for one in numbers if not isinstance(one, Refusal))
    matters = fields.all("matter")
    places = fields.all("nr")
    order = [matter for _place, matter in sorted(zip(places, matters, strict=False), key=lambda pair: _place(pair[0]))]
    return await _on_session(
        request, lambda c, i, one: delegations.reorder(c, i, session.account, one, order, in_favour, present)
    )


async def end(request: Request, session: Session, fields: forms.Fields) -> Response:
    """End the session: what was reached, and who hosts the next one."""
    return await _on_session(
        request,
        lambda c, i, one: sessions.end(c, i, session.account, one, fields.all("reached"), fields.get("next") or None),
    )


async def draft(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Publish a draft of a working group, or another text of one."""
    authors = tuple(line.strip() for line in fields.get("authors").split("\n") if line.strip())
    wish = drafting.Wish(fields.get("name"), fields.get("text"), fields.get("group"), authors, fields.get("replaces"))
    return await _on_session(request, lambda c, i, one: drafting.publish(c, i, session.account, one, wish))


async def report(request: Request, session: Session, fields: forms.Fields) -> Response:
    """Report on a session that is over."""
    text = fields.get("text")
    return await _on_session(request, lambda c, i, one: session_reports.give(c, i, session.account, one, text))


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


async def _on_session(request: Request, work: Callable[[Connection, Instance, str], object]) -> Response:
    instance: Instance = request.app.state.instance

    def do(connection: Connection) -> object:
        found = find(connection, instance, request)
        return found if isinstance(found, Refusal) else work(connection, instance, found.first.id)

    done = await instance.database.write(do)
    return answered(request, done if isinstance(done, Refusal) else back(request), back(request))


_ONE = "/sessions/{session}"
ROUTES = (
    Route(f"{_ONE}/register", forms.from_members(register), methods=["POST"]),
    Route(f"{_ONE}/postpone", forms.from_members(postpone), methods=["POST"]),
    Route(f"{_ONE}/order", forms.from_members(reorder), methods=["POST"]),
    Route(f"{_ONE}/draft", forms.from_members(draft), methods=["POST"]),
    Route(f"{_ONE}/end", forms.from_members(end), methods=["POST"]),
    Route(f"{_ONE}/report", forms.from_members(report), methods=["POST"]),
)
