"""What a rule looks at beside heads of assemblies: seats, people, ballots, caucuses (fine-print 5, 10, 20)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.governance.act import Ref
from app.governance.ratification import Ratification
from app.governance.record import Record
from app.governance.rules import OF_OPTIONS, Ballot, Beside, Caucus, Counts, Rule, Weight, options_of, parse_ballot
from app.governance.standing import IN_FAVOUR, STANCES, By, Position, Row, Stand, stand_of
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

_IN_ORDER: Final = (Position.RATIFIED, Position.RESERVED, Position.REJECTED, Position.ABSTAINED)


def counts_of(rows: Iterable[Row], seats: Record | None = None, *, tendency: bool = False) -> Counts:
    """The eight figures over assemblies, or over their seats in the record `seats`.

    With `tendency` indicative choices take part (fine-print 1, 3, 5, 22).
    """
    kept = tuple(rows)
    said: list[str | None] = [row.stance for row in kept]
    if tendency and Position.INDICATIVE in said:
        said = [row.choice if row.stance is Position.INDICATIVE else row.stance for row in kept]
    if seats is not None:
        heads = [seats.seats_of.get(row.assembly, 1) for row in kept]
        have = [sum(n for word, n in zip(said, heads, strict=True) if word == stance) for stance in _IN_ORDER]
        return _figured(sum(heads), have)
    chosen = Counter(said)
    return _figured(len(kept), [chosen[stance] for stance in _IN_ORDER])


def _figured(entitled: int, have: list[int]) -> Counts:
    ratified, reserved, rejected, abstained = have
    return Counts(entitled, sum(have), ratified, reserved, disagree=rejected, abstain=abstained)


def people_of(acts: Iterable[Ratification]) -> Counts:
    """The sum of the people in counted Ratifications; what hides its choices adds all as abstaining (fine-print 37)."""
    entitled = present = agree = reserve = stand_aside = disagree = block = abstain = 0
    for act in acts:
        told = act.counts
        if told is None:
            continue
        entitled += told.entitled
        if act.small:
            present += told.entitled
            abstain += told.entitled
            continue
        present += told.present
        agree += told.agree
        reserve += told.reserve
        stand_aside += told.stand_aside
        disagree += told.disagree
        block += told.block
        abstain += told.abstain
    return Counts(entitled, present, agree, reserve, stand_aside, disagree, block, abstain)


@dataclass(frozen=True, slots=True)
class Share:
    """What one assembly brings to a count that is not by assemblies alone; None where the rule does not look.

    `people` is None too where its row rests on no Ratification: a vote by mandate brings none (fine-print 5).
    `hidden` says that the choices of its few stay at home, so that all of them abstain (fine-print 37).
    """

    seats: int | None = None
    people: Counts | None = None
    hidden: bool = False


def shares_of(record: Record, rule: Rule, rows: Iterable[Row], homes: Mapping[Id, Record]) -> Mapping[Id, Share]:
    """What each assembly of `rows` brings; empty under a rule that counts by assemblies alone."""
    kept = tuple(rows)
    by_seats, by_people = rule.weighs(Weight.DELEGATES), rule.weighs(Weight.PEOPLE)
    if not (by_seats or by_people):
        return {}
    acts = {act.head.author: act for act in _ratifications(kept, homes)} if by_people else {}
    found: dict[Id, Share] = {}
    for row in kept:
        seats, act = record.seats_of.get(row.assembly, 1) if by_seats else None, acts.get(row.assembly)
        found[row.assembly] = Share(seats) if act is None else Share(seats, people_of((act,)), act.small)
    return found


def caucuses_of(record: Record, rule: Rule) -> tuple[tuple[Caucus, Stand], ...]:
    """The caucuses that `rule` asks, each with where it stands in `record`, cut at the moment of the count."""
    asked = {caucus: None for part in rule.counted for caucus in part.caucuses}
    return tuple((caucus, stand_of(record, caucus.body, caucus=True)) for caucus in asked)


def beside(record: Record, rule: Rule, rows: Iterable[Row], homes: Mapping[Id, Record], at: Instant) -> Beside:
    """What `rule` looks at beside the heads of `rows` in `record`, cut at `at`.

    `homes` has the record in which each assembly's own acts are: the same one, or that of a tier.
    """
    kept = tuple(rows)
    parts = rule.counted
    weights = {part.weight for part in parts} - {Weight.ASSEMBLIES}
    counts = {Weight.DELEGATES: counts_of(kept, record)} if Weight.DELEGATES in weights else {}
    if Weight.PEOPLE in weights:
        counts[Weight.PEOPLE] = people_of(_ratifications(kept, homes))
    stances = {caucus.body: stand.row.stance for caucus, stand in caucuses_of(record, rule)}
    choosing = rule.of_options
    named = options_of(choosing, record.proposal.option_ids) if choosing is not None else ()
    closes = record.proposal.closes
    return Beside(
        counts,
        named,
        {part.weight: _ballots(part, record, kept, homes) for part in parts if part.method in OF_OPTIONS},
        dict(record.seeds),
        frozenset(body for body, stance in stances.items() if stance in IN_FAVOUR),
        frozenset(body for body, stance in stances.items() if stance is Position.REJECTED),
        over=closes is not None and at >= closes,
    )


def with_tendency(around: Beside, record: Record, rows: Iterable[Row]) -> Beside:
    """`around` with indicative choices taking part: they have seats, and neither people nor ballots (fine-print 5)."""
    if Weight.DELEGATES not in around.counts:
        return around
    wider = {**around.counts, Weight.DELEGATES: counts_of(rows, record, tendency=True)}
    return replace(around, counts=wider)


def lacks_seats(rule: Rule, rows: Iterable[Row], record: Record) -> bool:
    """True if `rule` counts seats and what gave some assembly of `rows` its own is not at hand (fine-print 5)."""
    known = dict(record.seats)
    return (
        rule.weighs(Weight.DELEGATES) and not record.proposal.listed and any(row.assembly not in known for row in rows)
    )


def unknown_to(rule: Rule, rows: Iterable[Row], homes: Mapping[Id, Record], record: Record) -> tuple[Ref, ...]:
    """The acts that `rule` would have to look into, that `rows` cite, and that nobody produced."""
    parts = rule.counted
    missing = [lot for lot in rule.lots if lot not in dict(record.seeds)]
    if rule.of_options is not None or any(part.weight is Weight.PEOPLE for part in parts):
        missing += [
            row.acts[0]
            for row in rows
            if row.by is By.RATIFICATION
            and row.stance in STANCES
            and row.acts
            and row.acts[0] not in homes.get(row.assembly, record).ratifications_by_ref
        ]
    return tuple(missing)


def _ratifications(rows: Iterable[Row], homes: Mapping[Id, Record]) -> list[Ratification]:
    """The Ratifications on which `rows` rest, as they come; votes by mandate have no counts and no ballot."""
    found: list[Ratification] = []
    for assembly, stance, by, _, refs in rows:
        home = homes.get(assembly)
        if by is not By.RATIFICATION or stance not in STANCES or not refs or home is None:
            continue
        only = home.plain.get(assembly)
        if only is not None and only.head.ref == refs[0]:
            found.append(only)
        else:
            found += [act for act in home.answers.get(assembly) if act.head.ref == refs[0]]
    return found


def _ballots(rule: Rule, record: Record, rows: Iterable[Row], homes: Mapping[Id, Record]) -> tuple[Ballot, ...]:
    """The ballots of the assemblies in favour, as heavy as `rule` weighs them."""
    found: list[Ballot] = []
    for act in _ratifications([row for row in rows if row.stance in IN_FAVOUR], homes):
        if act.ballot is None:
            continue
        weight = 1
        if rule.weight is Weight.DELEGATES:
            weight = record.seats_of.get(act.head.author, 1)
        elif rule.weight is Weight.PEOPLE:
            weight = act.counts.yes if act.counts is not None else 0
        ballot = parse_ballot(rule, record.proposal.option_ids, act.ballot, weight)
        if not isinstance(ballot, Refusal):
            found.append(ballot)
    return tuple(found)
