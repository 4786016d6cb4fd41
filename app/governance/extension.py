"""More time to answer: one extension of the close, on the request of any assembly that answers (governance.md §2)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from app.governance.act import Head
from app.governance.proposal import Proposal
from app.governance.ratification import Decision
from app.governance.record import Record, until
from app.governance.weighing import weigh_decision
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

LONGEST: Final = timedelta(weeks=3)
CATEGORY: Final = "procedure"
"""By its rule for how it decides an assembly asks for more time."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Until when answers to a proposal count; `by` is the request that moved it, None if it stands as it was signed."""

    at: Instant | None
    by: Decision | None = None

    def is_over(self, now: Instant) -> bool:
        """True once an answer would come too late; one at exactly the close counts (fine-print 13)."""
        return self.at is not None and now > self.at


def closing_of(record: Record, at: Instant) -> Closing:
    """When the proposal of `record` closes, as known at `at`: the first request that stands moves it, once.

    Whatever a request needs (its co-signers, the forum's Receipt) has to be there when the first close comes, so
    that after it nothing moves the close any more. An act at exactly the close counts (fine-print 13).
    """
    closes = record.proposal.closes
    if closes is None or not record.requests:
        return Closing(closes)
    then = until(record, min(at, closes))
    valid = (one for one in then.requests if request_is_void(then, one) is None)
    first = min(valid, key=lambda one: (one.head.published, one.head.ref), default=None)
    return Closing(closes) if first is None else Closing(first.closes, first)


def request_is_void(record: Record, request: Decision) -> Refusal | None:
    """Why a request for more time moves nothing; None if it may. `record` has what was known when the first close came.

    Refuses by `extension.none` (about another text, or one with no close), `.stranger` (of nobody who answers),
    `.span` (no later than the close, or over three weeks), `.late` (after the close), `.unseen` (without the forum's
    Receipt), and as a Decision of its assembly about procedure.
    """
    closes, moved = record.proposal.closes, request.closes
    if request.extends != record.proposal.head.ref or closes is None:
        return Refusal("extension.none", "is about another text, or one that does not close")
    if request.head.author not in record.askers:
        return Refusal("extension.stranger", f"{request.head.author} is not asked to answer")
    if moved is None or not closes < moved <= closes + LONGEST:
        return Refusal("extension.span", f"moves the close to {moved}, and at most {LONGEST.days} days are added")
    if request.head.published > closes:
        return Refusal("extension.late", f"{request.head.ref.id} came after the close")
    if not _seen(record, request.head):
        return Refusal("extension.unseen", f"the forum gave no receipt for {request.head.ref.id}")
    weighed = weigh_decision(record, request, (CATEGORY,))
    return weighed.refusal if weighed is not None else None


def may_ask(proposal: Proposal, moved: Instant, at: Instant, known: Closing) -> Refusal | None:
    """Why nobody can ask at `at` for the close `moved`: `extension.none`, `.late`, `.second` or `.span`."""
    closes = proposal.closes
    if closes is None:
        return Refusal("extension.none", "it does not close")
    if known.by is not None:
        return Refusal("extension.second", f"{known.by.head.author} has asked for more time, which is given once")
    if at > closes:
        return Refusal("extension.late", f"closed at {closes}")
    if not closes < moved <= closes + LONGEST:
        return Refusal("extension.span", f"at most {LONGEST.days} days after {closes}")
    return None


def known_at(record: Record, at: Instant) -> Record:
    """`record` as it was known at `at`, with the close that holds then as the proposal's."""
    if not record.requests:
        return until(record, at)
    closing = closing_of(record, at)
    return _closing_at(until(record, at), closing.at)


def _closing_at(record: Record, closes: Instant | None) -> Record:
    """`record`, and every tier below it, with this close; a request is spent by that."""
    return replace(
        record,
        proposal=replace(record.proposal, closes=closes),
        requests=(),
        below=tuple(_closing_at(tier, closes) for tier in record.below),
    )


def _seen(record: Record, head: Head) -> bool:
    """True if the forum has a request on record; a list of assemblies has nobody who would say so (fine-print 33)."""
    forum = record.proposal.confederation
    if forum is None or head.author == forum:
        return True
    return any(receipt.head.author == forum and receipt.act == head.ref for receipt in record.receipts)
