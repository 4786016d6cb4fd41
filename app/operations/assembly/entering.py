"""Coming in: who asks at the door, who says yes, and when the charter's rule of entry is met (governance.md §1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from gettext import gettext as _
from typing import Final

from app.kernel.canonical import sha256
from app.kernel.refusal import Refusal
from app.operations.assembly import membership
from app.operations.matters.opening import open_item
from app.operations.matters.proposing import charter_of
from app.operations.meetings import attending
from app.operations.meetings.attending import Comer
from app.store import accounts, agenda, attendances, entrants, meetings
from app.store.accounts import Account, Standing
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.entrants import Entrant, State
from app.store.meetings import Meeting
from app.wiring import Instance

MOST_WAITING: Final = 500
"""So many ask at once at most: a school hall full, and no more for who knocks for sport."""

KEPT: Final = timedelta(days=30)
LONGEST_REASON: Final = 500
_LONGEST_CARD: Final = 16
_DOOR: Final = 2
_VOUCH: Final = re.compile(r"vouch\((\d{1,2})\)")
_CHOICES: Final = (Standing.VOTE, Standing.VOICE, Standing.OBSERVER)


@dataclass(frozen=True, slots=True)
class Rule:
    """The charter's `entry`: how many members say yes, if only in a meeting; `by_assembly` if it decides itself."""

    needed: int
    in_meeting: bool = False
    by_assembly: bool = False


