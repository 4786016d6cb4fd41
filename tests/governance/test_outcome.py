from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.governance.act import Ref
from app.governance.charter import may_be_final
from app.governance.mandate import Item, Latitude
from app.governance.mandate import Kind as Room
from app.governance.outcome import Judgement, Kind, Tendency, judge
from app.governance.proposal import Option
from app.governance.ratification import Stance
from app.governance.rules import Counts, Status
from app.governance.tally import By, Position, Row, counts_of
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.valley import (
    ALL,
    CLOSES,
    HARBOUR,
    HILL,
    MOST_REJECTING,
    PROPOSAL,
    RIVERSIDE,
    ROJIN,
    TOM,
    VALLEY_CHARTER,
    attestation,
    charter,
    count,
    hour,
    known,
    mandate,
    matter,
    outcome,
    ratification,
    recall,
    receipt,
    record,
    rule,
    vote,
)

GIVEN = mandate()
EITHER = mandate(items=(Item(known(PROPOSAL), Latitude(Room.RANGE, (Stance.RATIFIED, Stance.REJECTED))),))
HARBOURS = ratification(HARBOUR)
HELD = record(GIVEN, vote(mandate=GIVEN), HARBOURS, ratification(RIVERSIDE), receipt(HARBOURS))
FIRST = outcome(HELD)
WITHOUT_HARBOUR = replace(HELD, ratifications=HELD.ratifications[1:])


def codes(judged: Judgement) -> set[tuple[str, str | None]]:
    return {(reason.code, reason.clause) for reason in judged.reasons}


@pytest.mark.shows("B9")
def test_an_honest_outcome_is_fine_and_a_sibling_of_the_sealer_comes_to_the_same() -> None:
    assert judge(FIRST, HELD) == Judgement(Kind.FINE)
    assert judge(outcome(HELD, author=RIVERSIDE), HELD, [FIRST]) == Judgement(Kind.FINE)
    later = outcome(HELD, CLOSES + timedelta(hours=2), author=RIVERSIDE)
    assert judge(later, HELD, [FIRST]) == Judgement(Kind.FINE)


@pytest.mark.withstands("F18")
def test_an_outcome_that_leaves_out_what_its_sealer_receipted_is_a_fault_and_the_entry_is_named() -> None:
    second = outcome(WITHOUT_HARBOUR, CLOSES + timedelta(hours=2))
    judged = judge(second, HELD, [FIRST, second])
    assert judged.kind is Kind.FAULT
    left_out = next(reason for reason in judged.reasons if reason.code == "outcome.left_out")
    assert (left_out.clause, left_out.act, left_out.assembly) == ("c", known(HARBOURS), HARBOUR)
    assert ("outcome.second", "d") in codes(judged)
    assert judge(FIRST, HELD, [FIRST, second]) == Judgement(Kind.FINE), "the earlier one is never to blame"


def test_without_a_receipt_an_outcome_that_knew_less_is_stale() -> None:
    unreceipted = replace(HELD, receipts=())
    second = outcome(WITHOUT_HARBOUR)
    assert judge(second, unreceipted).kind is Kind.STALE
    later = receipt(HARBOURS, CLOSES + timedelta(hours=3))
    assert judge(second, unreceipted, receipts=[later]).kind is Kind.STALE
    by_another = replace(receipt(HARBOURS), head=replace(receipt(HARBOURS).head, author=HILL))
    assert judge(second, unreceipted, receipts=[by_another]).kind is Kind.STALE


@pytest.mark.withstands("F22")
@pytest.mark.parametrize("begins", [-9, 80])
def test_a_vote_that_was_void_all_along_does_not_turn_another_answer_into_one_left_out(begins: float) -> None:
    """Tom votes when another mandate has taken the place of his, which may not even have begun: that is no answer."""
    given, instead = (mandate(term="spring", valid_from=hour(begins), when=hour(when)) for when in (-9, 5))
    void, showing = vote(TOM, mandate=given, when=hour(20)), vote(ROJIN, when=hour(10))
    before = record(given, instead, void, receipt(void))
    verdict = "mandate.expired" if begins < 0 else "mandate.not_yet"
    assert [why.code for _, why in count(before).set_aside] == [verdict]
    assert judge(outcome(before), record(given, instead, void, showing, receipt(void))).kind is Kind.STALE


