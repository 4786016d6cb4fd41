"""A commune calls, whoever answers attends: sessions with no council anywhere, over several instances."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.mandate import Kind as Latitudes
from app.governance.ratification import Stance
from app.governance.session import Called
from app.kernel.refusal import Refusal
from app.operations.confederation import counting, delegations, hosting, sessions
from app.operations.mandates import mandating
from app.operations.mandates.delegating import Wish
from app.operations.matters import proposing
from app.operations.record.sealing import load
from app.store import acts
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE, send
from tests.operations.neighbours import Place, Valley, done, settle_down


def called(place: Place) -> Called:
    return place.do(sessions.known)[-1]


def host(valley: Valley, name: str, title: str, days: float = 10) -> Called:
    """`name` decides to host a session in so many days, and tells all others."""
    place = valley[name]
    others = tuple(one.assembly for one in valley.places.values() if one.name not in {name, "Valley"})
    wish = sessions.Wish(title, place.clock.now() + timedelta(days=days), invited=others, why="The water of all.")
    place.decide(done(place.do(sessions.propose_hosting, next(iter(place.people.values())), wish)))
    valley.deliver()
    return called(place)


def send_delegation(place: Place, meeting: Called, person: str, subject: str = "the water") -> str:
    """A mandate on a topic, and the delegation registered under it."""
    position = mandating.Position(subject, Latitudes.RANGE, (Stance.RATIFIED, Stance.REJECTED))
    until = place.clock.now() + timedelta(days=60)
    wish = mandating.Wish(meeting.session.head.author, (person,), (position,), until, "We talked it over.")
    item = done(place.do(mandating.propose, next(iter(place.people.values())), wish))
    mandate = place.decide(item).acts[-1].id
    done(place.do(delegations.register, place.people[person], meeting.first.id, mandate))
    return mandate


def bring(valley: Valley, place: Place, forum: str, title: str) -> str:
    draft = proposing.Draft(title, "We share it.", "policy", forum)
    place.decide(done(place.do(proposing.propose, next(iter(place.people.values())), draft)))
    valley.deliver()
    return place.read(lambda c: [act for act in acts.of_type(c, "gov:Proposal") if load(act).get("gov:session")][-1].id)


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Valley, str]:
    """Hill hosts; Riverside, Hill and, too late, Harbour register; a text is brought before and decided."""
    valley = settle_down(tmp_path_factory.mktemp("hosted"), sqlite_template, PEOPLE)
    hill, river, harbour = valley["Hill"], valley["Riverside"], valley["Harbour"]
    meeting = host(valley, "Hill", "Spring assembly")
    send_delegation(river, called(river), "ana")
    send_delegation(hill, meeting, "rojin")
    valley.deliver()
    proposal = bring(valley, river, hill.assembly, "Water of the valley")
    valley.clock.tick(days=11)
    hill.do(hosting.duties)
    valley.deliver()
    send_delegation(harbour, called(harbour), "jo")
    valley.deliver()
    for place in (river, hill):
        place.decide(place.item(Kind.ANSWER, "Water of the valley"))
        valley.deliver()
    hill.do(hosting.duties)
    valley.deliver()
    return valley, proposal


@pytest.mark.shows("G18")
@pytest.mark.parametrize("name", ["Hill", "Riverside", "Harbour"])
def test_a_hosted_session_decides_with_no_council_anywhere(hosted: tuple[Valley, str], name: str) -> None:
    valley, proposal = hosted
    board = done(valley[name].do(counting.board, proposal))
    assert board.record.roll == tuple(sorted(valley[one].assembly for one in ("Hill", "Riverside")))
    assert not board.roll_unclear
    assert done(board.count).status == "adopted"
    assert board.newest is not None
    assert board.newest.act.author == valley["Hill"].assembly
    assert board.newest.same


@pytest.mark.shows("G14")
@pytest.mark.parametrize("name", ["Hill", "Riverside", "Harbour"])
def test_who_came_is_listed_by_status_everywhere(hosted: tuple[Valley, str], name: str) -> None:
    valley, _ = hosted
    place = valley[name]
    listed = place.do(delegations.delegations, called(place))
    assert {(one.assembly, one.votes) for one in listed} == {
        (valley["Hill"].assembly, True),
        (valley["Riverside"].assembly, True),
        (valley["Harbour"].assembly, False),  # registered after the opening: it observes
    }
    assert all(one.entry is not None and one.entry.flaw is None for one in listed)


@pytest.mark.shows("G1")
def test_what_a_delegation_may_decide_is_known_before_the_session_opens(tmp_path: Path, sqlite_template: Path) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    host(valley, "Hill", "Spring assembly")
    river, harbour = valley["Riverside"], valley["Harbour"]
    send_delegation(river, called(river), "ana")
    valley.deliver()
    [delegation] = harbour.do(delegations.delegations, called(harbour))
    assert harbour.clock.now() < called(harbour).session.starts
    assert delegation.entry is not None
    [item] = delegation.entry.mandate.items
    assert item.latitude.choices == (Stance.RATIFIED, Stance.REJECTED)
    assert isinstance(river.do(delegations.register, river.people["ana"], called(river).first.id, "x"), Refusal)


@pytest.mark.shows("S9")
def test_the_agenda_is_known_before_and_what_was_not_reached_comes_first_with_the_next_host(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    hill, river, harbour = valley["Hill"], valley["Riverside"], valley["Harbour"]
    meeting = host(valley, "Hill", "Spring assembly")
    for place, person in ((hill, "rojin"), (river, "ana"), (harbour, "jo")):
        send_delegation(place, called(place), person)
    valley.deliver()
    titles = ("Water", "Roads", "Bread")
    brought = [bring(valley, river, hill.assembly, title) for title in titles]
    valley.clock.tick(days=11)
    hill.do(hosting.duties)
    valley.deliver()
    for place in (hill, river, harbour):
        assert [ref.id for ref in called(place).session.agenda] == brought
    rojin = hill.people["rojin"]
    water, roads, bread = brought
    few = hill.do(delegations.reorder, rojin, meeting.first.id, (bread, water, roads), 1, 2)
    assert isinstance(few, Refusal)
    assert few.code == "session.majority"
    many = hill.do(delegations.reorder, rojin, meeting.first.id, (bread, water, roads), 4, 4)
    assert isinstance(many, Refusal)
    assert many.code == "session.present"
    done(hill.do(delegations.reorder, rojin, meeting.first.id, (bread, water, roads), 2, 3))
    done(hill.do(sessions.postpone, rojin, meeting.first.id, roads))
    twice = hill.do(sessions.postpone, rojin, meeting.first.id, roads)
    assert isinstance(twice, Refusal)
    assert twice.code == "session.postponed"
    done(hill.do(sessions.end, rojin, meeting.first.id, [bread], river.assembly))
    valley.deliver()
    assert called(harbour).session.host_next == river.assembly
    after = host(valley, "Riverside", "Summer assembly")
    assert [ref.id for ref in after.session.agenda] == [water, roads]
    assert called(harbour).session.agenda == after.session.agenda
    again = river.do(sessions.postpone, river.people["ana"], after.first.id, roads)
    assert isinstance(again, Refusal)
    assert again.code == "session.postponed"


@pytest.mark.shows("B17")
def test_a_call_for_a_session_changes_nothing_with_those_who_do_not_answer(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    host(valley, "Hill", "Spring assembly")
    hill, river, harbour = valley["Hill"], valley["Riverside"], valley["Harbour"]
    for place, person in ((hill, "rojin"), (river, "ana")):
        send_delegation(place, called(place), person)
    valley.deliver()
    bring(valley, river, hill.assembly, "Water of the valley")
    with pytest.raises(StopIteration):
        harbour.item(Kind.ANSWER)


def test_a_delegate_speaks_in_a_hosted_session_under_the_mandate(hosted: tuple[Valley, str]) -> None:
    valley, _ = hosted
    hill, river = valley["Hill"], valley["Riverside"]
    later = bring(valley, river, hill.assembly, "Paths")
    hill.do(hosting.duties)
    valley.deliver()
    sent = send(hill, "rojin", Wish(later, Stance.RATIFIED, None))
    assert sent.check.shows_tendency
