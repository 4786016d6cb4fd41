"""A block hides what is said and never silences a vote; every member sees the reason."""

from pathlib import Path

import pytest

from app.federation.policy import Level
from app.kernel.refusal import Refusal
from app.operations import blocking
from app.store import actors, caretaking
from app.store.actors import Follower
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    made = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(made, ("Riverside", "Hill"))
    return made


def domain(place: Place) -> str:
    return place.instance.url.removeprefix("https://")


@pytest.mark.withstands("F35")
@pytest.mark.withstands("H07")
def test_a_fellow_cannot_be_suspended_and_is_heard_whatever_holds_for_its_domain(valley: Valley) -> None:
    council, hill = valley["Valley"], valley["Hill"]
    refused = council.do(blocking.decide, domain(hill), Level.SUSPEND, "They voted against us.")
    assert isinstance(refused, Refusal)
    assert refused.code == "domain.fellow"
    above = council.do(blocking.decide, domain(hill).partition(".")[2], Level.SUSPEND, "All of them.")
    assert isinstance(above, Refusal)
    done(council.do(blocking.decide, domain(hill), Level.SILENCE, "They shout."))
    assert council.do(blocking.policy_of).refuses(domain(hill)) is None
    rows = f"#domain,#severity\n{domain(hill)},suspend\nspam.example,suspend\n"
    drafts, spared = done(council.do(blocking.propose_list, rows))
    assert (drafts, spared) == (1, ())  # decided here already, so the list does not touch it


def test_who_is_suspended_follows_no_more_and_members_see_why(valley: Valley) -> None:
    hill = valley["Hill"]
    for name in ("https://spam.example/a", "https://more.spam.example/b", "https://other.example/c"):
        hill.do(
            lambda c, i, who: actors.follow(c, i.assembly, Follower(who, f"{who}/inbox", reads_acts=False), 0), name
        )
    done(hill.do(blocking.decide, "Spam.Example.", Level.SUSPEND, "Nothing but advertising."))
    left = hill.read(lambda connection: actors.followers_of(connection, hill.assembly))
    assert [one.id for one in left] == ["https://other.example/c"]
    [entry] = hill.read(lambda connection: caretaking.entries(connection, 9))
    assert (entry.what, entry.subject, entry.reason) == ("suspend", "spam.example", "Nothing but advertising.")


@pytest.mark.parametrize(
    ("name", "reason", "code"),
    [
        ("no domain", "x", "domain.form"),
        ("spam.example", "", "domain.reason"),
        ("spam.example", "x" * 501, "domain.reason"),
        ("hill.example", "x", "domain.ours"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_logs_nothing(
    valley: Valley, name: str, reason: str, code: str
) -> None:
    hill = valley["Hill"]
    refused = hill.do(blocking.decide, name if code != "domain.ours" else domain(hill), Level.LIMIT, reason)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert hill.read(lambda connection: caretaking.entries(connection, 9)) == ()


def test_a_list_that_is_none_is_refused(valley: Valley) -> None:
    refused = valley["Hill"].do(blocking.propose_list, "name,age\nx,1\n")
    assert isinstance(refused, Refusal)
    assert refused.code == "list.form"
