"""A commune of communes: councils that are members of councils, five tiers deep, over real instances."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from app.federation import audience, documents
from app.governance.assembly import Body
from app.governance.charter import Member
from app.governance.tally import By, Position
from app.operations.assembly import founding
from app.operations.confederation import counting, hosting
from app.operations.confederation.counting import Board
from app.operations.matters import proposing
from app.operations.record.sealing import load
from app.operations.votes import extending
from app.store import acts, agenda, outbox
from app.store.agenda import Kind
from tests.operations.neighbours import Valley, done, first_key_event, open_place, settle_down
from tests.pages.visits import browser, read

COMMUNES: Final = ("One", "Two", "Three", "Four", "Five")
TIERS: Final = {
    "North": ("One", "Two"),
    "City": ("North", "Three"),
    "Region": ("City", "Four"),
    "All": ("Region", "Five"),
}
PEOPLE: Final = {name: tuple(f"{name}{letter}" for letter in "abc") for name in COMMUNES}


def answer(valley: Valley, name: str, title: str, *, agree: int = 3) -> None:
    """One commune answers everything of this title that waits for its answer."""
    for item in valley[name].read(lambda c: agenda.listed(c, 100)):
        if item.kind is Kind.ANSWER and title in item.title and item.state == "open":
            valley[name].decide(item, agree=agree, disagree=3 - agree)
    valley.deliver()


@pytest.fixture(scope="module")
def tiers(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Valley, str]:
    """Neighbourhood, district, region and people's council over five communes; one commune alone does not answer."""
    folder = tmp_path_factory.mktemp("tiers")
    valley = settle_down(folder, sqlite_template, PEOPLE)
    for name, members in TIERS.items():
        valley.places[name] = open_place(folder, sqlite_template, valley.clock, name)
        valley[name].do(founding.begin, Body.COUNCIL, name)
        listed = [Member(valley[one].assembly, first_key_event(valley[one]).digest) for one in members]
        done(valley[name].do(founding.found_council, {}, listed))
        valley.deliver()
        for commune in COMMUNES:
            answer(valley, commune, name)
    five = valley["Five"]
    draft = proposing.Draft("Water", "A well for each.", "task", valley["All"].assembly)
    five.decide(done(five.do(proposing.propose, next(iter(five.people.values())), draft)), agree=3)
    valley.deliver()
    [proposal] = [act for act in five.read(lambda c: acts.of_type(c, "gov:Proposal")) if "gov:closes" in load(act)]
    three, closes = valley["Three"], datetime.fromisoformat(load(proposal)["gov:closes"])
    asked = three.item(Kind.ANSWER, "Water").id
    moved, who = closes + timedelta(days=3), next(iter(three.people.values()))
    three.decide(done(three.do(extending.propose, who, asked, moved, "It snows.")), agree=3)
    valley.deliver()
    for commune in COMMUNES:
        answer(valley, commune, "Water", agree=0 if commune == "One" else 3)  # which leaves it unresolved there
    valley.clock.at = moved - timedelta(hours=12)
    valley["North"].do(hosting.duties)  # says upward in time what its members answered
    valley.deliver()
    return valley, proposal.id


def board(tiers: tuple[Valley, str], name: str) -> Board:
    valley, proposal = tiers
    return done(valley[name].do(counting.board, proposal))


@pytest.mark.shows("H5")
def test_a_council_is_a_member_of_the_council_above_by_the_answers_of_its_own_members(
    tiers: tuple[Valley, str],
) -> None:
    valley, _ = tiers
    region = valley["Region"].assembly
    kept = valley["All"].read(lambda c: acts.of_type(c, "gov:Ratification", author=region))
    assert all("gov:outcome" in load(act) for act in kept)
    assert board(tiers, "All").record.roll == tuple(sorted((region, valley["Five"].assembly)))


@pytest.mark.parametrize("name", [*TIERS, *COMMUNES])
def test_a_commune_at_the_base_asks_for_more_time_and_every_tier_counts_by_it(
    tiers: tuple[Valley, str], name: str
) -> None:
    seen = board(tiers, name)
    assert seen.closing.by is not None
    assert seen.closing.by.head.author == tiers[0]["Three"].assembly
    assert seen.proposal.closes is not None
    assert seen.closing.at == seen.proposal.closes + timedelta(days=3)


@pytest.mark.shows("R2", "H5")
@pytest.mark.parametrize("name", ["All", "Region", "City", "North", "One", "Five"])
def test_every_tier_counts_by_councils_and_over_all_communes(tiers: tuple[Valley, str], name: str) -> None:
    valley, _ = tiers
    seen = board(tiers, name)
    nested = {row.assembly: (row.stance, row.by) for row in done(seen.count).rows}
    assert nested == {
        valley["Region"].assembly: (Position.REJECTED, By.RATIFICATION),
        valley["Five"].assembly: (Position.RATIFIED, By.RATIFICATION),
    }
    assert done(seen.count).status == "rejected"
    assert seen.other is not None  # four of five communes agree: what the tiers made of it is seen beside it
    assert {row.assembly for row in seen.other.rows} == {valley[one].assembly for one in COMMUNES}
    assert (seen.other.counts.yes, seen.other.counts.entitled, seen.other.status) == (4, 5, "adopted")


@pytest.mark.shows("R2")
def test_the_board_says_both_counts(tiers: tuple[Valley, str]) -> None:
    valley, _ = tiers
    said = read(browser(valley["One"]), "/confederation")
    assert "Not adopted. Binding: 1 of 2." in said
    assert (
        "Counted over all 5 local assemblies as one: Adopted. 4 of 5. "
        "The two counts differ: the tiers make the difference. By our rules the other one decides." in said
    )


@pytest.mark.parametrize("name", ["North", "City", "Region", "All"])
def test_what_a_council_passes_on_is_for_whoever_follows_it_too(tiers: tuple[Valley, str], name: str) -> None:
    valley, proposal = tiers
    kept = valley[name].read(lambda c: outbox.page(c, valley[name].assembly, None, 500))
    announced = [json.loads(one.raw) for one in kept if json.loads(one.raw)["type"] == "Announce"]
    passed = [one for one in announced for act in documents.acts_within(one) if act["type"] == "gov:Ratification"]
    assert passed
    assert {audience.is_public(one) for one in passed} == {True}
    brought = {act["id"] for one in announced for act in documents.acts_within(one)}
    assert name == "All" or proposal in brought, "the text that was brought down"
