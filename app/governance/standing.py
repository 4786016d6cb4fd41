"""Where one assembly stands on one text, and which act gave way to which (governance.md §7)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from app.governance.act import Ref, Sealed, precedes, standing
from app.governance.mandate import DelegateVote, Verdict
from app.governance.ratification import Ratification, Stance
from app.governance.record import Record
from app.governance.weighing import Weighed, WeighedVote, weigh_ratification, weigh_vote
from app.kernel.ids import Id
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


_POSITIONS: Final = {stance: Position(stance.value) for stance in Stance}
STANCES: Final = frozenset(Position(stance.value) for stance in Stance)
IN_FAVOUR: Final = (Position.RATIFIED, Position.RESERVED)


class Row(NamedTuple):
    """Where one assembly stands: `choice` with `indicative` only; several acts where contested, none where silent."""

    assembly: Id
    stance: Position
    by: By | None = None
    choice: Stance | None = None
    acts: tuple[Ref, ...] = ()

    @property
    def is_well_formed(self) -> bool:
        """True if it has the acts, the author kind and the choice that its stance takes (fine-print 21)."""
        if self.stance is Position.SILENT:
            return not self.acts and self.choice is None
        if self.stance is Position.CONTESTED:
            return len(set(self.acts)) > 1 and self.choice is None
        if self.stance is Position.INDICATIVE:
            return len(self.acts) == 1 and self.choice is not None and self.by is By.DELEGATE
        return len(self.acts) == 1 and self.by in (By.RATIFICATION, By.MANDATE)


class Stand(NamedTuple):
    """A row with what lies behind it: see `tally.Count` for what each part says.

    `alike` are all the acts that the row may name, of which it names one or more.
    """

    row: Row
    missing: tuple[Ref, ...] = ()
    set_aside: tuple[tuple[Ref, Refusal], ...] = ()
    undone: tuple[tuple[Ref, Ref], ...] = ()
    alike: tuple[Ref, ...] = ()

    @property
    def answers(self) -> frozenset[Ref]:
        """Every act that counted, those that gave way too; a vote after a recall or a later grant never did."""
        void = {ref for ref, _ in self.set_aside}
        return frozenset(self.alike).union(ref for ref, _ in self.undone if ref not in void)


def standings(homes: Mapping[Id, Record]) -> tuple[list[Row], dict[Id, Stand]]:
    """Where each assembly of `homes` stands, and for some what lies behind.

    `homes` has the record in which the acts of each are, cut at the moment of the count (`record.until`). Behind
    the row of one Ratification that counts lies nothing else; so nearly all stand, and that need not be slow.
    """
    rows: list[Row] = []
    behind: dict[Id, Stand] = {}
    for assembly, home in homes.items():
        only = home.plain.get(assembly)
        if only is not None and weigh_ratification(home, only) is None:
            rows.append(Row(assembly, _POSITIONS[only.stance], By.RATIFICATION, None, (only.head.ref,)))
        else:
            behind[assembly] = stand_of(home, assembly)
            rows.append(behind[assembly].row)
    return rows, behind


def stand_of(record: Record, assembly: Id, *, caucus: bool = False) -> Stand:
    """Where `assembly` stands: its Ratification, else a conforming vote, else an indicative one, else silent.

    `record` has been cut at the moment of the count (`record.until`).
    """
    own = record.answers.get(assembly)
    weighed = tuple((act, weigh_ratification(record, act, caucus=caucus)) for act in own)
    good = tuple(act for act, flaw in weighed if flaw is None)
    votes = _stand_by_votes(record, assembly, record.cast.get(assembly))
    aside = tuple((act.head.ref, flaw.refusal) for act, flaw in weighed if flaw is not None)
    missing = tuple(ref for _, flaw in weighed if flaw is not None for ref in flaw.missing)
    if not good:
        return Stand(votes.row, missing + votes.missing, aside + votes.set_aside, votes.undone, votes.alike)
    heads = standing(good)
    refs = tuple(sorted(act.head.ref for act in heads))
    stance = _POSITIONS[heads[0].stance] if len(heads) == 1 else Position.CONTESTED
    undone = _superseded(good) + _contesting(heads) + tuple((ref, refs[0]) for ref in votes.alike)
    row = Row(assembly, stance, By.RATIFICATION, acts=refs)
    return Stand(row, missing, aside + votes.set_aside, undone + votes.undone, refs)


def _stand_by_votes(record: Record, assembly: Id, cast: tuple[DelegateVote, ...]) -> Stand:
    if not cast:
        return Stand(Row(assembly, Position.SILENT))
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
    alike = tuple(sorted({vote.head.ref for vote in binding or showing}))
    return Stand(row, missing, aside, undone + pairs, alike)


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
        return Row(assembly, _POSITIONS[first.choice], By.MANDATE, acts=acts), outranked
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
