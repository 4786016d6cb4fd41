"""More time to answer: the verifier and the server's own rules move a close alike, or leave it where it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pytest

from app.governance.extension import request_is_void
from app.governance.outcome import Outcome, judge
from app.governance.ratification import Decision
from app.governance.record import until
from tests.verifier.confederation import AT_HOME, BETWEEN, MOST_PRESENT, Doc, World, instant, ref, row
from tests.verifier.test_agreement import REFUSED, beginning, counted, of, parsed, record_of, verified

WEEK: Final = timedelta(weeks=1)
SECOND: Final = timedelta(seconds=1)


def begun() -> World:
    return beginning().fork()


def closes(world: World) -> datetime:
    return datetime.fromisoformat(world.acts["fuel"]["gov:closes"])


def asks(
    world: World, author: str = "Hill", by: timedelta = WEEK, rule: object = MOST_PRESENT, more: Doc | None = None
) -> Doc:
    """A Decision of `author` that answers close later by so much."""
    keys = {"gov:extends": ref(world.acts["fuel"]), "gov:closes": instant(closes(world) + by), **(more or {})}
    return world.decide(f"request-{author}", author, rule, None, **keys)


def granted(
    world: World, author: str = "Hill", by: timedelta = WEEK, rule: object = MOST_PRESENT, more: Doc | None = None
) -> None:
    world.receive(f"request-{author}", asks(world, author, by, rule, more))


def answered(world: World, after: timedelta) -> str:
    """Where both say that Harbour stands, which answers so long after the close that was signed first."""
    world.clock = closes(world) + after
    world.ratify("late-answer", "Harbour", world.acts["fuel"])
    ours, theirs = counted(world), verified(world)
    assert theirs.count is not None
    stances = {one.row.assembly: one.row.stance for one in theirs.count.stands}
    assert {one.assembly: one.stance.value for one in ours.rows} == stances
    return stances[world.id("Harbour")]


def codes(world: World) -> list[str]:
    """Why each request moves nothing, by the server's rules; empty for one that may."""
    record = until(record_of(world), closes(world))
    found = [request_is_void(record, act) for act in of(parsed(world), Decision) if act.extends is not None]
    return ["" if one is None else one.code for one in found]


@pytest.mark.shows("B9")
@pytest.mark.parametrize(
    ("after", "stance"),
    [(timedelta(0), "ratified"), (SECOND, "ratified"), (WEEK, "ratified"), (WEEK + SECOND, "silent")],
)
def test_an_answer_counts_until_exactly_the_close_that_was_moved(after: timedelta, stance: str) -> None:
    world = begun()
    granted(world)
    assert answered(world, after) == stance


def test_without_a_request_an_answer_counts_until_exactly_the_close_that_was_signed() -> None:
    assert answered(begun(), timedelta(0)) == "ratified"
    assert answered(begun(), SECOND) == "silent"


def late(world: World) -> None:
    world.clock = closes(world) + SECOND
    granted(world)


def on_record_late(world: World) -> None:
    request = asks(world)
    world.clock = closes(world) + SECOND
    world.receive("request-Hill", request)


def at_the_last_second(world: World) -> None:
    request = asks(world)
    world.clock = closes(world)
    world.receive("request-Hill", request)


def from_nobody_who_answers(world: World) -> None:
    world.assembly("Moor")
    world.charter("Moor", world.acts["charter-Hill"]["gov:settings"])
    granted(world, "Moor")


def about_another(world: World) -> None:
    granted(world, more={"gov:extends": ref(world.acts["joining"])})


@pytest.mark.withstands("F02")
@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (granted, ""),
        (at_the_last_second, ""),
        (lambda world: granted(world, by=timedelta(days=21)), ""),
        (lambda world: granted(world, by=timedelta(days=21) + SECOND), "extension.span"),
        (lambda world: granted(world, by=timedelta(0)), "extension.span"),
        (lambda world: granted(world, by=-SECOND), "extension.span"),
        (late, "extension.late"),
        (asks, "extension.unseen"),
        (on_record_late, "extension.unseen"),
        (from_nobody_who_answers, "extension.stranger"),
        (about_another, "extension.none"),
        (lambda world: granted(world, rule=AT_HOME), "decision.rule"),
        (lambda world: granted(world, more={"gov:counts": REFUSED}), "decision.status"),
        (lambda world: granted(world, more={"gov:counts": REFUSED, "gov:status": "rejected"}), "decision.status"),
    ],
)
def test_only_a_request_as_the_rules_have_it_moves_the_close(ask: Callable[[World], object], code: str) -> None:
    world = begun()
    ask(world)
    assert codes(world) == [code]
    assert answered(world, timedelta(hours=2) if code else SECOND) == ("silent" if code else "ratified")


@pytest.mark.parametrize(("first", "second"), [(1, 20), (20, 1)])
def test_the_first_request_counts_and_no_second_one(first: int, second: int) -> None:
    for after, stance in ((timedelta(days=first), "ratified"), (timedelta(days=first) + SECOND, "silent")):
        world = begun()
        granted(world, "Hill", timedelta(days=first))
        granted(world, "Riverside", timedelta(days=second))
        assert answered(world, after) == stance


def test_a_result_is_not_final_before_the_time_to_object_after_the_moved_close() -> None:
    for after, kind in ((timedelta(hours=1), "fault"), (WEEK + timedelta(seconds=5), "fine")):
        world = begun()
        granted(world)
        world.clock = closes(world) + after
        rows = [row(world, name, None, "silent") for name in ("Harbour", "Hill", "Riverside")]
        told: Doc = {"gov:status": "no_quorum", "gov:binds": [], "gov:final": True}
        told["gov:tendency"] = {"status": "no_quorum", "counts": SILENT}
        world.conclude("outcome", world.acts["fuel"], rows, BETWEEN, "Valley", **told)
        ours = next(one for one in of(parsed(world), Outcome) if one.proposal == record_of(world).proposal.head.ref)
        judged = judge(ours, record_of(world), (ours,))
        seen = verified(world).outcomes[-1].judgement
        assert (judged.kind.value, seen.kind.value) == (kind, kind), (judged, seen)


SILENT: Final = {
    "entitled": 3,
    "present": 0,
    "agree": 0,
    "reserve": 0,
    "standAside": 0,
    "disagree": 0,
    "block": 0,
    "abstain": 0,
}
