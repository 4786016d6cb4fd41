"""Votes of the assembly: the frozen roll and online ballots."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from app.store.tables_assembly import ballots, electors, replaced_ballots, room_counts, votes


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote on one text under one rule; `result` is there once it is signed.

    `ended_at` is when somebody closed it by hand: nothing is cast or counted after.
    `meeting` was open then; `cards` of the roll are people on no list, counted at the door; `mode`
    is how ballots are kept (`Mode` in app.governance.modes).
    """

    id: str
    item: str
    act: str
    act_digest: str
    rule: Mapping[str, Any]
    charter: str
    charter_digest: str
    meeting: str | None
    cards: int
    mode: str
    both_rounds: bool
    salt: bytes
    commitment: str
    closed: bool
    result: Mapping[str, Any] | None
    opened_at: int
    closes_at: int
    ended_at: int | None = None

    @property
    def over(self) -> bool:
        """True once nothing is cast or counted any more, whether it is signed yet or not."""
        return self.closed or self.ended_at is not None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one member chose and why, None once that is forgotten, and the receipt that proves that it is in.

    `options` is what was said of several options, as `gov:ballot` has it. A ballot that was said aloud
    has a `helper` who entered it, in the presence of a `teller`.
    """

    choice: str | None
    reason: str | None
    receipt: str
    options: Any = None
    helper: int | None = None
    teller: int | None = None


def open_vote(connection: Connection, vote: Vote, roll: Iterable[int], dormant: Iterable[int] = ()) -> None:
    """Open a vote and freeze who may take part in it; the `dormant` are entitled once they do (governance.md §1)."""
    connection.execute(
        insert(votes).values(
            id=vote.id,
            item=vote.item,
            act=vote.act,
            act_digest=vote.act_digest,
            rule=json.dumps(vote.rule),
            charter=vote.charter,
            charter_digest=vote.charter_digest,
            meeting=vote.meeting,
            cards=vote.cards,
            mode=vote.mode,
            both_rounds=vote.both_rounds,
            salt=vote.salt,
            commitment=vote.commitment,
            state="open",
            result=None,
            opened_at=vote.opened_at,
            closes_at=vote.closes_at,
        )
    )
    frozen = [*((account, False) for account in roll), *((account, True) for account in dormant)]
    if frozen:
        connection.execute(
            insert(electors), [{"vote": vote.id, "account": who, "dormant": away} for who, away in frozen]
        )


def get(connection: Connection, vote_id: str) -> Vote | None:
    """The vote with this id."""
    row = connection.execute(select(votes).where(votes.c.id == vote_id)).first()
    return None if row is None else _vote(row)


def of_item(connection: Connection, item: str) -> tuple[Vote, ...]:
    """An item's votes, first opened first."""
    mine = select(votes).where(votes.c.item == item).order_by(votes.c.opened_at, votes.c.id)
    return tuple(_vote(row) for row in connection.execute(mine))


def open_in(connection: Connection, meeting: str) -> bool:
    """True if a vote that began in this meeting is open."""
    where = (votes.c.meeting == meeting, votes.c.state == "open")
    return connection.execute(select(votes.c.id).where(*where).limit(1)).first() is not None


def open_for(connection: Connection, account: int) -> tuple[str, ...]:
    """The items on which this member may vote now, first opened first."""
    mine = select(electors.c.vote).where(electors.c.account == account)
    where = (votes.c.state == "open", votes.c.ended_at.is_(None), votes.c.id.in_(mine))
    return tuple(connection.scalars(select(votes.c.item).where(*where).order_by(votes.c.opened_at, votes.c.id)))


def due(connection: Connection, now: int, ended: int) -> tuple[str, ...]:
    """The votes to sign for: those whose time is over at `now`, and those that somebody closed by `ended`."""
    over = or_(votes.c.closes_at <= now, votes.c.ended_at <= ended)
    return tuple(connection.scalars(select(votes.c.id).where(votes.c.state == "open", over)))


def end(connection: Connection, vote_id: str, now: int) -> None:
    """Note that somebody closed a vote, which waits to be signed."""
    connection.execute(update(votes).where(votes.c.id == vote_id).values(ended_at=now))


def close(connection: Connection, vote_id: str, result: Mapping[str, Any] | None, forgets_at: int) -> None:
    """Keep the result of a vote, None if nobody could add it up; at `forgets_at` who chose what is forgotten."""
    values = {"state": "closed", "result": _json(result), "forgets_at": forgets_at}
    connection.execute(update(votes).where(votes.c.id == vote_id).values(**values))


def forget_choices(connection: Connection, now: int) -> int:
    """Destroy the link from person to choice in every vote whose time for it has come; in how many votes.

    What stays is the result, who took part online, and each receipt; of the room only numbers.
    """
    due = votes.c.forgets_at <= now
    known = connection.scalars(select(votes.c.id).where(due)).all()
    if known:
        cast = ballots.c.vote.in_(known)
        connection.execute(update(ballots).where(cast).values(choice=None, options=None, reason=None))
        connection.execute(update(room_counts).where(room_counts.c.vote.in_(known)).values(both="[]", reason=None))
        connection.execute(update(votes).where(votes.c.id.in_(known)).values(forgets_at=None))
    return len(known)


def roll(connection: Connection, vote_id: str) -> frozenset[int]:
    """Who is entitled: frozen when the vote opened (hostile F04, F05)."""
    where = (electors.c.vote == vote_id, electors.c.dormant.is_(False))
    return frozenset(connection.scalars(select(electors.c.account).where(*where)))


def electors_of(connection: Connection, vote_id: str) -> frozenset[int]:
    """Who may take part: those entitled, and the dormant."""
    return frozenset(connection.scalars(select(electors.c.account).where(electors.c.vote == vote_id)))


