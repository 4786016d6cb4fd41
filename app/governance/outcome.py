"""Outcomes: what somebody says the count came to, and whether the acts bear it out (fine-print 21 to 24)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.governance.act import Head, Ref, by_ref, each_once
from app.governance.charter import may_be_final
from app.governance.council import UNCLEAR, Receipt
from app.governance.extension import closing_of
from app.governance.record import Record
from app.governance.rules import Counts, Order, Rule, Status
from app.governance.standing import Position, Row, Stand
from app.governance.tally import (
    Count,
    bound_by,
    counts_of,
    homes_of,
    possible,
    recount,
    share_of,
)
from app.governance.weighing import MISSING
from app.governance.weights import lacks_seats, unknown_to
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Tendency:
    """The count with indicative stances taking part."""

    status: Status
    counts: Counts


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sealed count, `adopted` the text that won a question: whoever holds the acts computes it again (§8)."""

    head: Head
    proposal: Ref
    rule: Rule
    roll: tuple[Id, ...]
    rows: tuple[Row, ...]
    counts: Counts
    status: Status
    confederation: Id | None = None
    tendency: Tendency | None = None
    binds: tuple[Id, ...] | None = None
    final: bool = False
    because: tuple[str, ...] = ()
    correction_of: Ref | None = None
    order: Order = ()
    adopted: Ref | None = None


class Kind(StrEnum):
    """What an Outcome is found to be."""

    FINE = "fine"
    STALE = "stale"
    INCOMPLETE = "incomplete"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing wrong with an Outcome.

    `clause` is the letter of fine-print 23 under which it is a fault, None where it is none;
    `act` the entry in question, such as one that was left out; `assembly` whose row it is.
    """

    kind: Kind
    code: str
    clause: str | None = None
    act: Ref | None = None
    assembly: Id | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an Outcome is found to be, and every reason for it."""

    kind: Kind
    reasons: tuple[Reason, ...] = ()


class Known(NamedTuple):
    """What the sealer of an Outcome gave a Receipt for, and every answer that is here."""

    received: frozenset[Ref]
    at_hand: frozenset[Ref]


def judge(
    outcome: Outcome, record: Record, earlier: Iterable[Outcome] = (), receipts: Iterable[Receipt] = ()
) -> Judgement:
    """Whether `outcome` follows from itself and from `record`.

    `earlier` may hold every Outcome of the proposal: only the same sealer's that came before are
    looked at. `receipts` are added to the record's. A fault outweighs incomplete, that outweighs
    stale. Source: fine-print 23, 24.
    """
    ours = recount(record, outcome.head.published)
    reasons = [*_follows(outcome, record), *_unreached(outcome, earlier)]
    if record.was_forming(outcome.head, outcome.roll):
        reasons.append(_reason(Kind.INCOMPLETE, "outcome.forming"))  # what is not here may have formed it
    if isinstance(ours, Refusal):
        unclear = ours.code == "proposal.charter" and record.charter is None
        reasons.append(_reason(Kind.INCOMPLETE if unclear else Kind.FAULT, "outcome.proposal", "b"))
    else:
        known = Known(_received(outcome, (*record.receipts, *receipts)), record.at_hand)
        rows = {row.assembly: row for row in ours.rows}
        for theirs in outcome.rows:
            mine = rows.get(theirs.assembly)
            if mine is not None and mine != theirs._replace(acts=tuple(sorted(theirs.acts))):
                reasons += _differs(outcome, theirs, ours.stand(mine), ours, known)
    return _verdict(reasons)


def judge_about_draft(outcome: Outcome, earlier: Iterable[Outcome] = ()) -> Judgement:
    """As `judge`, for an Outcome about a draft: on a draft nobody decides (fine-print 23 (b))."""
    return _verdict([*_unreached(outcome, earlier), _reason(Kind.FAULT, "outcome.draft", "b")])


def _verdict(reasons: list[Reason]) -> Judgement:
    for kind in (Kind.FAULT, Kind.INCOMPLETE, Kind.STALE):
        if any(reason.kind is kind for reason in reasons):
            return Judgement(kind, tuple(reasons))
    return Judgement(Kind.FINE)


def _reason(
    kind: Kind, code: str, clause: str | None = None, act: Ref | None = None, assembly: Id | None = None
) -> Reason:
    return Reason(kind, code, clause if kind is Kind.FAULT else None, act, assembly)


