"""Delegations to a session: registered by an act of their assembly, listed by status (fine-print 14, G1, G14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from gettext import gettext as _

from app.governance import session as ordering
from app.governance.act import Ref
from app.governance.session import Called, Registration, registered_before
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import entrusting
from app.operations.confederation import confederations, sessions
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import registering, seating
from app.operations.mandates.registering import Entry
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading
from app.store import accounts, acts
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who came for an assembly: `votes` if it is on the roll of the session, else it observes.

    `entry` is its mandate with everything done under it, None where it is not here.
    """

    assembly: Id
    act: StoredAct
    votes: bool
    entry: Entry | None


def register(
    connection: Connection, instance: Instance, account: Account, session_id: str, mandate_id: str
) -> StoredAct | Refusal:
    """Seal that our delegation goes to a session, under a mandate that our assembly gave; once for each mandate.

    Refuses by `session.unknown`, `session.over`, `register.who` (neither a delegate under it nor one who
    keeps our office), `register.mandate` (none of ours in force, or for another meeting), `register.twice`
    and `composition.required` (our own rules for who sits are not met: it is not seated until they are, R4).
    """
    found = sessions.find(connection, instance, session_id)
    if isinstance(found, Refusal):
        return found
    if found.is_over(instance.now()):
        return Refusal("session.over", f"{found.session.name} has ended")
    entry = registering.entry(connection, instance, mandate_id)
    if isinstance(entry, Refusal) or not entry.act.own or not entry.is_in_force(instance.now()):
        return Refusal("register.mandate", f"{mandate_id} is no mandate of ours in force")
    if found.session.head.author not in entry.mandate.council:
        return Refusal("register.mandate", f"{mandate_id} is for another meeting")
    if (
        entrusting.keeps(connection, account) is not None
        and f"{instance.url}/people/{account.name}" not in entry.mandate.delegates
    ):
        return Refusal("register.who", "a delegation is registered by its delegates or by a caretaker")
    if any(one.assembly == instance.assembly for one in delegations(connection, instance, found)):
        return Refusal("register.twice", "our delegation is registered")
    bar = seating.bar(connection, instance, entry.mandate)
    if bar is not None:
        return bar
    head = heading(connection, instance)
    document = build.registration(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        session=found.session.head.ref,
        mandate=entry.mandate.head.ref,
    )
    ours = found.session.head.author == instance.assembly
    return seal_and_announce(connection, instance, document, also=sessions.told(connection, instance) if ours else ())


def delegations(connection: Connection, instance: Instance, called: Called) -> tuple[Delegation, ...]:
    """Who registered for a session, in the order of their names: those with a vote, and those who observe.

    In a council's session its members vote, in a hosted one those registered before it opened.
    """
    reading = Reading(connection, loopback=instance.loopback)
    kept = registrations(reading, called)
    host = called.session.head.author
    roll = registered_before(called, [act for act, _ in kept])
    if confederations.members_of(connection, host):
        roll = reading.members_at(host, max(called.session.starts, instance.now()))
    last: dict[Id, tuple[Registration, StoredAct]] = {act.head.author: (act, stored) for act, stored in kept}
    return tuple(
        Delegation(assembly, stored, assembly in roll, _entry(connection, instance, act.mandate, assembly))
        for assembly, (act, stored) in sorted(last.items())
    )


def registrations(reading: Reading, called: Called) -> tuple[tuple[Registration, StoredAct], ...]:
    """The Registrations for any version of a session, in the order in which they came."""
    found = {
        act.seq: act
        for ref in called.versions
        for act in acts.naming(reading.connection, ref.id, "gov:session")
        if act.type == "gov:Registration"
    }
    return tuple(
        (parsed, act) for _, act in sorted(found.items()) if isinstance(parsed := reading.parsed(act), Registration)
    )


def to_register(connection: Connection, instance: Instance, called: Called, account: Account) -> tuple[Entry, ...]:
    """The mandates under which `account` may register our delegation for a session now."""
    body = accounts.body(connection)
    if body is None or body.kind != "commune" or called.is_over(instance.now()):
        return ()
    if any(one.assembly == instance.assembly for one in delegations(connection, instance, called)):
        return ()
    person = f"{instance.url}/people/{account.name}"
    return tuple(
        entry
        for entry in registering.register(connection, instance)
        if entry.act.own
        and entry.is_in_force(instance.now())
        and called.session.head.author in entry.mandate.council
        and (account.caretaker or person in entry.mandate.delegates)
    )


def _entry(connection: Connection, instance: Instance, mandate: Ref, assembly: Id) -> Entry | None:
    found = registering.entry(connection, instance, mandate.id)
    same = isinstance(found, Entry) and found.mandate.head.ref == mandate and found.mandate.head.author == assembly
    return found if same and isinstance(found, Entry) else None


def reorder(
    connection: Connection,
    instance: Instance,
    account: Account,
    session_id: str,
    order: Iterable[str],
    in_favour: int,
    present: int,
) -> StoredAct | Refusal:
    """Take up the agenda in another order, as a majority of the delegations present wants it (governance.md §1).

    No more are present than registered, or than belong to the council whose session it is. Refuses as
    `sessions.our` does, and by `session.order`, `session.majority` and `session.present`.
    """
    found = sessions.our(connection, instance, account, session_id)
    if isinstance(found, Refusal):
        return found
    by_id = {ref.id: ref for ref in found.session.agenda}
    wanted = tuple(by_id[Id(one)] for one in order if one in by_id)
    reading = Reading(connection, loopback=instance.loopback)
    came = {act.head.author for act, _ in registrations(reading, found)}
    most = len(came | {Id(one) for one in confederations.members_of(connection, instance.assembly)})
    changed = ordering.reorder(found.session, wanted, in_favour, present, most)
    if isinstance(changed, Refusal):
        return changed
    said = _("%(for)s of %(present)s delegations present wanted this order.") % {"for": in_favour, "present": present}
    return sessions.change(connection, instance, found, changed, f"<p>{said}</p>")
