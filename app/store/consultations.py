"""Consultations: what everybody outside was asked about a matter, and what they said; never a ballot."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from app.store.tables_consultation import consultations, opinions


@dataclass(frozen=True, slots=True)
class Consultation:
    """An advisory question: the post that asks it, its options, until when."""

    post: str
    text: str
    options: tuple[str, ...]
    closes_at: int
    open: bool


def add(connection: Connection, asked: Consultation) -> None:
    """Keep a question that was just asked."""
    connection.execute(
        insert(consultations).values(
            post=asked.post,
            text=asked.text,
            options=json.dumps(asked.options),
            closes_at=asked.closes_at,
            open=asked.open,
        )
    )


def get(connection: Connection, post_id: str) -> Consultation | None:
    """The question that a post of ours asks."""
    row = connection.execute(select(consultations).where(consultations.c.post == post_id)).first()
    if row is None:
        return None
    return Consultation(row.post, row.text, tuple(json.loads(row.options)), row.closes_at, bool(row.open))


def due(connection: Connection, now: int) -> tuple[str, ...]:
    """The posts of open questions whose time is over."""
    where = (consultations.c.open, consultations.c.closes_at <= now)
    return tuple(connection.scalars(select(consultations.c.post).where(*where).order_by(consultations.c.closes_at)))


def close(connection: Connection, post_id: str) -> None:
    """Take no more answers to a question."""
    connection.execute(update(consultations).where(consultations.c.post == post_id).values(open=False))


def hear(connection: Connection, post_id: str, actor: str, option: str, now: int) -> bool:
    """Note what an actor from outside said; False if they had answered before: the first answer stays."""
    where = (opinions.c.post == post_id, opinions.c.actor == actor)
    if connection.scalar(select(func.count()).select_from(opinions).where(*where)):
        return False
    connection.execute(insert(opinions).values(post=post_id, actor=actor, option=option, heard_at=now))
    return True


def counted(connection: Connection, asked: Consultation) -> dict[str, int]:
    """How many said what, every option named."""
    rows = connection.execute(
        select(opinions.c.option, func.count()).where(opinions.c.post == asked.post).group_by(opinions.c.option)
    )
    found: dict[str, int] = {option: int(count) for option, count in rows}
    return {option: found.get(option, 0) for option in asked.options}
