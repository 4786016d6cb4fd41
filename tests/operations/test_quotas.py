"""What members may write has documented bounds, and more is answered 422."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.http.errors import status_of
from app.kernel.refusal import Refusal
from app.operations.matters import consulting, proposing
from tests.operations import hill
from tests.operations.neighbours import done

DOCUMENTED = (Path(__file__).parents[2] / "docs/operators.md").read_text(encoding="utf-8")


@pytest.mark.withstands("D15")
@pytest.mark.parametrize(("title", "text"), [("x" * 201, "text"), ("title", "x" * 20_001), ("title", "x" * 1_000_000)])
def test_a_giant_proposal_is_refused(tmp_path: Path, sqlite_template: Path, title: str, text: str) -> None:
    place = hill.founded(tmp_path, sqlite_template)
    refused = place.do(proposing.propose, place.people["rojin"], proposing.Draft(title, text, "policy", None))
    assert isinstance(refused, Refusal)
    assert status_of(refused) == 422
    assert "200 characters of title, 20,000 of text" in DOCUMENTED


@pytest.mark.withstands("D15")
def test_a_thousand_options_are_refused(tmp_path: Path, sqlite_template: Path) -> None:
    place = hill.founded(tmp_path, sqlite_template)
    options = tuple(f"option {number}" for number in range(1000))
    closes = place.clock.now() + timedelta(days=1)
    refused = place.do(consulting.ask, hill.proposed(place), "Which?", options, closes)
    assert isinstance(refused, Refusal)
    assert (refused.code, status_of(refused)) == ("consultation.options", 422)
    assert "2 to 4 options" in DOCUMENTED


@pytest.mark.withstands("D15")
def test_one_member_has_twenty_undecided_proposals_at_most(tmp_path: Path, sqlite_template: Path) -> None:
    place = hill.founded(tmp_path, sqlite_template)
    draft = proposing.Draft("A bench", "By the well.", "policy", None)
    for _ in range(proposing.MOST_OPEN):
        first = done(place.do(proposing.propose, place.people["rojin"], draft))
    refused = place.do(proposing.propose, place.people["rojin"], draft)
    assert isinstance(refused, Refusal)
    assert (refused.code, status_of(refused)) == ("item.many", 422)
    assert "20 undecided proposals of one member" in DOCUMENTED
    done(place.do(proposing.propose, place.people["tom"], draft))  # others may
    assert place.do(lambda c, _: proposing.withdraw(c, place.instance, place.people["rojin"], first.id)) is None
    done(place.do(proposing.propose, place.people["rojin"], draft))  # and so may who has fewer again
