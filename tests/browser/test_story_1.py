"""Story 1, on a phone of 360 px with JavaScript off: Amina comes to Harbour's meeting with an old phone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import pytest
from playwright.sync_api import Browser, Page

from app.demo import cast
from app.demo.assembly import act_at, awaited, did, item_at, meet
from app.demo.cycle import Cycle
from app.demo.play import Report, bodies, raise_curtain
from app.demo.stage import Server
from app.demo.visitor import fetch
from app.kernel.canonical import Document
from tests.browser.conftest import PHONE, axe_says, fits, open_at, picture, said

pytestmark = pytest.mark.timeout(900)  # four servers play it whole, beside other tests

HARBOUR = replace(cast.HARBOUR, signing_in=("Noor", "Luc", "Jo", "Baran", "Paula", "Rosa"), tellers=("Jo", "Baran"))
HARBOUR_WITHOUT_AMINA = replace(HARBOUR, others=HARBOUR.others - 1)
LARGEST = 60_000
IN_THE_ROOM = {"agree": 21, "reserve": 2, "disagree": 1, "abstain": 1}
ONLINE = {"Noor": "agree", "Luc": "agree", "Baran": "agree", "Rosa": "agree", "Paula": "abstain"}
COUNTED = (
    "Adopted.",
    "30 took part of 38 (8 were needed). 24 agreed, 3 agreed with reservations, 1 against, 2 abstained.",
    "Two thirds of the 28 for or against is 19; 27 agreed.",
    "1 person is in both; only the room counts.",
)
SIGNED = (
    "Signed by our server alone.",
    "Sent to Hill ✓, Riverside ✓, Valley waiting (no answer, trying again).",
)
RESULT = (*COUNTED, *SIGNED)
SPOKEN = "Two of our people spoke of this in the Valley meeting: their vote shows our tendency only, "


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """The four servers, with a Harbour in which Jo and Baran count, and to which Amina does not belong yet."""
    servers = bodies(tmp_path_factory.mktemp("stage"), len(cast.COMMUNES), "")
    servers[2].body = HARBOUR_WITHOUT_AMINA
    try:
        raise_curtain(servers, Report(as_json=True))
        yield servers
    finally:
        for server in servers:
            server.stop()


@dataclass
class Evening:
    """The servers, Amina's phone, and the screens of those who do something tonight."""

    cycle: Cycle
    amina: Page
    noor: Page
    paula: Page
    tellers: tuple[Page, Page]

    @property
    def harbour(self) -> Server:
        return self.cycle.harbour


@pytest.fixture
def evening(chromium: Browser, cycle: Cycle) -> Evening:
    """Two of Harbour's delegates have spoken in Valley of what nobody had told them to."""
    harbour = cycle.harbour
    mandate = act_at(harbour, "the mandate", type="gov:Mandate", attributedTo=harbour.assembly)
    for name in ("Noor", "Luc"):
        delegate, page = harbour.member(name), f"/mandates/{mandate['id'].rpartition('/')[2]}"
        did(delegate.submit(delegate.get(page), "/vote", {"proposal": cycle.proposal}, choice="ratified"))
    noor, paula, jo, baran = (open_at(chromium, harbour, name)[1] for name in ("Noor", "Paula", "Jo", "Baran"))
    amina = chromium.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    return Evening(cycle, amina, noor, paula, (jo, baran))


@pytest.mark.shows("B20")
@pytest.mark.shows("B21")
@pytest.mark.shows("R3")
@pytest.mark.shows("B12")
@pytest.mark.shows("B7")
def test_story_1_amina_comes_to_the_meeting_with_an_old_phone(evening: Evening) -> None:
    item = item_at(evening.harbour, cast.PROPOSAL)
    meeting = meet(evening.harbour, item)
    she_opens_the_address_on_the_wall_sheet(evening, meeting)
    one_yes_lets_her_in(evening, meeting)
    the_room_fills_and_the_vote_opens(evening, meeting, item)
    she_reads_what_it_is_about_and_votes(evening, item)
    the_tellers_differ_and_count_again(evening, item)
    noor_closes_the_vote(evening, item)
    evening.cycle.council.kill()
    screen = noor_signs_for_the_assembly(evening, item)
    the_same_figures_are_on_paper_and_in_the_signed_entry(evening, item, screen)


