"""Laws of the methods: what holds for every count, every ballot and every nesting of assemblies."""

import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import verifier
from app.governance.options import NO_CHANGE, Ballot, Order, rank, schulze
from app.governance.proposal import NEXT, Event, State, advance
from app.governance.ratification import Stance
from app.governance.record import Record
from app.governance.rules import Beside, Counts, Rule, Status, counts_document, decide, rule_document
from app.governance.tally import Count, recount, recount_flat, recount_with
from app.http.pages.votes import explanations
from app.kernel.refusal import Refusal
from tests.governance.confederacy import Commune, Council, address, came_to, confederated, nested
from tests.governance.test_laws import ACTS, counts
from tests.governance.valley import CLOSES, HARBOUR, HILL, RIVERSIDE, count, hour, record, rule

SHARES = ("0/1", "1/10", "1/5", "1/4", "1/3", "1/2", "3/5", "2/3", "3/4", "1/1")
QUORUMS = st.sampled_from(SHARES)
OPTIONS = ("bakery", "garden", "mill", "school")


@st.composite
def plain(draw: st.DrawFn) -> dict[str, Any]:
    """A rule that looks at figures only."""
    method = draw(st.sampled_from(["majority", "qualified", "consensus", "consent", "provisional"]))
    found: dict[str, Any] = {"method": method, "quorum": draw(QUORUMS)}
    if method in {"majority", "qualified"}:
        found["base"] = draw(st.sampled_from(["cast", "valid", "present", "entitled"]))
        if draw(st.booleans()):
            found["floor"] = draw(QUORUMS)
    if method == "qualified":
        found |= {"threshold": draw(st.sampled_from(SHARES[1:])), "strict": draw(st.booleans())}
    if method == "consensus":
        found |= {"blocks": draw(st.integers(0, 3)), "standAsides": draw(QUORUMS)}
    return found


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(["plain", "plain", "two_stage", "double"]))
    if kind == "plain":
        return rule(draw(plain()))
    names = ("first", "then") if kind == "two_stage" else ("a", "b")
    return rule({"method": kind, "quorum": draw(QUORUMS), **{name: draw(plain()) for name in names}})


def ballots(method: str) -> st.SearchStrategy[Ballot]:
    weight = st.integers(1, 3)
    if method == "ranked":
        orders = st.permutations([*OPTIONS, NO_CHANGE]).flatmap(_cut)
        return st.builds(Ballot, st.just({}), orders, weight)
    given_points = {"approval": st.just(1), "score": st.integers(-2, 2), "dots": st.integers(0, 2)}[method]
    return st.builds(Ballot, st.dictionaries(st.sampled_from(OPTIONS), given_points, max_size=3), st.just(()), weight)


def _cut(order: list[str]) -> st.SearchStrategy[Order]:
    """`order` cut into groups, and left off somewhere."""
    cuts = st.lists(st.booleans(), min_size=len(order), max_size=len(order))
    return st.tuples(st.integers(0, len(order)), cuts).map(lambda drawn: _grouped(order[: drawn[0]], drawn[1]))


def _grouped(order: list[str], apart: list[bool]) -> Order:
    groups: list[tuple[str, ...]] = []
    for option, new in zip(order, apart, strict=False):
        if new or not groups:
            groups.append((option,))
        else:
            groups[-1] = (*groups[-1], option)
    return tuple(tuple(sorted(group)) for group in groups)


CHOOSING = st.sampled_from(["approval", "score", "dots", "ranked"]).flatmap(
    lambda method: st.tuples(st.just(method), st.lists(ballots(method), max_size=8))
)


def choosing(method: str) -> Rule:
    return rule({"method": method, "quorum": "0/1", **({"n": 6} if method == "dots" else {})})


def options_for(method: str) -> tuple[str, ...]:
    return tuple(sorted({*OPTIONS, NO_CHANGE})) if method == "ranked" else OPTIONS


def order_of(method: str, cast: list[Ballot]) -> Order:
    return rank(choosing(method), options_for(method), cast)


@given(counts(), rules())
def test_the_verifier_and_the_server_decide_alike(figures: Counts, how: Rule) -> None:
    document = rule_document(how)
    assert verifier.rule_flaw(document) is None
    theirs = verifier.decide(document, verifier.Counts.read(counts_document(figures)))
    assert theirs.value == decide(how, figures).status.value


@given(CHOOSING)
def test_the_verifier_and_the_server_order_alike(drawn: tuple[str, list[Ballot]]) -> None:
    method, cast = drawn
    how, options = choosing(method), options_for(method)
    votes = tuple(verifier.Vote(one.points, one.order, one.weight) for one in cast)
    around = verifier.Around(options=options, ballots={"assemblies": votes})
    beside = Beside(options=options, ballots={how.weight: tuple(cast)})
    ours, theirs = decide(how, Counts(9, 9, 9), beside), verifier.order_of(rule_document(how), around)
    assert (ours.status.value, ours.order) == (theirs[0].value, tuple(theirs[1]))


