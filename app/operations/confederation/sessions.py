"""Sessions of delegations: called by a council, or by a commune that decided to host one (governance.md §1)."""

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace
from gettext import gettext as _
from typing import Any, Final

from app.governance import session as ordering
from app.governance.act import Head, Ref
from app.governance.outcome import Outcome
from app.governance.proposal import Proposal
from app.governance.session import Called, Session
from app.kernel.ids import Id, parse_id, same_origin
from app.kernel.instant import Instant, format_instant, in_words, parse_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.matters.proposing import LONGEST_TITLE, charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading
from app.store import accounts, acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wish:
    """A session as it is to be called: `invited` are assemblies that are told of it, members are told anyway."""

    name: str
    starts: Instant
    ends: Instant | None = None
    invited: tuple[str, ...] = ()
    why: str = ""


def known(connection: Connection, instance: Instance) -> tuple[Called, ...]:
    """Every session of which we know, as it now stands, in the order of the openings."""
    reading = Reading(connection, loopback=instance.loopback)
    return ordering.called(reading.all_of(Session, acts.of_type(connection, "gov:Session")))


def find(connection: Connection, instance: Instance, session_id: str) -> Called | Refusal:
    """The session of which this is the address of a version; `session.unknown` if none is here."""
    for one in known(connection, instance):
        if any(ref.id == session_id for ref in one.versions):
            return one
    return Refusal("session.unknown", f"no session {session_id} is here")


def hosted_by(connection: Connection, instance: Instance, assembly: str) -> Called | None:
    """The session of a commune that hosts in which a text is dealt with now: the next that has not ended."""
    if confederations.members_of(connection, assembly):
        return None
    found = [one for one in known(connection, instance) if one.session.head.author == assembly]
    return next((one for one in found if not one.is_over(instance.now())), found[-1] if found else None)


