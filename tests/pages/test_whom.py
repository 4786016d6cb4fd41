"""Whom a confederation counts and whom it asks beside, changed by a member on the page of its rules."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from app.governance.starter import STARTER_CONFEDERATION
from app.kernel.canonical import Document
from app.operations.matters import proposing
from app.operations.record.sealing import load
from app.store import acts
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Valley, done, found_council, settle_down
from tests.pages.commune import words
from tests.pages.looking import on_a_phone
from tests.pages.test_charter import filled
from tests.pages.visits import browser, signed_in

WOMEN = "https://women.example/assembly"


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Valley:
    settled = settle_down(tmp_path_factory.mktemp("whom"), sqlite_template, PEOPLE)
    rule = {**STARTER_CONFEDERATION["rules"]["referendum"], "caucus": [{"body": WOMEN, "mode": "veto"}]}
    found_council(settled, ("Riverside", "Hill"), {"rules": {"referendum": rule}})
    river = settled["Riverside"]
    draft = proposing.Draft("The dam", "All of us.", "referendum", settled["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    settled.deliver()
    river.decide(river.item(Kind.ANSWER, "The dam"))
    settled.deliver()
    return settled


def ask(valley: Valley, fields: dict[str, list[str]], status: int = 200) -> str:
    """What the page says after Ana has sent the form of a change of Valley's rules."""
    river = valley["Riverside"]
    ana = signed_in(river, "Ana")
    form = ana.get("/charter/amend", params={"of": valley["Valley"].assembly}).text
    answer = ana.post("/charter/amend", data=filled(form) | fields, headers={"Origin": river.instance.url})
    assert answer.status_code == status, answer.text
    return words(answer.text)


def proposed(valley: Valley) -> Document:
    """The rules that were proposed last."""
    kept = valley["Riverside"].read(lambda c: acts.of_type(c, "gov:Proposal", author=valley["Riverside"].assembly))
    rules: Document = load(kept[-1])["gov:settings"]["rules"]
    return rules


def test_a_member_changes_whom_a_rule_counts_without_writing_json(valley: Valley) -> None:
    said = ask(
        valley, {"why": ["The large ones too."], "weight-task": ["people"], "weight-policy": ["assemblies+people"]}
    )
    assert "now More than half of all who may vote; at least a fifth of us take part." in said
    assert "then More than half of all people who may vote where an assembly answered;" in said
    assert "then Both more than half of all assemblies and three fifths of the people for or against;" in said
    rules = proposed(valley)
    assert rules["task"] == {"method": "majority", "base": "entitled", "quorum": "1/5", "weight": "people"}
    assert rules["policy"] == {
        "method": "double",
        "a": {"method": "majority", "base": "entitled", "quorum": "1/5"},
        "b": {"method": "qualified", "threshold": "3/5", "weight": "people", "quorum": "1/5"},
        "quorum": "1/5",
    }
    assert "weight" not in rules["resource"], "what is left alone stays as it was"


def test_any_two_of_assemblies_seats_and_people_are_counted_at_once_by_shares_of_their_own(valley: Valley) -> None:
    fields = {"weight-task": ["assemblies+delegates"], "weight-policy": ["delegates+people"], "why": ["Both count."]}
    said = ask(valley, fields | {"share-0-task": ["2/3"], "share-1-policy": ["1/2"], "more": ["0-policy", "1-policy"]})
    assert "then Both two thirds of all assemblies and three fifths of the seats for or against;" in said
    assert "then Both more than half of all seats and more than half of the people for or against;" in said
    rules = proposed(valley)
    assert rules["task"] == {
        "method": "double",
        "a": {"method": "qualified", "threshold": "2/3", "base": "entitled", "quorum": "1/5"},
        "b": {"method": "qualified", "threshold": "3/5", "weight": "delegates", "quorum": "1/5"},
        "quorum": "1/5",
    }
    assert rules["policy"]["a"] == {"method": "majority", "base": "entitled", "weight": "delegates", "quorum": "1/5"}
    strict = {"method": "qualified", "threshold": "1/2", "strict": True, "weight": "people", "quorum": "1/5"}
    assert rules["policy"]["b"] == strict
    assert "share" in ask(valley, fields | {"share-0-task": ["2/4"]}, 422)


@pytest.mark.shows("R12")
def test_a_caucus_is_named_with_what_it_may_do_and_about_what(valley: Valley) -> None:
    fields = {"caucus-body": [WOMEN], "caucus-mode": ["veto"], "caucus-about-0": ["policy", "resource"]}
    said = ask(valley, {"why": ["They asked for it."], "weight-policy": ["delegates"], **fields})
    assert "women.example can suspend it" in said
    asked = [{"body": WOMEN, "mode": "veto"}]
    rules = proposed(valley)
    assert rules["resource"]["caucus"] == asked
    assert rules["policy"]["caucus"] == rules["policy"]["then"]["caucus"] == asked
    assert rules["policy"]["first"]["weight"] == rules["policy"]["then"]["weight"] == "delegates"
    assert "caucus" not in rules["task"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"weight-task": ["cows"]}, "One of the rules counts something that is not known here."),
        ({"caucus-body": ["women"], "caucus-about-0": ["task"]}, "has an address"),
        ({"caucus-body": [WOMEN], "caucus-mode": ["rule"], "caucus-about-0": ["task"]}, "has an address"),
        ({"rest": ['{"rules": {"charter": {"method": "majority", "quorum": "1/5"}, "task": 7}}']}, "could not be read"),
        ({"rest": ['{"rules": []}']}, "One of these settings has a value"),
    ],
)
def test_nonsense_is_refused_in_words(valley: Valley, fields: dict[str, list[str]], said: str) -> None:
    assert said in ask(valley, {"why": ["Because."], **fields}, 422)


@pytest.mark.xdist_group("browser")
def test_the_form_fits_a_phone_and_axe_finds_nothing(valley: Valley, chromium: Browser) -> None:
    river = valley["Riverside"]
    path = f"/charter/amend?of={quote(valley['Valley'].assembly, safe='')}"
    tab = on_a_phone(chromium, river, signed_in(river, "Ana"), path)
    assert tab.locator("#weight-policy").input_value() == "assemblies"


@pytest.mark.xdist_group("browser")
def test_the_board_with_people_and_a_caucus_fits_a_phone(valley: Valley, chromium: Browser) -> None:
    hill = valley["Hill"]
    tab = on_a_phone(chromium, hill, browser(hill), "/confederation")
    said = words(tab.content())
    assert "What the rule counts: 1 of 2 assemblies, where more than half is 2, and 5 people for, 0 against." in said
    assert "Riverside agreed Of 5 people 5 for, 0 against." in said
    assert "women.example no answer yet It can suspend the decision." in said