@pytest.mark.withstands("F30")
@given(counts(), rules())
def test_silence_is_never_yes(figures: Counts, how: Rule) -> None:
    """Without anybody who takes part nothing is adopted; and whoever is added silent never helps it."""
    assert decide(how, Counts(figures.entitled)).status is Status.NO_QUORUM
    more = replace(figures, entitled=figures.entitled + 1)
    if decide(how, more).status is Status.ADOPTED:
        assert decide(how, figures).status is Status.ADOPTED


@given(counts(), rules(), st.sampled_from(["disagree", "block", "abstain", "stand_aside"]))
def test_more_agreement_never_hurts(figures: Counts, how: Rule, instead: str) -> None:
    """Whoever comes and agrees, and whoever agrees instead, never undoes an adoption."""
    if decide(how, figures).status is not Status.ADOPTED:
        return
    present, entitled = figures.present + 1, max(figures.entitled, figures.present + 1)
    assert decide(how, replace(figures, present=present, entitled=entitled, agree=figures.agree + 1)).status is (
        Status.ADOPTED
    )
    heads = getattr(figures, instead)
    if heads:
        moved = replace(figures, **{instead: heads - 1}, agree=figures.agree + 1)
        assert decide(how, moved).status is Status.ADOPTED


@given(CHOOSING, st.data())
def test_raising_the_first_option_on_a_ballot_never_costs_it_the_first_place(
    drawn: tuple[str, list[Ballot]], data: st.DataObject
) -> None:
    """Ranked methods can have this much and no more: that one who comes to rank the winner first may
    still hurt it is the price of every method that elects whoever beats all others in pairs (Moulin 1988).
    """
    method, cast = drawn
    before = order_of(method, cast)
    if not cast or len(before[0]) > 1:
        return
    first, place = before[0][0], data.draw(st.integers(0, len(cast) - 1))
    old = cast[place]
    if method == "ranked":
        rest = tuple(kept for group in old.order if (kept := tuple(one for one in group if one != first)))
        new = replace(old, order=((first,), *rest))
    else:
        new = replace(old, points={**old.points, first: old.points.get(first, 0) + 1})
    assert order_of(method, [*cast[:place], new, *cast[place + 1 :]])[0] == (first,)


