"""Story 2, on a phone of 360 px with JavaScript off: a delegate goes against the mandate."""

import pytest
from playwright.sync_api import Browser, Page

from app.demo.assembly import Hands, act_at, decide
from app.demo.cycle import Cycle
from app.demo.stage import Server
from tests.browser.conftest import fits, open_at, picture


def vote(page: Page, server: Server, choice: str) -> None:
    """Open one's mandate and vote on what there is to vote on."""
    page.goto(f"{server.url}/mandates")
    page.click("a[href^='/mandates/0']")
    page.check(f"input[name=choice][value={choice}]")
    page.click("form[action$='/vote'] button[type=submit]")


@pytest.mark.shows("B2")
@pytest.mark.shows("B6")
@pytest.mark.shows("B4")
@pytest.mark.shows("G1")
def test_story_2_a_delegate_goes_against_the_mandate(chromium: Browser, cycle: Cycle) -> None:
    hill = cycle.hill
    _, rojin = open_at(chromium, hill, "rojin")
    rojin.goto(f"{hill.url}/mandates")
    assert "agree" in rojin.inner_text("main")
    assert fits(rojin)
    picture(rojin, "mandates")
    vote(rojin, hill, "ratified")
    rojin.goto(f"{hill.url}/mandates")
    assert "it counts for the assembly" in rojin.inner_text("main")

    _, tom = open_at(chromium, hill, "tom")
    vote(tom, hill, "rejected")
    warning = tom.inner_text("main")
    assert "goes against your mandate" in warning
    assert [button.inner_text() for button in tom.locator("main form button").all()] == [
        "Give an indicative vote",
        "Ask Hill",
        "Send anyway",
    ]
    assert fits(tom)
    picture(tom, "warning")
    tom.get_by_role("button", name="Send anyway").click()

    _, hanna = open_at(chromium, hill, "hanna")
    hanna.goto(f"{hill.url}/mandates")
    seen = hanna.inner_text("main")
    assert "Tom" in seen
    assert "against the mandate; not counted" in seen.lower()
    picture(hanna, "against-the-mandate")
    hanna.click("a[href^='/mandates/0']")
    hanna.get_by_text("Propose recall").click()
    hanna.get_by_label("Tom", exact=True).check()
    hanna.fill("textarea[name=why]", "He voted against what we decided.")
    hanna.get_by_role("button", name="Put the recall on our agenda").click()
    item = hanna.url.removeprefix(hill.url)
    decide(hill, item, Hands({"present": 12, "agree": 10, "disagree": 2}))
    for server in (cycle.riverside, cycle.harbour, cycle.council):
        act_at(server, "the recall", type="gov:Recall", attributedTo=hill.assembly)

    vote(tom, hill, "rejected")
    tom.get_by_role("button", name="Send anyway").click()
    hanna.goto(f"{hill.url}/mandates")
    assert "after the recall: void" in hanna.inner_text("main").lower()