def test_a_receipt_for_an_answer_that_gave_way_to_another_is_a_receipt_for_an_answer() -> None:
    once = ratification(HILL, when=hour(20))
    again = ratification(HILL, Stance.REJECTED, hour(21), supersedes=known(once))
    said_nothing = outcome(record(HARBOURS))
    assert judge(said_nothing, record(HARBOURS, once, again)).kind is Kind.STALE
    judged = judge(said_nothing, record(HARBOURS, once, again, receipt(once)))
    assert [(reason.clause, reason.act) for reason in judged.reasons] == [("c", known(once))]


@pytest.mark.parametrize("indicative", [False, True])
def test_of_two_votes_of_one_second_with_one_choice_a_result_may_name_either(*, indicative: bool) -> None:
    one, other = (vote(who, mandate=GIVEN, when=hour(20), indicative=indicative) for who in (ROJIN, TOM))
    held = record(GIVEN, one, other)
    for named in (one, other):
        rows = tuple(row._replace(acts=(known(named),)) if row.acts else row for row in count(held).rows)
        assert judge(outcome(held, rows=rows), held).kind is Kind.FINE


def test_a_final_outcome_that_calls_an_assembly_silent_is_a_fault_without_a_receipt_too() -> None:
    end = CLOSES + VALLEY_CHARTER.contest
    final = outcome(WITHOUT_HARBOUR, end, final=True)
    judged = judge(final, replace(HELD, receipts=()))
    assert [(reason.clause, reason.act) for reason in judged.reasons] == [("c", known(HARBOURS))]


def test_a_final_outcome_waits_for_the_time_to_object() -> None:
    assert not may_be_final(CLOSES, VALLEY_CHARTER, CLOSES + timedelta(days=6))
    assert may_be_final(CLOSES, VALLEY_CHARTER, CLOSES + timedelta(days=7))
    assert not may_be_final(None, VALLEY_CHARTER, hour(10_000))
    assert codes(judge(outcome(HELD, final=True), HELD)) == {("outcome.final", "a")}


@pytest.mark.withstands("F19")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"counts": Counts(3, 3, 2, disagree=1)}, "outcome.counts"),
        ({"status": Status.UNRESOLVED}, "outcome.status"),
        ({"binds": [HARBOUR, HILL]}, "outcome.binds"),
        ({"binds": None}, "outcome.binds"),
        ({"rule": rule(MOST_REJECTING)}, "outcome.rule"),
        ({"tendency": Tendency(Status.REJECTED, Counts(3, 3, 3))}, "outcome.tendency"),
        ({"tendency": Tendency(Status.ADOPTED, Counts(3, 3, 2, reserve=1))}, "outcome.tendency"),
        ({"confederation": HILL}, "outcome.proposal"),
        ({"proposal": known(HARBOURS)}, "outcome.proposal"),
        ({"roll": [HARBOUR, HILL]}, "outcome.rows"),
    ],
)
def test_an_outcome_that_does_not_follow_from_itself_is_a_fault(changes: dict[str, Any], code: str) -> None:
    judged = judge(outcome(HELD, **changes), HELD)
    assert judged.kind is Kind.FAULT
    assert (code, "a") in codes(judged)


@pytest.mark.withstands("F19")
@pytest.mark.parametrize(
    "changes",
    [
        {"by": By.DELEGATE},
        {"by": None},
        {"acts": ()},
        {"acts": (known(HARBOURS), known(GIVEN))},
        {"stance": Position.INDICATIVE, "by": By.DELEGATE},
        {"stance": Position.INDICATIVE, "choice": Stance.RATIFIED},
        {"stance": Position.CONTESTED},
        {"stance": Position.CONTESTED, "acts": (known(HARBOURS), known(HARBOURS))},
        {
            "stance": Position.INDICATIVE,
            "by": By.DELEGATE,
            "choice": Stance.RATIFIED,
            "acts": (known(HARBOURS), known(GIVEN)),
        },
        {"stance": Position.CONTESTED, "acts": (known(HARBOURS), known(GIVEN)), "choice": Stance.RATIFIED},
        {"stance": Position.SILENT},
        {"stance": Position.SILENT, "acts": (), "choice": Stance.ABSTAINED},
    ],
    ids=str,
)
def test_a_row_has_the_acts_the_author_and_the_choice_that_its_stance_takes(changes: dict[str, Any]) -> None:
    rows = tuple(row._replace(**changes) if row.assembly == HARBOUR else row for row in count(HELD).rows)
    judged = judge(replace(FIRST, rows=rows, counts=counts_of(rows)), HELD)
    assert ("outcome.row", "a") in codes(judged)


