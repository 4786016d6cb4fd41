"""Decision rules as others use them: the rule as sealed, the counts, and what one makes of the other."""

from app.governance.counts import Counts, check_counts, counts_document, parse_counts
from app.governance.decision import FACTS, Fact, FactCode, Result, decide
from app.governance.rule import (
    Base,
    Method,
    Rule,
    Status,
    base_of,
    needed_of,
    parse_fraction,
    parse_rule,
    reaches,
    rule_document,
)

__all__ = [
    "FACTS",
    "Base",
    "Counts",
    "Fact",
    "FactCode",
    "Method",
    "Result",
    "Rule",
    "Status",
    "base_of",
    "check_counts",
    "counts_document",
    "decide",
    "needed_of",
    "parse_counts",
    "parse_fraction",
    "parse_rule",
    "reaches",
    "rule_document",
]
