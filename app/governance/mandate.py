"""Imperative mandates, their recall, and what a delegate's vote is worth under them (governance.md §5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.governance.act import Head, Ref, precedes
from app.governance.proposal import Proposal
from app.governance.ratification import Stance
from app.kernel.ids import Id
from app.kernel.instant import Instant


class Kind(StrEnum):
    """How much room a position leaves."""

    FIXED = "fixed"
    RANGE = "range"
    AMENDABLE = "amendable"
    INDICATIVE = "indicative"


@dataclass(frozen=True, slots=True)
class Latitude:
    """A position with its room: the choices that conform and, for `amendable`, the clauses to be left alone."""

    kind: Kind
    choices: tuple[Stance, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject by name: a proposal's category or one of its topics."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One matter of a mandate: a proposal version, or a topic, and the position on it."""

    subject: Ref | Topic
    latitude: Latitude


@dataclass(frozen=True, slots=True)
class Office:
    """An outside office such as a city council seat; nothing is computed for it (B18)."""

    name: str
    institution: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule of composition and whether the delegation as a whole meets it (governance.md §6)."""

    name: str
    met: bool


@dataclass(frozen=True, slots=True)
class Mandate:
    """What an assembly sends its delegates to say, until when, by which decision.

    `council` has the one council or host, the list of a forum that is a list, or nothing for an
    outside office or where such a list is left out (fine-print 33). In force from `valid_from`,
    before `valid_until`. The reasons are `head.content`.
    """

    head: Head
    delegates: tuple[Id, ...]
    items: tuple[Item, ...]
    valid_from: Instant
    valid_until: Instant
    decision: Ref
    council: tuple[Id, ...] = ()
    office: Office | None = None
    default: Latitude | None = None
    term: str | None = None
    composition: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """The end of a mandate for some of its delegates, or for all if `delegates` is None (fine-print 25)."""

    head: Head
    mandate: Ref
    decision: Ref
    delegates: tuple[Id, ...] | None = None


@dataclass(frozen=True, slots=True)
class DelegateVote:
    """A delegate's named vote in a session, for `assembly`, under `mandate` or none (fine-print 26).

    `indicative` declares it never binding; `estimate` is the delegate's view of where the
    assembly stands.
    """

    head: Head
    assembly: Id
    proposal: Ref
    choice: Stance
    confederation: Id | None = None
    mandate: Ref | None = None
    indicative: bool = False
    estimate: str | None = None


class Verdict(StrEnum):
    """What a delegate's vote is under its mandate."""

    CONFORMS = "conforms"
    DECLARED = "declared"
    EXCEEDS = "exceeds"
    CONTRADICTS = "contradicts"
    NO_MANDATE = "no_mandate"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    RECALLED = "recalled"


TENDENCY = frozenset({Verdict.DECLARED, Verdict.EXCEEDS, Verdict.NO_MANDATE})
"""The verdicts that count in the tendency only; conforming votes bind, all others are void."""


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict and the reason in one sentence for the log; `act` is the Recall or Mandate that decided, if any."""

    verdict: Verdict
    because: str
    act: Ref | None = None

    @property
    def binds(self) -> bool:
        """True if the vote is the assembly's stance."""
        return self.verdict is Verdict.CONFORMS

    @property
    def shows_tendency(self) -> bool:
        """True if the vote counts in the tendency and in nothing else."""
        return self.verdict in TENDENCY


def check(
    vote: DelegateVote,
    mandate: Mandate | None,
    recalls: Iterable[Recall],
    proposal: Proposal,
    versions: Iterable[Proposal] = (),
) -> Check:
    """What `vote` on `proposal` is worth: the first that applies, in the order of fine-print 16.

    recalled, not_yet, expired, no_mandate, declared, contradicts, exceeds, conforms. `mandate` is
    the one that the vote cites, None if it cites none; `recalls` those that `concerning` finds;
    `versions` earlier versions of the proposal, for `amendable`. The time is the vote's own.
    """
    recall = _recall_of(vote, recalls)
    if recall is not None:
        return Check(Verdict.RECALLED, f"recalled on {recall.head.published:%d %B %Y}", recall.head.ref)
    when = vote.head.published
    if mandate is not None and when < mandate.valid_from:
        return Check(Verdict.NOT_YET, f"the mandate begins on {mandate.valid_from:%d %B %Y}")
    if mandate is not None and when >= mandate.valid_until:
        return Check(Verdict.EXPIRED, f"the mandate ended on {mandate.valid_until:%d %B %Y}")
    lacking = _lacks_seat(vote, mandate, proposal)
    if mandate is None or lacking is not None:
        return Check(Verdict.NO_MANDATE, lacking or "cites no mandate")
    if vote.indicative:
        return Check(Verdict.DECLARED, "declared indicative by the delegate")
    return _measure(vote, mandate, proposal, versions)


