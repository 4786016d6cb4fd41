"""Reading the record: from acts as kept to what governance counts with."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.governance.act import Head, Ref, each_once
from app.governance.admitting import at_its_time
from app.governance.charter import Charter, in_force
from app.governance.council import (
    Admission,
    Formation,
    Receipt,
    Roll,
    Withdrawal,
    admission_is_void,
    check_receipt_roll,
    formation,
    roll_at,
    sealed_too_soon,
    seats_at,
    upward,
)
from app.governance.draw import Draw
from app.governance.extension import Closing, closing_of
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.outcome import Outcome
from app.governance.proposal import Proposal, amendment_is_void, founding, second_is_void
from app.governance.ratification import Decision, Ratification
from app.governance.record import DEEPEST, Record
from app.governance.rules import Status
from app.governance.standing import IN_FAVOUR
from app.governance.weighing import weigh_ratification
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import confirmations
from app.operations.record.results import Results
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection

_NOT_AT_HAND: Final = Refusal("act.missing", "what it rests on is not at hand")
_LAGS: Final = (timedelta(0), timedelta(seconds=1))
"""Of two acts of one second nobody can say which is the earlier: a frozen roll may be the one before that second."""


class Reading(Results):
    """One look at the record in one transaction: who belongs, what is in force, what is counted with."""

    def __init__(self, connection: Connection, *, loopback: bool) -> None:
        super().__init__(connection, loopback=loopback)
        self._rolls: dict[tuple[Ref, Id | None], Roll] = {}
        self._admitting: dict[Ref, Admission | Refusal | None] = {}
        self._lines = set[Id]()
        self._formations: dict[str, Formation | None] = {}

    def record(self, proposal: Proposal, confederation: Id | None = None) -> Record:
        """Everything here that bears on where the assemblies stand on `proposal`.

        `confederation` names a lower council that relayed it to its members, else it is its forum (fine-print 19).
        """
        council = confederation if confederation != proposal.confederation else None
        met = {*proposal.forum, *((council,) if council is not None else ())}
        return self._record(proposal, council, met, DEEPEST)

    def _record(self, proposal: Proposal, council: Id | None, met: set[Id], deep: int) -> Record:
        roll = (known := self.roll_of(proposal, council)).members
        answers = acts.naming(self.connection, proposal.head.ref.id, "gov:proposal")
        record = self._about_members(proposal, roll, council, answers)
        ratifications = self.all_of(Ratification, answers)
        below = tuple(self._below(proposal, roll, met, deep))
        own = self._seats(record) if record.counts_seats else ()
        return replace(
            record,
            formation=self.formation(record.confederation) if record.confederation is not None else None,
            frozen=known.frozen,
            unclear=known.unclear,
            ratifications=ratifications,
            votes=self.all_of(DelegateVote, answers),
            versions=self.versions(proposal),
            lower=self.lower(act for act in ratifications if act.confederation == record.confederation),
            seats=(*own, *(pair for tier in below for pair in tier.seats if pair[0] not in dict(own))),
            seeds=tuple((draw.head.ref, draw.seed) for draw in self._draws(record)),
            below=below,
        )

    def _below(self, proposal: Proposal, roll: Iterable[Id], met: set[Id], deep: int) -> Iterator[Record]:
        """The tiers of members that put the text before their own, each once: all could name the same ones again."""
        for member in sorted(roll):
            if deep and member not in met and self.froze(proposal, member):
                met.add(member)
                yield self._record(proposal, member, met, deep - 1)

    def _seats(self, record: Record) -> tuple[tuple[Id, int], ...]:
        """The seats of each member when the roll was frozen, by what is not shown to be void (fine-print 5)."""
        proposal, forum = record.proposal, record.confederation
        charter = self.founding_charter(forum) if forum is not None else None
        if forum is None or charter is None or not charter.members:
            return tuple((assembly, 1) for assembly in record.roll if charter is not None)
        frozen = self._frozen_by(proposal, forum)
        at = frozen.head.published if frozen is not None else proposal.opens or proposal.head.published
        return seats_at(
            charter, [one for one in self._admissions(forum, at) if not isinstance(self.admits(one), Refusal)], at
        )

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
        sound = [one for one in map(self.admits, self._admissions(confederation, at)) if isinstance(one, Admission)]
        return roll_at(charter, self.founders(charter), sound, self.withdrawals(), at)

    def formation(self, confederation: str) -> Formation | None:
        """How far a confederation is formed; None of a body that no assemblies founded."""
        if confederation not in self._formations:
            self._formations[confederation] = None  # while it is looked at: no body founds itself
            charter = self.founding_charter(confederation)
            if charter is not None and charter.members:
                self._formations[confederation] = formation(charter, self.founders(charter), self.withdrawals())
        return self._formations[confederation]

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Every word of somebody that they leave some confederation, but of a confederation that was forming."""
        return tuple(one for one in super().withdrawals() if not self._too_soon(one.head, one.outcome))

    def _draws(self, record: Record) -> tuple[Draw, ...]:
        return tuple(draw for draw in super()._draws(record) if not self._too_soon(draw.head, None))

    def _too_soon(self, sealed: Head, rests_on: Ref | None) -> bool:
        counted = self.at(Outcome, rests_on)
        roll = counted.roll if counted is not None else None
        return sealed_too_soon(self.formation(sealed.author), sealed, roll)

    def closing(self, proposal: Proposal, at: Instant) -> Closing:
        """Until when answers to `proposal` count, as known at `at`."""
        if not self._requests(proposal):
            return Closing(proposal.closes)
        return closing_of(self._about_members(proposal, self.roll_of(proposal).members), at)

    def charters_of(self, author: str) -> tuple[Charter, ...]:
        """The charters of an assembly that may be in force: a confederation's later ones rest on an adopted Outcome."""
        found = self.all_of(Charter, acts.of_type(self.connection, "gov:Charter", author=author))
        return tuple(charter for charter in found if self._unsound(charter) is None)

    def _unsound(self, charter: Charter) -> Refusal | None:
        """Why a charter is not in force: by `charter.outcome`, or by `act.missing` where that cannot be told."""
        if charter.outcome is None:
            return second_is_void(charter, self.founding_charter(charter.head.author))
        if charter.head.author not in self._lines:
            self._lines.add(charter.head.author)
            known = self.all_of(Charter, acts.of_type(self.connection, "gov:Charter", author=charter.head.author))
            for earlier in each_once(known):  # one by one, so that a long line of versions is not one deep look
                if earlier.outcome is not None and earlier.head.published < charter.head.published:
                    self.told(earlier.outcome)
        basis = self._basis(charter.head, charter.outcome)
        if basis is None:
            return _NOT_AT_HAND
        outcome, proposal, said = basis
        refused = amendment_is_void(charter, proposal, outcome.confederation, outcome.status)
        if refused is not None or said is None:
            return refused or _NOT_AT_HAND
        return Refusal("charter.outcome", said.because) if isinstance(said, Refusal) else None

    def _basis(self, sealed: Head, rests_on: Ref) -> tuple[Outcome, Proposal, Status | Refusal | None] | None:
        """The Outcome on which a confederation sealed something, the text of that, and what it says of it.

        None where one of them is not at hand, or the confederation was not formed by then.
        """
        outcome, said = self.told(rests_on)
        proposal = self.subject(outcome.proposal) if outcome is not None else None
        if outcome is None or proposal is None:
            return None
        too_soon = sealed_too_soon(self.formation(sealed.author), sealed, outcome.roll)
        return None if too_soon else (outcome, proposal, said)

    def _ruling(self, proposal: Proposal, council: Id | None) -> tuple[Charter | None, Refusal | None]:
        """The charter by which a text is decided, and why that one is not in force; None if it cannot be told.

        In a lower tier it is the latest of the council's that is not shown to be void (fine-print 19).
        """
        charter = self.at(Charter, proposal.charter)
        if council is not None:
            receipt = self._frozen_by(proposal, council)
            since = receipt.head.published if receipt is not None else proposal.head.published
            known = self.all_of(Charter, acts.of_type(self.connection, "gov:Charter", author=council))
            sound = tuple(one for one in known if self._unsound(one) in (None, _NOT_AT_HAND))
            charter = in_force(sound, council, since)
        unsound = self._unsound(charter) if charter is not None else None
        return (None, None) if unsound is _NOT_AT_HAND else (charter, unsound)

    def founders(self, charter: Charter) -> tuple[Ratification, ...]:
        """The Ratifications of a founding Charter that count."""
        subject = founding(charter)
        kept = acts.naming(self.connection, charter.head.ref.id, "gov:proposal")
        record = self._about_members(subject, tuple(member.assembly for member in charter.members), answers=kept)
        answers = self.all_of(Ratification, kept)
        record = replace(record, lower=self.lower(answers))
        return tuple(answer for answer in answers if weigh_ratification(record, answer) is None)

    def about_mandate(self, mandate: Mandate) -> Record:
        """What a mandate and its recalls are weighed against, where no proposal is in question."""
        subject = Proposal(mandate.head, "", "mandate", mandate.council)
        return self._about_members(subject, (mandate.head.author,))

    def _about_members(
        self, proposal: Proposal, roll: tuple[Id, ...], council: Id | None = None, answers: tuple[StoredAct, ...] = ()
    ) -> Record:
        """The record of a proposal without what was answered to it; with what these answers rest on."""
        askers = self.askers(proposal) if (requests := self._requests(proposal)) else frozenset[Id]()
        heard = {*roll, *proposal.forum, *proposal.caucuses, *((council,) if council is not None else ())}
        heard |= askers & {request.head.author for request in requests}
        kept = self.premises(heard, answers)
        charter, unsound = self._ruling(proposal, council)
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
            unsound=unsound,
            categories=self._categories(kept),
            requests=requests,
            askers=askers,
        )

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

    def _checked(self, proposal: Proposal, forum: Id, receipt: Receipt) -> Roll:
        opens = proposal.opens or receipt.head.published
        roll = tuple(sorted(set(receipt.roll or ())))
        known = set[tuple[Id, ...]]()
        charter = self.founding_charter(forum)
        for lag in _LAGS if charter is not None and charter.members else _LAGS[:1]:
            known |= {self.members_at(forum, moment - lag) for moment in (opens, receipt.head.published)}
            if check_receipt_roll(receipt, known) is None:
                return Roll(roll)
        strangers = set(roll).difference(*known)
        if strangers:
            # Whoever is missing an Admission must not accuse: the roll stands, and is said to be unclear.
            return Roll(roll, unclear=not strangers <= self._said_to_found(forum, receipt.head.published))
        return Roll(self.members_at(forum, opens))

    def _said_to_found(self, forum: Id, at: Instant) -> frozenset[Id]:
        """Councils that said they found a body; what their own members said of it was sent elsewhere."""
        charter = self.founding_charter(forum)
        named = acts.naming(self.connection, charter.head.ref.id, "gov:proposal") if charter is not None else ()
        said = upward(charter, self.all_of(Ratification, named), at) if charter is not None else ()
        return frozenset(
            one.head.author for one in said if one.outcome and self.told(one.outcome, below=True)[1] is None
        )

    def admits(self, admission: Admission) -> Admission | Refusal | None:
        """An Admission as of when it lets in; a Refusal if it does not, None if that cannot be told."""
        if admission.head.ref not in self._admitting:
            self._admitting[admission.head.ref] = None  # while it is looked at, so that none rests on itself
            self._admitting[admission.head.ref] = self._lets_in(admission)
        return self._admitting[admission.head.ref]

    def _lets_in(self, admission: Admission) -> Admission | Refusal | None:
        basis = self._basis(admission.head, admission.outcome)
        if basis is None:
            return None
        outcome, proposal, said = basis
        in_favour = sum(row.stance in IN_FAVOUR for row in outcome.rows)
        refused = admission_is_void(admission, proposal, outcome.confederation, outcome.status, in_favour)
        if refused is None and isinstance(said, Status):
            return at_its_time(admission, self.record(proposal))
        return refused or (said if isinstance(said, Refusal) else None)
