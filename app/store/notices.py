"""Posts that everybody can read, and what voices from outside answered to them."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from app.store.tables_federation import notices, voices


@dataclass(frozen=True, slots=True)
class Voice:
    """An answer from another server to one of our posts: no vote, sanitised HTML."""

    id: str
    author: str
    content: str
    published_at: int


def add(connection: Connection, notice_id: str, act: int, dossier: str, raw: bytes, now: int) -> None:
    """Keep a post of ours about an act."""
    connection.execute(insert(notices).values(id=notice_id, act=act, dossier=dossier, raw=raw, published_at=now))


def get(connection: Connection, notice_id: str) -> bytes | None:
    """The post with this id, as rendered."""
    raw = connection.scalar(select(notices.c.raw).where(notices.c.id == notice_id))
    return None if raw is None else bytes(raw)


def in_dossier(connection: Connection, dossier: str) -> tuple[bytes, ...]:
    """The posts of one conversation, oldest first."""
    rows = connection.scalars(
        select(notices.c.raw).where(notices.c.dossier == dossier).order_by(notices.c.published_at, notices.c.id)
    )
    return tuple(bytes(raw) for raw in rows)


def hear(connection: Connection, voice: Voice, notice_id: str) -> bool:
    """Keep an answer from outside; False if it was kept before."""
    if connection.scalar(select(func.count()).select_from(voices).where(voices.c.id == voice.id)):
        return False
    connection.execute(
        insert(voices).values(
            id=voice.id,
            author=voice.author,
            notice=notice_id,
            content=voice.content,
            published_at=voice.published_at,
        )
    )
    return True


def heard_about(connection: Connection, dossier: str) -> tuple[Voice, ...]:
    """What was answered from outside in one conversation, oldest first."""
    rows = connection.execute(
        select(voices)
        .join(notices, notices.c.id == voices.c.notice)
        .where(notices.c.dossier == dossier)
        .order_by(voices.c.published_at, voices.c.id)
    )
    return tuple(Voice(row.id, row.author, row.content, row.published_at) for row in rows)
