"""`make story-3g`: how long story 1 takes on an old phone over 3G, from the scan to the first vote.

A real server, the system's Chromium with JavaScript off at 360 px, and what its developer tools call emulation:
400 kbit/s each way, 400 ms for each request, a processor six times slower. Only what Amina waits for is timed.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from app.demo import cast
from app.demo.assembly import did, item_at, meet
from app.demo.play import Report, bodies, raise_curtain
from app.demo.stage import Server
from tests.browser.conftest import FLAGS, PHONE

_TITLE: Final = "Winter fuel"
_BITS: Final = 400_000
_CONDITIONS: Final = {"offline": False, "latency": 400, "downloadThroughput": _BITS / 8, "uploadThroughput": _BITS / 8}
_SLOWER: Final = 6


@dataclass
class Phone:
    """A page on a slow network: how long each step took in seconds, and how many bytes came for it."""

    page: Page
    steps: list[tuple[str, float, int]] = field(default_factory=list)
    came: int = 0

    def begin(self) -> None:
        """Be slow from here on."""
        tools = self.page.context.new_cdp_session(self.page)
        tools.on("Network.loadingFinished", self._arrived)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", _CONDITIONS)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})

    def does(self, what: str, step: Callable[[], object]) -> None:
        """Time a step until the page that follows is whole."""
        came, began = self.came, time.monotonic()
        step()
        self.page.wait_for_load_state("load")
        self.page.locator("main").wait_for()
        self.steps.append((what, time.monotonic() - began, self.came - came))

    def _arrived(self, event: dict[str, Any]) -> None:
        self.came += int(event["encodedDataLength"])


def play(browser: Browser, harbour: Server) -> Phone:
    """Story 1 up to the first vote."""
    noor, paula = harbour.member("Noor"), harbour.member("Paula")
    text = {"title": _TITLE, "text": "We buy heating fuel together.", "category": "task"}
    did(noor.submit(noor.get("/proposals/new"), "/proposals/new", None, **text))
    item = item_at(harbour, _TITLE)
    meeting = meet(harbour, item)
    did(noor.submit(noor.get(meeting), "/duty", None, duty="door", member="paula"))
    page = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    phone = Phone(page)
    phone.begin()
    phone.does("opens the address on the wall sheet", lambda: page.goto(f"{harbour.url}/door"))
    page.fill("input[name=name]", "Amina")
    phone.does("asks to come in", page.get_by_role("button", name="Ask to come in").click)
    did(paula.submit(paula.get("/door/keep"), "/door/keep", None, say="vote"))
    phone.does("looks again, and is in", page.get_by_role("link", name="Look again").click)
    did(noor.submit(noor.get(meeting), "/step", None, to="open"))
    did(noor.submit(noor.get(item), "/open", None, closes_in="60", unit="minutes", where="meeting"))
    phone.does("looks what is open now", lambda: page.goto(f"{harbour.url}/door"))
    phone.does("reads the matter", page.get_by_role("link", name=_TITLE).click)
    page.get_by_role("radio", name="agree", exact=True).check()
    phone.does("votes", page.get_by_role("button", name="Vote", exact=True).click)
    if "Recorded." not in page.inner_text("main"):
        raise AssertionError(page.inner_text("main"))
    return phone


def main() -> int:
    """Print what was measured; 1 if there is no Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.stderr.write("this is measured in the system's Chromium, and there is none: install chromium\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="roundabout-3g-") as folder, sync_playwright() as playwright:
        servers = bodies(Path(folder), len(cast.COMMUNES), "")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        try:
            raise_curtain(servers, Report(as_json=True))
            phone = play(browser, servers[2])
        finally:
            browser.close()
            for server in servers:
                server.stop()
    for what, seconds, came in phone.steps:
        sys.stdout.write(f"{seconds:6.1f} s {came / 1000:7.1f} KB  Amina {what}\n")
    waited = sum(seconds for _, seconds, _ in phone.steps)
    sys.stdout.write(f"{waited:6.1f} s {phone.came / 1000:7.1f} KB  from scan to first vote\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
