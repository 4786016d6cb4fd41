"""Points of unity: few clauses, of rights and of ecology, to which each assembly says yes by its own decision (S3)."""

from pathlib import Path

import pytest

from app.governance.charter import Clause, Member
from app.governance.starter import STARTER_UNITY
from app.kernel.refusal import Refusal
from app.operations.assembly import founding
from app.operations.assembly.unity import read_unity
from app.operations.confederation import joining
from app.operations.record.sealing import load
from app.store import acts
from app.store.acts import StoredAct
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, first_key_event, settle_down
from tests.pages.visits import read, signed_in

POINTS = tuple(Clause(number, content) for number, content in STARTER_UNITY)
RIVERS = POINTS[-2].content


def charter_at(place: Place, council: str) -> StoredAct:
    return place.read(lambda c: acts.of_type(c, "gov:Charter", author=council))[-1]


@pytest.fixture(scope="module")
def united(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Valley:
    """Riverside and Hill found Valley on its points of unity; Harbour asks to join."""
    valley = settle_down(tmp_path_factory.mktemp("unity"), sqlite_template, PEOPLE)
    founders = [valley[name] for name in ("Riverside", "Hill")]
    members = [Member(one.assembly, first_key_event(one).digest) for one in founders]
    done(valley["Valley"].do(founding.found_council, {}, members, POINTS))
    valley.deliver()
    for place in founders:
        asked = place.item(Kind.ANSWER)
        said = read(signed_in(place, next(iter(place.people.values())).name), f"/proposals/{asked.id}")
        assert RIVERS in said, "they read what they say yes to"
        place.decide(asked)
    valley.deliver()
    return valley


@pytest.mark.shows("S3")
def test_the_points_have_their_two_parts_and_each_founder_assents_to_these_very_words(united: Valley) -> None:
    council = united["Valley"].assembly
    assert {point.number.split()[0] for point in POINTS} == {"rights", "ecology"}
    for name in ("Valley", "Riverside", "Hill"):
        place = united[name]
        charter = charter_at(place, council)
        assert [(one["number"], one["content"]) for one in load(charter)["gov:clauses"]] == list(STARTER_UNITY)
        assents = place.read(lambda c: acts.of_type(c, "gov:Ratification"))
        assert {load(one)["attributedTo"]: load(one)["gov:proposal"]["gov:digest"] for one in assents} == {
            united["Riverside"].assembly: charter.digest,
            united["Hill"].assembly: charter.digest,
        }


@pytest.mark.shows("S3")
def test_who_joins_later_decides_on_them_as_they_read(united: Valley) -> None:
    harbour, council = united["Harbour"], united["Valley"].assembly
    united.visit(harbour, united["Valley"])
    item = done(harbour.do(joining.propose, harbour.people["jo"], council, "We share the water."))
    said = read(signed_in(harbour, "Jo"), f"/proposals/{item.id}")
    assert "With that we adopt its points of unity" in said
    assert RIVERS in said
    harbour.decide(item)
    united.deliver()
    for name in ("Harbour", "Valley", "Hill"):
        place = united[name]
        texts = place.read(lambda c: acts.of_type(c, "gov:Proposal", author=harbour.assembly))
        assents = [load(one)["gov:adopts"]["gov:digest"] for one in texts if "gov:adopts" in load(one)]
        assert assents == [charter_at(place, council).digest]


@pytest.mark.parametrize(
    "listed",
    [
        {},
        ["rights"],
        [{"number": "1"}],
        [{"number": 1, "content": "Water."}],
        [{"number": "", "content": "Water."}],
        [{"number": "1", "content": ""}],
        [{"number": "1", "content": "Water."}, {"number": "1", "content": "Bread."}],
    ],
)
def test_what_are_no_points_of_unity_is_refused(listed: object) -> None:
    refused = read_unity(listed)
    assert isinstance(refused, Refusal)
    assert refused.code == "founding.unity"
