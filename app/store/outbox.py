"""What we send: activities as rendered, and a delivery row for each inbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from app.store.tables_federation import activities, deliveries


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery goes: an inbox, or an actor whose inbox is to be looked up (`is_inbox` False)."""

    address: str
    is_inbox: bool
    host: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity for one target, with the actor that signs it."""

    id: int
    actor: str
    raw: bytes
    target: str
    is_inbox: bool
    host: str
    tries: int


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of ours as rendered."""

    seq: int
    id: str
    actor: str
    raw: bytes
    public: bool
    published_at: int


def publish(
    connection: Connection,
    activity_id: str,
    actor: str,
    raw: bytes,
    *,
    public: bool,
    now: int,
    targets: Iterable[Target],
) -> None:
    """Keep an activity of ours and what has to be delivered, in the caller's transaction."""
    seq = connection.execute(
        insert(activities)
        .values(id=activity_id, actor=actor, raw=raw, public=public, published_at=now)
        .returning(activities.c.seq)
    ).scalar_one()
    rows = [
        {
            "activity": seq,
            "target": target.address,
            "is_inbox": target.is_inbox,
            "host": target.host,
            "state": "due",
            "tries": 0,
            "due_at": now,
        }
        for target in dict.fromkeys(targets)
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def claim(connection: Connection, now: int, busy_hosts: Sequence[str], limit: int) -> tuple[Delivery, ...]:
    """The oldest due delivery of each host that has none in flight, at most `limit` hosts."""
    oldest = (
        select(func.min(deliveries.c.id))
        .where(deliveries.c.state == "due", deliveries.c.host.not_in(busy_hosts))
        .group_by(deliveries.c.host)
    )
    rows = connection.execute(
        select(deliveries, activities.c.actor, activities.c.raw)
        .join(activities, activities.c.seq == deliveries.c.activity)
        .where(deliveries.c.id.in_(oldest), deliveries.c.due_at <= now)
        .order_by(deliveries.c.id)
        .limit(limit)
    )
    return tuple(
        Delivery(row.id, row.actor, bytes(row.raw), row.target, bool(row.is_inbox), row.host, row.tries) for row in rows
    )


def settle(connection: Connection, delivery: int, *, because: str | None = None) -> None:
    """Mark as delivered, or as given up with its reason."""
    state = "done" if because is None else "gone"
    connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(state=state, because=because))


def postpone(connection: Connection, delivery: int, because: str, due_at: int) -> None:
    """Try again at `due_at`. Later deliveries to the host wait behind it: oldest first."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(tries=deliveries.c.tries + 1, because=because, due_at=due_at)
    )


def retry_host(connection: Connection, host: str, now: int) -> None:
    """Try everything that waits for `host` at once: it was just heard from."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.host == host, deliveries.c.state == "due", deliveries.c.due_at > now)
        .values(due_at=now)
    )


def waiting_hosts(connection: Connection) -> tuple[tuple[str, int, str | None], ...]:
    """Hosts that have not answered yet: host, deliveries waiting, the last reason."""
    rows = connection.execute(
        select(deliveries.c.host, func.count(), func.max(deliveries.c.because))
        .where(deliveries.c.state == "due")
        .group_by(deliveries.c.host)
        .order_by(deliveries.c.host)
    )
    return tuple((host, count, because) for host, count, because in rows)


def activity(connection: Connection, activity_id: str) -> Activity | None:
    """An activity of ours by its id."""
    row = connection.execute(select(activities).where(activities.c.id == activity_id)).first()
    return None if row is None else Activity(row.seq, row.id, row.actor, bytes(row.raw), row.public, row.published_at)


def page(connection: Connection, actor: str, before: int | None, limit: int) -> tuple[Activity, ...]:
    """An actor's public activities, newest first, those numbered below `before`."""
    query = select(activities).where(activities.c.actor == actor, activities.c.public)
    if before is not None:
        query = query.where(activities.c.seq < before)
    rows = connection.execute(query.order_by(activities.c.seq.desc()).limit(limit))
    return tuple(
        Activity(row.seq, row.id, row.actor, bytes(row.raw), bool(row.public), row.published_at) for row in rows
    )


def count(connection: Connection, actor: str) -> int:
    """How many public activities an actor has."""
    where = (activities.c.actor == actor, activities.c.public)
    return int(connection.scalar(select(func.count()).select_from(activities).where(*where)) or 0)
