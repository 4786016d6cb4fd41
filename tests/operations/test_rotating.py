"""Nobody serves for ever unnoticed: terms are counted at home, and to serve longer takes a reason and two thirds."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.mandates import mandating
from app.store import acts
from app.store.agenda import Item
from app.store.agenda import Kind as Items
from tests.operations.mandated import agreeing_on, confederated, granted, wished
from tests.operations.neighbours import Valley, done


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    """Hill, whose Rojîn and Tom were sent twice running."""
    valley = confederated(tmp_path, sqlite_template)
    for _ in range(2):
        granted(valley, agreeing_on("policy"))
        valley.clock.tick(days=31)
    return valley


def proposed(valley: Valley, **more: object) -> Item | Refusal:
    hill = valley["Hill"]
    return hill.do(mandating.propose, hill.people["leyla"], wished(valley, agreeing_on("policy"), **more))


@pytest.mark.shows("B11")
def test_a_third_time_running_is_warned_of_and_another_pair_is_not(valley: Valley) -> None:
    refused = proposed(valley)
    assert isinstance(refused, Refusal)
    assert refused.code == "mandate.beyond"
    assert refused.because == "Rojin, Tom did this 2 times running; our rules foresee somebody else."
    done(proposed(valley, delegates=("rojin", "ida")))


@pytest.mark.shows("B11")
@pytest.mark.parametrize(("agree", "disagree", "sent"), [(3, 2, False), (4, 1, True)])
def test_to_serve_longer_takes_two_thirds_and_the_reason_is_shown(
    valley: Valley, agree: int, disagree: int, *, sent: bool
) -> None:
    hill = valley["Hill"]
    item = done(proposed(valley, beyond="Nobody else speaks Kurmanji."))
    before = len(hill.read(lambda c: acts.of_type(c, "gov:Mandate")))
    done_there = hill.decide(item, agree=agree, disagree=disagree)
    assert done_there.status.value == "adopted"
    assert len(hill.read(lambda c: acts.of_type(c, "gov:Mandate"))) - before == sent
    text = hill.read(lambda c: acts.by_id(c, item.act))
    assert text is not None
    assert b"Why all the same: Nobody else speaks Kurmanji." in text.raw


@pytest.mark.shows("B11")
def test_who_takes_a_recalled_persons_place_and_a_second_matter_are_no_new_terms(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = confederated(tmp_path, sqlite_template)
    first = granted(valley, agreeing_on("policy"))
    instead = granted(valley, agreeing_on("policy"), instead_of=first)
    granted(valley, agreeing_on("resource"))  # at the same time, on another matter
    valley.clock.tick(days=31)
    assert valley["Hill"].item(Items.MANDATE).details["granted"] != instead
    granted(valley, agreeing_on("policy"))  # the second term of the same pair
    refused_from = valley.clock.now() + timedelta(days=31)
    assert isinstance(proposed(valley, valid_from=refused_from, valid_until=refused_from + timedelta(1)), Refusal)
