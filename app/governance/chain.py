"""What is in force: how adopted decisions move the state of the earlier ones that they name (governance.md §4, G10)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.governance.act import Ref
from app.governance.proposal import Event, Proposal, State, advance
from app.governance.ratification import Decision
from app.governance.rules import Status
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

KINDS: Final = ("continues", "amends", "supersedes", "repeals", "implements", "derivedFrom")
"""How a proposal may stand to earlier acts."""

TOUCHING: Final = frozenset({"amends", "supersedes", "repeals"})
"""Those by which an earlier decision no longer stands as it was; an entrenched one needs the charter rule (G11)."""

_MOVES: Final = {"supersedes": Event.SUPERSEDED, "repeals": Event.REPEALED}


@dataclass(frozen=True, slots=True)
class Settled:
    """An adopted decision and the text that it is about; `state` is where it stands now.

    `by` is the decision that ended it. `named_by` are the later ones that name it, each with how.
    """

    decision: Decision
    proposal: Proposal
    state: State
    by: Ref | None = None
    named_by: tuple[tuple[str, Ref], ...] = ()

    @property
    def in_force(self) -> bool:
        """True while nothing later ended it."""
        return self.state is State.IN_FORCE


def chain(adopted: Iterable[tuple[Decision, Proposal]], at: Instant) -> tuple[Settled, ...]:
    """The decisions of one assembly in the order in which they were made, each where it stands at `at`.

    A link names the Decision, or the Proposal that it adopted. Only a later decision moves an earlier one, and
    what is at an end stays so: a decision about one that was repealed, or whose time was over, changes nothing.
    """
    pairs = [pair for pair in adopted if pair[0].status is Status.ADOPTED]
    found: dict[Ref, Settled] = {}
    for decision, proposal in sorted(pairs, key=lambda pair: (pair[0].head.published, pair[0].head.ref)):
        _expire(found, decision.head.published)
        for link in proposal.links:
            for earlier in [one for one in found.values() if link.kind in KINDS and _names(link.acts, one)]:
                found[earlier.decision.head.ref] = _moved(earlier, link.kind, decision.head.ref)
        state = advance(State.ADOPTED, Event.ENTERED_INTO_FORCE)
        if isinstance(state, Refusal):
            raise TypeError(state.because)
        found[decision.head.ref] = Settled(decision, proposal, state)
    _expire(found, at)
    return tuple(found.values())


def _expire(found: dict[Ref, Settled], at: Instant) -> None:
    """Move what is in force and whose time is over at `at`: it holds before its end, and not at it (fine-print 13)."""
    for ref, one in found.items():
        state = advance(one.state, Event.EXPIRED)
        if one.proposal.valid_until is not None and one.proposal.valid_until <= at and not isinstance(state, Refusal):
            found[ref] = replace(one, state=state)


def _names(acts: tuple[Ref, ...], earlier: Settled) -> bool:
    return earlier.decision.head.ref in acts or earlier.proposal.head.ref in acts


def _moved(earlier: Settled, kind: str, by: Ref) -> Settled:
    named = (*earlier.named_by, (kind, by))
    event = _MOVES.get(kind)
    state = advance(earlier.state, event) if event is not None else earlier.state
    if isinstance(state, Refusal) or state is earlier.state:
        return Settled(earlier.decision, earlier.proposal, earlier.state, earlier.by, named)
    return Settled(earlier.decision, earlier.proposal, state, by, named)
