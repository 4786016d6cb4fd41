"""Posts of ours that everybody can read."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.store.tables_federation import hashtags, notices


@dataclass(frozen=True, slots=True)
class Notice:
    """A post as kept: the number of its act, its conversation, the bytes as rendered, the keys of its hashtags."""

    id: str
    act: int
    dossier: str
    raw: bytes
    published_at: int
    tags: frozenset[str] = frozenset()


def add(connection: Connection, notice: Notice) -> None:
    """Keep a post of ours about an act."""
    connection.execute(insert(notices).values(id=notice.id, **_values(notice)))
    _tag(connection, notice)


def get(connection: Connection, notice_id: str) -> bytes | None:
    """The post with this id, as rendered."""
    raw = connection.scalar(select(notices.c.raw).where(notices.c.id == notice_id))
    return None if raw is None else bytes(raw)


def these(connection: Connection, ids: Iterable[str]) -> dict[str, Notice]:
    """Those of the posts with these ids that are kept, by id."""
    wanted = list(ids)
    said: dict[str, set[str]] = {}
    for tag, post in connection.execute(select(hashtags).where(hashtags.c.notice.in_(wanted))):
        said.setdefault(post, set()).add(tag)
    rows = connection.execute(select(notices).where(notices.c.id.in_(wanted)))
    return {
        row.id: Notice(row.id, row.act, row.dossier, bytes(row.raw), row.published_at, frozenset(said.get(row.id, ())))
        for row in rows
    }


def put_right(connection: Connection, notice: Notice) -> None:
    """Write a post as it must be; whether it is pinned stays."""
    if connection.execute(update(notices).where(notices.c.id == notice.id).values(**_values(notice))).rowcount == 0:
        connection.execute(insert(notices).values(id=notice.id, **_values(notice)))
    untag(connection, notice.id)
    _tag(connection, notice)


def untag(connection: Connection, notice_id: str) -> None:
    """A post is listed under no hashtag any more."""
    connection.execute(delete(hashtags).where(hashtags.c.notice == notice_id))


def tagged(connection: Connection, tag: str, limit: int) -> tuple[tuple[str, int], ...]:
    """The posts with this hashtag, the latest first: their ids, and the numbers of the acts that they are about."""
    found = select(notices.c.id, notices.c.act).join(hashtags, hashtags.c.notice == notices.c.id)
    query = found.where(hashtags.c.tag == tag).order_by(notices.c.published_at.desc(), notices.c.id.desc())
    return tuple((row.id, row.act) for row in connection.execute(query.limit(limit)))


def replace(connection: Connection, notice_id: str, raw: bytes) -> None:
    """Put another rendering in place of a post's: its figures, or the stone over what was erased."""
    connection.execute(update(notices).where(notices.c.id == notice_id).values(raw=raw))


def about(connection: Connection, act: int) -> tuple[str, ...]:
    """The ids of the posts about an act, oldest first."""
    query = select(notices.c.id).where(notices.c.act == act).order_by(notices.c.published_at, notices.c.id)
    return tuple(connection.scalars(query))


def pin(connection: Connection, notice_id: str, now: int) -> bool:
    """Put a post at the head; False if it is there."""
    where = (notices.c.id == notice_id, notices.c.pinned_at.is_(None))
    return connection.execute(update(notices).where(*where).values(pinned_at=now)).rowcount > 0


def unpin(connection: Connection, notice_id: str) -> bool:
    """Take a post from the head; False if it is not there."""
    where = (notices.c.id == notice_id, notices.c.pinned_at.is_not(None))
    return connection.execute(update(notices).where(*where).values(pinned_at=None)).rowcount > 0


def pinned(connection: Connection) -> tuple[bytes, ...]:
    """The posts at the head, the latest first."""
    rows = connection.scalars(
        select(notices.c.raw).where(notices.c.pinned_at.is_not(None)).order_by(notices.c.pinned_at.desc())
    )
    return tuple(bytes(raw) for raw in rows)


def _values(notice: Notice) -> dict[str, object]:
    return {"act": notice.act, "dossier": notice.dossier, "raw": notice.raw, "published_at": notice.published_at}


def _tag(connection: Connection, notice: Notice) -> None:
    if notice.tags:
        connection.execute(insert(hashtags), [{"tag": tag, "notice": notice.id} for tag in sorted(notice.tags)])
