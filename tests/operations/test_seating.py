"""Who sits: declared to two door-keepers and not kept, one word for the whole, and no seat until it is met."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.confederation import delegations, sessions
from app.operations.mandates import delegating, mandating, seating
from app.operations.mandates.delegating import Wish
from app.operations.votes import voting
from app.store import acts, agenda
from app.store.agenda import Item
from tests.operations.mandated import (
    Stance,
    agreeing_on,
    at_the_door,
    brought,
    confederated,
    decided,
    granted,
    mandate_at,
    wished,
)
from tests.operations.neighbours import Place, Valley, done

WOMEN = "https://women.example/assembly"


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def requiring(folder: Path, template: Path, constraint: str) -> Valley:
    """Two communes whose rules require this of a delegation before it is seated."""
    delegation = {"seats": 2, "composition": [{"constraint": constraint, "level": "required"}]}
    return confederated(folder, template, rules={"delegation": delegation})


def proposed(valley: Valley, subject: str, **more: object) -> Item:
    hill = valley["Hill"]
    return done(hill.do(mandating.propose, hill.people["leyla"], wished(valley, agreeing_on(subject), **more)))


def told(hill: Place, keeper: str, item: Item, *men: str, **more: str) -> Item | Refusal:
    """What one door-keeper enters in a meeting: who said that he is a man, and which body named whom."""
    at_the_door(hill, item, keeper)
    declared = {hill.person(name): ("man",) for name in men}
    named_by = {hill.person(name): body for name, body in more.items()}
    return hill.do(seating.enter, hill.people[keeper], item.id, declared, named_by)


@pytest.mark.shows("G2")
def test_two_men_are_shown_as_not_what_is_expected_and_sit_all_the_same(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    item = proposed(valley, fuel)
    for keeper in ("gus", "ida"):
        done(told(hill, keeper, item, "rojin", "tom"))
    heard = seating.heard(hill.item(agenda.Kind.MANDATE))
    assert (heard.agree, heard.met, heard.unmet, heard.barred) == (True, False, ("not_two(man)",), False)
    mandate = decided(hill, item).acts[-1].id
    valley.deliver()
    assert done(hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, mandate))).check.binds
    for name in ("Hill", "Riverside", "Valley"):
        said = mandate_at(valley[name], mandate).composition
        assert [(one.name, one.met) for one in said] == [("expected", False)]


@pytest.mark.shows("R4")
@pytest.mark.shows("G2")
def test_a_delegation_that_fails_what_is_required_is_not_seated_until_it_is_changed(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = requiring(tmp_path, sqlite_template, "not_two(man)")
    hill, fuel = valley["Hill"], brought(valley)
    item = proposed(valley, fuel)
    for keeper in ("gus", "ida"):
        done(told(hill, keeper, item, "rojin", "tom"))
    barred = decided(hill, item).acts[-1].id
    wish = Wish(fuel, Stance.RATIFIED, barred)
    valley.deliver()
    for name in ("rojin", "tom"):
        refused = hill.do(delegating.send, hill.people[name], wish)
        assert isinstance(refused, Refusal)
        assert refused.code == "composition.required"
    for name in ("Riverside", "Valley"):  # and everybody can tell from the charter and the mandate
        assert valley[name].do(seating.bar, mandate_at(valley[name], barred)) is not None
    other = proposed(valley, fuel, delegates=("leyla", "tom"), instead_of=barred)
    for keeper in ("gus", "ida"):
        done(told(hill, keeper, other, "tom"))
    seated = decided(hill, other).acts[-1].id
    valley.deliver()
    assert done(hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, seated))).check.binds
    for name in ("Hill", "Riverside", "Valley"):
        assert valley[name].do(seating.bar, mandate_at(valley[name], seated)) is None


@pytest.mark.shows("R4")
def test_where_something_is_required_nobody_sits_of_whom_nobody_was_told(tmp_path: Path, sqlite_template: Path) -> None:
    valley = requiring(tmp_path, sqlite_template, "not_two(man)")
    hill, fuel = valley["Hill"], brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    refused = hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, mandate))
    assert isinstance(refused, Refusal)
    assert refused.code == "composition.required"


@pytest.mark.shows("R6")
def test_a_reserved_seat_is_filled_by_the_body_concerned(tmp_path: Path, sqlite_template: Path) -> None:
    valley = requiring(tmp_path, sqlite_template, f"reserved({WOMEN}, 1)")
    hill, fuel = valley["Hill"], brought(valley)
    item = proposed(valley, fuel)
    done(told(hill, "gus", item))
    done(told(hill, "ida", item))
    assert seating.heard(hill.item(agenda.Kind.MANDATE)).barred
    for keeper in ("gus", "ida"):
        done(told(hill, keeper, item, rojin=WOMEN))
    assert seating.heard(hill.item(agenda.Kind.MANDATE)).met


def test_what_was_declared_is_kept_nowhere(valley: Valley) -> None:
    hill = valley["Hill"]
    item = proposed(valley, brought(valley))
    done(told(hill, "gus", item, "tom"))
    done(told(hill, "ida", item, "tom"))
    mandate = decided(hill, item).acts[-1].id
    kept = json.dumps(dict(hill.item(agenda.Kind.MANDATE).details["seats"]))
    act = hill.read(lambda c: acts.by_id(c, mandate))
    assert act is not None
    assert '"man"' not in kept
    assert hill.person("tom") not in kept
    assert b"not_two" not in act.raw


def test_two_door_keepers_are_told_apart_and_neither_is_sent(valley: Valley) -> None:
    hill = valley["Hill"]
    item = proposed(valley, brought(valley))
    refused = hill.do(seating.enter, hill.people["gus"], item.id, {}, {})
    assert isinstance(refused, Refusal)
    assert refused.code == "seat.door"
    for keeper, code in (("tom", "seat.keeper"), ("gus", ""), ("ida", ""), ("leyla", "seat.two")):
        found = told(hill, keeper, item, *(["rojin", "tom"] if keeper == "ida" else []))
        assert (found.code if isinstance(found, Refusal) else "") == code
    assert not seating.heard(hill.item(agenda.Kind.MANDATE)).agree  # Ida heard something else than Gus
    done(told(hill, "ida", item))
    assert seating.heard(hill.item(agenda.Kind.MANDATE)).agree
    chair = hill.people["rojin"]
    done(hill.do(voting.open_vote, item.id, timedelta(hours=1), by=chair, in_meeting=True))
    late = told(hill, "gus", item)
    assert isinstance(late, Refusal)
    assert late.code == "proposal.state"


@pytest.mark.shows("R4")
@pytest.mark.shows("G1")
def test_a_delegation_that_is_not_seated_is_not_registered_for_a_session(tmp_path: Path, sqlite_template: Path) -> None:
    valley = requiring(tmp_path, sqlite_template, "not_two(man)")
    hill, river = valley["Hill"], valley["Riverside"]
    begins = valley.clock.now() + timedelta(days=10)
    wish = sessions.Wish("Spring assembly", begins, invited=(hill.assembly,), why="The water of all.")
    river.decide(done(river.do(sessions.propose_hosting, river.people["ana"], wish)))
    valley.deliver()
    meeting = hill.do(sessions.known)[-1].first.id
    for men, code in ((("rojin", "tom"), "composition.required"), (("tom",), "")):
        item = proposed(valley, "the water", council=river.assembly)
        for keeper in ("gus", "ida"):
            done(told(hill, keeper, item, *men))
        mandate = decided(hill, item).acts[-1].id
        registered = hill.do(delegations.register, hill.people["tom"], meeting, mandate)
        assert (registered.code if isinstance(registered, Refusal) else "") == code
