"""Behind a hashtag: a page for people, a collection for servers, nothing for what nobody wrote."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.federation.documents import ACTIVITY_JSON
from tests.pages.commune import URL, Commune, commune

FOR_SERVERS = {"Accept": ACTIVITY_JSON}


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def test_a_hashtag_leads_people_to_the_entries_and_servers_to_the_posts(harbour: Commune) -> None:
    ada, stranger = harbour.member("Ada"), harbour.client
    ada.propose("Wood for winter", "Together it is cheaper. #Şewitandin")
    ada.propose("A bench", "Of oak.")
    for spelling in ("Şewitandin", "şEwitandin"):
        path = f"/tags/{quote(spelling)}"
        page = stranger.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "#şewitandin" in page.text
        assert "proposes: Wood for winter." in page.text
        assert "A bench" not in page.text
        found = stranger.get(path, headers=FOR_SERVERS).json()
        assert found["id"] == f"{URL}/tags/%C5%9Fewitandin"
        [post] = found["orderedItems"]
        served = stranger.get(post.removeprefix(URL), headers=FOR_SERVERS).json()
        assert {"type": "Hashtag", "href": found["id"], "name": "#Şewitandin"} in served["tag"]


@pytest.mark.parametrize(
    "name", ["nothing", "%00", "%E2%80%AE", "%ED%A0%80", "a%20b", "%23%23", "x" * 3000, "..%2F..%2Fetc", "'%20OR%201=1"]
)
def test_what_nobody_wrote_is_not_there(harbour: Commune, name: str) -> None:
    for accept in ("text/html", ACTIVITY_JSON):
        assert harbour.client.get(f"/tags/{name}", headers={"Accept": accept}).status_code == 404
