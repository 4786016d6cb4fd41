"""What every act has in common: how it is referred to, who sealed it, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple, Protocol, TypeVar

from app.kernel.ids import Id, same_origin
from app.kernel.instant import Instant

_HONEST: Final = timedelta(seconds=300)
"""How far a clock may be off before an act counts as dated back (fine-print 35)."""


class Ref(NamedTuple):
    """A reference to an act: its id and the digest string of its bytes (protocol.md §2).

    A tuple, for nothing in a count is looked up, compared and sorted as often.
    """

    id: Id
    digest: str


@dataclass(frozen=True, slots=True)
class Head:
    """The part that all acts share; two heads are equal if their acts are the same bytes.

    `leaf` is the act's index in its home ledger where that is known. It is no part of the act, so
    it takes no part in equality. `content` is HTML, `source` Markdown, `content_map` pairs of
    language and HTML in code-point order of the language.
    """

    ref: Ref
    type: str
    author: Id
    published: Instant
    supersedes: Ref | None = None
    leaf: int | None = field(default=None, compare=False)
    content: str | None = None
    source: str | None = None
    content_map: tuple[tuple[str, str], ...] = ()
    meeting: str | None = None


class Sealed(Protocol):
    """Anything with a head: every act."""

    @property
    def head(self) -> Head:
        """The part that all acts share."""
        ...


A = TypeVar("A", bound=Sealed)


def precedes(one: Head, other: Head) -> bool:
    """True if `one` came strictly before `other` (fine-print 35).

    The leaf index decides where both lie in one home ledger with a known index, else `published`.
    The order in which anybody received them decides nothing.
    """
    if one.leaf is not None and other.leaf is not None and same_origin(one.author, other.author):
        return one.leaf < other.leaf
    return one.published < other.published


def dated_back(head: Head, seen: Iterable[tuple[int, Instant]]) -> Instant | None:
    """When a witness saw the ledger still without an act that claims to be older; None if it was not dated back.

    `seen` are the sizes of checkpoints of the act's home ledger with the times of their cosignatures.
    The act counts from the latest of those that cannot hold it, if that is over 300 seconds later
    than it says (fine-print 35).
    """
    if head.leaf is None:
        return None
    without = [when for size, when in seen if size <= head.leaf]
    latest = max(without, default=head.published)
    return latest if latest > head.published + _HONEST else None


def each_once(acts: Iterable[A]) -> tuple[A, ...]:
    """`acts` with each digest once, in an order that does not depend on how they arrived.

    Sorted by time, then by reference: the same set of acts gives the same tuple (fine-print 17).
    """
    return tuple(sorted(by_ref(acts).values(), key=lambda act: (act.head.published, act.head.ref)))


def by_ref(acts: Iterable[A]) -> Mapping[Ref, A]:
    """The acts under their references, in no order; of two copies the one whose leaf is known."""
    kept = tuple(acts)
    found = {act.head.ref: act for act in kept}
    if len(found) == len(kept):  # so it nearly always is
        return found
    found = {}
    for act in kept:
        known = found.setdefault(act.head.ref, act)
        if known is not act and known.head.leaf is None:
            found[act.head.ref] = act
    return found


def standing(acts: Iterable[A]) -> tuple[A, ...]:
    """Those of `acts` that no other of `acts` by the same author supersedes (fine-print 17)."""
    found = tuple(acts)
    if len(found) == 1:
        return found
    once = each_once(found)
    replaced = {(act.head.author, act.head.supersedes) for act in once if act.head.supersedes is not None}
    return tuple(act for act in once if (act.head.author, act.head.ref) not in replaced)
