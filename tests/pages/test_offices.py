"""An office of ours on the pages: given to a pair, whose word both sign."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import acts
from tests.pages.commune import URL, Commune, Member, commune, token
from tests.pages.test_charter import adopt


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def given(harbour: Commune, proposer: Member) -> str:
    """The path of the mandate by which Ada and Tom hold the office of secretary."""
    form = proposer.browser.get("/mandates/new").text
    assert "Together 2, of whom at least one woman." in form
    fields: dict[str, str | list[str]] = {
        "csrf": token(form),
        "own_office": "Secretary",
        "delegates": ["ada", "tom"],
        "until": "2099-05-01T10:00",
        "why": "They keep the papers.",
        "beyond": "Until we meet again.",
    }
    answer = proposer.browser.post("/mandates", data=fields, headers={"Origin": URL})
    assert answer.status_code == 200, answer.text
    assert "hold an office of ours: Secretary" in answer.text
    adopt(harbour, answer.url.path)
    found = re.search(r"/mandates/[0-9A-Z]{26}", proposer.browser.get("/mandates").text)
    assert found is not None
    return found[0]


@pytest.mark.shows("R5")
def test_what_one_of_the_pair_signs_the_other_is_asked_to_sign(harbour: Commune) -> None:
    ada, tom, jo = (harbour.member(name) for name in ("Ada", "Tom", "Sami"))
    path = given(harbour, jo)
    assert "As Secretary, from" in jo.read(path)
    assert "Sign it, and ask the other" not in jo.read(path)
    jo.send(f"{path}/say", path, 403, text="We meet on Monday.")
    said = ada.send(f"{path}/say", path, text="We meet <b>on Monday</b>.")
    assert "It does not speak for the office yet: Tom is asked to sign too" in said
    assert "<b>on Monday" in said, "nothing in it is taken for markup"
    report = asyncio.run(harbour.instance.database.read(lambda c: acts.of_type(c, "gov:Report")))[-1].id
    waited = ada.send(f"{path}/alone", path, 409, report=report)
    assert "The other who holds the office is asked first, and waited for a day." in waited
    assert "Signed by Ada, Tom." in tom.send(f"{path}/sign", path, report=report)
    ada.send(f"{path}/sign", path, 404, report="https://nowhere.example/acts/1")
    ada.send(f"{path}/say", path, 422, text="")


def test_our_rules_say_who_holds_an_office(harbour: Commune) -> None:
    said = harbour.member("Jo").read("/charter")
    assert "Who holds an office of ours 2 together, of whom at least one woman (expected)" in said
