"""Voting: the frozen roll and online ballots (governance.md §3)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from app.governance.act import Ref
from app.governance.ballot import Choice, choices
from app.governance.charter import Charter
from app.governance.modes import Mode, opening_mode
from app.governance.proposal import Event, State, advance
from app.governance.rules import Method, Rule, rule_document
from app.kernel.canonical import commitment
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import charters, excluding
from app.operations.confederation import reserving
from app.operations.matters import alternatives, deliberating
from app.operations.matters.proposing import charter_of
from app.operations.matters.versions import begin_second_round
from app.operations.meetings import attending, facilitating, hands
from app.operations.votes import casting, procedure, protecting, reasons, rolls
from app.operations.votes.choosing import choosing
from app.operations.votes.procedure import Question
from app.operations.votes.rounds import face_to_face, first_round, rule_now
from app.store import agenda, room_counts, votes
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.meetings import Meeting
from app.store.votes import Ballot, Vote
from app.wiring import Instance

LONGEST: Final = timedelta(days=366)
LONGEST_REASON: Final = 2_000

Way = tuple[Meeting | None, rolls.Roll, Mode]
"""In which meeting a matter is voted on, if in one; by whom; and how."""


def open_vote(
    connection: Connection,
    instance: Instance,
    item_id: str,
    lasts: timedelta,
    *,
    by: Account | None = None,
    in_meeting: bool = False,
    both_rounds: bool = False,
    mode: Mode | None = None,
) -> Vote | Refusal:
    """Open a vote on the text in force, with the roll frozen as of now and the rule of our charter.

    In a meeting, which has to be open, who facilitates it opens a vote, on a text of its agenda. `mode` may
    protect more than the charter's `ballots` does, never less.
    After a first round that resolved nothing it is the second, by the rule's `then`. Refuses by
    `item.unknown`, `vote.open`, `vote.closes`, `vote.short`, `vote.wait`, `vote.early`, `vote.convocation`,
    `vote.rounds`, `procedure.undecided`, `proposal.state`, `charter.missing`, `charter.changed`, `charter.voting`,
    `item.category`, `vote.meeting` (none is open), `vote.meetings` (only meetings decide this, another one each time),
    `meeting.facilitator`, `vote.agenda`, `vote.presence`, `vote.stranger`, `vote.mode`, `vote.secret`,
    `vote.alternatives`, `item.alternatives` and `vote.face_to_face` (what is resolved provisionally, or was called
    back, is decided by a meeting).
    """
    found = _openable(connection, instance, item_id, lasts)
    if isinstance(found, Refusal):
        return found
    item, charter, rule = found
    way = _way(connection, instance, item, charter, rule, by, mode, in_meeting=in_meeting)
    if isinstance(way, Refusal):
        return way
    meeting, roll, _ = way
    ready = _ready(connection, instance, item, charter, rule, meeting, both_rounds=both_rounds)
    if isinstance(ready, Refusal):
        return ready
    short = None if in_meeting else deliberating.long_enough(connection, item, charter, lasts)
    changed = short or alternatives.begin(connection, ready)
    if changed is not None:
        return changed
    item = _second_text(connection, instance, ready, rule)
    at_once = both_rounds and rule.method is Method.TWO_STAGE
    vote = _begun(instance, item, charter, rule, way, lasts, both_rounds=at_once)
    dormant = [member.id for member in roll.dormant]
    votes.open_vote(connection, vote, [member.id for member in roll.members], dormant)
    agenda.set_state(connection, item.id, State.DECIDING.value)
    told = "vote_opened_reserved" if reserving.declared(item) else "vote_opened"
    agenda.tell(connection, told, vote.opened_at, item=item.id)
    return vote


def _begun(
    instance: Instance, item: Item, charter: Charter, rule: Rule, way: Way, lasts: timedelta, *, both_rounds: bool
) -> Vote:
    """The vote as it begins: on this text, by this rule, with this roll."""
    (meeting, roll, kept), salt = way, instance.new_salt()
    opened = int(instance.now().timestamp())
    return Vote(
        id=instance.new_ulid(),
        item=item.id,
        act=item.act,
        act_digest=item.act_digest,
        rule=rule_document(rule),
        charter=charter.head.ref.id,
        charter_digest=charter.head.ref.digest,
        meeting=meeting.id if meeting is not None else None,
        cards=roll.cards,
        mode=kept.value,
        both_rounds=both_rounds,
        salt=salt,
        commitment=commitment(salt, list(roll.people)),
        closed=False,
        result=None,
        opened_at=opened,
        closes_at=opened + int(lasts.total_seconds()),
    )


def _way(
    connection: Connection,
    instance: Instance,
    item: Item,
    charter: Charter,
    rule: Rule,
    by: Account | None,
    mode: Mode | None,
    *,
    in_meeting: bool,
) -> Way | Refusal:
    """In which meeting, if in one, by whom and how a matter is voted on."""
    meeting = facilitating.meeting_for(connection, instance, item, by) if in_meeting else None
    if isinstance(meeting, Refusal):
        return meeting
    roll = rolls.roll_of(connection, instance, item, charter, meeting)
    if isinstance(roll, Refusal):
        return roll
    asked = protecting.asked_for(connection, instance, item, meeting)
    kept = opening_mode(item.category, charter.ballots, mode, asked, in_meeting=in_meeting)
    if isinstance(kept, Refusal):
        return kept
    if not in_meeting and face_to_face(item, rule):
        return Refusal("vote.face_to_face", f"{item.id} is decided by those who meet")
    return meeting, roll, kept


def cast(
    connection: Connection,
    instance: Instance,
    account: Account,
    vote_id: str,
    choice: str,
    reason: str,
    version: str,
    options: object = None,
    *,
    spoken: tuple[int, int] | None = None,
) -> Vote | Refusal:
    """Keep a member's online ballot; the last before the close counts (F01).

    `version` is the digest of what the member read (`version_of`); `options` what is said of several options; where
    the vote is about nothing else `choice` follows from it. `spoken` are the helper and the teller if the member
    said it aloud: it waits for the teller. Under a sign-in that is not confirmed it waits, and an earlier one counts.
    Refuses by `vote.unknown`, `vote.stranger` (F03), `vote.late` (F02), `vote.closed`, `vote.version` (F06),
    `vote.choice`, `vote.ballot`, `vote.reason`, `vote.secret` and `vote.room_counted`.
    """
    vote = votes.get(connection, vote_id)
    if vote is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    now = int(instance.now().timestamp())
    if account.id not in votes.electors_of(connection, vote.id):
        return Refusal("vote.stranger", f"{account.name} is not on the list that was frozen for {vote.id}")
    if now > vote.closes_at:
        return Refusal("vote.late", f"closed at {vote.closes_at}")
    if vote.over:
        return Refusal("vote.closed", f"{vote.id} is closed")
    if version != (known := version_of(connection, vote)):
        return Refusal("vote.version", f"the vote is on {known}")
    if vote.mode == Mode.SECRET:
        return Refusal("vote.secret", "this vote is on paper")
    online = account.id in votes.took_part(connection, vote.id)
    if not online and _was_in_the_room(connection, vote, account):
        return Refusal("vote.room_counted", f"{account.name} is in the room, and its hands are counted")
    chosen = _chosen(connection, instance, vote, choice, options)
    if isinstance(chosen, Refusal):
        return chosen
    choice, options = chosen
    if len(reason) > LONGEST_REASON or reasons.is_missing(connection, instance, vote, (choice,), reason):
        return Refusal("vote.reason", f"{choice} has a reason here")
    ballot = Ballot(choice, reason or None, "", options, *(spoken or (None, None)))
    casting.keep(connection, instance, vote, account, ballot)
    return vote


def version_of(connection: Connection, vote: Vote) -> str:
    """What a ballot in this vote names as what it is about (F06)."""
    return reserving.version(agenda.get(connection, vote.item), vote.act_digest)


def _openable(
    connection: Connection, instance: Instance, item_id: str, lasts: timedelta
) -> tuple[Item, Charter, Rule] | Refusal:
    """The item, the charter that it keeps, and the rule by which it is decided now."""
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if not timedelta(0) < lasts <= LONGEST:
        return Refusal("vote.closes", f"a vote lasts more than nothing and at most {LONGEST}, got {lasts}")
    if any(not vote.closed for vote in votes.of_item(connection, item.id)):
        return Refusal("vote.open", f"a vote on {item.id} is open")
    since = datetime.fromtimestamp(item.created_at, UTC)  # it keeps the charter under which it was opened
    charter = charter_of(connection, instance, instance.assembly, since)
    if charter is None:
        return Refusal("charter.missing", "there is no charter of ours")
    if isinstance(_deciding(State(item.state)), Refusal):
        return Refusal("proposal.state", item.state)
    rule = rule_now(connection, instance, item, charter)
    return rule if isinstance(rule, Refusal) else (item, charter, rule)


def _chosen(
    connection: Connection, instance: Instance, vote: Vote, choice: str, options: object
) -> tuple[str, object] | Refusal:
    """The choice and what is said of options, as far as this vote asks for either."""
    asked = choosing(connection, instance, vote)
    said = asked.read(options) if asked is not None and options is not None else None
    if isinstance(said, Refusal):
        return said
    if asked is not None and asked.alone:
        nothing = said is None or said.says_nothing
        return (Choice.ABSTAIN if nothing else Choice.AGREE), options
    if choice not in choices(vote.rule):
        return Refusal("vote.choice", f"no such choice: {choice[:40]!r}")
    return choice, options if asked is not None else None


def _was_in_the_room(connection: Connection, vote: Vote, account: Account) -> bool:
    """True if hands were counted and this member's may be among them: nobody votes in both (governance.md §3)."""
    counted = room_counts.counts(connection, vote.id)
    if not counted or vote.meeting is None:
        return False
    heads, since = hands.heads(connection, vote), counted[0].entered_at
    return attending.could_be_counted(connection, vote.meeting, account.id, heads, since)


