"""What waited for co-signers who never signed is decided again, whatever it is, and is done once."""

from collections.abc import Callable

import pytest

from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.confederation import leaving
from app.operations.mandates import mandating, recalling, registering, reporting
from app.operations.matters import proposing, redeciding
from app.operations.record.sealing import load
from app.operations.votes.closing import Closed
from app.store import acts, agenda
from app.store.agenda import Item
from tests.operations.neighbours import Place, Valley, done
from tests.operations.test_cosigning import (
    OTHERS,
    both_confirm,
    confirm,
    granted,
    in_force,
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
    return bench, lambda: int("A bench" in in_force(hill))


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


@pytest.mark.withstands("F26")
@pytest.mark.parametrize("kind", [text, recall, withdrawal])
def test_every_kind_of_decision_that_nobody_can_confirm_is_decided_again_and_done_once(
    valley: Valley, kind: Callable[[Valley], Prepared]
) -> None:
    hill = valley["Hill"]
    item, times = kind(valley)
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
    concerned = 1 if "delegates" not in item.details and item.kind.value == "recall" else 0
    return hill.decide(item, agree=5 - concerned)


def test_a_mandate_that_was_given_and_never_confirmed_itself_is_given_again(valley: Valley) -> None:
    hill = valley["Hill"]
    item, _ = mandate(valley)
    [decision] = hill.decide(item).acts
    both_confirm(hill, decision)
    [first] = granted(hill)
    assert redeciding.DECIDED_AGAIN not in item.details
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
