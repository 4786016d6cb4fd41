"""Mandates with all their room, what a delegate's vote is worth under each, and what the delegate knows before."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.mandate import Topic, Verdict
from app.kernel.refusal import Refusal
from app.operations.confederation import counting
from app.operations.mandates import delegating, mandating
from app.operations.mandates.delegating import Wish
from app.store import acts
from app.store.agenda import Kind as Items
from tests.operations.mandated import (
    AGREE,
    Kind,
    Latitude,
    Position,
    Stance,
    agreeing_on,
    brought,
    confederated,
    granted,
    mandate_at,
    seen,
    vote_at,
    wished,
)
from tests.operations.neighbours import Valley, done


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def outlook(valley: Valley, mandate: str, proposal: str) -> dict[Stance, Verdict]:
    """What each answer of Rojîn's on `proposal` would be worth, as she is told beforehand."""
    hill = valley["Hill"]
    held = mandate_at(hill, mandate)
    open_now = hill.do(delegating.open_for, held)
    about = next(one for one in open_now if one.head.ref.id == proposal)
    return {choice: check.verdict for choice, check in hill.do(delegating.outlook, hill.people["rojin"], held, about)}


@pytest.mark.shows("B3")
@pytest.mark.shows("B2")
def test_each_room_to_move_says_beforehand_what_every_answer_is_worth(valley: Valley) -> None:
    fuel, water, road, school = (
        brought(valley, title, category)
        for title, category in (
            ("Winter fuel", "policy"),
            ("Water", "policy"),
            ("The road", "resource"),
            ("School", "task"),
        )
    )
    either = (Stance.RATIFIED, Stance.RESERVED)
    mandate = granted(
        valley,
        agreeing_on(fuel),
        Position(water, Kind.RANGE, either),
        Position("resource", Kind.INDICATIVE, ()),
        default=Latitude(Kind.FIXED, (Stance.ABSTAINED,)),
    )
    conforms, against = Verdict.CONFORMS, Verdict.CONTRADICTS
    assert outlook(valley, mandate, fuel) == dict.fromkeys(Stance, against) | {Stance.RATIFIED: conforms}
    assert outlook(valley, mandate, water) == dict.fromkeys(Stance, against) | dict.fromkeys(either, conforms)
    assert outlook(valley, mandate, road) == dict.fromkeys(Stance, Verdict.EXCEEDS)
    assert outlook(valley, mandate, school) == dict.fromkeys(Stance, against) | {Stance.ABSTAINED: conforms}


@pytest.mark.shows("G1")
@pytest.mark.shows("B13")
def test_every_instance_reads_the_limits_of_a_mandate_and_the_decision_it_comes_from(valley: Valley) -> None:
    fuel = brought(valley)
    starts = valley.clock.at.replace(microsecond=0)
    mandate = granted(
        valley,
        Position(fuel, Kind.AMENDABLE, AGREE),
        Position("resource", Kind.RANGE, AGREE),
        default=Latitude(Kind.INDICATIVE),
        term="Spring session",
    )
    for name in ("Hill", "Riverside", "Valley"):
        found = mandate_at(valley[name], mandate)
        assert [item.latitude.kind for item in found.items] == [Kind.AMENDABLE, Kind.RANGE]
        assert [getattr(item.subject, "id", None) for item in found.items] == [fuel, None]
        assert found.items[1].subject == Topic("resource")
        assert found.default == Latitude(Kind.INDICATIVE)
        assert found.term == "Spring session"
        assert found.valid_from >= starts
        assert found.head.content == "<p>We argued about the price.</p>"
        assert seen(valley[name], mandate).flaw is None  # the Decision that granted it is there and holds


