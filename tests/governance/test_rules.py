import json
from pathlib import Path
from typing import Any

import pytest

from app import verifier
from app.governance.rules import (
    Ballot,
    Beside,
    Counts,
    Rule,
    Status,
    Weight,
    counts_document,
    decide,
    options_of,
    parse_ballot,
    parse_counts,
    parse_fraction,
    parse_rule,
    rule_document,
    status_of,
)
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.valley import rule
from tests.house.credit import credit

WOMEN = "https://women.example/assembly"
VECTORS = Path(__file__).parents[1] / "vectors" / "rules"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['why']}", marks=credit(case))
    for path in sorted(VECTORS.glob("*.json"))
    for case in json.loads(path.read_text())
]


def beside(how: Rule, case: dict[str, Any]) -> Beside:
    """What a vector gives beside the heads."""
    weighed = {Weight(name): figures(case[name]) for name in ("people", "delegates") if name in case}
    choosing = how.of_options
    options: tuple[str, ...] = ()
    ballots: list[Ballot] = []
    for written, weight in case.get("ballots", ()):
        assert choosing is not None
        options = options_of(choosing, case["options"])
        ballot = parse_ballot(choosing, case["options"], written, weight)
        assert isinstance(ballot, Ballot), ballot
        ballots.append(ballot)
    if choosing is not None:
        options = options_of(choosing, case["options"])
    said = case.get("caucuses", {})
    return Beside(
        weighed,
        options,
        {Weight.ASSEMBLIES: tuple(ballots)},
        {lot: case["seed"] for lot in how.lots if "seed" in case},
        frozenset(Id(body) for body, stance in said.items() if stance in {"ratified", "reserved"}),
        frozenset(Id(body) for body, stance in said.items() if stance == "rejected"),
        over=case.get("over", True),
    )


def figures(document: dict[str, int]) -> Counts:
    counts = parse_counts(document)
    assert isinstance(counts, Counts), counts
    return counts


@pytest.mark.parametrize("case", CASES)
def test_every_vector_comes_to_its_status_by_its_facts(case: dict[str, Any]) -> None:
    how = rule(case["rule"])
    result = decide(how, figures(case["counts"]), beside(how, case))
    assert result.status == case["status"]
    assert [fact.code for fact in result.because if fact.code != "counted"] == case["facts"]
    told = {fact.code: dict(fact.figures) for fact in result.because}
    for code, some in case.get("figures", {}).items():
        assert told[code] | some == told[code]
    assert result.order == tuple(map(tuple, case.get("order", ())))
    if not case.keys() & {"people", "delegates", "ballots", "caucuses", "over"}:
        assert status_of(how, figures(case["counts"])) == case["status"]


@pytest.mark.shows("B9")
@pytest.mark.withstands("F22")
@pytest.mark.parametrize("case", CASES)
def test_the_verifier_comes_to_the_same(case: dict[str, Any]) -> None:
    assert verifier.rule_flaw(case["rule"]) is None
    choosing = verifier.of_options(case["rule"])
    proposal = {"gov:options": [{"id": one, "name": one} for one in case.get("options", ())]}
    options = verifier.options_of(choosing, proposal) if choosing is not None else ()
    around = verifier.Around(
        {name: verifier.Counts.read(case[name]) for name in ("people", "delegates") if name in case},
        options,
        {"assemblies": tuple(verifier.read_vote(choosing or {}, options, *one) for one in case.get("ballots", ()))},
        {verifier.as_ref(case["rule"]["lot"]): case["seed"]} if "lot" in case["rule"] and "seed" in case else {},
        case.get("caucuses", {}),
        over=case.get("over", True),
    )
    assert verifier.decide(case["rule"], verifier.Counts.read(case["counts"]), around).value == case["status"]
    if "order" in case:
        assert [list(group) for group in verifier.order_of(case["rule"], around)[1]] == case["order"]


