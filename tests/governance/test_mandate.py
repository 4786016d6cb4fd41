from dataclasses import replace

import pytest

from app.governance.act import Ref
from app.governance.charter import Clause
from app.governance.mandate import (
    Check,
    DelegateVote,
    Item,
    Kind,
    Latitude,
    Mandate,
    Office,
    Recall,
    Topic,
    Verdict,
    check,
    covers,
)
from app.governance.proposal import Proposal
from app.governance.ratification import Stance
from app.governance.rules import Status
from app.kernel.ids import Id
from tests.governance.valley import (
    HARBOUR,
    HILL,
    JO,
    PROPOSAL,
    RIVERSIDE,
    ROJIN,
    TOM,
    VALLEY,
    count,
    decision,
    hour,
    mandate,
    recall,
    record,
    stances,
    vote,
)

AGREE, AGAINST, RESERVED = Stance.RATIFIED, Stance.REJECTED, Stance.RESERVED


def verdict(
    cast: DelegateVote,
    given: Mandate | None,
    proposal: Proposal = PROPOSAL,
    versions: tuple[Proposal, ...] = (),
    recalls: tuple[Recall, ...] = (),
) -> Verdict:
    return check(cast, given, recalls, proposal, versions).verdict


@pytest.mark.shows("B3")
def test_a_vote_as_the_mandate_says_conforms_and_another_contradicts_it() -> None:
    given = mandate()
    assert verdict(vote(mandate=given), given) is Verdict.CONFORMS
    assert verdict(vote(TOM, AGAINST, mandate=given), given) is Verdict.CONTRADICTS
    assert verdict(vote(TOM, RESERVED, mandate=given), given) is Verdict.CONTRADICTS


@pytest.mark.shows("B2")
def test_without_a_mandate_that_covers_the_item_a_vote_shows_the_tendency_only() -> None:
    silent = mandate(items=())
    other_text = mandate(items=(Item(Ref(PROPOSAL.head.ref.id, "zOther"), Latitude(Kind.FIXED, (AGREE,))),))
    assert verdict(vote(), None) is Verdict.NO_MANDATE
    assert verdict(vote(mandate=silent), silent) is Verdict.EXCEEDS
    assert verdict(vote(mandate=other_text), other_text) is Verdict.EXCEEDS
    for cast, given in ((vote(), None), (vote(mandate=silent), silent)):
        found = check(cast, given, (), PROPOSAL)
        assert found.shows_tendency
        assert not found.binds


@pytest.mark.shows("G4")
def test_a_delegate_may_always_declare_a_vote_indicative_and_it_is_never_a_breach() -> None:
    given = mandate()
    cast = vote(TOM, AGAINST, mandate=given, indicative=True, estimate="most of us doubt it")
    assert verdict(cast, given) is Verdict.DECLARED
    assert cast.estimate == "most of us doubt it"


@pytest.mark.withstands("F07")
def test_a_mandate_holds_from_its_first_instant_until_before_its_last() -> None:
    given = mandate(valid_from=hour(10), valid_until=hour(30))
    moments = {9: Verdict.NOT_YET, 10: Verdict.CONFORMS, 29: Verdict.CONFORMS, 30: Verdict.EXPIRED}
    assert {when: verdict(vote(when=hour(when), mandate=given), given) for when in moments} == moments


@pytest.mark.shows("B4")
def test_a_vote_at_or_after_the_recall_is_void_and_one_before_it_stands() -> None:
    given = mandate()
    gone = recall(given, hour(60), delegates=[TOM])
    assert verdict(vote(TOM, when=hour(59), mandate=given), given, recalls=(gone,)) is Verdict.CONFORMS
    assert verdict(vote(TOM, when=hour(60), mandate=given), given, recalls=(gone,)) is Verdict.RECALLED
    assert verdict(vote(TOM, when=hour(61), mandate=given), given, recalls=(gone,)) is Verdict.RECALLED
    assert verdict(vote(ROJIN, when=hour(61), mandate=given), given, recalls=(gone,)) is Verdict.CONFORMS


