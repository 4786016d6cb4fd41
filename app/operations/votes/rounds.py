"""Rounds: by which of its rules a matter is decided now (fine-print 9; governance.md §3)."""

from typing import Final

from app.governance.charter import Charter
from app.governance.modes import ALWAYS_SECRET
from app.governance.proposal import State
from app.governance.ratification import own_categories
from app.governance.rules import Method, Rule, parse_rule
from app.kernel.refusal import Refusal
from app.operations.matters import calling_back
from app.operations.matters.proposing import CALL
from app.store import votes
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

_CATEGORIES: Final = {
    Kind.ENTRY: ("entry", "admission"),
    Kind.DEPARTURE: ("procedure",),
    Kind.CARETAKERS: ("caretaking", "mandate"),
    Kind.HIDING: ("moderation", "procedure"),
    Kind.BLOCK: ("moderation", "procedure"),
    Kind.ERASURE: ("erasure", "procedure"),
    Kind.MINUTES: ("minutes", "procedure"),
}
"""Under which names a charter may have the rule for a matter that has none of its own in governance.md §2."""


def first_round(connection: Connection, item: Item) -> Vote | None:
    """The latest vote on the text in force that ended unresolved, if the next one is its second round."""
    if item.state != State.UNRESOLVED:
        return None
    earlier = [vote for vote in votes.of_item(connection, item.id) if vote.closed and vote.act == item.act]
    return earlier[-1] if earlier and earlier[-1].rule.get("method") == Method.TWO_STAGE else None


def rule_now(connection: Connection, instance: Instance, item: Item, charter: Charter) -> Rule | Refusal:
    """The rule by which the text in force is decided now; else `vote.wait` (for the second round), `item.category`."""
    first = first_round(connection, item)
    if first is not None:
        rule = parse_rule(first.rule)
        if isinstance(rule, Rule) and rule.then is not None:
            closed = int(first.result["closed_at"]) if first.result is not None else first.closes_at
            over = closed + int(rule.wait.total_seconds())
            return rule.then if instance.now().timestamp() >= over else Refusal("vote.wait", f"not before {over}")
    # Whether we bring a call is decided by the rule by which we sign one: its own decides nothing (fine-print 11).
    signed = item.kind is Kind.ANSWER or item.category == CALL
    categories = own_categories(item.category) if signed else _CATEGORIES.get(item.kind, (item.category,))
    if item.kind is Kind.DEPARTURE and item.category in ALWAYS_SECRET:
        categories = (item.category,)
    found = next((charter.rules[name] for name in categories if name in charter.rules), None)
    if found is not None and found.method is Method.ACCESSION:
        return Refusal("item.category", "a call is signed, not voted on by its own rule")
    chooses = found is not None and found.of_options is not None and item.kind is Kind.PROPOSAL
    if chooses and "gov:options" not in item.details.get("keys", {}):
        return Refusal("vote.alternatives", f"{item.category} is decided by choosing: put it beside others")
    if found is not None and calling_back.left_to_meeting(item) is not None:
        return calling_back.rule_of_meeting(item, found)
    return found or Refusal("item.category", f"our charter has no rule for {' or '.join(categories)}")


def face_to_face(item: Item, rule: Rule) -> bool:
    """True for what a meeting alone decides; an answer to others is given at the close, and nobody calls it back."""
    provisional = rule.method is Method.PROVISIONAL and item.kind is not Kind.ANSWER
    return provisional or calling_back.left_to_meeting(item) is not None
