"""Who has asked to come in: their names, who vouched, who said no, what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.store.accounts import Standing
from app.store.tables_people import entrants, vouchers


class State(StrEnum):
    """Where somebody stands who asked to come in."""

    WAITING = "waiting"
    IN = "in"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who asked; `shown` may be empty for who only wants to speak, `account` is who they are once in.

    `standing` is what those who said yes agreed on; `item` the one by which the assembly decides.
    """

    id: str
    shown: str
    state: State
    standing: Standing
    card: str | None
    reason: str | None
    refused_by: int | None
    account: int | None
    item: str | None
    came_at: int


def add(connection: Connection, entrant: Entrant, token: bytes | None) -> None:
    """Keep somebody who asks; `token` is the digest of what their browser holds."""
    connection.execute(
        insert(entrants).values(
            id=entrant.id,
            shown=entrant.shown,
            state=entrant.state.value,
            token=token,
            standing=entrant.standing.value,
            card=entrant.card,
            account=entrant.account,
            came_at=entrant.came_at,
        )
    )


def get(connection: Connection, entrant_id: str) -> Entrant | None:
    """Who asked under this id."""
    row = connection.execute(select(entrants).where(entrants.c.id == entrant_id)).first()
    return None if row is None else _entrant(row)


def by_token(connection: Connection, token: bytes) -> Entrant | None:
    """Whose browser this is."""
    row = connection.execute(select(entrants).where(entrants.c.token == token)).first()
    return None if row is None else _entrant(row)


def spend_token(connection: Connection, entrant_id: str) -> bool:
    """Take the browser's token away, since it has its sign-in; False if it was taken before."""
    mine = (entrants.c.id == entrant_id, entrants.c.token.is_not(None))
    return connection.execute(update(entrants).where(*mine).values(token=None)).rowcount > 0


def by_item(connection: Connection, item: str) -> Entrant | None:
    """About whom an item of the agenda decides."""
    row = connection.execute(select(entrants).where(entrants.c.item == item)).first()
    return None if row is None else _entrant(row)


def ask_again(connection: Connection, item: str, again: str) -> None:
    """Let the matter `again` decide about whom `item` did, if it was about somebody."""
    connection.execute(update(entrants).where(entrants.c.item == item).values(item=again))


def outside(connection: Connection, limit: int) -> tuple[Entrant, ...]:
    """Those who are not in, who came first first: they wait, or somebody said no."""
    where = entrants.c.state != State.IN.value
    rows = connection.execute(select(entrants).where(where).order_by(entrants.c.came_at, entrants.c.id).limit(limit))
    return tuple(_entrant(row) for row in rows)


def count(connection: Connection, state: State) -> int:
    """How many stand so."""
    where = entrants.c.state == state.value
    return int(connection.scalar(select(func.count()).select_from(entrants).where(where)) or 0)


def vouch(connection: Connection, entrant_id: str, account: int, now: int) -> None:
    """Note that a member says yes; once is enough."""
    mine = (vouchers.c.entrant == entrant_id, vouchers.c.account == account)
    if connection.execute(update(vouchers).where(*mine).values(said_at=now)).rowcount == 0:
        connection.execute(insert(vouchers).values(entrant=entrant_id, account=account, said_at=now))


def vouched(connection: Connection, entrant_id: str, since: int) -> tuple[int, ...]:
    """The members who said yes since then."""
    where = (vouchers.c.entrant == entrant_id, vouchers.c.said_at >= since)
    return tuple(connection.scalars(select(vouchers.c.account).where(*where).order_by(vouchers.c.said_at)))


def refuse(connection: Connection, entrant_id: str, reason: str, account: int) -> None:
    """Put down that a member says no, and why; who said yes said so all the same."""
    values = {"state": State.REFUSED.value, "reason": reason, "refused_by": account}
    connection.execute(update(entrants).where(entrants.c.id == entrant_id).values(**values))


def settle(
    connection: Connection,
    entrant_id: str,
    state: State,
    standing: Standing,
    *,
    reason: str | None = None,
    account: int | None = None,
    item: str | None = None,
) -> None:
    """Put down where somebody stands now."""
    values = {"state": state.value, "standing": standing.value, "reason": reason, "account": account, "item": item}
    connection.execute(update(entrants).where(entrants.c.id == entrant_id).values(**values))


def forget(connection: Connection, account: int) -> None:
    """Take away how somebody came in who wants to be forgotten."""
    known = connection.scalars(select(entrants.c.id).where(entrants.c.account == account)).all()
    connection.execute(delete(vouchers).where(vouchers.c.entrant.in_(known)))
    connection.execute(delete(entrants).where(entrants.c.id.in_(known)))


def forget_before(connection: Connection, moment: int) -> None:
    """Take away who asked before then and has been let in or was refused: their browser has long known."""
    old = (entrants.c.came_at < moment, entrants.c.item.is_(None))
    known = connection.scalars(select(entrants.c.id).where(*old)).all()
    connection.execute(delete(vouchers).where(vouchers.c.entrant.in_(known)))
    connection.execute(delete(entrants).where(entrants.c.id.in_(known)))


def _entrant(row: Row[tuple[object, ...]]) -> Entrant:
    return Entrant(
        row.id,
        row.shown,
        State(row.state),
        Standing(row.standing),
        row.card,
        row.reason,
        row.refused_by,
        row.account,
        row.item,
        row.came_at,
    )
