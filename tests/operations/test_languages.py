"""A text is read in several languages, at home and by every assembly that it is brought to (R6)."""

import json
from pathlib import Path

import pytest

from app.operations.matters import proposing
from app.store import agenda
from app.store.agenda import Kind
from tests.operations.hill import post_about
from tests.operations.mandated import confederated
from tests.operations.neighbours import Place, Valley, done
from tests.pages.visits import send, signed_in

TURKISH, KURMANJI = "Suyu payla\u015f\u0131r\u0131z.", "Em av\u00ea parve dikin."
FIELDS: dict[str, str | list[str]] = {
    "title": "Water",
    "text": "We share the water.",
    "category": "policy",
    "own_language": "en",
    "language": ["tr", "ku"],
    "words": [TURKISH, KURMANJI],
}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def proposed(place: Place, who: str, status: int = 200, **changed: str | list[str]) -> str:
    return send(signed_in(place, who), place, "/proposals/new", "/proposals/new", status, **(FIELDS | changed))


@pytest.mark.shows("R6")
def test_a_text_in_several_languages_is_signed_and_read_in_each_of_them_everywhere(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    assert TURKISH in proposed(river, "Ana", forum=valley["Valley"].assembly)
    river.decide(river.item(Kind.PROPOSAL, "Water"))
    valley.deliver()
    item = hill.item(Kind.ANSWER, "Water")
    for address in (f"/proposals/{item.id}", f"/proposals/{item.id}/print"):
        page = signed_in(hill, "Leyla").get(address).text
        assert f'lang="ku" dir="auto"><p>{KURMANJI}</p>' in page
        assert f'lang="tr" dir="auto"><p>{TURKISH}</p>' in page
        assert 'lang="en" dir' not in page, "that is the text itself"
    assert set(post_about(river, river.item(Kind.PROPOSAL, "Water").act)["contentMap"]) == {"en", "tr", "ku"}


@pytest.mark.shows("R6")
def test_another_text_is_said_in_no_other_language_until_somebody_says_it(valley: Valley) -> None:
    river = valley["Riverside"]
    proposed(river, "Ana")
    item = river.item(Kind.PROPOSAL, "Water")
    done(river.do(proposing.amend, river.people["ana"], item.id, "Water", "We share the water and the wells."))
    page = signed_in(river, "Bo").get(f"/proposals/{item.id}").text
    assert "the wells" in page
    assert KURMANJI not in page
    kept = river.read(lambda connection: agenda.get(connection, item.id))
    assert kept is not None
    assert "contentMap" not in json.dumps(kept.details)


@pytest.mark.parametrize(
    "changed",
    [
        {"own_language": ""},
        {"own_language": "tr"},
        {"language": ["tr", "tr"]},
        {"language": ["Turkish, I think", "ku"]},
        {"words": [TURKISH, ""]},
        {"language": ["<b>", "ku"]},
    ],
)
def test_what_is_no_language_is_refused_in_words(valley: Valley, changed: dict[str, str | list[str]]) -> None:
    assert "Each language has a tag such as ku or pt-BR" in proposed(valley["Riverside"], "Ana", 422, **changed)
