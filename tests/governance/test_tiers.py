from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.governance.outcome import Kind, judge
from app.governance.ratification import Stance
from app.governance.rules import Status
from app.governance.tally import bases, brought, recount, recount_flat, recount_nested, tier_of
from app.governance.weights import Share
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.confederacy import Commune, Council, address, came_to, confederated, nested
from tests.governance.valley import CLOSES, outcome

MAJORITY = {"method": "majority", "base": "entitled", "quorum": "1/5"}
YES, NO = Stance.RATIFIED, Stance.REJECTED


@pytest.mark.shows("R2")
@pytest.mark.shows("H5")
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_a_proposal_goes_down_five_tiers_and_the_count_comes_up(depth: int) -> None:
    communes = tuple(Commune(f"commune-{number}") for number in range(2**depth))
    record = confederated(nested(communes, (2,) * (depth - 1)), MAJORITY)
    top, flat = came_to(record), recount_flat(record, CLOSES)
    assert not isinstance(flat, Refusal)
    assert (top.status, flat.status) == (Status.ADOPTED, Status.ADOPTED)
    assert len(top.rows) == 2
    assert flat.counts.agree == flat.counts.entitled == 2**depth


@pytest.mark.shows("R2")
def test_a_distortion_by_the_tiers_is_seen_beside_the_flat_count() -> None:
    """Two councils agree by one commune each, the third is against as one: 4 of 9 communes carry the nested count."""
    close = [tuple(Commune(f"{name}-{n}", YES if n < 2 else NO) for n in range(3)) for name in ("north", "south")]
    against = tuple(Commune(f"east-{n}", NO) for n in range(3))
    top = Council("top", (Council("north", close[0]), Council("south", close[1]), Council("east", against)))
    record = confederated(top, MAJORITY)
    flat = recount_flat(record, CLOSES)
    assert not isinstance(flat, Refusal)
    assert came_to(record).status is Status.ADOPTED
    assert (flat.status, flat.counts.agree, flat.counts.disagree) == (Status.REJECTED, 4, 5)


@pytest.mark.shows("H5")
def test_a_rule_that_is_flat_counts_all_base_assemblies_as_one_community() -> None:
    close = [tuple(Commune(f"{name}-{n}", YES if n < 2 else NO) for n in range(3)) for name in ("north", "south")]
    against = tuple(Commune(f"east-{n}", NO) for n in range(3))
    top = Council("top", (Council("north", close[0]), Council("south", close[1]), Council("east", against)))
    record = confederated(top, {**MAJORITY, "flat": True})
    counted = came_to(record)
    assert counted.status is Status.REJECTED
    assert [row.assembly for row in counted.rows] == sorted(bases(record))
    sealed = outcome(record, author=address("top"))
    assert judge(sealed, record).kind is Kind.FINE
    nested_too = recount_nested(record, CLOSES)
    assert not isinstance(nested_too, Refusal)
    assert (nested_too.status, len(nested_too.rows)) == (Status.ADOPTED, 3), "so that both are seen"
    assert counted.set_aside == (), "what the councils said upward is no stranger's, only not counted"


@pytest.mark.shows("H5")
def test_by_people_a_council_brings_none_of_its_own_and_each_base_assembly_its_own() -> None:
    top = Council("top", (Council("north", (Commune("a", people=12), Commune("b", people=30))), Commune("c")))
    by_people = {**MAJORITY, "weight": "people"}
    record, one_community = (confederated(top, how) for how in (by_people, {**by_people, "flat": True}))
    flat = recount_flat(record, CLOSES)
    assert not isinstance(flat, Refusal)
    nested_in = brought(record, came_to(record), CLOSES)
    assert _people(nested_in) == {address("c"): 10, address("north"): 0}
    by_base = {address("a"): 12, address("b"): 30, address("c"): 10}
    assert _people(brought(record, flat, CLOSES, flat=True)) == by_base
    assert _people(brought(one_community, came_to(one_community), CLOSES)) == by_base


def _people(shares: Mapping[Id, Share]) -> dict[Id, int]:
    return {who: share.people.present for who, share in shares.items() if share.people is not None}


@pytest.mark.withstands("F22")
def test_a_lower_tier_counts_by_its_own_charters_rule() -> None:
    members = (Commune("a"), Commune("b", None), Commune("c", None))
    strict = {"method": "qualified", "threshold": "1/1", "base": "entitled", "quorum": "0/1"}
    easy = {"method": "majority", "quorum": "0/1"}
    for how, status in ((strict, Status.REJECTED), (easy, Status.ADOPTED)):
        top = Council("top", (Council("north", members, how=how), Commune("d")))
        record = confederated(top, MAJORITY)
        assert came_to(record.below[0]).status is status


@pytest.mark.withstands("F19")
def test_a_council_cannot_say_upward_what_its_members_did_not() -> None:
    members = tuple(Commune(f"north-{n}", NO) for n in range(3))
    top = Council("top", (Council("north", members, seals=YES), Commune("d"), Commune("e", None)))
    counted = came_to(confederated(top, MAJORITY))
    rows = {row.assembly: row.stance.value for row in counted.rows}
    assert rows[address("north")] == "silent"
    assert [why.code for _, why in counted.set_aside] == ["ratification.stance"]


def test_a_council_whose_members_did_not_come_together_says_nothing_upward() -> None:
    members = tuple(Commune(f"north-{n}", None) for n in range(3))
    counted = came_to(confederated(Council("top", (Council("north", members), Commune("d"))), MAJORITY))
    assert [row.stance.value for row in counted.rows] == ["ratified", "silent"]


@pytest.mark.withstands("F40")
def test_an_answer_to_one_council_does_not_count_in_another() -> None:
    record = confederated(Council("top", (Council("north", (Commune("a"), Commune("b"))), Commune("c"))), MAJORITY)
    north = record.below[0]
    misplaced = replace(
        record, ratifications=(*record.ratifications, *north.ratifications), roll=(*record.roll, address("a"))
    )
    rows = {row.assembly: row.stance.value for row in came_to(misplaced).rows}
    assert rows[address("a")] == "silent"


@pytest.mark.shows("B9")
def test_the_outcome_of_a_lower_tier_is_judged_by_its_own_record() -> None:
    top = Council("top", (Council("north", (Commune("a"), Commune("b"))), Commune("c")))
    record = confederated(top, MAJORITY)
    sealed = outcome(record.below[0], author=address("north"))
    assert judge(sealed, tier_of(record, sealed.confederation)).kind is Kind.FINE
    assert judge(sealed, record).kind is Kind.FAULT
    assert judge(sealed, tier_of(replace(record, below=()), sealed.confederation)).kind is Kind.INCOMPLETE
    stranger = replace(sealed, confederation=address("elsewhere"))
    assert judge(stranger, tier_of(record, stranger.confederation)).kind is Kind.FAULT


def test_a_tier_without_its_charter_cannot_be_counted() -> None:
    record = confederated(Council("top", (Council("north", (Commune("a"),)), Commune("c"))), MAJORITY)
    lacking = recount(replace(record.below[0], charter=None), CLOSES)
    assert isinstance(lacking, Refusal)
    assert lacking.code == "proposal.charter"
    no_rule = recount(replace(record.below[0], proposal=replace(record.proposal, category="garden")), CLOSES)
    assert isinstance(no_rule, Refusal)
    assert no_rule.code == "proposal.rule"
