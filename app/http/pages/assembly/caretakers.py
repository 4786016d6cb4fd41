"""What caretakers did with the server, and with whom it does not talk: for every member to see."""

from collections.abc import Callable
from gettext import gettext as _
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.federation.policy import Level
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import entrusting
from app.operations.exchange import complaining, following, posting
from app.store import accounts, caretaking, policies, reactions
from app.store.accounts import Account, Session
from app.store.caretaking import Entry
from app.store.database import Connection
from app.store.policies import DomainPolicy
from app.store.reactions import Flag
from app.wiring import Instance

_MOST: Final = 500


async def log(request: Request, session: Session) -> Response:
    """The log of the caretakers, newest first, and what holds for other servers; to them, what others complain of."""
    instance: Instance = request.app.state.instance

    def look(
        connection: Connection,
    ) -> tuple[tuple[Entry, ...], tuple[DomainPolicy, ...], tuple[Flag, ...], tuple[Account, ...]]:
        complaints = reactions.flagged(connection, _MOST) if session.account.caretaker else ()
        held = tuple(kept for kept in policies.all_of(connection) if not kept.draft)
        return caretaking.entries(connection, _MOST), held[:_MOST], complaints, accounts.members(connection)

    entries, held, complaints, people = await instance.database.read(look)
    done = [(entry, _sentence(entry)) for entry in entries]
    domains = [(kept, _meaning(kept.level)) for kept in held]
    return page.render(
        request,
        "caretakers.html",
        people=people,
        done=done,
        domains=domains,
        complaints=complaints,
        closed=instance.only_allowed,
    )


async def propose(request: Request, session: Session, fields: Fields) -> Response:
    """Put it to the assembly who keeps the server."""
    instance: Instance = request.app.state.instance
    chosen, why = fields.all("caretaker"), fields.get("why")
    done = await instance.database.write(
        lambda connection: entrusting.propose(connection, instance, session.account, chosen, why)
    )
    if isinstance(done, Refusal):
        return page.refused(request, done, back="/caretakers")
    return RedirectResponse(f"/proposals/{done.id}", status_code=303, headers=page.HEADERS)


async def outside(request: Request, session: Session, fields: Fields) -> Response:
    """What a caretaker does among other servers in the assembly's name; every member sees it in the log."""
    instance: Instance = request.app.state.instance
    barred = await instance.database.read(lambda connection: entrusting.keeps(connection, session.account))
    if barred is not None:
        return page.refused(request, barred, back="/caretakers")
    named, what, by = fields.get("about").strip(), fields.get("what"), session.account.shown
    if what == "follow" or (what in {"unfollow", "complain"} and "://" not in named):
        found = await following.find(instance, named)
        if isinstance(found, Refusal):
            return page.refused(request, Refusal("outside.unknown", found.because), back="/caretakers")
        named = found
    deeds: dict[str, Callable[[Connection], object]] = {
        "follow": lambda connection: following.follow(connection, instance, named, by=by),
        "unfollow": lambda connection: following.unfollow(connection, instance, named, by=by),
        "pin": lambda connection: posting.pin(connection, instance, named, by=by),
        "unpin": lambda connection: posting.unpin(connection, instance, named, by=by),
        "complain": lambda connection: complaining.complain(
            connection, instance, named, fields.get("posts").split(), fields.get("because")
        ),
    }
    if what not in deeds:
        return page.refused(request, Refusal("form.choice", f"{what[:40]!r} is not done here"), back="/caretakers")
    done = await instance.database.write(deeds[what])
    if isinstance(done, Refusal):
        return page.refused(request, done, back="/caretakers")
    return RedirectResponse("/caretakers", status_code=303, headers=page.HEADERS)


def _sentence(entry: Entry) -> str:
    words = {
        "sign-in": _("{subject} was given a new password."),
        "added": _("{subject} was put on the members’ list."),
        "lapsed": _("The meeting did not confirm that {subject} is blocked: our server talks to it again."),
        "removed": _("{subject} was taken off the members’ list."),
        "caretakers": _("By decision of the assembly {subject} keep the server."),
        "erased": _("The words of an entry were taken out of the record: {subject}"),
        "followed": _("Our assembly follows {subject}."),
        "unfollowed": _("Our assembly follows {subject} no longer."),
        "pinned": _("Put at the head of our page: {subject}"),
        "unpinned": _("Taken from the head of our page: {subject}"),
        "complained": _("The server of {subject} was told of what they do."),
        Level.ALLOW: _("Our server talks to {subject}."),
        Level.LIMIT: _("What is said at {subject} is folded away."),
        Level.SILENCE: _("What is said at {subject} is not shown."),
        Level.SUSPEND: _("Our server does not talk to {subject} any more."),
    }
    return words[entry.what].format(subject=entry.subject)


def _meaning(level: str) -> str:
    words = {
        Level.ALLOW: _("allowed"),
        Level.LIMIT: _("folded away"),
        Level.SILENCE: _("not shown"),
        Level.SUSPEND: _("not talked to"),
    }
    return words[Level(level)]


ROUTES = (
    Route("/caretakers", forms.for_speakers(log), methods=["GET"]),
    Route("/caretakers", forms.from_members(propose), methods=["POST"]),
    Route("/caretakers/outside", forms.from_people(outside), methods=["POST"]),
)
