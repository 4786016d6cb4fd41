"""A delegate's vote: measured against the mandate before it is sent, and sent all the same if so wished."""

from dataclasses import dataclass
from typing import Final

from app.governance.mandate import TENDENCY, Check, DelegateVote, Mandate, Verdict
from app.governance.proposal import Proposal
from app.governance.ratification import Stance
from app.governance.tally import STANCES, By, Count
from app.governance.weighing import Weighed, weigh_vote
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import unconfirmed
from app.operations.confederation import answering, confederations, counting
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import questioning, recalling, registering, seating
from app.operations.matters.opening import paragraphs
from app.operations.record.reading import Reading
from app.operations.record.sealing import give_keys, heading
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build, vocabulary
from app.wiring import Instance

LONGEST: Final = 2_000
_WARNED: Final = frozenset({Verdict.CONTRADICTS, Verdict.EXPIRED, Verdict.NOT_YET, Verdict.RECALLED})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a delegate is about to say: on which text, how, under which mandate, and whether only as an indication.

    An indication has an `estimate` of where the assembly stands and a `reason` (G4).
    """

    proposal: str
    choice: Stance
    mandate: str | None
    indicative: bool = False
    estimate: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a vote would be worth; `warns` if it would not be counted at all."""

    wish: Wish
    proposal: Proposal
    mandate: Mandate | None
    check: Check

    @property
    def warns(self) -> bool:
        """True if the vote would be void, so that the delegate is told before sending."""
        return self.check.verdict in _WARNED


@dataclass(frozen=True, slots=True)
class _Written:
    document: Document
    preview: Preview


@dataclass(frozen=True, slots=True)
class Sent:
    """A vote as sealed, with what it is worth."""

    act: StoredAct
    check: Check
    item: str | None


def preview(connection: Connection, instance: Instance, account: Account, wish: Wish) -> Preview | Refusal:
    """What `account`'s vote would be worth now; nothing is sealed.

    Refuses by `vote.proposal`, `vote.late`, `vote.mandate` (none of ours that names them),
    `vote.estimate` (an indication that says neither where we stand nor why) and `delegate.none`
    (someone who never was a delegate of ours).
    """
    written = _write(connection, instance, account, wish)
    return written if isinstance(written, Refusal) else written.preview


def send(connection: Connection, instance: Instance, account: Account, wish: Wish) -> Sent | Refusal:
    """Seal the vote with the delegate's own key and announce it, whatever it is worth.

    What only shows the tendency puts the proposal on our agenda with the request for instruction
    (B7); what goes against the mandate is told to everyone at once, and asked about (B6). Refuses as
    `preview` does, by `recovery.unconfirmed`, by `delegate.held` while a recall of theirs is open, whatever they cite
    (§5), and by `composition.required` as long as the delegation is not seated (governance.md §6).
    """
    unsure = unconfirmed.signs_nothing(instance, account)
    if unsure is not None:
        return unsure
    person = person_id(instance, account)
    given = held_by(connection, instance, account)
    if any(recalling.is_held(connection, one.head.ref.id, person) for one in given):
        return Refusal("delegate.held", "a recall is open: until it is decided the other delegate speaks")
    written = _write(connection, instance, account, wish)
    if isinstance(written, Refusal):
        return written
    mandate = written.preview.mandate
    bar = seating.bar(connection, instance, mandate) if mandate is not None else None
    if bar is not None:
        return bar
    give_keys(connection, instance, person)
    act = seal_and_announce(connection, instance, written.document)
    return Sent(act, written.preview.check, _follow(connection, instance, account, act, written.preview))


