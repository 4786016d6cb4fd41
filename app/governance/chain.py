"""What is in force: how adopted decisions move the state of the earlier ones that they name (governance.md §4, G10)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.governance.act import Ref
from app.governance.mandate import Mandate, Recall
from app.governance.proposal import Event, Proposal, State, advance
from app.governance.ratification import Decision
from app.governance.rules import Method, Status
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

KINDS: Final = ("continues", "amends", "supersedes", "repeals", "implements", "derivedFrom")
"""How a proposal may stand to earlier acts."""

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


def provisional_until(decision: Decision) -> Instant | None:
    """Until when three can call back what `decision` resolved provisionally; None for any other.

    What a meeting decided after it was called back names that in `unresolved`, and stands.
    """
    resolved = decision.rule.method is Method.PROVISIONAL and decision.status is Status.ADOPTED
    return decision.head.published + decision.rule.window if resolved and decision.unresolved is None else None


def chain(decided: Iterable[tuple[Decision, Proposal]], at: Instant) -> tuple[Settled, ...]:
    """The adopted among an assembly's decisions in the order in which they were made, each where it stands at `at`.

    A link names the Decision, or the Proposal that it adopted. Only a later decision moves an earlier one, and
    what is at an end stays so: a decision about one that was repealed, or whose time was over, changes nothing.
    One that was resolved provisionally moves others when it can be called back no longer; called back by a
    Decision in its place, it is in force no more.
    """
    found: dict[Ref, Settled] = {}
    for when, decision, proposal, moves in _steps(decided):
        if when > at:
            break
        _expire(found, when)
        if not moves:
            _make(found, decision, proposal)
        elif _stands(found, decision):
            for link in proposal.links:
                for earlier in [one for one in found.values() if link.kind in KINDS and _names(link.acts, one)]:
                    found[earlier.decision.head.ref] = moved(earlier, link.kind, decision.head.ref)
    _expire(found, at)
    return tuple(found.values())


def _steps(decided: Iterable[tuple[Decision, Proposal]]) -> list[tuple[Instant, Decision, Proposal, bool]]:
    """What happened when: a decision moves the earlier ones that it names, and is made."""
    made = [(decision.head.published, decision, proposal, False) for decision, proposal in decided]
    moves = [
        (provisional_until(decision) or when, decision, proposal, True)
        for when, decision, proposal, _ in made
        if decision.status is Status.ADOPTED
    ]
    return sorted([*moves, *made], key=lambda step: (step[0], step[1].head.ref, not step[3]))


def _make(found: dict[Ref, Settled], decision: Decision, proposal: Proposal) -> None:
    """Add an adopted decision; one in the place of an earlier, that leaves it to the next meeting, undoes that."""
    if decision.status is Status.ADOPTED:
        found[decision.head.ref] = Settled(decision, proposal, _following(State.ADOPTED, Event.ENTERED_INTO_FORCE))
        return
    earlier = found.get(decision.head.supersedes) if decision.head.supersedes is not None else None
    until = provisional_until(earlier.decision) if earlier is not None else None
    if earlier is not None and earlier.in_force and until is not None and decision.head.published < until:
        state = _following(earlier.state, Event.CALLED_BACK)
        found[earlier.decision.head.ref] = replace(earlier, state=state, by=decision.head.ref)


def _following(state: State, event: Event) -> State:
    following = advance(state, event)
    if isinstance(following, Refusal):
        raise TypeError(following.because)
    return following


def _stands(found: dict[Ref, Settled], decision: Decision) -> bool:
    """True unless it was called back before it moved anything."""
    own = found.get(decision.head.ref)
    return own is None or own.in_force


def _expire(found: dict[Ref, Settled], at: Instant) -> None:
    """Move what is in force and whose time is over at `at`: it holds before its end, and not at it (fine-print 13)."""
    for ref, one in found.items():
        if one.in_force and one.proposal.valid_until is not None and one.proposal.valid_until <= at:
            found[ref] = replace(one, state=_following(one.state, Event.EXPIRED))


def _names(acts: tuple[Ref, ...], earlier: Settled) -> bool:
    return earlier.decision.head.ref in acts or earlier.proposal.head.ref in acts


def with_mandate(
    one: Settled, mandate: Mandate, recalls: Iterable[Recall], replaced: Mandate | None, at: Instant
) -> Settled:
    """A decision that gave `mandate`, where that leaves it at `at`: recalled for all, replaced, or over, it is ended.

    `recalls` are those that count, `replaced` the grant in its place; each is named by the decision behind it. A
    recall of some of its delegates changes it in part.
    """
    whole, gone = set(mandate.delegates), set[Id]()
    ends: list[tuple[Instant, str, Ref]] = []
    for recall in sorted(recalls, key=lambda act: (act.head.published, act.head.ref)):
        gone |= set(recall.delegates or mandate.delegates)
        ends.append((recall.head.published, "repeals" if gone >= whole else "amends", recall.decision))
    if replaced is not None:
        ends.append((replaced.head.published, "supersedes", replaced.decision))
    if one.state is State.EXPIRED:
        one = replace(one, state=State.IN_FORCE)  # what ended it before its time was over comes first
    for when, kind, by in sorted(ends):
        if when <= at and when < mandate.valid_until:
            one = moved(one, kind, by)
    over = one.in_force and mandate.valid_until <= at
    return replace(one, state=_following(one.state, Event.EXPIRED)) if over else one


def moved(earlier: Settled, kind: str, by: Ref) -> Settled:
    """An earlier decision as the one that stands to it so, `by`, leaves it; what is at an end stays so."""
    named = (*earlier.named_by, (kind, by))
    event = _MOVES.get(kind)
    state = advance(earlier.state, event) if event is not None else earlier.state
    if isinstance(state, Refusal) or state is earlier.state:
        return Settled(earlier.decision, earlier.proposal, earlier.state, earlier.by, named)
    return Settled(earlier.decision, earlier.proposal, state, by, named)
