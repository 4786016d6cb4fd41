"""Two implementations, one count: random confederations under every kind of rule, with tiers, honest and tampered."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.governance.charter import Charter
from app.governance.council import Receipt
from app.governance.outcome import Outcome, judge
from app.governance.proposal import Proposal
from app.governance.ratification import Lower, Ratification, Stance
from app.governance.record import Record
from app.governance.rules import counts_document, parse_rule
from app.governance.tally import Count, recount, recount_flat, tier_of
from app.kernel.refusal import Refusal
from app.verifier import (
    Flaw,
    ProposalReport,
    Reading,
    case_of,
    homes_of,
    open_bundle,
    rule_flaw,
    verify_bundle,
    without_nulls,
)
from app.verifier import recount as count_offline
from tests.governance.confederacy import Commune, Council
from tests.verifier.confederation import (
    AT_HOME,
    BETWEEN,
    CONSENSUS,
    MOST_PRESENT,
    TWO_THIRDS,
    Doc,
    World,
    admitted,
    deciding_by,
    figures,
    founded,
    instant,
    ref,
    row,
)
from tests.verifier.test_agreement import (
    COMMUNES,
    HOMES,
    REFUSED,
    SPLIT,
    draw_mandate,
    draw_ratification,
    draw_recall,
    draw_vote,
    of,
    parsed,
    record_of,
    verified,
)

Draw = Callable[[st.SearchStrategy[Any]], Any]
WOMEN: Final = "https://women.example/assembly"
PEOPLE: Final = {"method": "majority", "weight": "people", "quorum": "1/5"}
MOST: Final = {"method": "majority", "base": "entitled", "quorum": "1/5"}
DRAWN: Final = {"id": "https://valley.example/acts/draw", "gov:digest": "zQmNobodyMadeIt"}
RULES: Final[tuple[Doc, ...]] = (
    PEOPLE,
    {"method": "qualified", "threshold": "3/5", "weight": "delegates", "quorum": "1/3"},
    {"method": "double", "a": MOST, "b": PEOPLE, "quorum": "1/3"},
    {"method": "majority", "quorum": "1/5", "caucus": [{"body": WOMEN, "mode": "concurrent"}]},
    {**BETWEEN, "caucus": [{"body": WOMEN, "mode": "veto"}]},
    {"method": "consent", "quorum": "1/3"},
    {"method": "provisional", "window": "P7D", "quorum": "1/3"},
    {"method": "accession"},
    {"method": "approval", "quorum": "1/3"},
    {"method": "approval", "quorum": "1/3", "lot": DRAWN},
    {"method": "score", "weight": "people", "quorum": "1/3"},
    {"method": "dots", "n": 3, "weight": "delegates", "quorum": "1/3"},
    {"method": "ranked", "quorum": "1/3"},
    {"method": "two_stage", "first": {"method": "ranked", "quorum": "1/2"}, "then": MOST, "quorum": "1/3"},
)
OPTIONS: Final = [{"id": one, "name": one.title()} for one in ("mill", "school")]
BALLOTS: Final = {
    "approval": (["mill"], ["school"], ["mill", "school"], [], ["tower"]),
    "score": ({"mill": 2}, {"school": 1, "mill": -1}, {}, {"mill": 3}),
    "dots": ({"mill": 3}, {"school": 2, "mill": 1}, {"school": 4}),
    "ranked": ([["mill"], ["school"]], [["school"]], [["no-change"]], [["mill", "school"]], ["mill"]),
}


@cache
def beginning(place: int) -> World:
    """The three communes and their council, with a charter by which this rule decides."""
    rule = RULES[place]
    return before_the_count(admitted(founded(deciding_by(rule))), rule)


def before_the_count(world: World, rule: Doc) -> World:
    world.assembly("Women", "caucus")
    for person, home in HOMES.items():
        world.person(person, home)
    more = {"gov:options": OPTIONS} if rule.get("first", rule)["method"] in BALLOTS else {}
    fuel = world.propose("fuel", "Common purchase", "policy", rule, **more)
    world.receive("fuel", fuel, **{"gov:roll": sorted(world.id(name) for name in COMMUNES)})
    return world


def draw_caucus(draw: Draw, world: World, step: str) -> Doc:
    keys = {
        "gov:confederation": world.id("Valley"),
        "gov:proposal": ref(world.acts["fuel"]),
        "gov:stance": draw(st.sampled_from(("ratified", "rejected", "abstained"))),
        "gov:counts": draw(
            st.sampled_from([{"entitled": 9, "present": 6, "agree": 6}, {"entitled": 9, "present": 6, "disagree": 6}])
        ),
        "gov:rule": CONSENSUS,
    }
    return world.seal(step, "Women", "Ratification", **keys)


def draw_ballot(draw: Draw, world: World, step: str) -> Doc:
    rule = world.acts["fuel"]["gov:rule"]
    counts = {"entitled": 40, "present": 30, "agree": draw(st.integers(20, 30))}
    counts["abstain"] = 30 - counts["agree"]
    ballot = draw(st.sampled_from([None, *BALLOTS.get(rule.get("first", rule)["method"], ())]))
    more: Doc = {"gov:counts": counts, **({"gov:ballot": ballot} if ballot is not None else {})}
    if draw(st.integers(0, 4)) == 0:
        few = {"entitled": 9, "present": draw(st.sampled_from((4, 5)))}
        more |= {"gov:small": True, "gov:status": "adopted", "gov:counts": few}
        more["gov:modes"] = draw(st.sampled_from((["closed"], ["secret"], ["closed", "room"], ["rollCall"])))
    return world.ratify(step, draw(st.sampled_from(COMMUNES)), world.acts["fuel"], "ratified", **more)


DRAWS: Final = (
    draw_ballot,
    draw_ballot,
    draw_ballot,
    draw_caucus,
    draw_ratification,
    draw_mandate,
    draw_vote,
    draw_recall,
)


@st.composite
def confederations(draw: Draw) -> World:
    world = beginning(draw(st.integers(0, len(RULES) - 1))).fork()
    for number in range(draw(st.integers(0, 8))):
        act = draw(st.sampled_from(DRAWS))(draw, world, f"step-{number}")
        if act is not None and draw(st.booleans()):
            world.receive(f"step-{number}", act)
    draw_outcome(draw, world)
    return world


def framed(world: World) -> Record:
    """The server's record, under the charter that the proposal cites and with the seats of the members."""
    acts = parsed(world)
    held = record_of(world)
    charter = next(act for act in of(acts, Charter) if act.head.ref == held.proposal.charter)
    return replace(held, charter=charter, seats=tuple((world_id, 2) for world_id in held.roll))


