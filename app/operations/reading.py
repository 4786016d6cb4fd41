"""Reading the record: from acts as kept to what governance counts with, each parsed once."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeVar

from app.governance.act import Ref
from app.governance.charter import Charter, in_force
from app.governance.council import (
    Admission,
    Receipt,
    Roll,
    Withdrawal,
    admission_is_void,
    check_receipt_roll,
    roll_at,
    seats_at,
)
from app.governance.draw import Draw
from app.governance.extension import Closing, closing_of
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.outcome import Outcome
from app.governance.proposal import Proposal, amendment_is_void, founding
from app.governance.ratification import Decision, Ratification
from app.governance.record import Record
from app.governance.rules import Status, Weight
from app.governance.session import Registration, Session, called, opened_by, registered_before
from app.governance.tally import Count, recount
from app.governance.weighing import weigh_ratification
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations import confirmations
from app.operations.meanings import meaning
from app.store import acts
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.translation.vocabulary import Act

T = TypeVar("T")
_MOST_VERSIONS: Final = 100
_PREMISES: Final = ("gov:Charter", "gov:Mandate", "gov:Recall", "gov:Decision", "gov:Receipt")


class Reading:
    """One look at the record in one transaction; authentic acts only, evidence is not counted."""

    def __init__(self, connection: Connection, *, loopback: bool) -> None:
        self.connection = connection
        self._loopback = loopback
        self._parsed: dict[int, Act | None] = {}
        self._rolls: dict[tuple[Ref, Id | None], Roll] = {}
        self._freezing: dict[Ref, dict[Id, Receipt]] = {}
        self._admitting: dict[Ref, bool | None] = {}
        self._statuses: dict[Ref, Status | None] = {}

    def parsed(self, act: StoredAct) -> Act | None:
        """What an act as kept means; None if it is evidence, or of a type that is not understood."""
        if act.seq not in self._parsed:
            erased = act.digest if act.erased_at is not None else None
            counts = act.standing is Standing.AUTHENTIC
            self._parsed[act.seq] = meaning(act.raw, act.leaf, erased, loopback=self._loopback) if counts else None
        return self._parsed[act.seq]

    def all_of(self, kind: type[T], kept: Iterable[StoredAct]) -> tuple[T, ...]:
        """Those of the acts that are of this kind."""
        return tuple(found for act in kept if isinstance(found := self.parsed(act), kind))

    def at(self, kind: type[T], ref: Ref | None) -> T | None:
        """The act with exactly this reference, if it is here and of this kind."""
        act = acts.by_reference(self.connection, ref.id, ref.digest) if ref is not None else None
        found = self.parsed(act) if act is not None else None
        return found if isinstance(found, kind) else None

    def subject(self, ref: Ref | None) -> Proposal | None:
        """What assemblies answer: a Proposal, or a Charter that lists its founders."""
        return founding(charter) if (charter := self.at(Charter, ref)) is not None else self.at(Proposal, ref)

    def froze(self, proposal: Proposal, forum: str) -> bool:
        """True if `forum` has put a text before its members, with a Receipt that freezes who may answer."""
        return self._frozen_by(proposal, Id(forum)) is not None

    def naming(self, ref: Ref, act_type: str, kind: type[T]) -> tuple[tuple[T, StoredAct], ...]:
        """The acts of this kind about a proposal, with how they are kept."""
        kept = acts.naming(self.connection, ref.id, "gov:proposal")
        return tuple((one, act) for act in kept if act.type == act_type and isinstance(one := self.parsed(act), kind))

    def record(self, proposal: Proposal, confederation: Id | None = None) -> Record:
        """Everything here that bears on where the assemblies stand on `proposal`.

        `confederation` names a lower council that relayed it to its members, else it is its forum (fine-print 19).
        """
        council = confederation if confederation != proposal.confederation else None
        return self._record(proposal, council, frozenset(proposal.forum))

    def _record(self, proposal: Proposal, council: Id | None, above: frozenset[Id]) -> Record:
        known = self.roll_of(proposal, council)
        roll = known.members
        answers = acts.naming(self.connection, proposal.head.ref.id, "gov:proposal")
        record = self._about_members(proposal, roll, council)
        ratifications = self.all_of(Ratification, answers)
        relaying = [member for member in roll if member not in above and self._frozen_by(proposal, member) is not None]
        return replace(
            record,
            frozen=known.frozen,
            ratifications=ratifications,
            votes=self.all_of(DelegateVote, answers),
            versions=self.versions(proposal),
            lower=self._lower(act for act in ratifications if act.confederation == record.confederation),
            seats=self._seats(record) if record.rule is not None and record.rule.weighs(Weight.DELEGATES) else (),
            seeds=self._seeds(record),
            below=tuple(self._record(proposal, member, above | {member}) for member in relaying),
        )

    def _seats(self, record: Record) -> tuple[tuple[Id, int], ...]:
        """The seats of each member when the roll was frozen, by what is not shown to be void (fine-print 5)."""
        proposal, forum = record.proposal, record.confederation
        charter = self.founding_charter(forum) if forum is not None else None
        if forum is None or charter is None or not charter.members:
            return tuple((assembly, 1) for assembly in record.roll if charter is not None)
        frozen = self._frozen_by(proposal, forum)
        at = frozen.head.published if frozen is not None else proposal.opens or proposal.head.published
        return seats_at(charter, [one for one in self._admissions(forum, at) if self._admits(one) is not False], at)

    def _seeds(self, record: Record) -> tuple[tuple[Ref, str], ...]:
        drawn = [self.at(Draw, lot) for lot in record.rule.lots] if record.rule is not None else []
        return tuple((draw.head.ref, draw.seed) for draw in drawn if draw is not None)

    def versions(self, proposal: Proposal) -> tuple[Proposal, ...]:
        """The earlier texts of `proposal` that are here, newest first."""
        found: list[Proposal] = []
        earlier = self.at(Proposal, proposal.head.supersedes)
        while earlier is not None and earlier not in found and len(found) < _MOST_VERSIONS:
            found.append(earlier)
            earlier = self.at(Proposal, earlier.head.supersedes)
        return tuple(found)

    def roll_of(self, proposal: Proposal, council: Id | None = None) -> Roll:
        """The frozen roll of `proposal`, or of the tier of `council`: its Receipt where the record bears it out."""
        key = (proposal.head.ref, council)
        if key not in self._rolls:
            self._rolls[key] = Roll(())  # while it is looked at, so that no Admission rests on itself
            self._rolls[key] = self._frozen(proposal, council)
        return self._rolls[key]

    def members_at(self, confederation: str, at: Instant) -> tuple[Id, ...]:
        """The roll of a confederation at `at`, by what its members and it itself sealed."""
        charter = self.founding_charter(confederation)
        if charter is None or not charter.members:
            return self._registered(confederation, at)
        withdrawals = self.all_of(Withdrawal, acts.of_type(self.connection, "gov:Withdrawal"))
        sound = [one for one in self._admissions(confederation, at) if self._admits(one)]
        return roll_at(charter, self.founders(charter), sound, withdrawals, at)

    def _registered(self, host: str, at: Instant) -> tuple[Id, ...]:
        """The roll of the session of a host that had opened at `at`: who was registered before (fine-print 14)."""
        sessions = self.all_of(Session, acts.of_type(self.connection, "gov:Session", author=host))
        opened = opened_by(called(sessions), Id(host), at)
        kept = acts.of_type(self.connection, "gov:Registration") if opened is not None else ()
        return registered_before(opened, self.all_of(Registration, kept)) if opened is not None else ()

    def closing(self, proposal: Proposal, at: Instant) -> Closing:
        """Until when answers to `proposal` count, as known at `at`."""
        if not self._requests(proposal):
            return Closing(proposal.closes)
        return closing_of(self._about_members(proposal, self.roll_of(proposal).members), at)

    def founding_charter(self, confederation: str) -> Charter | None:
        """The first Charter of a confederation: the one that lists its founding members."""
        charters = self.all_of(Charter, acts.of_type(self.connection, "gov:Charter", author=confederation))
        first = [charter for charter in charters if charter.head.supersedes is None]
        return next((charter for charter in first if charter.members), first[0] if first else None)

    def charters_of(self, author: str) -> tuple[Charter, ...]:
        """The charters of an assembly that may be in force: a confederation's later ones rest on an adopted Outcome."""
        found = self.all_of(Charter, acts.of_type(self.connection, "gov:Charter", author=author))
        return tuple(charter for charter in found if self._sound(charter) is not None)

    def _sound(self, charter: Charter | None) -> Charter | None:
        if charter is None or charter.outcome is None:
            return charter
        proposal, count = self._concluded(charter.outcome)
        status = count.status if count is not None else None
        return charter if amendment_is_void(charter, proposal, status) is None else None

    def founders(self, charter: Charter) -> tuple[Ratification, ...]:
        """The Ratifications of a founding Charter that count."""
        subject = founding(charter)
        record = self._about_members(subject, tuple(member.assembly for member in charter.members))
        answers = self.all_of(Ratification, acts.naming(self.connection, charter.head.ref.id, "gov:proposal"))
        record = replace(record, lower=self._lower(answers))
        return tuple(answer for answer in answers if weigh_ratification(record, answer) is None)

    def about_mandate(self, mandate: Mandate) -> Record:
        """What a mandate and its recalls are weighed against, where no proposal is in question."""
        subject = Proposal(mandate.head, "", "mandate", mandate.council)
        return self._about_members(subject, (mandate.head.author,))

    def _about_members(self, proposal: Proposal, roll: tuple[Id, ...], council: Id | None = None) -> Record:
        """The record of a proposal as far as it does not depend on what was answered to it."""
        askers = self.askers(proposal) if (requests := self._requests(proposal)) else frozenset[Id]()
        heard = {*roll, *proposal.forum, *proposal.caucuses, *((council,) if council is not None else ())}
        heard |= askers & {request.head.author for request in requests}
        kept = acts.of_authors(self.connection, heard, *_PREMISES)
        charter = self._sound(self.at(Charter, proposal.charter))
        if council is not None:
            receipt = self._frozen_by(proposal, council)
            since = receipt.head.published if receipt is not None else proposal.head.published
            charter = in_force(self.all_of(Charter, kept), council, since)
        return Record(
            proposal,
            charter,
            roll,
            mandates=self.all_of(Mandate, kept),
            recalls=self.all_of(Recall, kept),
            decisions=self.all_of(Decision, kept),
            charters=self.all_of(Charter, kept),
            receipts=self.all_of(Receipt, kept),
            attestations=confirmations.made(self.connection, self.all_of(Charter, kept), self.parsed),
            council=council,
            requests=requests,
            askers=askers,
        )

    def _requests(self, proposal: Proposal) -> tuple[Decision, ...]:
        """The Decisions that ask for more time to answer a text."""
        if proposal.closes is None:
            return ()
        return self.all_of(Decision, acts.naming(self.connection, proposal.head.ref.id, "gov:extends"))

    def askers(self, proposal: Proposal) -> frozenset[Id]:
        """Who is counted in a text, in whatever tier: everybody on a roll that was frozen for it."""
        found, left = set[Id](), list[Id | None]([None])
        while left:
            new = set(self.roll_of(proposal, left.pop()).members) - found
            found |= new
            left += [one for one in new if self.froze(proposal, one)]
        return frozenset(found)

    def _frozen(self, proposal: Proposal, council: Id | None) -> Roll:
        forum = council or proposal.confederation
        if forum is None or (council is None and proposal.listed):
            return Roll(tuple(sorted(set(proposal.forum))))
        receipt = self._frozen_by(proposal, forum)
        if receipt is not None:
            return self._checked(proposal, forum, receipt)
        return Roll(self.members_at(forum, proposal.opens or proposal.head.published), frozen=False)

    def _frozen_by(self, proposal: Proposal, forum: Id) -> Receipt | None:
        """The Receipt by which `forum` froze who may answer `proposal`, if it is here."""
        ref = proposal.head.ref
        if ref not in self._freezing:
            kept = self.all_of(Receipt, acts.naming(self.connection, ref.id, "gov:act"))
            found = [receipt for receipt in kept if receipt.roll is not None]
            self._freezing[ref] = {receipt.head.author: receipt for receipt in reversed(found)}
        return self._freezing[ref].get(forum)

    def _checked(self, proposal: Proposal, forum: Id, receipt: Receipt) -> Roll:
        at_receipt = self.members_at(forum, receipt.head.published)
        at_opens = self.members_at(forum, proposal.opens) if proposal.opens is not None else at_receipt
        roll = tuple(sorted(set(receipt.roll or ())))
        if check_receipt_roll(receipt, at_opens, at_receipt) is None:
            return Roll(roll)
        if set(roll) - set(at_opens) - set(at_receipt):
            # Whoever is missing an Admission must not accuse: the roll stands, and is said to be unclear.
            return Roll(roll, unclear=True)
        return Roll(at_opens)

    def _admissions(self, author: str, at: Instant) -> tuple[Admission, ...]:
        found = self.all_of(Admission, acts.of_type(self.connection, "gov:Admission", author=author))
        return tuple(one for one in found if one.head.published <= at)

    def _admits(self, admission: Admission) -> bool | None:
        """True if the Outcome that an Admission names, counted again, was about it and adopted; None if not at hand."""
        if admission.head.ref not in self._admitting:
            self._admitting[admission.head.ref] = None  # while it is looked at, so that none rests on itself
            proposal, count = self._concluded(admission.outcome)
            if count is not None:
                void = admission_is_void(admission, proposal, count.status, count.in_favour)
                self._admitting[admission.head.ref] = void is None
        return self._admitting[admission.head.ref]

    def _concluded(self, ref: Ref) -> tuple[Proposal | None, Count | None]:
        """The proposal that an Outcome is about, and it counted again at its own time, as far as either can be told."""
        outcome = self.at(Outcome, ref)
        subject = self.subject(outcome.proposal) if outcome is not None else None
        if outcome is None or subject is None:
            return None, None
        count = recount(self.record(subject, outcome.confederation), outcome.head.published)
        return self.at(Proposal, outcome.proposal), None if isinstance(count, Refusal) else count

    def _lower(self, ratifications: Iterable[Ratification]) -> tuple[tuple[Ref, Status], ...]:
        """What the Outcomes came to that member councils cite (fine-print 19)."""
        cited = {act.outcome for act in ratifications if act.outcome is not None}
        for ref in sorted(cited - self._statuses.keys()):
            self._statuses[ref] = None  # while it is counted, so that no Outcome rests on itself
            _, count = self._concluded(ref)
            self._statuses[ref] = count.status if count is not None else None
        return tuple((ref, status) for ref in sorted(cited) if (status := self._statuses[ref]) is not None)
