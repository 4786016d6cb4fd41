"""What a page shows of a vote: to one member while it is open, and what it came to, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.governance.ballot import Choice, choices
from app.governance.modes import Mode
from app.http.pages import moments, sentences
from app.http.pages.votes import explanations, options, results
from app.http.pages.votes.results import Result
from app.kernel.instant import Instant
from app.operations.assembly import unconfirmed
from app.operations.matters import authoring
from app.operations.meetings import convening, facilitating, hands
from app.operations.votes import choosing, ending, reasons, rolls, setting_aside, tallying, voting
from app.store import accounts, meetings, room_counts, spoken_ballots, votes
from app.store.accounts import SPEAKERS, Account
from app.store.agenda import Item, Text
from app.store.database import Connection
from app.store.meetings import Duty
from app.store.votes import Vote
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Person:
    """A member by number and name, for tellers."""

    id: int
    name: str
    sign_in: str = ""


@dataclass(frozen=True, slots=True)
class Aloud:
    """What somebody said aloud, that waits for the teller who was there."""

    who: Person
    entered_by: str
    choice: str


@dataclass(frozen=True, slots=True)
class Voting:
    """An open or closed vote as one member sees it; never anybody else's choice, and no names for who looks on."""

    vote: Vote
    version: str
    mode: str
    protection: str
    rooms: tuple[tuple[int, str], ...]
    helpers: tuple[Person, ...]
    spoken: int
    aloud: tuple[Aloud, ...]
    reasoned: tuple[str, ...]
    said_why: tuple[str, ...]
    recounts: tuple[str, ...]
    few: int
    until: str
    named: tuple[tuple[str, str, str], ...]
    is_about_earlier_text: bool
    rule: str
    choices: tuple[tuple[str, str], ...]
    mine: votes.Ballot | None
    receipts: tuple[str, ...]
    may_vote: bool
    may_tell: bool
    may_close: bool
    may_sign: bool
    entitled: int
    online: int
    took_part: tuple[Person, ...]
    tellers: tuple[str, ...]
    differ: str
    both: str
    room: str
    entered: Any
    result: Result | None
    asks: options.Asked | None = None
    papers: str = ""
    set_aside_at: Instant | None = None
    on_paper: bool = False


def voting_of(
    connection: Connection, instance: Instance, item: Item, texts: tuple[Text, ...], vote: Vote, account: Account | None
) -> Voting:
    """An open or closed vote as `account` sees it, or as anybody does if that is None."""
    roll = votes.roll(connection, vote.id)
    room = hands.room_of(connection, vote)
    took_part = votes.took_part(connection, vote.id)
    belongs = account is not None and account.standing in SPEAKERS
    entered = {count.teller: count for count in room_counts.counts(connection, vote.id)}
    on_roll = account is not None and account.id in votes.electors_of(connection, vote.id)
    concerned = account is not None and (
        authoring.is_author(item, account) or rolls.is_party(connection, instance, item, account)
    )
    most = 2 * hands.rooms_of(connection, vote)
    free = account is not None and (account.id in entered or len(entered) < most)
    mine = unconfirmed.own_ballot(connection, account, vote.id) if account is not None else None
    may_end = account is not None and ending.may_end(connection, instance, vote, room, account) is None
    late = instance.now().timestamp() > vote.closes_at
    told = entered.get(account.id) if account is not None else None
    asks = choosing.choosing(connection, instance, vote)
    return Voting(
        vote=vote,
        version=voting.version_of(connection, vote),
        mode=sentences.mode(vote.mode),
        protection=_protection(vote, account),
        rooms=_rooms(connection, vote),
        helpers=_tellers(connection, vote),
        spoken=spoken_ballots.counted(connection, vote.id),
        aloud=_aloud(connection, vote, account),
        reasoned=tuple(sorted(choice.value for choice in reasons.needing(connection, instance, vote))),
        said_why=tuple(dict.fromkeys(count.reason for count in room.entered if count.reason)),
        recounts=tuple(person(connection, one).name for one in setting_aside.asking(item, vote) if belongs),
        few=tallying.FEW,
        until=moments.until(vote.closes_at, int(instance.now().timestamp())),
        named=_named_ballots(connection, vote) if belongs else (),
        is_about_earlier_text=_source(texts, vote.act) != _source(texts, item.act),
        rule=explanations.rule(vote.rule),
        choices=tuple((choice.value, sentences.choice(choice.value)) for choice in choices(vote.rule)),
        mine=mine,
        receipts=votes.receipts(connection, vote.id) if vote.over else (),
        may_vote=on_roll and not vote.over and vote.mode != Mode.SECRET,
        may_tell=on_roll and _tells(connection, vote, account) and not concerned and free and not vote.over,
        may_close=may_end and not late and not vote.over,
        may_sign=may_end and not vote.closed and (late or vote.over),
        entitled=len(roll) + vote.cards,
        online=len(took_part),
        took_part=_people(connection, took_part) if belongs else (),
        tellers=_counted_by(connection, vote),
        differ=_differences(connection, vote) if room.differ is not None else "",
        both=sentences.both(len(room.both)) if room.both else "",
        room=explanations.figures({choice.value: getattr(room.count, choice.value) for choice in Choice})
        if room.count is not None
        else "",
        entered=told,
        result=results.result(connection, instance, vote, options.names_of(asks.named if asks is not None else ())),
        asks=options.asked(asks, mine.options if mine is not None else None) if asks is not None else None,
        set_aside_at=setting_aside.set_aside_at(connection, instance, vote) if late else None,
        on_paper=convening.is_for_paper(item, vote.id),
        papers=options.papers(told.options, asks) if told is not None and asks is not None else "",
    )


