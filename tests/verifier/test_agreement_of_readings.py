"""What an instance reads of a record and what the verifier reads of its file are the same, honest or tampered.

Both get the same acts: the instance one after the other in any order, each checked as what is sent to it, on a real
database; the verifier as a file. Nothing of what is compared is built by hand.
"""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import verifier
from app.governance.outcome import Judgement, Outcome, judge
from app.governance.rules import counts_document
from app.governance.tally import Count
from app.kernel.instant import Instant
from app.operations.confederation import counting
from app.operations.record.reading import Reading
from app.store import acts
from app.store.acts import Standing
from tests.verifier.confederation import Doc, World, ref
from tests.verifier.happenings import happenings
from tests.verifier.recorded import Library


class Shelf:
    """Libraries that know how some confederations began, and one that knows nothing: to that every act is new."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder, self._template = folder, template
        self._kept: dict[str, Library] = {}

    def library(self, world: World, *, knows: bool) -> Library:
        key = world.acts[world.begun[-1]]["proof"]["proofValue"] if knows else ""
        if key not in self._kept:
            folder = self._folder / str(len(self._kept))
            folder.mkdir()
            self._kept[key] = Library(folder, self._template)
            if knows:
                self._kept[key].begin(world)
        return self._kept[key]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("libraries"), sqlite_template)


def names(world: World) -> dict[tuple[str, str], str]:
    return {(about["id"], about["gov:digest"]): name for name, act in world.acts.items() if (about := ref(act))}


def as_the_server_reads_it(library: Library, world: World, reading: Reading, at: Instant) -> Doc:
    """What an instance shows of the text, of who belongs, and of every result."""
    board = counting.board(reading.connection, library.instance, world.acts["fuel"]["id"])
    named = names(world)
    kept = {name: acts.by_reference(reading.connection, *about) for about, name in named.items()}
    found: Doc = {
        "believed": {name for name, act in kept.items() if act is not None and act.standing is Standing.AUTHENTIC},
        "members": {one: list(reading.members_at(world.id(one), at)) for one in councils(world)},
        "rules": {
            one: {str(found.head.ref.id) for found in reading.charters_of(world.id(one))} for one in councils(world)
        },
        "about the rest": rest_judged(world, reading),
    }
    if not isinstance(board, counting.Board):
        return found | {"count": board.code}
    judged = {named[one.outcome.head.ref]: judged_as(one.judgement) for one in board.outcomes}
    found |= {"roll": list(reading.roll_of(board.proposal).members), "judged": judged}
    found["closes"] = board.closing.at
    if not isinstance(board.count, Count):
        return found | {"count": board.count.code}
    count = board.count
    return found | {
        "count": {
            "rows": [(row.assembly, row.stance, row.by, row.choice, set(row.acts)) for row in count.rows],
            "void": {named[ref] for stand in count.behind.values() for ref, _ in stand.set_aside},
            "missing": {tuple(ref) for stand in count.behind.values() for ref in stand.missing},
            "counts": counts_document(count.counts),
            "status": count.status.value,
            "tendency": (count.tendency.status.value, counts_document(count.tendency_counts)),
            "binds": list(count.binds),
            "order": [set(group) for group in count.result.order],
        }
    }


def rest_judged(world: World, reading: Reading) -> Doc:
    """The results about other texts: on them it rests who belongs and which rules are in force."""
    found: Doc = {}
    for name, act in world.acts.items():
        if act["type"] != "gov:Outcome" or about_fuel(world, name):
            continue
        kept = acts.by_reference(reading.connection, *ref(act).values())
        outcome = reading.parsed(kept) if kept is not None else None
        if isinstance(outcome, Outcome) and (subject := reading.subject(outcome.proposal)) is not None:
            sealed = [one for one, _ in reading.naming(outcome.proposal, "gov:Outcome", Outcome)]
            record = reading.record(subject, outcome.confederation)
            found[name] = judged_as(judge(outcome, record, sealed))
    return found


def as_the_verifier_reads_it(world: World, at: Instant) -> Doc:
    """The same of the file of the record."""
    record = verifier.Reading(verifier.open_bundle(world.bundle()), None).record
    named = names(world)
    rest: Doc = {}
    judged: Doc = {}
    for outcome in record.of("Outcome"):
        name = named[outcome.ref]
        if verifier.subject_of(record, outcome.need("gov:proposal")) is not None:
            (judged if about_fuel(world, name) else rest)[name] = judged_as(verifier.judge(record, outcome))
    found: Doc = {
        "believed": {named[one] for one in record.acts} | {name for name in world.acts if name.startswith("key-")},
        "members": {one: list(verifier.roll_at(record, world.id(one), at)) for one in councils(world)},
        "rules": {one: sound_charters(record, world.id(one)) for one in councils(world)},
        "about the rest": rest,
    }
    fuel = world.acts["fuel"]
    proposal = record.find(verifier.as_ref(ref(fuel)), "Proposal")
    if proposal is None:
        return found | {"count": "proposal.unknown"}
    case = verifier.case_of(record, proposal)
    found |= {"roll": list(case.roll), "judged": judged}
    found["closes"] = verifier.closes_of(record, proposal, at)
    count = verifier.recount(record, case, at)
    if isinstance(count, verifier.Flaw):
        return found | {"count": count.code}
    rule = case.rule or {}
    rows = [one.row for one in count.stands]
    order = verifier.order_in(rule, count.counts, verifier.around(record, case, rule, rows, at))
    return found | {
        "count": {
            "rows": [(row.assembly, str(row.stance), row.by, row.choice, set(row.acts)) for row in rows],
            "void": {named[ref] for one in count.stands for ref, _ in one.void},
            "missing": {tuple(ref) for one in count.stands for ref in one.missing},
            "counts": count.counts.document(),
            "status": count.status.value,
            "tendency": (count.tendency.value, count.wider.document()),
            "binds": list(count.binds),
            "order": [set(group) for group in order],
        }
    }


def sound_charters(record: verifier.Record, council: str) -> set[str]:
    known = record.of("Charter", author=council)
    return {act.ref.id for act in known if verifier.charter_flaw(record, act) is None}


def about_fuel(world: World, name: str) -> bool:
    return bool(world.acts[name]["gov:proposal"] == ref(world.acts["fuel"]))


def councils(world: World) -> list[str]:
    return [name for name in ("Valley", "North", "City") if name in world.signers]


def judged_as(judgement: Judgement | verifier.Judgement) -> tuple[str, set[tuple[str, str | None]]]:
    """What was found, and by which clause where that accuses somebody."""
    faults = {(one.code, one.clause) for one in judgement.reasons if one.kind.value == "fault"}
    return judgement.kind.value, faults


@pytest.mark.shows("B9")
@pytest.mark.withstands("F11")
@given(happenings(), st.randoms(use_true_random=False), st.integers(0, 7), st.sampled_from((0, 3, 24)))
def test_an_instance_and_the_verifier_come_to_the_same(
    shelf: Shelf, world: World, random: Random, knows: int, hours: int
) -> None:
    library = shelf.library(world, knows=knows > 0)
    ours, theirs = both(library, world, random.sample(list(world.acts), len(world.acts)), timedelta(hours=hours))
    assert theirs == ours


def both(library: Library, world: World, order: list[str], after: timedelta) -> tuple[Doc, Doc]:
    """What an instance reads when the acts come in this order, and what the verifier reads, so long after the last."""
    refused = library.check(world, [name for name in order if name not in world.begun])
    at = world.clock + after + timedelta(seconds=1)

    def look(reading: Reading) -> Doc:
        return as_the_server_reads_it(library, world, reading, at)

    return library.read(world, look, order, refused, at - world.clock), as_the_verifier_reads_it(world, at)