def she_opens_the_address_on_the_wall_sheet(evening: Evening, meeting: str) -> None:
    evening.noor.goto(f"{evening.harbour.url}{meeting}/wall")
    picture(evening.noor, "wall-sheet")
    address = evening.noor.locator("p.result").nth(1).inner_text()
    assert address == f"{evening.harbour.url}/door"
    at_the_door = said(evening.amina, address)
    assert at_the_door.startswith("Harbour assembly Meeting ")
    assert re.search(r"\d\d:\d\d UTC, The hall\. You can listen and speak without an account\.", at_the_door)
    assert axe_says(evening.amina) == ""
    stands_on_a_phone(evening, "at-the-door")


def one_yes_lets_her_in(evening: Evening, meeting: str) -> None:
    amina, paula = evening.amina, evening.paula
    amina.fill("input[name=name]", "Amina")
    amina.get_by_role("button", name="Ask to come in").click()
    assert "Show this to a member at the door: Amina" in said(amina)
    light(evening)
    evening.noor.goto(f"{evening.harbour.url}{meeting}")
    evening.noor.get_by_text("Say who does what").click()
    evening.noor.locator("select[name=duty]").select_option("door")
    evening.noor.locator("form[action$='/duty'] select[name=member]").select_option("paula")
    evening.noor.get_by_role("button", name="So it is").click()
    said(paula, f"{evening.harbour.url}/door/keep")
    picture(paula, "keeping-the-door")
    paula.get_by_role("button", name="Yes, may vote").click()
    amina.get_by_role("link", name="Look again").click()
    assert "You are in. You may vote tonight." in said(amina)
    stands_on_a_phone(evening, "you-are-in")


def the_room_fills_and_the_vote_opens(evening: Evening, meeting: str, item: str) -> None:
    """Twenty-five members are ticked off; both rounds at once, as they decide; Noor opens the vote."""
    harbour = evening.harbour
    keeper, chair = harbour.member("Paula"), harbour.member("Noor")
    page = keeper.get("/door/keep")
    offered = sorted(page.form("/door").controls["member"].offers or set(), key=int)
    did(keeper.submit(page, "/door", None, member=offered[-sum(IN_THE_ROOM.values()) :]))
    for name in HARBOUR.tellers:
        teller = harbour.member(name)
        counted = {"question": "both_rounds"}
        did(teller.submit(teller.get(item), "/procedure", counted, present="25", agree="25", disagree="0"))
    for name in ("jo", "baran"):
        did(chair.submit(chair.get(meeting), "/duty", None, duty="teller", member=name))
    did(chair.submit(chair.get(meeting), "/step", None, to="open"))
    did(chair.submit(chair.get(item), "/open", None, closes_in="60", unit="minutes", where="meeting"))
    for name, choice in ONLINE.items():
        voter = harbour.member(name)
        did(voter.submit(voter.get(item), "/vote", choice=choice))


def she_reads_what_it_is_about_and_votes(evening: Evening, item: str) -> None:
    amina = evening.amina
    said(amina, f"{evening.harbour.url}/door")
    amina.get_by_role("link", name=cast.PROPOSAL).click()
    assert amina.url == f"{evening.harbour.url}{item}"
    page = said(amina)
    assert page.startswith(f"{cast.PROPOSAL}, text of {datetime.now(UTC):%-d %B %Y}, brought by Riverside")
    assert "What changed (1 amendment)" in page
    assert f"{SPOKEN}because we had not decided." in page
    assert "38 members may vote." in page
    assert axe_says(amina) == ""
    stands_on_a_phone(evening, "the-matter")
    amina.get_by_role("radio", name="agree, with a reservation", exact=True).check()
    amina.get_by_role("button", name="Vote", exact=True).click()
    recorded = said(amina)
    assert re.search(r"Recorded\. You can change it until (\w+ \d+ \w+, )?\d\d:\d\d UTC\.", recorded)
    assert "Members see that you took part, not what you chose." in recorded
    stands_on_a_phone(evening, "recorded")


