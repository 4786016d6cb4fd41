"""Proposals: the text that is decided on, its life, and when it is void (governance.md §4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.governance.act import Head, Ref
from app.governance.charter import Charter, Clause, rule_for
from app.governance.options import MOST_OPTIONS, Order
from app.governance.rules import Method, Rule, Status
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Option:
    """One of several texts or answers to choose from (fine-print 10).

    `proposal` is the text that it stands for: a version of a Proposal, or a Draft (ADR 0039).
    """

    id: str
    name: str
    proposal: Ref | None = None


TOUCHING: Final = frozenset({"amends", "supersedes", "repeals"})
"""Links by which an earlier decision no longer stands as it was; an entrenched one needs the charter rule (G11)."""


@dataclass(frozen=True, slots=True)
class Link:
    """How a proposal stands to earlier acts: it `continues`, `amends`, `supersedes`, `repeals`, `implements` them."""

    kind: str
    acts: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One version of a text that is brought to a forum.

    `forum` has one assembly, or several if it is a list (`listed`); none means the author's own
    assembly. `decision` or `mandate` is what allows bringing it; `outcome` or `unresolved` names
    the first round where this is the second (fine-print 9). `settings` are those of the charter that
    it would put in force, as written. Adopted, it holds until `valid_until`; without one until something ends it.
    One that `hastens` a text asks the forum that answers to that may close at `answers_by`; `earlier` names the
    Outcome by which the forum said yes.
    """

    head: Head
    name: str
    category: str
    forum: tuple[Id, ...] = ()
    listed: bool = False
    rule: Rule | None = None
    opens: Instant | None = None
    closes: Instant | None = None
    charter: Ref | None = None
    topics: tuple[str, ...] = ()
    assembly: Id | None = None
    version: int = 1
    decision: Ref | None = None
    mandate: Ref | None = None
    outcome: Ref | None = None
    unresolved: Ref | None = None
    clauses: tuple[Clause, ...] = ()
    options: tuple[Option, ...] = ()
    links: tuple[Link, ...] = ()
    settings: Document | None = field(default=None, hash=False)
    valid_until: Instant | None = None
    hastens: Ref | None = None
    answers_by: Instant | None = None
    earlier: Ref | None = None

    @property
    def confederation(self) -> Id | None:
        """The one forum, or None for a forum that is a list: no charter and no confederation then (fine-print 33)."""
        return None if self.listed or not self.forum else self.forum[0]

    @property
    def is_call(self) -> bool:
        """True for a call that each assembly signs for itself: nobody decides it for all (fine-print 11)."""
        return self.rule is not None and self.rule.method is Method.ACCESSION

    @property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of the options, as written."""
        return tuple(option.id for option in self.options)

    @property
    def is_question(self) -> bool:
        """True if it asks which of several proposals; what it comes to is the text of one of them."""
        return any(option.proposal is not None for option in self.options)

    def text_of(self, order: Order) -> Ref | None:
        """The text that came first alone in `order`, where this asks which of several texts; else None."""
        first = order[0] if order else ()
        texts = {option.id: option.proposal for option in self.options}
        return texts.get(first[0]) if len(first) == 1 else None

    @property
    def caucuses(self) -> frozenset[Id]:
        """The bodies that the rule asks beside the members (fine-print 20)."""
        return self.rule.bodies if self.rule is not None else frozenset()


def founding(charter: Charter) -> Proposal:
    """The Charter of a confederation as what its founding members answer."""
    return Proposal(charter.head, charter.name, "charter", (charter.head.author,))


def is_void(proposal: Proposal, charter: Charter | None) -> Refusal | None:
    """Why `proposal` cannot be decided under `charter`, the one that it cites; None if it can.

    Refuses by `proposal.rule` (none, or not the charter's for its category; a second round has
    the charter's `then` and names its first round and the vote to go on), `proposal.options` (none
    to choose from, or more than can be put in an order), `proposal.charter` and `proposal.entrenched`
    (it changes an entrenched decision by another rule than the charter's, G11).
    For a forum that is a list `charter` is None. Source: fine-print 9, 20, 33.
    """
    if proposal.rule is None:
        return Refusal("proposal.rule", "names no rule to decide by")
    if proposal.rule.of_options is not None and not 1 <= len(set(proposal.option_ids)) <= MOST_OPTIONS:
        return Refusal("proposal.options", f"a question has from 1 to {MOST_OPTIONS} options")
    if proposal.listed:
        return None
    if charter is None or proposal.charter != charter.head.ref:
        return Refusal("proposal.charter", "does not cite the charter at hand")
    if charter.head.author != proposal.confederation:
        return Refusal("proposal.charter", f"the charter is of {charter.head.author}, not of the forum")
    return _entrenched(proposal, charter) or _not_by(proposal, charter)


def _entrenched(proposal: Proposal, charter: Charter) -> Refusal | None:
    if not touches_entrenched(charter, ((one.kind, act.id) for one in proposal.links for act in one.acts)):
        return None
    hard = rule_for(charter, "charter")
    if hard is not None and proposal.rule in (hard, hard.then):
        return None
    return Refusal("proposal.entrenched", "changes what is entrenched, and is not decided as the charter is")


def _not_by(proposal: Proposal, charter: Charter) -> Refusal | None:
    rule = rule_for(charter, proposal.category)
    if rule is None:
        return Refusal("proposal.rule", f"the forum's charter has no rule for {proposal.category!r}")
    if proposal.rule == rule:
        return None
    if rule.then is None or proposal.rule != rule.then:
        return Refusal("proposal.rule", f"not the rule that the forum's charter has for {proposal.category!r}")
    return _second_round(proposal)


def touches_entrenched(charter: Charter, links: Iterable[tuple[str, str]]) -> bool:
    """True if one of the links, each a kind and an address, would change a decision that `charter` entrenches (G11)."""
    return any(kind in TOUCHING and act_id in charter.entrenched for kind, act_id in links)


def amendment_is_void(charter: Charter, proposal: Proposal, whose: Id | None, status: Status) -> Refusal | None:
    """Why a later Charter that a confederation sealed is not in force; None if it is (`charter.outcome`).

    `proposal` is the one that its Outcome is about, `whose` the confederation whose members that
    counts, `status` what it says: adopted, of category `charter`, before this very body, with these
    clauses and settings (fine-print 25).
    """
    if status is not Status.ADOPTED:
        return Refusal("charter.outcome", f"its outcome is {status}, not adopted")
    if proposal.category != "charter" or (proposal.confederation, whose) != (charter.head.author, charter.head.author):
        return Refusal("charter.outcome", "its outcome is not about the charter of its author")
    if (proposal.clauses, proposal.settings) != (charter.clauses, charter.settings):
        return Refusal("charter.outcome", "says something else than what was adopted")
    return None


def second_is_void(charter: Charter, first: Charter | None) -> Refusal | None:
    """Why a Charter that names no Outcome is not in force; None if it is (`charter.outcome`).

    `first` is the one by which its author was founded: where that lists members the author is a
    confederation, and no other of its charters goes without its members' Outcome (fine-print 25).
    """
    if first is None or not first.members or first.head.ref == charter.head.ref:
        return None
    return Refusal("charter.outcome", "names no outcome of the members of its author")


def _second_round(proposal: Proposal) -> Refusal | None:
    if proposal.head.supersedes is None or not (proposal.outcome or proposal.unresolved):
        return Refusal("proposal.rule", "a second round names the first and what it came to")
    if proposal.decision is None:
        return Refusal("proposal.rule", "a second round names the vote to go on")
    return None


class State(StrEnum):
    """Where a proposal is in its life."""

    DRAFT = "draft"
    OPEN = "open"
    FROZEN = "frozen"
    DECIDING = "deciding"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    NO_QUORUM = "no_quorum"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"
    EXPIRED = "expired"


class Event(StrEnum):
    """What moves a proposal on, as past participles."""

    OPENED = "opened"
    FROZEN = "frozen"
    THAWED = "thawed"  # the question that it stood under ended undecided
    VOTING_OPENED = "voting_opened"
    ADOPTED = "adopted"
    CARRIED_ON = "carried_on"  # adopted in one meeting of several: the text waits for the next
    REJECTED = "rejected"
    ACCEPTED = "accepted"  # an amendment, by who proposed the text that it is about
    LEFT_UNRESOLVED = "left_unresolved"
    QUORUM_MISSED = "quorum_missed"
    UNCOUNTED = "uncounted"  # nobody could add the vote up: the text waits for another one
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    ENTERED_INTO_FORCE = "entered_into_force"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"
    EXPIRED = "expired"
    CALLED_BACK = "called_back"  # resolved provisionally, until three object: the next meeting decides


NEXT: Final = {
    (State.DRAFT, Event.OPENED): State.OPEN,
    (State.DRAFT, Event.WITHDRAWN): State.WITHDRAWN,
    (State.OPEN, Event.FROZEN): State.FROZEN,
    (State.OPEN, Event.WITHDRAWN): State.WITHDRAWN,
    (State.OPEN, Event.LAPSED): State.LAPSED,
    (State.OPEN, Event.ACCEPTED): State.ADOPTED,
    (State.FROZEN, Event.VOTING_OPENED): State.DECIDING,
    (State.FROZEN, Event.THAWED): State.OPEN,
    (State.FROZEN, Event.WITHDRAWN): State.WITHDRAWN,
    (State.FROZEN, Event.LAPSED): State.LAPSED,
    (State.DECIDING, Event.ADOPTED): State.ADOPTED,
    (State.DECIDING, Event.CARRIED_ON): State.FROZEN,
    (State.DECIDING, Event.REJECTED): State.REJECTED,
    (State.DECIDING, Event.LEFT_UNRESOLVED): State.UNRESOLVED,
    (State.DECIDING, Event.QUORUM_MISSED): State.NO_QUORUM,
    (State.DECIDING, Event.UNCOUNTED): State.FROZEN,
    (State.UNRESOLVED, Event.VOTING_OPENED): State.DECIDING,
    (State.UNRESOLVED, Event.LAPSED): State.LAPSED,
    (State.NO_QUORUM, Event.VOTING_OPENED): State.DECIDING,
    (State.NO_QUORUM, Event.LAPSED): State.LAPSED,
    (State.ADOPTED, Event.ENTERED_INTO_FORCE): State.IN_FORCE,
    (State.IN_FORCE, Event.SUPERSEDED): State.SUPERSEDED,
    (State.IN_FORCE, Event.REPEALED): State.REPEALED,
    (State.IN_FORCE, Event.EXPIRED): State.EXPIRED,
    (State.IN_FORCE, Event.CALLED_BACK): State.UNRESOLVED,
}
"""The whole life of a matter, whose second round, a Proposal of its own, goes on with it.

What was rejected, lapsed, withdrawn, or has come to an end leads nowhere.
"""


def advance(state: State, event: Event) -> State | Refusal:
    """The next state; a pair that is not in NEXT is refused by `proposal.state` and changes nothing."""
    following = NEXT.get((state, event))
    return following or Refusal("proposal.state", f"{event.value} cannot follow {state.value}")
