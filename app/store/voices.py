"""Voices: what was answered to our posts, from outside and by members of ours, one conversation for each dossier."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from app.federation.documents import host_of
from app.federation.domains import domain_of
from app.store import media
from app.store.inbox import digest
from app.store.room import keep_newest
from app.store.tables_conversation import reactions, tombstones, voices
from app.store.tables_federation import notices, shown_pictures

SHOWN_FROM = 2
"""Voices of this visibility and wider are for everybody (see `Visibility` in app.federation.posts)."""

BURIED_FOR = 30 * 86_400
"""So long a thing that was taken back before it came is kept away, in seconds (hostile E09)."""

MOST_BURIED = 1_000
"""So many things that were taken back are remembered of one registrable domain (hostile D08)."""


_ONE: Final = select(voices).where(voices.c.id == bindparam("voice"))
_DOSSIER: Final = union_all(
    select(notices.c.dossier).where(notices.c.id == bindparam("post")),
    select(voices.c.dossier).where(voices.c.id == bindparam("post")),
).limit(1)
_BURIED: Final = select(tombstones.c.digest).where(tombstones.c.digest == bindparam("known"))
_NEW: Final = select(*(bindparam(column.name, type_=column.type) for column in voices.c)).where(~_BURIED.exists())
_HEAR: Final = {
    name: insertion(voices)
    .from_select([column.name for column in voices.c], _NEW)
    .on_conflict_do_nothing()
    .returning(voices.c.id)
    for name, insertion in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


@dataclass(frozen=True, slots=True)
class Voice:
    """An answer to a post of ours or to another answer: no vote, sanitised HTML, times in seconds since 1970.

    `account` is the member of ours who said it, None for a voice from outside. Of what is not for
    everybody there is no text.
    """

    id: str
    author: str
    content: str
    published_at: int
    answers: str
    dossier: str
    kind: str = "Note"
    visibility: int = 3
    title: str = ""
    summary: str = ""
    sensitive: bool = False
    page: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    updated_at: int | None = None
    account: int | None = None
    raw: bytes | None = None

    @property
    def from_outside(self) -> bool:
        """True unless a member of ours said it."""
        return self.account is None


def in_dossier(connection: Connection, dossier: str, most: int, skip: int = 0) -> tuple[Voice, ...]:
    """The last that was said for everybody in one conversation, oldest first, without the newest `skip` of it."""
    rows = connection.execute(
        select(voices)
        .where(voices.c.dossier == dossier, voices.c.visibility >= SHOWN_FROM)
        .order_by(voices.c.published_at.desc(), voices.c.id.desc())
        .limit(most)
        .offset(skip)
    )
    return tuple(_voice(row) for row in rows)[::-1]


def conversation(connection: Connection, dossier: str) -> tuple[str, ...]:
    """The ids of everything that was said for everybody in one conversation, by us and others, oldest first."""
    ours = select(notices.c.published_at, notices.c.id).where(notices.c.dossier == dossier)
    said = select(voices.c.published_at, voices.c.id).where(
        voices.c.dossier == dossier, voices.c.visibility >= SHOWN_FROM
    )
    rows = connection.execute(union_all(ours, said)).all()
    return tuple(row.id for row in sorted(rows, key=lambda row: (row.published_at, row.id)))


def answers_of(connection: Connection, post_id: str) -> tuple[str, ...]:
    """The ids of what was answered to a post for everybody, oldest first."""
    where = (voices.c.answers == post_id, voices.c.visibility >= SHOWN_FROM)
    return tuple(connection.scalars(select(voices.c.id).where(*where).order_by(voices.c.published_at, voices.c.id)))


def get(connection: Connection, voice_id: str) -> Voice | None:
    """The voice with this id, whoever may read it."""
    row = connection.execute(_ONE, {"voice": voice_id}).first()
    return None if row is None else _voice(row)


def dossier_of(connection: Connection, post_id: str) -> str | None:
    """The conversation that a post of ours or a voice belongs to; None for anything else."""
    found = connection.scalar(_DOSSIER, {"post": post_id})
    return str(found) if found is not None else None


def hear(connection: Connection, voice: Voice) -> bool:
    """Keep a voice; False if it was here before, was taken back, or is in the name of somebody else's voice.

    What came first stays (hostile B31); only its readers grow fewer if the other says so. An id is of its author's
    origin: whose it is among the people of one server, that server says, which signs for all of them (FEP-fe34).
    """
    # Nearly all are new, so one statement asks and keeps.
    row = {"id": voice.id, "known": digest(voice.id, voice.author), **_values(voice, voice.visibility)}
    if connection.scalar(_HEAR[connection.dialect.name], row) is not None:
        return True
    known = get(connection, voice.id)
    if known is not None and known.author == voice.author and voice.visibility < known.visibility:
        _put(connection, known, visibility=voice.visibility)
    return False


def change(connection: Connection, voice: Voice) -> bool:
    """Put a newer version in place of a voice by the same author; False if there is none or it is newer.

    A version for more readers than the last is for as few as that (hostile B33).
    """
    known = get(connection, voice.id)
    if known is None or known.author != voice.author or (known.updated_at or 0) > (voice.updated_at or 0):
        return False
    _put(connection, voice, visibility=min(known.visibility, voice.visibility))
    return True


def erase(connection: Connection, voice_id: str, stone: bytes) -> None:
    """Take the words of a voice of ours away and put its stone in their place."""
    gone = {"content": "", "title": "", "summary": "", "details": "{}", "raw": stone, "visibility": 0}
    connection.execute(update(voices).where(voices.c.id == voice_id).values(**gone))


def bury(connection: Connection, thing: str, actor: str, now: int) -> None:
    """Take back a voice or a reaction of `actor`, also one that has not come yet.

    What is here goes whatever its domain did before. Of more than `MOST_BURIED` of a domain the one that was taken
    back first is forgotten: if that comes only now, it stays, which is its own domain's doing.
    """
    if connection.execute(delete(voices).where(voices.c.id == thing, voices.c.author == actor)).rowcount:
        media.unshow(connection, shown_pictures.c.voice == thing)
    known, domain = digest(thing, actor), domain_of(host_of(actor))
    connection.execute(delete(reactions).where(reactions.c.digest == known))
    connection.execute(delete(tombstones).where(tombstones.c.buried_at < now - BURIED_FOR))
    if not is_buried(connection, thing, actor):
        connection.execute(insert(tombstones).values(digest=known, domain=domain, buried_at=now))
        keep_newest(connection, tombstones, domain, tombstones.c.buried_at, MOST_BURIED)


def is_buried(connection: Connection, thing: str, actor: str) -> bool:
    """True if `actor` took this back."""
    return connection.scalar(_BURIED, {"known": digest(thing, actor)}) is not None


def forget_actor(connection: Connection, actor: str) -> None:
    """Take away everything that an actor said and did here: it is gone."""
    media.unshow(connection, shown_pictures.c.voice.in_(select(voices.c.id).where(voices.c.author == actor)))
    connection.execute(delete(voices).where(voices.c.author == actor))
    connection.execute(delete(reactions).where(reactions.c.actor == actor))


def authors_of(connection: Connection, thing: str) -> frozenset[str]:
    """Whose voice this is, and whose reactions have this id: one, unless somebody called theirs like another's."""
    said = select(voices.c.author).where(voices.c.id == thing)
    return frozenset(connection.scalars(said.union(select(reactions.c.actor).where(reactions.c.id == thing))))