def recounted(record: Record, world: World) -> Count:
    counted = recount(record, max(act.head.published for act in parsed(world)))
    assert isinstance(counted, Count), counted
    return counted


def sealed_rows(counted: Count) -> list[Doc]:
    rows: list[Doc] = []
    for one in counted.rows:
        acts = [{"id": act.id, "gov:digest": act.digest} for act in one.acts]
        found: Doc = {"assembly": one.assembly, "stance": one.stance.value}
        found |= {"by": one.by.value} if one.by is not None else {}
        found |= {"choice": one.choice.value} if one.choice is not None else {}
        rows.append({**found, **({"act": acts if len(acts) > 1 else acts[0]} if acts else {})})
    return rows


def told(counted: Count) -> Doc:
    tendency = {"status": counted.tendency.status.value, "counts": counts_document(counted.tendency_counts)}
    order = {"gov:order": [list(group) for group in counted.result.order]} if counted.result.order else {}
    return {
        "gov:counts": counts_document(counted.counts),
        "gov:status": counted.status.value,
        "gov:tendency": tendency,
        "gov:binds": list(counted.binds),
        **order,
    }


def draw_outcome(draw: Draw, world: World) -> None:
    """An honest result, or one of which one thing was changed, or one that says nothing of an assembly."""
    counted = recounted(framed(world), world)
    rows, keys = sealed_rows(counted), told(counted)
    trick = draw(st.sampled_from(("none", "none", "status", "order", "binds", "silence", "final")))
    if trick == "status":
        keys["gov:status"] = draw(st.sampled_from(("adopted", "rejected", "unresolved", "no_quorum", "open")))
    elif trick == "order" and "gov:order" in keys:
        keys["gov:order"] = keys["gov:order"][::-1]
    elif trick == "binds":
        keys["gov:binds"] = keys["gov:binds"][1:]
    elif trick == "silence":
        place = draw(st.integers(0, 2))
        rows[place] = {"assembly": rows[place]["assembly"], "stance": "silent"}
    elif trick == "final":
        keys["gov:final"] = True
    world.conclude("outcome-0", world.acts["fuel"], rows, world.acts["fuel"]["gov:rule"], "Valley", **keys)


