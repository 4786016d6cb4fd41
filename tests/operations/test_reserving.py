"""What we declare if we agree is told to all, is nobody else's to change, and is part of what one votes on."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.confederation import reserving
from app.operations.votes import voting
from app.store import agenda
from app.store.agenda import Item, Kind
from tests.operations.mandated import brought, confederated
from tests.operations.neighbours import Place, done


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    valley = confederated(tmp_path, sqlite_template)
    brought(valley)
    return valley["Hill"]


def fuel(hill: Place) -> Item:
    return hill.item(Kind.ANSWER, "Winter fuel")


def puts(hill: Place, who: str, text: str) -> str:
    """The reservations after somebody wrote, or the code of the refusal."""
    found = hill.do(reserving.reserve, hill.people[who], fuel(hill).id, text)
    return found.code if isinstance(found, Refusal) else reserving.declared(found)


def told(hill: Place) -> list[str]:
    kept = hill.read(lambda c: agenda.told(c, 500))
    return sorted(event.kind for event in kept if event.item == fuel(hill).id and "reserved" in event.kind)


@pytest.mark.shows("H6")
def test_who_put_reservations_there_changes_them_and_all_are_told_each_time(hill: Place) -> None:
    assert puts(hill, "leyla", "Not in the harvest.") == "Not in the harvest."
    assert puts(hill, "tom", "") == "answer.reserved"
    assert puts(hill, "leyla", "Not in the harvest, nor in Lent.") == "Not in the harvest, nor in Lent."
    assert told(hill) == ["reserved", "reserved"]
    meeting = hill.meets(fuel(hill))
    chair = next(iter(hill.people))
    assert puts(hill, chair, "Not in winter.") == "Not in winter."
    hill.parts(meeting)
    assert puts(hill, "leyla", "") == "answer.reserved"


@pytest.mark.shows("H6")
@pytest.mark.withstands("F06")
def test_reservations_are_fixed_at_the_opening_and_a_ballot_is_about_them_too(hill: Place) -> None:
    puts(hill, "leyla", "Not in the harvest.")
    vote = done(hill.do(voting.open_vote, fuel(hill).id, timedelta(hours=1)))
    assert told(hill) == ["reserved", "vote_opened_reserved"]
    assert puts(hill, "leyla", "") == "proposal.state"
    blind = hill.do(voting.cast, hill.people["tom"], vote.id, "agree", "", vote.act_digest)
    assert isinstance(blind, Refusal)
    assert blind.code == "vote.version"
    read = reserving.version(fuel(hill), vote.act_digest)
    done(hill.do(voting.cast, hill.people["tom"], vote.id, "agree", "", read))
