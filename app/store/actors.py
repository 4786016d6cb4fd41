"""Keys of our own actors, other servers' actors as fetched, and who follows whom."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from app.store.tables_federation import actors, followers, keys

_ONE = select(actors).where(actors.c.id == bindparam("actor"))


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key of ours: the private half encrypted, as it lies on disk."""

    key_id: str
    owner: str
    purpose: str
    public: str
    locked: bytes


@dataclass(frozen=True, slots=True)
class StoredActor:
    """Another server's actor as fetched; `raw` is the document, `gone_at` when its server first denied it."""

    id: str
    raw: bytes
    inbox: str
    shared_inbox: str | None
    reads_acts: bool
    fetched_at: int
    gone_at: int | None = None


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows one of our actors, and where its posts go (the shared inbox if there is one)."""

    id: str
    inbox: str
    reads_acts: bool


def add_key(connection: Connection, key: StoredKey, created_at: int) -> None:
    """Keep a new key of ours."""
    connection.execute(
        insert(keys).values(
            key_id=key.key_id,
            owner=key.owner,
            purpose=key.purpose,
            public=key.public,
            locked=key.locked,
            created_at=created_at,
        )
    )


def keys_of(connection: Connection, owner: str) -> tuple[StoredKey, ...]:
    """The keys of one of our actors."""
    rows = connection.execute(select(keys).where(keys.c.owner == owner).order_by(keys.c.key_id))
    return tuple(StoredKey(row.key_id, row.owner, row.purpose, row.public, bytes(row.locked)) for row in rows)


def put(connection: Connection, actor: StoredActor) -> None:
    """Keep the newest document of another server's actor; what it follows of ours goes where it reads now."""
    values = {
        "raw": actor.raw,
        "inbox": actor.inbox,
        "shared_inbox": actor.shared_inbox,
        "reads_acts": actor.reads_acts,
        "fetched_at": actor.fetched_at,
        "gone_at": actor.gone_at,
    }
    if connection.execute(update(actors).where(actors.c.id == actor.id).values(**values)).rowcount == 0:
        connection.execute(insert(actors).values(id=actor.id, **values))
        return
    reads = _where_it_reads(actor.shared_inbox or actor.inbox, reads_acts=actor.reads_acts)
    connection.execute(update(followers).where(followers.c.follower == actor.id).values(reads))


def get(connection: Connection, actor_id: str) -> StoredActor | None:
    """Another server's actor, if it was fetched before."""
    row = connection.execute(_ONE, {"actor": actor_id}).first()
    if row is None:
        return None
    raw, reads_acts = bytes(row.raw), bool(row.reads_acts)
    return StoredActor(row.id, raw, row.inbox, row.shared_inbox, reads_acts, row.fetched_at, row.gone_at)


def may_refetch(connection: Connection, actor_id: str, now: int, every: int) -> bool:
    """True if the keys of a stored actor may be asked for anew, which is noted: once in `every` seconds."""
    due = or_(actors.c.refetched_at.is_(None), actors.c.refetched_at <= now - every)
    asked = connection.execute(update(actors).where(actors.c.id == actor_id, due).values(refetched_at=now))
    return asked.rowcount > 0


def refetched_in_vain(connection: Connection, actor_id: str, asked_at: int) -> None:
    """Note that asking anew brought nothing new, as if it had been at `asked_at`: it may be asked again the sooner."""
    connection.execute(update(actors).where(actors.c.id == actor_id).values(refetched_at=asked_at))


def mark_gone(connection: Connection, actor_id: str, now: int) -> None:
    """Note that the server of a stored actor says there is none; what was fetched before stays."""
    still = (actors.c.id == actor_id, actors.c.gone_at.is_(None))
    connection.execute(update(actors).where(*still).values(gone_at=now))


def follow(connection: Connection, followed: str, follower: Follower, since: int) -> bool:
    """Note that `follower` follows `followed`, and where it reads now; False if it did before."""
    reads = _where_it_reads(follower.inbox, reads_acts=follower.reads_acts)
    where = (followers.c.followed == followed, followers.c.follower == follower.id)
    if connection.execute(update(followers).where(*where).values(reads)).rowcount:
        return False
    connection.execute(insert(followers).values(followed=followed, follower=follower.id, since=since, **reads))
    return True


def _where_it_reads(inbox: str, *, reads_acts: bool) -> dict[str, object]:
    return {"inbox": inbox, "host": urlsplit(inbox).netloc, "reads_acts": reads_acts}


def unfollow(connection: Connection, followed: str, follower: str) -> bool:
    """Forget a follower; False if there was none."""
    gone = connection.execute(
        delete(followers).where(followers.c.followed == followed, followers.c.follower == follower)
    )
    return gone.rowcount > 0


def all_followers(connection: Connection) -> frozenset[str]:
    """Whoever follows any of our actors."""
    return frozenset(connection.scalars(select(followers.c.follower)))


def forget_follower(connection: Connection, follower: str) -> None:
    """Somebody follows none of our actors any more."""
    connection.execute(delete(followers).where(followers.c.follower == follower))


def forget_inbox(connection: Connection, inbox: str) -> None:
    """Who is written to at `inbox` follows none of our actors any more: its server says that there is no such inbox."""
    connection.execute(delete(followers).where(followers.c.inbox == inbox))


def followers_with_inbox_at(connection: Connection, followed: str, hosts: Collection[str]) -> dict[str, list[str]]:
    """Those who follow this actor of ours, by the host at which they are written to, as far as it is one of `hosts`."""
    where = (followers.c.host.in_(hosts), followers.c.followed == followed)
    found: dict[str, list[str]] = {}
    for row in connection.execute(
        select(followers.c.host, followers.c.follower).where(*where).order_by(followers.c.follower)
    ):
        found.setdefault(row.host, []).append(row.follower)
    return found


def followers_of(connection: Connection, followed: str) -> tuple[Follower, ...]:
    """Everyone who follows this actor of ours, in the order in which they came."""
    rows = connection.execute(
        select(followers).where(followers.c.followed == followed).order_by(followers.c.since, followers.c.follower)
    )
    return tuple(Follower(row.follower, row.inbox, bool(row.reads_acts)) for row in rows)
