"""FEDERATION.md says what the code does: types sent and taken, FEPs, addresses."""

import json
import re
from pathlib import Path
from typing import Final

from starlette.routing import BaseRoute, Route

from app.federation.posts import KINDS
from app.http.activitypub import (
    activities,
    actors,
    discovery,
    followers,
    ledger,
    posts,
    reactions,
    record,
)
from app.operations.exchange.handling.families import HANDLERS, IGNORED
from tests.federation import golden

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/FEDERATION.md").read_text(encoding="utf-8")
FEP: Final = re.compile(r"FEP-([0-9a-f]{4})")
KEY: Final = re.compile(r'"(gov:[a-z]\w*)"')
BY_DECISION: Final = {"Leave"}  # a withdrawal: no assembly of the golden documents leaves
ITSELF: Final = {"67ff"}  # this page's own form: no code is of it
SECTIONS: Final = ("Supported federation protocols and standards", "Supported FEPs", "ActivityPub")


def row(direction: str, after: str) -> set[str]:
    """The words in code of one row of the table that begins with `after`."""
    table = PAGE.split(f"| direction | {after} |")[1].split("\n\n")[0]
    [line] = [line for line in table.splitlines() if line.startswith(f"| {direction} |")]
    return set(re.findall(r"`([A-Z]\w+)`", line))


def test_the_page_has_the_sections_of_fep_67ff() -> None:
    assert [name for name in SECTIONS if f"\n## {name}\n" not in PAGE] == []


def test_the_activities_that_we_take_are_listed() -> None:
    assert row("taken", "activity types") == set(HANDLERS)


def test_the_activities_that_we_leave_alone_are_named() -> None:
    [line] = re.findall(r"by name so are ([^.]*)\.", PAGE)
    assert set(re.findall(r"`(\w+)`", line)) == set(IGNORED)


def test_the_activities_that_we_send_are_listed() -> None:
    sent = {json.loads(path.read_text(encoding="utf-8"))["type"] for path in golden.FOLDER.glob("*-*.json")
            if not path.name.startswith(("actor-", "served-"))}  # fmt: skip
    assert row("sent", "activity types") == sent | BY_DECISION


def test_the_objects_that_we_take_and_send_are_listed() -> None:
    assert row("taken", "object types") == KINDS
    things = [json.loads(path.read_text(encoding="utf-8")).get("object") for path in golden.FOLDER.glob("*-*.json")]
    types = {thing["type"] for thing in things if isinstance(thing, dict) and not thing["type"].startswith("gov:")}
    assert row("sent", "object types") == types - {"Announce", "Create", "Follow", "Join", "Offer", "Group"}


def test_the_feps_of_the_page_are_those_of_the_code() -> None:
    code = {found for path in (ROOT / "app").rglob("*.py") for found in FEP.findall(path.read_text(encoding="utf-8"))}
    assert set(FEP.findall(PAGE.split("## Supported FEPs")[1].split("\n## ")[0])) == code | ITSELF


def test_every_key_of_our_namespace_is_listed_and_explained() -> None:
    code = {key for path in (ROOT / "app").rglob("*.py") for key in KEY.findall(path.read_text(encoding="utf-8"))}
    told = PAGE.split("### Keys")[1].split("\n### ")[0]
    assert set(re.findall(r"`(gov:\w+)`", told)) == code
    pages = PAGE.replace(told, "") + (ROOT / "docs/acts.md").read_text(encoding="utf-8")
    assert {key for key in code if not re.search(rf"{key}\b", pages)} == set()


def test_every_address_is_listed() -> None:
    groups = (activities, actors, discovery, followers, ledger, posts, reactions, record)
    routes: list[BaseRoute] = [route for group in groups for route in group.ROUTES]
    paths = {route.path for route in routes if isinstance(route, Route)}
    told = PAGE.split("### Addresses")[1].split("\n### ")[0]
    shown = {re.sub(r"\{tile:path\}", "…", re.sub(r"\{(version)\}", r"<\1>", path)) for path in paths}
    shown = {re.sub(r"\{\w+\}", "<name>", path) for path in shown}
    ends = {"/inbox", "/outbox", "/followers", "/following", "/replies", "/likes", "/shares"}
    lacking = {path for path in shown if f"`{path}" not in told and f"/{path.rpartition('/')[2]}" not in ends}
    assert lacking == set()
    assert [end for end in ends if f"`{end}`" not in told] == []
