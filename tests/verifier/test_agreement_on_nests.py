"""A council could say that the same members are below it on tier after tier; an instance and the verifier say alike."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from app import verifier
from app.governance.act import Ref
from app.governance.proposal import Proposal
from app.governance.record import DEEPEST
from app.governance.tally import Count, bases, recount_flat, recount_nested
from app.kernel.ids import Id
from app.operations.record.reading import Reading
from tests.verifier.confederation import COMMUNE_SETTINGS, COUNCIL_SETTINGS, MOST_PRESENT, World, ref
from tests.verifier.recorded import Library

FLAT = {**MOST_PRESENT, "flat": True}
SETTINGS = {**COUNCIL_SETTINGS, "rules": {"policy": FLAT}}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Library:
    return Library(tmp_path_factory.mktemp("library"), sqlite_template)


def nest(below: Mapping[str, Sequence[str]], *communes: str) -> World:
    """Valley asks, and each council of `below` puts it before those whom it names, without a word of theirs."""
    world = World()
    for name in communes:
        world.assembly(name)
        world.charter(name, COMMUNE_SETTINGS)
    for name in below:
        world.assembly(name, "council")
        world.charter(name, SETTINGS)
    fuel = world.propose("fuel", "Common fuel", "policy", FLAT, communes[0])
    for name, members in below.items():
        keys = {"gov:act": ref(fuel), "gov:leaf": 0, "gov:roll": sorted(map(world.id, members))}
        world.seal(f"freezing-{name}", name, "Receipt", **keys)
    return world


def counted(library: Library, world: World) -> set[str]:
    """Who is counted where all tiers are one community, by name; nested it is counted as well."""

    subject = ref(world.acts["fuel"])

    def look(reading: Reading) -> set[str]:
        proposal = reading.at(Proposal, Ref(Id(subject["id"]), subject["gov:digest"]))
        assert proposal is not None
        record = reading.record(proposal)
        assert all(isinstance(count(record, world.clock), Count) for count in (recount_flat, recount_nested))
        return set(map(str, bases(record)))

    here = library.read(world, look)
    record = verifier.Reading(verifier.open_bundle(world.bundle()), None).record
    [proposal] = record.of("Proposal")
    assert here == set(verifier.homes_of(record, verifier.case_of(record, proposal), FLAT))
    return {name for name, signer in world.signers.items() if signer.id in here}


@pytest.mark.shows("H5")
def test_who_belongs_to_two_councils_is_counted_once_and_no_council_beside_its_members(library: Library) -> None:
    below = {"Valley": ["North", "South"], "North": ["Lake", "Shore"], "South": ["North", "Lake", "Grove"]}
    below["Shore"] = ["Grove"]
    assert counted(library, nest(below, "Lake", "Grove")) == {"Lake", "Grove"}


@pytest.mark.shows("H5")
def test_a_nest_that_names_the_same_two_on_every_tier_is_counted_as_if_it_named_them_once(library: Library) -> None:
    # By every way down it would be looked into a thousand million times.
    tiers = [(f"East{deep}", f"West{deep}") for deep in range(30)]
    below: dict[str, Sequence[str]] = {"Valley": tiers[0]}
    for upper, lower in zip(tiers, [*tiers[1:], ("Lake",)], strict=True):
        below |= dict.fromkeys(upper, lower)
    assert counted(library, nest(below, "Lake")) == set(tiers[DEEPEST])


def test_councils_that_name_each_other_are_looked_into_once(library: Library) -> None:
    below = {"Valley": ["North"], "North": ["South", "North", "Valley"], "South": ["North", "Lake"]}
    assert counted(library, nest(below, "Lake")) == {"Lake", "Valley"}


@pytest.mark.parametrize("deep", [DEEPEST - 1, DEEPEST, DEEPEST + 1])
def test_no_tier_below_the_sixteenth_is_looked_into(library: Library, deep: int) -> None:
    names = ["Valley", *(f"Tier{number}" for number in range(deep)), "Lake"]
    below = {upper: [lower] for upper, lower in pairwise(names)}
    assert counted(library, nest(below, "Lake")) == {names[min(deep, DEEPEST) + 1]}
