"""Reports: what delegates tell of a mandate, which the assembly accepts or refuses; notes to who comes after.

For an outside office each report is of one vote, and the assembly marks it as mandated or not (B18).
"""

from dataclasses import dataclass
from enum import StrEnum
from gettext import gettext as _
from typing import Final

from app.governance.mandate import Mandate
from app.governance.office import is_outside
from app.governance.proposal import State
from app.governance.session import Registration, Report
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import sessions
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import registering
from app.operations.mandates.delegating import person_id
from app.operations.mandates.registering import Entry
from app.operations.matters.opening import open_item, paragraphs
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import give_keys, heading, load
from app.store import acts, agenda, handovers
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.handovers import Note
from app.translation import build
from app.wiring import Instance

LONGEST: Final = 10_000
_RESULTS: Final = {State.ADOPTED: "accepted", State.REJECTED: "refused"}


class Standing(StrEnum):
    """Where a delegate's report stands."""

    DUE = "due"
    OVERDUE = "overdue"
    WAITING = "waiting"  # given, and the assembly has not decided on it
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Given:
    """A report that was given, with the item by which our assembly decides on it; None for another assembly's."""

    act: StoredAct
    who: Id
    standing: Standing
    item: Item | None


def give(connection: Connection, instance: Instance, account: Account, mandate_id: str, text: str) -> Item | Refusal:
    """Seal a delegate's report with their own key, and put on our agenda whether we accept it.

    Refuses by `report.mandate` (none of ours), `.who` (not named by it), `.text`, and `.waiting` (one of
    theirs is on the agenda; for an outside office there may be several).
    """
    entry = registering.entry(connection, instance, mandate_id)
    if not isinstance(entry, Entry) or not entry.act.own:
        return Refusal("report.mandate", f"{mandate_id[:80]} is no mandate of ours")
    person = person_id(instance, account)
    if person not in entry.mandate.delegates:
        return Refusal("report.who", f"{account.name} is not named by {mandate_id}")
    if not 0 < len(text) <= LONGEST:
        return Refusal("report.text", f"a report has 1 to {LONGEST} characters, got {len(text)}")
    earlier = [one for one in given(connection, entry) if one.who == person]
    if not is_outside(entry.mandate) and any(one.standing is Standing.WAITING for one in earlier):
        return Refusal("report.waiting", "a report of theirs is on the agenda")
    act = _seal(connection, instance, entry.mandate, person, text)
    who = naming.person_name(connection, instance, person)
    title = _("Report of %(who)s")
    asks = _("Do we accept what %(who)s reports? The report is read beside this.")
    if is_outside(entry.mandate):
        asks = _("Did %(who)s speak as we decided? What was done there is read beside this.")
    return open_item(
        connection,
        instance,
        Kind.REPORT,
        category="procedure",
        title=title % {"who": who},
        source=asks % {"who": who},
        details={"report": act.id, "mandate": entry.act.id},
        author=account,
    )


def given(connection: Connection, entry: Entry) -> tuple[Given, ...]:
    """The reports that were given under a mandate, first given first."""
    items = {item.details["report"]: item for item in reversed(agenda.of_kind(connection, Kind.REPORT))}
    return tuple(
        Given(act, Id(act.author), standing_of(items.get(act.id)), items.get(act.id))
        for act in acts.naming(connection, entry.act.id, "gov:mandate")
        if act.type == "gov:Report" and act.author in entry.mandate.delegates and not load(act).get("gov:asOffice")
    )


def standing(connection: Connection, instance: Instance, entry: Entry, person: Id) -> Standing | None:
    """Where the report of one delegate of ours stands; None while none is due.

    It is due when the mandate ends for them, or a session under it does, and overdue after the
    usual time between two meetings.
    """
    last = [one for one in given(connection, entry) if one.who == person]
    ended = ended_for(connection, instance, entry, person)
    if last and (ended is None or last[-1].act.published_at >= ended.timestamp() or last[-1].item is not None):
        return last[-1].standing
    if ended is None or ended > instance.now() or is_outside(entry.mandate):
        return None
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    late = charter is not None and instance.now() > ended + charter.rhythm
    return Standing.OVERDUE if late else Standing.DUE


