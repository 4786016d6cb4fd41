"""Whole records written as JSON: who there is, what was sealed and when, and what it must come to.

A vector says its `world`. `valley`: Riverside, Hill and Harbour confederate in Valley, and Riverside has brought
`fuel` before it under `rule`. `tiers`: One and Two are in North, North and Three in City, and Three has brought
`fuel` before City. Its `steps` are acts, each with the seconds since `fuel` was opened; in their keys `{ref:x}` is
the reference of the act named x, `{id:X}` the address of X, `{time:n}` the instant n seconds after the opening.

It comes at `at` to `rows`, `status` and where given `binds`, or is `refused` by a code; `void` are acts that count
as none, by name and code, `members` who is on the roll of a council, `judged` what results are found to be.
`about` is the text if it is not `fuel`.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.verifier.confederation import (
    BETWEEN,
    MOST_PRESENT,
    Doc,
    World,
    admitted,
    deciding_by,
    founded,
    instant,
    ref,
    row,
)

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "records"
_NAMED: Final = re.compile(r"\{(ref|id|time|digest):([^}]*)\}")


def written() -> list[tuple[str, Doc]]:
    """Every vector with its name."""
    files = sorted(VECTORS.glob("*.json"))
    return [(f"{path.stem}: {case['why']}", case) for path in files for case in json.loads(path.read_text())]


def built(case: Doc) -> World:
    """The record that a vector describes, up to the last of its steps."""
    world = _begun(case["world"], json.dumps(case.get("rule", BETWEEN)), json.dumps(case.get("settings", {}))).fork()
    begin = opening(world)
    for step in case["steps"]:
        world.clock = begin + timedelta(seconds=step["at"])
        _seal(world, step, _filled(step.get("keys", {}), world, begin))
    return world


def _seal(world: World, step: Doc, keys: Doc) -> None:
    """One act; a Ratification by counts and a Decision have the usual figures where the step says no other."""
    name, author = step["name"], step["by"]
    if step["type"] == "Receipt":
        world.receive(step["of"], world.acts[step["of"]], **keys)
    elif step["type"] == "Ratification" and "gov:outcome" not in keys:
        stance = keys.pop("gov:stance", "ratified")
        world.ratify(name, author, world.acts["fuel"], stance, **{**_in_its_council(world, author), **keys})
    elif step["type"] == "Decision":
        world.decide(name, author, keys.pop("gov:rule"), **keys)
    else:
        world.seal(name, author, step["type"], **keys)


def _in_its_council(world: World, author: str) -> Doc:
    if "North" not in world.signers:
        return {}
    council = "City" if author == "Three" else "North"
    return {"gov:confederation": world.id(council), "gov:rule": MOST_PRESENT}


def opening(world: World) -> datetime:
    """When `fuel` was opened."""
    return datetime.fromisoformat(world.acts["fuel"]["gov:opens"])


def _filled(value: Any, world: World, begin: datetime) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, dict):
        return {key: _filled(one, world, begin) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, world, begin) for one in value]
    named = _NAMED.fullmatch(value) if isinstance(value, str) else None
    if named is None:
        return value
    kind, what = named.groups()
    if kind == "ref":
        return ref(world.acts[what])
    return world.id(what) if kind == "id" else instant(begin + timedelta(seconds=int(what)))


@cache
def _begun(kind: str, rule: str, settings: str) -> World:
    how: Doc = json.loads(rule)
    return in_tiers(how) if kind == "tiers" else in_the_valley(how, json.loads(settings))


def in_the_valley(rule: Doc, settings: Doc) -> World:
    """Three communes in one council, and a text before it."""
    world = admitted(founded(deciding_by(rule, **settings)))
    for person, home in (("Rojin", "Hill"), ("Tom", "Hill"), ("Leyla", "Harbour")):
        world.person(person, home)
    fuel = world.propose("fuel", "Winter fuel", "policy", rule)
    world.receive("fuel", fuel, **{"gov:roll": sorted(world.id(one) for one in ("Riverside", "Hill", "Harbour"))})
    return world


def in_tiers(rule: Doc) -> World:
    """North of One and Two, City of North and Three, and a text of Three before City."""
    world = World()
    for name in ("One", "Two", "Three"):
        world.assembly(name)
        world.charter(name, {"rules": dict.fromkeys(("ratification", "mandate", "recall", "procedure"), MOST_PRESENT)})
    settings = {"scope": "coordination", "rules": {"policy": rule, "charter": MOST_PRESENT}}
    for name, members in (("North", ("One", "Two")), ("City", ("North", "Three"))):
        world.assembly(name, "council")
        listed = [{"assembly": world.id(one), "gov:seats": 1} for one in members]
        world.charter(name, settings, **{"gov:members": listed})
    north, city = world.acts["charter-North"], world.acts["charter-City"]
    mine: Doc = {"gov:rule": MOST_PRESENT, "gov:confederation": world.id("North")}
    for name in ("One", "Two"):
        world.ratify(f"founder-{name}", name, north, **mine)
    world.ratify("founder-Three", "Three", city, **{**mine, "gov:confederation": world.id("City")})
    _freeze(world, "City-North", "North", city, ("One", "Two"))
    for name in ("One", "Two"):
        world.ratify(f"joining-{name}", name, city, **mine)
    rows = [row(world, name, f"joining-{name}") for name in ("One", "Two")]
    about = {"gov:confederation": world.id("North")}
    joined = world.conclude("joined", city, rows, MOST_PRESENT, "North", **about)
    upward = {"gov:confederation": world.id("City"), "gov:proposal": ref(city), "gov:outcome": ref(joined)}
    world.seal("founder-North", "North", "Ratification", **{**upward, "gov:stance": "ratified"})
    forum = {"gov:forum": world.id("City"), "gov:charter": ref(city)}
    fuel = world.propose("fuel", "Winter fuel", "policy", rule, "Three", **forum)
    for name, members in (("City", ("North", "Three")), ("North", ("One", "Two"))):
        _freeze(world, name, name, fuel, members)
    return world


def _freeze(world: World, name: str, council: str, about: Doc, members: Iterable[str]) -> None:
    """A council's Receipt that brings a text to its members."""
    roll = sorted(world.id(one) for one in members)
    world.seal(f"receipt-{name}", council, "Receipt", **{"gov:act": ref(about), "gov:leaf": 0, "gov:roll": roll})