@pytest.mark.shows("G12")
def test_a_rule_keeps_the_words_in_which_an_assembly_wrote_it() -> None:
    written = {"quorum": "1/5", "method": "consensus", "standAsides": "1/3"}
    assert rule_document(rule(written)) == written
    assert rule(written) != rule(written | {"blocks": 0}), "compared by the bytes, not by the meaning"
    assert rule(written) == rule(dict(reversed(written.items())))


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("majority", "rule.form"),
        ({"quorum": "1/5"}, "rule.method"),
        ({"method": "lottery", "quorum": "1/5"}, "rule.method"),
        ({"method": "ranked"}, "rule.quorum"),
        ({"method": ["majority"], "quorum": "1/5"}, "rule.method"),
        ({"method": "majority"}, "rule.quorum"),
        ({"method": "majority", "quorum": None}, "rule.quorum"),
        ({"method": "majority", "quorum": "2/4"}, "rule.fraction"),
        ({"method": "majority", "quorum": "1/0"}, "rule.fraction"),
        ({"method": "majority", "quorum": "3/2"}, "rule.fraction"),
        ({"method": "majority", "quorum": 0}, "rule.fraction"),
        ({"method": "majority", "quorum": "٣/٤"}, "rule.fraction"),
        ({"method": "majority", "quorum": "1/5", "base": "everybody"}, "rule.form"),
        ({"method": "majority", "quorum": "1/5", "weight": "money"}, "rule.weight"),
        ({"method": "majority", "quorum": "1/5", "caucus": {}}, "rule.caucus"),
        ({"method": "majority", "quorum": "1/5", "caucus": [{"body": "women", "mode": "veto"}]}, "rule.caucus"),
        ({"method": "majority", "quorum": "1/5", "caucus": [{"body": "https://a.example/1"}]}, "rule.caucus"),
        *(
            ({"method": "majority", "quorum": "1/5", "caucus": [entry]}, "rule.caucus")
            for entry in (
                WOMEN,
                {"mode": "veto"},
                {"body": WOMEN, "mode": "boss"},
                {"body": WOMEN, "mode": ["veto"]},
                {"body": WOMEN, "mode": None},
            )
        ),
        *(
            ({"method": "approval", "quorum": "1/5", "lot": lot}, "rule.form")
            for lot in (
                "tomorrow",
                {"id": WOMEN},
                {"id": WOMEN, "gov:digest": 7},
                {"id": WOMEN, "gov:digest": "draw"},
                {"id": "tomorrow", "gov:digest": "zDraw"},
            )
        ),
        ({"method": "majority", "quorum": "1/5", "base": ["cast"]}, "rule.form"),
        ({"method": "consensus", "quorum": "1/5", "blocks": "1"}, "rule.form"),
        ({"method": "dots", "quorum": "1/5"}, "rule.form"),
        ({"method": "provisional", "quorum": "1/5", "window": "a week"}, "rule.form"),
        ({"method": "double", "quorum": "1/5", "a": {"method": "majority", "quorum": "1/5"}}, "rule.form"),
        ({"method": "double", "quorum": "1/5", "a": {"method": "accession"}, "b": {}}, "rule.form"),
        ({"method": "majority", "quorum": "1/5", "meetings": True}, "rule.form"),
        ({"method": "qualified", "quorum": "1/5"}, "rule.fraction"),
        ({"method": "qualified", "quorum": "1/5", "threshold": "0/1"}, "rule.fraction"),
        ({"method": "qualified", "quorum": "1/5", "threshold": "1/2", "strict": 1}, "rule.form"),
        ({"method": "consensus", "quorum": "1/5", "blocks": -1}, "rule.form"),
        ({"method": "two_stage", "quorum": "1/5"}, "rule.form"),
        (
            {
                "method": "two_stage",
                "quorum": "1/5",
                "first": {"method": "consensus"},
                "then": {"method": "majority", "quorum": "1/5"},
            },
            "rule.quorum",
        ),
    ],
)
def test_a_rule_that_cannot_be_counted_is_refused_by_its_code(document: object, code: str) -> None:
    refused = parse_rule(document)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    if isinstance(document, dict):
        assert verifier.rule_flaw(verifier.without_nulls(document)) is not None


