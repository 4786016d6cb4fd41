"""Every body answers to those it comes from: whoever called a session names them, and reports once it is over."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.assembly import membership
from app.operations.confederation import confederations, session_reports, sessions
from app.operations.confederation.session_reports import Owed
from app.store.acts import StoredAct
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import PASSWORD, Place, Valley, done, found_council, settle_down
from tests.operations.test_sessions import called, host, send_delegation

DUE, OVERDUE = Owed(None, overdue=False), Owed(None, overdue=True)


def owed(valley: Valley, *names: str) -> list[Owed | None]:
    """Where each instance has the report on the session."""
    valley.deliver()
    return [valley[name].do(session_reports.owed, called(valley[name])) for name in names]


def given(place: Place, who: str, text: str = "The water was shared out; the road waits.") -> StoredAct | Refusal:
    return place.do(session_reports.give, place.people[who], called(place).first.id, text)


def refused(found: StoredAct | Refusal) -> str:
    assert isinstance(found, Refusal)
    return found.code


@pytest.mark.shows("H1")
def test_who_hosts_owes_a_report_to_all_who_came_and_every_instance_sees_whether_it_was_given(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    hill, river, harbour = valley["Hill"], valley["Riverside"], valley["Harbour"]
    everywhere = ("Hill", "Riverside", "Harbour")
    meeting = host(valley, "Hill", "Spring assembly")
    for place, person in ((hill, "rojin"), (river, "ana"), (harbour, "jo")):
        send_delegation(place, called(place), person)
    valley.clock.tick(days=11)
    assert owed(valley, *everywhere) == [None] * 3
    assert refused(given(hill, "rojin")) == "report.early"
    done(hill.do(sessions.end, hill.people["rojin"], meeting.first.id, (), None))
    assert owed(valley, *everywhere) == [DUE] * 3
    valley.clock.tick(days=30)
    assert owed(valley, *everywhere) == [OVERDUE] * 3
    assert refused(given(hill, "ida")) == "session.who"
    assert refused(given(river, "ana")) == "session.unknown"
    assert refused(given(hill, "rojin", "")) == refused(given(hill, "rojin", "a" * 10_001)) == "report.text"
    done(given(hill, "rojin"))
    found = owed(valley, *everywhere)
    assert [one is not None and one.act is not None and b"the road waits" in one.act.raw for one in found] == [True] * 3
    assert [one is not None and one.overdue for one in found] == [False] * 3
    assert refused(given(hill, "rojin")) == "report.given"


@pytest.mark.shows("H1")
def test_a_council_names_the_assemblies_it_comes_from_and_reports_to_them(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    council = valley["Valley"]
    kim = done(council.do(membership.add, "Kim", done(membership.hash_password(PASSWORD))))
    council.people[kim.name] = kim
    found_council(valley, ("Riverside", "Hill"))
    parents = {valley["Riverside"].assembly, valley["Hill"].assembly}
    for name in ("Valley", "Riverside", "Hill"):
        assert valley[name].read(lambda c: confederations.members_of(c, council.assembly)) == parents
    opens = valley.clock.now() + timedelta(days=2)
    done(council.do(sessions.call, kim, sessions.Wish("Council", opens)))
    valley.deliver()
    assert [called(valley[name]).session.name for name in ("Valley", "Riverside", "Hill")] == ["Council"] * 3
    valley.clock.at = opens
    done(council.do(sessions.end, kim, called(council).first.id, (), None))
    assert owed(valley, "Valley", "Riverside", "Hill") == [DUE] * 3
    done(given(council, "kim"))
    found = owed(valley, "Valley", "Riverside", "Hill")
    assert [one is not None and one.act is not None and one.act.author for one in found] == [council.assembly] * 3