def outlook(
    connection: Connection, instance: Instance, account: Account, mandate: Mandate, proposal: Proposal
) -> tuple[tuple[Stance, Check], ...]:
    """What each answer of `account` on `proposal` would be worth now: a delegate knows it before choosing."""
    reading = Reading(connection, loopback=instance.loopback)
    record = reading.record(proposal)
    found: list[tuple[Stance, Check]] = []
    for choice in Stance:
        wish = Wish(proposal.head.ref.id, choice, mandate.head.ref.id)
        document = _document(connection, instance, reading, account, wish, proposal, mandate)
        vote = vocabulary.parse(document, loopback=instance.loopback)
        weighed = weigh_vote(record, vote) if isinstance(vote, DelegateVote) else None
        if weighed is not None and not isinstance(weighed, Weighed):
            found.append((choice, weighed.check))
    return tuple(found)


def ask_for(connection: Connection, instance: Instance, account: Account, proposal_id: str) -> str | Refusal:
    """A delegate asks what to say on a proposal before those to whom a mandate in force sends them; the item's id.

    Refuses by `delegate.none` (no mandate in force names them) and `vote.proposal` (not before those).
    """
    person, now = person_id(instance, account), instance.now()
    held = [registering.entry(connection, instance, one.head.ref.id) for one in held_by(connection, instance, account)]
    speaks = [
        one.mandate
        for one in held
        if isinstance(one, registering.Entry) and one.is_in_force(now) and person not in one.recalled
    ]
    if not speaks:
        return Refusal("delegate.none", f"no mandate of ours that is in force names {account.name}")
    act = acts.by_id(connection, proposal_id)
    proposal = Reading(connection, loopback=instance.loopback).parsed(act) if act is not None else None
    if not isinstance(proposal, Proposal) or not any(is_for(proposal, mandate) for mandate in speaks):
        return Refusal("vote.proposal", f"{proposal_id} is not before those to whom {account.name} is sent")
    return ask(connection, instance, proposal_id)


def ask(connection: Connection, instance: Instance, proposal_id: str) -> str | Refusal:
    """Put the proposal on our agenda with the request for instruction; the item's id, `vote.proposal` for no such."""
    act = acts.by_id(connection, proposal_id)
    if act is None or act.type != "gov:Proposal":
        return Refusal("vote.proposal", f"no proposal {proposal_id} is here")
    item = answering.put_on_agenda(connection, instance, act)
    agenda.ask(connection, item)
    agenda.tell(connection, "asked", int(instance.now().timestamp()), item=item)
    return item


def held_by(connection: Connection, instance: Instance, account: Account) -> tuple[Mandate, ...]:
    """Every mandate of ours that names this member, newest first, ended ones too."""
    reading = Reading(connection, loopback=instance.loopback)
    kept = acts.of_type(connection, "gov:Mandate", author=instance.assembly)
    person = person_id(instance, account)
    found = [mandate for mandate in reading.all_of(Mandate, kept) if person in mandate.delegates]
    return tuple(reversed(found))


def open_for(connection: Connection, instance: Instance, mandate: Mandate) -> tuple[Proposal, ...]:
    """The proposals before the mandate's council on which its delegates may speak now, newest first.

    The newest version of each text, until its close.
    """
    reading = Reading(connection, loopback=instance.loopback)
    every = reading.all_of(Proposal, acts.of_type(connection, "gov:Proposal"))
    before = [one for one in every if is_for(one, mandate)]
    replaced = {one.head.supersedes for one in before}
    standing = (one for one in reversed(before) if one.head.ref not in replaced)
    return tuple(one for one in standing if not reading.closing(one, instance.now()).is_over(instance.now()))


def is_counted(connection: Connection, instance: Instance, proposal: Proposal) -> str:
    """Why no vote of a delegate changes anything any more; empty while one may.

    `final`: a final result stands. `answered`: our assembly has answered itself, which comes first (governance.md §7).
    """
    board = counting.board(connection, instance, proposal.head.ref.id)
    if isinstance(board, Refusal):
        return ""
    if any(one.stands and one.outcome.final for one in board.outcomes):
        return "final"
    rows = board.count.rows if isinstance(board.count, Count) else ()
    mine = (row for row in rows if row.assembly == instance.assembly)
    return "answered" if any(row.by is By.RATIFICATION and row.stance in STANCES for row in mine) else ""