def _follows(outcome: Outcome, record: Record) -> list[Reason]:
    """Clause (a): rows, counts and status follow from each other; and the roll is the frozen one."""
    proposal, rows = record.proposal, outcome.rows
    checks: tuple[tuple[str, bool], ...] = (
        ("outcome.proposal", (outcome.proposal, outcome.confederation) == (proposal.head.ref, record.confederation)),
        ("outcome.rule", record.rule is None or outcome.rule == record.rule),
        ("outcome.rows", sorted(row.assembly for row in rows) == sorted(outcome.roll)),
        ("outcome.row", all(row.is_well_formed for row in rows)),
        ("outcome.counts", outcome.counts == counts_of(rows)),
    )
    if proposal.listed or record.charter is not None:  # what the charter says cannot be held against it unread
        closes = closing_of(record, outcome.head.published).at
        final = not outcome.final or may_be_final(closes, record.charter, outcome.head.published)
        checks += (("outcome.binds", _binds_follow(outcome, record, outcome.status)), ("outcome.final", final))
    reasons = [_reason(Kind.FAULT, code, "a") for code, holds in checks if not holds]
    if record.unclear:
        reasons.append(_reason(Kind.INCOMPLETE, UNCLEAR))
    homes = homes_of(record, flat=outcome.rule.flat)
    if sorted(outcome.roll) != sorted(homes):
        # With no frozen roll at hand nobody can say which one it should be.
        kind = Kind.FAULT if record.roll and record.frozen else Kind.INCOMPLETE
        reasons.append(_reason(kind, "outcome.roll", "b"))
    if lacks_seats(outcome.rule, rows, record):
        return [*reasons, _reason(Kind.INCOMPLETE, "outcome.seats")]
    unknown = unknown_to(outcome.rule, rows, homes, record)
    if unknown:  # other weights are recomputed, which takes the acts themselves (fine-print 22)
        return reasons + [_reason(Kind.INCOMPLETE, "outcome.not_at_hand", act=ref) for ref in unknown]
    return reasons + _status_follows(outcome, record)


def _status_follows(outcome: Outcome, record: Record) -> list[Reason]:
    """Clause (a) for status, order and tendency; what a caucus said is in no row, and judged like an act left out."""
    rows, at = outcome.rows, outcome.head.published
    binding, tendency = share_of(record, outcome.rule, rows, at)
    told, wide = outcome.tendency, counts_of(rows, tendency=True)
    reasons: list[Reason] = []
    if outcome.order and [set(group) for group in outcome.order] != [set(group) for group in binding.order]:
        reasons.append(_reason(Kind.FAULT, "outcome.order", "a"))
    text = record.proposal.text_of(binding.order) if binding.status is Status.ADOPTED else None
    if outcome.adopted is not None and outcome.status is binding.status and outcome.adopted != text:
        reasons.append(_reason(Kind.FAULT, "outcome.adopted", "a"))
    if told is not None and told.counts != wide:
        reasons.append(_reason(Kind.FAULT, "outcome.tendency", "a"))
    by_caucus = possible(record, outcome.rule, rows, at) - {binding.status}
    if outcome.status is not binding.status:
        reasons.append(_by_caucus(outcome, record) if outcome.status in by_caucus else _status_fault("status"))
    elif told is not None and told.status is not tendency.status:
        reasons.append(_status_fault("tendency"))
    return reasons


def _status_fault(what: str) -> Reason:
    return _reason(Kind.FAULT, f"outcome.{what}", "a")


def _by_caucus(outcome: Outcome, record: Record) -> Reason:
    """A status that would follow had a caucus said something else than it did by then, as far as is known here."""
    said = [act.head.ref for body in sorted(outcome.rule.bodies) for act in record.answers.get(body)]
    known = next((ref for ref in said if ref in _received(outcome, record.receipts)), None)
    if known is not None or (outcome.final and said):
        return _reason(Kind.FAULT, "outcome.left_out", "c", known or said[0])
    return _reason(Kind.STALE if said else Kind.INCOMPLETE, "outcome.caucus", act=said[0] if said else None)


def _binds_follow(outcome: Outcome, record: Record, status: Status) -> bool:
    if outcome.binds is None:
        return status not in {Status.ADOPTED, Status.OPEN}
    return sorted(outcome.binds) == list(bound_by(record, outcome.rows, status))


