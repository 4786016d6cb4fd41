"""Where each assembly stands, and the confederal count that follows (governance.md §7, §8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.governance.act import Ref, Sealed, precedes, standing
from app.governance.charter import Binds, binds_for
from app.governance.mandate import DelegateVote, Verdict
from app.governance.proposal import is_void
from app.governance.ratification import Ratification, Stance
from app.governance.record import (
    Record,
    Weighed,
    WeighedVote,
    until,
    weigh_ratification,
    weigh_vote,
)
from app.governance.rules import Counts, Fact, Result, Rule, Status, decide
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal


class Position(StrEnum):
    """The words of a row's stance: the four, and what is no stance (fine-print 21)."""

    RATIFIED = "ratified"
    REJECTED = "rejected"
    ABSTAINED = "abstained"
    RESERVED = "reserved"
    INDICATIVE = "indicative"
    CONTESTED = "contested"
    SILENT = "silent"


class By(StrEnum):
    """By whose act an assembly stands where it stands."""

    RATIFICATION = "ratification"
    MANDATE = "mandate"
    DELEGATE = "delegate"


STANCES: Final = frozenset(Position(stance.value) for stance in Stance)
_IN_FAVOUR: Final = frozenset({Position.RATIFIED, Position.RESERVED})


@dataclass(frozen=True, slots=True)
class Row:
    """Where one assembly stands: `choice` with `indicative` only; several acts where contested, none where silent."""

    assembly: Id
    stance: Position
    by: By | None = None
    choice: Stance | None = None
    acts: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A whole recount.

    `result` is binding, `tendency` the same with indicative stances; `binds` the sorted ids whom
    an adopted one binds. `missing` are references that nobody produced and that could change a
    row; `set_aside` the acts that count as none with the reason; `undone` pairs of an act and the
    one that took its place (supersession, Recall, Ratification over a vote, a contesting act).
    `alike` has, for each assembly, the acts of which a row may name any: two of one second and one
    choice; `answers` every act of it that counted, those that gave way to another too.
    """

    rows: tuple[Row, ...]
    counts: Counts
    result: Result
    tendency: Result
    tendency_counts: Counts
    binds: tuple[Id, ...]
    missing: tuple[Ref, ...] = ()
    set_aside: tuple[tuple[Ref, Refusal], ...] = ()
    undone: tuple[tuple[Ref, Ref], ...] = ()
    alike: Mapping[Id, frozenset[Ref]] = field(default_factory=dict)
    answers: Mapping[Id, frozenset[Ref]] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """The binding status."""
        return self.result.status

    @property
    def because(self) -> tuple[Fact, ...]:
        """The facts that produced the binding status."""
        return self.result.because


@dataclass(frozen=True, slots=True)
class _Found:
    row: Row
    missing: tuple[Ref, ...] = ()
    set_aside: tuple[tuple[Ref, Refusal], ...] = ()
    undone: tuple[tuple[Ref, Ref], ...] = ()
    alike: frozenset[Ref] = frozenset()


def recount(record: Record, at: Instant) -> Count | Refusal:
    """The count of `record` at `at`: the same for the same acts, in whatever order and however often they came.

    A void proposal is refused as `proposal.is_void` does. Weight: assemblies, one each.
    """
    void = is_void(record.proposal, record.charter)
    rule = record.proposal.rule
    if void is not None or rule is None:
        return void or Refusal("proposal.rule", "names no rule to decide by")
    then = until(record, at)
    found = [_stand(then, assembly) for assembly in sorted(set(record.roll))]
    rows = tuple(one.row for one in found)
    counts, wider = counts_of(rows), counts_of(rows, tendency=True)
    result = decide(rule, counts)
    return Count(
        rows,
        counts,
        result,
        decide(rule, wider),
        wider,
        bound_by(record, rows, result.status),
        tuple(sorted({ref for one in found for ref in one.missing})),
        _strangers(then) + tuple(pair for one in found for pair in one.set_aside),
        tuple(pair for one in found for pair in one.undone),
        {one.row.assembly: one.alike for one in found},
        {one.row.assembly: one.alike | {ref for ref, _ in one.undone} for one in found},
    )


def counts_of(rows: Iterable[Row], *, tendency: bool = False) -> Counts:
    """The eight figures over assemblies; with `tendency`, indicative choices take part (fine-print 1, 3, 22)."""
    stances: list[str] = []
    entitled = 0
    for row in rows:
        entitled += 1
        if row.stance in STANCES:
            stances.append(row.stance.value)
        elif tendency and row.stance is Position.INDICATIVE and row.choice is not None:
            stances.append(row.choice.value)
    return Counts(
        entitled,
        len(stances),
        stances.count(Stance.RATIFIED),
        stances.count(Stance.RESERVED),
        disagree=stances.count(Stance.REJECTED),
        abstain=stances.count(Stance.ABSTAINED),
    )


def bound_by(record: Record, rows: Iterable[Row], status: Status) -> tuple[Id, ...]:
    """The sorted ids that an adopted outcome binds, by the charter's `binds` and `scope` (fine-print 22)."""
    if status is not Status.ADOPTED:
        return ()
    binds = binds_for(record.charter, record.proposal.category)
    if binds is None:
        return ()
    return tuple(sorted(row.assembly for row in rows if binds is Binds.ALL or row.stance in _IN_FAVOUR))


def share_of(rule: Rule, rows: Iterable[Row]) -> tuple[Result, Result]:
    """What `rule` makes of `rows`: binding, and as a tendency."""
    kept = tuple(rows)
    return decide(rule, counts_of(kept)), decide(rule, counts_of(kept, tendency=True))


