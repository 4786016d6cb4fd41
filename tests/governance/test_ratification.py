from dataclasses import replace

import pytest

from app.governance.act import Ref
from app.governance.ratification import Decision, Stance, came_to, decision_is_void
from app.governance.rules import Counts, Status
from app.kernel.ids import Id
from app.translation import build
from tests.governance.valley import (
    CHARTERS,
    GRANT,
    HARBOUR,
    HILL,
    PROPOSAL,
    agreed,
    charter,
    count,
    decision,
    hour,
    ratification,
    record,
    rule,
    sealed,
    stances,
)

OWN = CHARTERS[HILL].rules["ratification"]
DIVIDED = Counts(20, 10, 7, disagree=3)


def first_round(author: Id = HILL, status: Status = Status.UNRESOLVED, about: Ref = PROPOSAL.head.ref) -> Decision:
    return sealed(
        Decision,
        build.decision,
        author,
        hour(30),
        status=status,
        counts=DIVIDED,
        rule=OWN,
        proposal=about,
        charter=CHARTERS[author].head.ref,
    )


def set_aside(*acts: object) -> list[str]:
    counted = count(record(*acts))
    assert stances(counted)["hill"] == "silent"
    return [why.code for _, why in counted.set_aside]


@pytest.mark.parametrize("stance", list(Stance))
@pytest.mark.parametrize("counts", [agreed(), DIVIDED, Counts(20, 1, 1)], ids=["adopted", "unresolved", "no_quorum"])
def test_a_stance_counts_only_if_its_own_figures_allow_it(stance: Stance, counts: Counts) -> None:
    allowed = {10: "ratified reserved abstained", 7: "abstained", 1: ""}[counts.agree]
    act = replace(ratification(HILL, counts=counts, rule=OWN), stance=stance)
    assert stances(count(record(act)))["hill"] == (stance.value if stance.value in allowed else "silent")


@pytest.mark.parametrize("stance", list(Stance))
def test_who_rejected_in_one_round_rejects_or_abstains(stance: Stance) -> None:
    act = replace(ratification(HILL, Stance.REJECTED), stance=stance)
    expected = stance.value if stance in {Stance.REJECTED, Stance.ABSTAINED} else "silent"
    assert stances(count(record(act)))["hill"] == expected


@pytest.mark.shows("G12")
def test_each_assembly_ratifies_by_its_own_rule_and_by_no_other() -> None:
    lax = rule({"method": "majority", "quorum": "1/5"})
    assert set_aside(ratification(HILL, rule=lax)) == ["ratification.rule"]
    assert set_aside(ratification(HILL, charter=CHARTERS[HARBOUR].head.ref)) == ["ratification.charter"]
    assert set_aside(ratification(HILL, charter=None)) == ["ratification.charter"]
    assert set_aside(ratification(HILL, rule=None)) == ["ratification.rule"]
    assert set_aside(ratification(HILL, counts=None)) == ["ratification.counts"]
    assert stances(count(record(ratification(HILL, rule=OWN))))["hill"] == "ratified"


def test_the_second_round_names_the_first_that_left_the_same_text_unresolved() -> None:
    once = first_round()
    second = ratification(HILL, rule=OWN.then, counts=DIVIDED, unresolved=once.head.ref)
    assert stances(count(record(once, second)))["hill"] == "ratified"
    assert set_aside(ratification(HILL, rule=OWN.then, counts=DIVIDED)) == ["ratification.rule"]
    for other in (
        first_round(HARBOUR),
        first_round(status=Status.REJECTED),
        first_round(about=Ref(PROPOSAL.head.ref.id, "zEarlier")),
    ):
        named = replace(second, unresolved=other.head.ref)
        assert set_aside(other, named) == ["ratification.rule"]
        assert count(record(other, named)).missing == (), "it is here, and not what it would have to be"