def _differs(outcome: Outcome, theirs: Row, stand: Stand, ours: Count, known: Known) -> list[Reason]:
    """Clauses (b) and (c): why a row is not ours."""
    mine, alike = stand.row, stand.alike
    if theirs.stance is Position.SILENT:
        answers = (*mine.acts, *sorted(stand.answers))
        first = next((ref for ref in answers if ref in known.received), None)
        fault = outcome.final or first is not None
        kind = Kind.FAULT if fault else Kind.STALE
        return [_reason(kind, "outcome.left_out", "c", first or mine.acts[0], mine.assembly)]
    found = [reason for ref in theirs.acts for reason in _cited(outcome, ref, theirs, stand, ours, known)]
    if found:
        return found
    same = (theirs.stance, theirs.by, theirs.choice) == (mine.stance, mine.by, mine.choice)
    if same and mine.stance is not Position.CONTESTED and set(theirs.acts) <= set(alike):
        return []  # of two acts of one second nobody can say which is the earlier, so either may be named
    if set(theirs.acts) < set(alike) and mine.stance is Position.CONTESTED:
        return [_reason(Kind.STALE, "outcome.behind", act=mine.acts[-1], assembly=mine.assembly)]
    return [_reason(Kind.FAULT, "outcome.misstates", "b", theirs.acts[0] if theirs.acts else None, mine.assembly)]


def _cited(outcome: Outcome, ref: Ref, theirs: Row, stand: Stand, ours: Count, known: Known) -> list[Reason]:
    """What is wrong with counting `ref`: nothing, undone by another act, counts as none, or not at hand."""
    mine = stand.row
    undoing = [other for act, other in ours.undone if act == ref and other not in theirs.acts]
    if undoing:
        first = next((other for other in undoing if other in known.received), None)
        fault = outcome.final or first is not None
        return [_reason(Kind.FAULT if fault else Kind.STALE, "outcome.undone", "b", first or undoing[0], mine.assembly)]
    if ref in stand.alike or any(act == ref for act, _ in ours.undone):
        return []
    refusal = next((why for act, why in ours.set_aside if act == ref), None)
    if refusal is None and ref in known.at_hand:  # it is no answer of that assembly to this text by then
        return [_reason(Kind.FAULT, "outcome.counts_void", "b", ref, mine.assembly)]
    if refusal is None or refusal.code in MISSING:
        return [_reason(Kind.INCOMPLETE, "outcome.not_at_hand", act=ref, assembly=mine.assembly)]
    return [_reason(Kind.FAULT, f"outcome.counts_void:{refusal.code}", "b", ref, mine.assembly)]


def _received(outcome: Outcome, receipts: Iterable[Receipt]) -> frozenset[Ref]:
    """The acts for which the Outcome's sealer had given a Receipt when it sealed."""
    return frozenset(
        receipt.act
        for receipt in receipts
        if receipt.head.author == outcome.head.author
        and receipt.head.published <= outcome.head.published
        and (outcome.head.leaf is None or receipt.leaf < outcome.head.leaf)
    )


def _unreached(outcome: Outcome, earlier: Iterable[Outcome]) -> list[Reason]:
    """Clause (d): the same sealer's earlier Outcomes that `outcome` does not reach through `correction_of`.

    It may get there by results of others about the same text; whichever other it names is as good as not there.
    """
    about = [other for other in each_once((*earlier, outcome)) if other.proposal == outcome.proposal]
    known = by_ref(about)
    whose = (outcome.head.author, outcome.confederation)
    mine = [other for other in about if (other.head.author, other.confederation) == whose]
    before = [other for other in mine if _came_before(other, outcome)]
    reached: set[Ref] = set()
    following = outcome.correction_of
    while following is not None and following not in reached:
        reached.add(following)
        following = known[following].correction_of if following in known else None
    broken = bool(reached - known.keys())
    kind = Kind.INCOMPLETE if broken else Kind.FAULT
    return [_reason(kind, "outcome.second", "d", other.head.ref) for other in before if other.head.ref not in reached]


def _came_before(one: Outcome, other: Outcome) -> bool:
    """True if `one` is the earlier: by leaf index, then `published`, then what a ledger has, then the bytes."""
    if one.head.ref == other.head.ref:
        return False
    if one.head.leaf is not None and other.head.leaf is not None:
        return one.head.leaf < other.head.leaf
    return _when(one) < _when(other)


def _when(outcome: Outcome) -> tuple[Instant, bool, Ref]:
    return outcome.head.published, outcome.head.leaf is None, outcome.head.ref