def _deciding(state: State) -> State | Refusal:
    """Voting fixes a text that was open; a second round, and a text on which too few voted, are fixed already."""
    frozen = advance(state, Event.FROZEN) if state is State.OPEN else state
    return frozen if isinstance(frozen, Refusal) else advance(frozen, Event.VOTING_OPENED)


def _ready(
    connection: Connection,
    instance: Instance,
    item: Item,
    charter: Charter,
    rule: Rule,
    meeting: Meeting | None,
    *,
    both_rounds: bool,
) -> Item | Refusal:
    """The item, if its time for deliberation is over, or if the assembly voted to go on to this second round."""
    if first_round(connection, item) is not None:
        return procedure.settle_asked(connection, instance, item, Question.GO_ON)
    if both_rounds and procedure.granted(item, Question.BOTH_ROUNDS) is None:
        return Refusal("vote.rounds", "two thirds of those present have not decided to hold both rounds at once")
    in_meeting = meeting is not None
    return (
        charters.may_vote(connection, instance, item)
        or excluding.may_open(instance, item, in_meeting=in_meeting)
        or deliberating.is_another_meeting(connection, item, rule, meeting)
        or deliberating.may_open(connection, instance, item, charter, in_meeting=in_meeting)
        or item
    )


def _second_text(connection: Connection, instance: Instance, item: Item, rule: Rule) -> Item:
    """The item, with a new Proposal act if this is the second round of a text of our own (fine-print 9)."""
    first = first_round(connection, item)
    left = first.result.get("unresolved") if first is not None and first.result is not None else None
    going_on = procedure.granted(item, Question.GO_ON)
    if item.kind is not Kind.PROPOSAL or left is None or going_on is None:
        return item
    return begin_second_round(connection, instance, item, rule, Ref(Id(left["id"]), left["gov:digest"]), going_on)
