"""Whether each act about a proposal may stand on its own, and what a delegate's vote is worth (governance.md §7)."""

from dataclasses import dataclass
from typing import Final, TypeGuard

from app.governance.act import Head, Ref, precedes
from app.governance.charter import in_force
from app.governance.grants import later_grants
from app.governance.mandate import (
    Check,
    DelegateVote,
    Mandate,
    Recall,
    Verdict,
    check,
    concerning,
)
from app.governance.ratification import (
    Decision,
    Lower,
    Ratification,
    Stance,
    decision_is_void,
    is_of_its_members,
    is_void,
    stance_is_void,
    upward_is_void,
)
from app.governance.record import Record
from app.governance.rules import Method, parse_ballot
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal

MISSING: Final = frozenset({"act.missing", "attest.missing"})
"""Codes that say: not enough is at hand to tell. They accuse nobody (fine-print 23)."""


_OUTSIDE: Final = frozenset({Verdict.NOT_YET, Verdict.EXPIRED})


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


def weigh_ratification(record: Record, act: Ratification, *, caucus: bool = False) -> Weighed | None:
    """None if `act` counts, else why not: late, void, or resting on what is not at hand.

    A caucus is a body of its own: its stance follows from its own rule and counts, and it has no
    charter to cite (fine-print 20).
    """
    late = _late(record, act.head)
    if late is not None and not _leaves_a_call(record, act):
        return late
    if act.confederation != record.confederation:
        because = f"is about {act.confederation}, not {record.confederation}"  # hostile F40
        return Weighed(Refusal("ratification.confederation", because))
    if act.outcome is not None:
        lower = _told(act, record.lower_by_ref.get(act.outcome))
        if lower is None:
            return _nobody_produced(act.outcome)
        refusal = upward_is_void(act, lower)
    elif caucus:
        refusal = stance_is_void(act)
    else:
        charter = record.charters_by_ref.get(act.charter) if act.charter is not None else None
        if charter is None and act.charter is not None:
            return _nobody_produced(act.charter)
        first = record.decisions_by_ref.get(act.unresolved) if act.unresolved is not None else None
        refusal = is_void(act, charter, record.proposal.category, first)
    if refusal is None and act.ballot is not None:
        refusal = _ballot_refused(record, act)
    if refusal is not None:
        return _without_first(refusal, act.unresolved)
    return _attested(record, act.head) if record.asks_for_co_signers else None


def _without_first(refusal: Refusal, unresolved: Ref | None) -> Weighed:
    """Why an act is refused, with the first round that it names where that is what is missing."""
    return Weighed(refusal, (unresolved,) if unresolved is not None and refusal.code in MISSING else ())


def _told(act: Ratification, lower: Lower | None) -> Lower | None:
    """The Outcome that a council cites; None where it would carry `act` and what it is worth cannot be told."""
    return lower if lower is None or lower.clear or not is_of_its_members(act, lower) else None


def _leaves_a_call(record: Record, act: Ratification) -> bool:
    """True if `act` takes a signature under a call back: that may be done at any time (fine-print 11)."""
    by_accession = record.rule is not None and record.rule.method is Method.ACCESSION
    return by_accession and act.stance is Stance.REJECTED and act.head.supersedes is not None


def _ballot_refused(record: Record, act: Ratification) -> Refusal | None:
    rule = record.rule.of_options if record.rule is not None else None
    if rule is None:
        return None
    ballot = parse_ballot(rule, record.proposal.option_ids, act.ballot)
    return ballot if isinstance(ballot, Refusal) else None