@pytest.mark.withstands("F08")
def test_the_ledger_decides_what_came_first_within_one_second() -> None:
    given = mandate()
    gone = recall(given, hour(60), home_leaf=12)
    before, after = (vote(TOM, when=hour(60), mandate=given, home_leaf=leaf) for leaf in (11, 13))
    assert verdict(before, given, recalls=(gone,)) is Verdict.CONFORMS
    assert verdict(after, given, recalls=(gone,)) is Verdict.RECALLED


def test_the_first_reason_in_the_order_of_the_rules_is_given() -> None:
    given = mandate(valid_from=hour(10), valid_until=hour(30), delegates=[ROJIN])
    gone = recall(given, hour(5))
    assert verdict(vote(ROJIN, AGAINST, hour(6), given), given, recalls=(gone,)) is Verdict.RECALLED
    assert verdict(vote(TOM, AGAINST, hour(6), given), given) is Verdict.NOT_YET
    assert verdict(vote(TOM, AGAINST, hour(31), given, indicative=True), given) is Verdict.EXPIRED
    assert verdict(vote(TOM, AGAINST, hour(11), given, indicative=True), given) is Verdict.NO_MANDATE
    assert verdict(vote(ROJIN, AGAINST, hour(11), given, indicative=True), given) is Verdict.DECLARED


def test_a_mandate_of_another_assembly_or_to_another_council_gives_no_seat() -> None:
    foreign, elsewhere = mandate(HARBOUR, [ROJIN]), mandate(council=Id("https://coast.example/assembly"))
    assert verdict(vote(mandate=foreign), foreign) is Verdict.NO_MANDATE
    assert verdict(vote(mandate=elsewhere), elsewhere) is Verdict.NO_MANDATE


def test_before_a_forum_that_is_a_list_a_mandate_names_the_list_or_none_and_an_outside_office_gives_no_seat() -> None:
    listed = replace(PROPOSAL, forum=(HARBOUR, HILL), listed=True)
    found = {
        "none": mandate(council=()),
        "the list": mandate(council=(HARBOUR, HILL)),
        "another list": mandate(council=(HILL, RIVERSIDE)),
        "a council": mandate(),
        "an office": mandate(council=(), office=Office("councillor", "the town")),
    }
    assert {name: verdict(vote(mandate=given), given, listed) for name, given in found.items()} == {
        "none": Verdict.CONFORMS,
        "the list": Verdict.CONFORMS,
        "another list": Verdict.NO_MANDATE,
        "a council": Verdict.NO_MANDATE,
        "an office": Verdict.NO_MANDATE,
    }


def _version(number: int, *clauses: Clause) -> Proposal:
    ref = Ref(PROPOSAL.head.ref.id, f"zVersion{number}")
    return replace(PROPOSAL, head=replace(PROPOSAL.head, ref=ref), version=number, clauses=clauses)


def test_an_amendable_position_follows_the_text_while_its_clauses_are_left_alone() -> None:
    price, place = Clause("1", "at most 90 a ton"), Clause("2", "stored at the mill")
    old = _version(1, price, place)
    kept = _version(2, price, Clause("2", "stored at the school"))
    raised = _version(3, Clause("1", "at most 95 a ton"), place)
    given = mandate(items=(Item(old.head.ref, Latitude(Kind.AMENDABLE, (AGREE,), ("1",))),))
    assert verdict(vote(mandate=given), given, old, versions=()) is Verdict.CONFORMS
    assert verdict(vote(mandate=given), given, kept, versions=(old,)) is Verdict.CONFORMS
    assert verdict(vote(TOM, AGAINST, mandate=given), given, kept, versions=(old,)) is Verdict.CONTRADICTS
    assert verdict(vote(mandate=given), given, raised, versions=(old,)) is Verdict.EXCEEDS
    assert verdict(vote(TOM, AGAINST, mandate=given), given, raised, versions=(old,)) is Verdict.CONTRADICTS
    by_text = mandate(items=(Item(old.head.ref, Latitude(Kind.AMENDABLE, (AGREE,), ("9",))),))
    assert verdict(vote(mandate=by_text), by_text, old) is Verdict.CONFORMS, "of this very text nothing changed"
    assert verdict(vote(mandate=by_text), by_text, kept, versions=(old,)) is Verdict.EXCEEDS, "nobody can tell"


