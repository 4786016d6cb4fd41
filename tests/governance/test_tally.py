from dataclasses import replace
from datetime import timedelta

import pytest

from app.governance.act import Ref
from app.governance.charter import Scope
from app.governance.mandate import Item, Kind, Latitude
from app.governance.proposal import Proposal
from app.governance.ratification import Lower, Stance
from app.governance.rules import Counts, Status
from app.governance.tally import By, Count, Position, recount
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.valley import (
    CHARTERS,
    CLOSES,
    GRANT,
    HARBOUR,
    HILL,
    JO,
    PROPOSAL,
    RECALLING,
    RIVERSIDE,
    ROJIN,
    TOM,
    VALLEY,
    VALLEY_CHARTER,
    attestation,
    charter,
    count,
    decision,
    hour,
    known,
    mandate,
    matter,
    ratification,
    recall,
    record,
    stances,
    vote,
)

EITHER = (Item(PROPOSAL.head.ref, Latitude(Kind.RANGE, (Stance.RATIFIED, Stance.REJECTED))),)


@pytest.mark.shows("B9")
def test_the_cycle_of_three_communes_comes_to_three_of_three() -> None:
    given = mandate()
    held = record(
        given,
        vote(mandate=given),
        vote(TOM, Stance.REJECTED, mandate=given),
        vote(JO),
        ratification(RIVERSIDE),
        ratification(HARBOUR),
    )
    counted = count(held)
    assert (counted.status, counted.in_favour) == (Status.ADOPTED, 3)
    assert [(row.stance, row.by) for row in counted.rows] == [
        (Position.RATIFIED, By.RATIFICATION),
        (Position.RATIFIED, By.MANDATE),
        (Position.RATIFIED, By.RATIFICATION),
    ]
    assert counted.binds == (HARBOUR, HILL, RIVERSIDE)
    assert [why.code for _, why in counted.set_aside] == ["mandate.contradicts"]
    assert counted.missing == ()


def test_rows_come_in_one_order_whatever_the_order_of_the_roll() -> None:
    call = matter({"method": "accession"}, "call")
    for about in ((VALLEY_CHARTER, PROPOSAL), call):
        acts = [ratification(one, proposal=about[1]) for one in (RIVERSIDE, HILL)]
        in_order = count(record(*acts, about=about))
        assert in_order.binds == (HILL, RIVERSIDE)
        assert count(record(*acts, about=about, roll=(RIVERSIDE, HARBOUR, HILL))) == in_order


def test_what_is_not_adopted_binds_nobody() -> None:
    refused = count(record(ratification(HILL, Stance.REJECTED), ratification(HARBOUR)))
    assert (refused.status, refused.binds) == (Status.UNRESOLVED, ())


@pytest.mark.shows("G9")
@pytest.mark.shows("G4")
def test_the_tendency_stands_beside_the_count_and_never_in_it() -> None:
    given = mandate()
    counted = count(record(given, vote(mandate=given), vote(JO)))
    assert stances(counted) == {"harbour": "indicative", "hill": "ratified", "riverside": "silent"}
    assert (counted.counts.present, counted.tendency_counts.present) == (1, 2)
    assert (counted.counts.agree, counted.tendency_counts.agree) == (1, 2)


@pytest.mark.shows("G5")
def test_the_board_says_for_every_assembly_where_it_stands() -> None:
    no = ratification(HARBOUR, Stance.REJECTED)
    counted = count(record(ratification(HILL), no, vote(JO, Stance.REJECTED)))
    assert stances(counted) == {"harbour": "rejected", "hill": "ratified", "riverside": "silent"}
    assert counted.status is Status.UNRESOLVED
    assert [row.acts for row in counted.rows] == [(known(no),), counted.rows[1].acts, ()]


@pytest.mark.withstands("F02")
def test_an_act_at_the_close_counts_and_one_after_it_is_evidence() -> None:
    at_close, late = ratification(HILL, when=CLOSES), ratification(HARBOUR, when=CLOSES + timedelta(seconds=1))
    counted = count(record(at_close, late), CLOSES + timedelta(days=1))
    assert stances(counted) == {"harbour": "silent", "hill": "ratified", "riverside": "silent"}
    assert [(ref, why.code) for ref, why in counted.set_aside] == [(known(late), "vote.late")]


@pytest.mark.withstands("F02", "F03")
def test_a_delegates_vote_after_the_close_or_from_outside_the_roll_is_evidence() -> None:
    in_time, late = vote(ROJIN, when=CLOSES), vote(JO, when=CLOSES + timedelta(seconds=1))
    counted = count(record(in_time, late), CLOSES + timedelta(days=1))
    assert (known(late), "vote.late") in [(ref, why.code) for ref, why in counted.set_aside]
    assert [act for row in counted.rows for act in row.acts] == [known(in_time)]
    stranger = count(record(vote(JO, when=hour(20)), ratification(HILL), roll=(HILL,)))
    assert [why.code for _, why in stranger.set_aside] == ["vote.stranger"]