@pytest.mark.withstands("F19")
def test_what_another_assembly_answered_is_no_answer_of_this_one() -> None:
    held = record(HARBOURS)
    rows = tuple(
        Row(HILL, Position.RATIFIED, By.RATIFICATION, acts=(known(HARBOURS),)) if row.assembly == HILL else row
        for row in count(held).rows
    )
    claimed = outcome(held, rows=rows, counts=counts_of(rows), tendency=None, binds=[HARBOUR, HILL])
    assert ("outcome.counts_void", "b") in codes(judge(claimed, held))


@pytest.mark.withstands("F19")
def test_a_stance_that_the_act_does_not_have_is_a_fault() -> None:
    rows = tuple(row._replace(stance=Position.RESERVED) if row.assembly == HARBOUR else row for row in count(HELD).rows)
    judged = judge(outcome(HELD, rows=rows, counts=counts_of(rows)), HELD)
    assert ("outcome.misstates", "b") in codes(judged)


@pytest.mark.withstands("F19")
def test_counting_a_void_act_is_a_fault_and_counting_what_nobody_has_is_incomplete() -> None:
    void = ratification(HILL, Stance.RATIFIED, counts=Counts(20, 10, 1, disagree=9))
    nowhere = Ref(Id("https://hill.example/acts/nowhere"), "zNowhere")
    held = record(void, HARBOURS)
    for act, kind in ((known(void), Kind.FAULT), (nowhere, Kind.INCOMPLETE)):
        rows = tuple(
            Row(HILL, Position.RATIFIED, By.RATIFICATION, acts=(act,)) if row.assembly == HILL else row
            for row in count(held).rows
        )
        claimed = outcome(
            held, rows=rows, counts=counts_of(rows), status=Status.ADOPTED, tendency=None, binds=[HARBOUR, HILL]
        )
        assert judge(claimed, held).kind is kind


@pytest.mark.withstands("F19")
def test_a_void_act_is_void_though_another_has_taken_its_place() -> None:
    void = ratification(HILL, when=hour(20), counts=Counts(20, 10, 1, disagree=9))
    good = ratification(HILL, Stance.REJECTED, hour(21), supersedes=known(void))
    held = record(void, good)
    rows = tuple(
        Row(HILL, Position.RATIFIED, By.RATIFICATION, acts=(known(void),)) if row.assembly == HILL else row
        for row in count(held).rows
    )
    claimed = outcome(held, rows=rows, counts=counts_of(rows), status=Status.ADOPTED, tendency=None, binds=[HILL])
    assert ("outcome.counts_void:ratification.stance", "b") in codes(judge(claimed, held))


def test_a_result_without_the_confirmations_that_it_rested_on_is_incomplete() -> None:
    signer = Id("https://hill.example/people/signer")
    watched = charter(
        HILL, {"scrutineers": {"k": 1, "of": [{"id": signer, "publicKeyMultibase": "z6Mk"}]}}, when=hour(-500)
    )
    act = ratification(HILL)
    sealed = outcome(record(watched, act, attestation(signer, act, hour(51))))
    assert judge(sealed, record(watched, act)).kind is Kind.INCOMPLETE


@pytest.mark.withstands("F18")
def test_a_receipt_comes_before_the_result_in_the_ledger_of_its_sealer() -> None:
    unreceipted = replace(HELD, receipts=())
    when = CLOSES + timedelta(hours=2)
    second = outcome(WITHOUT_HARBOUR, when, home_leaf=9)
    for leaf, kind in ((8, Kind.FAULT), (9, Kind.STALE), (10, Kind.STALE)):
        for published in (when, when - timedelta(seconds=1)):
            assert judge(second, unreceipted, receipts=[receipt(HARBOURS, published, leaf)]).kind is kind
    assert judge(second, unreceipted, receipts=[receipt(HARBOURS, when + timedelta(seconds=1), 8)]).kind is Kind.STALE


def test_a_bundle_without_the_act_that_an_outcome_counts_is_incomplete() -> None:
    judged = judge(FIRST, WITHOUT_HARBOUR)
    assert judged.kind is Kind.INCOMPLETE
    assert [(reason.code, reason.act) for reason in judged.reasons] == [("outcome.not_at_hand", known(HARBOURS))]
    assert judged.reasons[0].clause is None, "which is no clause of what is a fault"


