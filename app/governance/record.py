"""The acts about one proposal, by reference and by assembly, as they were known at a moment (governance.md §7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from app.governance.act import Ref, Sealed, by_ref, each_once
from app.governance.assembly import Attestation
from app.governance.charter import Charter, rule_for
from app.governance.council import Receipt
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.proposal import Proposal, is_void
from app.governance.ratification import Decision, Ratification
from app.governance.rules import Rule, Status
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

A = TypeVar("A", bound=Sealed)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """Verified acts for one proposal: every proof has been checked, nothing else has.

    `charter` is the one that the proposal cites (None for a forum that is a list); `roll` the
    frozen roll; `charters` those of the members; `versions` earlier texts of the proposal;
    `lower` what the Outcomes came to that member councils cite, recounted by the caller; `seats`
    those of the Admissions, frozen with the roll, one where none is named; `seeds` those of draws;
    `backdated` the witness's time of acts that were dated back (fine-print 35).

    `frozen` says that a Receipt fixed the roll; else it follows from what is known of its members so far.

    Tiers are recursion: `below` has the record of each member council over its own members, in
    which `council` is that council and `charter` its own (fine-print 19).
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
    lower: tuple[tuple[Ref, Status], ...] = ()
    seats: tuple[tuple[Id, int], ...] = ()
    seeds: tuple[tuple[Ref, str], ...] = ()
    backdated: tuple[tuple[Ref, Instant], ...] = ()
    council: Id | None = None
    below: "tuple[Record, ...]" = ()
    frozen: bool = True
    _found: dict[str, Any] = field(init=False, compare=False, repr=False, default_factory=dict)

    @property
    def confederation(self) -> Id | None:
        """Whose members are counted: the lower council, else the proposal's one forum, None for a list."""
        return self.council if self.council is not None else self.proposal.confederation

    @property
    def rule(self) -> Rule | None:
        """The rule of the count: the proposal's; in a lower tier its own charter's for the category (fine-print 19)."""
        if self.council is None:
            return self.proposal.rule
        return rule_for(self.charter, self.proposal.category) if self.charter is not None else None

    @property
    def void(self) -> Refusal | None:
        """Why nothing can be counted; None if it can."""
        if self.council is None:
            return is_void(self.proposal, self.charter)
        if self.charter is None or self.charter.head.author != self.council:
            return Refusal("proposal.charter", f"the charter of {self.council} is not at hand")
        if self.rule is None:
            return Refusal("proposal.rule", f"{self.council} has no rule for {self.proposal.category!r}")
        return None

    def charter_at(self, ref: Ref | None) -> Charter | None:
        """The charter of a member under `ref`, or None."""
        return self._once("charters", lambda: by_ref(self.charters)).get(ref) if ref is not None else None

    def charters_of(self, author: Id) -> tuple[Charter, ...]:
        """The charters of `author`."""
        return self._once("charters of", lambda: _grouped(self.charters, lambda act: act.head.author)).get(author, ())

    def decision_at(self, ref: Ref | None) -> Decision | None:
        """The decision under `ref`, or None."""
        return self._once("decisions", lambda: by_ref(self.decisions)).get(ref) if ref is not None else None

    def mandates_by_ref(self) -> Mapping[Ref, Mandate]:
        """The mandates under their references."""
        return self._once("mandates", lambda: by_ref(self.mandates))

    def ratification_at(self, ref: Ref) -> Ratification | None:
        """The Ratification under `ref`, or None."""
        return self._once("ratifications", lambda: by_ref(self.ratifications)).get(ref)

    def answers_of(self, assembly: Id) -> tuple[Ratification, ...]:
        """The Ratifications of this text by `assembly`."""

        def make() -> Mapping[Id, tuple[Ratification, ...]]:
            subject = self.proposal.head.ref
            return _grouped((act for act in self.ratifications if act.proposal == subject), lambda act: act.head.author)

        return self._once("answers", make).get(assembly, ())

    def votes_of(self, assembly: Id) -> tuple[DelegateVote, ...]:
        """The delegates' votes on this text for `assembly`."""

        def make() -> Mapping[Id, tuple[DelegateVote, ...]]:
            subject = self.proposal.head.ref
            return _grouped((vote for vote in self.votes if vote.proposal == subject), lambda vote: vote.assembly)

        return self._once("votes", make).get(assembly, ())

    def confirmed(self, ref: Ref) -> frozenset[Id]:
        """Who confirmed the act under `ref`."""
        found = self._once("attestations", lambda: _grouped(self.attestations, lambda act: act.act))
        return frozenset(act.head.author for act in found.get(ref, ()))

    def lower_status(self, ref: Ref | None) -> Status | None:
        """What the Outcome under `ref` came to that a member council cites, or None."""
        return self._once("lower", lambda: dict(self.lower)).get(ref) if ref is not None else None

    def seats_of(self, assembly: Id) -> int:
        """How many seats `assembly` has (fine-print 5)."""
        return self._once("seats", lambda: dict(self.seats)).get(assembly, 1)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` finds, kept: a record never changes, and a large one is asked for each assembly."""
        if name not in self._found:
            self._found[name] = make()
        found: T = self._found[name]
        return found


def _grouped(acts: Iterable[A], key: Callable[[A], Any]) -> Mapping[Any, tuple[A, ...]]:
    groups: dict[Any, list[A]] = {}
    for act in acts:
        groups.setdefault(key(act), []).append(act)
    return {name: tuple(group) for name, group in groups.items()}


def until(record: Record, at: Instant) -> Record:
    """`record` without what was published after `at`, each act once (fine-print 12, 17).

    An act that was dated back counts from its witness's time, in every tier.
    """
    times = dict(record.backdated)

    def by(acts: Iterable[A]) -> tuple[A, ...]:
        kept = (_at_its_time(act, times) for act in acts) if times else acts
        return tuple(act for act in each_once(kept) if act.head.published <= at)

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
        below=tuple(until(replace(tier, backdated=record.backdated), at) for tier in record.below),
    )


def _at_its_time(act: Any, times: Mapping[Ref, Instant]) -> Any:  # noqa: ANN401 - every kind of act has a head
    when = times.get(act.head.ref)
    return act if when is None else replace(act, head=replace(act.head, published=when))
