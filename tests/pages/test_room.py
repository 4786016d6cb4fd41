"""An entry of the record has room for 60 KiB, whatever the script: what others would refuse is not sealed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.canonical import MAX_ACT_BYTES, canonical
from app.translation.hashtags import MOST_LINKS
from tests.pages.commune import URL, Commune, commune, token


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


@pytest.mark.withstands("D15")
@pytest.mark.parametrize("letter", ["ж", "社", "<"])
def test_a_text_that_no_peer_would_take_is_refused_in_words_and_nothing_is_kept(harbour: Commune, letter: str) -> None:
    ada = harbour.member("Ada")
    form = {
        "title": "Fuel",
        "text": letter * 20_000,
        "category": "policy",
        "csrf": token(ada.browser.get("/proposals/new").text),
    }
    answer = ada.browser.post("/proposals/new", data=form, headers={"Origin": URL})
    assert answer.status_code == 422
    assert "too long for one entry of the record" in answer.text
    assert 'value="Fuel"' in answer.text  # the form stands again as it was
    assert "Fuel" not in ada.browser.get("/proposals").text


def test_a_long_text_in_cyrillic_is_an_act_and_a_post_that_others_take(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    ada.propose("Fuel", "#дрова " * 50 + "ж" * 13_000)
    entries = ada.browser.get("/acts?after=-1").json()["gov:items"]
    [act] = [item["act"] for item in entries if item["act"]["type"] == "gov:Proposal"]
    assert len(canonical(act)) <= MAX_ACT_BYTES
    headers = {"Accept": "application/activity+json"}
    page = ada.browser.get("/assembly/outbox?page=1", headers=headers).json()
    notes = [one["object"] for one in page["orderedItems"] if "дрова" in json.dumps(one, ensure_ascii=False)]
    posts = [note for note in notes if note["type"] == "Note"]
    assert posts
    assert all(len(json.dumps(note, ensure_ascii=False).encode()) <= MAX_ACT_BYTES for note in posts)
    assert all(note["content"].count('rel="tag"') == MOST_LINKS for note in posts)
