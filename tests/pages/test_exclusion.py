"""The pages of an exclusion: it is proposed in writing, the person is heard, and appeals."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import accounts
from app.store.database import Connection
from tests.pages.commune import Commune, commune


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def test_the_reason_is_read_and_the_person_says_that_they_were_heard(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    page = ada.send("/members/exclude", "/members/exclude", name="tom", days="30", why="He shouted others down.")
    assert "Tom is excluded for 30 days." in page
    assert "He shouted others down." in page
    path = re.findall(r'href="(/proposals/[0-9A-Z]{26})"', ada.browser.get("/proposals").text)[0]
    assert "They trust Kim." in tom.send(f"{path}/trust", path, name="kim")
    assert "or two with a vote who did not propose it" in ada.send(f"{path}/heard", path, 403)
    assert "The hearing was held." in tom.send(f"{path}/heard", path)
    early = harbour.meeting(path).send(f"{path}/open", path, 422, closes_in="1", unit="hours", where="meeting")
    assert "It is too early to vote on this" in early
    assert "That is on our agenda already." in ada.send(
        "/members/exclude", "/members/exclude", 409, name="tom", days="30", why="Again."
    )


def test_who_is_excluded_reads_until_when_and_appeals(harbour: Commune) -> None:
    tom = harbour.member("Tom")

    def exclude(connection: Connection) -> None:
        found = accounts.named(connection, "tom")
        assert found is not None
        accounts.exclude(connection, found.id, int(harbour.instance.now().timestamp()) + 86_400)

    asyncio.run(harbour.instance.database.write(exclude))
    assert "You are excluded until" in tom.read("/me")
    assert "whoever has a vote does this" in tom.send("/proposals/new", "/me", 403, title="x", text="x")
    assert "the assembly keeps your name" in tom.send("/door/forget-me", "/me", 422)
    assert "Tom appeals against the exclusion" in tom.send("/me/appeal", "/me", why="I apologised.")
    assert "Your appeal is on the agenda already." in tom.send("/me/appeal", "/me", 409, why="I apologised.")