def test_a_fixed_position_does_not_follow_the_text() -> None:
    old, new = _version(1), _version(2)
    given = mandate(items=(Item(old.head.ref, Latitude(Kind.FIXED, (AGREE,))),))
    assert verdict(vote(mandate=given), given, new, versions=(old,)) is Verdict.EXCEEDS


def test_items_match_by_digest_then_topic_then_default() -> None:
    by_text = Item(PROPOSAL.head.ref, Latitude(Kind.FIXED, (AGREE,)))
    by_topic = Item(Topic("policy"), Latitude(Kind.RANGE, (AGAINST, RESERVED)))
    both, topic = mandate(items=(by_topic, by_text)), mandate(items=(by_topic,))
    default = mandate(items=(), default=Latitude(Kind.FIXED, (Stance.ABSTAINED,)))
    assert covers(both, PROPOSAL) == by_text
    assert verdict(vote(mandate=both), both) is Verdict.CONFORMS
    assert verdict(vote(choice=RESERVED, mandate=topic), topic) is Verdict.CONFORMS
    assert verdict(vote(mandate=topic), topic) is Verdict.CONTRADICTS
    fuel = mandate(items=(Item(Topic("fuel"), Latitude(Kind.FIXED, (AGREE,))),))
    assert verdict(vote(mandate=fuel), fuel) is Verdict.EXCEEDS
    assert verdict(vote(mandate=fuel), fuel, replace(PROPOSAL, topics=("winter", "fuel"))) is Verdict.CONFORMS
    assert verdict(vote(mandate=default), default) is Verdict.CONTRADICTS
    assert verdict(vote(choice=Stance.ABSTAINED, mandate=default), default) is Verdict.CONFORMS
    loose = mandate(items=(), default=Latitude(Kind.AMENDABLE, (AGREE,), ("1",)))
    assert verdict(vote(mandate=loose), loose) is Verdict.CONFORMS, "a default is about no text that could change"


def test_an_indicative_position_never_binds() -> None:
    given = mandate(items=(Item(PROPOSAL.head.ref, Latitude(Kind.INDICATIVE, (AGREE,))),))
    assert verdict(vote(mandate=given), given) is Verdict.EXCEEDS


@pytest.mark.shows("B13")
def test_a_mandate_that_rests_on_no_adopted_decision_binds_nobody() -> None:
    refused = decision(HILL, hour(-10), category="mandate", status=Status.REJECTED)
    unadopted = mandate(decision=refused.head.ref)
    unknown = mandate(decision=Ref(Id("https://hill.example/acts/none"), "zNone"))
    theirs = decision(HARBOUR, hour(-10), category="mandate")
    borrowed = mandate(decision=theirs.head.ref)
    assert stances(count(record(refused, unadopted, vote(mandate=unadopted))))["hill"] == "indicative"
    assert stances(count(record(theirs, borrowed, vote(mandate=borrowed))))["hill"] == "indicative"
    lacking = count(record(unknown, vote(mandate=unknown)))
    assert stances(lacking)["hill"] == "silent"
    assert [ref.digest for ref in lacking.missing] == ["zNone"]


