"""Voting: the frozen roll and online ballots (governance.md §3)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from app.governance.act import Ref
from app.governance.ballot import Choice
from app.governance.charter import Charter
from app.governance.proposal import Event, State, advance
from app.governance.ratification import own_categories
from app.governance.rules import (
    OF_OPTIONS,
    Counts,
    Fact,
    FactCode,
    Method,
    Result,
    Rule,
    Status,
    needed_of,
    parse_rule,
    rule_document,
)
from app.kernel.canonical import commitment
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations import charters, deliberating, entrusting, excluding, procedure, recovery
from app.operations.choosing import choosing
from app.operations.electorate import count_on, electorate
from app.operations.procedure import Question
from app.operations.proposing import begin_second_round, charter_of
from app.operations.sealing import load
from app.store import accounts, acts, agenda, votes
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance

LONGEST: Final = timedelta(days=366)
LONGEST_REASON: Final = 2_000
_HALF: Final = Fraction(1, 2)
_SIX: Final = tuple(Choice)
_THREE: Final = (Choice.AGREE, Choice.DISAGREE, Choice.ABSTAIN)
_CATEGORIES: Final = {
    Kind.ENTRY: ("entry", "admission"),
    Kind.CARETAKERS: ("caretaking", "mandate"),
    Kind.HIDING: ("moderation", "procedure"),
}
"""Under which names a charter may have the rule for a matter that has none of its own in governance.md §2."""

_CHOICES: Final[Mapping[str, tuple[Choice, ...]]] = {
    Method.CONSENSUS: _SIX,
    Method.TWO_STAGE: _SIX,
    Method.CONSENT: (Choice.AGREE, Choice.RESERVE, Choice.BLOCK, Choice.ABSTAIN),
    Method.PROVISIONAL: (Choice.AGREE, Choice.BLOCK),
}
_AGAIN: Final = frozenset({State.UNRESOLVED, State.NO_QUORUM})
"""States after which the same text may be voted on anew; a second round begins its own life (fine-print 9)."""


def open_vote(
    connection: Connection,
    instance: Instance,
    item_id: str,
    lasts: timedelta,
    *,
    in_meeting: bool = False,
    both_rounds: bool = False,
) -> Vote | Refusal:
    """Open a vote on the text in force, with the roll frozen as of now and the rule of our charter.

    After a first round that resolved nothing it is the second, by the rule's `then`. Refuses by
    `item.unknown`, `vote.open`, `vote.closes`, `vote.wait`, `vote.early`, `vote.convocation`, `vote.rounds`,
    `procedure.undecided`, `proposal.state`, `charter.missing`, `charter.changed`, `charter.voting`, `item.category`.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if not timedelta(0) < lasts <= LONGEST:
        return Refusal("vote.closes", f"a vote lasts more than nothing and at most {LONGEST}, got {lasts}")
    if any(not vote.closed for vote in votes.of_item(connection, item.id)):
        return Refusal("vote.open", f"a vote on {item.id} is open")
    now = instance.now()
    since = datetime.fromtimestamp(item.created_at, UTC)  # it keeps the charter under which it was opened
    charter = charter_of(connection, instance, instance.assembly, since)
    if charter is None:
        return Refusal("charter.missing", "there is no charter of ours")
    state = _deciding(State(item.state))
    rule = state if isinstance(state, Refusal) else _rule(connection, instance, item, charter)
    if isinstance(rule, Refusal) or isinstance(state, Refusal):
        return rule if isinstance(rule, Refusal) else Refusal("proposal.state", item.state)
    if not accounts.count(connection):
        return Refusal("vote.stranger", "nobody is on the members' list")
    ready = _ready(connection, instance, item, charter, in_meeting=in_meeting, both_rounds=both_rounds)
    if isinstance(ready, Refusal):
        return ready
    item = _second_text(connection, instance, ready, rule)
    people = electorate(connection, instance, charter, item.category)
    roll = [member for member in people.entitled if not is_concerned(connection, instance, item, member)]
    away = [member.id for member in people.dormant if not is_concerned(connection, instance, item, member)]
    salt = instance.new_salt()
    opened = int(now.timestamp())
    vote = Vote(
        id=instance.new_ulid(),
        item=item.id,
        act=item.act,
        act_digest=item.act_digest,
        rule=rule_document(rule),
        charter=charter.head.ref.id,
        charter_digest=charter.head.ref.digest,
        in_meeting=in_meeting,
        both_rounds=both_rounds and rule.method is Method.TWO_STAGE,
        salt=salt,
        commitment=commitment(salt, sorted(f"{instance.url}/people/{member.name}" for member in roll)),
        closed=False,
        result=None,
        opened_at=opened,
        closes_at=opened + int(lasts.total_seconds()),
    )
    votes.open_vote(connection, vote, [member.id for member in roll], away)
    agenda.set_state(connection, item.id, State.DECIDING.value)
    agenda.tell(connection, "vote_opened", opened, item=item.id)
    return vote


