"""Counting again: the board of a proposal, from nothing but the acts that are here (governance.md §8)."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.governance.act import Ref, each_once
from app.governance.charter import contest_of
from app.governance.extension import Closing, closing_of
from app.governance.outcome import Judgement, Kind, Outcome, judge, judge_about_draft
from app.governance.proposal import Proposal
from app.governance.record import Record
from app.governance.rules import Status
from app.governance.tally import Count, Row, recount, recount_flat, recount_nested, tier_of
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.record.reading import Reading
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Judged:
    """An Outcome that was received or sealed here, with what the acts here make of it.

    `same` says that its rows and status are those of our own count; `refuting` are the acts that
    speak against it and that are here.
    """

    outcome: Outcome
    act: StoredAct
    judgement: Judgement
    same: bool
    refuting: tuple[StoredAct, ...] = ()

    @property
    def stands(self) -> bool:
        """True unless the acts here prove it wrong."""
        return self.judgement.kind is not Kind.FAULT


@dataclass(frozen=True, slots=True)
class Board:
    """Where a proposal stands, counted here at `at`.

    `closing` says until when answers count, and who asked for more time if somebody did.
    `count` is a Refusal where the proposal is void or cannot be decided from what is here.
    `outcomes` are all that were received, first sealed first. `roll_unclear` says that the frozen
    roll names members of whom nothing here shows how they joined. `objections_until` is the end of
    the time to object. Where there are tiers below, `other` is the count that does not decide: over all
    base assemblies, or council by council under a rule that is flat.
    """

    act: StoredAct
    proposal: Proposal
    record: Record
    at: Instant
    closing: Closing
    count: Count | Refusal
    outcomes: tuple[Judged, ...]
    roll_unclear: bool
    objections_until: Instant | None
    other: Count | None = None

    @property
    def newest(self) -> Judged | None:
        """The last Outcome of the forum that is not proved wrong, if there is one."""
        standing = [one for one in self.outcomes if one.stands and one.act.author == self.proposal.confederation]
        return standing[-1] if standing else None

    @property
    def refuted(self) -> tuple[Judged, ...]:
        """The Outcomes that the acts here prove wrong."""
        return tuple(one for one in self.outcomes if not one.stands)


def board(connection: Connection, instance: Instance, proposal_id: str) -> Board | Refusal:
    """The board of the proposal with this id; `proposal.unknown` if it is not here or is no proposal."""
    return _board(Reading(connection, loopback=instance.loopback), proposal_id, instance.now())


def about_draft(connection: Connection, instance: Instance, draft: StoredAct) -> tuple[Judged, ...]:
    """What somebody sealed as results about a draft, first sealed first: each is at fault (fine-print 23 (b))."""
    reading = Reading(connection, loopback=instance.loopback)
    about = reading.naming(Ref(Id(draft.id), draft.digest), "gov:Outcome", Outcome)
    sealed = tuple(outcome for outcome, _ in about)
    return tuple(Judged(outcome, act, judge_about_draft(outcome, sealed), same=False) for outcome, act in about)


def adopted(connection: Connection, instance: Instance) -> tuple[Board, ...]:
    """What assemblies adopted with us, newest first: by the newest result of each forum that stands."""
    found = boards(connection, instance)
    return tuple(one for one in found if one.newest is not None and one.newest.outcome.status is Status.ADOPTED)


def boards(connection: Connection, instance: Instance) -> tuple[Board, ...]:
    """The boards of all proposals before our confederations, newest first; of a council, those before itself."""
    reading = Reading(connection, loopback=instance.loopback)
    forums = confederations.forums(connection, instance) | {instance.assembly}
    found = [
        act
        for act in acts.of_type(connection, "gov:Proposal")
        if isinstance(proposal := reading.parsed(act), Proposal)
        and _is_before(reading, proposal, forums, instance.assembly)
    ]
    counted = [_board(reading, act.id, instance.now()) for act in reversed(found)]
    return tuple(one for one in counted if isinstance(one, Board))


def _is_before(reading: Reading, proposal: Proposal, forums: frozenset[str], me: str) -> bool:
    """True if the proposal is before a forum of ours, in any tier, and not only before its author's own assembly.

    Also if its rule asks us as a caucus.
    """
    if proposal.listed or me in proposal.caucuses:
        return me in proposal.forum or me in proposal.caucuses
    if proposal.confederation in forums and proposal.confederation != proposal.head.author:
        return True
    return any(reading.froze(proposal, forum) for forum in forums)


def _board(reading: Reading, proposal_id: str, now: Instant) -> Board | Refusal:
    act = acts.by_id(reading.connection, proposal_id)
    proposal = reading.parsed(act) if act is not None else None
    if act is None or not isinstance(proposal, Proposal):
        return Refusal("proposal.unknown", f"no proposal {proposal_id} is here")
    record = reading.record(proposal)
    count = recount(record, now)
    closing = closing_of(record, now)
    closes = closing.at
    return Board(
        act,
        proposal,
        record,
        now,
        closing,
        count,
        _judged(reading, record, count),
        reading.roll_of(proposal).unclear,
        closes + contest_of(record.charter) if closes is not None else None,
        _other(record, now) if record.below else None,
    )


def _other(record: Record, now: Instant) -> Count | None:
    flat = record.rule is not None and record.rule.flat
    count = recount_nested(record, now) if flat else recount_flat(record, now)
    return None if isinstance(count, Refusal) else count


def _judged(reading: Reading, record: Record, count: Count | Refusal) -> tuple[Judged, ...]:
    about = reading.naming(record.proposal.head.ref, "gov:Outcome", Outcome)
    kept = {outcome.head.ref: act for outcome, act in about}
    found: list[Judged] = []
    sealed = each_once(outcome for outcome, _ in about)
    for outcome in sealed:
        judgement = judge(outcome, tier_of(record, outcome.confederation), sealed)
        same = (
            not isinstance(count, Refusal)
            and _in_order(count.rows) == _in_order(outcome.rows)
            and count.status is outcome.status
        )
        found.append(Judged(outcome, kept[outcome.head.ref], judgement, same, _refuting(reading, judgement)))
    return tuple(found)


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows as they compare: a wrong order is no fault (fine-print 21)."""
    return tuple(sorted((row._replace(acts=tuple(sorted(row.acts))) for row in rows), key=lambda row: row.assembly))


def _refuting(reading: Reading, judgement: Judgement) -> tuple[StoredAct, ...]:
    named: dict[Ref, None] = {reason.act: None for reason in judgement.reasons if reason.act is not None}
    found = (acts.by_reference(reading.connection, ref.id, ref.digest) for ref in named)
    return tuple(act for act in found if act is not None)
