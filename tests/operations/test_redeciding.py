"""What waited for co-signers who never signed is decided again, whatever it is, and is done once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.assembly import entering, entrusting, excluding
from app.operations.confederation import joining, leaving, sessions
from app.operations.mandates import mandating, recalling, registering, reporting
from app.operations.matters import linking, proposing, redeciding
from app.operations.meetings import minuting
from app.operations.record.sealing import load
from app.operations.votes.closing import Closed
from app.store import accounts, acts, agenda, caretaking, meetings
from app.store.agenda import Item, Kind
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.operations.test_cosigning import (
    NAMED,
    OTHERS,
    both_confirm,
    confirm,
    granted,
    mandate_for,
    replace_co_signers,
    valley,
)
from tests.pages.visits import read, send, signed_in

__all__ = ["valley"]
STUCK = "Those who were to confirm what we decided are co-signers no longer"
WHY = "Our new co-signers can."

Prepared = tuple[Item, Callable[[], int]]
"""What is decided on, and how often what it orders is done."""


def text(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    bench = done(hill.do(proposing.propose, hill.people["leyla"], proposing.Draft("A bench", "Of oak.", "task")))
    return bench, lambda: [one.proposal.name for one in hill.do(linking.settled) if one.in_force].count("A bench")


def mandate(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    item = done(hill.do(mandating.propose, hill.people["leyla"], mandate_for(hill, valley)))
    return item, lambda: len(granted(hill))


def recall(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    [decision] = hill.decide(mandate(valley)[0]).acts
    both_confirm(hill, decision)
    [given] = granted(hill)
    both_confirm(hill, given)
    item = done(hill.do(recalling.propose, hill.people["leyla"], given.id, (), "He is ill."))
    return item, lambda: len(hill.read(lambda c: acts.of_type(c, "gov:Recall")))


def withdrawal(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    item = done(hill.do(leaving.propose, hill.people["leyla"], valley["Valley"].assembly, "We are few."))
    return item, lambda: len(hill.read(lambda c: acts.of_type(c, "gov:Withdrawal")))


def joining_them(valley: Valley) -> Prepared:
    """Hill asks to join Valley, of which it has heard and is no member."""
    hill, council = valley["Hill"], valley["Valley"]
    valley.visit(hill, council)
    item = done(hill.do(joining.propose, hill.people["leyla"], council.assembly, "We share the water."))

    def asked() -> int:
        ours = hill.read(lambda c: acts.of_type(c, "gov:Proposal", author=hill.assembly))
        return sum("gov:decision" in load(act) for act in ours)

    return item, asked


def hosting(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    wish = sessions.Wish("On the river", hill.clock.now() + timedelta(days=30), why="The water of all.")
    item = done(hill.do(sessions.propose_hosting, hill.people["leyla"], wish))
    return item, lambda: len(hill.read(lambda c: acts.of_type(c, "gov:Session")))


def exclusion(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    item = done(hill.do(excluding.propose, hill.people["leyla"], "tom", 30, "He shouted others down."))
    return item, lambda: len(hill.read(lambda c: agenda.told_of(c, "excluded", 9)))


def caretakers(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    item = done(hill.do(entrusting.propose, hill.people["leyla"], ("ida", "gus"), "They have time."))
    return item, lambda: [one.what for one in hill.read(lambda c: caretaking.entries(c, 9))].count("caretakers")


def entry(valley: Valley) -> Prepared:
    """Max, to whom somebody said no at the door, takes it to the assembly."""
    hill = valley["Hill"]
    max_ = done(hill.do(entering.knock, "Max", "a token of Max"))
    done(hill.do(lambda c, _: entering.say_no(c, hill.people["gus"], max_.id, "We do not know him.")))
    item = done(hill.do(entering.ask_assembly, max_.id))
    return item, lambda: [one.shown for one in hill.read(accounts.members)].count("Max")


def minutes(valley: Valley) -> Prepared:
    hill = valley["Hill"]
    [(meeting, _), *_] = hill.read(minuting.waiting)
    item = done(hill.do(minuting.put, meeting.id, hill.people["leyla"]))

    def adopted() -> int:
        known = hill.read(lambda c: meetings.get(c, meeting.id))
        return int(known is not None and known.adopted_by is not None)

    return item, adopted


@pytest.fixture
def apart(tmp_path: Path, sqlite_template: Path) -> Valley:
    """Hill with its co-signers, beside a confederation to which it does not belong."""
    made = settle_down(tmp_path, sqlite_template, PEOPLE, {"Hill": NAMED})
    found_council(made, ("Riverside", "Harbour"))
    return made


@pytest.mark.withstands("F26")
@pytest.mark.parametrize("kind", [text, recall, withdrawal, hosting, exclusion, caretakers, entry, minutes])
def test_every_kind_of_decision_that_nobody_can_confirm_is_decided_again_and_done_once(
    valley: Valley, kind: Callable[[Valley], Prepared]
) -> None:
    decided_again_and_done_once(valley["Hill"], *kind(valley))


@pytest.mark.withstands("F26")
def test_whether_to_join_is_decided_again_too_and_asked_once(apart: Valley) -> None:
    decided_again_and_done_once(apart["Hill"], *joining_them(apart))


def decided_again_and_done_once(hill: Place, item: Item, times: Callable[[], int]) -> None:
    first = decide(hill, item).acts[-1]
    early = hill.do(redeciding.ask, hill.people["leyla"], item.id, "They might sign yet.")
    assert isinstance(early, Refusal)
    assert early.code == "again.stuck"
    replace_co_signers(hill, "leyla", *OTHERS)
    page = signed_in(hill, "Leyla")
    assert "so it never counts" in read(page, "/co-sign")
    assert STUCK in read(page, f"/proposals/{item.id}")
    assert "Decide it again" in read(page, "/co-sign")
    send(page, hill, f"/proposals/{item.id}/reconsider", f"/proposals/{item.id}", why=WHY)
    again = hill.read(lambda c: agenda.listed(c, 1))[0]
    assert (again.kind, again.title, again.state) == (item.kind, item.title, State.OPEN)
    assert again.act != item.act
    assert WHY in read(page, f"/proposals/{again.id}")
    assert STUCK not in read(page, f"/proposals/{item.id}")
    twice = hill.do(redeciding.ask, hill.people["leyla"], item.id, WHY)
    assert isinstance(twice, Refusal)
    assert times() == 0
    second = decide(hill, again).acts[-1]
    assert load(second)["gov:proposal"]["id"] == again.act
    for name in OTHERS:
        done(confirm(hill, name, second.id))
    assert times() == 1
    for name in ("rojin", "tom"):
        confirm(hill, name, first.id)  # once too late: it would count, and orders nothing any more
    assert times() == 1


def test_a_report_that_is_decided_again_waits_until_then(valley: Valley) -> None:
    hill = valley["Hill"]
    [decision] = hill.decide(mandate(valley)[0]).acts
    both_confirm(hill, decision)
    [given] = granted(hill)
    both_confirm(hill, given)
    item = done(hill.do(reporting.give, hill.people["rojin"], given.id, "I spoke for the water."))
    decide(hill, item)
    replace_co_signers(hill, "leyla", *OTHERS)
    done(hill.do(redeciding.ask, hill.people["leyla"], item.id, WHY))
    entry = done(hill.do(registering.entry, given.id))
    [report] = hill.read(lambda c: reporting.given(c, entry))
    assert report.standing is reporting.Standing.WAITING


def decide(hill: Place, item: Item) -> Closed:
    if item.kind is Kind.EXCLUSION:
        done(hill.do(lambda c, _: excluding.say_heard(c, hill.people["tom"], item.id)))
        hill.clock.tick(days=8)
    concerned = {Kind.EXCLUSION: 1, Kind.RECALL: int("delegates" not in item.details), Kind.CARETAKERS: 2}
    return hill.decide(hill.item(item.kind, item.title), agree=5 - concerned.get(item.kind, 0))


def test_a_mandate_that_was_given_and_never_confirmed_itself_is_given_again(valley: Valley) -> None:
    hill = valley["Hill"]
    item, _ = mandate(valley)
    [decision] = hill.decide(item).acts
    both_confirm(hill, decision)
    [first] = granted(hill)
    assert linking.DECIDED_AGAIN not in item.details
    replace_co_signers(hill, "leyla", *OTHERS)
    again = done(hill.do(redeciding.ask, hill.people["leyla"], item.id, WHY))
    [second] = hill.decide(again).acts
    for name in OTHERS:
        done(confirm(hill, name, second.id))
    fresh = [act for act in granted(hill) if act.id != first.id]
    assert len(fresh) == 1
    for name in OTHERS:
        done(confirm(hill, name, fresh[0].id))
    assert "Rojin" in read(signed_in(hill, "Leyla"), "/mandates")


def test_a_no_and_a_change_of_the_rules_wait_for_nobody(valley: Valley) -> None:
    hill = valley["Hill"]
    bench, _ = text(valley)
    hill.decide(bench, agree=0, disagree=5)
    replace_co_signers(hill, "leyla", *OTHERS)
    page = signed_in(hill, "Leyla")
    said = read(page, "/co-sign")
    assert "so it never counts" in said
    assert "Decide it again" not in said
    refused = hill.do(redeciding.ask, hill.people["leyla"], bench.id, WHY)
    assert isinstance(refused, Refusal)