def cast(
    connection: Connection,
    instance: Instance,
    account: Account,
    vote_id: str,
    choice: str,
    reason: str,
    version: str,
    options: object = None,
) -> Vote | Refusal:
    """Keep a member's online ballot; the last before the close counts (F01).

    `version` is the digest of the text that the member read, `options` what is said of several options; where the
    vote is about nothing else `choice` follows from it. Refuses by `vote.unknown`,
    `vote.stranger` (F03), `vote.late` (F02), `vote.closed`, `vote.version` (F06), `vote.choice`, `vote.ballot` and
    `vote.reason`.
    """
    vote = votes.get(connection, vote_id)
    if vote is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    now = int(instance.now().timestamp())
    if account.id not in votes.electors_of(connection, vote.id):
        return Refusal("vote.stranger", f"{account.name} is not on the list that was frozen for {vote.id}")
    if now > vote.closes_at:
        return Refusal("vote.late", f"closed at {vote.closes_at}")
    if vote.closed:
        return Refusal("vote.closed", f"{vote.id} is closed")
    item = agenda.get(connection, vote.item)
    if item is not None and excluding.is_secret(item):
        return Refusal("vote.secret", f"{vote.id} is held by paper")
    if version != vote.act_digest:
        return Refusal("vote.version", f"the vote is on {vote.act_digest}")
    chosen = _chosen(connection, instance, vote, choice, options)
    if isinstance(chosen, Refusal):
        return chosen
    choice, options = chosen
    if len(reason) > LONGEST_REASON or (choice == Choice.BLOCK and not reason):
        return Refusal("vote.reason", "a block has a reason")
    waits = recovery.waits(instance, account)
    count_on(connection, instance, vote, account)
    earlier = votes.ballot(connection, vote.id, account.id)
    receipt = commitment(instance.new_salt(), [vote.id, account.name]) if earlier is None else earlier.receipt
    undone = [account.name, earlier.choice, earlier.options] if earlier is not None else None
    replaced = commitment(instance.new_salt(), undone) if undone is not None else None
    ballot = votes.Ballot(choice, reason or None, receipt, options)
    votes.cast(connection, vote.id, account.id, ballot, now, replaced, waits=waits)
    return vote


def _chosen(
    connection: Connection, instance: Instance, vote: Vote, choice: str, options: object
) -> tuple[str, object] | Refusal:
    """The choice and what is said of options, as far as this vote asks for either."""
    asked = choosing(connection, instance, vote)
    said = asked.read(options) if asked is not None and options is not None else None
    if isinstance(said, Refusal):
        return said
    if asked is not None and asked.alone:
        nothing = said is None or said.says_nothing
        return (Choice.ABSTAIN if nothing else Choice.AGREE), options
    if choice not in choices(vote.rule):
        return Refusal("vote.choice", f"no such choice: {choice[:40]!r}")
    return choice, options if asked is not None else None


def choices(rule: Mapping[str, object]) -> tuple[Choice, ...]:
    """What may be chosen under a rule: six choices where consensus is sought, mostly for, against, abstain.

    Nothing where only options are put in an order.
    """
    method = rule.get("method")
    return () if method in OF_OPTIONS else _CHOICES.get(str(method), _THREE)


