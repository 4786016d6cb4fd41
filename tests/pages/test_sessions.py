"""What people read of a session that a commune hosts: its agenda, who comes with which mandate, what was reached."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.operations.confederation import hosting
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Valley, settle_down
from tests.operations.test_sessions import bring, called, host, send_delegation
from tests.pages.looking import on_a_phone
from tests.pages.visits import browser, read, send, signed_in


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    made = settle_down(tmp_path, sqlite_template, PEOPLE)
    host(made, "Hill", "Spring assembly")
    for name, person in (("Hill", "rojin"), ("Riverside", "ana")):
        send_delegation(made[name], called(made[name]), person)
    made.deliver()
    for title in ("Water", "Roads"):
        bring(made, made["Riverside"], made["Hill"].assembly, title)
    return made


@pytest.mark.shows("S9", "G1")
def test_before_it_opens_everybody_reads_who_comes_and_what_they_may_decide(valley: Valley) -> None:
    harbour = valley["Harbour"]
    path = f"/sessions/{called(harbour).first.digest}"
    said = read(signed_in(harbour, "Jo"), path)
    assert "Hill calls, for 12 November 2026, 18:00 UTC ." in said
    assert "Riverside ana" in said
    assert "the water:" in said
    assert "Observers: a voice and no vote Nobody yet." in said
    assert "One can be put off once; more than half of the delegations present can take another order." in said
    assert "what we want (policy) First consensus, then two thirds" in said
    assert "Spring assembly" in read(browser(valley["Hill"]), "/sessions")
    hill = read(browser(valley["Hill"]), f"/sessions/{called(valley['Hill']).first.digest}")
    assert "the water:" in hill


@pytest.mark.shows("G18")
@pytest.mark.shows("H1")
def test_it_is_called_registered_for_kept_and_handed_over_by_forms(valley: Valley) -> None:
    hill, harbour = valley["Hill"], valley["Harbour"]
    jo = signed_in(harbour, "Jo")
    page = "/sessions/new"
    said = send(jo, harbour, "/sessions", page, name="Feast", starts="2026-12-20T18:00", why="Bread.", invited="")
    assert "Feast" in said
    send(jo, harbour, "/sessions", page, 422, name="Feast", starts="2020-12-20T18:00", why="Bread.", invited="")
    valley.clock.tick(days=11)
    hill.do(hosting.duties)
    valley.deliver()
    path = f"/sessions/{called(hill).first.digest}"
    rojin = signed_in(hill, "Rojin")
    water, roads = (ref.id for ref in called(hill).session.agenda)
    send(rojin, hill, f"{path}/order", path, matter=[water, roads], nr=["2", "1"], in_favour="2", present="2")
    assert [ref.id for ref in called(hill).session.agenda] == [roads, water]
    assert "Put off to the next meeting" in send(rojin, hill, f"{path}/postpone", path, matter=water)
    send(rojin, hill, f"{path}/postpone", path, 422, matter=water)
    nobody = signed_in(hill, "Ida")
    send(nobody, hill, f"{path}/postpone", path, 403, matter=roads)
    said = send(rojin, hill, f"{path}/end", path, reached=[roads], next=harbour.assembly)
    assert "The next one is hosted by harbour.example." in said
    assert "Reached." in said
    valley.deliver()
    there = read(signed_in(harbour, "Jo"), f"/sessions/{called(harbour).first.digest}")
    assert "Hill owes a report on this meeting to the assemblies that came." in there
    send(nobody, hill, f"{path}/report", path, 403, text="All went well.")
    send(rojin, hill, f"{path}/report", path, 422, text="")
    assert "The roads are shared." in send(rojin, hill, f"{path}/report", path, text="The roads are shared.")
    send(rojin, hill, f"{path}/report", path, 409, text="Again.")
    valley.deliver()
    assert "The roads are shared." in read(signed_in(harbour, "Jo"), f"/sessions/{called(harbour).first.digest}")
    assert "The roads are shared." not in read(browser(hill), path), "it is for confederates"
    assert "The next one is hosted by us: what was not reached comes first." in there
    assert browser(hill).get("/sessions/nothing").status_code == 404


@pytest.mark.shows("S10", "G7", "G15")
def test_a_draft_is_published_adopted_and_made_a_call_by_forms(valley: Valley) -> None:
    hill, river = valley["Hill"], valley["Riverside"]
    path = f"/sessions/{called(hill).first.digest}"
    valley.clock.tick(days=11)
    hill.do(hosting.duties)
    valley.deliver()
    rojin, ana = signed_in(hill, "Rojin"), signed_in(river, "Ana")
    send(rojin, hill, f"{path}/end", path, next=valley["Harbour"].assembly)
    text: dict[str, Any] = {"name": "Bread for all", "text": "We bake on <b>Fridays</b>.", "group": "Bread & salt"}
    said = send(rojin, hill, f"{path}/draft", path, 422, authors="", **text)
    assert "Say who wrote it" in said
    send(signed_in(hill, "Ida"), hill, f"{path}/draft", path, 403, authors="Gus", **text)
    said = send(rojin, hill, f"{path}/draft", path, authors="Gus\nAna of Riverside", **text)
    assert "Draft: Bread for all" not in said  # the meeting is over: its agenda stays as it was
    assert "A draft decides nothing and speaks for nobody." in said
    assert "Working group Bread & salt: Gus, Ana of Riverside" in said
    assert "We bake on <b>Fridays</b>." in said
    assert "Another text of “Bread for all”" in said
    valley.deliver()
    there = ana.get(path).text
    assert "Another text of" not in there
    adopt, call = (unescape(one) for one in re.findall(r'href="(/proposals/new\?[^"]+)"', there))
    assert "Taken from a text of Hill" in read(ana, adopt)
    begun = unescape(ana.get(call).text)
    assert 'value="call" selected' in begun
    assert f'value="{hill.assembly}" selected' in begun
    source = re.search(r'name="derived_from" value="([^"]+)"', begun)
    assert source is not None
    form: dict[str, Any] = {"title": "Bread for all", "text": "We bake on <b>Fridays</b>.", "derived_from": source[1]}
    send(ana, river, "/proposals/new", "/proposals/new", category="policy", **form)
    valley.deliver()
    assert "Riverside talks about adopting it." in read(browser(hill), path)
    river.decide(river.item(Kind.PROPOSAL, "Bread"))
    send(ana, river, "/proposals/new", "/proposals/new", category="call", forum=hill.assembly, **form)
    river.decide(river.item(Kind.PROPOSAL, "Bread"))
    valley.deliver()
    hill.do(hosting.duties)
    valley.deliver()
    for place in (hill, river):
        said = read(browser(place), path)
        assert "Riverside has adopted it as it stands." in said
        assert "Riverside made a call of it. Nobody has signed it yet." in said
    river.decide(river.item(Kind.ANSWER, "Bread"))
    valley.deliver()
    assert "Riverside made a call of it. Signed by Riverside (" in read(rojin, path)
    assert "On our agenda: Bread for all" in read(rojin, path)


def test_the_page_of_a_session_is_kept_on_a_phone_and_by_keyboard(
    valley: Valley, request: pytest.FixtureRequest
) -> None:
    hill, harbour = valley["Hill"], valley["Harbour"]
    valley.clock.tick(days=11)
    hill.do(hosting.duties)
    session = called(hill)
    path = f"/sessions/{session.first.digest}"
    jo, rojin = signed_in(harbour, "Jo"), signed_in(hill, "Rojin")
    chromium: Browser = request.getfixturevalue("chromium")  # with it nothing else runs a loop in this thread
    on_a_phone(chromium, harbour, jo, path)
    tab = on_a_phone(chromium, hill, rojin, path)
    fields = {"nr", "in_favour", "present", "reached", "next"}
    buttons = {"Put off “Water”", "Put off “Roads”", "Take this order", "End it"}
    assert fields | buttons <= reached_by_tab(tab)
    send(rojin, hill, f"{path}/end", path, reached=[session.session.agenda[0].id], next=harbour.assembly)
    assert "text" in reached_by_tab(on_a_phone(chromium, hill, rojin, path))


def reached_by_tab(tab: Page) -> set[str]:
    """The names of the fields, and what each button says, on which somebody comes who presses Tab alone."""
    found = set[str]()
    for _ in range(80):
        tab.keyboard.press("Tab")
        found.add(tab.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
    return found
