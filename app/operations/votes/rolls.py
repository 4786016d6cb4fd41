"""The roll of a vote: who may take part, as of the moment in which it opens (governance.md §1)."""

from dataclasses import dataclass

from app.governance.charter import Charter
from app.kernel.refusal import Refusal
from app.operations.assembly import entrusting
from app.operations.assembly.electorate import electorate
from app.operations.meetings import attending
from app.operations.record.sealing import load
from app.store import acts, attendances
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.meetings import Meeting
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Roll:
    """Who may take part: members, and how many with a card who are on no list; `people` are the ids of both.

    The `dormant` were long not seen: they count among those entitled once they take part.
    """

    members: tuple[Account, ...]
    dormant: tuple[Account, ...]
    cards: int
    people: tuple[str, ...]


def roll_of(
    connection: Connection, instance: Instance, item: Item, charter: Charter, meeting: Meeting | None
) -> Roll | Refusal:
    """The roll for a vote on `item` that opens now, in `meeting` if one is open for it.

    The members' list, or those at the door where the charter says `presence`; without those who are
    concerned, and those too new for the matter (hostile F34). Refuses by `vote.presence` (such a roll
    needs a meeting) and `vote.stranger` (nobody would be on it).
    """
    people_known = electorate(connection, instance, charter, item.category)
    known, away = people_known.entitled, people_known.dormant
    cards: tuple[int, ...] = ()
    if attending.is_by_presence(charter):
        if meeting is None:
            return Refusal("vote.presence", "those at the door are the roll, so only a meeting votes")
        here = attendances.present(connection, meeting.id)
        inside = {person.account for person in here}
        known, away = tuple(one for one in (*known, *away) if one.id in inside), ()
        cards = tuple(person.card for person in here if person.account is None and person.votes)

    def may(one: Account) -> bool:
        return not is_concerned(connection, instance, item, one)

    members, dormant = tuple(filter(may, known)), tuple(filter(may, away))
    people = [f"{instance.url}/people/{one.name}" for one in members]
    people += [f"{instance.url}/meetings/{meeting.id}#card-{card}" for card in cards if meeting is not None]
    if not people and not dormant:
        return Refusal("vote.stranger", "nobody is on the roll")
    return Roll(members, dormant, len(cards), tuple(sorted(people)))


def is_concerned(connection: Connection, instance: Instance, item: Item, account: Account) -> bool:
    """True for whom a recall or the end of a task is about: they speak first and last, and do not vote."""
    if entrusting.is_recalled_by(item, account):
        return True
    return item.kind in {Kind.RECALL, Kind.EXCLUSION} and is_named(connection, instance, item, account)


def is_party(connection: Connection, instance: Instance, item: Item, account: Account) -> bool:
    """True for whom a matter about a person concerns, and for who wants somebody excluded: others conduct its vote."""
    wants_it = item.kind is Kind.EXCLUSION and item.author == account.id
    return wants_it or is_concerned(connection, instance, item, account)


def is_named(connection: Connection, instance: Instance, item: Item, account: Account) -> bool:
    """True if the item is about this member: a mandate for them, or the end of one."""
    if item.kind is Kind.EXCLUSION:
        return bool(item.details["account"] == account.id)
    if item.kind not in {Kind.RECALL, Kind.MANDATE}:
        return False
    named = item.details.get("delegates")
    if named is None and item.kind is Kind.RECALL:
        mandate = acts.by_id(connection, item.details["mandate"]["id"])
        named = load(mandate).get("gov:delegates", ()) if mandate is not None else ()
    return f"{instance.url}/people/{account.name}" in (named or ())
