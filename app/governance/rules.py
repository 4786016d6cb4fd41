"""Decision rules as others use them: the rule as sealed, the counts, and what one makes of the other."""

from app.governance.counts import Counts, check_counts, counts_document, parse_counts
from app.governance.decision import Beside, decide, status_of
from app.governance.fact import FACTS, Fact, FactCode, Result
from app.governance.options import Ballot, Order, options_of, parse_ballot
from app.governance.rule import (
    OF_OPTIONS,
    Base,
    Caucus,
    CaucusMode,
    Method,
    Rule,
    Status,
    Weight,
    base_of,
    needed_of,
    reaches,
)
from app.governance.rule_form import parse_fraction, parse_rule, rule_document

__all__ = [
    "FACTS",
    "OF_OPTIONS",
    "Ballot",
    "Base",
    "Beside",
    "Caucus",
    "CaucusMode",
    "Counts",
    "Fact",
    "FactCode",
    "Method",
    "Order",
    "Result",
    "Rule",
    "Status",
    "Weight",
    "base_of",
    "check_counts",
    "counts_document",
    "decide",
    "needed_of",
    "options_of",
    "parse_ballot",
    "parse_counts",
    "parse_fraction",
    "parse_rule",
    "reaches",
    "rule_document",
    "status_of",
]
