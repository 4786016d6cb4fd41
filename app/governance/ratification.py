"""What an assembly decided about a proposal, and whether that may stand (governance.md §7)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.governance.act import Head, Ref
from app.governance.charter import Charter, admits_rule
from app.governance.rules import Counts, Rule, Status, status_of
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal


class Stance(StrEnum):
    """The four stance words; no act knows any other (fine-print 16)."""

    RATIFIED = "ratified"
    REJECTED = "rejected"
    ABSTAINED = "abstained"
    RESERVED = "reserved"


FOLLOWS: Final = {
    Status.ADOPTED: frozenset({Stance.RATIFIED, Stance.RESERVED, Stance.ABSTAINED}),
    Status.REJECTED: frozenset({Stance.REJECTED, Stance.ABSTAINED}),
    Status.UNRESOLVED: frozenset({Stance.ABSTAINED}),
    Status.NO_QUORUM: frozenset[Stance](),
    Status.OPEN: frozenset[Stance](),
}
"""The stances that a status of an assembly's own count allows (fine-print 18)."""

FEW: Final = 5
"""With fewer ballots than these the choices of a closed or secret vote stay at home (fine-print 37)."""

_SEEN: Final = frozenset({"room", "rollCall"})

UPWARD: Final = {
    Status.ADOPTED: frozenset({Stance.RATIFIED, Stance.RESERVED}),
    Status.REJECTED: frozenset({Stance.REJECTED}),
}
"""The stances that a council's Outcome allows it to take to a higher council (fine-print 19)."""


@dataclass(frozen=True, slots=True)
class RollSize:
    """The size of a roll of people and the salted commitment to it; names never travel (fine-print 37)."""

    size: int
    commitment: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What an assembly decided on a local matter.

    `proposal` is absent in a founding decision by hand count; `unresolved` names the first round.
    `small` hides the choices of fewer than 5 ballots (fine-print 37). One that asks for more time `extends` the
    proposal of a forum, whose answers then close at `closes`.
    """

    head: Head
    status: Status
    counts: Counts
    rule: Rule
    proposal: Ref | None = None
    charter: Ref | None = None
    modes: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    roll: RollSize | None = None
    unresolved: Ref | None = None
    small: bool = False
    ballot: object = field(default=None, hash=False)
    extends: Ref | None = None
    closes: Instant | None = None


@dataclass(frozen=True, slots=True)
class Ratification:
    """Where a member assembly stands on one proposal version, decided by itself.

    A council's own has `outcome` and needs no counts. `confederation` is absent where the forum
    is a list (fine-print 33). `ballot` is `gov:ballot` as written: what the assembly says of the
    options (fine-print 10). `came_to` is what its figures come to by the rule that it names: that
    hangs on nothing else, so it is found once, and not again in every count.
    """

    head: Head
    proposal: Ref
    stance: Stance
    confederation: Id | None = None
    counts: Counts | None = None
    rule: Rule | None = None
    charter: Ref | None = None
    decision: Ref | None = None
    unresolved: Ref | None = None
    outcome: Ref | None = None
    status: Status | None = None
    reservations: str | None = None
    modes: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    roll: RollSize | None = None
    small: bool = False
    ballot: object = field(default=None, hash=False)
    came_to: Status | None = field(init=False, compare=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.rule is not None:
            object.__setattr__(self, "came_to", came_to(self.rule, self.counts, self.status, small=self.small))


@dataclass(frozen=True, slots=True)
class Lower:
    """An Outcome that a council cites when it says upward what its members decided (fine-print 19).

    `author` sealed it over the members of `confederation`, about `proposal`; `status` is what it
    says unless the record refutes it (None), and `clear` is False where that cannot be told.
    """

    author: Id
    confederation: Id | None
    proposal: Ref
    status: Status | None
    clear: bool = True


def own_categories(category: str) -> tuple[str, ...]:
    """The categories under which an assembly's charter may have its rule for ratifying `category`.

    Its rule for that category (an admission, a charter) or the one that it has for every
    ratification (governance.md §2, fine-print 9, 19).
    """
    return ("ratification", category)


def is_void(
    ratification: Ratification, charter: Charter | None, category: str, unresolved: Decision | None = None
) -> Refusal | None:
    """Why a Ratification that an assembly decided by its own rule counts as none; None if it counts.

    `charter` is the author's own that it cites; `category` that of the proposal; `unresolved` the first
    round's Decision that it cites. Refuses by `ratification.charter`, `.rule` (fine-print 9), `.counts` and `.stance`
    (fine-print 18), and by `act.missing` for a second round whose first is not there.
    """
    rule = ratification.rule
    if charter is None:
        return Refusal("ratification.charter", "cites no charter")
    if charter.head.author != ratification.head.author:
        return Refusal("ratification.charter", f"cites a charter of {charter.head.author}")
    if rule is None:
        return Refusal("ratification.rule", "names no rule")
    whole = admits_rule(charter, own_categories(category), rule)
    if whole is None:
        return Refusal("ratification.rule", "not the rule of its author's own charter, first or then")
    return _second_round(ratification, rule, whole, unresolved) or stance_is_void(ratification)


def is_of_its_members(ratification: Ratification, lower: Lower) -> bool:
    """True if `lower` is the author's own Outcome, over its own members, about the very text (governance.md §1)."""
    author = ratification.head.author
    return (lower.author, lower.confederation, lower.proposal) == (author, author, ratification.proposal)


