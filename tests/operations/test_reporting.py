"""Delegates report and are told whether it was accepted; who comes after reads what they left; offices outside."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.mandate import Office
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.confederation import delegations, sessions
from app.operations.mandates import mandating, recalling, reporting
from app.operations.mandates.reporting import Standing
from app.store import agenda
from app.store.agenda import Item
from tests.operations.mandated import agreeing_on, confederated, granted, mandate_at, seen, wished
from tests.operations.neighbours import Valley, done

COUNCILLOR = Office("Councillor", "City council")


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template, rules={"offices": True})


def given(valley: Valley, name: str, mandate: str, text: str = "We were heard.") -> Item | Refusal:
    hill = valley["Hill"]
    return hill.do(reporting.give, hill.people[name], mandate, text)


def reports(valley: Valley, name: str, mandate: str) -> tuple[reporting.Given, ...]:
    entry = seen(valley[name], mandate)
    return valley[name].read(lambda connection: reporting.given(connection, entry))


def standing(valley: Valley, name: str, mandate: str) -> Standing | None:
    hill = valley["Hill"]
    return hill.do(reporting.standing, seen(hill, mandate), Id(hill.person(name)))


@pytest.mark.shows("S7")
@pytest.mark.shows("H1")
def test_a_report_is_due_at_the_end_overdue_after_the_next_meeting_and_accepted_or_refused(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on("policy"))
    end = seen(hill, mandate).mandate.valid_until
    assert standing(valley, "tom", mandate) is None
    valley.clock.at = end
    assert standing(valley, "tom", mandate) is Standing.DUE
    valley.clock.at = end + timedelta(days=30, seconds=1)
    assert standing(valley, "tom", mandate) is Standing.OVERDUE
    first = done(given(valley, "tom", mandate))
    assert standing(valley, "tom", mandate) is Standing.WAITING
    twice = given(valley, "tom", mandate)
    assert isinstance(twice, Refusal)
    assert twice.code == "report.waiting"
    hill.decide(first, agree=1, disagree=4)
    assert standing(valley, "tom", mandate) is Standing.REFUSED
    hill.decide(done(given(valley, "tom", mandate, "In full: we were heard.")))
    assert standing(valley, "tom", mandate) is Standing.ACCEPTED
    assert standing(valley, "rojin", mandate) is Standing.OVERDUE
    valley.deliver()
    for name in ("Riverside", "Valley"):  # a report is for confederates: it stands beside the mandate there
        assert [one.who for one in reports(valley, name, mandate)] == [hill.person("tom")] * 2


@pytest.mark.shows("S7")
def test_who_is_recalled_owes_the_report_at_once(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on("policy"))
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "Why."))
    hill.decide(recall, agree=4)
    assert standing(valley, "tom", mandate) is Standing.DUE
    assert standing(valley, "rojin", mandate) is None


@pytest.mark.shows("S13")
def test_who_comes_after_reads_what_who_went_before_left(valley: Valley) -> None:
    hill = valley["Hill"]
    first = granted(valley, agreeing_on("policy"))
    for text in ("Ask for Mei.", "Ask for Mei; the hall is cold."):
        assert hill.do(reporting.hand_over, hill.people["tom"], first, text) is None
    stranger = hill.do(reporting.hand_over, hill.people["gus"], first, "I was never there.")
    assert stranger is not None
    assert stranger.code == "report.who"
    valley.clock.tick(days=31)
    second = granted(valley, agreeing_on("policy"), delegates=("gus", "ida"))
    notes = hill.do(reporting.handed_over, seen(hill, second))
    assert [note.text for note in notes] == ["Ask for Mei; the hall is cold."]
    assert hill.do(reporting.handed_over, seen(hill, first)) == ()


@pytest.mark.shows("B18")
def test_an_outside_office_carries_the_mandate_and_the_assembly_marks_each_vote(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = granted(valley, agreeing_on("policy"), council="", delegates=("tom",), office=COUNCILLOR)
    for name in ("Hill", "Riverside", "Valley"):
        assert mandate_at(valley[name], mandate).office == COUNCILLOR
        assert mandate_at(valley[name], mandate).council == ()
    kept = [done(given(valley, "tom", mandate, f"I voted {how} on the budget.")) for how in ("for", "against")]
    hill.decide(kept[0], agree=4)
    hill.decide(kept[1], agree=1, disagree=4)
    marks = [one.standing for one in reports(valley, "Hill", mandate)]
    assert marks == [Standing.ACCEPTED, Standing.REFUSED]
    assert seen(hill, mandate).done == ()  # nothing is computed
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (), "She voted against the budget."))
    text = hill.read(lambda c: agenda.versions(c, recall.id))[-1].source
    assert "we ask Tom in public to resign" in text
    hill.decide(recall, agree=4)
    valley.deliver()
    assert seen(valley["Riverside"], mandate).recalled == {hill.person("tom")}


@pytest.mark.shows("B18")
def test_outside_offices_are_off_unless_the_charter_says_otherwise(tmp_path: Path, sqlite_template: Path) -> None:
    valley = confederated(tmp_path, sqlite_template)
    wish = wished(valley, agreeing_on("policy"), council="", delegates=("tom",), office=COUNCILLOR)
    refused = valley["Hill"].do(mandating.propose, valley["Hill"].people["leyla"], wish)
    assert isinstance(refused, Refusal)
    assert refused.code == "mandate.office"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("gus", "I.", "report.who"), ("tom", "", "report.text"), ("tom", "x" * 10_001, "report.text")],
)
def test_only_who_was_sent_reports_and_says_something(valley: Valley, name: str, text: str, code: str) -> None:
    refused = given(valley, name, granted(valley, agreeing_on("policy")), text)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@pytest.mark.shows("S7")
def test_a_report_is_due_when_the_session_ends_to_which_somebody_was_sent(valley: Valley) -> None:
    hill, river = valley["Hill"], valley["Riverside"]
    begins = valley.clock.now() + timedelta(days=10)
    wish = sessions.Wish("Spring assembly", begins, invited=(hill.assembly,), why="The water of all.")
    river.decide(done(river.do(sessions.propose_hosting, river.people["ana"], wish)))
    valley.deliver()
    meeting = hill.do(sessions.known)[-1].first.id
    mandate = granted(valley, agreeing_on("the water"), council=river.assembly)
    done(hill.do(delegations.register, hill.people["tom"], meeting, mandate))
    valley.deliver()
    valley.clock.tick(days=11)
    assert standing(valley, "tom", mandate) is None
    done(river.do(sessions.end, river.people["ana"], meeting, (), None))
    valley.deliver()
    assert standing(valley, "tom", mandate) is Standing.DUE
