"""A block hides what is said and never silences a vote; every member sees the reason."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.federation.policy import Level
from app.governance.meeting import Kind as Point
from app.kernel.refusal import Refusal
from app.operations.exchange import blocking, reviewing
from app.operations.meetings import calling_off, convening
from app.store import actors, agenda, caretaking, meetings
from app.store.actors import Follower
from app.store.agenda import Item, Kind
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


def blocked(hill: Place) -> Item:
    """Spam is blocked, and the matter that it makes for the assembly."""
    done(hill.do(blocking.decide, "spam.example", Level.SUSPEND, "Nothing but advertising."))
    return hill.item(Kind.BLOCK, "spam.example")


def is_blocked(hill: Place) -> bool:
    return hill.do(blocking.policy_of).refuses("spam.example") is not None


def test_a_block_comes_first_at_the_next_meeting_and_stays_if_it_is_confirmed(valley: Valley) -> None:
    hill = valley["Hill"]
    item = blocked(hill)
    plan = convening.Plan("School hall", hill.clock.now() + timedelta(minutes=5))
    two = tuple(hill.people.values())[:2]
    meeting = done(hill.do(convening.convene, plan, two[0]))
    points = hill.read(lambda c: meetings.agenda_of(c, meeting.id))
    assert next(point.item for point in points if point.kind is Point.ITEM) == item.id
    for person in two:
        done(hill.do(calling_off.call_off, person, meeting.id))
    assert hill.do(reviewing.lapse_due) == 0
    assert hill.decide(item).status == "adopted"
    assert hill.do(reviewing.lapse_due) == 0
    assert is_blocked(hill)


def test_a_block_that_the_next_meeting_does_not_confirm_lapses_and_all_are_told(valley: Valley) -> None:
    hill = valley["Hill"]
    item = blocked(hill)
    hill.parts(hill.meets(item))
    assert is_blocked(hill)
    assert hill.do(reviewing.lapse_due) == 1
    assert hill.do(reviewing.lapse_due) == 0
    assert not is_blocked(hill)
    assert hill.read(lambda c: caretaking.entries(c, 1))[0].what == "lapsed"
    assert hill.read(lambda c: agenda.was_told(c, "block_lapsed", item=item.id))
    again = blocked(hill)
    hill.decide(again, agree=1, disagree=4)
    assert hill.do(reviewing.lapse_due) == 1
    assert not is_blocked(hill)


def test_a_caretaker_who_lifts_a_block_takes_it_off_the_agenda(valley: Valley) -> None:
    hill = valley["Hill"]
    item = blocked(hill)
    done(hill.do(blocking.decide, "spam.example", Level.ALLOW, "A mistake."))
    assert hill.item(Kind.BLOCK, "spam.example").id == item.id
    assert hill.item(Kind.BLOCK, "spam.example").state == "withdrawn"
