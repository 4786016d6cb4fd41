# ruff: noqa: ANN401 - keys are handed through to builders of many types, which the readers then check

from dataclasses import replace
from typing import Any

import pytest

from app.governance.act import Ref
from app.governance.outcome import Kind, judge
from app.governance.proposal import Option, is_void
from app.governance.ratification import Stance
from app.governance.rules import Counts, Status
from app.governance.tally import brought
from app.governance.weights import Share, people_of
from app.kernel.ids import Id
from tests.governance.valley import (
    CLOSES,
    HARBOUR,
    HILL,
    JO,
    RIVERSIDE,
    count,
    hour,
    mandate,
    matter,
    outcome,
    ratification,
    record,
    stances,
    vote,
)

PEOPLE = {"method": "majority", "weight": "people", "quorum": "1/5"}
SEATS = {"method": "majority", "weight": "delegates", "quorum": "1/5"}
MILL, SCHOOL = Option("mill", "The mill"), Option("school", "The school")


def no(author: Id, **keys: Any) -> Any:
    return ratification(author, Stance.REJECTED, **keys)


def weighed(counted: Any) -> dict[str, Any]:
    return dict(next(fact.figures for fact in counted.because if fact.code == "weighed"))


@pytest.mark.shows("B9")
def test_by_people_every_class_of_every_answer_counts_whatever_its_stance() -> None:
    about = matter(PEOPLE)
    proposal = about[1]
    held = record(
        ratification(HILL, proposal=proposal, counts=Counts(90, 60, 60)),
        no(HARBOUR, proposal=proposal, counts=Counts(100, 80, 20, disagree=60)),
        about=about,
    )
    counted = count(held)
    assert weighed(counted) == {"weight": "people", "yes": 80, "no": 60, "entitled": 190}
    assert counted.status is Status.ADOPTED
    assert (counted.counts.agree, counted.counts.disagree) == (1, 1), "the counts of an Outcome are of assemblies"


def test_votes_by_mandate_and_silence_add_no_people() -> None:
    about = matter(PEOPLE)
    by_mandate = mandate(items=[replace(mandate().items[0], subject=about[1].head.ref)])
    held = record(
        by_mandate,
        vote(mandate=by_mandate, proposal=about[1].head.ref),
        ratification(HARBOUR, proposal=about[1], counts=Counts(50, 30, 30)),
        about=about,
    )
    counted = count(held)
    assert stances(counted)["hill"] == "ratified"
    assert weighed(counted)["entitled"] == 50
    assert judge(outcome(held), held).kind is Kind.FINE, "nor are they missed"


@pytest.mark.withstands("F32")
def test_an_answer_that_hides_its_few_choices_adds_its_people_as_abstaining() -> None:
    about = matter({"method": "qualified", "threshold": "1/2", "base": "valid", "weight": "people", "quorum": "1/5"})
    few = ratification(HILL, proposal=about[1], counts=Counts(9, 4), small=True, status=Status.ADOPTED)
    full = ratification(HARBOUR, proposal=about[1], counts=Counts(20, 10, 10))
    counted = count(record(few, full, about=about))
    assert weighed(counted) == {"weight": "people", "yes": 10, "no": 0, "entitled": 29}
    share = dict(next(fact.figures for fact in counted.because if fact.code.startswith("share")))
    assert share["whole"] == 19


def test_people_are_added_up_by_class_and_a_council_without_counts_adds_none() -> None:
    full = ratification(HILL, counts=Counts(100, 40, 11, 3, 4, 5, 2, 6), when=hour(1))
    more = ratification(HARBOUR, counts=Counts(50, 30, 1, 2, 3, 4, 5, 6))
    few = replace(ratification(RIVERSIDE, counts=Counts(9, 4)), small=True)
    council = ratification(RIVERSIDE, counts=None)
    added = Counts(159, 79, 12, 5, 7, 9, 7, 21)
    assert people_of([full, few, council, more]) == people_of([few, more, full]) == added
    assert people_of([council]) == Counts()


