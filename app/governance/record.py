"""The acts about one proposal, and whether each of them may stand on its own (governance.md §7)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from app.governance.act import Head, Ref, Sealed, by_ref, each_once, precedes
from app.governance.assembly import Attestation
from app.governance.charter import Charter, in_force
from app.governance.council import Receipt
from app.governance.mandate import (
    Check,
    DelegateVote,
    Mandate,
    Recall,
    Verdict,
    check,
    concerning,
    replaced_by,
)
from app.governance.proposal import Proposal
from app.governance.ratification import Decision, Ratification, decision_is_void, is_void
from app.governance.rules import Status
from app.kernel.ids import Id, same_origin
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

MISSING: Final = frozenset({"act.missing", "attest.missing"})
"""Codes that say: not enough is at hand to tell. They accuse nobody (fine-print 23)."""

A = TypeVar("A", bound=Sealed)


@dataclass(frozen=True, slots=True)
class Record:
    """Verified acts for one proposal: every proof has been checked, nothing else has.

    `charter` is the one that the proposal cites (None for a forum that is a list); `roll` the
    frozen roll; `charters` those of the members; `versions` earlier texts of the proposal;
    `lower` what the Outcomes came to that member councils cite, recounted by the caller.
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


@dataclass(frozen=True, slots=True)
class Weighed:
    """Why an act counts as none, and the references that nobody could produce, if that is why."""

    refusal: Refusal
    missing: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class WeighedVote:
    """A delegate's vote with what it is worth; `unseated` is the Recall or later grant that undid it, if any."""

    vote: DelegateVote
    check: Check
    unseated: Ref | None = None

    @property
    def counts(self) -> bool:
        """True if the vote binds or shows the tendency."""
        return self.unseated is None and (self.check.binds or self.check.shows_tendency)


def until(record: Record, at: Instant) -> Record:
    """`record` without what was published after `at`, each act once (fine-print 12, 17)."""
    return replace(
        record,
        ratifications=_by(record.ratifications, at),
        votes=_by(record.votes, at),
        mandates=_by(record.mandates, at),
        recalls=_by(record.recalls, at),
        decisions=_by(record.decisions, at),
        charters=_by(record.charters, at),
        receipts=_by(record.receipts, at),
        attestations=_by(record.attestations, at),
    )


def _by(acts: Iterable[A], at: Instant) -> tuple[A, ...]:
    return tuple(act for act in each_once(acts) if act.head.published <= at)


def weigh_ratification(record: Record, act: Ratification) -> Weighed | None:
    """None if `act` counts, else why not: late, void, or resting on what is not at hand."""
    late = _late(record.proposal, act.head)
    if late is not None:
        return late
    charters, decisions = by_ref(record.charters), by_ref(record.decisions)
    lower = dict(record.lower)
    cited = (
        (act.charter, act.charter in charters),
        (act.unresolved, act.unresolved in decisions),
        (act.outcome, act.outcome in lower),
    )
    missing = _unknown(cited)
    if missing is not None:
        return missing
    refusal = is_void(
        act,
        charters[act.charter] if act.charter is not None else None,
        confederation=record.proposal.confederation,
        category=record.proposal.category,
        unresolved=decisions[act.unresolved] if act.unresolved is not None else None,
        lower=lower[act.outcome] if act.outcome is not None else None,
    )
    return Weighed(refusal) if refusal is not None else _attested(record, act.head)


