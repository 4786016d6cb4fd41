"""What is kept of the record, as governance reads it: each act parsed once, authentic ones only."""

from collections.abc import Iterable
from typing import Final, TypeVar

from app.governance.act import Ref, each_once
from app.governance.charter import Charter
from app.governance.council import Admission, Receipt, Withdrawal
from app.governance.draw import Draw
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.proposal import Proposal, founding
from app.governance.ratification import Decision, Ratification
from app.governance.record import Record
from app.governance.session import Registration, Session, called, opened_by, registered_before
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.operations.record.meanings import meaning
from app.store import acts
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.translation.vocabulary import Act

T = TypeVar("T")
_MOST_VERSIONS: Final = 100
_PREMISES: Final = ("gov:Charter", "gov:Mandate", "gov:Recall", "gov:Decision", "gov:Receipt")


class Kept:
    """The acts that are here, by reference and by what they are about; evidence is not among them."""

    def __init__(self, connection: Connection, *, loopback: bool) -> None:
        self.connection = connection
        self._loopback = loopback
        self._parsed: dict[int, Act | None] = {}
        self._freezing: dict[Ref, dict[Id, Receipt]] = {}

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

    def naming(self, ref: Ref, act_type: str, kind: type[T]) -> tuple[tuple[T, StoredAct], ...]:
        """The acts of this kind about a proposal, with how they are kept."""
        kept = acts.naming(self.connection, ref.id, "gov:proposal")
        return tuple(
            (found, act) for act in kept if act.type == act_type and isinstance(found := self.parsed(act), kind)
        )

    def versions(self, proposal: Proposal) -> tuple[Proposal, ...]:
        """The earlier texts of `proposal` that are here, newest first."""
        found: list[Proposal] = []
        earlier = self.at(Proposal, proposal.head.supersedes)
        while earlier is not None and earlier not in found and len(found) < _MOST_VERSIONS:
            found.append(earlier)
            earlier = self.at(Proposal, earlier.head.supersedes)
        return tuple(found)

    def froze(self, proposal: Proposal, forum: str) -> bool:
        """True if `forum` has put a text before its members, with a Receipt that freezes who may answer."""
        return self._frozen_by(proposal, Id(forum)) is not None

    def founding_charter(self, confederation: str) -> Charter | None:
        """The first Charter of a confederation, in whatever order they came: that which lists founding members."""
        charters = self.all_of(Charter, acts.of_type(self.connection, "gov:Charter", author=confederation))
        first = each_once(charter for charter in charters if charter.head.supersedes is None)
        return next((charter for charter in first if charter.members), first[0] if first else None)

    def _frozen_by(self, proposal: Proposal, forum: Id) -> Receipt | None:
        """The Receipt by which `forum` froze who may answer `proposal`, if it is here."""
        ref = proposal.head.ref
        if ref not in self._freezing:
            kept = self.all_of(Receipt, acts.naming(self.connection, ref.id, "gov:act"))
            found = each_once(receipt for receipt in kept if receipt.roll is not None)
            self._freezing[ref] = {receipt.head.author: receipt for receipt in reversed(found)}
        return self._freezing[ref].get(forum)

    def _admissions(self, author: str, at: Instant) -> tuple[Admission, ...]:
        found = self.all_of(Admission, acts.of_type(self.connection, "gov:Admission", author=author))
        return tuple(one for one in found if one.head.published <= at)

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Every word of somebody that they leave some confederation."""
        return self.all_of(Withdrawal, acts.of_type(self.connection, "gov:Withdrawal"))

    def _draws(self, record: Record) -> tuple[Draw, ...]:
        """The draws that its rule names for ties."""
        drawn = [self.at(Draw, lot) for lot in record.rule.lots] if record.rule is not None else []
        return tuple(draw for draw in drawn if draw is not None)

    def _registered(self, host: str, at: Instant) -> tuple[Id, ...]:
        """The roll of the session of a host that had opened at `at`: who was registered before (fine-print 14)."""
        sessions = self.all_of(Session, acts.of_type(self.connection, "gov:Session", author=host))
        opened = opened_by(called(sessions), Id(host), at)
        kept = acts.of_type(self.connection, "gov:Registration") if opened is not None else ()
        return registered_before(opened, self.all_of(Registration, kept)) if opened is not None else ()

    def premises(self, authors: Iterable[Id], answers: Iterable[StoredAct]) -> tuple[StoredAct, ...]:
        """What these authors sealed that an answer can rest on, and whatever it and `answers` name, whose ever it is.

        What is here is missing to nobody: who rests on a stranger's word has said nothing, and waits for nothing.
        """
        found = list(acts.of_authors(self.connection, authors, *_PREMISES))
        known, left = {Ref(Id(act.id), act.digest) for act in found}, [*found, *answers]
        while left:
            named = {
                ref for act in left if (parsed := self.parsed(act)) is not None for ref in _rests_on(parsed)
            } - known
            known |= named
            left = [act for ref in sorted(named) if (act := acts.by_reference(self.connection, *ref)) is not None]
            found += left
        return tuple(found)

    def _categories(self, kept: Iterable[StoredAct]) -> tuple[tuple[Ref, str], ...]:
        """What the decisions are about on which mandates and recalls rest, as far as it is here (B13)."""
        resting = {one.decision for one in self.all_of(Mandate, kept)}
        resting |= {one.decision for one in self.all_of(Recall, kept)}
        granting = [one for one in self.all_of(Decision, kept) if one.head.ref in resting and one.proposal is not None]
        about = (self.at(Proposal, one.proposal) for one in granting)
        return tuple((one.head.ref, one.category) for one in about if one is not None)

    def _requests(self, proposal: Proposal) -> tuple[Decision, ...]:
        """The Decisions that ask for more time to answer a text."""
        if proposal.closes is None:
            return ()
        return self.all_of(Decision, acts.naming(self.connection, proposal.head.ref.id, "gov:extends"))


def _rests_on(act: Act) -> tuple[Ref, ...]:
    """What an answer, a grant or a decision names as that on which it rests."""
    named: tuple[Ref | None, ...] = ()
    match act:
        case Ratification() | Decision():
            named = (act.charter, act.unresolved)
        case DelegateVote():
            named = (act.mandate,)
        case Mandate():
            named = (act.decision,)
        case Recall():
            named = (act.decision, act.mandate)
        case _:
            pass
    return tuple(ref for ref in named if ref is not None)