def upward_is_void(ratification: Ratification, lower: Lower) -> Refusal | None:
    """Why a council's own Ratification counts as none; None if it follows from `lower`, the Outcome that it cites.

    Refuses by `ratification.outcome` and `.stance` (fine-print 19).
    """
    if not is_of_its_members(ratification, lower):
        return Refusal("ratification.outcome", "the outcome that it cites is not that of its own members on this text")
    if lower.status is not None and ratification.stance in UPWARD.get(lower.status, frozenset[Stance]()):
        return None
    return Refusal("ratification.stance", f"{ratification.stance} does not follow from the outcome of its own members")


def _second_round(act: Ratification | Decision, rule: Rule, whole: Rule, unresolved: Decision | None) -> Refusal | None:
    """Why `act` is no second round of `unresolved`, if it is by the `then` of its author's `whole` rule; else None."""
    if rule is whole or rule in (whole, whole.first):
        return None
    if act.unresolved is None:
        return Refusal("ratification.rule", "a second round names the first, which left it unresolved")
    if unresolved is None:
        return Refusal("act.missing", f"nobody produced {act.unresolved.id}")
    same = unresolved.head.author == act.head.author and unresolved.proposal == act.proposal
    if not same or unresolved.status is not Status.UNRESOLVED:
        return Refusal("ratification.rule", "what it names as its first round did not leave this text unresolved")
    return None


def stance_is_void(ratification: Ratification) -> Refusal | None:
    """Why a stance counts as none by the rule and the figures that it names; None if it follows from them.

    So a caucus is looked at, which has no charter (fine-print 20). Refuses by `ratification.rule`, `.counts` and
    `.stance` (fine-print 18).
    """
    status, stance = ratification.came_to, ratification.stance
    if ratification.rule is None:
        return Refusal("ratification.rule", "names no rule")
    if ratification.counts is None:
        return Refusal("ratification.counts", "has no counts")
    if ratification.small and shows_all(ratification.counts, ratification.modes):
        return Refusal("ratification.counts", "hides choices that it has to show")
    if status is None or stance not in FOLLOWS[status]:
        return Refusal("ratification.stance", f"{stance} does not follow from its own counts ({status})")
    return None


def shows_all(counts: Counts, modes: tuple[str, ...]) -> bool:
    """True if the figures of a vote federate whole: of 5 ballots or more, or seen by everybody (fine-print 37)."""
    return counts.present >= FEW or not _SEEN.isdisjoint(modes)


def came_to(rule: Rule, counts: Counts | None, said: Status | None, *, small: bool) -> Status | None:
    """What an assembly's own count came to, as far as its figures tell.

    Where the choices stay at home, since they are few (fine-print 37) or are about options, what
    the assembly `said` is taken; whether enough took part is seen from its figures all the same.
    """
    if small or counts is None:
        return said
    status = status_of(rule, counts)
    return said if rule.of_options is not None and status is not Status.NO_QUORUM else status


def decision_is_void(
    decision: Decision, charter: Charter | None, categories: tuple[str, ...], unresolved: Decision | None = None
) -> Refusal | None:
    """Why `decision` cannot carry what cites it; None if it is an adopted one by its author's own rule.

    `charter` is the one that it cites; `categories` are those whose rule it may be taken by; `unresolved` the first
    round's Decision that it cites (fine-print 9). Refuses by `decision.charter`, `.rule`, `.counts` and `.status`,
    as a second round by `ratification.rule`, and by `act.missing` where the first one is not there.
    """
    if charter is None or charter.head.ref != decision.charter or charter.head.author != decision.head.author:
        return Refusal("decision.charter", "does not cite its author's own charter")
    whole = admits_rule(charter, categories, decision.rule)
    if whole is None:
        return Refusal("decision.rule", f"not its author's rule for {' or '.join(categories)}")
    refused = _second_round(decision, decision.rule, whole, unresolved)
    if refused is not None:
        return refused
    if decision.small and shows_all(decision.counts, decision.modes):
        return Refusal("decision.counts", "hides choices that it has to show")
    if came_to(decision.rule, decision.counts, decision.status, small=decision.small) is not decision.status:
        return Refusal("decision.status", f"{decision.status} does not follow from its counts")
    if decision.status is not Status.ADOPTED:
        return Refusal("decision.status", f"was {decision.status}, not adopted")
    return None
