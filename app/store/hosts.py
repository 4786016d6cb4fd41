"""What the outbox knows of other hosts: what waits, since when, what was given up; who is heard from, or forgotten."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from app.store.tables_federation import deliveries, hosts

_HEARD_EVERY_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Host:
    """One host: deliveries waiting and the time of the oldest; failures on end and the last one's reason.

    Times are seconds since 1970, 0 for never; `next_at` is None where nothing waits.
    """

    host: str
    waiting: int
    oldest: int
    next_at: int | None
    blocked_until: int
    failures: int
    because: str | None
    given_up: int
    tried_at: int
    heard_at: int


def stranger(name: str) -> Host:
    """A host to which nothing was delivered yet."""
    return Host(name, 0, 0, None, 0, 0, None, 0, 0, 0)


def known(connection: Connection, *, limit: int = 10_000) -> tuple[Host, ...]:
    """Every host that we deliver to, those with the most waiting first."""
    queue = (
        select(deliveries.c.host, func.count().label("waiting"), func.min(deliveries.c.queued_at).label("oldest"))
        .group_by(deliveries.c.host)
        .subquery()
    )
    waiting = func.coalesce(queue.c.waiting, 0).label("waiting")
    rows = connection.execute(
        select(hosts, waiting, func.coalesce(queue.c.oldest, 0).label("oldest"))
        .join(queue, queue.c.host == hosts.c.host, isouter=True)
        .order_by(waiting.desc(), hosts.c.host)
        .limit(limit)
    )
    return tuple(
        Host(
            row.host,
            row.waiting,
            row.oldest,
            row.next_at,
            row.blocked_until,
            row.failures,
            row.because,
            row.given_up,
            row.tried_at,
            row.heard_at,
        )
        for row in rows
    )


def silent_since(connection: Connection, host: str) -> int | None:
    """Since when a host has not taken what waits for it; None if it took what it was last given, or nothing waits."""
    failed = connection.scalar(select(hosts.c.failures).where(hosts.c.host == host, hosts.c.next_at.is_not(None)))
    if not failed:
        return None
    oldest: int | None = connection.scalar(select(func.min(deliveries.c.queued_at)).where(deliveries.c.host == host))
    return oldest


def waiting_for(connection: Connection, until: int) -> frozenset[str]:
    """Hosts for which something waits that was queued by then."""
    rows = connection.scalars(select(deliveries.c.host).where(deliveries.c.queued_at <= until).distinct())
    return frozenset(rows)


def away(connection: Connection, limit: int = 100) -> tuple[str, ...]:
    """Hosts for which something waits and that did not take it at the last try."""
    rows = connection.scalars(
        select(hosts.c.host)
        .where(hosts.c.next_at.is_not(None), hosts.c.failures > 0)
        .order_by(hosts.c.host)
        .limit(limit)
    )
    return tuple(rows)


def forget(connection: Connection, before: int, most: int) -> int:
    """Forget hosts for which nothing waits: those not met since `before`, and all but the `most` met last (D17)."""
    met = func.coalesce(func.nullif(hosts.c.heard_at, 0), hosts.c.tried_at)
    idle = hosts.c.next_at.is_(None)
    kept = select(hosts.c.host).where(idle).order_by(met.desc(), hosts.c.host).limit(most)
    stale = or_(and_(hosts.c.heard_at < before, hosts.c.tried_at < before), hosts.c.host.not_in(kept))
    return connection.execute(delete(hosts).where(idle, stale)).rowcount


def retry(connection: Connection, host: str, now: int) -> bool:
    """Try what waits for `host` at once, since it was just heard from; True if it was away or silent for an hour."""
    silent = hosts.c.heard_at < now - _HEARD_EVERY_SECONDS
    found = connection.execute(
        select(hosts.c.failures, hosts.c.leased_until).where(hosts.c.host == host, or_(hosts.c.failures > 0, silent))
    ).first()
    if found is None:
        return False
    values: dict[str, object] = {"failures": 0, "blocked_until": 0, "suspect": False, "heard_at": now}
    connection.execute(update(hosts).where(hosts.c.host == host).values(**values))
    if found.failures:
        connection.execute(
            update(deliveries).where(deliveries.c.host == host, deliveries.c.due_at > now).values(due_at=now)
        )
        free = (hosts.c.host == host, hosts.c.leased_until <= now, hosts.c.next_at > now)
        connection.execute(update(hosts).where(*free).values(next_at=now))
    return True