def propose_hosting(connection: Connection, instance: Instance, account: Account, wish: Wish) -> Item | Refusal:
    """Open the item by which a commune decides to host a session: which instance hosts is a decision with a date.

    Refuses by `body.missing`, `session.name`, `session.time`, `session.invited` and `session.why`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people decides to host")
    refused = _refuse(instance, wish)
    if refused is not None:
        return refused
    if not wish.why:
        return Refusal("session.why", "a call says what is to be talked about")
    details: dict[str, Any] = {
        "starts": format_instant(wish.starts),
        "ends": format_instant(wish.ends) if wish.ends is not None else None,
        "invited": list(wish.invited),
        "why": wish.why,
    }
    return open_item(
        connection,
        instance,
        Kind.HOST,
        category="procedure",
        title=wish.name,
        source="\n\n".join((_("We host it on %(day)s.") % {"day": in_words(wish.starts)}, wish.why)),
        details=details,
        author=account,
    )


def host(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct:
    """Call the session that an adopted Decision orders, with the rules by which it decides: those of our charter."""
    details = item.details
    ends = _instant(details["ends"]) if details["ends"] is not None else None
    wish = Wish(item.title, _instant(details["starts"]), ends, tuple(details["invited"]), details["why"])
    return _call(connection, instance, wish, Ref(Id(decision.id), decision.digest))


def call(connection: Connection, instance: Instance, account: Account, wish: Wish) -> StoredAct | Refusal:
    """Call a session of a council, as the members of its office do: it schedules, and has no opinion.

    Refuses by `body.kind`, `session.who`, `session.name`, `session.time` and `session.invited`.
    """
    body = accounts.body(connection)
    if body is None or body.kind != "council" or body.founded_at is None:
        return Refusal("body.kind", "a commune decides to host; only a council calls by its office")
    if not account.caretaker:
        return Refusal("session.who", "a council's session is called by those who keep its office")
    return _refuse(instance, wish) or _call(connection, instance, wish)


def postpone(
    connection: Connection, instance: Instance, account: Account, session_id: str, matter: str
) -> StoredAct | Refusal:
    """Put one matter off to the next session, once. Refuses by `session.*` as `our` and governance do."""
    found = our(connection, instance, account, session_id)
    if isinstance(found, Refusal):
        return found
    ref = next((one for one in found.session.agenda if one.id == matter), None)
    if ref is None:
        return Refusal("session.matter", f"{matter} is not on the agenda")
    earlier = [one.session for one in earlier_than(connection, instance, found.session.starts)]
    changed = ordering.postpone(found.session, earlier, ref)
    return changed if isinstance(changed, Refusal) else change(connection, instance, found, changed)


def end(
    connection: Connection,
    instance: Instance,
    account: Account,
    session_id: str,
    reached: Iterable[str],
    host_next: str | None,
) -> StoredAct | Refusal:
    """End a session: what was reached of its agenda, and who hosts the next one (`session.next` for no address)."""
    found = our(connection, instance, account, session_id)
    if isinstance(found, Refusal):
        return found
    now = heading(connection, instance).published
    if now < found.session.starts:
        return Refusal("session.time", "a session that has not opened does not end")
    following = parse_id(host_next, loopback=instance.loopback) if host_next else None
    if isinstance(following, Refusal):
        return Refusal("session.next", f"not the address of an assembly: {following.because}")
    done = set(reached)
    ended = replace(
        found.session,
        ends=now,
        host_next=following,
        reached=tuple(ref for ref in found.session.agenda if ref.id in done),
    )
    return change(connection, instance, found, ended)


def our(connection: Connection, instance: Instance, account: Account, session_id: str) -> Called | Refusal:
    """A session of ours that is not over, for those who keep its office: `session.unknown`, `.who`, `.over`."""
    found = find(connection, instance, session_id)
    if isinstance(found, Refusal):
        return found
    if found.session.head.author != instance.assembly:
        return Refusal("session.unknown", f"{session_id} is no session of ours")
    if not account.caretaker:
        return Refusal("session.who", "a session is kept by those who look after its office")
    if found.is_over(instance.now()):
        return Refusal("session.over", f"{found.session.name} has ended")
    return found


def put_on(connection: Connection, instance: Instance, proposal: Ref) -> None:
    """Put what came before us on the agenda of our next session, at its end; nothing where none is called."""
    coming = [one for one in known(connection, instance) if _is_coming(instance, one)]
    if coming and not any(proposal in one.session.agenda for one in coming):
        changed = replace(coming[0].session, agenda=(*coming[0].session.agenda, proposal))
        change(connection, instance, coming[0], changed)


def _is_coming(instance: Instance, one: Called) -> bool:
    return one.session.head.author == instance.assembly and not one.is_over(instance.now())


def _refuse(instance: Instance, wish: Wish) -> Refusal | None:
    if not 0 < len(wish.name) <= LONGEST_TITLE or not wish.name.isprintable():
        return Refusal("session.name", f"a name has 1 to {LONGEST_TITLE} characters, got {len(wish.name)}")
    if wish.starts <= instance.now() or (wish.ends is not None and wish.ends <= wish.starts):
        return Refusal("session.time", "a session opens later than now, and ends later than it opens")
    named = [parse_id(one, loopback=instance.loopback) for one in wish.invited]
    if any(isinstance(one, Refusal) or same_origin(one, instance.url) for one in named):
        return Refusal("session.invited", "not the addresses of other assemblies")
    return None


def _call(connection: Connection, instance: Instance, wish: Wish, decision: Ref | None = None) -> StoredAct:
    """Seal the first version: what the session before did not reach comes first, then what waits."""
    earlier, head = earlier_than(connection, instance, wish.starts), heading(connection, instance)
    charter = charter_of(connection, instance, instance.assembly, head.published)
    session = Session(
        Head(Ref(Id(head.id), ""), "gov:Session", Id(head.author), head.published),
        wish.name,
        wish.starts,
        wish.ends,
        ordering.agenda_after(earlier[-1].session if earlier else None, _waiting(connection, instance)),
        charter=charter.head.ref if charter is not None else None,
        decision=decision,
    )
    return _seal(connection, instance, session, None, f"<p>{html.escape(wish.why)}</p>" if wish.why else None)


def earlier_than(connection: Connection, instance: Instance, at: Instant) -> tuple[Called, ...]:
    """Our sessions that opened before `at`, and those that were handed over to us, first opened first."""
    me = instance.assembly
    every = known(connection, instance)
    return tuple(
        one for one in every if one.session.starts < at and me in (one.session.head.author, one.session.host_next)
    )


def _waiting(connection: Connection, instance: Instance) -> tuple[Ref, ...]:
    """The proposals before us of which nobody has counted the end yet, in the order in which they came."""
    reading = Reading(connection, loopback=instance.loopback)
    found: list[Ref] = []
    for act in acts.of_type(connection, "gov:Proposal"):
        proposal = reading.parsed(act)
        if not isinstance(proposal, Proposal) or not confederations.is_before(act, instance.assembly):
            continue
        if not any(outcome.final for outcome, _act in reading.naming(proposal.head.ref, "gov:Outcome", Outcome)):
            found.append(proposal.head.ref)
    return tuple(found)


def change(
    connection: Connection, instance: Instance, found: Called, session: Session, content: str | None = None
) -> StoredAct:
    """Seal a session of ours as it is from now on."""
    return _seal(connection, instance, session, found.session.head.ref, content)


def _seal(
    connection: Connection, instance: Instance, session: Session, supersedes: Ref | None, content: str | None
) -> StoredAct:
    """Seal a version of a session of ours; whoever was invited or registered is told of every one."""
    head = heading(connection, instance)
    document = build.session(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        supersedes=supersedes,
        content=content,
        name=session.name,
        starts=session.starts,
        ends=session.ends,
        agenda=session.agenda,
        host_next=session.host_next,
        reached=session.reached,
        postponed=session.postponed,
        charter=session.charter,
        decision=session.decision,
    )
    return seal_and_announce(connection, instance, document, also=told(connection, instance))


def told(connection: Connection, instance: Instance) -> frozenset[str]:
    """Who is told of what concerns our sessions beside our members: whoever we invited, and whoever registered."""
    hosting = (item for item in agenda.listed(connection, _MOST) if item.kind is Kind.HOST)
    invited = {one for item in hosting for one in item.details["invited"]}
    return frozenset(invited | confederations.delegations_of(connection, instance.assembly)) - {instance.assembly}


def _instant(text: str) -> Instant:
    found = parse_instant(text)
    if isinstance(found, Refusal):
        raise TypeError(f"an item of the agenda has a bad time: {found.because}")
    return found
