"""What is remembered of signed requests: which scheme a host takes, and the nonces that were used."""

from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from app.store.tables_federation import nonces, schemes

_STALE: int = 30 * 86_400
_FORGOTTEN: int = 180 * 86_400


def scheme_of(connection: Connection, host: str) -> str | None:
    """The scheme that is remembered of a host, None if nothing is."""
    found: str | None = connection.scalar(select(schemes.c.scheme).where(schemes.c.host == host))
    return found


def remember_scheme(connection: Connection, host: str, scheme: str, now: int) -> None:
    """Note what a host takes; hosts of which nothing was learnt for half a year are forgotten."""
    row = connection.execute(select(schemes).where(schemes.c.host == host)).first()
    values = {"scheme": scheme, "learnt_at": now}
    if row is None:
        connection.execute(delete(schemes).where(schemes.c.learnt_at < now - _FORGOTTEN))
        connection.execute(insert(schemes).values(host=host, **values))
    elif row.scheme != scheme or row.learnt_at < now - _STALE:
        connection.execute(update(schemes).where(schemes.c.host == host).values(**values))


def use_nonce(connection: Connection, key_id: str, nonce: str, now: int, until: int) -> bool:
    """True if this key had not used this nonce yet, which is noted until `until`; those whose time is over go."""
    connection.execute(delete(nonces).where(nonces.c.until < now))
    digest = sha256(f"{key_id}\n{nonce}".encode()).digest()
    if connection.scalar(select(nonces.c.until).where(nonces.c.digest == digest)) is not None:
        return False
    connection.execute(insert(nonces).values(digest=digest, until=until))
    return True
