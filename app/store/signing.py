"""What is remembered of signed requests: which scheme a host takes, and the nonces that were used."""

from collections.abc import Collection
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, select

from app.store.tables_federation import nonces, schemes
from app.store.upsert import upserting

_STALE: Final = 30 * 86_400
_FORGOTTEN: Final = 180 * 86_400


def scheme_of(connection: Connection, host: str) -> str | None:
    """The scheme that is remembered of a host, None if nothing is."""
    found: str | None = connection.scalar(select(schemes.c.scheme).where(schemes.c.host == host))
    return found


def schemes_of(connection: Connection, hosts: Collection[str]) -> dict[str, str]:
    """The schemes that are remembered of these hosts."""
    rows = connection.execute(select(schemes.c.host, schemes.c.scheme).where(schemes.c.host.in_(hosts)))
    return {row.host: row.scheme for row in rows}


def remember_scheme(connection: Connection, host: str, scheme: str, now: int) -> None:
    """Note what a host takes; hosts of which nothing was learnt for half a year are forgotten."""
    row = connection.execute(select(schemes).where(schemes.c.host == host)).first()
    if row is not None and row.scheme == scheme and row.learnt_at > now - _STALE:
        return
    values = {"scheme": scheme, "learnt_at": now}
    connection.execute(delete(schemes).where(schemes.c.learnt_at < now - _FORGOTTEN))
    statement = upserting(connection, schemes).values(host=host, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[schemes.c.host], set_=values))


def use_nonce(connection: Connection, key_id: str, nonce: str, now: int, until: int) -> bool:
    """True if this key had not used this nonce yet, which is noted until `until`; those whose time is over go."""
    connection.execute(delete(nonces).where(nonces.c.until < now))
    digest = sha256(f"{key_id}\n{nonce}".encode()).digest()
    statement = upserting(connection, nonces).values(digest=digest, until=until).on_conflict_do_nothing()
    # Asked for the row: PostgreSQL counts none for an insert that may have met another.
    return connection.execute(statement.returning(nonces.c.until)).first() is not None
