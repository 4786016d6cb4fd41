"""The confederal count that follows from where the assemblies stand (governance.md §8)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from app.governance.act import Ref
from app.governance.charter import Binds, binds_for
from app.governance.extension import known_at
from app.governance.record import Record
from app.governance.rules import Caucus, Counts, Fact, Result, Rule, Status, decide
from app.governance.standing import IN_FAVOUR, STANCES, By, Position, Row, Stand, standings
from app.governance.weights import Share, beside, caucuses_of, counts_of, shares_of, with_tendency
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

__all__ = [
    "IN_FAVOUR",
    "STANCES",
    "By",
    "Count",
    "Position",
    "Row",
    "bases",
    "bound_by",
    "brought",
    "counts_of",
    "heard",
    "homes_of",
    "possible",
    "recount",
    "recount_flat",
    "recount_nested",
    "recount_with",
    "share_of",
    "tally",
    "tier_of",
]


@dataclass(frozen=True, slots=True)
class Count:
    """A whole recount.

    `result` is binding, `tendency` the same with indicative stances; `binds` the sorted ids whom
    an adopted one binds. `behind` has the stands, sorted by assembly, behind which lies more than the one
    Ratification that a row names; `strangers` acts about another text or of nobody on the roll.
    """

    rows: tuple[Row, ...]
    counts: Counts
    result: Result
    tendency: Result
    tendency_counts: Counts
    binds: tuple[Id, ...]
    behind: Mapping[Id, Stand] = field(repr=False)
    strangers: tuple[tuple[Ref, Refusal], ...] = ()

    def stand(self, row: Row) -> Stand:
        """A row of this count with what lies behind it."""
        return self.behind.get(row.assembly) or Stand(row, alike=row.acts)

    @property
    def in_favour(self) -> int:
        """How many assemblies agreed, whatever the weight by which the rule counts."""
        return sum(row.stance in IN_FAVOUR for row in self.rows)

    @property
    def missing(self) -> tuple[Ref, ...]:
        """References that nobody produced and that could change a row."""
        return tuple(sorted({ref for stand in self.behind.values() for ref in stand.missing}))

    @property
    def set_aside(self) -> tuple[tuple[Ref, Refusal], ...]:
        """The acts that count as none, with the reason."""
        return self.strangers + tuple(pair for stand in self.behind.values() for pair in stand.set_aside)

    @property
    def undone(self) -> tuple[tuple[Ref, Ref], ...]:
        """Pairs of an act and the one that took its place.

        By supersession, by a Recall, a Ratification over a vote, or an act that contests it.
        """
        return tuple(pair for stand in self.behind.values() for pair in stand.undone)

    @property
    def status(self) -> Status:
        """The binding status."""
        return self.result.status

    @property
    def because(self) -> tuple[Fact, ...]:
        """The facts that produced the binding status."""
        return self.result.because


def recount(record: Record, at: Instant) -> Count | Refusal:
    """The count of `record` at `at`: the same for the same acts, in whatever order and however often they came.

    Under a rule that is `flat`, the base assemblies of all tiers are counted as one community;
    else the members, and a council stands where its own members' Outcome put it (fine-print 19).
    What cannot be decided is refused as `Record.void` says.
    """
    return _counted(record, at, flat=record.rule is not None and record.rule.flat)


def recount_flat(record: Record, at: Instant) -> Count | Refusal:
    """The same count over all base assemblies, so that a distortion by the tiers is seen (governance.md §8)."""
    return _counted(record, at, flat=True)


def recount_nested(record: Record, at: Instant) -> Count | Refusal:
    """The same count council by council, also under a rule that is `flat`: so both can be seen (governance.md §8)."""
    return _counted(record, at, flat=False)


def recount_with(before: Count, record: Record, assembly: Id, at: Instant) -> Count | Refusal:
    """The count of `record` at `at`, given that since `before` nothing came but acts of `assembly` and its people.

    Only that assembly is looked at again. `before` counted the same proposal, at a time when
    everything else that is now in `record` was published. It is for who keeps a large record in memory, such as
    somebody who follows all base assemblies of many tiers; no server does: a forum counts 150 at most, in about a
    thousandth of a second, and has the record from its database each time.
    """
    if record.void is not None:
        return record.void
    then = known_at(record, at)
    homes = homes_of(then, flat=record.rule is not None and record.rule.flat)
    [row], anew = standings({assembly: homes[assembly]})
    rows = [row if one.assembly == assembly else one for one in before.rows]
    left = {who: stand for who, stand in before.behind.items() if who != assembly}
    return tally(then, rows, left | anew, homes, at)


def bases(record: Record) -> Mapping[Id, Record]:
    """The base assemblies below `record`, each with the record of the council that it belongs to, the first by ids."""
    councils = {tier.council for tier in record.tiers[1:]}
    found: dict[Id, Record] = {}
    for member, home in _met(record):
        if member not in councils:
            found.setdefault(member, home)
    return found


def _met(record: Record) -> Iterator[tuple[Id, Record]]:
    """On the way down whoever is no council with a tier just below, with the record in which they are met."""
    below = {tier.council: tier for tier in record.below}
    for member in sorted(set(record.roll)):
        if member in below:
            yield from _met(below[member])
        else:
            yield member, record


def tier_of(record: Record, council: Id | None) -> Record:
    """The record by which an Outcome of `council` is judged: that of its tier, or `record` if it is no member below.

    A member of which no tier is at hand has a record with no charter, from which nothing follows.
    """
    known = next((tier for tier in record.tiers if tier.confederation == council), None)
    if known is not None:
        return known
    upper = next((tier for tier in record.tiers if council in tier.roll), None)
    return replace(upper, council=council, charter=None, roll=(), below=()) if upper is not None else record


def tally(
    record: Record, rows: Sequence[Row], behind: Mapping[Id, Stand], homes: Mapping[Id, Record], at: Instant
) -> Count:
    """The count that follows from where all assemblies stand; `record` is cut at `at` and not void.

    `homes` has the record in which each assembly's acts are; `rows` and `behind` as `standings` makes them of it.
    """
    rule = record.rule
    if rule is None:
        raise ValueError("a void record is not counted")
    counts, wider = counts_of(rows), counts_of(rows, tendency=True)
    result, tendency = _results(record, rule, rows, homes, at, counts, wider)
    binds = bound_by(record, rows, result.status)
    in_order, apart = tuple(sorted(rows, key=itemgetter(0))), dict(sorted(behind.items()))
    return Count(in_order, counts, result, tendency, wider, binds, apart, _strangers(record, homes))


def _counted(record: Record, at: Instant, *, flat: bool) -> Count | Refusal:
    if record.void is not None:
        return record.void
    then = known_at(record, at)
    homes = homes_of(then, flat=flat)
    return tally(then, *standings(homes), homes, at)


def homes_of(record: Record, *, flat: bool) -> Mapping[Id, Record]:
    """Who is counted, each with the record in which its acts are: the members, or all base assemblies."""
    return bases(record) if flat else dict.fromkeys(record.roll, record)


def share_of(record: Record, rule: Rule, rows: Iterable[Row], at: Instant) -> tuple[Result, Result]:
    """What `rule` makes of `rows`, which somebody sealed at `at`: binding, and as a tendency."""
    kept, then = tuple(rows), known_at(record, at)
    homes = homes_of(then, flat=rule.flat)
    return _results(then, rule, kept, homes, at, counts_of(kept), counts_of(kept, tendency=True))


def _results(
    record: Record,
    rule: Rule,
    rows: Sequence[Row],
    homes: Mapping[Id, Record],
    at: Instant,
    counts: Counts,
    wider: Counts,
) -> tuple[Result, Result]:
    around = beside(record, rule, rows, homes, at)
    return decide(rule, counts, around), decide(rule, wider, with_tendency(around, record, rows))


def brought(record: Record, count: Count, at: Instant, *, flat: bool = False) -> Mapping[Id, Share]:
    """What each assembly brought to `count`, made of `record` at `at`: its seats, its people (fine-print 5)."""
    then, rule = known_at(record, at), record.rule
    if rule is None:
        return {}
    return shares_of(then, rule, count.rows, homes_of(then, flat=flat or rule.flat))


def heard(record: Record, at: Instant) -> tuple[tuple[Caucus, Stand], ...]:
    """The caucuses that the rule of `record` asks, each with where it stood at `at` (fine-print 20)."""
    return caucuses_of(known_at(record, at), record.rule) if record.rule is not None else ()


def possible(record: Record, rule: Rule, rows: Iterable[Row], at: Instant) -> frozenset[Status]:
    """Every status that `rows` can come to, whatever the caucuses of `rule` said: their acts are in no row."""
    kept, then = tuple(rows), known_at(record, at)
    counts, around = counts_of(kept), beside(then, rule, kept, homes_of(then, flat=rule.flat), at)
    every = rule.bodies
    found = {decide(rule, counts, replace(around, agreed=every, refused=frozenset())).status}
    for one in every:
        for refused in (frozenset[Id](), frozenset({one})):
            found.add(decide(rule, counts, replace(around, agreed=every - {one}, refused=refused)).status)
    return frozenset(found)


def bound_by(record: Record, rows: Iterable[Row], status: Status) -> tuple[Id, ...]:
    """The sorted ids that an adopted outcome binds, by the charter's `binds` and `scope` (fine-print 22).

    A call is open: it binds its signatories, whatever the scope is (fine-print 11).
    """
    if status is Status.OPEN:
        return tuple(sorted(row.assembly for row in rows if row.stance in IN_FAVOUR))
    if status is not Status.ADOPTED:
        return ()
    binds = binds_for(record.charter, record.proposal.category)
    if binds is None:
        return ()
    return tuple(sorted([row.assembly for row in rows if row.stance in IN_FAVOUR or binds is Binds.ALL]))


def _strangers(record: Record, homes: Mapping[Id, Record]) -> tuple[tuple[Ref, Refusal], ...]:
    """Acts that are about another text or come from nobody on the roll: evidence, and counted as none."""
    rule, subject = record.rule, record.proposal.head.ref
    roll = {*record.roll, *(rule.bodies if rule is not None else ())}
    about_another, of_nobody = Refusal("vote.version", "about another text"), "is not on the roll"
    found = {act.head.ref: about_another for act in record.ratifications if act.proposal != subject}
    found |= {vote.head.ref: about_another for vote in record.votes if vote.proposal != subject}
    for answers in (record.answers, record.cast):
        for assembly in [one for one in answers.keys if one not in homes and one not in roll]:
            stranger = Refusal("vote.stranger", f"{assembly} {of_nobody}")
            found |= {act.head.ref: stranger for act in answers.get(assembly)}
    return tuple(sorted(found.items(), key=itemgetter(0)))
