"""The members of this assembly, and who is signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from app.store.tables_assembly import accounts, instance, sessions
from app.store.tables_people import reset_witnesses

_ON_THE_LIST = (accounts.c.left_at.is_(None), accounts.c.standing == "vote")


class Standing(StrEnum):
    """What somebody may do here: voice and vote are separate (governance.md §1)."""

    VOTE = "vote"
    VOICE = "voice"  # speaks, below the age at which one votes or by choice; counted apart
    OBSERVER = "observer"  # looks on
    OUT = "out"  # excluded by the assembly for a time


SPEAKERS: Final = frozenset({Standing.VOTE, Standing.VOICE})
"""Who belongs: who only looks on, or is excluded, is shown no names of members."""


@dataclass(frozen=True, slots=True)
class Account:
    """A member: `name` is in the address and signs in, `shown` is the name on pages.

    Also who has a voice alone or looks on, by `standing`. `card` is the number of who has no device;
    `reset_at` when a caretaker gave them a new sign-in that they have not confirmed, `recovery` the hash of
    the words by which they do; `seen_at` when they last voted, signed in or came, `warned_at` when all
    were told that it is long ago.
    """

    id: int
    name: str
    shown: str
    password: str | None
    caretaker: bool
    joined_at: int
    left_at: int | None
    standing: Standing = Standing.VOTE
    card: str | None = None
    seen_at: int = 0
    warned_at: int | None = None
    reset_at: int | None = None
    recovery: str | None = None
    out_until: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A member's sign-in: the token that every form of theirs carries, and whose it is."""

    account: Account
    csrf: str


@dataclass(frozen=True, slots=True)
class Body:
    """Who this instance is; `founded_at` is None in a gathering."""

    kind: str
    name: str
    url: str
    founded_at: int | None


def create_body(connection: Connection, kind: str, name: str, url: str, now: int) -> None:
    """Make this database the one of a new body, a gathering as yet."""
    connection.execute(insert(instance).values(one=1, kind=kind, name=name, url=url, created_at=now, founded_at=None))


def body(connection: Connection) -> Body | None:
    """The body that this database belongs to; None before `roundabout init`."""
    row = connection.execute(select(instance)).first()
    return None if row is None else Body(row.kind, row.name, row.url, row.founded_at)


def set_founded(connection: Connection, now: int) -> None:
    """The founding decision was taken."""
    connection.execute(update(instance).values(founded_at=now))


def rename_body(connection: Connection, name: str) -> None:
    """Give the body the name that its people chose."""
    connection.execute(update(instance).values(name=name))


def set_caretakers(connection: Connection, chosen: Iterable[int]) -> None:
    """Make these members, and nobody else, the caretakers of the server."""
    connection.execute(update(accounts).values(caretaker=accounts.c.id.in_(list(chosen))))


def add(
    connection: Connection,
    name: str,
    shown: str,
    password: str | None,
    *,
    caretaker: bool,
    now: int,
    standing: Standing = Standing.VOTE,
    card: str | None = None,
) -> int:
    """Add a member and return the number; IntegrityError if the name is taken."""
    statement = insert(accounts).values(
        name=name,
        shown=shown,
        password=password,
        caretaker=caretaker,
        standing=standing.value,
        card=card,
        joined_at=now,
        left_at=None,
        seen_at=now,
    )
    return int(connection.execute(statement.returning(accounts.c.id)).scalar_one())


def remove(connection: Connection, name: str, now: int) -> bool:
    """End a membership; False if there is no such member."""
    left = connection.execute(
        update(accounts).where(accounts.c.name == name, accounts.c.left_at.is_(None)).values(left_at=now)
    )
    return left.rowcount > 0


def seen(connection: Connection, account: int, now: int) -> None:
    """Note that somebody is here: whatever was said of their absence is over."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(seen_at=now, warned_at=None))


def warn(connection: Connection, unseen_since: int, now: int) -> int:
    """Note that all are told of the members who were not seen since then; how many are new among them."""
    where = (*_ON_THE_LIST, accounts.c.seen_at <= unseen_since, accounts.c.warned_at.is_(None))
    return connection.execute(update(accounts).where(*where).values(warned_at=now)).rowcount


def set_standing(connection: Connection, account: int, standing: Standing) -> None:
    """Let somebody who is here vote, speak or look on; nothing for who is excluded."""
    mine = (accounts.c.id == account, accounts.c.standing != Standing.OUT.value)
    connection.execute(update(accounts).where(*mine).values(standing=standing.value))


def exclude(connection: Connection, account: int, until: int) -> None:
    """Take a member off the list until then."""
    values = {"standing": Standing.OUT.value, "out_until": until, "caretaker": False}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**values))


def readmit(connection: Connection, account: int) -> None:
    """Put somebody on the list again who was excluded."""
    mine = (accounts.c.id == account, accounts.c.standing == Standing.OUT.value)
    connection.execute(update(accounts).where(*mine).values(standing=Standing.VOTE.value, out_until=None))


def readmit_due(connection: Connection, now: int) -> int:
    """Put everybody on the list again whose term is over; how many."""
    due = (accounts.c.standing == Standing.OUT.value, accounts.c.out_until <= now)
    return connection.execute(
        update(accounts).where(*due).values(standing=Standing.VOTE.value, out_until=None)
    ).rowcount


def reset(connection: Connection, account: int, password: str, now: int) -> None:
    """Put a new password in place, and end what they are signed in with."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(password=password, reset_at=now))
    connection.execute(delete(sessions).where(sessions.c.account == account))
    connection.execute(delete(reset_witnesses).where(reset_witnesses.c.account == account))


