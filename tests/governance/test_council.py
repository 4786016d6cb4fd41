from dataclasses import replace
from itertools import permutations

import pytest

from app.governance.assembly import Body
from app.governance.council import (
    Admission,
    Withdrawal,
    admission_is_void,
    check_admission,
    check_receipt_roll,
    is_forming,
    roll_at,
    seats_at,
)
from app.governance.permission import may_seal
from app.governance.ratification import Ratification, Stance
from app.governance.rules import Status
from app.governance.session import Registration, Session, called, registered_before
from app.kernel.ids import Id
from app.translation import build
from tests.governance.valley import (
    HARBOUR,
    HILL,
    PROPOSAL,
    RIVERSIDE,
    VALLEY,
    VALLEY_CHARTER,
    hour,
    known,
    mandate,
    ratification,
    receipt,
    sealed,
)

OUTCOME = known(PROPOSAL)


def founds(author: Id, hours: float, stance: Stance = Stance.RATIFIED) -> Ratification:
    return replace(ratification(author, stance, hour(hours)), proposal=known(VALLEY_CHARTER))


JOINS = sealed(Admission, build.admission, VALLEY, hour(-500), assembly=HARBOUR, outcome=OUTCOME, keylog="zKeys")
LEAVES = sealed(Withdrawal, build.withdrawal, HILL, hour(40), confederation=VALLEY, assembly=HILL)
FOUNDERS = (founds(RIVERSIDE, -900), founds(HILL, -800))


def test_seats_are_those_of_the_founding_charter_and_of_the_latest_admission_by_then() -> None:
    more = sealed(Admission, build.admission, VALLEY, hour(-400), assembly=HARBOUR, outcome=OUTCOME, seats=4)
    found = {
        when: dict(seats_at(VALLEY_CHARTER, (more, JOINS), hour(when))).get(HARBOUR) for when in (-501, -500, -400)
    }
    assert found == {-501: None, -500: 1, -400: 4}
    assert dict(seats_at(VALLEY_CHARTER, (), hour(0))) == {RIVERSIDE: 1, HILL: 1}


@pytest.mark.parametrize("founders", list(permutations(FOUNDERS)), ids=["in order", "the other way round"])
def test_members_join_by_their_own_act_and_leave_by_their_own_act(founders: tuple[Ratification, ...]) -> None:
    moments = {
        -901: (),
        -900: (RIVERSIDE,),
        -800: (HILL, RIVERSIDE),
        -500: (HARBOUR, HILL, RIVERSIDE),
        40: (HARBOUR, RIVERSIDE),
    }
    found = {when: roll_at(VALLEY_CHARTER, founders * 2, [JOINS], [LEAVES], hour(when)) for when in moments}
    assert found == moments
    assert is_forming(found[-900])
    assert not is_forming(found[-800])


def test_who_agreed_with_reservations_founds_too_and_who_left_may_be_admitted_again() -> None:
    reserved = (founds(RIVERSIDE, -900), founds(HILL, -800, Stance.RESERVED))
    assert roll_at(VALLEY_CHARTER, reserved, [], [], hour(0)) == (HILL, RIVERSIDE)
    again = sealed(Admission, build.admission, VALLEY, hour(50), assembly=HILL, outcome=OUTCOME)
    found = {
        when: HILL in roll_at(VALLEY_CHARTER, FOUNDERS, [again], [LEAVES], hour(when)) for when in (39, 40, 49, 50)
    }
    assert found == {39: True, 40: False, 49: False, 50: True}
    at_once = replace(LEAVES, head=replace(LEAVES.head, published=hour(50)))
    assert HILL not in roll_at(VALLEY_CHARTER, FOUNDERS, [again], [at_once], hour(50)), "whoever does both has left"


def test_nobody_is_put_on_the_roll_or_taken_off_it_by_another() -> None:
    unlisted, refused = founds(HARBOUR, -900), founds(HILL, -800, Stance.REJECTED)
    other_text = ratification(HILL, when=hour(-800))
    assert roll_at(VALLEY_CHARTER, [unlisted, refused, other_text], [], [], hour(0)) == ()
    by_a_member = replace(JOINS, head=replace(JOINS.head, author=HILL))
    of_another, from_another = replace(LEAVES, assembly=RIVERSIDE), replace(LEAVES, confederation=HARBOUR)
    assert roll_at(VALLEY_CHARTER, FOUNDERS, [by_a_member], [of_another, from_another], hour(100)) == (HILL, RIVERSIDE)


def test_a_receipt_freezes_the_roll_of_the_opening_or_of_its_own_moment() -> None:
    frozen = replace(receipt(PROPOSAL), roll=(HILL, RIVERSIDE))
    assert check_receipt_roll(frozen, {(HILL, RIVERSIDE), (HARBOUR,)}) is None
    for wrong in (frozen, replace(frozen, roll=None)):
        found = check_receipt_roll(wrong, {(HARBOUR,), (HARBOUR, HILL)})
        assert found is not None
        assert found.code == "receipt.roll"