@pytest.mark.shows("B4")
def test_leaving_the_mandate_out_does_not_undo_a_recall() -> None:
    given = mandate()
    gone = recall(given, hour(60))
    after = count(record(given, gone, vote(TOM, when=hour(61))))
    assert stances(after)["hill"] == "silent"
    assert [why.code for _, why in after.set_aside] == ["mandate.recalled"]
    other = mandate(delegates=[ROJIN])
    gone_too = recall(other, hour(60))
    assert stances(count(record(other, gone_too, vote(TOM, when=hour(61)))))["hill"] == "indicative"
    assert stances(count(record(gone_too, vote(ROJIN, when=hour(61)))))["hill"] == "indicative", "of a mandate unseen"


def test_a_recall_voids_what_only_showed_the_tendency_and_leaves_what_bound() -> None:
    given = mandate()
    gone = recall(given, hour(60), delegates=[TOM])
    shown = vote(TOM, mandate=given, indicative=True)
    assert stances(count(record(given, shown)))["hill"] == "indicative"
    undone = count(record(given, gone, shown))
    assert stances(undone)["hill"] == "silent"
    assert {why.code for _, why in undone.set_aside} == {"mandate.recalled"}
    by_the_other = vote(ROJIN, mandate=given, indicative=True)
    assert stances(count(record(given, gone, by_the_other)))["hill"] == "indicative"
    assert stances(count(record(given, gone, vote(TOM, mandate=given))))["hill"] == "ratified"


@pytest.mark.withstands("F09")
def test_a_later_grant_of_the_same_term_ends_the_earlier() -> None:
    spring = mandate(term="2026-11", when=hour(-9))
    again = mandate(term="2026-11", when=hour(10))
    under_old = vote(mandate=spring, when=hour(20))
    under_new = vote(mandate=again, when=hour(20))
    before = vote(mandate=spring, when=hour(5))
    assert stances(count(record(spring, again, under_old)))["hill"] == "silent"
    assert stances(count(record(spring, again, under_new)))["hill"] == "ratified"
    assert stances(count(record(spring, again, before)))["hill"] == "ratified"


@pytest.mark.withstands("F09")
def test_a_later_grant_that_rests_on_no_decision_neither_ends_the_earlier_nor_hides_another() -> None:
    refused = decision(HILL, hour(-10), category="mandate", status=Status.REJECTED)
    spring = mandate(term="2026-11", when=hour(-9))
    unadopted = mandate(term="2026-11", when=hour(5), decision=refused.head.ref)
    again = mandate(term="2026-11", when=hour(10))
    under_old = vote(mandate=spring, when=hour(20))
    assert stances(count(record(refused, spring, unadopted, under_old)))["hill"] == "ratified"
    assert stances(count(record(refused, spring, unadopted, again, under_old)))["hill"] == "silent"


@pytest.mark.shows("G1")
def test_the_limits_of_a_mandate_can_be_read_from_it() -> None:
    given = mandate()
    found = covers(given, PROPOSAL)
    assert found is not None
    assert found.latitude == Latitude(Kind.FIXED, (AGREE,))
    assert covers(mandate(items=()), PROPOSAL) is None


def test_nobody_speaks_for_an_assembly_from_another_home() -> None:
    stranger = vote(JO, assembly=HILL)
    counted = count(record(stranger))
    assert stances(counted)["hill"] == "silent"
    assert [why.code for _, why in counted.set_aside] == ["vote.seat"]


@pytest.mark.withstands("F40")
def test_a_vote_for_another_confederation_is_evidence_only() -> None:
    given = mandate()
    replayed = vote(mandate=given, confederation=Id("https://coast.example/assembly"))
    counted = count(record(given, replayed))
    assert stances(counted)["hill"] == "silent"
    assert [why.code for _, why in counted.set_aside] == ["vote.confederation"]


def test_a_check_says_why() -> None:
    given = mandate()
    found = check(vote(TOM, AGAINST, mandate=given), given, (), PROPOSAL)
    assert found == Check(Verdict.CONTRADICTS, "voted rejected, the mandate says ratified")
    assert given.council == (VALLEY,)