def test_an_act_undone_before_it_reached_the_sealer_makes_the_outcome_stale_unless_that_was_receipted() -> None:
    given = mandate()
    cast = vote(TOM, mandate=given, when=hour(60))
    gone = recall(given, hour(59))
    before = record(given, cast)
    sealed = outcome(before)
    assert judge(sealed, before).kind is Kind.FINE
    after = record(given, cast, gone)
    assert judge(sealed, after).kind is Kind.STALE
    assert codes(judge(sealed, after, receipts=[receipt(gone)])) == {("outcome.undone", "b")}


def _in_place_of_another() -> dict[str, tuple[Any, Any]]:
    """An act that counts, and one of the same assembly that takes its place or stands against it."""
    once = ratification(HILL, when=hour(20))
    cast, shown = vote(mandate=GIVEN), vote(TOM, mandate=GIVEN, indicative=True)
    free = vote(mandate=EITHER)
    return {
        "an answer that supersedes it": (once, ratification(HILL, when=hour(21), supersedes=known(once))),
        "a vote that supersedes it": (cast, vote(mandate=GIVEN, when=hour(21), supersedes=known(cast))),
        "the assembly itself": (cast, ratification(HILL, when=hour(21))),
        "the assembly itself, over what only showed the tendency": (shown, ratification(HILL, when=hour(21))),
        "a vote that binds": (shown, vote(mandate=GIVEN, when=hour(21))),
        "the same choice, sooner": (cast, vote(TOM, mandate=GIVEN, when=hour(19))),
        "another binding choice": (free, vote(TOM, Stance.REJECTED, mandate=EITHER, when=hour(21))),
        "another tendency": (shown, vote(ROJIN, Stance.REJECTED, mandate=GIVEN, indicative=True, when=hour(21))),
    }


@pytest.mark.parametrize("by", list(_in_place_of_another()))
def test_counting_what_another_act_undid_is_stale_until_that_was_receipted_or_the_result_is_final(by: str) -> None:
    first, other = _in_place_of_another()[by]
    before, after = record(GIVEN, EITHER, first), record(GIVEN, EITHER, first, other)
    sealed = outcome(before)
    assert judge(sealed, before).kind is Kind.FINE
    assert judge(sealed, after).kind is Kind.STALE
    assert codes(judge(sealed, replace(after, receipts=(receipt(other),)))) == {("outcome.undone", "b")}
    final = outcome(before, CLOSES + VALLEY_CHARTER.contest, final=True)
    assert codes(judge(final, after)) == {("outcome.undone", "b")}


def test_counting_one_of_two_contesting_ratifications_is_stale_until_the_other_was_receipted() -> None:
    one, other = ratification(HILL, when=hour(10)), ratification(HILL, when=hour(11))
    sealed = outcome(record(one))
    assert judge(sealed, record(one, other)).kind is Kind.STALE
    assert judge(sealed, record(one, other, receipt(other))).kind is Kind.FAULT


def test_a_correction_that_names_the_earlier_outcome_is_no_second_one() -> None:
    first = outcome(WITHOUT_HARBOUR)
    corrected = outcome(HELD, CLOSES + timedelta(hours=2), correction_of=known(first))
    third = outcome(HELD, CLOSES + timedelta(hours=3), correction_of=known(corrected))
    assert judge(corrected, HELD, [first, corrected, third]) == Judgement(Kind.FINE)
    assert judge(third, HELD, [first, corrected, third]) == Judgement(Kind.FINE)
    nowhere = Ref(Id("https://valley.example/acts/nowhere"), "zNowhere")
    broken = outcome(HELD, CLOSES + timedelta(hours=4), correction_of=nowhere)
    assert judge(broken, HELD, [first]).kind is Kind.INCOMPLETE, "what nobody produced may have named it"
    about_another = replace(first, proposal=nowhere)
    assert judge(FIRST, HELD, [replace(about_another, head=replace(first.head, published=hour(1)))]).kind is Kind.FINE
    branch = outcome(HELD, CLOSES + timedelta(hours=4), correction_of=known(first))
    assert codes(judge(branch, HELD, [first, corrected, third, branch])) == {("outcome.second", "d")}


