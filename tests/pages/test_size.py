"""How many we are: a number that a meeting enters, and what our rules suggest outside their bounds (R1)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.provisions import Fit, Size
from tests.pages.commune import Commune, commune
from tests.pages.hall import convened, sitting
from tests.pages.test_deciding import later

PATH = "/members/size"


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("households", "fit"), [(29, Fit.TOO_FEW), (30, Fit.WITHIN), (400, Fit.WITHIN), (401, Fit.TOO_MANY)]
)
def test_both_bounds_are_within(households: int, fit: Fit) -> None:
    assert Size().fit(households) is fit


def test_too_many_or_too_few_households_are_told_on_our_page_with_what_can_be_decided(harbour: Commune) -> None:
    jo, ida = harbour.member("Jo"), harbour.member("Ida")
    assert "Nobody has counted yet." in jo.read(PATH)
    hall = sitting(harbour.instance)
    jo.send(PATH, PATH, meeting=hall.meeting.id, households="401")
    home = ida.read("/")
    assert "We are 401 households, and our rules mean an assembly for 400 at most" in home
    assert "both keep everything that we decided" in home
    assert "A meeting counted how many households we are." in home
    assert "entered by Jo" in ida.read(PATH)
    assert "We have become too many to know each other." in ida.read("/proposals/new?suggested=split")
    jo.send(PATH, PATH, meeting=hall.meeting.id, households="29")
    assert "our rules mean an assembly for 30 at least" in ida.read("/")
    assert "Join with a neighbouring assembly" in ida.browser.get("/proposals/new?suggested=merge").text
    jo.send(PATH, PATH, meeting=hall.meeting.id, households="120")
    assert "households" not in ida.read("/").replace("A meeting counted how many households we are.", "")
    counted = ida.read(PATH)
    assert [counted.index(one) for one in ("120 households,", "29 households,", "401 households,")] == sorted(
        counted.index(one) for one in ("120 households,", "29 households,", "401 households,")
    )
    assert "households" not in harbour.client.get("/").text.replace("A meeting counted how many", "")


def test_a_number_is_entered_in_a_meeting_by_who_facilitates_it(harbour: Commune) -> None:
    jo, ida = harbour.member("Jo"), harbour.member("Ida")
    hall = sitting(harbour.instance)
    assert "How many households this meeting counted" not in ida.read(PATH)
    ida.send(PATH, PATH, 403, meeting=hall.meeting.id, households="500")
    for nonsense in ("0", "-3", "1000001"):
        jo.send(PATH, PATH, 422, meeting=hall.meeting.id, households=nonsense)
    jo.send(PATH, PATH, 422, meeting=hall.meeting.id, households="many")
    jo.send(PATH, PATH, 404, meeting="nothing", households="50")
    hall.closes()
    jo.send(PATH, PATH, 409, meeting=hall.meeting.id, households="500")
    following = convened(later(harbour.instance, timedelta(minutes=1)))
    jo.send(PATH, PATH, 409, meeting=following.meeting.id, households="500")
    assert "Nobody has counted yet." in jo.read(PATH)
