"""Recall: any member proposes it at any time, and the assembly decides (governance.md §5, B4, B5)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from gettext import gettext as _
from typing import Any, Final

from app.governance.act import Ref
from app.governance.mandate import Mandate
from app.governance.office import is_outside
from app.governance.proposal import State
from app.governance.rules import needed_of
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import registering
from app.operations.mandates.registering import Entry
from app.operations.matters.opening import open_item, paragraphs
from app.operations.record.sealing import heading, load
from app.store import accounts, acts, agenda, votes
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

REST: Final = timedelta(days=30)
"""How long a recall that failed stays away unless a fifth of the members bring it back (governance.md §5)."""

LONGEST_WORD: Final = 5_000
_FIFTH: Final = Fraction(1, 5)
_WAITING: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING})
_BEFORE_CLOSE: Final = _WAITING | {State.NO_QUORUM, State.UNRESOLVED}


@dataclass(frozen=True, slots=True)
class Failed:
    """A recall that was voted down: it returns on the same facts from `until`, or once `needed` members ask for it."""

    item: Item
    until: Instant
    asking: frozenset[int]
    needed: int


def propose(
    connection: Connection, instance: Instance, account: Account, mandate_id: str, delegates: tuple[str, ...], why: str
) -> Item | Refusal:
    """Open the item by which our assembly decides to end a mandate for some of its delegates, or for all.

    Refuses by `recall.mandate` (none of ours), `.delegates`, `.why`, `.ended` (nothing is left to
    end), `.open` (it is proposed already) and `.again` (it failed on the same facts: see `failed`).
    """
    entry = registering.entry(connection, instance, mandate_id)
    if not isinstance(entry, Entry) or not entry.act.own:
        return Refusal("recall.mandate", f"{mandate_id} is no mandate of ours")
    mandate = entry.mandate
    named = tuple(person for person in mandate.delegates if person in delegates) or tuple(
        person for person in mandate.delegates if person not in entry.recalled
    )
    if set(delegates) - set(mandate.delegates):
        return Refusal("recall.delegates", f"not named by the mandate: {sorted(set(delegates) - set(named))}")
    if not why:
        return Refusal("recall.why", "a recall says why")
    if entry.recalled >= set(named) or entry.replaced is not None or instance.now() >= mandate.valid_until:
        return Refusal("recall.ended", f"{mandate_id} has ended for all who are named")
    if all(is_held(connection, mandate_id, person) for person in named):
        return Refusal("recall.open", "their recall is on the agenda already")
    earlier = failed(connection, entry, named)
    if earlier is not None and instance.now() < earlier.until:
        return Refusal("recall.again", f"{earlier.item.id} failed on the same facts: not before {earlier.until}")
    return _open(connection, instance, account, mandate, named, why)


def failed(connection: Connection, entry: Entry, named: tuple[Id, ...]) -> Failed | None:
    """The last recall of these people under this mandate, if it failed and nothing that is on record happened since.

    New facts are votes of theirs under the mandate that came after it: whoever sees others brings
    them with a fifth of the members.
    """
    last = next((item for item in _recalls_of(connection, entry.act.id) if _names(item, entry) & set(named)), None)
    if last is None or last.state != State.REJECTED:
        return None
    closed = max(int(vote.result["closed_at"]) for vote in votes.of_item(connection, last.id) if vote.result)
    since = (done for done in entry.done if done.vote.head.author in named and done.act.published_at > closed)
    if any(since):
        return None
    members = accounts.count(connection)
    return Failed(
        last,
        datetime.fromtimestamp(closed, UTC) + REST,
        frozenset(last.details.get("again", ())),
        needed_of(members, _FIFTH),
    )


def ask_again(connection: Connection, instance: Instance, account: Account, item_id: str) -> Item | Refusal:
    """Put one's name to a recall that failed; a fifth of the members bring it back, on the same facts.

    The item that is open then, or the failed one. Refuses by `item.unknown`, `recall.ended` and
    `recall.open` (it did not fail, or is back already).
    """
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not Kind.RECALL:
        return Refusal("item.unknown", f"no recall {item_id}")
    entry = registering.entry(connection, instance, item.details["mandate"]["id"])
    if not isinstance(entry, Entry) or not entry.is_in_force(instance.now()):
        return Refusal("recall.ended", "the mandate has ended")
    named = tuple(Id(person) for person in item.details.get("delegates", entry.mandate.delegates))
    found = failed(connection, entry, named)
    if found is None or found.item.id != item.id:
        return Refusal("recall.open", f"{item.id} did not fail, or can be proposed again")
    asking = found.asking | {account.id}
    agenda.set_details(connection, item.id, {**item.details, "again": sorted(asking)})
    present = {member.id for member in accounts.members(connection)}
    if len(asking & present) < found.needed:
        return agenda.get(connection, item.id) or item
    return _open(connection, instance, account, entry.mandate, named, item.details["why"])


def speak(
    connection: Connection, instance: Instance, account: Account, item_id: str, place: str, text: str
) -> Refusal | None:
    """Keep the first or the `last` word of who is to be recalled: it stands above the ballot, or below all others.

    Refuses by `item.unknown`, `recall.word` (not theirs to say, or no text) and `proposal.state`.
    """
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not Kind.RECALL:
        return Refusal("item.unknown", f"no recall {item_id}")
    person = f"{instance.url}/people/{account.name}"
    if person not in concerned(connection, instance, item) or place not in {"first", "last"}:
        return Refusal("recall.word", f"{account.name} is not named by {item.id}")
    if not 0 < len(text) <= LONGEST_WORD:
        return Refusal("recall.word", f"a word has 1 to {LONGEST_WORD} characters, got {len(text)}")
    if State(item.state) not in _BEFORE_CLOSE:
        return Refusal("proposal.state", f"{item.id} is {item.state}")
    words = item.details.get("words", {})
    said = {**words, person: {**words.get(person, {}), place: text}}
    agenda.set_details(connection, item.id, {**item.details, "words": said})
    return None


def concerned(connection: Connection, instance: Instance, item: Item) -> tuple[Id, ...]:
    """The delegates whose recall an item is."""
    entry = registering.entry(connection, instance, item.details["mandate"]["id"])
    whole = entry.mandate.delegates if isinstance(entry, Entry) else ()
    return tuple(Id(person) for person in item.details.get("delegates", whole))


def end(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct:
    """Seal the Recall that an adopted Decision orders; it takes effect at its time in the record."""
    head, details = heading(connection, instance), item.details
    delegates = details.get("delegates")
    document = build.recall(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        mandate=Ref(Id(details["mandate"]["id"]), details["mandate"]["gov:digest"]),
        decision=Ref(Id(decision.id), decision.digest),
        delegates=None if delegates is None else [Id(person) for person in delegates],
        content=paragraphs(details["why"]),
    )
    mandate = acts.by_id(connection, details["mandate"]["id"])
    council = load(mandate).get("gov:council", ()) if mandate is not None else ()
    told = (council,) if isinstance(council, str) else tuple(council)
    return seal_and_announce(connection, instance, document, also=[one for one in told if one != instance.assembly])


def is_held(connection: Connection, mandate_id: str, person: str) -> bool:
    """True while a recall of this person under this mandate is open: our server then seals no vote of theirs.

    So it is while one that was adopted waits to be carried out.
    """
    return any(
        person in item.details.get("delegates", (person,))
        for item in _recalls_of(connection, mandate_id)
        if State(item.state) in _WAITING or "ordered" in item.details
    )


def _recalls_of(connection: Connection, mandate_id: str) -> tuple[Item, ...]:
    """Every recall that was proposed of a mandate, newest first."""
    found = agenda.of_kind(connection, Kind.RECALL)
    return tuple(item for item in found if item.details["mandate"]["id"] == mandate_id)


def _names(item: Item, entry: Entry) -> set[Id]:
    return {Id(person) for person in item.details.get("delegates", entry.mandate.delegates)}


def _open(
    connection: Connection, instance: Instance, account: Account, mandate: Mandate, named: tuple[Id, ...], why: str
) -> Item:
    people = ", ".join(naming.person_name(connection, instance, person) for person in named)
    details: dict[str, Any] = {
        "mandate": {"id": mandate.head.ref.id, "gov:digest": mandate.head.ref.digest},
        "why": why,
    }
    if set(named) != set(mandate.delegates):
        details["delegates"] = list(named)
    ends = _("The mandate of %(people)s ends when this is adopted.")
    if is_outside(mandate):
        ends = _("When this is adopted we ask %(people)s in public to resign.")
    return open_item(
        connection,
        instance,
        Kind.RECALL,
        category="recall",
        title=_("Recall of %(people)s") % {"people": people},
        source="\n\n".join([ends % {"people": people}, why]),
        details=details,
        author=account,
    )