def test_by_people_only_the_answer_that_stands_brings_its_people() -> None:
    about = matter(PEOPLE)
    once = ratification(HILL, proposal=about[1], counts=Counts(90, 60, 60), when=hour(10))
    again = ratification(HILL, proposal=about[1], counts=Counts(70, 40, 40), when=hour(11), supersedes=once.head.ref)
    beside_it = ratification(HILL, proposal=about[1], counts=Counts(80, 50, 50), when=hour(11))
    other = ratification(HARBOUR, proposal=about[1], counts=Counts(20, 10, 10))
    for own, entitled in (((once,), 110), ((once, again), 90), ((once, beside_it), 20)):
        held = record(*own, other, about=about)
        assert weighed(count(held))["entitled"] == entitled
        assert judge(outcome(held), held).kind is Kind.FINE


@pytest.mark.withstands("F19")
def test_a_row_without_an_act_or_of_nobody_on_the_roll_is_a_fault_of_its_sealer() -> None:
    about = matter(PEOPLE)
    held = record(ratification(HILL, proposal=about[1]), about=about)
    honest = outcome(held)
    without = tuple(row._replace(acts=()) for row in honest.rows)
    assert judge(replace(honest, rows=without), held).kind is Kind.FAULT
    stranger = Id("https://stranger.example/assembly")
    renamed = tuple(row._replace(assembly=stranger) if row.acts else row for row in honest.rows)
    roll = tuple(row.assembly for row in renamed)
    assert judge(replace(honest, rows=renamed, roll=roll), held).kind is Kind.FAULT


@pytest.mark.shows("G9")
def test_the_tendency_by_seats_has_the_seats_of_indicative_votes() -> None:
    about = matter(SEATS)
    held = record(
        no(HILL, proposal=about[1]),
        vote(JO, proposal=about[1].head.ref),
        about=about,
        seats=((HILL, 2), (HARBOUR, 3)),
    )
    counted = count(held)
    assert (counted.status, counted.tendency.status) == (Status.REJECTED, Status.ADOPTED)
    assert dict(counted.tendency.because[2].figures) == {"weight": "delegates", "yes": 3, "no": 2, "entitled": 6}


def test_what_each_brought_adds_up_to_what_was_counted() -> None:
    both = {"method": "double", "a": SEATS, "b": PEOPLE, "quorum": "1/5"}
    about = matter(both, "referendum")
    few = ratification(HILL, proposal=about[1], counts=Counts(9, 4), small=True, status=Status.ADOPTED)
    full = ratification(HARBOUR, proposal=about[1], counts=Counts(20, 10, 7, reserve=3))
    held = record(few, full, about=about, seats=((HILL, 2),))
    assert brought(held, count(held), CLOSES) == {
        HILL: Share(2, Counts(9, 9, abstain=9), hidden=True),
        HARBOUR: Share(1, Counts(20, 10, 7, 3)),
        RIVERSIDE: Share(1),
    }
    for alone, kept in ((SEATS, Share(1)), (PEOPLE, Share(None, Counts(20, 10, 10)))):
        about = matter(alone)
        held = record(ratification(HARBOUR, proposal=about[1]), about=about)
        assert brought(held, count(held), CLOSES)[HARBOUR] == kept
    plain = record(ratification(HARBOUR))
    assert brought(plain, count(plain), CLOSES) == {}


def test_seats_are_those_that_were_frozen_with_the_roll() -> None:
    about = matter(SEATS)
    held = record(
        ratification(HILL, proposal=about[1]),
        no(HARBOUR, proposal=about[1]),
        no(RIVERSIDE, proposal=about[1]),
        about=about,
        seats=((HILL, 5), (HARBOUR, 2)),
    )
    counted = count(held)
    assert weighed(counted) == {"weight": "delegates", "yes": 5, "no": 3, "entitled": 8}
    assert counted.status is Status.ADOPTED


