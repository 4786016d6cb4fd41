"""What a body sealed before two of its founders had joined counts for nothing, in whatever order it is heard of."""

from pathlib import Path

import pytest

from app import verifier
from app.governance.outcome import Outcome, judge
from app.governance.proposal import Proposal
from app.operations.record.reading import Reading
from app.store import acts
from tests.verifier.confederation import (
    COUNCIL_SETTINGS,
    TWO_THIRDS_OF_ALL,
    Doc,
    World,
    founded,
    ref,
    row,
)
from tests.verifier.recorded import Library

SETTINGS: Doc = {**COUNCIL_SETTINGS, "scope": "coordination"}
FIRST, SECOND = "charter-Valley", "charter-2"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Library:
    return Library(tmp_path_factory.mktemp("library"), sqlite_template)


def changing_its_rules(*roll: str, joined: tuple[str, ...] | None = None) -> World:
    """Valley, which those on the `roll` give other rules; all of them have `joined` it by then if nobody is named."""
    world = founded(joined=roll if joined is None else joined)
    amend = world.propose("amend", "Other rules", "charter", TWO_THIRDS_OF_ALL, **{"gov:settings": SETTINGS})
    world.receive("amend", amend, **{"gov:roll": sorted(world.id(name) for name in roll)})
    for name in roll:
        world.receive(f"amend-{name}", world.ratify(f"amend-{name}", name, amend))
    rows = [row(world, name, f"amend-{name}") for name in sorted(roll)]
    changed = world.conclude("changed", amend, rows, TWO_THIRDS_OF_ALL)
    keys: Doc = {"gov:supersedes": ref(world.acts[FIRST]), "gov:outcome": ref(changed)}
    world.seal(
        SECOND,
        "Valley",
        "Charter",
        **{"name": "Valley", "gov:version": 2, "gov:clauses": [], "gov:settings": SETTINGS, **keys},
    )
    return world


def read_here(library: Library, world: World, *without: str, backwards: bool) -> tuple[set[str], str]:
    """Which of Valley's charters may be in force, and what its result is, to an instance."""
    names = [name for name in world.acts if name not in without]

    def look(reading: Reading) -> tuple[set[str], str]:
        charters = {str(charter.head.ref.id) for charter in reading.charters_of(world.id("Valley"))}
        [outcome] = reading.all_of(Outcome, acts.of_type(reading.connection, "gov:Outcome"))
        subject = reading.at(Proposal, outcome.proposal)
        assert subject is not None
        return named(world, charters), judge(outcome, reading.record(subject), [outcome]).kind.value

    return library.read(world, look, names[::-1] if backwards else names)


def read_offline(world: World, *without: str) -> tuple[set[str], str]:
    """The same to the verifier."""
    record = verifier.Reading(verifier.open_bundle(world.bundle(without=without)), None).record
    known = record.of("Charter", author=world.id("Valley"))
    [changed] = record.of("Outcome")
    sound = {act.ref.id for act in known if not verifier.charter_flaw(record, act)}
    return named(world, sound), verifier.judge(record, changed).kind.value


def named(world: World, ids: set[str]) -> set[str]:
    return {name for name in (FIRST, SECOND) if world.acts[name]["id"] in ids}


def found(library: Library, world: World, *, backwards: bool) -> tuple[set[str], str]:
    """What both say alike."""
    here = read_here(library, world, backwards=backwards)
    assert here == read_offline(world)
    return here


ORDERS = pytest.mark.parametrize("backwards", [False, True], ids=["in order", "the last first"])


@ORDERS
def test_one_founder_alone_changes_no_rules_whoever_joins_later(library: Library, *, backwards: bool) -> None:
    world = changing_its_rules("Riverside")
    assert found(library, world, backwards=backwards) == ({FIRST}, "incomplete")
    world.ratify("founder-Hill", "Hill", world.acts[FIRST])
    assert found(library, world, backwards=backwards) == ({FIRST}, "incomplete")


@ORDERS
def test_a_roll_that_names_who_joined_only_later_is_found_out(library: Library, *, backwards: bool) -> None:
    world = changing_its_rules("Riverside", "Hill", joined=("Riverside",))
    world.ratify("founder-Hill", "Hill", world.acts[FIRST])
    assert found(library, world, backwards=backwards) == ({FIRST}, "incomplete")


@ORDERS
def test_whoever_does_not_have_the_founders_answers_holds_that_against_nobody_and_goes_by_no_new_rules(
    library: Library, *, backwards: bool
) -> None:
    world = changing_its_rules("Riverside", "Hill")
    assert found(library, world, backwards=backwards) == ({FIRST, SECOND}, "fine")
    for missing in (("founder-Hill",), ("founder-Hill", "founder-Riverside")):
        assert read_here(library, world, *missing, backwards=backwards) == ({FIRST}, "incomplete")
        assert read_offline(world, *missing) == ({FIRST}, "incomplete")
