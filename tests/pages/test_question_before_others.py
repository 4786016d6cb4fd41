"""Several texts under one question before a confederation, as its people see it: form, ballot, board, register."""

from pathlib import Path

import pytest

from app.store.agenda import Kind
from tests.operations.neighbours import Valley, found_council, settle_down
from tests.operations.test_alternatives_before_others import HALL, LAKE, choose, write
from tests.operations.test_options import PEOPLE, RANKED
from tests.pages.commune import token, words
from tests.pages.visits import browser, read, signed_in

NEW = "/proposals/question"


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    founded = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(founded, PEOPLE, RANKED)
    return founded


def asked(valley: Valley, status: int = 200, **fields: str | list[str]) -> str:
    """What Ana reads when she sends the form with these fields in place of what she would say."""
    river = valley["Riverside"]
    ana = signed_in(river, "Ana")
    known = {"title": "Where we meet", "text": "Next year.", "category": "policy", "forum": valley["Valley"].assembly}
    sent = {"csrf": token(ana.get(NEW).text), **known, **fields}
    answer = ana.post(NEW, data=sent, headers={"Origin": river.instance.url})
    assert answer.status_code == status, answer.text
    return words(answer.text)


@pytest.mark.shows("B1")
def test_who_asks_who_chooses_and_who_reads_the_register_see_the_texts(valley: Valley) -> None:
    river = valley["Riverside"]
    texts = write(river, "In the hall", "The hall has heating."), write(river, "At the lake", "The lake has shade.")
    form = words(signed_in(river, "Ana").get(f"{NEW}?with={texts[0].id}").text)
    assert "Valley chooses among texts about: " in form
    assert "If we agree, we bring it to Valley" in form
    page = asked(valley, chosen=[one.id for one in texts])
    assert "Valley chooses: the one that comes first is adopted as it reads here." in page
    assert "The lake has shade." in page
    river.decide(river.item(Kind.PROPOSAL, "Where we meet"))
    valley.deliver()
    harbour = valley["Harbour"]
    answered = harbour.item(Kind.ANSWER, "Where we meet")
    ballot = words(signed_in(harbour, "Jo").get(f"/proposals/{answered.id}").text)
    assert "● 1. In the hall" in ballot
    assert "■ 2. At the lake" in ballot
    assert "The hall has heating." in ballot
    choose(valley, Riverside=HALL, Hill=LAKE, Harbour=LAKE)
    board = read(browser(harbour), "/confederation")
    assert "■ 2. At the lake : adopted by Valley" in board.replace("lake:", "lake :")
    register = read(browser(harbour), "/decisions")
    assert "Adopted together with other assemblies At the lake Adopted by Valley." in register
    assert "It came first among the texts under the question “Where we meet”." in register
    mine = words(signed_in(river, "Ana").get(f"/proposals/{texts[1].id}").text)
    assert "It stands beside others under one question before Valley: Where we meet Valley adopted this text." in mine


def test_nonsense_in_any_field_is_answered_in_words(valley: Valley) -> None:
    text = write(valley["Riverside"], "In the hall", "The hall has heating.")
    cases: tuple[tuple[dict[str, str | list[str]], int, str], ...] = (
        ({"forum": "x"}, 422, "confederation"),
        ({"category": "weather"}, 422, "Our rules have none"),
        ({"category": "task"}, 422, "decides this kind of matter text by text"),
        ({"answers_by": "tomorrow"}, 422, "not a date"),
        ({"title": ""}, 422, "title"),
        ({"text": "\u202e" * 20_001}, 422, "text"),
        ({"chosen": ["x"]}, 404, "There is no such proposal."),
        ({"chosen": []}, 422, "Under one question stand several texts"),
    )
    for fields, status, said in cases:
        known: dict[str, str | list[str]] = {"chosen": [text.id]}
        assert said in asked(valley, status, **known | fields)


def test_a_confederation_that_decides_text_by_text_says_which_rule_it_would_need(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, PEOPLE)
    form = words(signed_in(valley["Riverside"], "Ana").get(NEW).text)
    assert "Valley decides everything text by text." in form
    assert "approval, score, dots or ranking" in form