def weigh_vote(record: Record, vote: DelegateVote) -> WeighedVote | Weighed:
    """What `vote` is worth under the mandates and recalls that stand, or why that cannot be told.

    Refuses by `act.late`, `vote.seat` (another home than the assembly's), `vote.confederation`
    (hostile F40) and `act.missing`.
    """
    late = _late(record.proposal, vote.head)
    if late is not None:
        return late
    if not same_origin(vote.head.author, vote.assembly):
        return Weighed(Refusal("vote.seat", f"{vote.head.author} is not at home with {vote.assembly}"))
    if vote.confederation != record.proposal.confederation:
        return Weighed(Refusal("vote.confederation", f"is about {vote.confederation}"))
    mandates = by_ref(record.mandates)
    if vote.mandate is not None and vote.mandate not in mandates:
        return Weighed(Refusal("act.missing", f"nobody produced {vote.mandate.id}"), (vote.mandate,))
    cited = mandates[vote.mandate] if vote.mandate is not None else None
    flaw = weigh_mandate(record, cited) if cited is not None else None
    if flaw is not None and flaw.missing:
        return flaw
    recalls = concerning(vote, record.recalls, mandates)
    flaws = [(recall, weigh_recall(record, recall)) for recall in recalls]
    unclear = tuple(ref for _, why in flaws if why is not None for ref in why.missing)
    if unclear:
        return Weighed(Refusal("act.missing", "a recall rests on what nobody produced"), unclear)
    valid = tuple(recall for recall, why in flaws if why is None)
    return _worth(record, vote, None if flaw is not None else cited, valid)


def _worth(record: Record, vote: DelegateVote, mandate: Mandate | None, recalls: tuple[Recall, ...]) -> WeighedVote:
    found = check(vote, mandate, recalls, record.proposal, record.versions)
    if found.verdict is Verdict.RECALLED:
        return WeighedVote(vote, found, found.act)
    later = replaced_by(mandate, record.mandates) if mandate is not None else None
    if later is not None and weigh_mandate(record, later) is None and not precedes(vote.head, later.head):
        ended = Check(Verdict.EXPIRED, "a later grant took the mandate's place", later.head.ref)
        return WeighedVote(vote, ended, later.head.ref)
    if found.shows_tendency and recalls:
        # Earlier conforming votes stand; what only showed the tendency goes with the delegate (governance.md §5).
        return WeighedVote(vote, found, recalls[0].head.ref)
    return WeighedVote(vote, found)


def weigh_mandate(record: Record, mandate: Mandate) -> Weighed | None:
    """None if `mandate` was granted by an adopted Decision of its assembly (B13), else why not."""
    return _granted(record, mandate.head, mandate.decision, ("mandate",))


def weigh_recall(record: Record, recall: Recall) -> Weighed | None:
    """None if `recall` was adopted by its assembly's own rule, else why not."""
    return _granted(record, recall.head, recall.decision, ("recall",))


def _granted(record: Record, head: Head, decision: Ref, categories: tuple[str, ...]) -> Weighed | None:
    found = by_ref(record.decisions).get(decision)
    if found is None:
        return Weighed(Refusal("act.missing", f"nobody produced {decision.id}"), (decision,))
    if found.head.author != head.author:
        return Weighed(Refusal("decision.charter", f"rests on a decision of {found.head.author}"))
    if found.charter is None:
        return Weighed(Refusal("decision.charter", f"{decision.id} cites no charter"))
    charter = by_ref(record.charters).get(found.charter)
    if charter is None:
        return Weighed(Refusal("act.missing", f"nobody produced {found.charter.id}"), (found.charter,))
    refusal = decision_is_void(found, charter, categories)
    if refusal is not None:
        return Weighed(refusal)
    return _attested(record, found.head) or _attested(record, head)


def _attested(record: Record, head: Head) -> Weighed | None:
    """None if the co-signers that the charter then in force asks for have confirmed (fine-print 29)."""
    charter = in_force(record.charters, head.author, head.published)
    if charter is None or charter.scrutineers is None:
        return None
    named = {person.id for person in charter.scrutineers.of}
    confirmed = {act.head.author for act in record.attestations if act.act == head.ref} & named
    if len(confirmed) >= charter.scrutineers.k:
        return None
    because = f"{len(confirmed)} of {charter.scrutineers.k} co-signers confirmed {head.ref.id}"
    return Weighed(Refusal("attest.missing", because), (head.ref,))


def _late(proposal: Proposal, head: Head) -> Weighed | None:
    if proposal.closes is None or head.published <= proposal.closes:
        return None
    return Weighed(Refusal("vote.late", f"{head.ref.id} came after the close"))


def _unknown(cited: Iterable[tuple[Ref | None, bool]]) -> Weighed | None:
    missing = tuple(ref for ref, known in cited if ref is not None and not known)
    if not missing:
        return None
    return Weighed(Refusal("act.missing", f"nobody produced {missing[0].id}"), missing)
