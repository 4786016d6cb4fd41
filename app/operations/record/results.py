"""What a sealed result says, as far as the record does not refute it (fine-print 23)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Final

from app.governance.act import Ref
from app.governance.council import UNCLEAR
from app.governance.outcome import Judgement, Kind, Outcome, judge
from app.governance.proposal import Proposal
from app.governance.ratification import Lower, Ratification
from app.governance.record import Record
from app.governance.rules import Status
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.record.kept import Kept
from app.store.database import Connection

_DEEPEST: Final = 32
"""So many Outcomes that rest on one another are looked into; no confederation needs as many."""


class Results(Kept, ABC):
    """The Outcomes that are here, each judged once by everything else that is here."""

    def __init__(self, connection: Connection, *, loopback: bool) -> None:
        super().__init__(connection, loopback=loopback)
        self._found: dict[Ref, Judgement | None] = {}
        self._deep = 0

    @abstractmethod
    def record(self, proposal: Proposal, confederation: Id | None = None) -> Record:
        """Everything here that bears on where the assemblies stand on `proposal`."""

    def told(self, ref: Ref, *, below: bool = False) -> tuple[Outcome | None, Status | Refusal | None]:
        """An Outcome and what it says; refused where the record refutes it, None where that cannot be told.

        One that is only stale says what it said: an act that came later, or is dated back, undoes
        nothing that rests on it (fine-print 23). Of a council `below`, what made its members may have gone to these
        alone, so that it is not needed in order to hear what they said.
        """
        outcome = self.at(Outcome, ref)
        if outcome is None:
            return None, None
        if ref not in self._found and self._deep < _DEEPEST:
            self._found[ref] = None  # while it is judged, so that none rests on itself
            self._deep += 1
            self._found[ref] = self._judged(outcome)
            self._deep -= 1
        found = self._found.get(ref)
        if found is None:
            return outcome, None
        reasons = [one for one in found.reasons if not (below and one.code == UNCLEAR)]
        fault = next((one for one in reasons if one.kind is Kind.FAULT), None)
        if fault is not None:
            return outcome, Refusal("outcome.fault", fault.code)
        return outcome, None if any(one.kind is Kind.INCOMPLETE for one in reasons) else outcome.status

    def _judged(self, outcome: Outcome) -> Judgement | None:
        proposal = self.subject(outcome.proposal)
        if proposal is None:
            return None
        sealed = [one for one, _ in self.naming(outcome.proposal, "gov:Outcome", Outcome)]
        return judge(outcome, self.record(proposal, outcome.confederation), sealed)

    def lower(self, ratifications: Iterable[Ratification]) -> tuple[tuple[Ref, Lower], ...]:
        """The Outcomes that member councils cite (fine-print 19)."""
        found: list[tuple[Ref, Lower]] = []
        for ref in sorted({act.outcome for act in ratifications if act.outcome is not None}):
            outcome, said = self.told(ref, below=True)
            if outcome is not None:
                status = said if isinstance(said, Status) else None
                whose = (outcome.head.author, outcome.confederation, outcome.proposal)
                found.append((ref, Lower(*whose, status, clear=said is not None)))
        return tuple(found)
