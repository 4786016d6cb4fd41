"""Proposals on the agenda stand beside each other under one question; the winner is adopted with its text."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from app.operations.record.rebuilding import Rebuilt, rebuild
from app.store import acts
from tests.pages.commune import AT_ONCE, URL, Commune, Member, commune, token
from tests.pages.test_options import RULES, send


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path, AT_ONCE | {"rules": AT_ONCE["rules"] | RULES}) as opened:
        yield opened


def sealed(harbour: Commune, act_type: str) -> list[Document]:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, act_type)))
    return [json.loads(act.raw) for act in found]


def gather(member: Member, *paths: str, status: int = 200) -> str:
    """The path of one question about the proposals of these pages."""
    fields: dict[str, str | list[str]] = {
        "csrf": token(member.browser.get("/proposals").text),
        "title": "Which door?",
        "text": "Ours is old.",
        "chosen": [path.rpartition("/")[2] for path in paths],
    }
    answer = member.browser.post("/proposals/question", data=fields, headers={"Origin": URL})
    assert answer.status_code == status, answer.text
    return answer.url.path


def doors(harbour: Commune) -> tuple[str, str]:
    green = harbour.member("Ada").propose("A green door", "Of oak, painted green.", "names")
    red = harbour.member("Tom").propose("A red door", "Of pine, painted red.", "names")
    return green, red


def ranked(harbour: Commune, path: str, *orders: tuple[str, ...]) -> str:
    """Close a vote in which each of these orders was cast by one member; the words of the page."""
    jo = harbour.member("Jo")
    jo.send(f"{path}/open", path, closes_in="7", unit="days")
    for name, order in zip(("Jo", "Amina", "Leyla", "Sami", "Nour"), orders, strict=False):
        member = harbour.member(name)
        places: dict[str, str | list[str]] = {f"option-{one}": str(place) for place, one in enumerate(order, 1)}
        send(member, path, "vote", {"version": member.version(path), **places})
    harbour.passes(path)
    return jo.closes(path)


@pytest.mark.shows("B1")
def test_the_winner_is_adopted_with_its_text_and_the_others_are_not(harbour: Commune) -> None:
    green, red = doors(harbour)
    sami = harbour.member("Sami")
    form = sami.browser.get(f"/proposals/question?with={red.rpartition('/')[2]}").text
    assert re.search(rf'value="{red.rpartition("/")[2]}" checked', form)
    question = gather(sami, green, red)
    texts = {text["name"]: text for text in sealed(harbour, "gov:Proposal")}
    named = [(option["name"], option["gov:proposal"]["id"]) for option in texts["Which door?"]["gov:options"]]
    assert named == [(door, texts[door]["id"]) for door in ("A green door", "A red door")]
    assert "It stands beside others under one question: Which door?" in sami.read(green)
    assert "The text is fixed." in sami.read(green)
    said = ranked(harbour, question, ("option-2", "no-change"), ("option-2",), ("option-1", "option-2"))
    assert "“A red door” comes first" in said
    assert "Adopted." in sami.read(red)
    assert "Not adopted." in sami.read(green)
    about = (one for one in sealed(harbour, "gov:Decision") if "gov:proposal" in one)
    decided = {one["gov:proposal"]["id"]: one for one in about}
    assert decided[texts["A red door"]["id"]]["gov:status"] == "adopted"
    assert decided[texts["A green door"]["id"]]["gov:status"] == "rejected"
    assert decided[texts["A red door"]["id"]]["gov:question"]["id"] == texts["Which door?"]["id"]
    register = sami.read("/decisions")
    assert "What is in force today A red door In force." in register
    assert "Which door? In force." not in register
    kept = asyncio.run(harbour.instance.database.write(lambda c: rebuild(c, harbour.instance)))
    assert isinstance(kept, Rebuilt)
    assert "items" not in kept.differed


@pytest.mark.withstands("F36")
def test_texts_of_which_the_titles_look_alike_are_told_apart_on_the_ballot_and_in_the_result(harbour: Commune) -> None:
    kate = harbour.member("Ada").propose("KATE", "Kate keeps the key.", "names")
    other = harbour.member("Tom").propose("\u041a\u0410\u0422\u0415", "Another keeps it.", "names")  # all Cyrillic
    question = gather(harbour.member("Sami"), kate, other, harbour.member("Tom").propose("Tom", "Tom.", "names"))
    jo = harbour.member("Jo")
    jo.send(f"{question}/open", question, closes_in="7", unit="days")
    told = "\u041a\u0410\u0422\u0415 [this is 2, in Cyrillic letters; 1 looks the same and is another]"
    ballot = jo.read(question)
    assert ballot.count(f"2. {told}") == 2, "on the ballot, and above it where the texts stand"
    assert "1. KATE [this is 1, in Latin letters; 2 looks the same and is another]" in ballot
    assert "3. Tom [" not in ballot
    for name in ("Jo", "Amina", "Leyla"):
        member = harbour.member(name)
        send(member, question, "vote", {"version": member.version(question), "option-option-2": "1"})
    harbour.passes(question)
    assert f"“{told}” comes first" in jo.closes(question)


def test_if_things_stay_as_they_are_none_of_them_is_adopted(harbour: Commune) -> None:
    green, red = doors(harbour)
    question = gather(harbour.member("Sami"), green, red)
    orders = (("no-change", "option-1"), ("no-change",), ("no-change", "option-2"))
    assert "Not adopted." in ranked(harbour, question, *orders)
    for path in (green, red):
        assert "Not adopted." in harbour.member("Sami").read(path)


def test_a_tie_leaves_all_of_them_and_the_question_can_be_asked_again(harbour: Commune) -> None:
    green, red = doors(harbour)
    question = gather(harbour.member("Sami"), green, red)
    ranked(harbour, question, ("option-1",), ("option-2",), ("option-1", "option-2"), ("option-2", "option-1"))
    assert "No consensus" in harbour.member("Sami").read(green)
    again = ranked(harbour, question, ("option-1",), ("option-1",), ("option-1", "option-2"))
    assert "“A green door” comes first" in again
    assert "Adopted." in harbour.member("Sami").read(green)


def test_too_few_leave_all_of_them_to_be_tried_again(harbour: Commune) -> None:
    green, red = doors(harbour)
    question = gather(harbour.member("Sami"), green, red)
    assert "Too few took part" in ranked(harbour, question, ("option-1",))
    assert "Too few took part" in harbour.member("Sami").read(green)
    ranked(harbour, question, ("option-1",), ("option-1",), ("option-1",))
    assert "Adopted." in harbour.member("Sami").read(green)


def test_texts_under_a_question_stay_as_they_were_when_it_was_asked(harbour: Commune) -> None:
    green, red = doors(harbour)
    ada, sami = harbour.member("Ada"), harbour.member("Sami")
    question = gather(sami, green, red)
    ada.send(f"{green}/amend", green, 409, title="A green door", text="Of iron.")
    gather(sami, green, red, status=409)
    assert "Withdrawn." in ada.send(f"{green}/withdraw", green)
    refused = sami.send(f"{question}/open", question, 422, closes_in="7", unit="days")
    assert "each as it reads now" in refused
    sami.send(f"{question}/withdraw", question)
    gather(sami, red)  # for a ranking one is enough: leaving things as they are is among the options


def test_texts_of_others_are_theirs_again_when_the_question_is_withdrawn(harbour: Commune) -> None:
    green, red = doors(harbour)
    ada, sami = harbour.member("Ada"), harbour.member("Sami")
    question = gather(sami, green, red)
    ada.send(f"{green}/amend", green, 409, title="A green door", text="Of iron.")
    sami.send(f"{question}/withdraw", question)
    assert "Of iron." in ada.send(f"{green}/amend", green, title="A green door", text="Of iron.")


def test_only_what_our_rules_decide_by_choosing_stands_under_a_question(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    green, _ = doors(harbour)
    bench, date = ada.propose("A bench", "Of oak.", "task"), ada.propose("On Monday", "At six.", "dates")
    for chosen in ((), (bench,), (green, date), (date,), ("/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV",)):
        gather(ada, *chosen, status=404 if "ARZ3" in "".join(chosen) else 422)
    assert "put it beside others" in ada.send(f"{green}/open", green, 422, closes_in="7", unit="days")
    assert "A bench" not in ada.read("/proposals/question")
