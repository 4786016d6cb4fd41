"""Online ballots that wait until their member has confirmed a new sign-in; beside them an earlier one counts."""

from sqlalchemy import Connection, delete, insert, select, update

from app.store.tables_assembly import ballots, replaced_ballots, votes


def votes_of(connection: Connection, account: int) -> tuple[str, ...]:
    """The votes that go on and in which a ballot of this member waits."""
    waiting = select(ballots.c.vote).where(ballots.c.account == account, ballots.c.waits.is_(True))
    own = waiting.where(ballots.c.helper.is_(None))  # what was said aloud waits for a teller: `spoken_ballots`
    going_on = (votes.c.state == "open", votes.c.ended_at.is_(None), votes.c.id.in_(own))
    return tuple(connection.scalars(select(votes.c.id).where(*going_on).order_by(votes.c.id)))


def count(connection: Connection, vote_id: str, account: int, replaced: str | None) -> None:
    """Let the ballot count that waited, in place of the one that counted, whose commitment `replaced` is kept."""
    mine = (ballots.c.vote == vote_id, ballots.c.account == account)
    connection.execute(delete(ballots).where(*mine, ballots.c.waits.is_(False)))
    connection.execute(update(ballots).where(*mine).values(waits=False))
    if replaced is not None:
        connection.execute(insert(replaced_ballots).values(vote=vote_id, commitment=replaced))
