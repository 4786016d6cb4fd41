"""Story 3, on a phone of 360 px with JavaScript off: a stranger who trusts nobody."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.demo import bundles
from app.demo.cycle import Cycle
from tests.browser.conftest import fits, open_at, picture


@pytest.mark.shows("G9")
@pytest.mark.shows("B9")
@pytest.mark.shows("G5")
def test_story_3_a_stranger_who_trusts_nobody(chromium: Browser, cycle: Cycle, tmp_path: Path) -> None:
    cycle.speak()
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