def ended_for(connection: Connection, instance: Instance, entry: Entry, person: Id) -> Instant | None:
    """When a mandate, or the session that somebody was sent to under it, ended for one delegate; None if not yet."""
    mandate = entry.mandate
    ends = [mandate.valid_until, *_sessions(connection, instance, mandate)]
    ends += [one.head.published for one in entry.recalls if person in (one.delegates or mandate.delegates)]
    ends += [entry.replaced.head.published] if entry.replaced is not None else []
    first = min(ends)
    return first if first <= instance.now() else None


def hand_over(
    connection: Connection, instance: Instance, account: Account, mandate_id: str, text: str
) -> Refusal | None:
    """Keep a note of who is sent for who comes after; it stays in the assembly (S13).

    Refuses by `report.mandate`, `report.who` and `report.text`.
    """
    entry = registering.entry(connection, instance, mandate_id)
    if not isinstance(entry, Entry) or not entry.act.own:
        return Refusal("report.mandate", f"{mandate_id[:80]} is no mandate of ours")
    if person_id(instance, account) not in entry.mandate.delegates:
        return Refusal("report.who", f"{account.name} is not named by {mandate_id}")
    if not 0 < len(text) <= LONGEST:
        return Refusal("report.text", f"a note has 1 to {LONGEST} characters, got {len(text)}")
    handovers.put(connection, entry.act.seq, account.id, text, int(instance.now().timestamp()))
    return None


def handed_over(connection: Connection, instance: Instance, entry: Entry) -> tuple[Note, ...]:
    """What those who were sent before to the same council or office left for who comes after, newest first."""
    kept = acts.of_type(connection, "gov:Mandate", author=instance.assembly)
    reading = Reading(connection, loopback=instance.loopback)
    before = {
        act.seq
        for act in kept
        if isinstance(mandate := reading.parsed(act), Mandate)
        and (mandate.council, mandate.office) == (entry.mandate.council, entry.mandate.office)
        and act.seq < entry.act.seq
    }
    return handovers.of(connection, before)


def _seal(connection: Connection, instance: Instance, mandate: Mandate, person: Id, text: str) -> StoredAct:
    give_keys(connection, instance, person)
    head = heading(connection, instance, person)
    document = build.report(
        id=Id(head.id),
        author=person,
        published=head.published,
        mandate=mandate.head.ref,
        content=paragraphs(text),
        source=text,
    )
    return seal_and_announce(connection, instance, document)


def standing_of(item: Item | None) -> Standing:
    """What the assembly made of a report; waiting as long as it decided nothing."""
    return Standing(_RESULTS.get(State(item.state), "waiting")) if item is not None else Standing.WAITING


def mandate_of(connection: Connection, instance: Instance, report: StoredAct) -> Mandate | None:
    """The mandate that a report is about, if it is here."""
    reading = Reading(connection, loopback=instance.loopback)
    parsed = reading.parsed(report)
    return reading.at(Mandate, parsed.mandate) if isinstance(parsed, Report) else None


def _sessions(connection: Connection, instance: Instance, mandate: Mandate) -> list[Instant]:
    """When the sessions ended for which our delegation was registered under a mandate."""
    reading = Reading(connection, loopback=instance.loopback)
    named = (reading.parsed(act) for act in acts.naming(connection, mandate.head.ref.id, "gov:mandate"))
    registered = {one.session for one in named if isinstance(one, Registration)}
    over = (one for one in sessions.known(connection, instance) if one.is_over(instance.now()))
    return [one.session.ends for one in over if one.versions & registered and one.session.ends is not None]