@pytest.mark.withstands("F22")
def test_a_result_by_seats_is_judged_only_with_every_seat_at_hand() -> None:
    about = matter(SEATS)
    seats = ((HILL, 2), (HARBOUR, 1), (RIVERSIDE, 1))
    held = record(ratification(HILL, proposal=about[1]), no(HARBOUR, proposal=about[1]), about=about, seats=seats)
    honest = outcome(held)
    assert judge(honest, held).kind is Kind.FINE
    unknown = judge(honest, replace(held, seats=seats[1:]))
    assert [(reason.kind, reason.code) for reason in unknown.reasons] == [(Kind.INCOMPLETE, "outcome.seats")]
    pact = replace(about[1], forum=(HARBOUR, HILL), listed=True, charter=None)
    answer = ratification(HILL, proposal=pact, confederation=None)
    listed = record(answer, proposal=pact, charter=None, roll=(HARBOUR, HILL))
    assert judge(outcome(listed, author=HILL), listed).kind is Kind.FINE, "in a list each has one"


def test_a_double_majority_needs_both() -> None:
    both = {
        "method": "double",
        "a": {"method": "majority", "base": "entitled", "quorum": "1/5"},
        "b": {"method": "qualified", "threshold": "3/5", "weight": "people", "quorum": "1/5"},
        "quorum": "1/5",
    }
    about = matter(both, "referendum")
    small = [ratification(one, proposal=about[1], counts=Counts(30, 20, 20)) for one in (HILL, RIVERSIDE)]
    large = no(HARBOUR, proposal=about[1], counts=Counts(300, 200, 20, disagree=180))
    counted = count(record(*small, large, about=about))
    assert counted.status is Status.REJECTED
    parts = [dict(fact.figures) for fact in counted.because if fact.code == "double.part"]
    assert [(part["weight"], part["status"]) for part in parts] == [("assemblies", "adopted"), ("people", "rejected")]


@pytest.mark.withstands("F22")
def test_an_outcome_by_people_is_recounted_from_the_acts_themselves() -> None:
    about = matter(PEOPLE)
    acts = (
        ratification(HILL, proposal=about[1], counts=Counts(30, 20, 20)),
        no(HARBOUR, proposal=about[1], counts=Counts(300, 200, 20, disagree=180)),
    )
    held = record(*acts, about=about)
    honest = outcome(held)
    assert honest.status is Status.REJECTED
    assert judge(honest, held).kind is Kind.FINE
    altered = judge(replace(honest, status=Status.ADOPTED, binds=(HILL,)), held)
    assert [(reason.code, reason.clause) for reason in altered.reasons] == [("outcome.status", "a")]
    lacking = judge(honest, replace(held, ratifications=held.ratifications[:1]))
    assert lacking.kind is Kind.INCOMPLETE, "an act that nobody can produce accuses nobody"


def choosing(how: dict[str, Any], *ballots: tuple[Id, object], **keys: Any) -> Any:
    about = matter({"quorum": "1/5", **how}, options=[MILL, SCHOOL])
    acts = [ratification(author, proposal=about[1], ballot=ballot) for author, ballot in ballots]
    return record(*acts, about=about, **keys)


def test_assemblies_choose_among_options_and_the_order_is_in_the_outcome() -> None:
    held = choosing(
        {"method": "ranked"}, (HILL, [["mill"], ["school"]]), (HARBOUR, [["mill"]]), (RIVERSIDE, [["school"]])
    )
    counted = count(held)
    assert counted.status is Status.ADOPTED
    assert counted.result.order == (("mill",), ("school",), ("no-change",))
    sealed = outcome(held)
    assert judge(sealed, held).kind is Kind.FINE
    lacking = judge(sealed, replace(held, ratifications=()))
    assert {(reason.kind, reason.code) for reason in lacking.reasons} == {(Kind.INCOMPLETE, "outcome.not_at_hand")}
    turned = judge(replace(sealed, order=(("school",), ("mill",), ("no-change",))), held)
    assert [(reason.code, reason.clause) for reason in turned.reasons] == [("outcome.order", "a")]


