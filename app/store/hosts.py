"""What the outbox knows of other hosts, to be shown: what waits, since when, and what was given up."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.store.tables_federation import deliveries, hosts


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
