"""Several write one text: asked by an author, in by their own yes, each acting for all, named as they want to be."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.matters import authoring
from app.operations.matters.authoring import named_in
from app.store import accounts, acts
from app.store.database import Connection
from tests.pages.commune import Commune, Member, commune
from tests.pages.test_amendments import suggest


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def texts(harbour: Commune) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, "gov:Proposal")))
    return [json.loads(act.raw) for act in found]


def together(harbour: Commune, public: str = "Tom of the harbour") -> tuple[Member, Member, str]:
    """Ada's text, of which Tom is an author too."""
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    ada.send(f"{path}/authors", path, name="tom")
    tom.send(f"{path}/authorship", path, public=public, answer="yes")
    return ada, tom, path


@pytest.mark.shows("B1")
def test_an_author_asks_another_who_is_in_by_their_own_yes(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    assert "Asked to be an author too: Tom." in ada.send(f"{path}/authors", path, name="tom")
    assert "Proposed by Ada." in ada.read(path)
    assert "They are an author, or asked to be one." in ada.send(f"{path}/authors", path, 409, name="tom")
    assert "You are asked to be an author of this text" in tom.read(path)
    assert "Nobody asked you" in harbour.member("Jo").send(f"{path}/authorship", path, 403, answer="yes")
    said = tom.send(f"{path}/authorship", path, public="Tom of the harbour", answer="yes")
    assert "Proposed by Ada, Tom." in said
    assert "Written by Tom of the harbour and 1 more." in said, "Ada only counts: she chose no name"
    first, second = texts(harbour)
    assert "gov:authorCount" not in first
    assert (second["gov:authors"], second["gov:authorCount"]) == (["Tom of the harbour"], 2)
    assert second["gov:supersedes"]["id"] == first["id"]
    entry = harbour.client.get(f"/acts/{second['id'].rpartition('/')[2]}", headers={"Accept": "text/html"}).text
    assert "Written by Tom of the harbour and 1 more." in entry


def test_who_says_no_is_no_author_and_only_an_author_asks(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    assert "Only who proposed it" in tom.send(f"{path}/authors", path, 422, name="jo")
    ada.send(f"{path}/authors", path, 422, name="nobody")
    ada.send(f"{path}/authors", path, name="tom")
    said = tom.send(f"{path}/authorship", path, public="Tom", answer="no")
    assert "Proposed by Ada." in said
    assert "You are asked" not in said
    assert len(texts(harbour)) == 1


@pytest.mark.shows("B1")
def test_each_author_acts_for_all_and_an_amendment_of_the_same_words_stays(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    amendment = suggest(harbour.member("Jo"), path, "We buy pellets.")
    ada.send(f"{path}/authors", path, name="tom", public="Ada")
    tom.send(f"{path}/authorship", path, answer="yes")
    assert "It is about an earlier text." not in tom.read(amendment), "the words are the same"
    tom.send(f"{amendment}/accept", amendment)
    assert "We buy pellets." in ada.read(path)
    assert texts(harbour)[-1]["gov:authors"] == ["Ada"], "every later text names them"
    tom.send(f"{path}/amend", path, title="Winter fuel", text="We buy dry pellets.")
    harbour.member("Jo").send(f"{path}/open", path, closes_in="7", unit="days")
    assert "A teller is neither who proposed it" in tom.send(f"{path}/count", path, 403, agree="5")


def test_an_author_leaves_and_the_last_one_withdraws(harbour: Commune) -> None:
    ada, tom, path = together(harbour)
    said = ada.send(f"{path}/withdraw", path)
    assert "Proposed by Tom." in said
    assert "Withdrawn." not in said
    assert "Only who proposed it" in ada.send(f"{path}/withdraw", path, 422)
    assert texts(harbour)[-1]["gov:authorCount"] == 1
    assert "Withdrawn." in tom.send(f"{path}/withdraw", path)


def test_where_the_assembly_is_watched_only_numbers_leave_it(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    ada.send(f"{path}/authors", path, name="tom", public="Ada")
    watched, item = replace(harbour.instance, watched=True), path.rpartition("/")[2]

    def say_yes(connection: Connection) -> object:
        account = accounts.named(connection, "tom")
        assert account is not None
        return authoring.answer(connection, watched, account, item, "Tom", yes=True)

    assert not isinstance(asyncio.run(harbour.instance.database.write(say_yes)), Refusal)
    assert (texts(harbour)[-1].get("gov:authors"), texts(harbour)[-1]["gov:authorCount"]) == (None, 2)
    assert "Written by 2 authors." in tom.read(path)


def test_a_name_that_is_none_is_refused(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    ada.send(f"{path}/authors", path, 422, name="tom", public="A\u202eda")
    assert "Asked to be" not in ada.read(path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({}, ((), 0)),
        ({"gov:authors": "Ada", "gov:authorCount": "many"}, ((), 0)),
        ({"gov:authors": ["Ada", 7, "", "B\u202eo"], "gov:authorCount": True}, (("Ada",), 1)),
        ({"gov:authors": ["Ada"], "gov:authorCount": 3}, (("Ada",), 3)),
        ({"gov:authors": ["Ada", "Bo"], "gov:authorCount": -4}, (("Ada", "Bo"), 2)),
    ],
)
def test_what_another_writes_of_its_authors_is_read_as_far_as_it_can_be(
    written: Document, read: tuple[tuple[str, ...], int]
) -> None:
    assert named_in(written) == read
