"""Votes, offices, times and readers, changed by a member on the page of the rules."""

from collections.abc import Iterator

import pytest

from app.kernel.canonical import Document
from tests.pages.commune import Commune, commune
from tests.pages.test_charter import change, sealed


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    with commune(tmp_path_factory.mktemp("living")) as opened:
        yield opened


def proposed(harbour: Commune, fields: dict[str, str], status: int = 200) -> tuple[str, Document]:
    """What the page says of a change with these fields, and the settings that it changes."""
    asked = {"why": ["We learned."], **{name: [value] for name, value in fields.items()}}
    _, said = change(harbour.member("Ada"), asked, status)
    if status != 200:
        return said, {}
    before = sealed(harbour, "gov:Charter")[-1]["gov:settings"]
    after = sealed(harbour, "gov:Proposal")[-1]["gov:settings"]
    return said, {key: value for key, value in after.items() if before.get(key) != value}


@pytest.mark.parametrize(
    ("fields", "changed", "told"),
    [
        ({"ballots": "rollCall"}, {"ballots": "rollCall"}, "How votes online are kept now"),
        ({"lapse": "90"}, {"lapse": "P90D"}, "lapses after now 183 days then 90 days"),
        ({"dormant": "0"}, {"dormant": "PT0S"}, "not counted on now 183 days then none"),
        ({"next_meeting": "2026-12-24T18:00"}, {"next_meeting": "2026-12-24T18:00:00Z"}, "The next meeting"),
        (
            {"seniority-charter": "3"},
            {"seniority": {"charter": 3, "exclusion": 2, "recall": 2}},
            "on our rules now the second then the third",
        ),
        ({"urgent-roll": "1/5"}, {"urgent": {"roll": "1/5", "present": "2/3"}}, "Who may shorten these times now"),
        (
            {"terms-inARow-delegate": "1"},
            {
                "terms": {
                    "delegate": {"inARow": 1, "coolDown": 0},
                    "other": {"longest": "P366D", "inARow": 2, "coolDown": 1},
                }
            },
            "then one session, once in a row",
        ),
        ({"offices": "yes"}, {"offices": True}, "then they carry our mandate"),
        (
            {"publicity-default": "confederates"},
            {"publicity": {"default": "confederates"}},
            "Who may read: everything not named here then assemblies that belong with us",
        ),
    ],
)
def test_what_is_changed_is_told_and_nothing_else_changes(
    harbour: Commune, fields: dict[str, str], changed: Document, told: str
) -> None:
    said, found = proposed(harbour, fields)
    assert found == changed
    assert told in said


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"lapse": "soon"}, "A figure in the form is not a whole number."),
        ({"urgent-roll": "many"}, "One of these settings has a value"),
        ({"next_meeting": "Christmas"}, "That is not a date and a time"),
        ({"terms-inARow-other": "-1"}, "A figure in the form is not a whole number."),
    ],
)
def test_nonsense_is_refused_in_words(harbour: Commune, fields: dict[str, str], told: str) -> None:
    assert told in proposed(harbour, fields, 422)[0]
