"""Story 2, on a phone of 360 px with JavaScript off: a delegate goes against the mandate."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Browser, Page

from app.demo.assembly import Hands, act_at, awaited, decide
from app.demo.cycle import Cycle
from app.demo.stage import Server
from tests.browser.conftest import axe_says, box_of, fits, open_at, picture, said

pytestmark = pytest.mark.timeout(900)  # four servers play it whole, beside other tests

FUEL = "Common purchase of winter fuel"
BREACH = f"Tom voted against on {FUEL}. Mandate: agree. Not counted."
WAYS = ["Give an indicative vote", "Ask Hill", "Send anyway"]
ANSWER = "The price changed overnight, and I thought of those who cannot pay."
VOID = f"Tom voted against on {FUEL}. After the recall: void."


def press(page: Page, server: Server, choice: str) -> None:
    """Open one's mandate and vote on what there is to vote on."""
    page.goto(f"{server.url}/mandates")
    page.click("a[href^='/mandates/0']")
    page.check(f"input[name=choice][value={choice}]")
    page.click("form[action$='/vote'] button[type=submit]")


@dataclass
class Stage:
    """The servers and who reads at each of them; Hill's two delegates."""

    cycle: Cycle
    rojin: Page
    tom: Page
    readers: dict[str, Page]

    @property
    def hill(self) -> Server:
        return self.cycle.hill

    @property
    def everywhere(self) -> tuple[Server, ...]:
        return (self.cycle.riverside, self.cycle.hill, self.cycle.harbour, self.cycle.council)

    @property
    def leyla(self) -> Page:
        return self.readers["Hill"]

    def reads(self, server: Server, path: str) -> str:
        """What a member of an assembly reads at its own server."""
        return said(self.readers[server.body.name], f"{server.url}{path}")


@pytest.fixture
def opened(chromium: Browser, cycle: Cycle) -> Stage:
    everywhere = (cycle.riverside, cycle.hill, cycle.harbour, cycle.council)
    readers = {one.body.name: open_at(chromium, one, one.body.signing_in[-1])[1] for one in everywhere}
    return Stage(cycle, open_at(chromium, cycle.hill, "rojin")[1], open_at(chromium, cycle.hill, "tom")[1], readers)


@pytest.mark.shows("B2")
@pytest.mark.shows("B3")
@pytest.mark.shows("B4")
@pytest.mark.shows("B5")
@pytest.mark.shows("B6")
@pytest.mark.shows("G1")
@pytest.mark.shows("G8")
def test_story_2_a_delegate_goes_against_the_mandate(opened: Stage) -> None:
    rojin_votes_within_the_mandate(opened)
    every_way_out_of_the_warning_is_open(opened)
    tom_sends_anyway_and_all_of_hill_sees_it(opened)
    tom_answers(opened)
    opened.cycle.council.kill()  # Hill needs it for nothing
    item = leyla_proposes_the_recall(opened)
    time = the_recall_leads_to_another_choice(opened, item)
    every_server_shows_the_same_time(opened, time)
    what_tom_sends_afterwards_is_void_and_what_he_did_before_stands(opened)


def rojin_votes_within_the_mandate(opened: Stage) -> None:
    rojin, today = opened.rojin, f"{datetime.now(UTC):%-d %B %Y}"
    mandate = said(rojin, f"{opened.hill.url}/mandates")
    assert f"{FUEL}: agree, on the text of {today}, nothing else." in mandate
    assert "Why: We talked it through: together it costs a fifth less." in mandate
    assert fits(rojin)
    assert axe_says(rojin) == ""
    picture(rojin, "mandates")
    press(rojin, opened.hill, "ratified")
    assert "Sent. Counts for Hill." in said(rojin)
    assert fits(rojin)
    picture(rojin, "counts-for-hill")


def every_way_out_of_the_warning_is_open(opened: Stage) -> None:
    """The warning offers three ways; the first two lead where they say."""
    tom, hill = opened.tom, opened.hill
    press(tom, hill, "ratified")
    assert f"Tom voted agree on {FUEL}. Counts for Hill." in said(tom)
    press(tom, hill, "rejected")
    assert "This goes against your mandate. It will not be counted and all of Hill will see it." in said(tom)
    assert [button.inner_text() for button in tom.locator("main form button").all()] == WAYS
    assert fits(tom)
    picture(tom, "warning")
    tom.get_by_label("Where you think the assembly stands").fill("Many would now be against.")
    tom.get_by_label("Why you give it only as an indication").fill("The price has doubled.")
    tom.get_by_role("button", name="Give an indicative vote").click()
    assert "Sent. Given as an indication; it shows the tendency only." in said(tom)
    press(tom, hill, "rejected")
    tom.get_by_role("button", name="Ask Hill").click()
    assert "Asked of us: what should our delegates say?" in said(tom)
    assert BREACH not in said(tom, f"{hill.url}/mandates")