def test_a_ballot_that_is_none_counts_as_no_answer() -> None:
    counted = count(choosing({"method": "approval"}, (HILL, ["tower"]), (HARBOUR, ["mill"])))
    assert stances(counted)["hill"] == "silent"
    assert [why.code for _, why in counted.set_aside] == ["vote.ballot"]
    assert counted.result.order == (("mill",), ("school",))


def test_an_answer_may_say_nothing_of_the_options_and_a_ballot_makes_no_void_answer_good() -> None:
    about = matter({"method": "approval", "quorum": "1/5"}, options=[MILL, SCHOOL])
    silent_on_options = ratification(HILL, proposal=about[1])
    void = ratification(HARBOUR, proposal=about[1], ballot=["school"], counts=Counts(20, 10, 1, disagree=9))
    chooses = ratification(RIVERSIDE, proposal=about[1], ballot=["mill"])
    counted = count(record(silent_on_options, void, chooses, about=about))
    assert stances(counted) == {"harbour": "silent", "hill": "ratified", "riverside": "ratified"}
    assert counted.result.order == (("mill",), ("school",))


def test_whoever_rejects_chooses_none_of_the_options() -> None:
    about = matter({"method": "approval", "quorum": "1/5"}, options=[MILL, SCHOOL])
    held = record(
        no(HILL, proposal=about[1], ballot=["school"]),
        ratification(HARBOUR, proposal=about[1], ballot=["mill"]),
        about=about,
    )
    assert count(held).result.order == (("mill",), ("school",))


def first_and_next(counted: Any) -> tuple[Any, Any]:
    told = dict(next(fact.figures for fact in counted.because if fact.code == "option.first"))
    return told["total"], told["next_total"]


def test_a_ballot_weighs_what_the_rule_weighs() -> None:
    ballots: tuple[tuple[Id, object], ...] = ((HILL, ["mill"]), (HARBOUR, ["school"]))
    alike = choosing({"method": "approval"}, *ballots)
    by_seats = choosing({"method": "approval", "weight": "delegates"}, *ballots, seats=((HARBOUR, 3),))
    assert count(alike).status is Status.UNRESOLVED
    assert count(by_seats).result.order == (("school",), ("mill",))
    assert first_and_next(count(by_seats)) == (3, 1)
    about = matter({"method": "approval", "weight": "people", "quorum": "1/5"}, options=[MILL, SCHOOL])
    many = ratification(HILL, proposal=about[1], ballot=["mill"], counts=Counts(50, 40, 20, reserve=10, abstain=10))
    few = ratification(HARBOUR, proposal=about[1], ballot=["school"], counts=Counts(90, 29, 29))
    assert first_and_next(count(record(many, few, about=about))) == (30, 29), "the people who agreed"


def test_a_tie_waits_for_the_draw_that_the_rule_names() -> None:
    draw = Ref(Id("https://valley.example/acts/draw"), "zDraw")
    how = {"method": "approval", "lot": {"id": draw.id, "gov:digest": draw.digest}}
    ballots: tuple[tuple[Id, object], ...] = ((HILL, ["mill"]), (HARBOUR, ["school"]))
    waiting, drawn = choosing(how, *ballots), choosing(how, *ballots, seeds=((draw, "seven"),))
    assert count(waiting).status is Status.UNRESOLVED
    assert (count(drawn).status, count(drawn).result.order) == (Status.ADOPTED, (("school",), ("mill",)))
    assert judge(outcome(drawn), drawn).kind is Kind.FINE
    assert judge(outcome(drawn), replace(drawn, seeds=())).kind is Kind.INCOMPLETE


@pytest.mark.parametrize("number", [0, 101])
def test_a_question_without_options_or_with_too_many_is_void(number: int) -> None:
    many = [Option(f"option-{one}", "An option") for one in range(number)]
    own, proposal = matter({"method": "ranked", "quorum": "1/5"}, options=many)
    void = is_void(proposal, own)
    assert void is not None
    assert void.code == "proposal.options"