@pytest.mark.shows("G4")
def test_a_delegate_may_always_declare_a_vote_an_indication_with_an_estimate_and_a_reason(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    bare = Wish(fuel, Stance.REJECTED, mandate, indicative=True)
    refused = hill.do(delegating.send, hill.people["tom"], bare)
    assert isinstance(refused, Refusal)
    assert refused.code == "vote.estimate"
    grounds = {"estimate": "Two thirds would now be against.", "reason": "The price doubled."}
    wish = Wish(fuel, Stance.REJECTED, mandate, indicative=True, **grounds)
    sent = done(hill.do(delegating.send, hill.people["tom"], wish))
    valley.deliver()
    assert sent.check.verdict is Verdict.DECLARED
    assert hill.item(Items.ANSWER, "Winter fuel").asked  # the assembly is asked what it says
    assert seen(hill, mandate).done[-1].question is None  # and nobody is asked why: it is no breach
    for name in ("Riverside", "Valley"):
        vote = vote_at(valley[name], sent.act.id)
        assert vote.estimate == "Two thirds would now be against."
        assert vote.head.content == "<p>The price doubled.</p>"
        worth = seen(valley[name], mandate).done[-1].worth
        assert not isinstance(worth, Refusal)
        assert worth.shows_tendency


def test_a_mandate_that_nobody_could_follow_is_not_proposed(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    now = hill.clock.now()
    for code, wish in (
        ("mandate.items", wished(valley)),
        ("mandate.items", wished(valley, Position(fuel, Kind.FIXED, tuple(Stance)))),
        ("mandate.items", wished(valley, Position(fuel, Kind.RANGE, ()))),
        ("mandate.items", wished(valley, default=Latitude(Kind.FIXED))),
        ("mandate.items", wished(valley, agreeing_on("https://nowhere.example/acts/1"))),
        ("mandate.clauses", wished(valley, Position(fuel, Kind.AMENDABLE, AGREE, ("7",)))),
        ("mandate.delegates", wished(valley, agreeing_on(fuel), delegates=("nobody",))),
        ("mandate.delegates", wished(valley, agreeing_on(fuel), delegates=())),
        ("mandate.seats", wished(valley, agreeing_on(fuel), delegates=("rojin", "tom", "gus"))),
        ("mandate.council", wished(valley, agreeing_on(fuel), council="https://nowhere.example/assembly")),
        ("mandate.time", wished(valley, agreeing_on(fuel), valid_until=now)),
        ("mandate.time", wished(valley, agreeing_on(fuel), valid_from=now.replace(year=now.year + 9))),
        ("mandate.words", wished(valley, agreeing_on(fuel), term="x" * 201)),
        ("mandate.why", wished(valley, agreeing_on(fuel), why="")),
        ("mandate.instead", wished(valley, agreeing_on(fuel), instead_of=fuel)),
    ):
        refused = hill.do(mandating.propose, hill.people["leyla"], wish)
        assert isinstance(refused, Refusal), code
        assert refused.code == code


@pytest.mark.withstands("F07")
def test_what_exceeds_a_mandate_shows_the_tendency_and_what_is_outside_its_time_is_void_everywhere(
    valley: Valley,
) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    soon = hill.clock.now() + timedelta(days=2)
    silent_on_it = granted(valley, agreeing_on("another matter"), delegates=("rojin",), term="autumn")
    later = granted(
        valley, agreeing_on(fuel), delegates=("tom",), valid_from=soon, valid_until=soon + timedelta(days=1)
    )

    def stands(evidence: str) -> dict[str, tuple[str, str | None, bool]]:
        """Where each instance has Hill, why it set the vote at `evidence` aside, and that it keeps it."""
        valley.deliver()
        found = {}
        for name in ("Valley", "Riverside", "Hill"):
            place = valley[name]
            counted = done(done(place.do(counting.board, fuel)).count)
            row = next(row for row in counted.rows if row.assembly == hill.assembly)
            aside = {str(ref.id): why.code for ref, why in counted.set_aside}
            kept = place.read(lambda c: acts.by_id(c, evidence)) is not None
            found[name] = (row.stance.value, aside.get(evidence), kept)
        return found

    early = done(hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, later)))
    assert early.check.verdict is Verdict.NOT_YET
    assert set(stands(early.act.id).values()) == {("silent", "mandate.not_yet", True)}
    beyond = done(hill.do(delegating.send, hill.people["rojin"], Wish(fuel, Stance.RATIFIED, silent_on_it)))
    assert beyond.check.verdict is Verdict.EXCEEDS
    assert set(stands(beyond.act.id).values()) == {("indicative", None, True)}
    valley.clock.at = soon + timedelta(days=1)
    late = done(hill.do(delegating.send, hill.people["tom"], Wish(fuel, Stance.RATIFIED, later)))
    assert late.check.verdict is Verdict.EXPIRED
    assert set(stands(late.act.id).values()) == {("indicative", "mandate.expired", True)}