def tom_sends_anyway_and_all_of_hill_sees_it(opened: Stage) -> None:
    hill, leyla = opened.hill, opened.leyla
    press(opened.tom, hill, "rejected")
    opened.tom.get_by_role("button", name="Send anyway").click()
    told = said(leyla, f"{hill.url}/")
    assert BREACH in told
    until = re.search(r"Tom has been asked to answer by (\w+ \d+ \w+), \d\d:\d\d UTC\.", told)
    assert until is not None
    in_two_days = datetime.now(UTC) + timedelta(hours=48)
    assert until[1] in {f"{in_two_days - passed:%A %-d %B}" for passed in (timedelta(), timedelta(hours=1))}
    leyla.goto(f"{hill.url}/mandates")
    mandate, vote = (box_of(leyla.locator(".beside > p").nth(number)) for number in (0, 1))
    assert mandate["x"] + mandate["width"] <= vote["x"]
    assert mandate["y"] == vote["y"]
    assert fits(leyla)
    picture(leyla, "against-the-mandate")
    assert "Recall of" not in said(leyla, f"{hill.url}/proposals")


def tom_answers(opened: Stage) -> None:
    tom = opened.tom
    tom.goto(f"{opened.hill.url}/mandates")
    tom.click("a[href^='/mandates/0']")
    tom.fill("textarea[name=text]", ANSWER)
    tom.get_by_role("button", name="Answer", exact=True).click()
    assert f"Tom was asked, and answered: {ANSWER}" in said(tom)
    picture(tom, "answering")


def leyla_proposes_the_recall(opened: Stage) -> str:
    """Proposed by a form, decided 18 to 5, with Tom's answer above the ballot; the path of the item."""
    leyla, hill = opened.leyla, opened.hill
    leyla.goto(f"{hill.url}/mandates")
    leyla.click("a[href^='/mandates/0']")
    leyla.get_by_text("Propose recall").click()
    leyla.get_by_label("Tom", exact=True).check()
    leyla.fill("textarea[name=why]", "He voted against what we decided.")
    leyla.get_by_role("button", name="Put the recall on our agenda").click()
    item = leyla.url.removeprefix(hill.url)
    hands = Hands({"present": 23, "agree": 18, "disagree": 5})
    decide(hill, item, hands, before_the_close=partial(the_answer_stands_above_the_ballot, leyla))
    return item


def the_answer_stands_above_the_ballot(page: Page) -> None:
    page.reload()
    breach, answer, ballot = (
        box_of(one)
        for one in (page.get_by_text(BREACH), page.get_by_text(ANSWER), page.locator("form[action$='/vote']"))
    )
    assert breach["y"] < answer["y"] < ballot["y"]
    assert fits(page)
    picture(page, "above-the-ballot")


def the_recall_leads_to_another_choice(opened: Stage, item: str) -> str:
    """What Hill reads once Tom is recalled, and where it leads; the time that it names."""
    leyla = opened.leyla
    ended = said(leyla, f"{opened.hill.url}{item}")
    at = re.search(r"Tom’s mandate has ended \((\d\d:\d\d UTC)\)\. Choose another person\?", ended)
    assert at is not None
    assert "18 agreed, 5 against." in ended
    picture(leyla, "recalled")
    leyla.get_by_role("link", name="Choose another person?").click()
    assert "In place of Tom." in said(leyla)
    assert leyla.get_by_label("Tom", exact=True).count() == 0
    leyla.get_by_label("Kira", exact=True).check()
    assert fits(leyla)
    leyla.get_by_role("button", name="Put it on our agenda").click()
    assert re.search(r"Mandate for (Rojîn, Kira|Kira, Rojîn)", said(leyla))  # who stays is sent along
    return at[1]


def every_server_shows_the_same_time(opened: Stage, time: str) -> None:
    recalled, cycle = f"Hill recalled Tom, {time}.", opened.cycle
    for server in (cycle.riverside, cycle.harbour):
        act_at(server, "the recall", type="gov:Recall", attributedTo=cycle.hill.assembly)
        assert recalled in opened.reads(server, "/")
        assert recalled in opened.reads(server, "/mandates")
    picture(opened.readers["Riverside"], "recalled-elsewhere")
    cycle.council.start()
    cycle.council.await_start()
    act_at(cycle.council, "the recall", type="gov:Recall", attributedTo=cycle.hill.assembly)
    assert recalled in opened.reads(cycle.council, "/mandates")


def what_tom_sends_afterwards_is_void_and_what_he_did_before_stands(opened: Stage) -> None:
    tom = opened.tom
    press(tom, opened.hill, "rejected")
    assert "You were recalled. This will not be counted" in said(tom)
    tom.get_by_role("button", name="Send anyway").click()
    for server in opened.everywhere:
        awaited(f"the later vote at {server.body.name}", partial(_says, opened, server, "/mandates", VOID))
        now = opened.reads(server, "/mandates")
        assert f"Tom voted agree on {FUEL}. Counts for Hill." in now
        assert BREACH in now
        awaited("where Hill stands", partial(_says, opened, server, "/confederation", "Hill agreed (by mandate)"))
        assert fits(opened.readers[server.body.name])
    opened.reads(opened.cycle.harbour, "/mandates")
    picture(opened.readers["Harbour"], "after-the-recall")


def _says(opened: Stage, server: Server, path: str, words: str) -> bool:
    return words in opened.reads(server, path)
