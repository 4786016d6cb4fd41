"""Sessions: what a council or host calls, who registered, what was drafted and reported."""

from dataclasses import dataclass

from app.governance.act import Head, Ref
from app.kernel.ids import Id
from app.kernel.instant import Instant


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting of delegations; `host_next` is who hosts the following one (`gov:next`)."""

    head: Head
    name: str
    starts: Instant
    ends: Instant | None = None
    agenda: tuple[Ref, ...] = ()
    host_next: Id | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """An assembly's delegation for a session, shown by its mandate before the opening (G1)."""

    head: Head
    session: Ref
    mandate: Ref


@dataclass(frozen=True, slots=True)
class Draft:
    """A text of a working group: no force, no stance, no count (governance.md §4)."""

    head: Head
    name: str
    session: Ref | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a delegate, committee or council did under a mandate or in a session."""

    head: Head
    mandate: Ref | None = None
    session: Ref | None = None


def registered_before(session: Session, registrations: tuple[Registration, ...]) -> tuple[Id, ...]:
    """The roll of a hosted session: the assemblies registered before it opened, sorted (fine-print 14)."""
    return tuple(
        sorted(
            {
                act.head.author
                for act in registrations
                if act.session == session.head.ref and act.head.published < session.starts
            }
        )
    )
