"""The register of mandates: who was sent by whom to say what, what was done under it, and how it ended."""

from dataclasses import dataclass
from typing import Final

from app.governance.grants import held_twice
from app.governance.mandate import Check, DelegateVote, Latitude, Mandate, Recall, Verdict, covers
from app.governance.proposal import Proposal
from app.governance.record import Record
from app.governance.weighing import Weighed, WeighedVote, replaced_by, weigh_mandate, weigh_recall, weigh_vote
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.record.reading import Reading
from app.store import acts, questions
from app.store.acts import StoredAct
from app.store.database import Connection
from app.store.questions import Question
from app.wiring import Instance

_TENDENCY: Final = frozenset({Verdict.DECLARED, Verdict.EXCEEDS, Verdict.NO_MANDATE})


@dataclass(frozen=True, slots=True)
class Done:
    """A vote cast under a mandate, with what it is worth; a Refusal where that cannot be told or it came late.

    `latitude` is what the mandate says on the matter, `question` what its delegate was asked about it here.
    """

    vote: DelegateVote
    act: StoredAct
    proposal: Proposal | None
    worth: Check | Refusal
    latitude: Latitude | None = None
    question: Question | None = None

    @property
    def is_breach(self) -> bool:
        """True if the vote went against the mandate."""
        return isinstance(self.worth, Check) and self.worth.verdict is Verdict.CONTRADICTS


@dataclass(frozen=True, slots=True)
class Entry:
    """One mandate: `recalls` are those that count, `replaced` the grant that took its place, `flaw` why it is none.

    `twice` are the other grants for the same term, of which only the latest counts (hostile F09).
    """

    mandate: Mandate
    act: StoredAct
    recalls: tuple[Recall, ...]
    replaced: Mandate | None
    flaw: Refusal | None
    done: tuple[Done, ...]
    twice: tuple[Mandate, ...] = ()

    @property
    def recalled(self) -> frozenset[Id]:
        """The delegates who were recalled."""
        return frozenset(person for recall in self.recalls for person in recall.delegates or self.mandate.delegates)

    @property
    def stood(self) -> bool:
        """True if it was given by a decision, and nothing but its time ends it for at least one of its delegates."""
        gone = self.recalled >= set(self.mandate.delegates)
        return self.flaw is None and self.replaced is None and not gone

    def is_in_force(self, at: Instant) -> bool:
        """True if at least one of its delegates may speak under it at `at`."""
        return self.mandate.valid_from <= at < self.mandate.valid_until and self.stood


def register(connection: Connection, instance: Instance) -> tuple[Entry, ...]:
    """Every mandate of ours and of those with whom we confederate, newest first."""
    reading = Reading(connection, loopback=instance.loopback)
    near = confederations.fellows(connection, instance) | {instance.assembly}
    kept = acts.of_authors(connection, near, "gov:Mandate")
    found = [(mandate, act) for act in kept if isinstance(mandate := reading.parsed(act), Mandate)]
    return tuple(_entry(reading, mandate, act) for mandate, act in reversed(found))


def entry(connection: Connection, instance: Instance, mandate_id: str) -> Entry | Refusal:
    """One mandate of the register; `mandate.unknown` if it is not here."""
    reading = Reading(connection, loopback=instance.loopback)
    act = acts.by_id(connection, mandate_id)
    mandate = reading.parsed(act) if act is not None else None
    if act is None or not isinstance(mandate, Mandate):
        return Refusal("mandate.unknown", f"no mandate {mandate_id} is here")
    return _entry(reading, mandate, act)


def spoke_without_mandate(connection: Connection, instance: Instance, proposal_id: str) -> frozenset[Id]:
    """The delegates of ours whose votes on a proposal show our tendency only."""
    reading = Reading(connection, loopback=instance.loopback)
    act = acts.by_id(connection, proposal_id)
    proposal = reading.parsed(act) if act is not None else None
    if not isinstance(proposal, Proposal):
        return frozenset()
    record = reading.record(proposal)
    weighed = ((vote.head.author, _worth(record, vote)) for vote in record.cast.get(Id(instance.assembly)))
    return frozenset(who for who, worth in weighed if isinstance(worth, Check) and worth.verdict in _TENDENCY)


def recalls_of(record: Record, mandate: Mandate) -> tuple[Recall, ...]:
    """The recalls of a mandate that count, in a record about it."""
    return tuple(
        recall
        for recall in record.recalls
        if recall.mandate == mandate.head.ref
        and recall.head.author == mandate.head.author
        and weigh_recall(record, recall) is None
    )


def _entry(reading: Reading, mandate: Mandate, act: StoredAct) -> Entry:
    record = reading.about_mandate(mandate)
    flaw = weigh_mandate(record, mandate)
    votes = acts.naming(reading.connection, mandate.head.ref.id, "gov:mandate")
    done = [
        _done(reading, mandate, vote, kept) for kept in votes if isinstance(vote := reading.parsed(kept), DelegateVote)
    ]
    others = held_twice(mandate, record.mandates)
    return Entry(
        mandate,
        act,
        recalls_of(record, mandate),
        replaced_by(record, mandate),
        flaw.refusal if flaw is not None else None,
        tuple(done),
        () if flaw is not None else tuple(other for other in others if weigh_mandate(record, other) is None),
    )


def _done(reading: Reading, mandate: Mandate, vote: DelegateVote, act: StoredAct) -> Done:
    proposal = reading.at(Proposal, vote.proposal)
    if proposal is None:
        return Done(vote, act, None, Refusal("act.missing", f"nobody produced {vote.proposal.id}"))
    item = covers(mandate, proposal, reading.versions(proposal))
    return Done(
        vote,
        act,
        proposal,
        _worth(reading.record(proposal), vote),
        item.latitude if item is not None else mandate.default,
        questions.about(reading.connection, act.seq) if act.own else None,
    )


def _worth(record: Record, vote: DelegateVote) -> Check | Refusal:
    found: WeighedVote | Weighed = weigh_vote(record, vote)
    return found.refusal if isinstance(found, Weighed) else found.check
