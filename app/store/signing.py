"""What is remembered of signed requests: which scheme a host takes, and the nonces that were used."""

from collections.abc import Collection
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, or_, select

from app.store.tables_federation import nonces, schemes
from app.store.upsert import upserting

_STALE: Final = 30 * 86_400


def scheme_of(connection: Connection, host: str) -> str | None:
    """The scheme that is remembered of a host, None if nothing is."""
    found: str | None = connection.scalar(select(schemes.c.scheme).where(schemes.c.host == host))
    return found


def schemes_of(connection: Connection, hosts: Collection[str]) -> dict[str, str]:
    """The schemes that are remembered of these hosts."""
    rows = connection.execute(select(schemes.c.host, schemes.c.scheme).where(schemes.c.host.in_(hosts)))
    return {row.host: row.scheme for row in rows}


def remember_scheme(connection: Connection, host: str, scheme: str, now: int) -> None:
    """Note what a host takes."""
    row = connection.execute(select(schemes).where(schemes.c.host == host)).first()
    if row is not None and row.scheme == scheme and row.learnt_at > now - _STALE:
        return
    values = {"scheme": scheme, "learnt_at": now}
    statement = upserting(connection, schemes).values(host=host, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[schemes.c.host], set_=values))


def use_nonce(connection: Connection, key_id: str, nonce: str, request: bytes, now: int, until: int) -> bool:
    """True if no other request of this key has used this nonce; it is noted until `until`, and older ones go.

    `request` is what tells one from another: the same one, sent again, has used no nonce twice (hostile A06, A10).
    Empty, it is like no other.
    """
    connection.execute(delete(nonces).where(nonces.c.until < now))
    digest, said = sha256(f"{key_id}\n{nonce}".encode()).digest(), sha256(request).digest()
    statement = upserting(connection, nonces).values(digest=digest, request=said, until=until)
    # Asked for the row: PostgreSQL counts none for an insert that may have met another.
    if connection.execute(statement.on_conflict_do_nothing().returning(nonces.c.until)).first() is not None:
        return True
    used = connection.scalar(select(nonces.c.request).where(nonces.c.digest == digest))
    return bool(request) and used == said


def forget_schemes(connection: Connection, before: int, most: int) -> int:
    """Forget hosts of which nothing was learnt since `before`, and all but the `most` learnt of last (D17)."""
    kept = select(schemes.c.host).order_by(schemes.c.learnt_at.desc(), schemes.c.host).limit(most)
    stale = or_(schemes.c.learnt_at < before, schemes.c.host.not_in(kept))
    return connection.execute(delete(schemes).where(stale)).rowcount
