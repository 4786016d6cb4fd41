"""Who is long not seen is told of first, is not counted among those entitled, and votes all the same."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.canonical import commitment
from app.operations.assembly import electorate, membership
from app.operations.matters import proposing
from app.operations.matters.proposing import charter_of
from app.operations.votes import voting
from app.store import accounts, votes
from app.store.votes import Vote
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, done, settle_down


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    return settle_down(tmp_path, sqlite_template, {"Hill": PEOPLE["Hill"]})["Hill"]


def all_but(hill: Place, *away: str) -> None:
    """Everybody else is seen now."""
    for name, account in hill.people.items():
        if name not in away:
            hill.do(lambda c, i, who: accounts.seen(c, who, int(i.now().timestamp())), account.id)


def opened(hill: Place) -> Vote:
    item = done(hill.do(proposing.propose, hill.people["tom"], proposing.Draft("Fuel", "We buy.", "policy", None)))
    return done(hill.do(voting.open_vote, item.id, timedelta(hours=1)))


def entitled(hill: Place, vote: Vote) -> int:
    return len(hill.read(lambda c: votes.roll(c, vote.id)))


def test_who_is_not_seen_is_counted_until_all_were_told_of_it(hill: Place) -> None:
    hill.clock.tick(days=200)
    all_but(hill, "gus")
    assert entitled(hill, opened(hill)) == 5
    hill.do(electorate.warn)
    hill.clock.tick(days=13)
    all_but(hill, "gus")
    assert entitled(hill, opened(hill)) == 5
    hill.clock.tick(days=2)
    all_but(hill, "gus")
    assert entitled(hill, opened(hill)) == 4


def test_who_was_long_away_votes_and_is_counted_again(hill: Place) -> None:
    away(hill)
    vote = opened(hill)
    assert entitled(hill, vote) == 4
    done(hill.do(voting.cast, hill.people["gus"], vote.id, "agree", "", vote.act_digest))
    assert entitled(hill, vote) == 5
    after = hill.read(lambda c: votes.get(c, vote.id))
    assert after is not None
    people = sorted(hill.person(name) for name in hill.people)
    assert after.commitment == commitment(vote.salt, people)
    assert entitled(hill, opened(hill)) == 5


def test_only_who_is_away_is_told_of(hill: Place) -> None:
    away(hill)
    told = [one.name for one in hill.read(accounts.members) if one.warned_at is not None]
    assert told == ["gus"]
    charter = hill.do(lambda c, i: charter_of(c, i, i.assembly, i.now()))
    assert charter is not None
    found = hill.do(electorate.electorate, charter)
    assert [one.name for one in found.dormant] == ["gus"]


def away(hill: Place) -> None:
    hill.clock.tick(days=170)
    all_but(hill, "gus")
    hill.do(electorate.warn)
    hill.clock.tick(days=15)
    all_but(hill, "gus")


@pytest.mark.withstands("F34")
def test_who_came_in_just_before_votes_but_not_on_rules_people_and_recalls_until_the_next_meeting(hill: Place) -> None:
    newcomers = [done(hill.do(membership.enter, name)) for name in ("Xe", "Yu", "Zo")]
    assert entitled(hill, opened(hill)) == 8
    charter = hill.do(lambda c, i: charter_of(c, i, i.assembly, i.now()))
    assert charter is not None

    def counted(category: str) -> set[str]:
        return {one.name for one in hill.do(electorate.electorate, charter, category).entitled}

    grave = ("charter", "exclusion", "recall")
    assert all(counted(category) == set(hill.people) for category in grave)
    item = done(hill.do(proposing.propose, hill.people["tom"], proposing.Draft("Wood", "We buy.", "policy", None)))
    meeting = hill.meets(item)
    assert all(counted(category) == set(hill.people) for category in grave)  # it is their first
    hill.parts(meeting)
    assert all(counted(category) == set(hill.people) for category in grave)  # and another one right after it is none
    hill.clock.tick(days=30)
    assert all(counted(category) == {*hill.people, *(one.name for one in newcomers)} for category in grave)
