"""Story 3, on a phone of 360 px with JavaScript off: a stranger who trusts nobody, and a follower elsewhere."""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.demo import bundles, cast
from app.demo.assembly import awaited
from app.demo.cycle import Cycle
from app.demo.stage import Server
from app.demo.visitor import fetch
from app.kernel.canonical import Document, canonical, digest_bytes
from tests.browser.conftest import PHONE, axe_says, fits, open_at, picture, said
from tests.demo.once import doubled
from tests.processes.servers import Peer, Someone
from tests.processes.voices import does, note

pytestmark = pytest.mark.timeout(900)  # four servers play it whole, beside other tests

FUEL = cast.PROPOSAL
AGREED = f"Harbour agreed to “{FUEL}” (24 agree, 3 with reservations, 1 against)."
CODES = re.compile(r"gov:|zQm|\{|\}|&quot;|https?://")


@dataclass
class Story:
    """The servers, a stranger's browser, and a follower on a server of other software."""

    cycle: Cycle
    chromium: Browser
    stranger: Page
    peer: Peer
    maya: Someone
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def all_four(self) -> tuple[Server, ...]:
        return (*self.cycle.communes, self.cycle.council)

    def posts(self) -> list[Document]:
        """What Maya's server got to show."""
        return [one["object"] for one in self.peer.received if one["type"] == "Create"]


@pytest.fixture
def story(chromium: Browser, cycle: Cycle) -> Iterator[Story]:
    peer = Peer()
    maya = peer.actor("maya")
    document = json.loads(peer.documents["/maya"][1])
    del document["generator"]  # as every other software: it does not say that it reads acts
    peer.serve("/maya", document)
    stranger = chromium.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    yield Story(cycle, chromium, stranger, peer, maya)
    peer.close()


@pytest.mark.shows("G9")
@pytest.mark.shows("B9")
@pytest.mark.shows("G5")
@pytest.mark.shows("G8")
@pytest.mark.withstands("F18")
def test_story_3_a_stranger_who_trusts_nobody(story: Story, tmp_path: Path) -> None:
    she_follows_from_another_server(story)
    story.cycle.speak()
    the_council_is_killed_in_the_middle(story)
    what_harbour_decided_is_read_and_answered_elsewhere(story)
    outcome = it_comes_back_and_nothing_is_doubled(story)
    the_board_says_the_same_on_all_four(story)
    proof = two_results_are_shown_and_the_proof_is_one_file(story, outcome, tmp_path)
    file = tmp_path / "record.gov.zip"
    story.cycle.riverside.run("export", str(file))
    for server in story.all_four:
        server.stop()
    the_file_is_counted_again_with_the_servers_off(story, file, proof)
    one_digit_changed_names_the_entry_and_who_signed_it(story, file)


def she_follows_from_another_server(story: Story) -> None:
    """By the handle alone, as every fediverse server does it."""
    harbour, host = story.cycle.harbour, story.cycle.harbour.url.removeprefix("http://")
    found = _fetch(f"{harbour.url}/.well-known/webfinger?resource=acct:assembly@{host}")
    [assembly] = [link["href"] for link in found["links"] if link["rel"] == "self"]
    actor = _fetch(assembly)
    follow = {"id": f"{story.maya.id}/follows/1", "type": "Follow", "actor": story.maya.id, "object": assembly}
    assert story.maya.post(actor["inbox"], follow) == 202
    awaited("the follow to be accepted", lambda: any(one["type"] == "Accept" for one in story.peer.received))


def the_council_is_killed_in_the_middle(story: Story) -> None:
    cycle = story.cycle
    cycle.harbour_decides()
    cycle.council.kill()
    cycle.riverside_decides()
    board = f"{cycle.riverside.url}/confederation"
    silence = re.compile(r"Valley has not answered for \d+ s\. Counted here from what the assemblies signed\.")
    awaited("word of the silence", lambda: silence.search(said(story.stranger, board)))
    awaited("the count without it", lambda: "Binding: 3 of 3." in said(story.stranger, board))
    assert fits(story.stranger)
    assert axe_says(story.stranger) == ""
    picture(story.stranger, "council-silent")


def what_harbour_decided_is_read_and_answered_elsewhere(story: Story) -> None:
    """Plain posts in whole sentences; her reply is shown at home as from outside, no vote."""
    awaited("the post about Harbour's answer", lambda: any(AGREED in one["content"] for one in story.posts()))
    for post in story.posts():
        plain = re.sub(r"<[^>]*>", " ", post["content"])
        assert post["type"] == "Note"
        assert not CODES.search(plain), plain
        assert plain.strip()
    [post] = [one for one in story.posts() if AGREED in one["content"]]
    reply = note(story.maya, post["id"], "<p>Well done. Is there room for <b>one more</b> village?</p>")
    assert story.maya.post(f"{story.cycle.harbour.url}/inbox", does(story.maya, "Create", reply)) == 202
    harbour = story.cycle.harbour
    _, noor = open_at(story.chromium, harbour, "noor")
    for page, address in ((noor, f"{harbour.url}{_item(harbour)}"), (story.stranger, post["url"])):
        awaited("her reply", partial(_reads, page, address, "Is there room for one more village?"))
        words = said(page, address)
        assert "Maya" in words
        assert "from outside, no vote" in words
        assert fits(page)
    picture(story.stranger, "from-outside")


