"""Stories 2 and 3 of the project, on a phone of 360 px, by the pages alone, with JavaScript off."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.demo import bundles
from app.demo.assembly import Hands, act_at, decide
from app.demo.cycle import Cycle
from app.demo.stage import Server
from tests.browser.conftest import PHONE, open_at, picture

pytestmark = pytest.mark.xdist_group("browser")


def fits(page: Page) -> bool:
    """No part of the page lies beyond the screen's edge."""
    box = page.locator("html").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


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


@pytest.mark.shows("G9")
@pytest.mark.shows("B9")
@pytest.mark.shows("G5")
def test_story_3_a_stranger_who_trusts_nobody(chromium: Browser, cycle: Cycle, tmp_path: Path) -> None:
    cycle.ratify()
    outcome = cycle.count()
    for server in (*cycle.communes, cycle.council):
        _, page = open_at(chromium, server, server.body.signing_in[0].lower().replace("î", "i"))
        page.goto(f"{server.url}/confederation")
        said = page.inner_text("main")
        assert "Counted again here: same result" in said
        assert "Binding: 3 of 3" in said
        assert fits(page)
    picture(page, "board")

    with ThreadPoolExecutor() as elsewhere:  # it has an event loop of its own, as the browser has here
        forged = elsewhere.submit(cycle.deceive, outcome).result()
    _, reader = open_at(chromium, cycle.harbour, "noor")
    reader.goto(f"{cycle.harbour.url}/confederation")
    said = reader.inner_text("main")
    assert "two different results" in said
    assert "Our count has not changed" in said
    picture(reader, "two-results")

    file = tmp_path / "record.gov.zip"
    cycle.riverside.run("export", str(file))
    assert verified(file).returncode == 1
    file.write_bytes(bundles.without(file.read_bytes(), [forged["id"]]))
    assert verified(file).returncode == 0


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    """The offline verifier's answer, with no part of a server."""
    command = [sys.executable, "-I", str(Path(__file__).parents[2] / "app/verifier.py"), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
