"""Exclusion of a person: a reason, seven days, a hearing, a secret vote, a term, an appeal (§12)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from gettext import gettext as _
from typing import Final

from app.governance.proposal import State
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.matters.opening import is_founded_commune, open_item
from app.store import accounts, agenda
from app.store.accounts import Account, Standing
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

CATEGORY: Final = "exclusion"
NOTICE: Final = timedelta(days=7)
LONGEST_TERM: Final = 366
LONGEST_WHY: Final = 5_000
_WITNESSES: Final = 2
_OVER: Final = frozenset({State.ADOPTED, State.REJECTED, State.WITHDRAWN, State.LAPSED})
_NEWEST: Final = 500


@dataclass(frozen=True, slots=True)
class Hearing:
    """Where the hearing stands: whom it is about, whom they trust, from when a vote may open, who said that it was."""

    account: int
    trust: int | None
    not_before: int
    said: tuple[int, ...]
    heard: bool


def propose(
    connection: Connection, instance: Instance, account: Account, name: str, days: int, why: str
) -> Item | Refusal:
    """Put it to the assembly to exclude a member for a time, with the reason in writing.

    Refuses by `body.missing`, `exclusion.person`, `exclusion.term`, `exclusion.why` and `exclusion.open`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people excludes")
    member = next((one for one in accounts.members(connection) if one.name == name), None)
    if member is None or member.id == account.id:
        return Refusal("exclusion.person", f"{name[:60]!r} is no other member")
    if not 1 <= days <= LONGEST_TERM:
        return Refusal("exclusion.term", f"an exclusion has a term of 1 to {LONGEST_TERM} days, not {days}")
    if not 0 < len(why) <= LONGEST_WHY:
        return Refusal("exclusion.why", f"a reason has 1 to {LONGEST_WHY} characters, got {len(why)}")
    if _open_about(connection, Kind.EXCLUSION, member.id) is not None:
        return Refusal("exclusion.open", f"the exclusion of {member.name} is on the agenda")
    return open_item(
        connection,
        instance,
        Kind.EXCLUSION,
        category=CATEGORY,
        title=_("Exclusion of %(name)s") % {"name": member.shown},
        source="\n\n".join([_("%(name)s is excluded for %(days)d days.") % {"name": member.shown, "days": days}, why]),
        details={"account": member.id, "days": days},
        author=account,
    )


def name_trusted(connection: Connection, account: Account, item_id: str, name: str) -> Item | Refusal:
    """The person concerned names somebody whom they trust; `exclusion.concerned`, `exclusion.person`."""
    item = _item(connection, item_id)
    if isinstance(item, Refusal):
        return item
    if item.details["account"] != account.id:
        return Refusal("exclusion.concerned", "only who is concerned names whom they trust")
    trusted = next((one for one in accounts.people(connection) if one.name == name), None)
    if trusted is None or trusted.id == account.id:
        return Refusal("exclusion.person", f"{name[:60]!r} is nobody else here")
    agenda.set_details(connection, item.id, {**item.details, "trust": trusted.id})
    return item


def say_heard(connection: Connection, account: Account, item_id: str) -> Item | Refusal:
    """Say that the person was heard, or was invited and did not come.

    Enough is the word of the person or of whom they trust, or of two members with a vote who did not propose it.
    Refuses by `exclusion.witness` for everybody else.
    """
    item = _item(connection, item_id)
    if isinstance(item, Refusal):
        return item
    if not is_witness(item, account):
        return Refusal("exclusion.witness", f"{account.name} is no witness of this hearing")
    said = item.details.get("heard", [])
    agenda.set_details(connection, item.id, {**item.details, "heard": sorted({*said, account.id})})
    return item


def is_witness(item: Item, account: Account) -> bool:
    """True if somebody's word on the hearing counts: the person's, of whom they trust, of members who did not propose.

    Whoever proposed it lets onlookers in alone, so theirs does not.
    """
    near = account.id in {item.details["account"], item.details.get("trust")}
    return item.author != account.id and (near or account.standing is Standing.VOTE)


def hearing(item: Item) -> Hearing | None:
    """Where the hearing stands; None if the item excludes nobody."""
    if item.kind is not Kind.EXCLUSION:
        return None
    concerned, trust = item.details["account"], item.details.get("trust")
    said = tuple(item.details.get("heard", ()))
    enough = concerned in said or trust in said or len(said) >= _WITNESSES
    return Hearing(concerned, trust, item.created_at + int(NOTICE.total_seconds()), said, enough)


def may_open(instance: Instance, item: Item, *, in_meeting: bool) -> Refusal | None:
    """None if a vote may open; else `vote.early`, `exclusion.hearing` or `vote.secret` (not in a meeting)."""
    found = hearing(item)
    if found is None:
        return None
    if instance.now().timestamp() < found.not_before:
        when = format_instant(datetime.fromtimestamp(found.not_before, UTC))
        return Refusal("vote.early", f"the reason is there for {NOTICE} first: not before {when}")
    if not found.heard:
        return Refusal("exclusion.hearing", "nobody says yet that the person was heard")
    return None if in_meeting else Refusal("vote.secret", "an exclusion is voted on by paper in a meeting")


def carry_out(connection: Connection, instance: Instance, item: Item) -> None:
    """Exclude the person until the term is over; they are nobody's caretaker meanwhile."""
    now = instance.now()
    until = now + timedelta(days=item.details["days"])
    accounts.exclude(connection, item.details["account"], int(until.timestamp()))
    agenda.tell(connection, "excluded", int(now.timestamp()), item=item.id)


def appeal(connection: Connection, instance: Instance, account: Account, why: str) -> Item | Refusal:
    """Who is excluded takes it to the next meeting, which decides as on letting somebody in.

    Refuses by `appeal.none` (not excluded), `appeal.open` and `exclusion.why`.
    """
    if account.standing is not Standing.OUT:
        return Refusal("appeal.none", f"{account.name} is not excluded")
    if not 0 < len(why) <= LONGEST_WHY:
        return Refusal("exclusion.why", f"an appeal has 1 to {LONGEST_WHY} characters, got {len(why)}")
    if _open_about(connection, Kind.ENTRY, account.id) is not None:
        return Refusal("appeal.open", "the appeal is on the agenda")
    return open_item(
        connection,
        instance,
        Kind.ENTRY,
        category="entry",
        title=_("%(name)s appeals against the exclusion") % {"name": account.shown},
        source="\n\n".join([_("The exclusion of %(name)s ends when this is adopted.") % {"name": account.shown}, why]),
        details={"account": account.id},
        author=None,
    )


def _item(connection: Connection, item_id: str) -> Item | Refusal:
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not Kind.EXCLUSION:
        return Refusal("item.unknown", f"no exclusion {item_id[:40]!r}")
    return item if State(item.state) not in _OVER else Refusal("proposal.state", item.state)


def _open_about(connection: Connection, kind: Kind, account: int) -> Item | None:
    listed = (one for one in agenda.listed(connection, _NEWEST) if one.kind is kind and State(one.state) not in _OVER)
    return next((one for one in listed if one.details.get("account") == account), None)