def test_the_ledger_says_which_of_two_outcomes_of_one_second_is_the_later() -> None:
    when = CLOSES + timedelta(hours=1)
    later, earlier = outcome(HELD, when, home_leaf=5, because=[]), outcome(HELD, when, home_leaf=4)
    assert judge(earlier, replace(HELD, receipts=()), [later]).kind is Kind.FINE
    assert codes(judge(later, replace(HELD, receipts=()), [earlier])) == {("outcome.second", "d")}


def test_a_wrong_order_of_rows_is_no_fault() -> None:
    assert judge(replace(FIRST, rows=FIRST.rows[::-1], roll=ALL[::-1]), HELD).kind is Kind.FINE
    assert judge(FIRST, replace(HELD, roll=ALL[::-1])).kind is Kind.FINE
    either = record(ratification(HILL, when=hour(10)), ratification(HILL, when=hour(11)), HARBOURS)
    honest = outcome(either)
    turned = replace(honest, rows=tuple(row._replace(acts=row.acts[::-1]) for row in honest.rows))
    assert judge(turned, either).kind is Kind.FINE


def test_an_outcome_with_another_roll_than_the_frozen_one_is_a_fault() -> None:
    judged = judge(outcome(replace(HELD, roll=(HARBOUR, HILL))), HELD)
    assert ("outcome.roll", "b") in codes(judged)
    followed = judge(outcome(replace(HELD, roll=(HARBOUR, HILL))), replace(HELD, frozen=False))
    assert followed.kind is Kind.INCOMPLETE, "with no frozen roll at hand nobody can say which one it should be"
    assert judge(FIRST, replace(HELD, unclear=True)).kind is Kind.INCOMPLETE


def test_without_the_charter_nothing_is_blamed_on_anybody() -> None:
    assert judge(FIRST, replace(HELD, charter=None)).kind is Kind.INCOMPLETE
    everyone = replace(HELD, charter=replace(VALLEY_CHARTER, binds={"policy": "all"}))
    binding_all = outcome(replace(everyone, ratifications=everyone.ratifications[:1]))
    assert binding_all.binds == ALL
    assert judge(binding_all, replace(everyone, charter=None)).kind is Kind.INCOMPLETE, "its rules are unread"


@pytest.mark.withstands("F22")
def test_a_result_by_rules_that_are_not_in_force_or_on_a_question_of_nothing_is_a_fault() -> None:
    unsound = replace(HELD, unsound=Refusal("charter.outcome", "nobody adopted it"))
    assert ("outcome.proposal", "b") in codes(judge(FIRST, unsound))
    how = rule({"method": "approval", "quorum": "1/5"})
    asks_nothing = replace(PROPOSAL, forum=(HARBOUR, HILL), listed=True, charter=None, rule=how)
    assert ("outcome.proposal", "b") in codes(judge(FIRST, replace(HELD, proposal=asks_nothing, charter=None)))


@pytest.mark.withstands("F19")
def test_a_result_of_a_list_binds_whom_the_defaults_bind() -> None:
    pact = replace(PROPOSAL, forum=(HARBOUR, HILL), listed=True, charter=None)
    answer = ratification(HILL, proposal=pact, confederation=None)
    held = record(answer, proposal=pact, charter=None, roll=(HARBOUR, HILL))
    honest = outcome(held, author=HILL)
    assert judge(honest, held).kind is Kind.FINE
    assert ("outcome.binds", "a") in codes(judge(replace(honest, binds=(HARBOUR, HILL)), held))


@pytest.mark.withstands("F22")
def test_the_text_that_a_result_says_won_is_the_one_that_came_first() -> None:
    mill, school = (Ref(Id(f"https://hill.example/acts/{name}"), f"z{name}") for name in ("mill", "school"))
    texts = [Option("mill", "The mill", mill), Option("school", "The school", school)]
    about = matter({"method": "approval", "quorum": "1/5"}, options=texts)
    held = record(ratification(HILL, proposal=about[1], ballot=["mill"]), about=about)
    sealed = outcome(held, adopted=mill)
    assert judge(sealed, held).kind is Kind.FINE
    assert codes(judge(replace(sealed, adopted=school), held)) == {("outcome.adopted", "a")}
    tied = record(ratification(HILL, proposal=about[1], ballot=["mill", "school"]), about=about)
    assert codes(judge(outcome(tied, adopted=mill), tied)) == {("outcome.adopted", "a")}
