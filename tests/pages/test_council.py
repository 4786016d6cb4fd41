"""The server of a council, at which nobody proposes, talks over or decides anything (governance.md §1)."""

from pathlib import Path

import pytest

from app.operations.assembly import membership
from app.store import agenda
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import PASSWORD, Place, done, found_council, settle_down
from tests.pages.visits import browser, read, send, signed_in


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Place:
    valley = settle_down(tmp_path_factory.mktemp("council"), sqlite_template, PEOPLE)
    done(valley["Valley"].do(membership.add, "Kim", done(membership.hash_password(PASSWORD))))
    found_council(valley, ("Riverside", "Hill"))
    valley.deliver()
    return valley["Valley"]


@pytest.mark.shows("B8")
@pytest.mark.parametrize(
    "path",
    ["/proposals/new", "/proposals", "/meetings/new", "/members/exclude", "/mandates/new", "/proposals/question"],
)
def test_its_server_offers_no_page_on_which_an_assembly_of_people_acts(council: Place, path: str) -> None:
    answer = signed_in(council, "Kim").get(path)
    assert answer.status_code == 409
    assert "it has no opinions of its own" in answer.text
    assert f'href="{path}"' not in signed_in(council, "Kim").get("/").text


def test_what_is_sent_to_it_all_the_same_changes_nothing(council: Place) -> None:
    kim = signed_in(council, "Kim")
    said = send(kim, council, "/proposals/new", "/me", 409, title="Tea", text="We drink tea.", category="policy")
    assert "no opinions" in said
    assert council.read(lambda connection: agenda.listed(connection, 1)) == ()


def test_it_says_to_strangers_what_it_is_and_to_its_people_who_belongs(council: Place) -> None:
    said = read(browser(council), "/")
    assert "Assemblies belong to it and decide" in said
    assert "Ask to come in" not in said
    assert "The assemblies that belong" in read(signed_in(council, "Kim"), "/members")
    rules = read(browser(council), "/charter")
    assert "Seats of a delegation" in rules
    assert "From which age" not in rules