def weigh_vote(record: Record, vote: DelegateVote) -> WeighedVote | Weighed:
    """What `vote` is worth under the mandates and recalls that stand, or why that cannot be told.

    Refuses by `act.late`, `vote.seat` (another home than the assembly's), `vote.confederation`
    (hostile F40) and `act.missing`.
    """
    late = _late(record, vote.head)
    if late is not None:
        return late
    if not same_origin(vote.head.author, vote.assembly):
        return Weighed(Refusal("vote.seat", f"{vote.head.author} is not at home with {vote.assembly}"))
    if vote.confederation != record.confederation:
        return Weighed(Refusal("vote.confederation", f"is about {vote.confederation}"))
    mandates = record.mandates_by_ref
    if vote.mandate is not None and vote.mandate not in mandates:
        return _nobody_produced(vote.mandate)
    cited = mandates[vote.mandate] if vote.mandate is not None else None
    flaw = weigh_mandate(record, cited) if _is_own(cited, vote) else None
    if flaw is not None and flaw.missing:
        return flaw
    recalls = concerning(vote, record.recalls_by_author.get(vote.assembly), mandates)
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
    if found.verdict in _OUTSIDE:
        return WeighedVote(vote, found)  # never in force, so nothing had to end it
    later = replaced_by(record, mandate) if _is_own(mandate, vote) else None
    if later is not None and not precedes(vote.head, later.head):
        ended = Check(Verdict.EXPIRED, "a later grant took the mandate's place", later.head.ref)
        return WeighedVote(vote, ended, later.head.ref)
    if found.shows_tendency and recalls:
        # Earlier conforming votes stand; what only showed the tendency goes with the delegate (governance.md §5).
        return WeighedVote(vote, found, recalls[0].head.ref)
    return WeighedVote(vote, found)


def _is_own(mandate: Mandate | None, vote: DelegateVote) -> TypeGuard[Mandate]:
    """True if the assembly that the delegate speaks for gave it; of a stranger's nothing but its term is looked at."""
    return mandate is not None and mandate.head.author == vote.assembly


def weigh_mandate(record: Record, mandate: Mandate) -> Weighed | None:
    """None if `mandate` was granted by an adopted Decision of its assembly (B13), else why not."""
    return _granted(record, mandate.head, mandate.decision, ("mandate",))


def replaced_by(record: Record, mandate: Mandate) -> Mandate | None:
    """The first later grant that took the place of `mandate` and was decided on itself (hostile F09)."""
    later = later_grants(mandate, record.mandates_by_author.get(mandate.head.author))
    return next((other for other in later if weigh_mandate(record, other) is None), None)


def weigh_recall(record: Record, recall: Recall) -> Weighed | None:
    """None if `recall` was adopted by its assembly's own rule, else why not."""
    return _granted(record, recall.head, recall.decision, ("recall",))


def _granted(record: Record, head: Head, decision: Ref, categories: tuple[str, ...]) -> Weighed | None:
    found = record.decisions_by_ref.get(decision)
    if found is None:
        return _nobody_produced(decision)
    if found.head.author != head.author:
        return Weighed(Refusal("decision.charter", f"rests on a decision of {found.head.author}"))
    about = record.category_of.get(found.proposal) if found.proposal is not None else None
    if about is not None and about not in categories:
        return Weighed(Refusal("decision.category", f"rests on a decision about {about}"))
    return weigh_decision(record, found, categories) or _attested(record, head)


def weigh_decision(record: Record, decision: Decision, categories: tuple[str, ...]) -> Weighed | None:
    """None if a Decision was adopted and confirmed by its author's own rule for one of `categories`, else why not."""
    if decision.charter is None:
        return Weighed(Refusal("decision.charter", f"{decision.head.ref.id} cites no charter"))
    charter = record.charters_by_ref.get(decision.charter)
    if charter is None:
        return _nobody_produced(decision.charter)
    first = record.decisions_by_ref.get(decision.unresolved) if decision.unresolved is not None else None
    refusal = decision_is_void(decision, charter, categories, first)
    return _without_first(refusal, decision.unresolved) if refusal is not None else _attested(record, decision.head)


def _attested(record: Record, head: Head) -> Weighed | None:
    """None if the co-signers that the charter then in force asks for have confirmed (fine-print 29)."""
    if not record.asks_for_co_signers:
        return None
    charter = in_force(record.charters_by_author.get(head.author), head.author, head.published)
    if charter is None or charter.scrutineers is None:
        return None
    named = {person.id for person in charter.scrutineers.of}
    confirmed = record.confirmations.get(head.ref, frozenset()) & named
    if len(confirmed) >= charter.scrutineers.k:
        return None
    because = f"{len(confirmed)} of {charter.scrutineers.k} co-signers confirmed {head.ref.id}"
    return Weighed(Refusal("attest.missing", because), (head.ref,))


def _late(record: Record, head: Head) -> Weighed | None:
    if record.proposal.closes is None or head.published <= record.proposal.closes:
        return None
    return Weighed(Refusal("vote.late", f"{head.ref.id} came after the close"))


def _nobody_produced(ref: Ref) -> Weighed:
    """What is named and was found nowhere."""
    return Weighed(Refusal("act.missing", f"nobody produced {ref.id}"), (ref,))