def named(connection: Connection, *addresses: str) -> tuple[str, ...]:
    """Those of the addresses that are voices, or people whose voices are here."""
    where = or_(voices.c.id.in_(addresses), voices.c.author.in_(addresses))
    rows = connection.execute(select(voices.c.id, voices.c.author).where(where)).all()
    known = {item for row in rows for item in (row.id, row.author)}
    return tuple(address for address in addresses if address in known)


def _put(connection: Connection, voice: Voice, *, visibility: int) -> None:
    connection.execute(update(voices).where(voices.c.id == voice.id).values(**_values(voice, visibility)))


def _values(voice: Voice, visibility: int) -> dict[str, object]:
    """The columns of a voice; what is not for everybody is kept without its words."""
    shown = visibility >= SHOWN_FROM
    return {
        "author": voice.author,
        "account": voice.account,
        "kind": voice.kind,
        "answers": voice.answers,
        "dossier": voice.dossier,
        "visibility": visibility,
        "title": voice.title if shown else "",
        "content": voice.content if shown else "",
        "summary": voice.summary if shown else "",
        "sensitive": voice.sensitive,
        "page": voice.page,
        "details": json.dumps(dict(voice.details)) if shown else "{}",
        "raw": voice.raw,
        "published_at": voice.published_at,
        "updated_at": voice.updated_at,
    }


def _voice(row: Row[tuple[object, ...]]) -> Voice:
    return Voice(
        id=row.id,
        author=row.author,
        content=row.content,
        published_at=row.published_at,
        answers=row.answers,
        dossier=row.dossier,
        kind=row.kind,
        visibility=row.visibility,
        title=row.title,
        summary=row.summary,
        sensitive=bool(row.sensitive),
        page=row.page,
        details=json.loads(row.details),
        updated_at=row.updated_at,
        account=row.account,
        raw=None if row.raw is None else bytes(row.raw),
    )
