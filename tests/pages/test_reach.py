"""The pages on a phone of 360 px without JavaScript: they fit, they can be read aloud and used by keyboard."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app.store import reactions
from app.store.reactions import Flag
from tests.pages.commune import AT_ONCE, PASSWORD, URL, Commune, Member, commune, token
from tests.pages.test_alternatives import doors, gather
from tests.pages.test_charter import adopt
from tests.pages.test_offices import given
from tests.pages.test_options import RULES, in_the_room

pytestmark = pytest.mark.xdist_group("browser")
LARGEST_PAGE: Final = 60 * 1024


def complained_of(harbour: Commune) -> None:
    """A server elsewhere has complained of one of ours, at length."""
    about = (f"{URL}/people/baran", f"{URL}/notices/{'0' * 26}")
    complaint = Flag("https://elsewhere.example/flags/1", "https://elsewhere.example/actor", about, "x" * 90, 0)
    asyncio.run(harbour.instance.database.write(lambda c: reactions.flag(c, complaint)))


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path, AT_ONCE | {"rules": AT_ONCE["rules"] | RULES}) as opened:
        complained_of(opened)
        server = uvicorn.Server(uvicorn.Config(opened.client.app, port=int(URL.rpartition(":")[2]), lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield opened
        server.should_exit = True
        thread.join()


def soon() -> str:
    """Ten minutes from now, as a form has it."""
    return f"{datetime.now(UTC) + timedelta(minutes=10):%Y-%m-%dT%H:%M}"


def prepare(harbour: Commune) -> str:
    """A proposal that was amended and discussed, with an open vote and a teller's count."""
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Common purchase of winter fuel", "We buy together.\n\n- wood\n- pellets " + "x" * 90)
    ada.send(
        f"{path}/amend", path, title="Common purchase of winter fuel", text="We buy together, from spring. #winterfuel"
    )
    ada.send(f"{path}/comment", path, text="Spring is cheaper.")
    chair = harbour.meeting(path, away=("amina",))
    harbour.member("Ida").counts_hands_on(path, "both_rounds")
    jo.counts_hands_on(path, "both_rounds")
    chair.send(f"{path}/open", path, closes_in="7", unit="days", where="meeting", both_rounds="1")
    ada.vote(path, "agree")
    jo.send(f"{path}/count", path, agree="6", disagree="1", both=["9"])
    harbour.parts()
    jo.send("/meetings/new", "/meetings/new", meets=soon(), place="School hall", rooms="Hall\nMill", kind=["breakout"])
    return path


def meeting_that_sits(jo: Member) -> str:
    """The path of the meeting, begun, with Baran as second facilitator and people at the door."""
    page = jo.browser.get("/meetings").text
    found = re.search(r"/meetings/[0-9A-Z]{26}", page)
    assert found is not None
    meeting = found[0]
    for name, duty in (("jo", "facilitator"), ("baran", "facilitator"), ("ada", "teller")):
        jo.send(f"{meeting}/duty", meeting, duty=duty, member=name)
    jo.send(f"{meeting}/begin", meeting)
    groups = re.findall(r'name="point" value="(\d+)"', jo.browser.get(meeting).text)[-1]
    jo.send(f"{meeting}/step", meeting, point=groups, to="open")
    jo.send(f"{meeting}/finding", meeting, point=groups, circle="Roofs", text="Wool under the tiles.")
    jo.send(f"{meeting}/guest", meeting, name="Nour")
    return meeting


def corrected(harbour: Commune) -> str:
    """The path of the minutes of a meeting that is over, with what somebody wants corrected."""
    jo = harbour.member("Jo")
    meetings = (jo.browser.get(one) for one in re.findall(r"/meetings/[0-9A-Z]{26}", jo.browser.get("/meetings").text))
    over = next(page.url.path for page in meetings if "Closed on" in page.text)
    jo.send(f"{over}/correct", f"{over}/minutes", text="It rained.")
    return f"{over}/minutes"


def decided(harbour: Commune) -> tuple[str, ...]:
    """A proposal that can be called back, a question about two with its alternatives, and an office."""
    trial = harbour.member("Ada").propose("A stall", "On Saturdays.", "trial")
    harbour.meeting(trial).send(f"{trial}/open", trial, closes_in="7", unit="days", where="meeting")
    in_the_room(harbour, trial, {"agree": "6", "block": "2", "present": "8", "reason": "Our aims say: no cars."})
    harbour.member("Amina").send(f"{trial}/call-back", trial, reason="Our aims say: no cars.")
    green, red = doors(harbour)
    question = gather(harbour.member("Sami"), green, red)
    harbour.member("Jo").send(f"{question}/open", question, closes_in="7", unit="days")
    office = given(harbour, harbour.member("Sami"))
    harbour.member("Ada").send(f"{office}/say", office, text="We meet on Monday.")
    harbour.parts()
    return trial, question, green, office


