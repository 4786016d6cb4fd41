"""Whatever a confederation signs before two of its founders have joined counts nowhere, to anybody (fine-print 14)."""

import hashlib
from pathlib import Path

import pytest

from app import verifier
from app.governance.outcome import Outcome, judge
from app.governance.proposal import Proposal
from app.operations.record.reading import Reading
from app.store import acts
from tests.verifier.confederation import (
    COMMUNE_SETTINGS,
    COUNCIL_SETTINGS,
    TWO_THIRDS_OF_ALL,
    Doc,
    World,
    admitted,
    deciding_by,
    founded,
    ref,
    row,
)
from tests.verifier.recorded import Library

LEFT, STAYS = {"Riverside", "Hill"}, {"Riverside", "Hill", "Ridge"}
ORDERS = pytest.mark.parametrize("backwards", [False, True], ids=["in order", "the last first"])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Library:
    return Library(tmp_path_factory.mktemp("library"), sqlite_template)


def begun() -> World:
    """Lake and Grove found Ridge, which Lake alone has joined."""
    world = World()
    for name in ("Lake", "Grove"):
        world.assembly(name)
        world.charter(name, COMMUNE_SETTINGS)
    world.assembly("Ridge", "council")
    members = [{"assembly": world.id(name)} for name in ("Lake", "Grove")]
    world.charter("Ridge", COUNCIL_SETTINGS, **{"gov:members": members})
    joins(world, "Lake")
    return world


def joins(world: World, name: str) -> None:
    keys = {"gov:confederation": world.id("Ridge")}
    world.ratify(f"founder-{name}", name, world.acts["charter-Ridge"], "ratified", **keys)


def leaves(world: World, step: str, *roll: str) -> None:
    """Ridge leaves Valley on a result over whom it likes to count."""
    ours: Doc = {"gov:confederation": world.id("Ridge")}
    mine: Doc = {"gov:forum": world.id("Ridge"), "gov:charter": ref(world.acts["charter-Ridge"])}
    text = world.propose(step, "We leave Valley", "policy", TWO_THIRDS_OF_ALL, "Lake", **mine)
    for name in roll:
        world.ratify(f"{step}-{name}", name, text, "ratified", **ours)
    rows = [row(world, name, f"{step}-{name}") for name in sorted(roll)]
    result = world.conclude(f"{step}-result", text, rows, TWO_THIRDS_OF_ALL, "Ridge", **ours)
    keys = {"gov:confederation": world.id("Valley"), "gov:assembly": world.id("Ridge"), "gov:outcome": ref(result)}
    world.seal(f"{step}-withdrawal", "Ridge", "Withdrawal", **keys)


def members(library: Library, world: World, *without: str, backwards: bool) -> set[str]:
    """Who belongs to Valley at last, as an instance and the verifier say alike."""
    names = [name for name in world.acts if name not in without]

    def look(reading: Reading) -> tuple[str, ...]:
        return reading.members_at(world.id("Valley"), world.clock)

    here = library.read(world, look, names[::-1] if backwards else names)
    record = verifier.Reading(verifier.open_bundle(world.bundle(without=without)), None).record
    assert here == verifier.roll_at(record, world.id("Valley"), world.clock)
    return {name for name, signer in world.signers.items() if signer.id in here}


@ORDERS
def test_a_confederation_that_is_forming_leaves_no_other_and_one_that_is_formed_does(
    library: Library, *, backwards: bool
) -> None:
    world = admitted(founded(world=begun()), "Ridge")
    leaves(world, "away", "Lake")
    assert members(library, world, backwards=backwards) == STAYS
    joins(world, "Grove")
    assert members(library, world, backwards=backwards) == STAYS
    leaves(world, "gone", "Lake", "Grove")
    assert members(library, world, backwards=backwards) == LEFT


@ORDERS
def test_a_roll_of_two_of_whom_one_joined_later_is_found_out_by_whoever_has_the_answers(
    library: Library, *, backwards: bool
) -> None:
    world = admitted(founded(world=begun()), "Ridge")
    leaves(world, "away", "Lake", "Grove")
    joins(world, "Grove")
    assert members(library, world, backwards=backwards) == STAYS
    assert members(library, world, "founder-Grove", backwards=backwards) == LEFT, "it is held against nobody"


def tied(*, formed: bool) -> World:
    """Valley chose between two with as many for each, by a lot that Ridge drew."""
    world = begun()
    if formed:
        joins(world, "Grove")
    drawn = world.seal("drawn", "Ridge", "Draw", **{"gov:seed": "seven"})
    if not formed:
        joins(world, "Grove")
    rule: Doc = {"method": "approval", "quorum": "1/5", "lot": ref(drawn)}
    founded(deciding_by(rule), world=world)
    options = [{"id": one, "name": one} for one in ("mill", "bakery")]
    text = world.propose("which", "Which?", "policy", rule, **{"gov:options": options})
    world.receive("which", text, **{"gov:roll": sorted([world.id("Riverside"), world.id("Hill")])})
    for name, said in (("Riverside", "mill"), ("Hill", "bakery")):
        world.receive(f"which-{name}", world.ratify(f"which-{name}", name, text, **{"gov:ballot": [said]}))
    by_lot = sorted(("mill", "bakery"), key=lambda one: hashlib.sha256(f"seven{one}".encode()).digest())
    rows = [row(world, name, f"which-{name}") for name in ("Hill", "Riverside")]
    world.conclude("chosen", text, rows, rule, **{"gov:order": [[one] for one in by_lot]})
    return world


@pytest.mark.parametrize(("formed", "kind"), [(True, "fine"), (False, "incomplete")])
def test_a_lot_that_a_confederation_drew_while_it_was_forming_decides_no_tie(
    library: Library, kind: str, *, formed: bool
) -> None:
    world = tied(formed=formed)

    def look(reading: Reading) -> str:
        [result] = reading.all_of(Outcome, acts.of_type(reading.connection, "gov:Outcome"))
        subject = reading.at(Proposal, result.proposal)
        assert subject is not None
        return judge(result, reading.record(subject), [result]).kind.value

    record = verifier.Reading(verifier.open_bundle(world.bundle()), None).record
    [chosen] = record.of("Outcome")
    assert [library.read(world, look), verifier.judge(record, chosen).kind.value] == [kind, kind]