def test_what_is_published_after_the_moment_of_the_count_is_not_in_it() -> None:
    held = record(ratification(HILL, when=hour(50)))
    assert stances(count(held, hour(49)))["hill"] == "silent"
    assert stances(count(held, hour(50)))["hill"] == "ratified"


@pytest.mark.withstands("F01")
def test_a_superseding_act_takes_the_place_of_the_earlier_if_it_comes_in_time() -> None:
    first = ratification(HILL, when=hour(10))
    changed = ratification(HILL, Stance.REJECTED, hour(20), supersedes=known(first))
    too_late = ratification(HILL, Stance.REJECTED, hour(101), supersedes=known(first))
    assert stances(count(record(first, changed)))["hill"] == "rejected"
    assert stances(count(record(first, too_late), hour(200)))["hill"] == "ratified"


@pytest.mark.withstands("F11")
def test_two_ratifications_are_contested_even_when_they_agree_until_the_assembly_settles_it() -> None:
    one, other = ratification(HILL, when=hour(11)), ratification(HILL, when=hour(10))
    contested = count(record(one, other))
    assert stances(contested)["hill"] == "contested"
    assert contested.rows[1].acts == tuple(sorted((known(one), known(other)))), "in the order of their ids"
    assert contested.counts.present == 0
    on_both = (ratification(HILL, when=hour(12), supersedes=known(act)) for act in (one, one))
    assert stances(count(record(one, *on_both)))["hill"] == "contested"
    settled = ratification(HILL, when=hour(13), supersedes=known(one))
    assert stances(count(record(one, settled)))["hill"] == "ratified"


@pytest.mark.withstands("F06")
def test_a_ratification_of_an_earlier_text_is_not_carried_over() -> None:
    about_earlier = ratification(HILL, proposal=_with_digest("zEarlierText"))
    voted_earlier = vote(ROJIN, proposal=Ref(PROPOSAL.head.ref.id, "zEarlierText"))
    counted = count(record(about_earlier, voted_earlier))
    assert stances(counted)["hill"] == "silent"
    assert [why.code for _, why in counted.set_aside] == ["vote.version", "vote.version"]


@pytest.mark.withstands("F03")
def test_an_assembly_that_is_not_on_the_frozen_roll_is_evidence_only() -> None:
    counted = count(record(ratification(HARBOUR), ratification(HILL), roll=(HILL, RIVERSIDE)))
    assert stances(counted) == {"hill": "ratified", "riverside": "silent"}
    assert [why.code for _, why in counted.set_aside] == ["vote.stranger"]


@pytest.mark.withstands("F40")
def test_a_ratification_for_another_confederation_counts_as_none() -> None:
    nowhere = Ref(Id("https://hill.example/acts/rules"), "zRules")
    counted = count(record(ratification(HILL, confederation=Id("https://coast.example/assembly"), charter=nowhere)))
    assert stances(counted)["hill"] == "silent"
    assert [why.code for _, why in counted.set_aside] == ["ratification.confederation"]


def test_two_delegates_with_one_choice_are_one_stance_by_the_earlier_act() -> None:
    given = mandate()
    later, earlier = vote(TOM, mandate=given, when=hour(21)), vote(ROJIN, mandate=given, when=hour(20))
    counted = count(record(given, later, earlier))
    assert counted.rows[1].acts == (known(earlier),)
    assert counted.rows[1].by is By.MANDATE


def test_two_conforming_votes_that_differ_are_contested() -> None:
    given = mandate(items=EITHER)
    one, other = vote(ROJIN, mandate=given, when=hour(21)), vote(TOM, Stance.REJECTED, mandate=given, when=hour(20))
    counted = count(record(given, one, other))
    assert stances(counted)["hill"] == "contested"
    assert counted.rows[1].acts == tuple(sorted((known(one), known(other)))), "in the order of their ids"


def test_two_indicative_votes_that_differ_show_an_abstention() -> None:
    counted = count(record(vote(ROJIN), vote(TOM, Stance.REJECTED)))
    assert (counted.rows[1].stance, counted.rows[1].choice) == (Position.INDICATIVE, Stance.ABSTAINED)


def test_a_delegate_changes_a_vote_only_by_superseding_it() -> None:
    given = mandate(items=EITHER)
    first = vote(mandate=given, when=hour(20))
    bare = vote(choice=Stance.REJECTED, mandate=given, when=hour(21))
    named = vote(choice=Stance.REJECTED, mandate=given, when=hour(21), supersedes=known(first))
    assert stances(count(record(given, first, bare)))["hill"] == "contested"
    assert stances(count(record(given, first, named)))["hill"] == "rejected"


