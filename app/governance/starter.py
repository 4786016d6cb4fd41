"""The rules that a new body starts with "until we change them", as data (governance.md §2)."""

from collections.abc import Mapping
from typing import Final

from app.governance.rules import Rule, parse_rule
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal

_FIFTH: Final = "1/5"
_MORE_FOR: Final = {"method": "majority", "floor": "1/10", "quorum": _FIFTH}
_MOST_PRESENT: Final = {"method": "majority", "base": "present", "quorum": _FIFTH}
_CONSENSUS: Final = {"method": "consensus", "blocks": 0, "standAsides": "1/4", "quorum": _FIFTH}
_CONSENSUS_THEN: Final = {
    "method": "two_stage",
    "first": _CONSENSUS,
    "then": {"method": "qualified", "threshold": "2/3", "base": "cast", "quorum": _FIFTH},
    "wait": "P7D",
    "quorum": _FIFTH,
}
_MOST_ENTITLED: Final = {"method": "majority", "base": "entitled", "quorum": _FIFTH}
_WHO_SIGNS: Final = {"method": "accession"}

STARTER_SETTINGS: Final[Document] = {
    "rules": {
        "task": _MORE_FOR,
        "resource": _MORE_FOR,
        "procedure": _MORE_FOR,
        "policy": _CONSENSUS_THEN,
        "mandate": _MOST_PRESENT,
        "recall": _MOST_PRESENT,
        "ratification": _CONSENSUS_THEN,
        "charter": {"method": "qualified", "threshold": "3/4", "base": "present", "quorum": "1/3", "meetings": 2},
        "admission": _MOST_PRESENT,
        "withdrawal": {"method": "qualified", "threshold": "2/3", "base": "present", "quorum": _FIFTH},
        "challenge": _MOST_PRESENT,
        "referendum": {"method": "majority", "quorum": "1/4"},
        "exclusion": {"method": "qualified", "threshold": "3/4", "base": "present", "quorum": _FIFTH},
        "call": _WHO_SIGNS,
    },
    "scope": "coordination",
    "contest": "P7D",
    "deliberation": {
        "convened": "PT0S",
        "mandate": "PT48H",
        "ratification": "PT48H",
        "recall": "PT24H",
        "online": "P7D",
        "charter": "P7D",
        "admission": "P7D",
    },
    "rhythm": "P30D",
    "ballots": "closed",
    "vote_age": 16,
    "words": {"base": "commune", "upper": "confederation"},
    "size": {"from": 30, "to": 400},
}
"""`gov:settings` of a commune with the starter rules."""

STARTER_CONFEDERATION: Final[Document] = {
    "rules": {
        "task": _MOST_ENTITLED,
        "resource": _MOST_ENTITLED,
        "procedure": _MOST_ENTITLED,
        "policy": {
            "method": "two_stage",
            "first": _CONSENSUS,
            "then": {"method": "qualified", "threshold": "2/3", "base": "entitled", "quorum": _FIFTH},
            "wait": "P7D",
            "quorum": _FIFTH,
        },
        "charter": {"method": "qualified", "threshold": "3/4", "base": "entitled", "quorum": _FIFTH},
        "admission": {"method": "qualified", "threshold": "2/3", "base": "entitled", "quorum": _FIFTH},
        "challenge": {"method": "majority", "base": "entitled", "flat": True, "quorum": _FIFTH},
        "call": _WHO_SIGNS,
        "referendum": {
            "method": "double",
            "a": _MOST_ENTITLED,
            "b": {"method": "majority", "weight": "people", "quorum": _FIFTH},
            "quorum": _FIFTH,
        },
    },
    "binds": {
        "policy": "ratifying",
        "call": "ratifying",
        "resource": "ratifying",
        "task": "ratifying",
        "charter": "all",
        "admission": "all",
        "challenge": "all",
    },
    "scope": "coordination",
    "contest": "P7D",
    "rhythm": "P30D",
    "words": {"base": "commune", "upper": "confederation"},
}
"""`gov:settings` of a confederation with the starter rules.

Withdrawal is not among them: a member leaves by its own decision alone (governance.md §2).
"""

STARTER_UNITY: Final = (
    ("rights 1", "Whoever lives here may speak, whatever their origin, faith, language, sex or means."),
    ("rights 2", "Women and men hold every office together, and decide on equal terms."),
    ("rights 3", "Who is sent says what their assembly decided, and can be called back at any time."),
    ("rights 4", "Each assembly keeps its own rules, and may leave by its own decision."),
    ("ecology 1", "We use land, water and air so that those who come after us find them whole."),
    ("ecology 2", "What all need is held in common, and shared by need."),
)
"""The points of unity that a confederation starts with, in their two parts: number and text of each clause."""

BETWEEN_ASSEMBLIES: Final[Mapping[str, Rule]] = {
    category: rule
    for category, written in STARTER_CONFEDERATION["rules"].items()
    if not isinstance(rule := parse_rule(written), Refusal)
}
"""The rules by which assemblies decide together where no charter of a confederation applies (fine-print 33)."""