def test_an_assembly_may_answer_by_its_rule_for_that_kind_of_matter_too() -> None:
    lax = {"method": "majority", "quorum": "1/5"}
    own = charter(HILL, {"rules": {"policy": lax, "task": {"method": "majority", "quorum": "1/4"}}})
    by = ratification(HILL, rule=rule(lax), charter=own.head.ref)
    assert stances(count(record(own, by)))["hill"] == "ratified"
    other = ratification(HILL, rule=own.rules["task"], charter=own.head.ref)
    assert [why.code for _, why in count(record(own, other)).set_aside] == ["ratification.rule"]


def test_where_both_rounds_have_one_rule_an_answer_by_it_needs_no_first_round() -> None:
    consensus = {"method": "consensus", "quorum": "1/5"}
    twice = {"method": "two_stage", "first": consensus, "then": consensus, "quorum": "1/5"}
    own = charter(HILL, {"rules": {"ratification": twice}})
    answer = ratification(HILL, rule=rule(consensus), charter=own.head.ref)
    assert stances(count(record(own, answer)))["hill"] == "ratified"


def test_a_first_round_that_nobody_produces_is_missing() -> None:
    once = first_round()
    second = ratification(HILL, rule=OWN.then, counts=DIVIDED, unresolved=once.head.ref)
    counted = count(record(second))
    assert (stances(counted)["hill"], counted.missing) == ("silent", (once.head.ref,))


def test_a_small_secret_vote_is_checked_by_its_status_alone() -> None:
    small = ratification(HILL, counts=Counts(4, 3), small=True, status=Status.ADOPTED)
    assert stances(count(record(small)))["hill"] == "ratified"
    assert set_aside(replace(small, stance=Stance.REJECTED)) == ["ratification.stance"]
    assert set_aside(replace(small, status=None)) == ["ratification.stance"]


def test_a_decision_carries_a_mandate_only_if_it_was_adopted_by_the_right_rule() -> None:
    mine = CHARTERS[HILL]
    assert decision_is_void(GRANT[HILL], mine, ("mandate",)) is None
    rejected = decision(HILL, hour(1), category="mandate", status=Status.REJECTED)
    claimed = replace(rejected, status=Status.ADOPTED)
    elsewhere = decision(HILL, hour(1), category="exclusion")
    found = [
        decision_is_void(rejected, mine, ("mandate",)),
        decision_is_void(claimed, mine, ("mandate",)),
        decision_is_void(elsewhere, mine, ("mandate",)),
        decision_is_void(GRANT[HILL], CHARTERS[HARBOUR], ("mandate",)),
        decision_is_void(GRANT[HILL], None, ("mandate",)),
        decision_is_void(GRANT[HILL], charter(HILL), ("mandate",)),
        decision_is_void(replace(GRANT[HILL], charter=CHARTERS[HARBOUR].head.ref), CHARTERS[HARBOUR], ("mandate",)),
    ]
    assert [why.code if why else None for why in found] == [
        "decision.status", "decision.status", "decision.rule", *["decision.charter"] * 4
    ]  # fmt: skip


def test_a_decision_hides_the_choices_of_four_and_of_no_more() -> None:
    mine, grant = CHARTERS[HILL], GRANT[HILL]
    for cast, code in ((4, None), (5, "decision.counts")):
        hidden = replace(grant, small=True, counts=Counts(9, cast))
        refused = decision_is_void(hidden, mine, ("mandate",))
        assert (refused.code if refused else None) == code


def test_of_options_an_assembly_is_believed_what_it_came_to_and_not_that_enough_took_part() -> None:
    approval = rule({"method": "approval", "quorum": "1/5"})
    for said in (Status.ADOPTED, Status.UNRESOLVED, Status.REJECTED):
        assert came_to(approval, Counts(20, 4, 4), said, small=False) is said
        assert came_to(approval, Counts(20, 3, 3), said, small=False) is Status.NO_QUORUM