def it_comes_back_and_nothing_is_doubled(story: Story) -> Document:
    cycle = story.cycle
    cycle.council.start()
    cycle.council.await_start()
    cycle.receive()
    outcome = cycle.count()
    for server in story.all_four:
        assert doubled(server) == {}
        board = f"{server.url}/confederation"
        awaited("the end of the silence", partial(_no_longer, story.stranger, board, "not answered"))
    return outcome


def the_board_says_the_same_on_all_four(story: Story) -> None:
    boards = set()
    for server in story.all_four:
        said(story.stranger, f"{server.url}/confederation")
        matter = story.stranger.locator("section", has=story.stranger.get_by_role("heading", name=FUEL))
        words = " ".join(matter.locator(".box").inner_text().split())
        assert "Counted again here: same result." in " ".join(matter.inner_text().split())
        boards.add(words)
        assert fits(story.stranger)
        picture(story.stranger, "board")
    [words] = boards
    summary, figures = words.split(" Adopted. ")
    *answered, last = summary.split(" · ")
    assert sorted(answered) == ["Harbour agreed", "Hill agreed (by mandate)", "Riverside agreed"]
    assert last == "no answer yet: none."
    assert figures.startswith("Binding: 3 of 3. Tendency then: 3 of 3. Binds ")
    assert re.search(r"Objections until \d+ \w+ \d{4}, \d\d:\d\d UTC\.", figures)


def two_results_are_shown_and_the_proof_is_one_file(story: Story, outcome: Document, folder: Path) -> Path:
    with ThreadPoolExecutor() as elsewhere:  # it has an event loop of its own, as the browser has here
        story.kept["forged"] = elsewhere.submit(story.cycle.deceive, outcome).result()
    harbour, page = story.cycle.harbour, story.stranger
    words = said(page, f"{harbour.url}/confederation")
    assert re.search(
        r"Valley signed two different results\. This one leaves out Harbour’s entry of \d\d:\d\d UTC\.", words
    )
    assert "Our count has not changed. Both are kept as proof." in words
    assert "Binding: 3 of 3." in words
    assert fits(page)
    picture(page, "two-results")
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download the proof as one file").click()
    proof = folder / "proof.gov.zip"
    begun.value.save_as(proof)
    page.get_by_role("link", name="The entry of Harbour").first.click()
    assert AGREED in said(page)
    return proof


def the_file_is_counted_again_with_the_servers_off(story: Story, file: Path, proof: Path) -> None:
    forged = story.kept["forged"]["id"]
    answer = _answer(story, file)
    for whole in (file, proof):
        done = _verify(whole)
        assert done.returncode == 1
        assert re.search(r"3 assemblies, \d+ entries, 0 bad signatures\.", done.stdout)
        assert f"{FUEL}: Adopted, same as Valley's first result." in done.stdout
        assert f"Valley's second result ({forged}) is refuted by entry {answer['id']}" in done.stdout
    honest = bundles.without(file.read_bytes(), [forged])
    file.with_name("one-result.gov.zip").write_bytes(honest)
    assert _verify(file.with_name("one-result.gov.zip")).returncode == 0
    file.with_name("less.gov.zip").write_bytes(bundles.without(honest, [answer["id"]]))
    unclear = _verify(file.with_name("less.gov.zip"))
    assert unclear.returncode == 2
    assert "Not enough to say." in unclear.stdout


def one_digit_changed_names_the_entry_and_who_signed_it(story: Story, file: Path) -> None:
    answer = _answer(story, file)
    for before, after in ((b'"agree":24', b'"agree":25'), (b'"abstain":2', b'"abstain":1')):
        for mended in (False, True):
            changed = file.with_name("changed.gov.zip")
            changed.write_bytes(_changed(file.read_bytes(), answer["id"], before, after, mended=mended))
            done = _verify(changed)
            assert done.returncode == 1
            assert re.search(rf"{re.escape(answer['id'])} [^\n]*signed by Harbour", done.stdout), done.stdout


def _item(server: Server) -> str:
    """The path of the item by which a commune answered the proposal."""
    visitor = server.member(server.body.signing_in[0])
    return next(address for text, address in visitor.get("/proposals").links if text == FUEL)


def _reads(page: Page, address: str, words: str) -> bool:
    return words in said(page, address)


def _no_longer(page: Page, address: str, words: str) -> bool:
    return words not in said(page, address)


def _answer(story: Story, file: Path) -> Document:
    """Harbour's entry on the proposal, as the file has it."""
    with zipfile.ZipFile(file) as archive:
        acts = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("acts/")]
    found: Document
    [found] = [
        act
        for act in acts
        if act["type"] == "gov:Ratification"
        and act["attributedTo"] == story.cycle.harbour.assembly
        and act["gov:proposal"]["id"] == story.cycle.proposal
    ]
    return found


def _changed(bundle: bytes, act_id: str, before: bytes, after: bytes, *, mended: bool) -> bytes:
    """The file with one digit of one entry changed; `mended` if its list of fingerprints is made anew."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    [name] = [one for one, raw in members.items() if one.startswith("acts/") and json.loads(raw)["id"] == act_id]
    assert before in members[name]
    members[name] = members[name].replace(before, after)
    if mended:
        manifest = json.loads(members["manifest.json"])
        manifest["gov:files"][name] = digest_bytes(members[name])
        members["manifest.json"] = canonical(manifest)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, raw in members.items():
            archive.writestr(path, raw)
    return packed.getvalue()


def _verify(file: Path) -> subprocess.CompletedProcess[str]:
    """What `roundabout verify` says of a file."""
    command = [sys.executable, "-m", "app", "verify", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _fetch(address: str) -> Document:
    found: Document = json.loads(fetch(address))
    return found