def confirm(connection: Connection, account: int) -> None:
    """It is they who have the new sign-in."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(reset_at=None))
    connection.execute(delete(reset_witnesses).where(reset_witnesses.c.account == account))


def witness(connection: Connection, account: int, by: int, now: int) -> int:
    """Note that a member saw them in person; how many have."""
    mine = (reset_witnesses.c.account == account, reset_witnesses.c.witness == by)
    if connection.execute(update(reset_witnesses).where(*mine).values(said_at=now)).rowcount == 0:
        connection.execute(insert(reset_witnesses).values(account=account, witness=by, said_at=now))
    where = reset_witnesses.c.account == account
    return int(connection.scalar(select(func.count()).select_from(reset_witnesses).where(where)) or 0)


def set_password(connection: Connection, account: int, password: str, known: str | None, csrf: str) -> bool:
    """Replace the hash of a password, and end every sign-in but the one with this token.

    False, and nothing is written, if it is no longer `known`: a reset came between.
    """
    where = (accounts.c.id == account, accounts.c.password == known, accounts.c.left_at.is_(None))
    if connection.execute(update(accounts).where(*where).values(password=password)).rowcount == 0:
        return False
    connection.execute(delete(sessions).where(sessions.c.account == account, sessions.c.csrf != csrf))
    return True


def set_recovery(connection: Connection, account: int, recovery: str, known: str | None) -> bool:
    """Replace the hash of the recovery words; False, and nothing is written, if the password is no longer `known`."""
    where = (accounts.c.id == account, accounts.c.password == known, accounts.c.left_at.is_(None))
    return connection.execute(update(accounts).where(*where).values(recovery=recovery)).rowcount > 0


def forget(connection: Connection, account: int, now: int) -> None:
    """Take away the name of somebody who wants to be forgotten; what they said stays, with no name."""
    gone: dict[str, Any] = {"name": f"gone-{account}", "shown": "", "password": None, "card": None, "left_at": now}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**gone))
    connection.execute(delete(sessions).where(sessions.c.account == account))


def named(connection: Connection, name: str) -> Account | None:
    """The member who signs in with `name`."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
    return None if row is None else _account(row)


def numbered(connection: Connection, account: int) -> Account | None:
    """The member with this number."""
    row = connection.execute(select(accounts).where(accounts.c.id == account)).first()
    return None if row is None else _account(row)


def members(connection: Connection) -> tuple[Account, ...]:
    """Everyone who is a member now and may vote, by name."""
    rows = connection.execute(select(accounts).where(*_ON_THE_LIST).order_by(accounts.c.name))
    return tuple(_account(row) for row in rows)


def people(connection: Connection) -> tuple[Account, ...]:
    """Everyone who is here, with a vote, with a voice, or to look on, by name."""
    rows = connection.execute(select(accounts).where(accounts.c.left_at.is_(None)).order_by(accounts.c.name))
    return tuple(_account(row) for row in rows)


def can_sign_in(connection: Connection, now: int) -> frozenset[int]:
    """The members who have a password, or a browser that is signed in: those with a device of their own."""
    here = select(sessions.c.account).where(sessions.c.expires_at > now)
    has = or_(accounts.c.password.is_not(None), accounts.c.id.in_(here))
    return frozenset(connection.scalars(select(accounts.c.id).where(*_ON_THE_LIST, has)))


def count(connection: Connection) -> int:
    """How many members there are now."""
    return int(connection.scalar(select(func.count()).select_from(accounts).where(*_ON_THE_LIST)) or 0)


def open_session(connection: Connection, token: bytes, account: int, csrf: str, now: int, expires_at: int) -> None:
    """Keep a new sign-in and forget those that have expired."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(insert(sessions).values(token=token, account=account, csrf=csrf, expires_at=expires_at))


def session(connection: Connection, token: bytes, now: int) -> Session | None:
    """Whose sign-in this is; None when it has ended or the member has left."""
    row = connection.execute(
        select(sessions.c.account, sessions.c.csrf).where(sessions.c.token == token, sessions.c.expires_at > now)
    ).first()
    account = numbered(connection, row.account) if row is not None else None
    if row is None or account is None or account.left_at is not None:
        return None
    return Session(account, row.csrf)


def close_session(connection: Connection, token: bytes) -> None:
    """End a sign-in on this side, whatever the browser keeps (hostile G08)."""
    connection.execute(delete(sessions).where(sessions.c.token == token))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(
        row.id,
        row.name,
        row.shown,
        row.password,
        bool(row.caretaker),
        row.joined_at,
        row.left_at,
        Standing(row.standing),
        row.card,
        row.seen_at,
        row.warned_at,
        row.reset_at,
        row.recovery,
        row.out_until,
    )