@pytest.mark.shows("B9")
@pytest.mark.withstands("F19")
@given(confederations())
def test_under_every_rule_both_count_alike_and_judge_alike(world: World) -> None:
    record = framed(world)
    ours, theirs = recounted(record, world), verified(world)
    assert theirs.count is not None, theirs
    assert [tuple(one.row)[:4] for one in theirs.count.stands] == [
        (row.assembly, row.stance, row.by, row.choice) for row in ours.rows
    ]
    assert theirs.count.status.value == ours.status.value
    assert theirs.count.tendency.value == ours.tendency.status.value
    assert theirs.count.binds == ours.binds
    outcomes = [one for one in of(parsed(world), Outcome) if one.proposal == record.proposal.head.ref]
    for outcome in outcomes:
        judged = judge(outcome, record, outcomes)
        seen = next(one.judgement for one in theirs.outcomes if one.ref.id == outcome.head.ref.id)
        assert judged.kind.value == seen.kind.value, (judged, seen)


STRANGE: Final[Doc] = {
    "wait": ("PT0S", "P7D", "P1W", "P1Y", "PT1.5S", "P", 7, None),
    "window": ("P7D", "a week", "P1M", None),
    "quorum": ("1/5", "2/4", "3/2", "0/1", None),
    "threshold": ("2/3", "0/1", "1", None),
    "floor": ("1/10", 1, None),
    "standAsides": ("1/4", "-1/2"),
    "blocks": (0, -1, True),
    "meetings": (2, "2"),
    "n": (3, 0, None),
    "flat": (True, 1),
    "strict": (False, "true"),
    "base": ("cast", "everybody"),
    "weight": ("people", "money", None),
    "lot": (DRAWN, "tomorrow", {"id": "x"}),
    "caucus": ([], [{"body": WOMEN, "mode": "veto"}], [{"body": "x", "mode": "veto"}], [None]),
    "method": ("majority", "dots", "two_stage", "lottery", None),
    "first": (CONSENSUS, AT_HOME, None),
}


@st.composite
def written(draw: Draw) -> Doc:
    """A rule as somebody may write it, with keys that do not apply and values that are none."""
    rule: Doc = dict(draw(st.sampled_from((*RULES, BETWEEN, AT_HOME, TWO_THIRDS, CONSENSUS))))
    for key in draw(st.lists(st.sampled_from(sorted(STRANGE)), max_size=3, unique=True)):
        value = draw(st.sampled_from(STRANGE[key]))
        if isinstance(rule.get("then"), dict) and draw(st.booleans()):
            rule = {**rule, "then": {**rule["then"], key: value}}
        else:
            rule = {**rule, key: value}
    return rule


@given(written())
def test_what_is_a_rule_to_one_is_a_rule_to_the_other(rule: Doc) -> None:
    assert isinstance(parse_rule(rule), Refusal) == (rule_flaw(without_nulls(rule)) is not None)