def rule(connection: Connection, instance: Instance) -> Rule | None:
    """How somebody comes in here; None in a gathering, where a name on the list is enough."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None:
        return None
    vouch = _VOUCH.fullmatch(charter.entry)
    if vouch is not None:
        return Rule(max(1, int(vouch[1])))
    return Rule(_DOOR, in_meeting=True) if charter.entry == "door" else Rule(0, by_assembly=True)


def knock(connection: Connection, instance: Instance, shown: str, token: str) -> Entrant | Refusal:
    """Ask to come in, by any name or none; `token` is what this browser holds to be known by.

    Refuses by `name.form`, `member.taken`, `body.missing` and `door.full`.
    """
    return _ask(connection, instance, shown, None, sha256(token.encode()))


def write_down(
    connection: Connection, instance: Instance, by: Account, shown: str, card: str, standing: str, room: int = 0
) -> Entrant | Refusal:
    """Ask for somebody who has no device, by a name or the number of a card; whoever writes it says yes (B21).

    Refuses as `knock` and `say_yes` do, and by `door.card`.
    """
    number = card.strip()
    if len(number) > _LONGEST_CARD or not (number or "-").isprintable():
        return Refusal("door.card", f"a card's number has at most {_LONGEST_CARD} characters")
    name = shown or (_("Card {number}").format(number=number) if number else "")
    asked = _ask(connection, instance, name, number or None, None)
    return asked if isinstance(asked, Refusal) else say_yes(connection, instance, by, asked.id, standing, room)


def known_by(connection: Connection, token: str) -> Entrant | None:
    """Whose browser this is."""
    return entrants.by_token(connection, sha256(token.encode()))


def say_yes(
    connection: Connection, instance: Instance, by: Account, entrant_id: str, standing: str, room: int = 0
) -> Entrant | Refusal:
    """A member's yes, and whether they may vote: a yes or no, of which nobody asks more (B20).

    Who only speaks, or only looks on, comes in at once; who votes once as many members said yes as the
    charter wants. In a meeting that is open its door-keeper's yes goes with that of whoever began it, and who
    comes in by it is present in `room`. Refuses by `door.unknown`, `door.settled`, `door.standing`, `door.assembly`,
    `door.meeting` (only in one), `door.room` and `name.form`.
    """
    entrant = _outside(connection, entrant_id)
    if isinstance(entrant, Refusal):
        return entrant
    wanted = next((one for one in _CHOICES if one == standing), None)
    if wanted is None:
        return Refusal("door.standing", f"somebody votes, speaks or looks on, not {standing[:40]!r}")
    sitting = meetings.sitting(connection)
    meeting = sitting if sitting is not None and attending.keeps_the_door(connection, sitting, by) else None
    if meeting is not None and not 0 <= room < len(meeting.rooms):
        return Refusal("door.room", f"no room {room} of {len(meeting.rooms)}")
    if wanted is not Standing.VOTE:
        return _seat(connection, instance, by, _let_in(connection, instance, entrant, wanted), meeting, room)
    if not entrant.shown:
        return Refusal("name.form", "who votes is on the list by a name or a card")
    asked = rule(connection, instance)
    if entrant.item is not None or (asked is not None and asked.by_assembly):
        return Refusal("door.assembly", "the assembly itself decides whether they come in")
    if asked is not None and asked.in_meeting and sitting is None:
        return Refusal("door.meeting", "members say yes at a meeting, and none is open")
    entrants.vouch(connection, entrant.id, by.id, int(instance.now().timestamp()))
    if asked is not None and len(_said_yes(connection, entrant, asked, sitting, meeting)) < asked.needed:
        return entrant
    return _seat(connection, instance, by, _let_in(connection, instance, entrant, wanted), meeting, room)


def say_yes_to_all(
    connection: Connection,
    instance: Instance,
    by: Account,
    entrant_ids: Iterable[str],
    standing: str,
    room: int = 0,
) -> Entrant | Refusal:
    """A member's yes to many at once, each as by `say_yes`; whom another let in meanwhile is in.

    `door.nobody` if nobody is named; else the first refusal, and the yes to everybody else stands.
    """
    said = [say_yes(connection, instance, by, one, standing, room) for one in dict.fromkeys(entrant_ids)]
    if not said:
        return Refusal("door.nobody", "nobody was ticked")
    refused = [one for one in said if isinstance(one, Refusal) and one.code != "door.settled"]
    return refused[0] if refused else said[-1]


def say_no(connection: Connection, by: Account, entrant_id: str, reason: str) -> Entrant | Refusal:
    """A member's no, under their name, with a reason that the person reads; they can take it to the assembly.

    It undoes nobody's yes: as many members as the charter wants let them in all the same (governance.md §1).
    Refuses by `door.unknown`, `door.settled` and `door.reason`.
    """
    entrant = _outside(connection, entrant_id)
    if isinstance(entrant, Refusal):
        return entrant
    if not 0 < len(reason) <= LONGEST_REASON:
        return Refusal("door.reason", f"a refusal has a reason of 1 to {LONGEST_REASON} characters")
    entrants.refuse(connection, entrant.id, reason, by.id)
    return entrants.get(connection, entrant.id) or entrant


def ask_assembly(connection: Connection, instance: Instance, entrant_id: str) -> Item | Refusal:
    """Take it to the assembly: where its rule says so, or where somebody was refused. It decides as on joining.

    Refuses by `door.unknown`, `door.asked` (it is on the agenda), `door.settled`, `body.missing`, `name.form`.
    """
    entrant = entrants.get(connection, entrant_id)
    if entrant is None:
        return Refusal("door.unknown", f"nobody asked under {entrant_id[:40]!r}")
    if entrant.item is not None:
        return Refusal("door.asked", f"item {entrant.item} decides about {entrant.id}")
    asked = rule(connection, instance)
    if asked is None:
        return Refusal("body.missing", "a gathering has no rules yet by which to decide")
    if not entrant.shown:
        return Refusal("name.form", "who votes is on the list by a name")
    if entrant.state is State.IN or not (asked.by_assembly or entrant.state is State.REFUSED):
        return Refusal("door.settled", f"{entrant.id} is {entrant.state}, and members can say yes")
    why = [_("Shall {name} come in?").format(name=entrant.shown)]
    if entrant.reason:
        why.append(_("At the door it was refused: {reason}").format(reason=entrant.reason))
    item = open_item(
        connection,
        instance,
        Kind.ENTRY,
        category="entry",
        title=_("{name} asks to come in").format(name=entrant.shown),
        source="\n\n".join(why),
        details={"entrant": entrant.id},
        author=None,
    )
    entrants.settle(
        connection,
        entrant.id,
        entrant.state,
        Standing.VOTE,
        reason=entrant.reason,
        account=entrant.account,
        item=item.id,
    )
    return item


def admit(connection: Connection, instance: Instance, item: Item) -> None:
    """Let in whom the assembly admitted, also after an exclusion."""
    if "account" in item.details:
        accounts.readmit(connection, item.details["account"])
    entrant = entrants.by_item(connection, item.id)
    if entrant is not None and entrant.state is not State.IN:
        _let_in(connection, instance, entrant, Standing.VOTE)


def leave_unnamed(connection: Connection, instance: Instance, account: Account) -> Refusal | None:
    """Delete at will who has a voice and no vote (B20).

    `member.votes` for who is on the list, `member.out` for who is excluded: forgotten, they would be back in the term.
    """
    if account.standing is Standing.VOTE:
        return Refusal("member.votes", "who is on the list leaves it by the assembly's record")
    if account.standing is Standing.OUT:
        return Refusal("member.out", f"{account.name} is excluded, and the assembly keeps until when")
    entrants.forget(connection, account.id)
    attendances.unname(connection, account.id)
    accounts.forget(connection, account.id, int(instance.now().timestamp()))
    return None


def forget_due(connection: Connection, instance: Instance) -> None:
    """Forget how people came in, a month later; what the assembly decides about stays until it has."""
    entrants.forget_before(connection, int((instance.now() - KEPT).timestamp()))


def _ask(
    connection: Connection, instance: Instance, shown: str, card: str | None, token: bytes | None
) -> Entrant | Refusal:
    if accounts.body(connection) is None:
        return Refusal("body.missing", "there is no assembly here")
    name = membership.plain_name(shown) if shown else ""
    if isinstance(name, Refusal):
        return name
    if name and membership.is_taken(connection, name):
        return Refusal("member.taken", f"{name!r} is on the list")
    if entrants.count(connection, State.WAITING) >= MOST_WAITING:
        return Refusal("door.full", f"{MOST_WAITING} people wait already")
    now = int(instance.now().timestamp())
    asked = Entrant(instance.new_ulid(), name, State.WAITING, Standing.VOTE, card, None, None, None, None, now)
    entrants.add(connection, asked, token)
    return asked


def _outside(connection: Connection, entrant_id: str) -> Entrant | Refusal:
    entrant = entrants.get(connection, entrant_id)
    if entrant is None:
        return Refusal("door.unknown", f"nobody asked under {entrant_id[:40]!r}")
    return Refusal("door.settled", f"{entrant.id} is in") if entrant.state is State.IN else entrant


def _said_yes(
    connection: Connection, entrant: Entrant, asked: Rule, sitting: Meeting | None, at_its_door: Meeting | None
) -> set[int]:
    """The members who said yes by the rule; whoever began a meeting lets in by the hand of its door-keeper."""
    since = sitting.opened_at if asked.in_meeting and sitting is not None else None
    said = set(entrants.vouched(connection, entrant.id, since or 0))
    if at_its_door is not None and at_its_door.begun_by is not None:
        said.add(at_its_door.begun_by)
    return said & {one.id for one in accounts.members(connection)}


def _let_in(connection: Connection, instance: Instance, entrant: Entrant, standing: Standing) -> Entrant | Refusal:
    here = accounts.numbered(connection, entrant.account) if entrant.account is not None else None
    if here is not None:  # without a vote so far
        accounts.set_standing(connection, here.id, standing)
        added: Account | Refusal = here
    else:
        added = membership.enter(connection, instance, entrant.shown, standing=standing, card=entrant.card)
    if isinstance(added, Refusal):
        return added
    entrants.settle(connection, entrant.id, State.IN, standing, account=added.id, item=entrant.item)
    if standing is Standing.VOTE:
        agenda.tell(connection, "member-added", int(instance.now().timestamp()))
    return entrants.get(connection, entrant.id) or entrant


def _seat(
    connection: Connection,
    instance: Instance,
    by: Account,
    entrant: Entrant | Refusal,
    meeting: Meeting | None,
    room: int,
) -> Entrant | Refusal:
    """Give who was let in at the door of a meeting their card in it."""
    if isinstance(entrant, Refusal) or meeting is None:
        return entrant
    came = attending.let_in(connection, instance, by, meeting.id, Comer(member=entrant.account, room=room))
    return came if isinstance(came, Refusal) else entrant
