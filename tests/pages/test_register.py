"""What is in force, what came of it, what a text was taken from, and what changed in it."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.http.pages.matters.comparison import Piece, compare
from app.http.pages.page import plain_text
from app.kernel.canonical import Document
from app.operations.matters import lapsing
from app.store import acts
from tests.pages.commune import URL, Commune, Member, commune, token, words
from tests.pages.test_charter import adopt, change, filled


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def sealed(harbour: Commune, act_type: str) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, act_type)))
    return [json.loads(act.raw) for act in found]


def propose(member: Member, title: str, status: int = 200, **more: str) -> str:
    page = token(member.browser.get("/proposals/new").text)
    fields = {"csrf": page, "title": title, "text": f"{title}.", "category": "task", **more}
    answer = member.browser.post("/proposals/new", data=fields, headers={"Origin": URL})
    assert answer.status_code == status, answer.text
    return answer.url.path


@pytest.mark.shows("G10")
def test_the_register_says_what_is_in_force_and_what_took_its_place(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    earlier = propose(ada, "Mow the green")
    adopt(harbour, earlier)
    decision = sealed(harbour, "gov:Decision")[-1]
    begun = ada.browser.get(f"/proposals/new?about={decision['id']}").text
    assert f'value="{decision["id"]}" selected>Mow the green' in begun
    later = propose(ada, "Let it grow", how="supersedes", earlier=decision["id"])
    assert "What is in force today Mow the green In force." in ada.read("/decisions")
    adopt(harbour, later)
    said = ada.read("/decisions")
    assert "What is in force today Let it grow In force." in said
    assert "What was in force before Mow the green Something newer took its place." in said
    assert "replaced by Let it grow" in said
    assert "Something newer took its place." in ada.read(earlier)
    assert sealed(harbour, "gov:Proposal")[-1]["gov:links"]["supersedes"][0]["id"] == decision["id"]


@pytest.mark.shows("G10")
def test_what_is_decided_for_a_time_is_in_force_until_then(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    propose(ada, "A stall", 422, ends="2020-01-01T10:00")
    propose(ada, "A stall", 422, ends="whenever")
    path = propose(ada, "A stall", ends="2099-05-01T10:00")
    assert "It holds until" in ada.read(path)
    assert "It lapses on" in ada.read(path)
    adopt(harbour, path)
    assert "It lapses on" not in ada.read(path)
    assert re.search(r"What is in force today A stall In force\. .* · until .*2099", ada.read("/decisions"))
    later = replace(harbour.instance, now=lambda: datetime(2099, 5, 1, 10, tzinfo=UTC))
    asyncio.run(harbour.instance.database.write(lambda connection: lapsing.duties(connection, later)))
    assert "Its time is over." in ada.read(path)
    assert "A decision has come to its end and holds no longer." in ada.read("/")


@pytest.mark.shows("G11")
def test_what_touches_an_entrenched_decision_needs_the_rule_for_our_rules(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    adopt(harbour, propose(ada, "The well is free for all"))
    well = sealed(harbour, "gov:Decision")[-1]["id"]
    rest = json.loads(filled(ada.browser.get("/charter/amend").text)["rest"][0])
    path, _ = change(ada, {"rest": [json.dumps(rest | {"entrenched": [well]})], "why": ["For our children."]})
    adopt(harbour, path)
    adopt(harbour, path)
    touching = propose(ada, "Sell the well", how="repeals", earlier=well)
    harbour.meeting(touching).send(f"{touching}/open", touching, closes_in="7", unit="days", where="meeting")
    assert "How we decide: three quarters" in ada.read(touching)
    beside = propose(ada, "Clean the well", how="implements", earlier=well)
    harbour.meeting(beside).send(f"{beside}/open", beside, closes_in="7", unit="days", where="meeting")
    assert "How we decide: more for than against" in ada.read(beside)


def test_a_proposal_names_only_what_is_here(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    propose(ada, "Out of thin air", 422, how="repeals", earlier="https://hill.example/acts/1")
    propose(ada, "Out of thin air", 422, derived_from="https://hill.example/acts/1")


@pytest.mark.shows("G15")
def test_a_text_is_copied_and_adapted_with_where_it_comes_from(harbour: Commune) -> None:
    ada, tom = harbour.member("Ada"), harbour.member("Tom")
    propose(ada, "Common seeds")
    source = sealed(harbour, "gov:Proposal")[-1]
    entry = tom.browser.get(f"/acts/{source['id'].rpartition('/')[2]}", headers={"Accept": "text/html"}).text
    address = re.search(r'href="(/proposals/new\?from=[^"]+)"', entry)
    assert address is not None
    begun = tom.browser.get(address[1]).text
    assert 'value="Common seeds"' in begun
    assert "Taken from a text of Harbour" in words(begun)
    path = propose(tom, "Common seeds and tools", derived_from=source["id"])
    assert "Taken from a text of Harbour" in tom.read(path)
    assert sealed(harbour, "gov:Proposal")[-1]["gov:links"]["derivedFrom"][0]["id"] == source["id"]


def test_what_changed_is_shown_by_word_and_sign(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy wood together.")
    ada.send(f"{path}/amend", path, title="Winter fuel", text="We buy pellets together.")
    assert "We buy [− taken out: wood] [+ added: pellets] together." in ada.read(path)


def test_a_comparison_holds_both_texts_whole() -> None:
    one, other = "Water, wood.\n\nAnd bread.", "Water and wood.\n\nNo bread."
    pieces = compare(one, other)
    assert "".join(piece.text for piece in pieces if piece.how != "added") == one
    assert "".join(piece.text for piece in pieces if piece.how != "removed") == other
    assert compare(one, one) == (Piece("same", one),)
    long = "word " * 4_000
    assert [piece.how for piece in compare(long + "\nend", long + "\nstop")] == ["same", "removed", "added"]


@pytest.mark.withstands("F36")
def test_the_ballot_shows_letter_by_letter_what_is_voted_on(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We do \u202etон\u202c buy\u200b it. <!-- hidden -->")
    ada.send(f"{path}/open", path, closes_in="7", unit="days")
    said = ada.read(path)
    assert "We do ⟦U+202E⟧⟦U+0074⟧он⟦U+202C⟧ buy⟦U+200B⟧ it. <!-- hidden -->" in said


@pytest.mark.withstands("F36")
def test_in_a_word_of_two_alphabets_the_letters_of_the_other_are_written_out() -> None:
    assert plain_text("the mіll, the сосoa") == "the m⟦U+0456⟧ll, the сос⟦U+006F⟧⟦U+0061⟧"
    for honest in ("the mill", "мельница и the mill", "Çiğdem 3 × π", "水车 and 방앗간"):
        assert plain_text(honest) == honest


@pytest.mark.withstands("B26")
def test_a_title_cannot_turn_the_line_around_it(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("שלום winter", "We buy.")
    for address in (path, "/proposals"):
        assert "<bdi>שלום winter</bdi>" in ada.browser.get(address).text
