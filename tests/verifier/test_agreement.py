"""Two implementations, one count: the verifier and the server's own rules on random confederations."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.governance.assembly import Attestation
from app.governance.charter import Charter
from app.governance.council import Receipt
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.outcome import Outcome, judge, judge_about_draft
from app.governance.proposal import Proposal
from app.governance.ratification import Decision, Ratification
from app.governance.record import Record
from app.governance.tally import Count, recount
from app.kernel.refusal import Refusal
from app.translation.vocabulary import Act, parse
from app.verifier import ProposalReport, verify_bundle
from tests.verifier.confederation import (
    AT_HOME,
    BETWEEN,
    MOST_PRESENT,
    TWO_THIRDS,
    Doc,
    World,
    admitted,
    canonical,
    figures,
    founded,
    instant,
    ref,
)

A = TypeVar("A")
COMMUNES: Final = ("Riverside", "Hill", "Harbour")
HOMES: Final = {"Rojîn": "Hill", "Tom": "Hill", "Leyla": "Harbour"}
STANCES: Final = ("ratified", "rejected", "abstained", "reserved")
AGREED: Final = {"entitled": 40, "present": 30, "agree": 27, "reserve": 3}
SPLIT: Final = {"entitled": 40, "present": 30, "agree": 25, "disagree": 5}
REFUSED: Final = {"entitled": 40, "present": 30, "agree": 3, "disagree": 27}


@cache
def beginning() -> World:
    world = admitted(founded())
    for person, home in HOMES.items():
        world.person(person, home)
    fuel = world.propose("fuel", "Common purchase of winter fuel", "policy", BETWEEN, **{"gov:topics": ["winter"]})
    world.receive("fuel", fuel, **{"gov:roll": sorted(world.id(name) for name in COMMUNES)})
    return world


def draw_ratification(draw: Callable[[st.SearchStrategy[Any]], Any], world: World, step: str) -> Doc:
    author = draw(st.sampled_from(COMMUNES))
    more: dict[str, Any] = {
        "gov:counts": draw(st.sampled_from([AGREED, SPLIT, REFUSED])),
        "gov:rule": draw(st.sampled_from([AT_HOME, AT_HOME["first"], TWO_THIRDS, MOST_PRESENT])),
    }
    if more["gov:rule"] == TWO_THIRDS and draw(st.booleans()):
        left_open = {"gov:status": "unresolved", "gov:counts": SPLIT}
        first = world.decide(f"first-{step}", author, AT_HOME, world.acts["fuel"], **left_open)
        more["gov:unresolved"] = ref(first)
    return world.ratify(
        step, author, world.acts["fuel"], draw(st.sampled_from(STANCES)), **more, **earlier(draw, world)
    )


def draw_mandate(draw: Callable[[st.SearchStrategy[Any]], Any], world: World, step: str) -> Doc:
    author = draw(st.sampled_from(("Hill", "Harbour")))
    kind = draw(st.sampled_from(("fixed", "range", "indicative")))
    choices = draw(st.lists(st.sampled_from(STANCES), min_size=1, max_size=1 if kind == "fixed" else 3, unique=True))
    subject = draw(st.sampled_from([ref(world.acts["fuel"]), {"topic": "winter"}, {"topic": "bread"}]))
    latitude = {"kind": kind, "choices": choices}
    more: dict[str, Any] = {"gov:term": draw(st.sampled_from(("spring", "summer")))}
    if draw(st.integers(0, 5)) == 0:
        more["gov:validFrom"] = more["gov:validUntil"] = world.acts["fuel"]["gov:closes"]
    if draw(st.integers(0, 3)) == 0:
        more["gov:default"] = latitude
    if draw(st.integers(0, 3)) == 0:  # a decision about something else, by the same rule (B13)
        more["gov:decision"] = ref(world.decide(f"granting-{step}", author, MOST_PRESENT, world.acts["fuel"]))
    items = [{"gov:subject": subject, "gov:latitude": latitude}]
    return world.mandate(step, author, [one for one in HOMES if HOMES[one] == author], items, **more)


def draw_vote(draw: Callable[[st.SearchStrategy[Any]], Any], world: World, step: str) -> Doc:
    person = draw(st.sampled_from(tuple(HOMES)))
    granted = [act for act in world.acts.values() if act["type"] == "gov:Mandate"]
    mandate = draw(st.sampled_from([None, *granted, *granted]))
    more = {"gov:indicative": True} if draw(st.integers(0, 3)) == 0 else {}
    return world.vote(
        step, person, HOMES[person], draw(st.sampled_from(STANCES)), mandate, **more, **earlier(draw, world)
    )


def draw_recall(draw: Callable[[st.SearchStrategy[Any]], Any], world: World, step: str) -> Doc | None:
    granted = [act for act in world.acts.values() if act["type"] == "gov:Mandate"]
    if not granted:
        return None
    mandate = draw(st.sampled_from(granted))
    author = "Hill" if mandate["attributedTo"] == world.id("Hill") else "Harbour"
    counts = {"entitled": 40, "present": 30, "agree": draw(st.sampled_from((25, 15))), "disagree": 5}
    status = {"gov:counts": counts, "gov:status": "adopted" if counts["agree"] > 15 else "rejected"}
    decision = world.decide(f"decision-{step}", author, MOST_PRESENT, **status)
    more = {"gov:delegates": mandate["gov:delegates"][:1]} if draw(st.booleans()) else {}
    return world.seal(step, author, "Recall", **{"gov:mandate": ref(mandate), "gov:decision": ref(decision), **more})


def draw_request(draw: Callable[[st.SearchStrategy[Any]], Any], world: World, step: str) -> Doc:
    """A Decision that asks for more time, or something like one."""
    author = draw(st.sampled_from((*COMMUNES, "Valley")))
    closes = datetime.fromisoformat(world.acts["fuel"]["gov:closes"])
    later = timedelta(seconds=draw(st.sampled_from((-1, 0, 1, 7200, 21 * 86400, 21 * 86400 + 1))))
    more = {
        "gov:extends": ref(world.acts[draw(st.sampled_from(("fuel", "fuel", "joining")))]),
        "gov:closes": instant(closes + later),
    }
    if draw(st.integers(0, 4)) == 0:
        more |= {"gov:counts": REFUSED, "gov:status": draw(st.sampled_from(("rejected", "adopted")))}
    return world.decide(step, author, draw(st.sampled_from((MOST_PRESENT, MOST_PRESENT, AT_HOME))), None, **more)


def earlier(draw: Callable[[st.SearchStrategy[Any]], Any], world: World) -> Doc:
    """Now and then an entry supersedes one that was there before it."""
    answers = [act for act in world.acts.values() if act["type"] in {"gov:Ratification", "gov:DelegateVote"}]
    return {"gov:supersedes": ref(draw(st.sampled_from(answers)))} if draw(st.integers(0, 2)) == 0 else {}


DRAWS: Final = (
    draw_ratification,
    draw_ratification,
    draw_mandate,
    draw_vote,
    draw_vote,
    draw_vote,
    draw_recall,
    draw_request,
)


@st.composite
def confederations(draw: Callable[[st.SearchStrategy[Any]], Any]) -> World:
    """A confederation in which anything happened, in any order, then one or two Outcomes, honest or not."""
    world = beginning().fork()
    for number in range(draw(st.integers(0, 9))):
        act = draw(st.sampled_from(DRAWS))(draw, world, f"step-{number}")
        if draw(st.booleans()) and act is not None:
            world.receive(f"step-{number}", act)
        if draw(st.integers(0, 4)) == 0 and act is not None and act["type"] != "gov:DelegateVote":
            world.clock -= timedelta(seconds=1)  # two entries of one second
        if draw(st.integers(0, 5)) == 0:
            # What is sealed next is sealed when answers close first, or after that.
            later = timedelta(seconds=draw(st.integers(0, 2)))
            world.clock = max(world.clock, datetime.fromisoformat(world.acts["fuel"]["gov:closes"]) + later)
    for number in range(draw(st.integers(1, 2))):
        draw_outcome(draw, world, number)
    return world


def draw_outcome(draw: Callable[[st.SearchStrategy[Any]], Any], world: World, number: int) -> None:
    count = counted(world)
    rows: list[Doc] = []
    for one in count.rows:
        found: Doc = {"assembly": one.assembly, "stance": one.stance.value}
        acts = [{"id": act.id, "gov:digest": act.digest} for act in one.acts]
        found |= {"by": one.by.value} if one.by is not None else {}
        found |= {"choice": one.choice.value} if one.choice is not None else {}
        found |= {"act": acts if len(acts) > 1 else acts[0]} if acts else {}
        rows.append(found)
    if draw(st.booleans()):
        place = draw(st.integers(0, 2))
        rows[place] = draw(st.sampled_from([silenced(rows[place]), *misread(world, rows[place])]))
    told = honest_figures(rows)
    if number and draw(st.booleans()):
        told["gov:correctionOf"] = ref(world.acts["outcome-0"])
    told["gov:final"] = draw(st.integers(0, 5)) == 0
    if told["gov:final"] and draw(st.booleans()):
        world.clock += timedelta(hours=2)
    world.conclude(f"outcome-{number}", world.acts["fuel"], rows, BETWEEN, "Valley", **told)


def silenced(found: Doc) -> Doc:
    return {"assembly": found["assembly"], "stance": "silent"}


def misread(world: World, found: Doc) -> list[Doc]:
    """The row with another entry of that assembly in it, as a mandate, an answer or a tendency."""
    whose = found["assembly"]
    acts = [
        act
        for act in world.acts.values()
        if act["type"] in {"gov:Ratification", "gov:DelegateVote"}
        and act["gov:proposal"] == ref(world.acts["fuel"])
        and whose in {act["attributedTo"], act.get("gov:assembly")}
    ]
    made: list[Doc] = []
    for act in acts:
        whole = {"assembly": whose, "act": ref(act)}
        if act["type"] == "gov:Ratification":
            made.append({**whole, "stance": act["gov:stance"], "by": "ratification"})
        else:
            made.append({**whole, "stance": act["gov:choice"], "by": "mandate"})
            made.append({**whole, "stance": "indicative", "choice": act["gov:choice"], "by": "delegate"})
    return made


def honest_figures(rows: list[Doc]) -> Doc:
    """The status that the rows come to under BETWEEN: consensus of those who answered, a fifth of all at least."""
    have = figures([str(one["stance"]) for one in rows])
    wide = figures([str(one.get("choice", one["stance"])) for one in rows])
    status, tendency = came_to(have), came_to(wide)
    favour = [one["assembly"] for one in rows if one["stance"] in {"ratified", "reserved"}]
    return {
        "gov:status": status,
        "gov:tendency": {"status": tendency, "counts": wide},
        "gov:binds": favour if status == "adopted" else [],
    }


def came_to(have: Doc) -> str:
    if not have["present"]:
        return "no_quorum"
    agreed = have["agree"] + have["reserve"] >= 1 and not have["disagree"]
    return "adopted" if agreed else "unresolved"


# The server's own answer ------------------------------------------------------------------------


def of(acts: list[Act], kind: type[A]) -> tuple[A, ...]:
    return tuple(act for act in acts if isinstance(act, kind))


def parsed(world: World) -> list[Act]:
    return [parsed_once(canonical(document)) for document in world.acts.values()]


@lru_cache(maxsize=4096)
def parsed_once(raw: bytes) -> Act:
    """Most entries are the same in all records, and each is read many times."""
    act = parse(json.loads(raw))
    assert not isinstance(act, Refusal), (raw, act)
    return act


def record_of(world: World) -> Record:
    acts = parsed(world)
    fuel = next(act for act in of(acts, Proposal) if act.name.startswith("Common"))
    council = world.id("Valley")
    frozen = next(receipt.roll for receipt in of(acts, Receipt) if receipt.act == fuel.head.ref) or ()
    return Record(
        fuel,
        next(act for act in of(acts, Charter) if act.head.author == council),
        tuple(sorted(frozen)),
        of(acts, Ratification),
        of(acts, DelegateVote),
        of(acts, Mandate),
        of(acts, Recall),
        of(acts, Decision),
        of(acts, Charter),
        of(acts, Receipt),
        of(acts, Attestation),
        categories=tuple((act.head.ref, act.category) for act in of(acts, Proposal)),
        requests=tuple(act for act in of(acts, Decision) if act.extends == fuel.head.ref),
        askers=frozenset(frozen),
    )


def counted(world: World) -> Count:
    record = record_of(world)
    latest = max(act.head.published for act in parsed(world))
    count = recount(record, latest)
    assert isinstance(count, Count)
    return count


def verified(world: World) -> ProposalReport:
    found = verify_bundle(world.bundle())
    assert found.bad_signatures == ()
    return next(one for one in found.proposals if one.name.startswith("Common"))


@pytest.mark.shows("B9")
@given(confederations(), st.integers(1, 2))
def test_both_judge_alike_what_is_sealed_about_a_draft(world: World, results: int) -> None:
    draft = world.seal("draft", "Valley", "Draft", name="Our aims", content="<p>…</p>")
    for number in range(results):
        first = {"gov:correctionOf": ref(world.acts["on-draft-0"])} if number else {}
        rows = [{"assembly": world.id(name), "stance": "silent"} for name in COMMUNES]
        world.conclude(f"on-draft-{number}", draft, rows, BETWEEN, "Valley", **first)
    sealed = [one for one in of(parsed(world), Outcome) if one.proposal.id == draft["id"]]
    [theirs] = [one for one in verify_bundle(world.bundle()).proposals if one.name == "Our aims"]
    for outcome in sealed:
        judged = judge_about_draft(outcome, sealed)
        seen = next(one.judgement for one in theirs.outcomes if one.ref.id == outcome.head.ref.id)
        assert judged.kind.value == seen.kind.value == "fault"
        codes = [[(reason.code, reason.clause) for reason in one.reasons] for one in (judged, seen)]
        assert codes[0] == codes[1] == [("outcome.draft", "b")]


@pytest.mark.shows("B9")
@given(confederations())
def test_both_count_alike_and_judge_every_result_alike(world: World) -> None:
    ours, theirs = counted(world), verified(world)
    assert theirs.count is not None
    assert [tuple(one.row)[:4] for one in theirs.count.stands] == [
        (row.assembly, row.stance, row.by, row.choice) for row in ours.rows
    ]
    assert theirs.count.status.value == ours.status.value
    assert theirs.count.tendency.value == ours.tendency.status.value
    assert theirs.count.binds == ours.binds
    record = record_of(world)
    outcomes = [one for one in of(parsed(world), Outcome) if one.proposal == record.proposal.head.ref]
    for outcome in outcomes:
        judged = judge(outcome, record, outcomes)
        seen = next(one.judgement for one in theirs.outcomes if one.ref.id == outcome.head.ref.id)
        assert judged.kind.value == seen.kind.value, (judged, seen)