SEATS: Final[Doc] = {"method": "qualified", "threshold": "3/5", "weight": "delegates", "quorum": "1/3"}


def concluded(world: World, status: str) -> World:
    """Harbour is against, the two others agree; Valley says what that comes to."""
    for name in COMMUNES:
        no = {"gov:counts": REFUSED, "gov:rule": TWO_THIRDS} if name == "Harbour" else {}
        if no:
            left_open = {"gov:status": "unresolved", "gov:counts": SPLIT}
            no["gov:unresolved"] = ref(world.decide("first", name, AT_HOME, world.acts["fuel"], **left_open))
        world.ratify(f"answer-{name}", name, world.acts["fuel"], "rejected" if no else "ratified", **no)
    rows = [row(world, name, f"answer-{name}", "rejected" if name == "Harbour" else "ratified") for name in COMMUNES]
    keys = {
        "gov:status": status,
        "gov:tendency": {"status": status, "counts": figures([one["stance"] for one in rows])},
    }
    binds: Doc = {"gov:binds": []} if status == "rejected" else {}
    world.conclude("outcome-0", world.acts["fuel"], rows, SEATS, "Valley", **keys, **binds)
    return world


def found_in(world: World, *without: str) -> list[str]:
    [found] = [one for one in verify_bundle(world.bundle(without=without)).proposals if one.name == "Common purchase"]
    return [one.judgement.kind.value for one in found.outcomes]


def admits(world: World, name: str, assembly: str, outcome: str, seats: int) -> None:
    keys = {"gov:assembly": world.id(assembly), "gov:outcome": ref(world.acts[outcome]), "gov:seats": seats}
    world.seal(name, "Valley", "Admission", **keys)


@pytest.mark.withstands("F22")
def test_seats_are_frozen_with_the_roll_and_no_void_admission_gives_any() -> None:
    world = admitted(founded(deciding_by(SEATS)))
    admits(world, "again", "Harbour", "joined", 9)  # the same result again: the latest word counts
    assert found_in(concluded(before_the_count(world, SEATS), "rejected")) == ["fine"]
    other = admitted(founded(deciding_by(SEATS)))
    admits(other, "void", "Hill", "joined", 9)  # that result let Harbour in, not Hill
    late = before_the_count(other, SEATS)
    admits(late, "late", "Harbour", "joined", 9)  # after the roll was frozen
    assert found_in(concluded(late, "adopted")) == ["fine"]


@pytest.mark.withstands("F22")
def test_while_what_gave_the_seats_is_missing_nobody_is_accused() -> None:
    world = concluded(before_the_count(admitted(founded(deciding_by(SEATS))), SEATS), "adopted")
    assert found_in(world) == ["fine"]
    assert found_in(world, "admission") == ["incomplete"]


# Tiers ------------------------------------------------------------------------------------------


@st.composite
def councils(draw: Draw, depth: int = 2, path: str = "top") -> Council:
    members: list[Commune | Council] = []
    for number in range(draw(st.integers(2, 3))):
        name = f"{path}{number}"
        if depth and draw(st.booleans()):
            members.append(draw(councils(depth - 1, name)))
        else:
            answer = draw(st.sampled_from((Stance.RATIFIED, Stance.REJECTED, None)))
            members.append(Commune(name, answer))
    lie = draw(st.sampled_from((None, None, None, Stance.RATIFIED, Stance.REJECTED)))
    return Council(path, tuple(members), lie)


