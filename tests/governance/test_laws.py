"""Laws that hold for every record, tried on many small ones."""

import random
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.governance.mandate import Item, Kind, Latitude
from app.governance.outcome import Kind as Verdict
from app.governance.outcome import judge
from app.governance.ratification import Stance
from app.governance.record import Record
from app.governance.rules import Counts, Rule, Status, check_counts, counts_document, decide, parse_counts, status_of
from app.governance.tally import STANCES
from tests.governance.valley import (
    CLOSES,
    HARBOUR,
    HILL,
    JO,
    PROPOSAL,
    RIVERSIDE,
    ROJIN,
    TOM,
    count,
    hour,
    known,
    mandate,
    outcome,
    ratification,
    recall,
    receipt,
    record,
    rule,
    vote,
)

ANY = Latitude(Kind.RANGE, (Stance.RATIFIED, Stance.REJECTED))
SPRING, AGAIN = mandate(term="2026-11", when=hour(-9)), mandate(term="2026-11", when=hour(5))
WIDE, NARROW = mandate(items=(Item(PROPOSAL.head.ref, ANY),)), mandate()
_FIRST = ratification(HILL, when=hour(10))
POOL: tuple[Any, ...] = (
    WIDE,
    NARROW,
    _FIRST,
    ratification(HILL, Stance.REJECTED, hour(11), supersedes=known(_FIRST)),
    ratification(HILL, when=hour(12)),
    ratification(HILL, counts=Counts(20, 10, 1, disagree=9)),
    ratification(HARBOUR),
    ratification(HARBOUR, Stance.REJECTED, CLOSES),
    ratification(RIVERSIDE, when=hour(101)),
    vote(ROJIN, mandate=WIDE),
    vote(TOM, Stance.REJECTED, mandate=WIDE),
    vote(TOM, Stance.REJECTED, mandate=NARROW),
    vote(TOM, mandate=NARROW, when=hour(70)),
    vote(JO),
    vote(TOM, indicative=True, mandate=NARROW),
    recall(NARROW, delegates=[TOM]),
    recall(WIDE),
    SPRING,
    AGAIN,
    vote(ROJIN, mandate=SPRING, when=hour(30)),
)
ACTS = st.lists(st.sampled_from(POOL), max_size=12)
RULES = tuple(
    rule(document)
    for document in (
        {"method": "majority", "quorum": "1/5"},
        {"method": "majority", "base": "entitled", "floor": "1/2", "quorum": "1/3"},
        {"method": "qualified", "threshold": "2/3", "base": "valid", "quorum": "1/5"},
        {"method": "qualified", "threshold": "3/4", "base": "present", "strict": True, "quorum": "1/2"},
        {"method": "consensus", "blocks": 1, "quorum": "1/5"},
        {
            "method": "two_stage",
            "first": {"method": "consensus", "quorum": "1/5"},
            "then": {"method": "majority", "quorum": "1/5"},
            "quorum": "1/5",
        },
    )
)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    classes = [draw(st.integers(0, 40)) for _ in range(6)]
    present = sum(classes) + draw(st.integers(0, 10))
    return Counts(present + draw(st.integers(0, 60)), present, *classes)


@given(ACTS, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_twice_is_once(acts: list[Any], chance: random.Random) -> None:
    shuffled = [*acts, *acts]
    chance.shuffle(shuffled)
    assert count(record(*acts), hour(200)) == count(record(*shuffled), hour(200))


@given(ACTS)
def test_silence_is_never_yes_and_only_the_roll_counts(acts: list[Any]) -> None:
    counted = count(record(*acts), hour(200))
    assert [row.assembly for row in counted.rows] == [HARBOUR, HILL, RIVERSIDE]
    assert counted.counts.present == sum(row.stance in STANCES for row in counted.rows)
    assert counted.counts.entitled == 3
    assert set(counted.binds) <= {row.assembly for row in counted.rows if row.acts}


@given(ACTS)
def test_whoever_joins_later_changes_nothing_in_a_count_that_is_open(acts: list[Any]) -> None:
    smaller = count(record(*acts, roll=(HARBOUR, RIVERSIDE)))
    assert [row for row in count(record(*acts)).rows if row.assembly != HILL] == list(smaller.rows)


@given(ACTS, ACTS)
def test_an_honest_outcome_is_never_a_fault_and_learning_more_makes_it_stale_at_most(
    known_then: list[Any], learned: list[Any]
) -> None:
    before = record(*known_then)
    sealed = outcome(before)
    assert judge(sealed, before).kind in (Verdict.FINE, Verdict.INCOMPLETE)
    assert judge(sealed, record(*known_then, *learned)).kind is not Verdict.FAULT


@given(ACTS)
def test_leaving_a_receipted_act_out_is_a_fault_whenever_it_would_have_shown(acts: list[Any]) -> None:
    act = ratification(RIVERSIDE)
    full: Record = record(*acts, act, receipt(act))
    without = replace(full, ratifications=tuple(one for one in full.ratifications if one != act))
    judged = judge(outcome(without), full)
    assert judged.kind is Verdict.FAULT
    assert known(act) in {reason.act for reason in judged.reasons}


@given(counts(), st.sampled_from(RULES))
def test_one_who_agrees_more_never_undoes_an_adoption(before: Counts, how: Rule) -> None:
    more = replace(before, entitled=before.entitled + 1, present=before.present + 1, agree=before.agree + 1)
    instead = replace(before, agree=before.agree + 1, disagree=before.disagree - 1)
    if decide(how, before).status is not Status.ADOPTED:
        return
    assert decide(how, replace(more, entitled=max(more.present, before.entitled))).status is Status.ADOPTED
    if before.disagree:
        assert decide(how, instead).status is Status.ADOPTED


@given(counts(), st.sampled_from(RULES))
def test_a_status_found_without_the_facts_is_the_one_that_they_explain(figures: Counts, how: Rule) -> None:
    assert status_of(how, figures) is decide(how, figures).status


@given(counts())
def test_counts_survive_the_wire(figures: Counts) -> None:
    assert check_counts(figures) is None
    assert parse_counts(counts_document(figures)) == figures
