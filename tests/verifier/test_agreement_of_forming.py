"""What a body sealed before two of its founders had joined counts for nothing, in whatever order it is heard of."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import verifier
from app.governance.outcome import Outcome, judge
from app.governance.proposal import Proposal
from app.operations.assembly.forming import came_too_soon
from app.operations.record.reading import Reading
from app.store import acts
from tests.verifier.confederation import (
    COMMUNE_SETTINGS,
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
Draw = Callable[[st.SearchStrategy[Any]], Any]


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


FOUNDERS: Final = ("Riverside", "Hill", "Harbour", "Mill", "Lake", "Grove")
SAYS: Final = ("ratified", "ratified", "ratified", "reserved", "rejected")


@st.composite
def foundings(draw: Draw) -> World:
    """A confederation of one to six founders, who join, think again and leave, and what it signs meanwhile."""
    world, names = World(), FOUNDERS[: draw(st.integers(1, len(FOUNDERS)))]
    for name in names:
        world.assembly(name)
        world.charter(name, COMMUNE_SETTINGS)
    world.assembly("Valley", "council")
    world.charter("Valley", COUNCIL_SETTINGS, **{"gov:members": [{"assembly": world.id(one)} for one in names]})
    for number in range(draw(st.integers(0, 9))):
        step, name = f"step-{number}", draw(st.sampled_from(names))
        what = draw(st.sampled_from(("answer", "answer", "answer", "leave", "report", "draft", "rules")))
        if what == "answer":
            answer(draw, world, step, name)
        elif what == "leave":
            keys = {"gov:confederation": world.id("Valley"), "gov:assembly": world.id(name)}
            world.seal(step, name, "Withdrawal", **keys)
        elif what == "report":
            world.seal(step, "Valley", "Report", content="<p>We went on.</p>")
        elif what == "draft":
            world.seal(step, "Valley", "Draft", name="Bread", content="<p>We bake.</p>")
        else:
            gives_itself_rules(world, step, draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
    return world


def answer(draw: Draw, world: World, step: str, name: str) -> None:
    """A founder says whether it joins, perhaps in place of what it said before."""
    mine = [
        act
        for act in world.acts.values()
        if act["type"] == "gov:Ratification" and act["attributedTo"] == world.id(name)
    ]
    before = {"gov:supersedes": ref(mine[-1])} if mine and draw(st.integers(0, 3)) else {}
    world.ratify(step, name, world.acts[FIRST], draw(st.sampled_from(SAYS)), **before)


def gives_itself_rules(world: World, step: str, roll: list[str]) -> None:
    """Other rules of Valley, by a result over whom it likes to count."""
    rules: Doc = {"gov:clauses": [], "gov:settings": SETTINGS}
    amend = world.propose(f"amend-{step}", "Other rules", "charter", TWO_THIRDS_OF_ALL, roll[0], **rules)
    world.receive(f"amend-{step}", amend, **{"gov:roll": sorted(map(world.id, roll))})
    for name in roll:
        world.ratify(f"{step}-{name}", name, amend)
    rows = [row(world, name, f"{step}-{name}") for name in sorted(roll, key=world.id)]
    changed = world.conclude(f"changed-{step}", amend, rows, TWO_THIRDS_OF_ALL)
    keys: Doc = {"gov:supersedes": ref(world.acts[FIRST]), "gov:outcome": ref(changed), **rules}
    world.seal(step, "Valley", "Charter", **{"name": "Valley", "gov:version": 2, **keys})


def as_an_instance_reads_it(library: Library, world: World, order: list[str]) -> Doc:
    """How far Valley is formed, who belongs, what its results are, which rules are in force, what came too soon."""
    valley = world.id("Valley")

    def look(reading: Reading) -> Doc:
        known = reading.formation(valley)
        assert known is not None
        kept = acts.of_type(reading.connection, *{act["type"] for act in world.acts.values()}, author=valley)
        sealed = reading.all_of(Outcome, acts.of_type(reading.connection, "gov:Outcome"))
        subjects = {one: reading.at(Proposal, one.proposal) for one in sealed}
        return {
            "formed": (known.since, set(known.unheard)),
            "members": set(reading.members_at(valley, world.clock)),
            "results": {
                str(one.head.ref.id): judge(one, reading.record(about)).kind.value
                for one, about in subjects.items()
                if about is not None
            },
            "rules": {str(one.head.ref.id) for one in reading.charters_of(valley)},
            "too soon": {one.id for one in kept if came_too_soon(reading.connection, library.instance, one)},
        }

    return library.read(world, look, order)


def as_the_verifier_reads_it(world: World) -> Doc:
    """The same of the file."""
    record = verifier.Reading(verifier.open_bundle(world.bundle()), None).record
    valley = world.id("Valley")
    verifier.was_forming(record, valley, world.clock, ())
    since, unheard = record.formations[valley]
    return {
        "formed": (since, set(unheard)),
        "members": set(verifier.roll_at(record, valley, world.clock)),
        "results": {one.ref.id: verifier.judge(record, one).kind.value for one in record.of("Outcome")},
        "rules": {
            one.ref.id for one in record.of("Charter", author=valley) if verifier.charter_flaw(record, one) is None
        },
        "too soon": {one.ref.id for one in verifier.sealed_too_soon(record)},
    }


@given(foundings(), st.randoms(use_true_random=False))
def test_however_many_found_it_an_instance_and_the_verifier_say_alike_when_it_was_formed(
    library: Library, world: World, random: Random
) -> None:
    order = random.sample(list(world.acts), len(world.acts))
    assert as_the_verifier_reads_it(world) == as_an_instance_reads_it(library, world, order)