def test_a_vote_against_the_mandate_undoes_nothing_by_superseding() -> None:
    given = mandate()
    first = vote(mandate=given)
    void = vote(choice=Stance.REJECTED, mandate=given, when=hour(21), supersedes=known(first))
    assert stances(count(record(given, first, void)))["hill"] == "ratified"


def test_the_assembly_itself_goes_before_its_delegates() -> None:
    given = mandate()
    counted = count(record(given, vote(mandate=given), ratification(HILL, Stance.REJECTED)))
    assert (counted.rows[1].stance, counted.rows[1].by) == (Position.REJECTED, By.RATIFICATION)


def test_an_act_that_lacks_its_cosigners_is_missing_them_and_accuses_nobody() -> None:
    signers = [Id(f"https://hill.example/people/signer-{number}") for number in range(3)]
    watched = charter(
        HILL,
        {"scrutineers": {"k": 2, "of": [{"id": one, "publicKeyMultibase": "z6Mk"} for one in signers]}},
        when=hour(-500),
    )
    act = ratification(HILL)
    confirmed = [attestation(one, act, hour(51)) for one in signers[:2]]
    alone = count(record(watched, act, confirmed[0]))
    assert stances(alone)["hill"] == "silent"
    assert alone.missing == (known(act),)
    assert stances(count(record(watched, act, *confirmed)))["hill"] == "ratified"
    stranger = attestation(Id("https://hill.example/people/else"), act, hour(51))
    assert stances(count(record(watched, act, confirmed[0], stranger)))["hill"] == "silent"
    later = replace(watched, head=replace(watched.head, published=hour(51)))
    assert stances(count(record(later, act)))["hill"] == "ratified", "the rules in force when it was published decide"
    assert act.charter == known(CHARTERS[HILL]), "whichever it cites"


def test_a_mandate_a_recall_and_the_decisions_behind_them_need_their_co_signers_too() -> None:
    signer = Id("https://hill.example/people/signer")
    watched = charter(
        HILL, {"scrutineers": {"k": 1, "of": [{"id": signer, "publicKeyMultibase": "z6Mk"}]}}, when=hour(-500)
    )
    given = mandate()
    gone, cast = recall(given, hour(60), delegates=[ROJIN]), vote(mandate=given, when=hour(61))
    grant, recalling = (attestation(signer, act, hour(62)) for act in (GRANT[HILL], RECALLING))
    granted, recalled = (attestation(signer, act, hour(62)) for act in (given, gone))
    mandated = (watched, given, cast)
    for confirmed in ((grant,), (granted,), ()):
        assert stances(count(record(*mandated, *confirmed)))["hill"] == "silent"
    assert stances(count(record(*mandated, grant, granted)))["hill"] == "ratified"
    for confirmed in ((recalling,), (recalled,), ()):
        unclear = count(record(*mandated, grant, granted, gone, *confirmed))
        assert unclear.missing, "whether it was recalled cannot be told"
    undone = count(record(*mandated, grant, granted, gone, recalling, recalled))
    assert (stances(undone)["hill"], undone.missing) == ("silent", ())


def test_whoever_has_no_charter_in_force_is_not_asked_for_co_signers() -> None:
    signer = Id("https://harbour.example/people/signer")
    watched = charter(
        HARBOUR, {"scrutineers": {"k": 1, "of": [{"id": signer, "publicKeyMultibase": "z6Mk"}]}}, when=hour(-500)
    )
    before_its_charter = ratification(HILL, when=hour(-1200))
    assert count(record(watched, before_its_charter)).missing == ()


def test_a_recall_by_another_rule_than_that_for_recalls_ends_no_mandate() -> None:
    given = mandate()
    elsewhere = decision(HILL, hour(59), category="exclusion")
    void = recall(given, hour(60), decision=known(elsewhere))
    counted = count(record(given, elsewhere, void, vote(mandate=given, when=hour(61))))
    assert (stances(counted)["hill"], counted.missing) == ("ratified", ())


def test_the_mandate_of_another_assembly_is_none_whatever_it_rests_on() -> None:
    nowhere = Ref(Id("https://harbour.example/acts/nowhere"), "zNowhere")
    foreign = mandate(HARBOUR, [ROJIN], decision=nowhere)
    counted = count(record(foreign, vote(mandate=foreign)))
    assert (stances(counted)["hill"], counted.missing) == ("indicative", ())


def test_what_cannot_be_told_is_told_as_missing() -> None:
    nowhere = Ref(Id("https://hill.example/acts/nowhere"), "zNowhere")
    given, groundless = mandate(), mandate(decision=nowhere)
    for acts in (
        [replace(vote(mandate=given), mandate=nowhere)],
        [groundless, vote(mandate=groundless)],
        [given, vote(mandate=given, when=hour(61)), recall(given, hour(60), decision=nowhere)],
    ):
        counted = count(record(*acts))
        assert (stances(counted)["hill"], counted.missing) == ("silent", (nowhere,))
        assert [why.code for _, why in counted.set_aside] == ["act.missing"]