def _people(connection: Connection, accounts: Iterable[int]) -> tuple[Person, ...]:
    """Members in the order of their names."""
    return tuple(sorted((person(connection, one) for one in accounts), key=lambda one: one.name))


def _tells(connection: Connection, vote: Vote, account: Account | None) -> bool:
    """True for the tellers of the meeting of a vote; in a roll call there are no hands."""
    if account is None or vote.meeting is None or vote.mode == Mode.ROLL_CALL:
        return False
    return facilitating.may_tell(connection, vote.meeting, account) is None


def _rooms(connection: Connection, vote: Vote) -> tuple[tuple[int, str], ...]:
    """The rooms in which the meeting of a vote sits, if there are several."""
    meeting = meetings.get(connection, vote.meeting) if vote.meeting is not None else None
    return tuple(enumerate(meeting.rooms)) if meeting is not None and len(meeting.rooms) > 1 else ()


def _counted_by(connection: Connection, vote: Vote) -> tuple[str, ...]:
    """Who counted in the room, and who entered it for one without a device."""
    found = {}
    for count in room_counts.counts(connection, vote.id):
        name, by = person(connection, count.teller).name, count.entered_by
        found[count.teller] = name if by is None else sentences.entered(name, person(connection, by).name)
    return tuple(found.values())


def _tellers(connection: Connection, vote: Vote) -> tuple[Person, ...]:
    """The tellers of the meeting of a vote, in whose presence somebody may say aloud what they choose."""
    named = meetings.holders(connection, vote.meeting, Duty.TELLER) if vote.meeting is not None else ()
    return tuple(person(connection, number) for number in named)


def _aloud(connection: Connection, vote: Vote, account: Account | None) -> tuple[Aloud, ...]:
    """What was said aloud in the presence of this teller and waits for their word."""
    if account is None or vote.over:
        return ()
    found = spoken_ballots.waiting_for(connection, vote.id, account.id)
    return tuple(
        Aloud(person(connection, who), person(connection, helper).name, sentences.choice(choice))
        for who, helper, choice in found
    )


def _protection(vote: Vote, account: Account | None) -> str:
    """The way of voting that one may ask for instead; empty if there is none that protects more."""
    open_to_more = account is not None and not vote.over and vote.mode != Mode.SECRET
    return (Mode.SECRET if vote.mode == Mode.CLOSED else Mode.CLOSED).value if open_to_more else ""


def _named_ballots(connection: Connection, vote: Vote) -> tuple[tuple[str, str, str], ...]:
    """Who voted what and why in a roll call, which members see; nothing in any other vote."""
    if vote.mode != Mode.ROLL_CALL:
        return ()
    found = [(person(connection, who).name, ballot) for who, ballot in votes.named_ballots(connection, vote.id)]
    return tuple(
        (name, sentences.choice(ballot.choice), ballot.reason or "")
        for name, ballot in sorted(found, key=lambda one: one[0])
        if ballot.choice is not None
    )


def _differences(connection: Connection, vote: Vote) -> str:
    """Who counted what, where two tellers differ."""
    entered = room_counts.counts(connection, vote.id)
    pairs = [[one for one in entered if one.room == room] for room in range(hands.rooms_of(connection, vote))]
    one, other = next(pair for pair in pairs if len(pair) > 1 and hands.differ(*pair) is not None)
    names = [person(connection, count.teller).name for count in (one, other)]
    found = []
    for key in (*(choice.value for choice in Choice), "present"):
        left, right = one.figures.get(key, 0), other.figures.get(key, 0)
        if left != right:
            found.append(sentences.differ(key, names[0], left, names[1], right))
    return " ".join(found) or sentences.differ_in_both(names[0], names[1])


def person(connection: Connection, number: int) -> Person:
    """The member with this number, by name."""
    account = accounts.numbered(connection, number)
    return Person(number, account.shown, account.name) if account is not None else Person(number, "")


def _source(texts: tuple[Text, ...], act: str) -> str | None:
    return next((text.source for text in texts if text.act == act), None)