def is_for(proposal: Proposal, mandate: Mandate) -> bool:
    """True if a proposal is before those to whom a mandate sends; its author's own assembly alone is no such forum."""
    if proposal.listed:
        return mandate.head.author in proposal.forum and mandate.council in ((), proposal.forum)
    return proposal.confederation is not None and proposal.forum == mandate.council


def _follow(connection: Connection, instance: Instance, account: Account, act: StoredAct, seen: Preview) -> str | None:
    """What a vote brings about at home."""
    if seen.check.verdict in TENDENCY:
        item = ask(connection, instance, seen.proposal.head.ref.id)
        return item if isinstance(item, str) else None
    if seen.check.verdict is Verdict.CONTRADICTS:
        known = answering.answer_to(connection, seen.proposal.head.ref.id)
        questioning.ask(connection, instance, account, act, known.id if known is not None else None)
    return None


def _write(connection: Connection, instance: Instance, account: Account, wish: Wish) -> _Written | Refusal:
    """The vote as it would be sealed now, weighed against everything that is here."""
    reading = Reading(connection, loopback=instance.loopback)
    act = acts.by_id(connection, wish.proposal)
    proposal = reading.parsed(act) if act is not None else None
    if not isinstance(proposal, Proposal) or not _is_before_us(connection, instance, proposal):
        return Refusal("vote.proposal", f"{wish.proposal} is no proposal before a confederation of ours")
    held = held_by(connection, instance, account)
    if not held:
        return Refusal("delegate.none", f"{account.name} is no delegate of ours")
    mandate = next((one for one in held if one.head.ref.id == wish.mandate), None)
    if wish.mandate is not None and mandate is None:
        return Refusal("vote.mandate", f"{wish.mandate} is no mandate of ours that names {account.name}")
    if wish.indicative and not (0 < len(wish.estimate) <= LONGEST and 0 < len(wish.reason) <= LONGEST):
        return Refusal("vote.estimate", "an indication says where the assembly stands, and why it is given")
    document = _document(connection, instance, reading, account, wish, proposal, mandate)
    vote = vocabulary.parse(document, loopback=instance.loopback)
    if not isinstance(vote, DelegateVote):
        raise TypeError(f"a vote that was just written cannot be read: {vote}")
    weighed = weigh_vote(reading.record(proposal), vote)
    if isinstance(weighed, Weighed):
        return weighed.refusal
    return _Written(document, Preview(wish, proposal, mandate, weighed.check))


def _is_before_us(connection: Connection, instance: Instance, proposal: Proposal) -> bool:
    if proposal.listed:
        return instance.assembly in proposal.forum
    return proposal.confederation in confederations.forums(connection, instance)


def _document(
    connection: Connection,
    instance: Instance,
    reading: Reading,
    account: Account,
    wish: Wish,
    proposal: Proposal,
    mandate: Mandate | None,
) -> Document:
    head = heading(connection, instance, person_id(instance, account))
    cast = [vote for vote, _ in reading.naming(proposal.head.ref, "gov:DelegateVote", DelegateVote)]
    earlier = [vote.head.ref for vote in cast if vote.head.author == head.author]
    return build.delegate_vote(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        supersedes=earlier[-1] if earlier else None,
        assembly=Id(instance.assembly),
        proposal=proposal.head.ref,
        choice=wish.choice,
        confederation=proposal.confederation,
        mandate=mandate.head.ref if mandate is not None else None,
        indicative=wish.indicative,
        estimate=wish.estimate or None,
        content=paragraphs(wish.reason) if wish.reason else None,
    )


def person_id(instance: Instance, account: Account) -> Id:
    """The address by which a member is named as a delegate."""
    return Id(f"{instance.url}/people/{account.name}")