class Tiers:
    """A proposal that went down the tiers of a drawn confederation: every act signed, every council's result sealed."""

    def __init__(self, top: Council, rule: Doc) -> None:
        self.world, self.rule = World(), rule
        self._found(top)
        charter = ref(self.world.acts[f"charter-{top.name}"])
        self.world.assembly("proposer")
        closes = {"gov:opens": instant(self.world.clock), "gov:closes": "2026-12-01T00:00:00Z"}
        keys = {"name": "A matter", "gov:category": "policy", "gov:forum": self.world.id(top.name), "gov:version": 1}
        self.matter = self.world.seal(
            "matter", "proposer", "Proposal", **keys, **closes, **{"gov:rule": rule, "gov:charter": charter}
        )
        self._freeze(top)
        self._answer(top)

    def _found(self, council: Council) -> None:
        for member in council.members:
            if isinstance(member, Council):
                self._found(member)
            else:
                self.world.assembly(member.name)
                self.world.charter(member.name, {"rules": {"ratification": MOST_PRESENT}})
        self.world.assembly(council.name, "council")
        members = [{"assembly": self.world.id(one.name)} for one in council.members]
        rules = {"policy": self.rule, "charter": MOST_PRESENT}
        charter = self.world.charter(
            council.name, {"scope": "coordination", "rules": rules}, **{"gov:members": members}
        )
        for member in council.members:
            if isinstance(member, Commune):
                self._ratify(f"founder-{member.name}", member, council, charter, "ratified")
            else:
                self._join(member, council, charter)

    def _join(self, member: Council, council: Council, charter: Doc) -> None:
        """A member council assents to the founding charter on an Outcome of its own members."""
        outcome = self._assent(member, council.name, charter)
        about = {"gov:confederation": self.world.id(council.name), "gov:proposal": ref(charter)}
        keys = {**about, "gov:stance": "ratified", "gov:outcome": ref(outcome)}
        self.world.seal(f"founder-{council.name}-{member.name}", member.name, "Ratification", **keys)

    def _assent(self, council: Council, above: str, charter: Doc) -> Doc:
        """The Outcome by which all members of `council` agree to a charter above it, in every tier."""
        roll = sorted(self.world.id(one.name) for one in council.members)
        keys: Doc = {"gov:act": ref(charter), "gov:leaf": 0, "gov:roll": roll}
        self.world.seal(f"receipt-{above}-{council.name}", council.name, "Receipt", **keys)
        for member in council.members:
            name = f"founder-{above}-{member.name}"
            if isinstance(member, Commune):
                self._ratify(name, member, council, charter, "ratified")
                continue
            outcome = self._assent(member, above, charter)
            keys = {"gov:confederation": self.world.id(council.name), "gov:proposal": ref(charter)}
            keys |= {"gov:stance": "ratified", "gov:outcome": ref(outcome)}
            self.world.seal(name, member.name, "Ratification", **keys)
        rows = [row(self.world, one.name, f"founder-{above}-{one.name}") for one in council.members]
        about = {"gov:confederation": self.world.id(council.name)}
        return self.world.conclude(
            f"joining-{above}-{council.name}", charter, rows, MOST_PRESENT, council.name, **about
        )

    def _freeze(self, council: Council) -> None:
        roll = sorted(self.world.id(one.name) for one in council.members)
        keys = {"gov:act": ref(self.matter), "gov:leaf": 0, "gov:roll": roll}
        self.world.seal(f"receipt-{council.name}", council.name, "Receipt", **keys)
        for member in council.members:
            if isinstance(member, Council):
                self._freeze(member)

    def _ratify(self, name: str, member: Commune, council: Council, about: Doc, stance: str) -> None:
        counts = {"entitled": 20, "present": 10, "agree" if stance == "ratified" else "disagree": 10}
        keys = {
            "gov:confederation": self.world.id(council.name),
            "gov:proposal": ref(about),
            "gov:stance": stance,
            "gov:counts": counts,
            "gov:rule": MOST_PRESENT,
            "gov:charter": ref(self.world.acts[f"charter-{member.name}"]),
        }
        self.world.seal(name, member.name, "Ratification", **keys)

    def _answer(self, council: Council) -> None:
        for member in council.members:
            if isinstance(member, Council):
                self._answer(member)
                self._upward(member, council)
            elif member.stance is not None:
                self._ratify(f"answer-{member.name}", member, council, self.matter, member.stance)

    def _upward(self, member: Council, council: Council) -> None:
        counted = recounted(self.record(member), self.world)
        keys = {
            "gov:confederation": self.world.id(member.name),
            "gov:proposal": ref(self.matter),
            "gov:rule": self.rule,
            "gov:roll": [row.assembly for row in counted.rows],
            "gov:stances": sealed_rows(counted),
            "gov:final": False,
            **told(counted),
        }
        outcome = self.world.seal(f"outcome-{member.name}", member.name, "Outcome", **keys)
        honest = {"adopted": "ratified", "rejected": "rejected"}.get(counted.status.value)
        stance = member.seals or honest
        if stance is not None:
            keys = {
                "gov:confederation": self.world.id(council.name),
                "gov:proposal": ref(self.matter),
                "gov:stance": stance,
                "gov:outcome": ref(outcome),
            }
            self.world.seal(f"upward-{member.name}", member.name, "Ratification", **keys)

    def record(self, council: Council, *, top: bool = False) -> Record:
        """The server's record of the tier of `council`."""
        acts = parsed(self.world)
        below = tuple(self.record(member) for member in council.members if isinstance(member, Council))
        lower = {
            outcome.head.ref: Lower(outcome.head.author, outcome.confederation, outcome.proposal, outcome.status)
            for outcome in of(acts, Outcome)
        }
        held = record_of_tier(acts, self.matter, self.world.id(council.name), top=top)
        return replace(held, lower=tuple(lower.items()), below=below)


