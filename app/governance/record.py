"""The acts about one proposal, by reference and by assembly, as they were known at a moment (governance.md §7)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from app.governance.act import Head, Ref, Sealed, by_ref, each_once
from app.governance.assembly import Attestation
from app.governance.charter import Charter, rule_for
from app.governance.council import Formation, Receipt, sealed_too_soon
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.proposal import Proposal, is_void
from app.governance.ratification import Decision, Lower, Ratification
from app.governance.rules import Rule, Weight
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

A = TypeVar("A", bound=Sealed)
K = TypeVar("K")

_AUTHOR: Final = attrgetter("head.author")


@dataclass(frozen=True, slots=True)
class Groups(Generic[K, A]):
    """Acts by key; nearly every key has one act, which is kept as it is: so many tuples would be much to look after."""

    alone: Mapping[K, A]
    several: Mapping[K, tuple[A, ...]]

    @property
    def keys(self) -> AbstractSet[K]:
        """Every key that has an act."""
        return self.alone.keys() | self.several.keys() if self.several else self.alone.keys()

    def get(self, key: K) -> tuple[A, ...]:
        """The acts under `key`, each once and in an order that does not depend on how they came."""
        act = self.alone.get(key)
        if act is not None:
            return (act,)
        return self.several.get(key, ()) if self.several else ()


def grouped(acts: Iterable[A], key: Callable[[A], K]) -> Groups[K, A]:
    """The acts under the key that each has."""
    kept = tuple(acts)
    alone = dict(zip(map(key, kept), kept, strict=True))
    if len(alone) == len(kept):
        return Groups(alone, {})
    alone = {}
    several: dict[K, tuple[A, ...]] = {}
    for act in by_ref(kept).values():
        name = key(act)
        if name in several:
            several[name] += (act,)
        elif name in alone:
            several[name] = (alone.pop(name), act)
        else:
            alone[name] = act
    return Groups(alone, {name: each_once(found) for name, found in several.items()})


DEEPEST: Final = 16
"""Tiers below a forum that are looked into; a nesting that never ends is nobody's confederation."""


