"""For whom an act is: the charter's word by type, then by category, then for everything, else what holds by type."""

import pytest

from app.governance.publicity import WATCHED, Publicity, publicity_of


@pytest.mark.parametrize(
    ("said", "act_type", "category", "expected"),
    [
        ({}, "gov:Decision", "policy", Publicity.PUBLIC),
        ({}, "gov:Report", None, Publicity.CONFEDERATES),
        ({}, "gov:Decision", "exclusion", Publicity.ASSEMBLY),
        ({"policy": "confederates"}, "gov:Decision", "policy", Publicity.CONFEDERATES),
        ({"policy": "confederates"}, "gov:Decision", "task", Publicity.PUBLIC),
        ({"policy": "confederates", "decision": "public"}, "gov:Decision", "policy", Publicity.PUBLIC),
        ({"report": "public"}, "gov:Report", None, Publicity.PUBLIC),
        ({"default": "assembly", "task": "public"}, "gov:Decision", "task", Publicity.PUBLIC),
        ({"default": "assembly"}, "gov:Report", None, Publicity.ASSEMBLY),
        ({"default": "commitment"}, "gov:Decision", "exclusion", Publicity.COMMITMENT),
        ({"default": "public"}, "gov:Decision", "exclusion", Publicity.ASSEMBLY),
        ({"decision": "public"}, "gov:Decision", "entry", Publicity.ASSEMBLY),
        ({"exclusion": "confederates"}, "gov:Decision", "exclusion", Publicity.CONFEDERATES),
        (WATCHED, "gov:Decision", "exclusion", Publicity.ASSEMBLY),
        (WATCHED, "gov:Ratification", "policy", Publicity.CONFEDERATES),
        (WATCHED, "gov:Charter", None, Publicity.CONFEDERATES),
    ],
)
def test_the_nearest_word_of_the_charter_decides(
    said: dict[str, str], act_type: str, category: str | None, expected: Publicity
) -> None:
    assert publicity_of(said, act_type, category) is expected


def test_the_keys_that_an_actor_shows_to_everybody_are_no_secret_unless_the_charter_says_so_of_them() -> None:
    assert publicity_of(WATCHED, "gov:KeyEvent", None) is Publicity.PUBLIC
    assert publicity_of({"keyevent": "confederates"}, "gov:KeyEvent", None) is Publicity.CONFEDERATES


def test_a_word_that_nobody_knows_opens_nothing() -> None:
    assert publicity_of({"policy": "friends"}, "gov:Decision", "policy") is Publicity.ASSEMBLY