def _stand(record: Record, assembly: Id) -> _Found:
    """Where `assembly` stands: its Ratification, else a conforming vote, else an indicative one, else silent."""
    own = tuple(
        act for act in record.ratifications if act.head.author == assembly and act.proposal == record.proposal.head.ref
    )
    weighed = tuple((act, weigh_ratification(record, act)) for act in own)
    good = tuple(act for act, flaw in weighed if flaw is None)
    aside = tuple((act.head.ref, flaw.refusal) for act, flaw in weighed if flaw is not None)
    missing = tuple(ref for _, flaw in weighed if flaw is not None for ref in flaw.missing)
    votes = _stand_by_votes(record, assembly)
    if not good:
        return _Found(votes.row, missing + votes.missing, aside + votes.set_aside, votes.undone, votes.alike)
    heads = standing(good)
    refs = tuple(sorted(act.head.ref for act in heads))
    row = (
        Row(assembly, Position(heads[0].stance.value), By.RATIFICATION, acts=refs)
        if len(heads) == 1
        else Row(assembly, Position.CONTESTED, By.RATIFICATION, acts=refs)
    )
    undone = _superseded(good) + _contesting(heads) + tuple((ref, refs[0]) for ref in sorted(votes.alike))
    return _Found(row, missing, aside + votes.set_aside, undone + votes.undone, frozenset(refs))


def _stand_by_votes(record: Record, assembly: Id) -> _Found:
    cast = tuple(
        vote for vote in record.votes if vote.assembly == assembly and vote.proposal == record.proposal.head.ref
    )
    weighed = tuple(weigh_vote(record, vote) for vote in cast)
    missing = tuple(ref for one in weighed if isinstance(one, Weighed) for ref in one.missing)
    aside = tuple(_aside(vote, one) for vote, one in zip(cast, weighed, strict=True) if not _counts(one))
    recalled = tuple(
        (one.vote.head.ref, one.unseated)
        for one in weighed
        if isinstance(one, WeighedVote) and one.unseated is not None
    )
    good = {one.vote.head.ref: one for one in weighed if isinstance(one, WeighedVote) and one.counts}
    # A void vote undoes nothing, so supersession is looked at among those that count.
    heads = standing(one.vote for one in good.values())
    binding = tuple(vote for vote in heads if good[vote.head.ref].check.binds)
    showing = tuple(vote for vote in heads if not good[vote.head.ref].check.binds)
    undone = recalled + _superseded(tuple(one.vote for one in good.values()))
    row, pairs = _row(assembly, binding, showing)
    alike = frozenset(vote.head.ref for vote in binding or showing)
    return _Found(row, missing, aside, undone + pairs, alike)


def _row(
    assembly: Id, binding: tuple[DelegateVote, ...], showing: tuple[DelegateVote, ...]
) -> tuple[Row, tuple[tuple[Ref, Ref], ...]]:
    """The row that delegates' votes make, and which of them gave way to which (fine-print 15)."""
    heads = binding or showing
    if not heads:
        return Row(assembly, Position.SILENT), ()
    choices = {vote.choice for vote in heads}
    first = heads[0]
    outranked = tuple((vote.head.ref, first.head.ref) for vote in showing if binding)
    if binding and len(choices) > 1:
        refs = tuple(sorted(vote.head.ref for vote in heads))
        return Row(assembly, Position.CONTESTED, By.MANDATE, acts=refs), outranked + _contesting(heads)
    if len(choices) == 1:
        outranked += tuple((vote.head.ref, first.head.ref) for vote in heads[1:] if precedes(first.head, vote.head))
    else:
        outranked += _contesting(heads)
    acts = (first.head.ref,)
    if binding:
        return Row(assembly, Position(first.choice.value), By.MANDATE, acts=acts), outranked
    choice = first.choice if len(choices) == 1 else Stance.ABSTAINED
    return Row(assembly, Position.INDICATIVE, By.DELEGATE, choice, acts), outranked


def _counts(one: WeighedVote | Weighed) -> bool:
    return isinstance(one, WeighedVote) and one.counts


def _aside(vote: DelegateVote, one: WeighedVote | Weighed) -> tuple[Ref, Refusal]:
    if isinstance(one, Weighed):
        return vote.head.ref, one.refusal
    verdict = Verdict.RECALLED if one.check.shows_tendency else one.check.verdict
    return vote.head.ref, Refusal(f"mandate.{verdict.value}", one.check.because)


def _superseded(acts: tuple[Ratification | DelegateVote, ...]) -> tuple[tuple[Ref, Ref], ...]:
    known = {(act.head.author, act.head.ref) for act in acts}
    return tuple(
        (act.head.supersedes, act.head.ref)
        for act in acts
        if act.head.supersedes is not None and (act.head.author, act.head.supersedes) in known
    )


def _contesting(heads: Iterable[Sealed]) -> tuple[tuple[Ref, Ref], ...]:
    refs = [act.head.ref for act in heads]
    return tuple((one, other) for one in refs for other in refs if one != other)


def _strangers(record: Record) -> tuple[tuple[Ref, Refusal], ...]:
    """Acts that are about another text or come from nobody on the roll: evidence, and counted as none."""
    roll, subject = frozenset(record.roll), record.proposal.head.ref
    acts = [(act.head.ref, act.proposal, act.head.author) for act in record.ratifications]
    acts += [(vote.head.ref, vote.proposal, vote.assembly) for vote in record.votes]
    found: list[tuple[Ref, Refusal]] = []
    for ref, about, assembly in acts:
        if about != subject:
            found.append((ref, Refusal("vote.version", "about another text")))
        elif assembly not in roll:
            found.append((ref, Refusal("vote.stranger", f"{assembly} is not on the roll")))
    return tuple(found)