def test_a_platform_binds_nobody_and_a_charter_binds_all() -> None:
    acts = [ratification(HILL), ratification(RIVERSIDE)]
    assert count(record(*acts)).binds == (HILL, RIVERSIDE)
    platform = replace(VALLEY_CHARTER, scope=Scope.PLATFORM)
    assert count(record(*acts, charter=platform)).binds == ()
    everyone = replace(VALLEY_CHARTER, binds={"policy": "all"})
    assert count(record(*acts, charter=everyone)).binds == (HARBOUR, HILL, RIVERSIDE)


def test_a_void_proposal_is_not_counted() -> None:
    easier = replace(PROPOSAL, rule=VALLEY_CHARTER.rules["task"])
    refused = recount(record(ratification(HILL), proposal=easier), CLOSES)
    assert isinstance(refused, Refusal)
    assert refused.code == "proposal.rule"


def test_a_forum_that_is_a_list_needs_no_council_and_no_charter() -> None:
    pact = replace(PROPOSAL, forum=(HARBOUR, HILL), listed=True, charter=None)
    acts = [
        ratification(HILL, proposal=pact, confederation=None),
        ratification(HARBOUR, proposal=pact, confederation=None),
    ]
    counted = count(record(*acts, proposal=pact, charter=None, roll=(HARBOUR, HILL)))
    assert counted.status is Status.ADOPTED
    assert counted.binds == (HARBOUR, HILL)


def test_a_void_answer_stands_in_the_way_of_none_and_is_told_with_its_reason() -> None:
    void = ratification(HILL, when=hour(10), counts=Counts(20, 10, 1, disagree=9))
    unclear = ratification(HILL, when=hour(11), charter=Ref(Id("https://hill.example/acts/rules"), "zRules"))
    good = ratification(HILL, when=hour(12))
    counted = count(record(void, unclear, good))
    assert stances(counted)["hill"] == "ratified"
    assert dict(counted.set_aside)[void.head.ref].code == "ratification.stance"
    assert dict(counted.set_aside)[unclear.head.ref].code == "act.missing"
    assert counted.missing == (unclear.charter,)
    instead = replace(void, head=replace(void.head, supersedes=good.head.ref))
    assert stances(count(record(instead, good)))["hill"] == "ratified", "what is void takes nobody's place"


def test_a_member_council_takes_up_only_what_its_own_members_came_to() -> None:
    cited = Ref(Id("https://hill.example/acts/outcome"), "zLower")
    upward = ratification(HILL, outcome=cited, rule=None, counts=None, charter=None)
    its_own = Lower(HILL, HILL, PROPOSAL.head.ref, Status.ADOPTED)

    def said(lower: Lower) -> Count:
        return count(record(upward, lower=((cited, lower),)))

    assert stances(said(its_own))["hill"] == "ratified"
    upwards = {Status.ADOPTED: {"ratified", "reserved"}, Status.REJECTED: {"rejected"}}  # and nothing else
    for status in Status:
        for stance in Stance:
            held = record(replace(upward, stance=stance), lower=((cited, replace(its_own, status=status)),))
            expected = stance.value if stance.value in upwards.get(status, set()) else "silent"
            assert stances(count(held))["hill"] == expected
    another = Ref(Id("https://hill.example/acts/tax"), "zAnother")
    for not_that in (
        replace(its_own, status=Status.REJECTED),
        replace(its_own, status=None),  # refuted
        replace(its_own, author=RIVERSIDE),
        replace(its_own, confederation=VALLEY),
        replace(its_own, proposal=another),
        replace(its_own, proposal=another, clear=False),
    ):
        assert stances(said(not_that))["hill"] == "silent"
        assert said(not_that).missing == ()
    assert said(replace(its_own, status=None, clear=False)).missing == (cited,)
    with_charter = replace(upward, charter=known(CHARTERS[HILL]))
    assert count(record(with_charter)).missing == (cited,), "whatever else it cites"
    with_another = replace(upward, charter=Ref(Id("https://hill.example/acts/rules"), "zRules"))
    assert stances(count(record(with_another, lower=((cited, its_own),))))["hill"] == "ratified", (
        "it rests on no charter"
    )
    assert count(record(upward)).missing == (cited,)


def _with_digest(digest: str) -> Proposal:
    return replace(PROPOSAL, head=replace(PROPOSAL.head, ref=Ref(PROPOSAL.head.ref.id, digest)))


def test_the_confederation_of_the_proposal_is_the_valley() -> None:
    assert PROPOSAL.confederation == VALLEY
