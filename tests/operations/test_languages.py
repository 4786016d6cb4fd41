"""A text is read in several languages, at home and by every assembly that it is brought to (R6)."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.kernel.canonical import Document
from app.operations.matters import proposing
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.agenda import Kind
from tests.operations.hill import post_about
from tests.operations.mandated import confederated
from tests.operations.neighbours import Place, Valley, done
from tests.pages.visits import send, signed_in

TURKISH, KURMANJI = "Suyu payla\u015f\u0131r\u0131z.", "Em av\u00ea parve dikin."
NEW_KURMANJI, ARABIC = (
    "Em her b\u00eer\u00ea parve dikin.",
    "\u0646\u062a\u0642\u0627\u0633\u0645 \u0627\u0644\u0645\u0627\u0621.",
)
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


def latest(place: Place) -> Document:
    """The newest text of ours, as signed."""
    found = place.read(lambda connection: acts.of_type(connection, "gov:Proposal"))
    return dict(load(found[-1]))


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
    done(river.do(proposing.amend, river.people["ana"], item.id, "Water for all", "We share the water."))
    assert set(latest(river)["contentMap"]) == {"en", "tr", "ku"}, "the same words, as with a picture or another author"
    done(river.do(proposing.amend, river.people["ana"], item.id, "Water", "We share the water and the wells."))
    page = signed_in(river, "Bo").get(f"/proposals/{item.id}").text
    assert "the wells" in page
    assert KURMANJI not in page
    kept = river.read(lambda connection: agenda.get(connection, item.id))
    assert kept is not None
    assert "contentMap" not in json.dumps(kept.details)


@pytest.mark.shows("R6")
def test_a_changed_text_is_said_in_each_language_anew_and_what_was_left_or_left_out_is_shown(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    proposed(river, "Ana", forum=valley["Valley"].assembly)
    at = f"/proposals/{river.item(Kind.PROPOSAL, 'Water').id}"
    form = signed_in(river, "Ana").get(at).text
    assert KURMANJI in form.partition('id="amended-words-1"')[2].partition("</textarea>")[0]
    wells: dict[str, Any] = {"title": "Water", "text": "We share the water and the wells.", "own_language": "en"}
    send(signed_in(river, "Ana"), river, f"{at}/amend", at, **wells, language=["tr", "ar"], words=[TURKISH, ARABIC])
    river.decide(river.item(Kind.PROPOSAL, "Water"))
    valley.deliver()
    for place, who, page in ((river, "Bo", at), (hill, "Leyla", f"/proposals/{hill.item(Kind.ANSWER, 'Water').id}")):
        said = signed_in(place, who).get(page).text
        assert f'lang="ar" dir="auto"><p>{ARABIC}</p>' in said
        assert f'they may say something else.</p><div class="text" lang="tr" dir="auto"><p>{TURKISH}</p>' in said
        assert said.count("they may say something else.") == 1
        assert "The text before was also there in: ku. This one is not." in said


@pytest.mark.shows("R6")
def test_an_amendment_is_said_in_several_languages_and_so_is_the_text_that_takes_it(valley: Valley) -> None:
    river = valley["Riverside"]
    proposed(river, "Ana")
    at = f"/proposals/{river.item(Kind.PROPOSAL, 'Water').id}"
    changed: dict[str, Any] = {"text": "We share every well.", "why": "All.", "own_language": "en"}
    changed |= {"language": ["ku"], "words": [NEW_KURMANJI]}
    said = send(signed_in(river, "Bo"), river, f"{at}/suggest", at, **changed)
    assert NEW_KURMANJI in said
    assert "The text before was also there in: tr." in said, "who accepts it reads first what would be lost"
    amendment = f"/proposals/{river.item(Kind.AMENDMENT, 'Amendment: Water').id}"
    send(signed_in(river, "Ana"), river, f"{amendment}/accept", amendment)
    assert set(latest(river)["contentMap"]) == {"en", "ku"}
    assert NEW_KURMANJI in latest(river)["contentMap"]["ku"]
    refused = send(signed_in(river, "Bo"), river, f"{at}/suggest", at, 422, **(changed | {"language": ["Kurdish!"]}))
    assert "Each language has a tag" in refused


@pytest.mark.shows("R6", "G15")
def test_who_takes_up_a_text_of_others_begins_with_all_its_languages(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    said: dict[str, Any] = {"language": ["tr", "ku"], "words": [TURKISH, f"{KURMANJI}\n\n<{KURMANJI}>"]}
    proposed(river, "Ana", **said, forum=valley["Valley"].assembly)
    river.decide(river.item(Kind.PROPOSAL, "Water"))
    valley.deliver()
    form = signed_in(hill, "Leyla").get(f"/proposals/new?from={latest(river)['id']}").text
    assert 'name="own_language" maxlength="20" value="en"' in form
    for number, words in ((2, TURKISH), (1, f"{KURMANJI}\n\n&lt;{KURMANJI}&gt;")):
        assert f">{words}</textarea>" in form.partition(f'id="new-words-{number}"')[2]


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