def record_of_tier(acts: list[Any], matter: Doc, council: str, *, top: bool) -> Record:
    receipt = next(one for one in of(acts, Receipt) if one.head.author == council)
    return Record(
        next(act for act in of(acts, Proposal) if act.head.ref.id == matter["id"]),
        next(act for act in of(acts, Charter) if act.head.author == council),
        receipt.roll or (),
        ratifications=of(acts, Ratification),
        charters=of(acts, Charter),
        receipts=of(acts, Receipt),
        council=None if top else receipt.head.author,
    )


TIERED: Final = ({**MOST, "quorum": "0/1"}, {"method": "consent", "quorum": "0/1"}, {**MOST, "flat": True})


@pytest.mark.shows("R2")
@pytest.mark.shows("H5")
@given(councils(), st.sampled_from(TIERED))
def test_in_tiers_both_count_alike_nested_and_flat_and_judge_every_councils_result_alike(
    top: Council, rule: Doc
) -> None:
    tiers = Tiers(top, rule)
    world, record = tiers.world, tiers.record(top, top=True)
    ours = recounted(record, world)
    reading = Reading(open_bundle(world.bundle()), None).record
    proposal = next(act for act in reading.of("Proposal"))
    case = case_of(reading, proposal)
    theirs = count_offline(reading, case, max(act.when for act in reading.acts.values()))
    assert not isinstance(theirs, Flaw), theirs
    assert [(one.row.assembly, one.row.stance) for one in theirs.stands] == [
        (row.assembly, row.stance.value) for row in ours.rows
    ]
    assert theirs.status.value == ours.status.value
    flat = recount_flat(record, world.clock)
    assert isinstance(flat, Count)
    assert sorted(homes_of(reading, case, {**rule, "flat": True})) == [row.assembly for row in flat.rows]
    report = verified_matter(world)
    for outcome in (one for one in of(parsed(world), Outcome) if one.proposal == record.proposal.head.ref):
        judged = judge(outcome, tier_of(record, outcome.confederation))
        seen = next(one.judgement for one in report.outcomes if one.ref.id == outcome.head.ref.id)
        assert judged.kind.value == seen.kind.value, (judged, seen)


def verified_matter(world: World) -> ProposalReport:
    return next(one for one in verify_bundle(world.bundle()).proposals if one.name == "A matter")