def the_tellers_differ_and_count_again(evening: Evening, item: str) -> None:
    jo, baran = evening.tellers
    enters(jo, evening, item, IN_THE_ROOM)
    enters(baran, evening, item, IN_THE_ROOM | {"agree": 22, "abstain": 0})
    assert "Jo 21, Baran 22: count again." in said(baran)
    picture(baran, "count-again")
    enters(baran, evening, item, IN_THE_ROOM)
    assert "1 person is in both; only the room counts." in said(baran)


def enters(teller: Page, evening: Evening, item: str, figures: dict[str, int]) -> None:
    """What a teller counted; Rosa raised a hand, and had voted online."""
    teller.goto(f"{evening.harbour.url}{item}")
    form = teller.locator("form[action$='/count']")
    if not form.is_visible():
        teller.get_by_text("I am a teller", exact=True).click()
    for choice, heads in figures.items():
        form.locator(f"input[name={choice}]").fill(str(heads))
    form.get_by_label("Rosa", exact=True).check()
    form.get_by_role("button", name="Enter my count").click()


def noor_closes_the_vote(evening: Evening, item: str) -> None:
    """What it came to is there for all to see; nothing is signed, and Amina can change nothing any more."""
    noor, amina = evening.noor, evening.amina
    noor.goto(f"{evening.harbour.url}{item}")
    noor.get_by_role("button", name="Close", exact=True).click()
    for page in (said(noor), said(amina, f"{evening.harbour.url}{item}")):
        assert all(sentence in page for sentence in COUNTED)
        assert not any(sentence in page for sentence in SIGNED)
        assert "Not signed for the assembly yet." in page
    assert not amina.get_by_role("button", name="Vote", exact=True).is_visible()
    assert not amina.get_by_role("button", name="Sign for the assembly").is_visible()
    stands_on_a_phone(evening, "closed")


def noor_signs_for_the_assembly(evening: Evening, item: str) -> str:
    """What the page says once Riverside and Hill have it, and Valley, whose server is down, has not."""
    noor = evening.noor
    noor.goto(f"{evening.harbour.url}{item}")
    noor.get_by_role("button", name="Sign for the assembly").click()
    awaited("the answers of Hill and Riverside", partial(_says, noor, f"{evening.harbour.url}{item}", RESULT[-1]))
    screen = said(noor)
    for sentence in RESULT:
        assert sentence in screen
    assert fits(noor)
    picture(noor, "adopted")
    assert all(sentence in said(evening.amina, f"{evening.harbour.url}{item}") for sentence in RESULT)
    stands_on_a_phone(evening, "adopted-on-her-phone")
    return screen


def the_same_figures_are_on_paper_and_in_the_signed_entry(evening: Evening, item: str, screen: str) -> None:
    evening.noor.emulate_media(media="print")
    paper = said(evening.noor, f"{evening.harbour.url}{item}/print")
    for sentence in (*RESULT, f"{SPOKEN}because we had not decided."):
        assert sentence in paper
        assert sentence in screen
    picture(evening.noor, "on-paper")
    signed = act_at(
        evening.harbour,
        "what was signed",
        type="gov:Ratification",
        attributedTo=evening.harbour.assembly,
    )
    assert signed["gov:proposal"]["id"] == evening.cycle.proposal
    assert in_words(signed) in paper


def in_words(act: Document) -> str:
    """The figures of an entry in the record, as the page says them."""
    counts = {
        name: act["gov:counts"][name] for name in ("entitled", "present", "agree", "reserve", "disagree", "abstain")
    }
    return (
        "{present} took part of {entitled} (8 were needed). {agree} agreed, {reserve} agreed with reservations, "
        "{disagree} against, {abstain} abstained."
    ).format_map(counts)


def stands_on_a_phone(evening: Evening, name: str) -> None:
    """What Amina sees is small, fits, and is pictured."""
    light(evening)
    assert fits(evening.amina)
    picture(evening.amina, name)


def light(evening: Evening) -> None:
    """The page that Amina sees, with its style, has at most 60 KB."""
    style = fetch(f"{evening.harbour.url}/static/style.css")
    assert len(evening.amina.content().encode()) + len(style) <= LARGEST


def _says(page: Page, address: str, words: str) -> bool:
    return words in said(page, address)