def concerning(vote: DelegateVote, recalls: Iterable[Recall], mandates: Mapping[Ref, Mandate]) -> tuple[Recall, ...]:
    """Those of `recalls` that end the seat from which `vote` was cast.

    Of the mandate that it cites; for a vote that cites none, of any mandate in which the delegate
    had a seat, since leaving the mandate out must not undo a recall (B4).
    """
    return tuple(
        recall
        for recall in recalls
        if recall.head.author == vote.assembly
        and (recall.mandate == vote.mandate if vote.mandate is not None else True)
        and _names(recall, vote.head.author, mandates.get(recall.mandate))
    )


def covers(mandate: Mandate, proposal: Proposal, versions: Iterable[Proposal] = ()) -> Item | None:
    """The item of `mandate` that speaks about `proposal`, or None (then the default holds, if there is one).

    By exact digest, then an earlier version under `amendable`, then topic; the first match decides
    (fine-print 16).
    """
    for item in mandate.items:
        if item.subject == proposal.head.ref:
            return item
    earlier = {version.head.ref for version in versions}
    for item in mandate.items:
        if item.latitude.kind is Kind.AMENDABLE and item.subject in earlier:
            return item
    subjects = {proposal.category, *proposal.topics}
    for item in mandate.items:
        if isinstance(item.subject, Topic) and item.subject.name in subjects:
            return item
    return None


def _names(recall: Recall, person: Id, mandate: Mandate | None) -> bool:
    if recall.delegates is not None:
        return person in recall.delegates
    return mandate is not None and person in mandate.delegates


def _recall_of(vote: DelegateVote, recalls: Iterable[Recall]) -> Recall | None:
    """The first Recall at or before the vote: an act at the Recall's own instant is void (fine-print 13)."""
    past = [
        recall
        for recall in recalls
        if recall.head.author == vote.assembly
        and (vote.mandate is None or recall.mandate == vote.mandate)
        and (recall.delegates is None or vote.head.author in recall.delegates)
        and not precedes(vote.head, recall.head)
    ]
    return min(past, key=lambda recall: (recall.head.published, recall.head.ref), default=None)


def _lacks_seat(vote: DelegateVote, mandate: Mandate | None, proposal: Proposal) -> str | None:
    if mandate is None:
        return None
    if mandate.head.author != vote.assembly:
        return f"the mandate is of {mandate.head.author}, not of {vote.assembly}"
    if vote.head.author not in mandate.delegates:
        return f"{vote.head.author} is no delegate under the mandate"
    if mandate.office is not None:
        return "the mandate is for an outside office"
    if proposal.listed:
        return None if mandate.council in ((), proposal.forum) else "the mandate is for another forum"
    return None if mandate.council == proposal.forum else "the mandate is for another council"


def _measure(vote: DelegateVote, mandate: Mandate, proposal: Proposal, versions: Iterable[Proposal]) -> Check:
    earlier = tuple(versions)
    item = covers(mandate, proposal, earlier)
    latitude = item.latitude if item is not None else mandate.default
    if latitude is None:
        return Check(Verdict.EXCEEDS, "the mandate does not speak about this")
    if latitude.kind is Kind.INDICATIVE:
        return Check(Verdict.EXCEEDS, "the mandate lets the delegate show the tendency only")
    if vote.choice not in latitude.choices:
        named = " or ".join(latitude.choices)
        return Check(Verdict.CONTRADICTS, f"voted {vote.choice}, the mandate says {named}")
    if latitude.kind is Kind.AMENDABLE and item is not None and not _left_alone(item, proposal, earlier):
        return Check(Verdict.EXCEEDS, "the text changed in a clause that the mandate holds fast")
    return Check(Verdict.CONFORMS, f"voted {vote.choice} as the mandate says")


def _left_alone(item: Item, proposal: Proposal, versions: tuple[Proposal, ...]) -> bool:
    """True if the clauses that the item names read the same in the version it names and in `proposal`."""
    before = next((version for version in versions if version.head.ref == item.subject), proposal)
    old = {clause.number: clause for clause in before.clauses}
    new = {clause.number: clause for clause in proposal.clauses}
    if before.head.ref == proposal.head.ref:
        return True
    return all(number in old and old[number] == new.get(number) for number in item.latitude.clauses)
