"""The first page, the members' list, and what a browser sees at an actor's address."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.governance.meeting import Stage
from app.governance.proposal import State
from app.http.pages import forms, moments, page
from app.http.pages.assembly.size import said_of
from app.http.pages.confederation import stances
from app.http.pages.mandates import breaches, reminders
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning, sizing
from app.operations.confederation import answering
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.mandates import registering
from app.operations.mandates.registering import Entry
from app.operations.record import telling
from app.operations.record.sealing import load
from app.store import accounts, actors, acts, agenda, entrants, meetings
from app.store.accounts import Account, Session
from app.store.acts import StoredAct
from app.store.agenda import Kind
from app.store.database import Connection
from app.store.meetings import Meeting
from app.wiring import Instance

_MOST: Final = 40
_WAITING: Final = frozenset({State.OPEN, State.DECIDING})
_BOOKKEEPING: Final = frozenset({"receipt", "attestation"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, as the first page shows it: `entry` is where it stands in the record, or empty.

    `links` are ways on, each with its text and address.
    """

    when: int
    sentence: str
    links: tuple[tuple[str, str], ...]
    entry: str = ""


async def home(request: Request) -> Response:
    """What waits for our answer and what happened; strangers see what is public."""
    instance: Instance = request.app.state.instance
    session: Session | None = request.state.session
    account = session.account if session is not None else None

    def look(
        connection: Connection,
    ) -> tuple[tuple[agenda.Item, ...], tuple[Happening, ...], int, int, tuple[tuple[Meeting, str], ...], str]:
        waiting = tuple(
            one
            for one in agenda.listed(connection, 200)
            if one.state in _WAITING
            and (one.kind is Kind.ANSWER or one.asked)
            and not answering.is_over(connection, instance, one)
        )
        unsigned = len(cosigning.waiting(connection, instance)) if account is not None else 0
        size = said_of(sizing.standing(connection, instance)) if account is not None else ""
        at_door = entrants.count(connection, entrants.State.WAITING) if account is not None else 0
        upcoming = upcoming_meeting(connection, instance, account)
        return waiting, _feed(connection, instance, account), unsigned, at_door, upcoming, size

    asked, events, unsigned, at_door, upcoming, size = await instance.database.read(look)
    known = {"asked": asked, "events": events, "unsigned": unsigned, "waiting": at_door, "upcoming": upcoming}
    known["size"] = size
    return page.render(request, "home.html", 200, **known)


def upcoming_meeting(
    connection: Connection, instance: Instance, account: Account | None
) -> tuple[tuple[Meeting, str], ...]:
    """The meeting that is on, or comes next; a watched assembly tells strangers nothing of when it meets."""
    if account is None and instance.watched:
        return ()
    following = meetings.at_stage(connection, Stage.OPEN, Stage.CONVENED)[:1]
    return tuple((one, moments.coming(one.meets_at, int(instance.now().timestamp()))) for one in following)


def _feed(connection: Connection, instance: Instance, account: Account | None) -> tuple[Happening, ...]:
    """What happened, newest first; a vote against the mandate is told once, with the mandate."""
    told, door = agenda.told(connection, 3 * _MOST), Door(connection, instance)
    told = tuple(event for event in told if event.kind not in _BOOKKEEPING)[:_MOST]
    if account is None:
        told = tuple(event for event in told if _is_for_all(connection, door, event))
    against = {event.act for event in told if event.kind == "against_mandate"}
    once = (event for event in told if account is None or event.kind != "delegatevote" or event.act not in against)
    found = (_happening(connection, instance, event, account) for event in once)
    return tuple(one for one in found if one is not None)


def _is_for_all(connection: Connection, door: Door, event: agenda.Event) -> bool:
    act = acts.by_seq(connection, event.act) if event.act is not None else None
    return act is not None and door.opens(STRANGER, act)


def _happening(
    connection: Connection, instance: Instance, event: agenda.Event, account: Account | None
) -> Happening | None:
    """What an event of the feed says; None if there is nothing to say of it."""
    act = acts.by_seq(connection, event.act) if event.act is not None else None
    if act is not None and event.kind in {"against_mandate", "answered"}:
        return _breach(connection, instance, event, act, account) if account is not None else None
    if act is not None and event.kind in reminders.OF_MANDATES:
        reminded, way = reminders.of_mandate(connection, instance, event.kind, act)
        return Happening(event.happened_at, reminded, (way,)) if account is not None and reminded else None
    if act is not None:
        sentence = telling.sentence(connection, instance, load(act), _)
    else:
        sentence = _meeting_sentence(connection, event) or _event_sentence(event.kind)
    if not sentence:
        return None
    entry = stances.address_of(act) if act is not None else ""
    return Happening(event.happened_at, sentence, _ways(connection, event, account), entry)


def _ways(connection: Connection, event: agenda.Event, account: Account | None) -> tuple[tuple[str, str], ...]:
    item = agenda.get(connection, event.item) if event.item is not None and account is not None else None
    found = [(_("Open: {what}").format(what=item.title), f"/proposals/{item.id}")] if item is not None else []
    if event.meeting is not None and account is not None:
        found.append((_("The meeting"), f"/meetings/{event.meeting}"))
    return tuple(found)


