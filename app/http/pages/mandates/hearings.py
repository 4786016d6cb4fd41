"""What a recall's page has beside its ballot: the first and the last word, and how it comes back if it failed."""

from dataclasses import dataclass
from typing import Final

from app.governance.proposal import State
from app.http.pages import moments
from app.http.pages.mandates.breaches import Breach, Ending, before_recall, ending
from app.operations.assembly import naming
from app.operations.mandates import recalling, registering
from app.operations.mandates.registering import Entry
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance

_PLACES: Final = ("first", "last")


@dataclass(frozen=True, slots=True)
class Word:
    """What a delegate who may be recalled says first, or last; Markdown."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """How a recall that failed comes back: from `until`, or once `needed` members ask, of whom `asking` do."""

    until: int
    asking: int
    needed: int
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything about a recall: the votes against the mandate, the words of who is concerned, how it ended."""

    breaches: tuple[Breach, ...]
    first: tuple[Word, ...]
    last: tuple[Word, ...]
    mine: tuple[tuple[str, str], ...]
    ending: Ending | None
    again: Again | None
    others: str


def hearing(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Hearing:
    """The hearing of a recall, as `account` sees it; `mine` has the words that `account` may say or change."""
    person = f"{instance.url}/people/{account.name}" if account is not None else ""
    words = item.details.get("words", {})
    named = recalling.concerned(connection, instance, item)
    first, last = (
        tuple(
            Word(naming.person_name(connection, instance, one), words[one][place])
            for one in named
            if place in words.get(one, {})
        )
        for place in _PLACES
    )
    open_now = State(item.state) in {State.OPEN, State.FROZEN, State.DECIDING, State.NO_QUORUM, State.UNRESOLVED}
    mine = tuple((place, words.get(person, {}).get(place, "")) for place in _PLACES) if person in named else ()
    return Hearing(
        before_recall(connection, instance, item, account),
        first,
        last,
        mine if open_now else (),
        ending(connection, instance, item),
        _again(connection, instance, item, account),
        _others(connection, instance, item) if open_now else "",
    )


def _others(connection: Connection, instance: Instance, item: Item) -> str:
    """Who carries the mandate meanwhile, by name."""
    entry = registering.entry(connection, instance, item.details["mandate"]["id"])
    if not isinstance(entry, Entry):
        return ""
    away = {*recalling.concerned(connection, instance, item), *entry.recalled}
    left = (person for person in entry.mandate.delegates if person not in away)
    return ", ".join(naming.person_name(connection, instance, person) for person in left)


def _again(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Again | None:
    entry = registering.entry(connection, instance, item.details["mandate"]["id"])
    if not isinstance(entry, Entry) or account is None or not entry.is_in_force(instance.now()):
        return None
    found = recalling.failed(connection, entry, recalling.concerned(connection, instance, item))
    if found is None or found.item.id != item.id or instance.now() >= found.until:
        return None
    may_ask = account.id not in found.asking
    return Again(moments.seconds(found.until), len(found.asking), found.needed, may_ask)