def test_an_admission_rests_on_an_adopted_outcome_about_that_assembly() -> None:
    asked = replace(PROPOSAL, category="admission", assembly=HARBOUR)
    assert admission_is_void(JOINS, asked, VALLEY, Status.ADOPTED, 2) is None
    for proposal, whose, status in (
        (asked, VALLEY, Status.REJECTED),
        (asked, HILL, Status.ADOPTED),
        (replace(asked, assembly=HILL), VALLEY, Status.ADOPTED),
        (replace(asked, category="policy"), VALLEY, Status.ADOPTED),
        (replace(asked, forum=(HILL,)), VALLEY, Status.ADOPTED),
    ):
        found = admission_is_void(JOINS, proposal, whose, status, 2)
        assert found is not None
        assert found.code == "admission.outcome"
    alone = admission_is_void(JOINS, asked, VALLEY, Status.ADOPTED, 1)
    assert alone is not None
    assert alone.code == "admission.vouched"


def test_the_151st_member_is_refused() -> None:
    roll = tuple(Id(f"https://commune-{number}.example/assembly") for number in range(150))
    full, twice = check_admission(roll, HILL), check_admission(roll[:9], roll[0])
    assert full is not None
    assert twice is not None
    assert (full.code, twice.code) == ("assembly.full", "assembly.member")
    assert check_admission(roll[:149], HILL) is None


@pytest.mark.shows("B8")
@pytest.mark.parametrize("policy", ["gov:Proposal", "gov:Decision", "gov:DelegateVote", "gov:Registration"])
def test_a_council_has_no_opinions(policy: str) -> None:
    refused = may_seal(Body.COUNCIL, policy, outcome=OUTCOME)
    assert refused is not None
    assert refused.code == "body.may_not_seal"


@pytest.mark.shows("B8")
@pytest.mark.parametrize(
    "act_type", ["gov:Ratification", "gov:Charter", "gov:Mandate", "gov:Recall", "gov:Withdrawal", "gov:Admission"]
)
def test_a_council_seals_what_its_members_came_to_and_nothing_before(act_type: str) -> None:
    assert may_seal(Body.COUNCIL, act_type) is not None
    assert may_seal(Body.COUNCIL, act_type, outcome=OUTCOME) is None
    assert may_seal(Body.COUNCIL, "gov:Charter", first_charter=True) is None


def test_a_forming_confederation_seals_what_it_takes_to_form() -> None:
    for allowed in ("gov:KeyEvent", "gov:Session", "gov:Receipt", "gov:Draft"):
        assert may_seal(Body.COUNCIL, allowed, forming=True) is None
    for refused in ("gov:Outcome", "gov:Task", "gov:Report"):
        assert may_seal(Body.COUNCIL, refused, forming=True) is not None


_TYPES = (
    "Charter Proposal Decision Ratification Mandate Recall DelegateVote Report Attestation Session Registration Draft"
    " Task Receipt Outcome Admission Withdrawal DrawPool DrawReveal Draw KeyEvent Redaction ResourceOffer ResourceNeed"
)
ACTS = {f"gov:{name}" for name in _TYPES.split()}
MAY_SEAL = {
    Body.COMMUNE: "Charter Proposal Decision Ratification Mandate Recall Withdrawal Report Task Draft ResourceOffer"
    " ResourceNeed DrawPool DrawReveal Draw Outcome Session Receipt KeyEvent Redaction Registration",
    Body.COUNCIL: "Session Receipt Outcome Admission Draft Task DrawPool DrawReveal Draw Report KeyEvent Redaction"
    " Ratification Charter Mandate Recall Withdrawal",
    Body.COMMITTEE: "Proposal Report Draft KeyEvent",
    Body.CAUCUS: "Proposal Report Draft KeyEvent Ratification",
    None: "DelegateVote Attestation Report",
}
"""What each may seal, a council's opinions on the outcome of its members only (governance.md §1, fine-print 25)."""


@pytest.mark.shows("B8")
@pytest.mark.parametrize("body", list(MAY_SEAL), ids=str)
def test_each_body_seals_what_the_rules_give_it_and_nothing_else(body: Body | None) -> None:
    allowed = {f"gov:{name}" for name in MAY_SEAL[body].split()}
    assert {act for act in ACTS if may_seal(body, act, outcome=OUTCOME) is None} == allowed


def test_a_commune_decides_and_a_person_votes() -> None:
    for allowed in ("gov:Proposal", "gov:Ratification", "gov:Mandate", "gov:Recall", "gov:Outcome", "gov:Session"):
        assert may_seal(Body.COMMUNE, allowed) is None
    assert may_seal(Body.COMMUNE, "gov:Admission", outcome=OUTCOME) is not None
    assert may_seal(Body.COMMUNE, "gov:DelegateVote") is not None
    assert may_seal(None, "gov:DelegateVote") is None
    assert may_seal(None, "gov:Ratification") is not None
    assert may_seal(Body.COMMITTEE, "gov:Proposal") is None
    assert may_seal(Body.COMMITTEE, "gov:Ratification") is not None
    assert may_seal(Body.CAUCUS, "gov:Ratification") is None


@pytest.mark.shows("G1")
def test_a_hosted_session_counts_the_delegations_registered_before_it_opened() -> None:
    meeting = sealed(Session, build.session, HILL, hour(-50), name="Spring assembly", starts=hour(0))
    registered = [
        sealed(Registration, build.registration, who, hour(when), session=known(meeting), mandate=known(mandate()))
        for who, when in ((RIVERSIDE, -1), (HARBOUR, 0), (HILL, -2))
    ]
    [call] = called([meeting])
    assert registered_before(call, registered) == (HILL, RIVERSIDE)