@pytest.mark.withstands("F22")
def test_null_reads_as_absent_all_the_way_down_and_so_compares() -> None:
    caucus = {"body": WOMEN, "mode": "veto"}
    written = {"method": "majority", "quorum": "1/5", "caucus": [caucus]}
    first = {"method": "consensus", "quorum": "1/5"}
    staged = {"method": "two_stage", "quorum": "1/5", "first": first, "then": written}
    with_nulls = {**staged, "first": {**first, "floor": None}, "then": {**written, "caucus": [{**caucus, "why": None}]}}
    assert rule(with_nulls) == rule(staged)
    assert verifier.same_rule(verifier.without_nulls(with_nulls), staged)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "counts.form"),
        ({"entitled": 3.0}, "counts.form"),
        ({"entitled": True}, "counts.form"),
        ({"entitled": -1}, "counts.sum"),
        ({"entitled": 5, "present": 6}, "counts.sum"),
        ({"entitled": 5, "present": 3, "agree": 2, "block": 2}, "counts.sum"),
    ],
)
def test_figures_that_cannot_be_are_refused(document: object, code: str) -> None:
    refused = parse_counts(document)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_missing_figure_is_nothing_and_null_is_missing() -> None:
    counts = parse_counts({"entitled": 3, "present": None, "note": "ignored"})
    assert counts == Counts(3)
    assert isinstance(counts, Counts)
    assert set(counts_document(counts)) == {
        "entitled", "present", "agree", "reserve", "standAside", "disagree", "block", "abstain"
    }  # fmt: skip


@pytest.mark.shows("B12")
def test_the_facts_carry_every_figure_of_the_sentence_in_the_room() -> None:
    two_thirds = rule({"method": "qualified", "threshold": "2/3", "base": "cast", "quorum": "1/5"})
    result = decide(two_thirds, Counts(38, 30, 24, 3, 0, 1, 0, 2))
    facts = {fact.code: dict(fact.figures) for fact in result.because}
    assert result.status is Status.ADOPTED
    assert facts["quorum.met"] == {"present": 30, "entitled": 38, "needed": 8}
    assert facts["counted"] == {
        "agree": 24, "reserve": 3, "stand_aside": 0, "disagree": 1, "block": 0, "abstain": 2
    }  # fmt: skip
    assert facts["share.met"] == {
        "share": "2/3", "base": "cast", "whole": 28, "needed": 19, "yes": 27, "strict": 0
    }  # fmt: skip


def test_a_fraction_is_a_string_in_lowest_terms() -> None:
    assert parse_fraction("3/4") == parse_fraction("3/4")
    assert isinstance(parse_fraction("03/4"), Refusal)
    assert isinstance(parse_fraction("3 / 4"), Refusal)
    assert isinstance(parse_fraction("-1/4"), Refusal)


def test_a_parsed_rule_has_its_defaults() -> None:
    parsed = rule({"method": "consensus", "quorum": "1/5"})
    assert isinstance(parsed, Rule)
    assert (parsed.blocks, str(parsed.stand_asides), parsed.meetings, parsed.strict) == (0, "1/4", 1, False)


@pytest.mark.parametrize(
    ("document", "ballot"),
    [
        ({"method": "approval"}, "mill"),
        ({"method": "approval"}, ["mill", "mill"]),
        ({"method": "approval"}, ["tower"]),
        ({"method": "approval"}, {"mill": 1}),
        ({"method": "score"}, {"mill": 3}),
        ({"method": "score"}, {"mill": -3}),
        ({"method": "score"}, {"mill": True}),
        ({"method": "score"}, {"tower": 1}),
        ({"method": "score"}, ["mill"]),
        ({"method": "dots", "n": 3}, {"mill": 4}),
        ({"method": "dots", "n": 3}, {"mill": 2, "school": 2}),
        ({"method": "dots", "n": 3}, {"mill": -1}),
        ({"method": "ranked"}, ["mill"]),
        ({"method": "ranked"}, [["mill"], ["mill"]]),
        ({"method": "ranked"}, [["tower"]]),
        ({"method": "ranked"}, [[1]]),
    ],
)
def test_a_ballot_that_is_none_is_refused_by_both(document: dict[str, Any], ballot: object) -> None:
    how = rule({**document, "quorum": "1/5"})
    refused = parse_ballot(how, ["mill", "school"], ballot)
    assert isinstance(refused, Refusal)
    assert refused.code == "vote.ballot"
    with pytest.raises(verifier.Unreadable, match="ballot"):
        verifier.read_vote({**document, "quorum": "1/5"}, options_of(how, ["mill", "school"]), ballot)
