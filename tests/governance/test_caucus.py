# ruff: noqa: ANN401 - keys are handed through to builders of many types, which the readers then check

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.governance.act import Ref
from app.governance.outcome import Kind, judge
from app.governance.ratification import Ratification, Stance
from app.governance.rules import Counts, Status
from app.governance.tally import heard
from app.kernel.ids import Id
from app.translation import build
from tests.governance.valley import (
    CLOSES,
    HARBOUR,
    HILL,
    MOST,
    VALLEY,
    charter,
    count,
    hour,
    matter,
    outcome,
    ratification,
    receipt,
    record,
    rule,
    sealed,
    stances,
)

WOMEN = Id("https://women.example/assembly")


def held_by(mode: str) -> tuple[Any, Any]:
    return matter({"method": "majority", "quorum": "1/5", "caucus": [{"body": WOMEN, "mode": mode}]})


def said(proposal: Any, stance: Stance, counts: Counts | None = None) -> Ratification:
    figures = Counts(20, 10, 10) if stance is not Stance.REJECTED else Counts(20, 10, disagree=10)
    return sealed(
        Ratification,
        build.ratification,
        WOMEN,
        hour(40),
        confederation=VALLEY,
        proposal=proposal.head.ref,
        stance=stance,
        rule=rule(MOST),
        counts=counts or figures,
    )


@pytest.mark.shows("R12")
@pytest.mark.parametrize(
    ("mode", "stance", "status"),
    [
        ("concurrent", Stance.RATIFIED, Status.ADOPTED),
        ("concurrent", Stance.ABSTAINED, Status.REJECTED),
        ("concurrent", None, Status.REJECTED),
        ("veto", Stance.REJECTED, Status.UNRESOLVED),
        ("veto", None, Status.ADOPTED),
    ],
)
def test_a_caucus_agrees_as_well_or_suspends(mode: str, stance: Stance | None, status: Status) -> None:
    about = held_by(mode)
    answers = [ratification(one, proposal=about[1]) for one in (HILL, HARBOUR)]
    if stance is not None:
        answers.append(said(about[1], stance))
    held = record(*answers, about=about)
    counted = count(held)
    assert counted.status is status
    assert counted.counts.entitled == 3, "a caucus is no member"
    assert WOMEN not in {row.assembly for row in counted.rows}
    assert counted.set_aside == ()
    [(caucus, stand)] = heard(held, CLOSES)
    assert (caucus.body, stand.row.stance) == (WOMEN, stance or "silent")
    assert heard(held, hour(39))[0][1].row.stance == "silent"


def test_a_caucus_has_no_charter_to_cite_and_no_co_signers() -> None:
    own, proposal = held_by("concurrent")
    nowhere = Ref(Id("https://women.example/acts/rules"), "zRules")
    agreed = replace(said(proposal, Stance.RATIFIED), charter=nowhere)
    signer = {"id": "https://hill.example/people/signer", "publicKeyMultibase": "z6Mk"}
    watched = charter(HILL, {"scrutineers": {"k": 1, "of": [signer]}}, when=hour(-500))
    counted = count(record(watched, agreed, ratification(HARBOUR, proposal=proposal), about=(own, proposal)))
    assert (counted.status, counted.missing) == (Status.ADOPTED, ())


@pytest.mark.shows("R12")
def test_a_caucus_that_is_a_member_too_is_counted_as_one() -> None:
    about = held_by("concurrent")
    answers = [ratification(one, proposal=about[1]) for one in (HILL, HARBOUR)]
    counted = count(record(*answers, said(about[1], Stance.RATIFIED), about=about, roll=(HARBOUR, HILL, WOMEN)))
    assert (counted.counts.entitled, WOMEN in {row.assembly for row in counted.rows}) == (3, True)
    assert counted.status is Status.ADOPTED


def test_a_caucus_whose_stance_does_not_follow_from_its_counts_said_nothing() -> None:
    about = held_by("concurrent")
    answers = [ratification(one, proposal=about[1]) for one in (HILL, HARBOUR)]
    void = said(about[1], Stance.RATIFIED, Counts(20, 10, 2, disagree=8))
    assert count(record(*answers, void, about=about)).status is Status.REJECTED


@pytest.mark.shows("R12")
def test_an_outcome_that_passes_over_a_caucus_is_judged_like_one_that_leaves_an_answer_out() -> None:
    about = held_by("veto")
    answers = [ratification(one, proposal=about[1]) for one in (HILL, HARBOUR)]
    refused = said(about[1], Stance.REJECTED)
    before, full = record(*answers, about=about), record(*answers, refused, about=about)
    sealed_before = outcome(before)
    assert sealed_before.status is Status.ADOPTED
    assert judge(sealed_before, before).kind is Kind.FINE
    assert judge(sealed_before, full).kind is Kind.STALE
    received = record(*answers, refused, receipt(refused), about=about)
    assert [(one.code, one.clause) for one in judge(sealed_before, received).reasons] == [("outcome.left_out", "c")]
    final = replace(sealed_before, final=True, head=replace(sealed_before.head, published=CLOSES + timedelta(days=8)))
    assert judge(final, full).kind is Kind.FAULT
    suspended = outcome(full)
    assert judge(suspended, before).kind is Kind.INCOMPLETE, "what the caucus said is not at hand"
    assert stances(count(full)) == {"harbour": "ratified", "hill": "ratified", "riverside": "silent"}
