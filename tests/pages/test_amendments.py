"""Anybody amends a text: who proposed it accepts or refuses, and the assembly can decide in any case."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from app.store import acts
from tests.pages.commune import URL, Commune, Member, commune, token
from tests.pages.test_charter import adopt


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def proposals(harbour: Commune) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, "gov:Proposal")))
    return [json.loads(act.raw) for act in found]


def suggest(member: Member, path: str, text: str, status: int = 200) -> str:
    """The path of a new amendment's page."""
    fields = {"csrf": token(member.browser.get(path).text), "text": text, "why": "It is cheaper."}
    answer = member.browser.post(f"{path}/suggest", data=fields, headers={"Origin": URL})
    assert answer.status_code == status, answer.text
    return answer.url.path


@pytest.mark.shows("B1")
def test_an_amendment_of_anybody_is_accepted_by_who_proposed_the_text(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    amendment = suggest(tom, path, "We buy pellets.")
    assert "We buy [− taken out: wood] [+ added: pellets] ." in tom.read(amendment)
    assert "It is cheaper. Open for discussion." in ada.read(path)
    assert "Only who proposed it can change the text." in tom.send(f"{amendment}/accept", amendment, 422)
    ada.send(f"{amendment}/accept", amendment)
    said = ada.read(path)
    assert "Text 2" in said
    assert "It is cheaper. Adopted." in said
    first, about, second = proposals(harbour)
    assert about["gov:links"]["amends"][0]["id"] == first["id"]
    assert second["gov:supersedes"]["id"] == first["id"]
    assert second["source"]["content"] == "We buy pellets."


@pytest.mark.shows("B1")
def test_what_the_author_refuses_the_assembly_can_decide(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    amendment = suggest(tom, path, "We buy pellets.")
    said = ada.send(f"{amendment}/refuse", amendment, reason="Wood is ours.")
    assert "Who proposed the text refused it: Wood is ours." in said
    adopt(harbour, amendment)
    assert "We buy pellets." in ada.read(path)
    assert "Text 2" in ada.read(path)
    assert "What is in force today Nothing yet." in ada.read("/decisions")


@pytest.mark.withstands("F06")
def test_an_amendment_of_an_earlier_text_changes_nothing(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    amendment = suggest(tom, path, "We buy pellets.")
    ada.send(f"{path}/amend", path, title="Winter fuel", text="We buy dry wood.")
    assert "It is about an earlier text." in tom.read(amendment)
    assert "This is about an earlier text" in ada.send(f"{amendment}/accept", amendment, 422)
    assert proposals(harbour)[-1]["source"]["content"] == "We buy dry wood."


def test_a_text_that_is_voted_on_takes_no_amendment(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    path = ada.propose("Winter fuel", "We buy wood.", "task")
    ada.send(f"{path}/open", path, closes_in="7", unit="days")
    suggest(tom, path, "We buy pellets.", status=409)