@dataclass(frozen=True)  # no slots: what is found in a large record is kept beside it
class Record:
    """Verified acts for one proposal: every proof has been checked, nothing else has.

    `charter` is the one that the proposal cites (None for a forum that is a list); `roll` the
    frozen roll; `charters` those of the members; `versions` earlier texts of the proposal;
    `lower` the Outcomes that member councils cite, judged by the caller; `seats`
    those of the Admissions, frozen with the roll, one where none is named, of lower
    tiers too where bases are counted; `seeds` those of draws;
    `backdated` the witness's time of acts that were dated back (fine-print 35).

    `categories` are those of the texts that decisions are about, as far as they are at hand (B13).
    `unsound` is why `charter` is not in force, where the acts show that: nothing is decided by it.

    `formation` says how far the confederation is formed, where its first Charter lists founders.

    `frozen` says that a Receipt fixed the roll; else it follows from what is known of its members so far. It is
    `unclear` if it names a member of whom nothing at hand shows how it joined.
    `requests` are Decisions that ask for more time, `askers` who may ask: all who are counted, in whatever tier.

    Tiers are recursion: `below` has the record of each member council over its own members, in
    which `council` is that council and `charter` its own (fine-print 19). A council that several tiers name is there
    once, where it is met first by the order of ids; tiers below the `DEEPEST` are not.
    """

    proposal: Proposal
    charter: Charter | None
    roll: tuple[Id, ...]
    ratifications: tuple[Ratification, ...] = ()
    votes: tuple[DelegateVote, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    recalls: tuple[Recall, ...] = ()
    decisions: tuple[Decision, ...] = ()
    charters: tuple[Charter, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    versions: tuple[Proposal, ...] = ()
    lower: tuple[tuple[Ref, Lower], ...] = ()
    seats: tuple[tuple[Id, int], ...] = ()
    seeds: tuple[tuple[Ref, str], ...] = ()
    backdated: tuple[tuple[Ref, Instant], ...] = ()
    council: Id | None = None
    below: "tuple[Record, ...]" = ()
    frozen: bool = True
    unclear: bool = False
    unsound: Refusal | None = None
    categories: tuple[tuple[Ref, str], ...] = ()
    requests: tuple[Decision, ...] = ()
    askers: frozenset[Id] = frozenset()
    formation: Formation | None = None

    @cached_property
    def at_hand(self) -> frozenset[Ref]:
        """Every answer to the proposal that is here, whenever it was given and whether it counts."""
        return frozenset([act.head.ref for act in self.ratifications] + [vote.head.ref for vote in self.votes])

    @cached_property
    def tiers(self) -> "tuple[Record, ...]":
        """This record and those of all tiers below, each before those below it."""
        return (self, *(deeper for tier in self.below for deeper in tier.tiers))

    @cached_property
    def confederation(self) -> Id | None:
        """Whose members are counted: the lower council, else the proposal's one forum, None for a list."""
        return self.council if self.council is not None else self.proposal.confederation

    @cached_property
    def rule(self) -> Rule | None:
        """The rule of the count: the proposal's; in a lower tier its own charter's for the category (fine-print 19)."""
        if self.council is None:
            return self.proposal.rule
        return rule_for(self.charter, self.proposal.category) if self.charter is not None else None

    def was_forming(self, sealed: Head, roll: Collection[Id]) -> bool:
        """True for what the confederation itself counted over `roll` while it was forming, as far as that is shown."""
        return sealed.author == self.confederation and sealed_too_soon(self.formation, sealed, roll)

    @property
    def counts_seats(self) -> bool:
        """True if this tier counts seats, or the whole does: over all bases each has those in its own council."""
        rules = (self.rule, self.proposal.rule)
        return any(rule is not None and rule.weighs(Weight.DELEGATES) for rule in rules)

    @property
    def void(self) -> Refusal | None:
        """Why nothing can be counted; None if it can."""
        if self.unsound is not None:
            return Refusal("proposal.charter", f"the charter is not in force: {self.unsound.because}")
        if self.council is None:
            return is_void(self.proposal, self.charter)
        if self.charter is None or self.charter.head.author != self.council:
            return Refusal("proposal.charter", f"the charter of {self.council} is not at hand")
        if self.rule is None:
            return Refusal("proposal.rule", f"{self.council} has no rule for {self.proposal.category!r}")
        return None

    @cached_property
    def charters_by_ref(self) -> Mapping[Ref, Charter]:
        """The charters of members under their references."""
        return by_ref(self.charters)

    @cached_property
    def charters_by_author(self) -> Groups[Id, Charter]:
        """The charters of each author."""
        return grouped(self.charters, _AUTHOR)

    @cached_property
    def asks_for_co_signers(self) -> bool:
        """True if any charter of a member does."""
        return any(charter.scrutineers is not None for charter in self.charters)

    @cached_property
    def decisions_by_ref(self) -> Mapping[Ref, Decision]:
        """The decisions under their references."""
        return by_ref(self.decisions)

    @cached_property
    def mandates_by_ref(self) -> Mapping[Ref, Mandate]:
        """The mandates under their references."""
        return by_ref(self.mandates)

    @cached_property
    def mandates_by_author(self) -> Groups[Id, Mandate]:
        """The mandates that each assembly gave."""
        return grouped(self.mandates, _AUTHOR)

    @cached_property
    def recalls_by_author(self) -> Groups[Id, Recall]:
        """The recalls by each assembly."""
        return grouped(self.recalls, _AUTHOR)

    @cached_property
    def ratifications_by_ref(self) -> Mapping[Ref, Ratification]:
        """The Ratifications under their references."""
        return by_ref(self.ratifications)

    @cached_property
    def answers(self) -> Groups[Id, Ratification]:
        """The Ratifications of this text by each assembly."""
        subject = self.proposal.head.ref
        return grouped([act for act in self.ratifications if act.proposal == subject], _AUTHOR)

    @cached_property
    def cast(self) -> Groups[Id, DelegateVote]:
        """The delegates' votes on this text for each assembly."""
        subject = self.proposal.head.ref
        return grouped([vote for vote in self.votes if vote.proposal == subject], attrgetter("assembly"))

    @cached_property
    def plain(self) -> Mapping[Id, Ratification]:
        """The Ratification of each assembly that gave one and no vote by a delegate: so nearly all answer."""
        voted = self.cast.keys
        alone = self.answers.alone
        return {assembly: act for assembly, act in alone.items() if assembly not in voted} if voted else alone

    @cached_property
    def confirmations(self) -> Mapping[Ref, frozenset[Id]]:
        """Who confirmed each act."""
        found: dict[Ref, set[Id]] = {}
        for act in self.attestations:
            found.setdefault(act.act, set()).add(act.head.author)
        return {ref: frozenset(who) for ref, who in found.items()}

    @cached_property
    def lower_by_ref(self) -> Mapping[Ref, Lower]:
        """The Outcomes that member councils cite under their references."""
        return dict(self.lower)

    @cached_property
    def category_of(self) -> Mapping[Ref, str]:
        """The category of each text that is at hand and that a decision is about."""
        return dict(self.categories)

    @cached_property
    def seats_of(self) -> Mapping[Id, int]:
        """How many seats each assembly has, where that is known (fine-print 5)."""
        return dict(self.seats)


def until(record: Record, at: Instant) -> Record:
    """`record` without what was published after `at` (fine-print 12).

    An act that was dated back counts from its witness's time, in every tier.
    """
    times = dict(record.backdated)

    def by(acts: tuple[A, ...]) -> tuple[A, ...]:
        kept = [_at_its_time(act, times) for act in acts] if times else acts
        return tuple([act for act in kept if act.head.published <= at])

    return replace(
        record,
        ratifications=by(record.ratifications),
        votes=by(record.votes),
        mandates=by(record.mandates),
        recalls=by(record.recalls),
        decisions=by(record.decisions),
        charters=by(record.charters),
        receipts=by(record.receipts),
        attestations=by(record.attestations),
        requests=by(record.requests),
        below=tuple(until(replace(tier, backdated=record.backdated), at) for tier in record.below),
    )


def _at_its_time(act: Any, times: Mapping[Ref, Instant]) -> Any:  # noqa: ANN401 - every kind of act has a head
    when = times.get(act.head.ref)
    return act if when is None else replace(act, head=replace(act.head, published=when))