def wake(connection: Connection, vote_id: str, account: int) -> bool:
    """Count a dormant elector among those entitled; False if there is no such one."""
    mine = (electors.c.vote == vote_id, electors.c.account == account, electors.c.dormant.is_(True))
    return connection.execute(update(electors).where(*mine).values(dormant=False)).rowcount > 0


def commit(connection: Connection, vote_id: str, commitment: str) -> None:
    """Replace the commitment to who is entitled."""
    connection.execute(update(votes).where(votes.c.id == vote_id).values(commitment=commitment))


def cast(
    connection: Connection,
    vote_id: str,
    account: int,
    ballot: Ballot,
    now: int,
    replaced: str | None,
    *,
    waits: bool = False,
) -> None:
    """Keep a ballot in place of an earlier one, whose salted commitment `replaced` is kept (hostile F01).

    One that `waits` stands beside the one that counts, until it is confirmed or the member casts another.
    """
    mine = (ballots.c.vote == vote_id, ballots.c.account == account, ballots.c.waits.is_(waits))
    values = {
        "choice": ballot.choice,
        "options": _json(ballot.options),
        "reason": ballot.reason,
        "receipt": ballot.receipt,
        "helper": ballot.helper,
        "teller": ballot.teller,
        "cast_at": now,
    }
    if connection.execute(update(ballots).where(*mine).values(**values)).rowcount == 0:
        connection.execute(insert(ballots).values(vote=vote_id, account=account, waits=waits, **values))
    elif replaced is not None:
        connection.execute(insert(replaced_ballots).values(vote=vote_id, commitment=replaced))
    if not waits:
        connection.execute(delete(ballots).where(*mine[:2], ballots.c.waits.is_(True)))


def ballot(connection: Connection, vote_id: str, account: int, *, waits: bool = False, since: int = 0) -> Ballot | None:
    """One member's own ballot that counts, or that `waits`, cast after `since`, to show to that member."""
    mine = (ballots.c.vote == vote_id, ballots.c.account == account, ballots.c.waits.is_(waits))
    row = connection.execute(select(ballots).where(*mine, ballots.c.cast_at > since)).first()
    return None if row is None else _ballot(row)


def receipts(connection: Connection, vote_id: str) -> tuple[str, ...]:
    """The receipt of every ballot that counts, in an order that says nothing about whose it is."""
    mine = (ballots.c.vote == vote_id, ballots.c.waits.is_(False))
    return tuple(connection.scalars(select(ballots.c.receipt).where(*mine).order_by(ballots.c.receipt)))


def named_ballots(connection: Connection, vote_id: str) -> tuple[tuple[int, Ballot], ...]:
    """Every ballot that counts with whose it is: for a roll call, where members see who voted what."""
    where = (ballots.c.vote == vote_id, ballots.c.waits.is_(False))
    rows = connection.execute(select(ballots).where(*where).order_by(ballots.c.account))
    return tuple((row.account, _ballot(row)) for row in rows)


def cast_ballots(connection: Connection, vote_id: str) -> dict[int, str]:
    """Every ballot, by member: for counting, never for a page."""
    where = (ballots.c.vote == vote_id, ballots.c.waits.is_(False))
    rows = connection.execute(select(ballots.c.account, ballots.c.choice).where(*where))
    return {row.account: row.choice for row in rows}


def set_mode(connection: Connection, vote_id: str, mode: str) -> None:
    """Protect an open vote more; whether it may be is governance's to say."""
    connection.execute(update(votes).where(votes.c.id == vote_id).values(mode=mode))


def set_ballots_aside(connection: Connection, vote_id: str, commitments: Iterable[str]) -> None:
    """Take every online ballot out of a vote that goes on on paper; salted commitments of them are kept."""
    connection.execute(delete(ballots).where(ballots.c.vote == vote_id))
    for commitment in commitments:
        connection.execute(insert(replaced_ballots).values(vote=vote_id, commitment=commitment))


def options_cast(connection: Connection, vote_id: str) -> dict[int, Any]:
    """What was said online of several options, by member: for counting, never for a page."""
    mine = (ballots.c.vote == vote_id, ballots.c.waits.is_(False), ballots.c.options.is_not(None))
    rows = connection.execute(select(ballots.c.account, ballots.c.options).where(*mine))
    return {row.account: json.loads(row.options) for row in rows}


def took_part(connection: Connection, vote_id: str) -> frozenset[int]:
    """Who voted online with a ballot that counts; never what."""
    where = (ballots.c.vote == vote_id, ballots.c.waits.is_(False))
    return frozenset(connection.scalars(select(ballots.c.account).where(*where)))


def replaced_count(connection: Connection, vote_id: str) -> int:
    """How many ballots were replaced by a later one."""
    where = replaced_ballots.c.vote == vote_id
    return int(connection.scalar(select(func.count()).select_from(replaced_ballots).where(where)) or 0)


def _ballot(row: Row[tuple[object, ...]]) -> Ballot:
    options = None if row.options is None else json.loads(row.options)
    return Ballot(row.choice, row.reason, row.receipt, options, row.helper, row.teller)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _vote(row: Row[tuple[object, ...]]) -> Vote:
    return Vote(
        row.id,
        row.item,
        row.act,
        row.act_digest,
        json.loads(row.rule),
        row.charter,
        row.charter_digest,
        row.meeting,
        row.cards,
        row.mode,
        bool(row.both_rounds),
        bytes(row.salt),
        row.commitment,
        row.state == "closed",
        None if row.result is None else json.loads(row.result),
        row.opened_at,
        row.closes_at,
        row.ended_at,
    )