def hosted(harbour: Commune) -> str:
    """The path of a session of delegations that the assembly decided to host."""
    sami = harbour.member("Sami")
    fields = {"csrf": token(sami.browser.get("/sessions/new").text), "name": "Spring assembly", "starts": soon()}
    fields |= {"why": "Bread, and " + "x" * 90, "invited": ""}
    adopt(harbour, sami.browser.post("/sessions", data=fields, headers={"Origin": URL}).url.path)
    found = re.search(r"/sessions/z[1-9A-Za-z]+", sami.browser.get("/sessions").text)
    assert found is not None
    return found[0]


def test_every_page_fits_a_phone_and_axe_finds_nothing(harbour: Commune, chromium: Browser) -> None:
    path = prepare(harbour)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    tab = context.new_page()
    wrong: dict[str, object] = {}

    def look(address: str) -> None:
        answer = tab.goto(f"{URL}{address}")
        assert answer is not None
        assert len(answer.body()) <= LARGEST_PAGE
        if tab.evaluate("document.documentElement.scrollWidth") > 360:
            wrong[f"{address} is too wide"] = tab.evaluate("document.documentElement.scrollWidth")
        for detail in tab.locator("details").all():
            detail.evaluate("element => { element.open = true }")
        found = Axe().run(tab)
        if found.violations_count:
            wrong[address] = found.generate_report()

    look("/")
    look("/door")
    look("/sign-in")
    tab.fill("#name", "Baran")
    tab.fill("#password", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{URL}/")
    for address in (
        "/",
        "/proposals",
        "/proposals/new",
        path,
        "/charter",
        "/charter/amend",
        "/members",
        "/mandates",
        "/mandates/new",
        "/mandates/print",
        "/confederation",
        "/confederation/members",
        "/sessions",
        "/sessions/new",
        "/decisions",
        "/tags/winterfuel",
        "/co-sign",
        "/door/keep",
        "/caretakers",
        "/duty",
        "/members/exclude",
        "/members/size",
        "/me",
    ):
        look(address)
    for address in ("/proposals/question", *decided(harbour)):
        look(address)
    session = hosted(harbour)
    harbour.parts()
    look(session)
    jo = harbour.member("Jo")
    as_caretaker = chromium.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    as_caretaker.add_cookies([{"name": name, "value": value, "url": URL} for name, value in jo.browser.cookies.items()])
    baran, tab = tab, as_caretaker.new_page()
    look(session)
    look("/caretakers")
    assert tab.locator("form[action='/caretakers/outside']").count() == 3
    tab = baran
    meeting = meeting_that_sits(jo)
    look(corrected(harbour))
    for address in ("/meetings", "/meetings/new", meeting, f"{meeting}/wall", f"{meeting}/minutes"):
        look(address)
    harbour.member("Baran").send(f"{path}/count", path, agree="6", disagree="1", both=["9"])
    harbour.passes(path)
    jo.closes(path)
    look(path)
    look(f"{path}/print")
    tab.goto(f"{URL}/decisions")
    look(str(tab.locator("main a[href*='/acts/']").first.get_attribute("href")).removeprefix(URL))
    look("/proposals/nothing")
    assert wrong == {}


def test_whoever_asks_for_a_dark_screen_can_read_every_colour(harbour: Commune, chromium: Browser) -> None:
    path = prepare(harbour)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True, color_scheme="dark")
    tab = context.new_page()
    tab.goto(f"{URL}/sign-in?next={path}")
    tab.fill("#name", "Baran")
    tab.fill("#password", "wrong")
    tab.keyboard.press("Enter")
    tab.get_by_role("alert").wait_for()
    found = [Axe().run(tab)]
    assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(21, 25, 26)"
    tab.fill("#password", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{URL}{path}")
    for detail in tab.locator("details").all():
        detail.evaluate("element => { element.open = true }")
    found.append(Axe().run(tab))
    assert [one.generate_report() for one in found if one.violations_count] == []


def test_a_member_votes_by_keyboard_alone_without_javascript(harbour: Commune, chromium: Browser) -> None:
    path = prepare(harbour)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{URL}/sign-in?next={path}")
    tab.focus("#name")
    tab.keyboard.type("Amina")
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{URL}{path}")
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.locator("input[name=choice]:focus").count():
            break
    tab.keyboard.press("Space")
    tab.keyboard.press("Enter")
    tab.get_by_text("Recorded. You can change it until").wait_for()
