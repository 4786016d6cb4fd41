"""The demo's bodies as real servers, and the system's Chromium."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, ViewportSize, sync_playwright

from app.demo import cast
from app.demo.cycle import Cycle
from app.demo.play import Report, bodies, raise_curtain
from app.demo.stage import Server

FLAGS: Final = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("these tests look at pages in the system's Chromium, and there is none: install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Riverside, Hill, Harbour and Valley, founded and running."""
    servers = bodies(tmp_path_factory.mktemp("stage"), len(cast.COMMUNES), "")
    try:
        raise_curtain(servers, Report(as_json=True))
        yield servers
    finally:
        for server in servers:
            server.stop()


@pytest.fixture(scope="module")
def cycle(stage: list[Server]) -> Cycle:
    """The play up to the session: the proposal is brought, Hill's delegates have their mandate."""
    riverside, hill, harbour, valley = stage
    played = Cycle(riverside, hill, harbour, valley, [], Report(as_json=True).tell, timedelta(days=7))
    played.confederate()
    played.bring()
    played.mandate()
    return played


def open_at(chromium: Browser, server: Server, name: str) -> tuple[BrowserContext, Page]:
    """A member of `server`, signed in on a phone of 360 px with JavaScript off."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", cast.PASSWORD)
    page.click("main button[type=submit]")
    return context, page


def fits(page: Page) -> bool:
    """No part of the page lies beyond the screen's edge."""
    box = page.locator("html").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


def axe_says(page: Page) -> str:
    """What axe finds wrong with the page at this address, as its reader sees it; nothing if nothing."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport=PHONE, bypass_csp=True, storage_state=page.context.storage_state())
    tab = context.new_page()
    tab.goto(page.url)
    found = Axe().run(tab)
    context.close()
    return found.generate_report() if found.violations_count else ""


def said(page: Page, address: str = "") -> str:
    """What the page says, or the page at an address, on one line."""
    if address:
        page.goto(address)
    return " ".join(page.inner_text("main").split())


def box_of(part: Locator) -> FloatRect:
    """Where a part of the page stands; it must be on it once."""
    box = part.bounding_box()
    assert box is not None
    return box


def picture(page: Page, name: str) -> None:
    """Make the picture of this name in the docs, unless it is there: whoever renews them takes them away first."""
    folder = Path(__file__).parents[2] / "docs/pictures"
    folder.mkdir(exist_ok=True)
    if not (folder / f"{name}.png").exists():
        page.screenshot(path=folder / f"{name}.png", full_page=True)
