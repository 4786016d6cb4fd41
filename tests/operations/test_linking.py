"""A text is taken up elsewhere with where it comes from, and what becomes of it there is that assembly's own matter."""

from pathlib import Path

import pytest

from app.http.pages.matters import items
from app.operations.matters import linking, proposing
from app.operations.matters.proposing import Draft
from app.operations.record.sealing import load
from app.store import acts
from tests.operations.neighbours import Valley, done, found_council, settle_down

PEOPLE = {"Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"), "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida")}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    founded = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(founded, PEOPLE)
    return founded


@pytest.mark.shows("G15")
@pytest.mark.shows("G10")
def test_a_text_of_another_assembly_is_adapted_and_each_keeps_its_own_register(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    seeds = done(river.do(proposing.propose, river.people["ana"], Draft("Common seeds", "We share them.", "task")))
    river.decide(seeds)
    valley.deliver()
    links = (("derivedFrom", seeds.act),)
    draft = Draft("Common seeds and tools", "We share both.", "task", links=links)
    adapted = done(hill.do(proposing.propose, hill.people["rojin"], draft))
    hill.decide(adapted)
    valley.deliver()
    text = load(river.read(lambda c: acts.of_type(c, "gov:Proposal", author=hill.assembly))[-1])
    assert text["gov:links"] == {"derivedFrom": [{"id": seeds.act, "gov:digest": seeds.act_digest}]}
    shown = hill.do(items.view, adapted.id, None)
    assert shown is not None
    assert shown.taken_from is not None
    assert shown.taken_from[0] == "Riverside"
    assert [one.proposal.name for one in river.do(linking.settled)] == ["Common seeds"]
    assert [one.proposal.name for one in hill.do(linking.settled)] == ["Common seeds and tools"]
    assert all(one.in_force for one in (*river.do(linking.settled), *hill.do(linking.settled)))
