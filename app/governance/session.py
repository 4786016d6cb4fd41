"""Sessions: what a council or host calls, in which order, who registered, what was drafted and reported."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.governance.act import Head, Ref
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting of delegations; `host_next` is who hosts the following one (`gov:next`).

    `agenda` is in the order in which it is taken up; of it `postponed` are put off to the next session and
    `reached` were dealt with, as the session said when it ended. `charter` has the rules of a host's session,
    `decision` is that of the commune to host it.
    """

    head: Head
    name: str
    starts: Instant
    ends: Instant | None = None
    agenda: tuple[Ref, ...] = ()
    host_next: Id | None = None
    reached: tuple[Ref, ...] = ()
    postponed: tuple[Ref, ...] = ()
    charter: Ref | None = None
    decision: Ref | None = None

    @property
    def carried(self) -> tuple[Ref, ...]:
        """What was not reached, in its order: it comes first next time (governance.md §1)."""
        return tuple(ref for ref in self.agenda if ref not in self.reached)


@dataclass(frozen=True, slots=True)
class Called:
    """A session as it now stands: the last of its versions, with the references of all of them."""

    session: Session
    first: Ref
    versions: frozenset[Ref]

    def is_over(self, at: Instant) -> bool:
        """True once the session said that it ended."""
        return self.session.ends is not None and self.session.head.published >= self.session.ends <= at


@dataclass(frozen=True, slots=True)
class Registration:
    """An assembly's delegation for a session, shown by its mandate before the opening (G1)."""

    head: Head
    session: Ref
    mandate: Ref


@dataclass(frozen=True, slots=True)
class Draft:
    """A text of a working group: no force, no stance, no count (governance.md §4).

    `authors` and `group` are names that people chose, of who wrote it and of the working group.
    """

    head: Head
    name: str
    session: Ref | None = None
    authors: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a delegate, committee or council did under a mandate or in a session; `as_office` is what an office says."""

    head: Head
    mandate: Ref | None = None
    session: Ref | None = None
    as_office: bool = False


def called(sessions: Iterable[Session]) -> tuple[Called, ...]:
    """Each session once, as its own author last changed it, in the order of their openings.

    Who may answer hangs on when a session opens, so what is published at or after the opening cannot move it.
    """
    found: dict[Ref, Called] = {}
    by_version: dict[Ref, Ref] = {}
    for one in sorted(sessions, key=lambda session: (session.head.published, session.head.ref)):
        first = by_version.get(one.head.supersedes or one.head.ref, one.head.ref)
        known = found.get(first)
        if known is not None and known.session.head.author != one.head.author:
            first, known = one.head.ref, None
        latest = one
        if known is not None and one.head.published >= known.session.starts:
            latest = replace(one, starts=known.session.starts)
        by_version[one.head.ref] = first
        found[first] = Called(latest, first, (known.versions if known is not None else frozenset()) | {one.head.ref})
    return tuple(sorted(found.values(), key=lambda one: (one.session.starts, one.first)))


def registered_before(call: Called, registrations: Iterable[Registration]) -> tuple[Id, ...]:
    """The roll of a hosted session: the assemblies registered before it opened, sorted (fine-print 14)."""
    return tuple(
        sorted(
            {
                act.head.author
                for act in registrations
                if act.session in call.versions and act.head.published < call.session.starts
            }
        )
    )


def drafts_of(call: Called, drafts: Iterable[Draft]) -> tuple[tuple[Draft, ...], ...]:
    """The drafts of a session, each with its versions, oldest first: those that who called it published."""
    found: list[list[Draft]] = []
    mine = (one for one in drafts if one.session in call.versions and one.head.author == call.session.head.author)
    for one in sorted(mine, key=lambda draft: (draft.head.published, draft.head.ref)):
        line = next((known for known in found if known[-1].head.ref == one.head.supersedes), None)
        if line is None:
            found.append([one])
        else:
            line.append(one)
    return tuple(tuple(line) for line in found)


def opened_by(calls: Iterable[Called], host: Id, at: Instant) -> Called | None:
    """The latest session of `host` that had opened at `at`, or None."""
    past = [one for one in calls if one.session.head.author == host and one.session.starts <= at]
    return past[-1] if past else None


def agenda_after(earlier: Session | None, waiting: Iterable[Ref]) -> tuple[Ref, ...]:
    """The agenda of the next session: what the earlier one did not reach comes first, then what waits, each once."""
    return tuple(dict.fromkeys((*(earlier.carried if earlier is not None else ()), *waiting)))


def postpone(session: Session, earlier: Iterable[Session], ref: Ref) -> Session | Refusal:
    """`session` with one matter put off to the next; a matter is put off once (governance.md §1).

    Refuses by `session.matter` (not on the agenda) and `session.postponed` (it was put off before).
    """
    if ref not in session.agenda:
        return Refusal("session.matter", f"{ref.id} is not on the agenda")
    if any(ref in one.postponed for one in (session, *earlier)):
        return Refusal("session.postponed", f"{ref.id} was put off once already")
    return replace(session, postponed=(*session.postponed, ref))


def reorder(session: Session, order: tuple[Ref, ...], in_favour: int, present: int, most: int) -> Session | Refusal:
    """`session` with its agenda in another order, as more than half of the delegations present want it.

    Refuses by `session.order` (not the same matters), `session.present` (of `most` that can be) and `session.majority`.
    """
    if len(order) != len(session.agenda) or set(order) != set(session.agenda):
        return Refusal("session.order", "another order has the same matters, each once")
    if present > most:
        return Refusal("session.present", f"{present} delegations cannot be present of {most}")
    if in_favour > present or 2 * in_favour <= present:
        return Refusal("session.majority", f"{in_favour} of {present} delegations present are not more than half")
    return replace(session, agenda=order)
