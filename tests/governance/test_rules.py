import json
from pathlib import Path
from typing import Any

import pytest

from app.governance.rules import (
    FACTS,
    Counts,
    Rule,
    Status,
    counts_document,
    decide,
    parse_counts,
    parse_fraction,
    parse_rule,
    rule_document,
)
from app.kernel.refusal import Refusal
from tests.governance.valley import rule

VECTORS = Path(__file__).parents[1] / "vectors" / "rules"
CASES = [(path.stem, case) for path in sorted(VECTORS.glob("*.json")) for case in json.loads(path.read_text())]


@pytest.mark.parametrize(("method", "case"), CASES, ids=[f"{name}: {case['why']}" for name, case in CASES])
def test_every_vector_comes_to_its_status(method: str, case: dict[str, Any]) -> None:
    counts = parse_counts(case["counts"])
    assert isinstance(counts, Counts)
    result = decide(rule(case["rule"]), counts)
    assert result.status == case["status"]
    assert case["rule"]["method"] == method
    assert {fact.code for fact in result.because} <= set(FACTS)


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
        ({"method": "approval", "quorum": "1/5", "lot": "tomorrow"}, "rule.form"),
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
