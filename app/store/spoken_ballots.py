"""Ballots that were said aloud: entered by a helper, counted once the teller who was there says so."""

from sqlalchemy import Connection, func, select, update

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


def confirm(connection: Connection, vote_id: str, account: int, teller: int) -> bool:
    """Let what a member said aloud count; False if nothing of theirs waits for this teller."""
    mine = (ballots.c.vote == vote_id, ballots.c.account == account, ballots.c.teller == teller)
    waiting = update(ballots).where(*mine, ballots.c.waits.is_(True))
    return connection.execute(waiting.values(waits=False)).rowcount > 0
