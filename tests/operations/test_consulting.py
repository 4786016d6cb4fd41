"""Everybody outside is asked for an opinion: shown with its figures, closed in time, and never a ballot."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.matters import consulting
from tests.operations.hill import founded, post_about, proposed, queued
from tests.operations.neighbours import Place, done

MEI = "https://ordinary.example/users/mei"


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    return founded(tmp_path, sqlite_template)


def asked(hill: Place, *options: str, minutes: int = 60, text: str = "Where should the bench stand?") -> str | Refusal:
    closes = hill.clock.now() + timedelta(minutes=minutes)
    return hill.do(consulting.ask, proposed(hill), text, options or ("Square", "Park"), closes)


def test_a_question_goes_out_as_a_poll_in_the_conversation_of_its_matter(hill: Place) -> None:
    post = post_about(hill, done(asked(hill)))
    assert post["type"] == "Question"
    assert [(one["name"], one["replies"]["totalItems"]) for one in post["oneOf"]] == [("Square", 0), ("Park", 0)]
    about = [one["object"] for one in queued(hill, "Create") if one["object"]["type"] == "Note"][-1]
    assert post["context"] == about["context"]
    assert queued(hill, "Create")[-1]["object"] == post


def test_what_is_said_outside_is_shown_once_each_and_is_no_ballot(hill: Place) -> None:
    post = done(asked(hill))
    assert hill.do(consulting.hear, post, MEI, "Park") is None
    again = hill.do(consulting.hear, post, MEI, "Square")
    other = hill.do(consulting.hear, post, "https://ordinary.example/users/bo", "Moon")
    assert [one.code for one in (again, other) if one] == ["consultation.twice", "consultation.option"]
    shown = post_about(hill, post)
    assert [one["replies"]["totalItems"] for one in shown["oneOf"]] == [0, 1]
    assert shown["votersCount"] == 1
    assert hill.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM ballots").scalar()) == 0


def test_when_its_time_is_over_followers_are_told_the_figures_and_no_more_is_heard(hill: Place) -> None:
    post = done(asked(hill))
    hill.do(consulting.hear, post, MEI, "Park")
    assert hill.do(consulting.close_due) == 0
    hill.clock.tick(hours=2)
    late = hill.do(consulting.hear, post, "https://ordinary.example/users/bo", "Park")
    assert late is not None
    assert late.code == "consultation.closed"
    assert hill.do(consulting.close_due) == 1
    assert hill.do(consulting.close_due) == 0
    last = queued(hill, "Update")[-1]["object"]
    assert (last["id"], last["closed"], last["votersCount"]) == (post, last["endTime"], 1)


@pytest.mark.parametrize(
    ("options", "minutes", "text", "code"),
    [
        (("One",), 60, "What?", "consultation.options"),
        (("One", "one"), 60, "What?", "consultation.options"),
        (("a", "b", "c", "d", "e"), 60, "What?", "consultation.options"),
        (("a", "b" * 51), 60, "What?", "consultation.options"),
        (("a", "b"), 4, "What?", "consultation.time"),
        (("a", "b"), 60 * 24 * 32, "What?", "consultation.time"),
        (("a", "b"), 60, "", "consultation.text"),
    ],
)
def test_a_question_that_no_server_could_show_is_not_asked(
    hill: Place, options: tuple[str, ...], minutes: int, text: str, code: str
) -> None:
    refused = asked(hill, *options, minutes=minutes, text=text)
    assert isinstance(refused, Refusal)
    assert refused.code == code
