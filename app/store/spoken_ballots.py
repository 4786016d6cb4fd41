"""Ballots that were said aloud: entered by a helper, counted once the teller who was there says so."""

from sqlalchemy import Connection, func, select

from app.store.tables_assembly import ballots


def counted(connection: Connection, vote_id: str) -> int:
    """How many ballots that were said aloud count."""
    where = (ballots.c.vote == vote_id, ballots.c.helper.is_not(None), ballots.c.waits.is_(False))
    return int(connection.scalar(select(func.count()).select_from(ballots).where(*where)) or 0)


def waiting_for(connection: Connection, vote_id: str, teller: int) -> tuple[tuple[int, int, str], ...]:
    """What waits for the word of this teller: who said it, who entered it, and what was said."""
    mine = (ballots.c.vote == vote_id, ballots.c.teller == teller, ballots.c.waits.is_(True))
    rows = connection.execute(select(ballots).where(*mine).order_by(ballots.c.account))
    return tuple((row.account, row.helper, row.choice) for row in rows)


def waits(connection: Connection, vote_id: str, account: int, teller: int) -> bool:
    """True if something that a member said aloud waits for the word of this teller."""
    return any(row[0] == account for row in waiting_for(connection, vote_id, teller))