def is_concerned(connection: Connection, instance: Instance, item: Item, account: Account) -> bool:
    """True for a delegate whose recall the item is: who is concerned speaks first and last and does not vote."""
    if entrusting.is_recalled_by(item, account):
        return True
    if item.kind is Kind.EXCLUSION:
        return bool(item.details["account"] == account.id)
    if item.kind is not Kind.RECALL:
        return False
    named = item.details.get("delegates")
    if named is None:
        mandate = acts.by_id(connection, item.details["mandate"]["id"])
        named = load(mandate).get("gov:delegates", ()) if mandate is not None else ()
    return f"{instance.url}/people/{account.name}" in named


def recall_quorum(connection: Connection, item: Item, counts: Counts) -> Result | None:
    """That too few took part in a recall: its quorum is never below half of those who took part in the choice.

    None if enough did, or it is no recall. Source: governance.md §2, the starter rules.
    """
    mandate = acts.by_id(connection, item.details["mandate"]["id"]) if item.kind is Kind.RECALL else None
    granted = acts.by_id(connection, load(mandate)["gov:decision"]["id"]) if mandate is not None else None
    if granted is None:
        return None
    needed = needed_of(load(granted)["gov:counts"]["present"], _HALF)
    if counts.present >= needed:
        return None
    figures = (("present", counts.present), ("entitled", counts.entitled), ("needed", needed))
    return Result(Status.NO_QUORUM, (Fact(FactCode.QUORUM_MISSED, figures),))


def first_round(connection: Connection, item: Item) -> Vote | None:
    """The latest vote on the text in force that ended unresolved, if the next one is its second round."""
    if item.state != State.UNRESOLVED:
        return None
    earlier = [vote for vote in votes.of_item(connection, item.id) if vote.closed and vote.act == item.act]
    return earlier[-1] if earlier and earlier[-1].rule.get("method") == Method.TWO_STAGE else None


def _deciding(state: State) -> State | Refusal:
    if state in _AGAIN:
        return State.DECIDING
    frozen = state if state is State.FROZEN else advance(state, Event.FROZEN)
    return frozen if isinstance(frozen, Refusal) else advance(frozen, Event.VOTING_OPENED)


def _rule(connection: Connection, instance: Instance, item: Item, charter: Charter) -> Rule | Refusal:
    first = first_round(connection, item)
    if first is not None:
        rule = parse_rule(first.rule)
        if isinstance(rule, Rule) and rule.then is not None:
            closed = int(first.result["closed_at"]) if first.result is not None else first.closes_at
            over = closed + int(rule.wait.total_seconds())
            return rule.then if instance.now().timestamp() >= over else Refusal("vote.wait", f"not before {over}")
    categories = (
        own_categories(item.category) if item.kind is Kind.ANSWER else _CATEGORIES.get(item.kind, (item.category,))
    )
    found = next((charter.rules[name] for name in categories if name in charter.rules), None)
    if found is not None and found.method is Method.ACCESSION:
        return Refusal("item.category", "a call is signed, not voted on by its own rule")
    return found or Refusal("item.category", f"our charter has no rule for {' or '.join(categories)}")


def _ready(
    connection: Connection, instance: Instance, item: Item, charter: Charter, *, in_meeting: bool, both_rounds: bool
) -> Item | Refusal:
    """The item, if its time for deliberation is over, or if the assembly voted to go on to this second round."""
    if first_round(connection, item) is not None:
        return procedure.settle_asked(connection, instance, item, Question.GO_ON)
    if both_rounds and procedure.granted(item, Question.BOTH_ROUNDS) is None:
        return Refusal("vote.rounds", "two thirds of those present have not decided to hold both rounds at once")
    refused = charters.may_vote(connection, instance, item) or excluding.may_open(instance, item, in_meeting=in_meeting)
    return refused or deliberating.may_open(connection, instance, item, charter, in_meeting=in_meeting) or item


def _second_text(connection: Connection, instance: Instance, item: Item, rule: Rule) -> Item:
    """The item, with a new Proposal act if this is the second round of a text of our own (fine-print 9)."""
    first = first_round(connection, item)
    left = first.result.get("unresolved") if first is not None and first.result is not None else None
    going_on = procedure.granted(item, Question.GO_ON)
    if item.kind is not Kind.PROPOSAL or left is None or going_on is None:
        return item
    return begin_second_round(connection, instance, item, rule, Ref(Id(left["id"]), left["gov:digest"]), going_on)
