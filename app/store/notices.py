"""Posts of ours that everybody can read."""

from sqlalchemy import Connection, insert, select

from app.store.tables_federation import notices


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