@given(CHOOSING, st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter_and_a_heavy_one_is_so_many(
    drawn: tuple[str, list[Ballot]], chance: random.Random
) -> None:
    method, cast = drawn
    apart = [replace(one, weight=1) for one in cast for _ in range(one.weight)]
    chance.shuffle(apart)
    assert order_of(method, cast) == order_of(method, apart)


@given(CHOOSING, st.permutations(OPTIONS))
def test_the_names_of_options_do_not_matter(drawn: tuple[str, list[Ballot]], others: list[str]) -> None:
    method, cast = drawn
    called = dict(zip(OPTIONS, others, strict=True)) | {NO_CHANGE: NO_CHANGE}
    renamed = [
        replace(
            one,
            points={called[option]: points for option, points in one.points.items()},
            order=tuple(tuple(called[option] for option in group) for group in one.order),
        )
        for one in cast
    ]
    before, after = order_of(method, cast), order_of(method, renamed)
    assert [{called[option] for option in group} for group in before] == [set(group) for group in after]


@given(st.lists(ballots("ranked"), min_size=1, max_size=8))
def test_whoever_beats_every_other_in_pairs_is_first(cast: list[Ballot]) -> None:
    options = options_for("ranked")
    prefer = {(a, b): sum(one.weight for one in cast if _ahead(one, a, b)) for a in options for b in options}
    beaten = [a for a in options if all(prefer[a, b] > prefer[b, a] for b in options if b != a)]
    assert not beaten or schulze(options, cast)[0] == tuple(beaten)


def _ahead(ballot: Ballot, one: str, other: str) -> bool:
    place = {option: index for index, group in enumerate(ballot.order) for option in group}
    return place.get(one, len(ballot.order)) < place.get(other, len(ballot.order))


@given(counts(), rules())
def test_an_explanation_always_has_the_figures_that_decided(figures: Counts, how: Rule) -> None:
    result = decide(how, figures)
    told = set(re.findall(r"\d+", explanations.why(result)))
    decisive = [dict(fact.figures) for fact in result.because if fact.code not in {"counted", "quorum.met"}]
    wanted = ("yes", "no", "needed", "whole", "disagree", "block", "stand_aside", "allowed")
    named = {str(fact[name]) for fact in decisive for name in wanted if name in fact and "blocks_allowed" not in fact}
    assert named <= told, (explanations.why(result), decisive)
    assert told, "there is always a figure"


@given(st.lists(st.sampled_from(list(Event)), max_size=20))
def test_no_path_leads_out_of_a_final_state(events: list[Event]) -> None:
    ends = set(State) - {state for state, _ in NEXT}
    state = State.DRAFT
    for event in events:
        following = advance(state, event)
        assert isinstance(following, Refusal) or state not in ends
        state = state if isinstance(following, Refusal) else following


# Tiers ------------------------------------------------------------------------------------------

ANSWERS = st.sampled_from([Stance.RATIFIED, Stance.RESERVED, Stance.REJECTED, Stance.ABSTAINED, None])


@st.composite
def communes(draw: st.DrawFn, answers: st.SearchStrategy[Stance | None] = ANSWERS) -> tuple[Commune, ...]:
    stances = draw(st.lists(answers, min_size=1, max_size=9))
    return tuple(Commune(f"commune-{number}", stance) for number, stance in enumerate(stances))


SIZES = st.lists(st.integers(1, 3), max_size=4).map(tuple)
UNANIMITY = {"method": "qualified", "threshold": "1/1", "base": "entitled", "quorum": "0/1"}
NO_OBJECTION = {"method": "consent", "quorum": "0/1"}
MOST = {"method": "majority", "base": "entitled", "quorum": "1/5"}


def flat(held: Record) -> Count:
    counted = recount_flat(held, CLOSES)
    assert not isinstance(counted, Refusal), counted
    return counted


@given(communes(), SIZES, st.sampled_from([UNANIMITY, NO_OBJECTION]))
def test_nested_equals_flat_where_every_tier_is_honest_and_follows_one_rule(
    base: tuple[Commune, ...], sizes: tuple[int, ...], how: dict[str, str]
) -> None:
    """It holds for the rules that a part can decide for the whole: that all agree, that nobody objects.

    For a majority of majorities it cannot hold (tests/governance/test_tiers.py shows one that
    distorts), which is why both counts stand side by side.
    """
    held = confederated(nested(base, sizes), how)
    assert (came_to(held).status is Status.ADOPTED) == (flat(held).status is Status.ADOPTED)


@given(communes(), SIZES, SIZES, st.sampled_from([UNANIMITY, MOST]))
def test_the_flat_count_does_not_see_how_the_tiers_are_cut(
    base: tuple[Commune, ...], sizes: tuple[int, ...], others: tuple[int, ...], how: dict[str, str]
) -> None:
    one, other = flat(confederated(nested(base, sizes), how)), flat(confederated(nested(base, others), how))
    assert (one.status, one.counts) == (other.status, other.counts)


@given(communes(), SIZES, st.randoms(use_true_random=False))
def test_in_every_tier_order_does_not_matter_and_twice_is_once(
    base: tuple[Commune, ...], sizes: tuple[int, ...], chance: random.Random
) -> None:
    held = confederated(nested(base, sizes), MOST)

    def shuffled(tier: Record) -> Record:
        answers = [*tier.ratifications, *tier.ratifications]
        chance.shuffle(answers)
        return replace(tier, ratifications=tuple(answers), below=tuple(map(shuffled, tier.below)))

    assert came_to(shuffled(held)) == came_to(held)
    assert flat(shuffled(held)) == flat(held)


@given(communes(), st.randoms(use_true_random=False))
def test_the_names_of_assemblies_do_not_matter(base: tuple[Commune, ...], chance: random.Random) -> None:
    names = [commune.name for commune in base]
    chance.shuffle(names)
    renamed = tuple(replace(commune, name=name) for commune, name in zip(base, names, strict=True))
    one, other = (came_to(confederated(Council("top", tuple(some)), MOST)) for some in (base, renamed))
    assert (one.status, one.counts, len(one.binds)) == (other.status, other.counts, len(other.binds))


@pytest.mark.withstands("F04")
@pytest.mark.withstands("F05")
@pytest.mark.withstands("F16")
@given(communes(), st.integers(1, 5))
def test_whoever_joins_later_is_not_on_a_roll_that_is_frozen(base: tuple[Commune, ...], joining: int) -> None:
    held = confederated(Council("top", base), MOST)
    late = tuple(Commune(f"late-{number}") for number in range(joining))
    wider = confederated(Council("top", (*base, *late)), MOST)
    answers = tuple(
        replace(act, proposal=held.proposal.head.ref)
        for act in wider.ratifications
        if act.head.author in {address(one.name) for one in late}
    )
    charters = held.charters + wider.charters
    with_late = replace(held, ratifications=held.ratifications + answers, charters=charters)
    assert came_to(with_late).counts == came_to(held).counts
    assert [why.code for _, why in came_to(with_late).set_aside] == ["vote.stranger"] * joining


@given(ACTS, ACTS, st.sampled_from([HARBOUR, HILL, RIVERSIDE]))
def test_a_recount_after_new_acts_of_one_assembly_looks_at_that_one_alone(
    acts: list[Any],
    news: list[Any],
    assembly: Any,  # noqa: ANN401 - the ids of valley.py
) -> None:
    home = assembly.removesuffix("/assembly")
    new = [act for act in news if act.head.author.startswith(home)]
    before, after = record(*acts), record(*acts, *new)
    assert recount_with(count(before, hour(200)), after, assembly, hour(200)) == recount(after, hour(200))
