"""Two communes agree with each other directly, on two real servers: no council, and nobody to ask for one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.demo.markup import Page
from app.demo.visitor import Visitor
from app.governance.starter import STARTER_SETTINGS
from tests.processes.servers import Server, running, wait_until

PEOPLE = ("Ana", "Bo", "Cy")


def commune(name: str, folder: Path) -> Server:
    server = Server(name, folder / name)
    server.make(*PEOPLE)
    at_once = folder / f"{name}.json"  # the starter rules, but nothing waits for a convocation
    at_once.write_text(json.dumps({"deliberation": dict.fromkeys(STARTER_SETTINGS["deliberation"], "PT0S")}))
    server.command("found", "--rules", str(at_once), "--present", "3", "--agree", "3")
    return server


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    hill, river = commune("Hill", tmp_path), commune("Riverside", tmp_path)
    with running(hill), running(river):
        yield hill, river


def member(server: Server, name: str) -> Visitor:
    visitor = Visitor(server.url)
    visitor.sign_in(name.lower(), f"{name.lower()}-password")
    return visitor


def on_agenda(server: Server, title: str) -> str | None:
    """The path of the item of this title on which a vote can be opened."""
    ana = member(server, "Ana")
    listed = [address for text, address in ana.get("/proposals").links if title in text]
    return next((one for one in listed if ana.get(one).offers("/open")), None)


def decide(server: Server, item: str) -> Page:
    """All three meet and agree, counted by two tellers apart."""
    ana = member(server, "Ana")
    meeting = meet(ana, item)
    opened = ana.submit(ana.get(item), "/open", None, closes_in="60", unit="minutes", where="meeting")
    assert opened.status == 200, opened.text
    for name in ("Bo", "Cy"):
        teller = member(server, name)
        assert teller.submit(teller.get(item), "/count", None, agree="3", present="3").status == 200
    closed = ana.submit(ana.submit(ana.get(item), "/close"), "/sign")
    assert closed.status == 200, closed.text
    assert ana.submit(ana.get(meeting), "/close").status == 200
    return closed


def meet(chair: Visitor, item: str) -> str:
    """The path of a meeting about an item, which goes on; all three came in, and two of them count."""
    soon = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}"
    about = [item.rpartition("/")[2]]
    page = chair.submit(chair.get("/meetings/new"), "/meetings/new", None, meets=soon, place="The hall", item=about)
    path = urlsplit(page.url).path
    chair.submit(page, "/duty", None, duty="facilitator")
    for teller in ("bo", "cy"):
        chair.submit(chair.get(path), "/duty", None, duty="teller", member=teller)
    assert chair.submit(chair.get(path), "/begin").status == 200
    keep = chair.get("/door/keep")
    come = sorted(keep.form(f"{path}/door").controls["member"].offers or ())
    assert chair.submit(keep, f"{path}/door", None, member=come).status == 200
    return path


def acts(server: Server, received: str) -> list[dict[str, object]]:
    listed = json.loads(server.get(f"/acts?received={received}&limit=500")[1])["gov:items"]
    return [item["act"] for item in listed if "act" in item]


def has_answer_of(server: Server, other: Server) -> bool:
    author = f"{other.url}/assembly"
    return any(act["type"] == "gov:Ratification" and act["attributedTo"] == author for act in acts(server, "1"))


@pytest.mark.shows("H3")
def test_two_communes_confederate_with_no_council(two: tuple[Server, Server]) -> None:
    hill, river = two
    ana = member(hill, "Ana")
    page = ana.submit(
        ana.get("/proposals/new"),
        "/proposals/new",
        title="Share the mill",
        text="Hill and Riverside use the mill in turn.",
        category="policy",
        partners=f"{river.url}/assembly",
    )
    assert page.status == 200, page.text
    decide(hill, page.url)
    wait_until(lambda: on_agenda(river, "Share the mill") is not None, "it did not reach Riverside's agenda")
    for server in (hill, river):
        item = on_agenda(server, "Share the mill")
        assert item is not None
        decide(server, item)
    both = sorted([f"{hill.url}/assembly", f"{river.url}/assembly"])
    wait_until(partial(has_answer_of, hill, river), "Riverside's answer did not arrive")
    wait_until(partial(has_answer_of, river, hill), "Hill's answer did not arrive")
    [proposal] = [act for act in acts(hill, "0") if act["type"] == "gov:Proposal" and act.get("gov:forum") == both]
    assert "gov:charter" not in proposal
    for server in (hill, river):
        said = Visitor(server.url).get("/confederation").text
        assert "Binding: 2 of 2." in said
        assert "Binds Hill, Riverside." in said or "Binds Riverside, Hill." in said
        assert not {act["type"] for act in acts(server, "0") + acts(server, "1")} & {"gov:Receipt", "gov:Admission"}
