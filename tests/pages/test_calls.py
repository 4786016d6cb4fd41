"""What people read of a call in a meeting that a commune hosts, and how they bring it, sign it and take it back."""

from pathlib import Path

import pytest

from app.governance.ratification import Stance
from app.operations.confederation import hosting
from app.operations.mandates.delegating import Wish
from app.operations.record.sealing import load
from app.store import acts
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE, send
from tests.operations.neighbours import settle_down
from tests.operations.test_calls import TITLE, sign, take_back
from tests.operations.test_sessions import called, host, send_delegation
from tests.pages import visits
from tests.pages.visits import browser, read, signed_in


@pytest.mark.shows("G6", "G7", "G16")
def test_a_call_is_brought_signed_and_left_by_forms_and_speaks_for_who_signed(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    hill, river = valley["Hill"], valley["Riverside"]
    meeting = host(valley, "Hill", "Spring assembly")
    mandate = send_delegation(river, called(river), "ana", "call")
    send_delegation(hill, meeting, "rojin")
    valley.deliver()
    ana, form = signed_in(river, "Ana"), "/proposals/new"
    assert "a call to others, which each signs for itself" in read(ana, form)
    nobody = visits.send(ana, river, form, form, 422, title=TITLE, text="We close it.", category="call")
    assert "say to whom we bring it" in nobody
    visits.send(ana, river, form, form, title=TITLE, text="We close the bridge.", category="call", forum=hill.assembly)
    river.decide(river.item(Kind.PROPOSAL, TITLE))
    valley.clock.tick(days=11)
    hill.do(hosting.duties)
    valley.deliver()
    brought = river.read(lambda c: acts.of_type(c, "gov:Proposal", author=river.assembly))
    call = next(act.id for act in brought if "gov:session" in load(act))
    send(river, "ana", Wish(call, Stance.RATIFIED, mandate))
    valley.deliver()
    for place in (hill, river):
        said = read(browser(place), "/confederation")
        assert "Signed by Riverside (by mandate, 13 November 2026)." in said
        assert "it speaks for those who signed it, each from the day on which it did, and for nobody else" in said
        assert "Adopted" not in said
    valley.clock.tick(days=1)
    sign(hill)
    valley.deliver()
    signed = "Signed by Riverside (by mandate, 13 November 2026), Hill (14 November 2026)."
    entry = f"/acts/{call.rpartition('/')[2]}"
    assert f"Riverside calls: {TITLE}. Each assembly signs for itself." in read(browser(river), entry)
    assert signed in read(browser(river), entry)
    assert f"Hill has signed the call “{TITLE}”" in read(browser(hill), "/")
    rojin = signed_in(hill, "Rojin")
    page = f"/proposals/{hill.item(Kind.ANSWER, TITLE).id}"
    assert signed in read(rojin, page)
    assert "Take our signature back" in read(rojin, page)
    visits.send(rojin, hill, f"{page}/reconsider", page, 422, why="")
    said = visits.send(rojin, hill, f"{page}/reconsider", page, why="The bridge is closed anyway.")
    assert "We answered it before." in said
    assert "The bridge is closed anyway." in said
    assert "Take our signature back" not in read(rojin, page)
    visits.send(rojin, hill, f"{page}/reconsider", "/proposals/new", 409, why="Once more.")
    take_back(hill, hill.item(Kind.ANSWER, TITLE))
    valley.deliver()
    for place in (hill, river):
        said = read(browser(place), "/confederation")
        assert "Signed by Riverside (by mandate, 13 November 2026). Not signed, or no longer: Hill." in said
    assert f"Hill has taken its signature under the call “{TITLE}” back" in read(browser(hill), "/")
    visits.send(rojin, hill, "/proposals/nothing/reconsider", "/proposals/new", 404, why="Why not.")
