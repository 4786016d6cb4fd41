"""What a rule makes of a count, and the facts from which a page explains why (governance.md §3, §8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from app.governance.act import Ref
from app.governance.counts import Counts
from app.governance.fact import Fact, FactCode, Result, fact
from app.governance.options import NO_CHANGE, Ballot, Order, drawn, preferences, rank, totals
from app.governance.rule import OF_OPTIONS, CaucusMode, Method, Rule, Status, Weight, needed_of
from app.governance.thresholds import consensus, consent, holds, majority, provisional, qualified
from app.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class Beside:
    """What some rules look at beside the heads: nothing of it for a count of people at home.

    `counts` and `ballots` by weight, where they differ from heads; `options` as `options_of` has
    them; `seeds` of the draws that a rule names as `lot`; the caucuses that `agreed` and that
    `refused`; `over` is False while there is time to answer.
    """

    counts: Mapping[Weight, Counts] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    ballots: Mapping[Weight, tuple[Ballot, ...]] = field(default_factory=dict)
    seeds: Mapping[Ref, str] = field(default_factory=dict)
    agreed: frozenset[Id] = frozenset()
    refused: frozenset[Id] = frozenset()
    over: bool = True


_NOTHING: Final = Beside()
_WORST_FIRST: Final = (Status.NO_QUORUM, Status.REJECTED, Status.UNRESOLVED)


def decide(rule: Rule, counts: Counts, beside: Beside = _NOTHING) -> Result:
    """What `rule` makes of `counts`, which `check_counts` must have passed.

    `counts` are heads: people at home, assemblies between them. The first facts say who took part
    and what was chosen; a failed quorum is `no_quorum`, not rejected. `two_stage` never waits: this
    is its first stage, and what that does not adopt is `unresolved` (fine-print 4, 9).
    """
    if rule.method is Method.ACCESSION:
        return Result(Status.OPEN, (_counted(counts), fact(FactCode.ACCESSION_OPEN, signed=counts.yes)))
    met, facts = _quorum(rule, counts)
    if not met:
        return Result(Status.NO_QUORUM, facts)
    if rule.first is not None:
        found = _first_stage(rule.first, counts, beside)
    elif rule.method is Method.DOUBLE:
        found = _double(rule, counts, beside, facts)
    else:
        found = _by_method(rule, counts, beside, facts)
    return _with_caucuses(rule, found, beside)


def status_of(rule: Rule, counts: Counts) -> Status:
    """The status that `decide` finds in `counts` alone, without the facts: many acts are looked at for that only."""
    if rule.caucuses or (met := holds(rule, counts)) is None:
        return decide(rule, counts).status
    if counts.present < max(1, needed_of(counts.entitled, rule.quorum)):
        return Status.NO_QUORUM
    return Status.ADOPTED if met else Status.REJECTED


def _quorum(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    """Whether enough took part; between assemblies assemblies are counted, whatever the weight (fine-print 4)."""
    needed = max(1, needed_of(counts.entitled, rule.quorum))
    met = counts.present >= needed
    code = FactCode.QUORUM_MET if met else FactCode.QUORUM_MISSED
    return met, (fact(code, present=counts.present, entitled=counts.entitled, needed=needed), _counted(counts))


def _counted(counts: Counts) -> Fact:
    return fact(
        FactCode.COUNTED,
        agree=counts.agree,
        reserve=counts.reserve,
        stand_aside=counts.stand_aside,
        disagree=counts.disagree,
        block=counts.block,
        abstain=counts.abstain,
    )


def _first_stage(first: Rule, counts: Counts, beside: Beside) -> Result:
    result = decide(first, counts, beside)
    if result.status not in {Status.REJECTED, Status.UNRESOLVED}:
        return result
    return Result(Status.UNRESOLVED, (*result.because, fact(FactCode.SECOND_ROUND)), result.order)


def _double(rule: Rule, counts: Counts, beside: Beside, facts: tuple[Fact, ...]) -> Result:
    """Both parts must adopt; else the first of no_quorum, rejected, unresolved that occurs (fine-print 8)."""
    statuses = []
    for part in rule.parts:
        result = decide(part, counts, beside)
        statuses.append(result.status)
        came = fact(FactCode.PART_CAME, weight=part.weight.value, status=result.status.value)
        facts = (*facts, came, *(one for one in result.because if one not in facts))
    return Result(next((status for status in _WORST_FIRST if status in statuses), Status.ADOPTED), facts)


def _by_method(rule: Rule, counts: Counts, beside: Beside, facts: tuple[Fact, ...]) -> Result:
    heads = beside.counts.get(rule.weight, counts)
    if heads is not counts:
        told = fact(FactCode.WEIGHED, weight=rule.weight.value, yes=heads.yes, no=heads.no, entitled=heads.entitled)
        facts = (*facts, told)
    if rule.method in OF_OPTIONS:
        return _options(rule, beside, facts)
    adopted, reasons = _threshold(rule, heads)
    if adopted:
        early = rule.method is Method.CONSENT and not beside.over
        status = Status.UNRESOLVED if early else Status.ADOPTED
        return Result(status, (*facts, *reasons, *((fact(FactCode.CONSENT_EARLY),) if early else ())))
    called = reasons[0].code == FactCode.PROVISIONAL_CALLED
    return Result(Status.UNRESOLVED if called else Status.REJECTED, (*facts, *reasons))


def _threshold(rule: Rule, counts: Counts) -> tuple[bool, tuple[Fact, ...]]:
    match rule.method:
        case Method.MAJORITY:
            return majority(rule, counts)
        case Method.QUALIFIED:
            return qualified(rule, counts)
        case Method.CONSENSUS:
            return consensus(rule, counts)
        case Method.CONSENT:
            return consent(counts)
        case Method.PROVISIONAL:
            return provisional(counts)
        case Method.TWO_STAGE | Method.DOUBLE | Method.ACCESSION:
            raise ValueError(f"{rule.method} is made of other rules, or of none")
        case Method.APPROVAL | Method.SCORE | Method.DOTS | Method.RANKED:
            raise ValueError(f"{rule.method} looks at options")
        case _:
            assert_never(rule.method)


def _options(rule: Rule, beside: Beside, facts: tuple[Fact, ...]) -> Result:
    """A unique first is adopted, a tie unresolved, `no-change` rejected; a draw orders every tie (fine-print 6, 10)."""
    ballots = beside.ballots.get(rule.weight, ())
    if all(ballot.says_nothing for ballot in ballots):
        tied = (beside.options,) if beside.options else ()
        return Result(Status.UNRESOLVED, (*facts, fact(FactCode.OPTION_NONE)), tied)
    order = rank(rule, beside.options, ballots)
    level = order[0]
    seed = beside.seeds.get(rule.lot) if rule.lot is not None else None
    if seed is not None:
        order = drawn(order, seed)
    chosen = order[0][0]
    if len(order[0]) > 1:
        tie = fact(FactCode.OPTION_TIE, options=", ".join(level), among=len(level))
        return Result(Status.UNRESOLVED, (*facts, tie), order)
    if len(level) > 1:
        facts = (*facts, fact(FactCode.OPTION_DRAWN, option=chosen, among=len(level)))
    if chosen == NO_CHANGE:
        return Result(Status.REJECTED, (*facts, fact(FactCode.OPTION_NO_CHANGE)), order)
    # What ties with leaving things as they are does not beat it, whatever is drawn.
    status = Status.ADOPTED if NO_CHANGE not in level else Status.UNRESOLVED
    found = _first_option(rule, order, beside.options, ballots)
    return Result(status, (*facts, found), order)


def _first_option(rule: Rule, order: Order, options: tuple[str, ...], ballots: tuple[Ballot, ...]) -> Fact:
    """The figures between the first and the next."""
    ranking = [option for group in order for option in group]
    first, following = ranking[0], ranking[1] if len(ranking) > 1 else ranking[0]
    if rule.method is Method.RANKED:
        prefer, place = preferences(options, ballots), options.index
        ahead, behind = prefer[place(first)][place(following)], prefer[place(following)][place(first)]
        return fact(FactCode.OPTION_PREFERRED, option=first, over=following, ahead=ahead, behind=behind)
    sums = totals(options, ballots)
    return fact(FactCode.OPTION_FIRST, option=first, total=sums[first], next=following, next_total=sums[following])


def _with_caucuses(rule: Rule, found: Result, beside: Beside) -> Result:
    """What the caucuses of `rule` make of a result that would adopt (R12, fine-print 20)."""
    status, facts = found.status, list(found.because)
    for caucus in rule.caucuses if status is Status.ADOPTED else ():
        if caucus.body in beside.agreed:
            facts.append(fact(FactCode.CAUCUS_AGREED, body=caucus.body))
        elif caucus.mode is CaucusMode.CONCURRENT:
            facts.append(fact(FactCode.CAUCUS_LACKING, body=caucus.body))
            status = Status.REJECTED
        elif caucus.body in beside.refused:
            facts.append(fact(FactCode.CAUCUS_SUSPENDED, body=caucus.body))
            status = Status.UNRESOLVED if status is Status.ADOPTED else status
    return Result(status, tuple(facts), found.order)
