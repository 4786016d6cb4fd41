"""Who may answer in a session that a commune hosts: the verifier and the server read the same from any calls."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.governance.session import Registration, Session, called, opened_by, registered_before
from app.kernel.ids import Id
from app.verifier import ProposalReport, Reading, open_bundle, roll_at, verify_bundle
from tests.verifier.confederation import Doc, World, founded, instant, ref, row
from tests.verifier.test_agreement import of, parsed

Draw = Callable[[st.SearchStrategy[Any]], Any]
COMMUNES = ("Riverside", "Hill", "Harbour")


@cache
def beginning() -> World:
    return founded()


@st.composite
def calls(draw: Draw) -> World:
    """Sessions that Hill calls, moves and ends, others' sessions that take its place, and who registers when."""
    world = beginning().fork()
    sessions: list[Doc] = []
    for number in range(draw(st.integers(1, 9))):
        if not sessions or draw(st.integers(0, 2)) == 0:
            starts = world.clock + timedelta(seconds=draw(st.integers(-3, 8)))
            keys: Doc = {"name": "Assembly", "startTime": instant(starts)}
            if sessions and draw(st.booleans()):
                keys["gov:supersedes"] = ref(draw(st.sampled_from(sessions)))
            author = draw(st.sampled_from(("Hill", "Hill", "Hill", "Riverside")))
            sessions.append(world.seal(f"session-{number}", author, "Session", **keys))
        else:
            about = {"gov:session": ref(draw(st.sampled_from(sessions))), "gov:mandate": ref(sessions[0])}
            world.seal(f"came-{number}", draw(st.sampled_from(COMMUNES)), "Registration", **about)
        world.clock -= timedelta(seconds=draw(st.integers(0, 1)))  # two entries of one second
    return world


@pytest.mark.shows("G18", "B9")
@given(calls(), st.integers(-3, 15))
def test_both_know_the_same_roll_at_every_moment(world: World, later: int) -> None:
    acts, host = parsed(world), Id(world.id("Hill"))
    at = world.clock + timedelta(seconds=later)
    opened = opened_by(called(of(acts, Session)), host, at)
    ours = registered_before(opened, of(acts, Registration)) if opened is not None else ()
    record = Reading(open_bundle(world.bundle()), None).record
    assert roll_at(record, host, at) == ours


def hosted(*, late: bool = False) -> World:
    """Hill hosts, Riverside and Harbour register (Harbour too late, if it is), and a text is decided."""
    world = founded()
    opens = world.clock + timedelta(minutes=1)
    session = world.seal("session", "Hill", "Session", name="Spring", startTime=instant(opens))
    about = {"gov:session": ref(session), "gov:mandate": ref(session)}
    world.seal("came-Riverside", "Riverside", "Registration", **about)
    if not late:
        world.seal("came-Harbour", "Harbour", "Registration", **about)
    keys = {"gov:forum": world.id("Hill"), "gov:charter": ref(world.acts["charter-Hill"]), "gov:session": ref(session)}
    rule = world.acts["charter-Hill"]["gov:settings"]["rules"]["policy"]
    world.propose("fuel", "Common purchase", "policy", rule, **{**keys, "gov:opens": instant(opens)})
    world.clock = opens
    if late:
        world.seal("came-Harbour", "Harbour", "Registration", **about)
    for name in ("Riverside", "Harbour"):
        world.ratify(f"ratification-{name}", name, world.acts["fuel"], **{"gov:confederation": world.id("Hill")})
    return world


def freeze(world: World, *names: str) -> None:
    keys = {"gov:act": ref(world.acts["fuel"]), "gov:leaf": 9, "gov:roll": sorted(world.id(name) for name in names)}
    world.seal("receipt", "Hill", "Receipt", **keys)


def conclude(world: World, author: str, *names: str) -> None:
    rows = [row(world, name, f"ratification-{name}") for name in sorted(names)]
    rule = world.acts["fuel"]["gov:rule"]
    world.conclude("outcome", world.acts["fuel"], rows, rule, author, **{"gov:confederation": world.id("Hill")})


def told(world: World, *without: str) -> tuple[str, ProposalReport, int]:
    report = verify_bundle(world.bundle(without=without))
    [about] = [one for one in report.proposals if one.ref.id == world.acts["fuel"]["id"]]
    return about.outcomes[0].judgement.kind.value, about, report.exit_code


@pytest.mark.shows("G18")
def test_the_roll_is_who_registered_before_it_opened() -> None:
    world = hosted()
    freeze(world, "Riverside", "Harbour")
    conclude(world, "Hill", "Riverside", "Harbour")
    kind, about, code = told(world)
    assert (kind, code) == ("fine", 0)
    assert about.count is not None
    assert [one.row.assembly for one in about.count.stands] == sorted(map(world.id, ("Riverside", "Harbour")))


def test_a_host_that_leaves_out_who_registered_is_at_fault() -> None:
    world = hosted()
    freeze(world, "Riverside")
    conclude(world, "Hill", "Riverside")
    report = verify_bundle(world.bundle())
    assert "receipt.roll" in [one.code for one in report.faults]
    assert told(world)[0] == "fault"


def test_who_came_too_late_is_on_no_roll_and_a_registration_that_is_not_in_the_file_accuses_nobody() -> None:
    world = hosted(late=True)
    freeze(world, "Riverside")
    conclude(world, "Hill", "Riverside")
    assert told(world)[::2] == ("fine", 0)
    world = hosted()
    freeze(world, "Riverside", "Harbour")
    conclude(world, "Hill", "Riverside", "Harbour")
    assert told(world, "came-Harbour")[::2] == ("incomplete", 2)


@pytest.mark.withstands("F21")
def test_where_the_host_is_silent_the_registrations_say_who_may_answer() -> None:
    world = hosted()
    conclude(world, "Riverside", "Riverside", "Harbour")
    assert told(world)[::2] == ("fine", 0)
    assert told(world, "came-Harbour")[::2] == ("incomplete", 2)
