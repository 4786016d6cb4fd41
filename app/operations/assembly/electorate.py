"""The people whom a decision counts on, frozen when it opens (governance.md §1)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.governance.belonging import is_dormant, is_senior, told_from
from app.governance.provisions import Settings
from app.kernel.canonical import commitment
from app.operations.matters.proposing import charter_of
from app.store import accounts, meetings, votes
from app.store.accounts import Account
from app.store.database import Connection
from app.store.votes import Ballot, Vote
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who is counted among those entitled, and who may vote besides: long not seen, and counted once they are back."""

    entitled: tuple[Account, ...]
    dormant: tuple[Account, ...]


def electorate(connection: Connection, instance: Instance, settings: Settings, category: str = "") -> Electorate:
    """The members' list as it counts now on a matter of `category`, by the charter's `dormant` and `seniority`.

    Who came in after the founding and has not been here for so many meetings is not on it (hostile F34).
    """
    body = accounts.body(connection)
    founded, now = body.founded_at if body is not None else None, int(instance.now().timestamp())
    entitled: list[Account] = []
    dormant: list[Account] = []
    for member in accounts.members(connection):
        came_later = founded is not None and member.joined_at > founded
        met = meetings.held_between(connection, member.joined_at, now) if came_later else ()
        if came_later and not is_senior(settings, category, len(met)):
            continue
        told = datetime.fromtimestamp(member.warned_at, UTC) if member.warned_at is not None else None
        away = is_dormant(settings, datetime.fromtimestamp(member.seen_at, UTC), told, instance.now())
        (dormant if away else entitled).append(member)
    return Electorate(tuple(entitled), tuple(dormant))


def count_on(connection: Connection, instance: Instance, vote: Vote, account: Account) -> None:
    """Note that somebody takes part: who was long not seen is counted among those entitled from now on.

    They were members when the vote opened, so nobody can add to the list afterwards (hostile F04, F05).
    """
    accounts.seen(connection, account.id, int(instance.now().timestamp()))
    if not votes.wake(connection, vote.id, account.id):
        return
    found = (accounts.numbered(connection, number) for number in votes.roll(connection, vote.id))
    people = sorted(f"{instance.url}/people/{one.name}" for one in found if one is not None)
    votes.commit(connection, vote.id, commitment(vote.salt, people))


def replaced_by(instance: Instance, account: Account, earlier: Ballot | None) -> str | None:
    """The salted commitment that is kept of a member's ballot which a later one replaces; None if there is none."""
    if earlier is None:
        return None
    return commitment(instance.new_salt(), [account.name, earlier.choice, earlier.options])


def warn(connection: Connection, instance: Instance) -> None:
    """Tell all members of those who will not be counted on before long."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None:
        return
    now = instance.now()
    unseen = now - (told_from(charter, now) - now)
    accounts.warn(connection, int(unseen.timestamp()), int(now.timestamp()))