def _breach(
    connection: Connection, instance: Instance, event: agenda.Event, act: StoredAct, account: Account
) -> Happening | None:
    """A vote against the mandate, or that its delegate answered, with the way to the mandate."""
    mandate = load(act).get("gov:mandate") or {}
    entry = registering.entry(connection, instance, str(mandate.get("id")))
    done = next((one for one in entry.done if one.act.seq == act.seq), None) if isinstance(entry, Entry) else None
    if not isinstance(entry, Entry) or done is None:
        return None
    found = breaches.breach(connection, instance, entry, done, account)
    said = f"{found.said} {found.asked}"
    if event.kind == "answered":
        said = _("{who} answered why the vote went against the mandate.").format(who=found.who)
    way = (_("The mandate and the vote of {who}").format(who=found.who), f"/mandates/{entry.act.id.rpartition('/')[2]}")
    return Happening(event.happened_at, said, (way,))


def _meeting_sentence(connection: Connection, event: agenda.Event) -> str:
    """What happened to a meeting, with when and where it is; empty if the event is about none."""
    meeting = meetings.get(connection, event.meeting) if event.meeting is not None else None
    words = {
        "convened": _("A meeting is convened for {when}: {place}."),
        "named": _("Put on the agenda of the meeting of {when}: {place}."),
        "cancelled": _("The meeting of {when} is called off: {place}."),
        "met": _("We met on {when}: {place}."),
    }
    said = words.get(event.kind, "") if meeting is not None else ""
    return said.format(when=moments.near(meeting.meets_at), place=meeting.place) if meeting is not None else said


def _event_sentence(kind: str) -> str:
    words = {
        "vote_opened": _("A vote was opened."),
        "vote_opened_reserved": _("A vote was opened: who agrees, agrees with the reservations beside the text."),
        "reserved": _("What we declare if we agree was changed: read it beside the text."),
        "lapses_soon": _("A matter lapses soon if nobody decides on it. The next meeting may be the last before that."),
        "answer_due": _(
            "We have not answered yet, and answers close soon: the next meeting may be the last before that."
        ),
        "size": _("A meeting counted how many households we are."),
        "recount": _("A recount was asked for: two tellers count the room again."),
        "on_paper": _("Enough of us want a vote to be secret: it ended, and the next meeting votes on paper."),
        "set_aside": _("A vote was set aside: it could not be added up in its time. It can be voted on again."),
        "block_lapsed": _("A server that a caretaker had blocked is talked to again: the meeting did not confirm it."),
        "lapsed": _("A matter lapsed: nobody took it up in its time. Propose it again if it still matters."),
        "fulfilled": _("What was decided counts now, and what it orders was done."),
        "called_back": _("Three called back what was resolved: it comes first at the next meeting."),
        "expired": _("A decision has come to its end and holds no longer."),
        "protected": _("A vote is protected more from now on, as was asked: look again at how you vote."),
        "member-added": _("The members’ list has a new name."),
        "hidden": _("Something that was said is hidden by duty."),
        "excluded": _("The assembly excluded somebody for a time."),
        "member-removed": _("A name was taken off the members’ list."),
        "asked": _("A delegate asks the assembly what to say."),
        "asked_again": _("A call that we answered is before us once more."),
        "instruction_due": _(
            "Our delegates are still not told what to say, and the next meeting may be the last before the close."
        ),
    }
    return words.get(kind, "")


async def members(request: Request, _session: Session) -> Response:
    """The members' list, for members."""
    instance: Instance = request.app.state.instance
    return page.render(request, "members.html", members=await instance.database.read(accounts.members))


async def assembly(request: Request) -> Response:
    """The assembly's public page."""
    instance: Instance = request.app.state.instance
    body = request.state.body
    if body is None:
        return page.refused(request, Refusal("page.unknown", "no assembly yet"))
    said = _(
        "The assembly’s own page. What it decides is signed for by the assembly and can be counted again by anyone."
    )
    return page.render(request, "actor.html", name=body.name, said=said, handle=_handle("assembly", instance))


async def person(request: Request) -> Response:
    """The public page of a member who acts in public; strangers learn of no other member."""
    instance: Instance = request.app.state.instance
    name = request.path_params["person"]
    plain = name if name.isascii() and name.isprintable() else ""  # PostgreSQL takes no NUL

    def look(connection: Connection) -> accounts.Account | None:
        public = bool(actors.keys_of(connection, f"{instance.url}/people/{plain}"))
        return accounts.named(connection, plain) if public else None

    account = await instance.database.read(look)
    if account is None:
        return page.refused(request, Refusal("page.unknown", "nobody of that name acts in public here"))
    said = _("A member of {assembly}.").format(assembly=request.state.body.name)
    return page.render(request, "actor.html", name=account.shown, said=said, handle=_handle(account.name, instance))


def _handle(name: str, instance: Instance) -> str:
    return f"@{name}@{urlsplit(instance.url).netloc}"


ROUTES = (
    Route("/", forms.open_to_all(home), methods=["GET"]),
    Route("/members", forms.for_speakers(members), methods=["GET"]),
)
