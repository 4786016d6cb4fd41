"""The queue of deliveries: one in flight for each host, oldest first, and what is known of each host.

A delivery is a row until it is done or given up. `hosts` has one row for each host, with the time of its
next try, so that looking for work costs the same whatever waits. Workers hold a host by a lease: one that dies
gives it up by doing nothing. All functions run in `Database.take`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from app.store.tables_federation import activities, arrivals, deliveries, hosts
from app.store.upsert import upserting

_ARRIVALS_AT_ONCE: Final = 64
_NEW_HOST: Final = {
    "leased_until": 0,
    "blocked_until": 0,
    "failures": 0,
    "suspect": False,
    "given_up": 0,
    "tried_at": 0,
    "heard_at": 0,
}

_FAILED: Final = (
    update(hosts)
    .where(hosts.c.host == bindparam("at"))
    .values(
        failures=hosts.c.failures + 1,
        suspect=True,
        because=bindparam("why"),
        blocked_until=bindparam("until"),
        heard_at=func.coalesce(bindparam("heard", type_=BigInteger), hosts.c.heard_at),
    )
)
_LATER: Final = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"))
    .values(tries=deliveries.c.tries + 1, due_at=bindparam("due"))
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity for one target, with the actor that signs it; `failures` of its host since the last success."""

    id: int
    activity: str
    actor: str
    raw: bytes
    target: str
    is_inbox: bool
    host: str
    tries: int
    queued_at: int
    failures: int
    leased_until: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """It was taken."""

    delivery: Delivery
    slow: bool = False


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It was refused for good; the host answered."""

    delivery: Delivery
    because: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """It is tried again at `due_at`, everything else for the host not before `blocked_until` (0: at once).

    What was queued before `expired` and goes to this host is given up. `answered`: the host is there.
    """

    delivery: Delivery
    because: str
    due_at: int
    blocked_until: int
    expired: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Untried:
    """It was not tried, for a trouble of our own, which says nothing of its host: again at `due_at`."""

    delivery: Delivery
    due_at: int


@dataclass(frozen=True, slots=True)
class Redirected:
    """Its target turned out to have this inbox: one delivery to it is enough for all who share it."""

    delivery: Delivery
    inbox: str
    host: str


Outcome = Delivered | GivenUp | Postponed | Untried | Redirected


def address(connection: Connection, now: int) -> int:
    """Enter the hosts of newly published activities; how many activities that were."""
    found = select(arrivals.c.activity).order_by(arrivals.c.activity).limit(_ARRIVALS_AT_ONCE)
    seqs = list(connection.scalars(found.with_for_update(skip_locked=True)))
    if seqs:
        _expect(connection, deliveries.c.activity.in_(seqs), now)
        connection.execute(delete(arrivals).where(arrivals.c.activity.in_(seqs)))
    return len(seqs)


def claim(connection: Connection, now: int, limit: int, *, suspects: bool, lease: int) -> tuple[Delivery, ...]:
    """The oldest due delivery of each of up to `limit` hosts that have none in flight, theirs until now + `lease`.

    Of hosts that failed or were slow at their last try, or of all others. In the order in which hosts fell due.
    """
    if limit <= 0:
        return ()
    where = (hosts.c.suspect == suspects, hosts.c.next_at <= now)
    due = select(hosts.c.host).where(*where).order_by(hosts.c.next_at).limit(limit)
    names = list(connection.scalars(due.with_for_update(skip_locked=True)))
    if not names:
        return ()
    waiting = deliveries.alias()
    oldest = (
        select(waiting.c.id)
        .where(waiting.c.host == hosts.c.host, waiting.c.due_at <= now)
        .order_by(waiting.c.due_at, waiting.c.is_inbox, waiting.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(deliveries, hosts.c.failures, activities.c.id.label("name"), activities.c.actor, activities.c.raw)
        .select_from(hosts)
        .join(deliveries, deliveries.c.id == oldest)
        .join(activities, activities.c.seq == deliveries.c.activity)
        .where(hosts.c.host.in_(names))
    ).all()
    held = [row.host for row in rows]
    values = {"next_at": now + lease, "leased_until": now + lease, "tried_at": now}
    connection.execute(update(hosts).where(hosts.c.host.in_(held)).values(**values))
    _look_again(connection, [name for name in names if name not in set(held)], now)
    order = {name: number for number, name in enumerate(names)}
    return tuple(
        Delivery(
            row.id,
            row.name,
            row.actor,
            bytes(row.raw),
            row.target,
            bool(row.is_inbox),
            row.host,
            row.tries,
            row.queued_at,
            row.failures,
            now + lease,
        )
        for row in sorted(rows, key=lambda row: order[row.host])
    )


def settle(connection: Connection, outcomes: Sequence[Outcome], now: int) -> None:
    """Note what became of deliveries that were claimed, and let their hosts go.

    A host whose lease ended meanwhile, and which another worker holds by now, stays that one's.
    """
    names = sorted({outcome.delivery.host for outcome in outcomes})
    # in one order, so that two workers that meet wait for each other and not each for the other
    connection.execute(select(hosts.c.host).where(hosts.c.host.in_(names)).order_by(hosts.c.host).with_for_update())
    gone = [one.delivery.id for one in outcomes if isinstance(one, Delivered | GivenUp)]
    connection.execute(delete(deliveries).where(deliveries.c.id.in_(gone)))
    for slow in (False, True):
        answered = [one.delivery.host for one in outcomes if isinstance(one, Delivered) and one.slow == slow]
        if answered:
            _well(connection, answered, now, suspect=slow)
    _postpone(connection, [one for one in outcomes if isinstance(one, Postponed)], now)
    for one in outcomes:
        match one:
            case GivenUp():
                _well(connection, [one.delivery.host], now, suspect=False)
                _given_up(connection, one.delivery.host, one.because, 1)
            case Untried():
                values = {"blocked_until": one.due_at}
                connection.execute(update(hosts).where(hosts.c.host == one.delivery.host).values(**values))
            case Redirected():
                _redirect(connection, one, now)
    release(connection, [outcome.delivery for outcome in outcomes], now)


def release(connection: Connection, held: Sequence[Delivery], now: int) -> None:
    """Let the hosts of deliveries go that were claimed, as far as they are still held by that claim."""
    if not held:
        return
    claims = {(one.host, one.leased_until) for one in held}
    found = select(hosts.c.host, hosts.c.leased_until).where(hosts.c.host.in_({one.host for one in held}))
    mine = [row.host for row in connection.execute(found) if not row.leased_until or tuple(row) in claims]
    _look_again(connection, mine, now)


def release_all(connection: Connection) -> None:
    """Let go what a worker held that died: only where there is one worker, whose start this is."""
    connection.execute(
        update(hosts).where(hosts.c.leased_until > 0).values(leased_until=0, next_at=hosts.c.blocked_until)
    )


def _expect(connection: Connection, where: ColumnElement[bool], now: int) -> None:
    """Let the hosts of these deliveries be tried at once, unless they are in flight or blocked."""
    values = [literal(value) for value in _NEW_HOST.values()]
    found = select(deliveries.c.host, literal(now), *values).where(where).distinct().order_by(deliveries.c.host)
    new = upserting(connection, hosts).from_select(("host", "next_at", *_NEW_HOST), found)
    free = or_(hosts.c.next_at.is_(None), and_(hosts.c.leased_until <= now, hosts.c.blocked_until <= now))
    connection.execute(new.on_conflict_do_update(index_elements=["host"], set_={"next_at": now}, where=free))


def _look_again(connection: Connection, names: Iterable[str], now: int) -> None:
    """Let hosts go: tried next when their oldest is due, the breaker lets it through, and others had theirs."""
    due = select(func.min(deliveries.c.due_at)).where(deliveries.c.host == hosts.c.host).scalar_subquery()
    soonest = case((hosts.c.blocked_until > now, hosts.c.blocked_until), else_=now)
    next_at = case((due > soonest, due), (due <= soonest, soonest))
    connection.execute(update(hosts).where(hosts.c.host.in_(list(names))).values(leased_until=0, next_at=next_at))


def _well(connection: Connection, names: list[str], now: int, *, suspect: bool) -> None:
    values = {"failures": 0, "blocked_until": 0, "suspect": suspect, "heard_at": now}
    connection.execute(update(hosts).where(hosts.c.host.in_(names)).values(**values))


def _given_up(connection: Connection, host: str, because: str, how_many: int) -> None:
    values = {"given_up": hosts.c.given_up + how_many, "because": because}
    connection.execute(update(hosts).where(hosts.c.host == host).values(**values))


def _postpone(connection: Connection, failed: Sequence[Postponed], now: int) -> None:
    """A fan-out meets many dead hosts at once: what each costs is the same few statements for all."""
    if not failed:
        return
    said = [
        {
            "at": one.delivery.host,
            "why": one.because,
            "until": one.blocked_until,
            "heard": now if one.answered else None,
        }
        for one in failed
    ]
    connection.execute(_FAILED, said)
    connection.execute(_LATER, [{"row": one.delivery.id, "due": one.due_at} for one in failed])
    names = {one.delivery.host: one for one in failed}
    stale = deliveries.c.queued_at < min(one.expired for one in failed)
    old = select(deliveries.c.host).where(deliveries.c.host.in_(names), stale).distinct()
    for host in list(connection.scalars(old)):
        ended = connection.execute(delete(deliveries).where(deliveries.c.host == host, stale)).rowcount
        _given_up(connection, host, names[host].because, ended)


def _redirect(connection: Connection, one: Redirected, now: int) -> None:
    item = one.delivery
    activity = select(deliveries.c.activity).where(deliveries.c.id == item.id).scalar_subquery()
    there = select(deliveries.c.id).where(deliveries.c.activity == activity, deliveries.c.target == one.inbox)
    if connection.scalar(there) is not None:
        connection.execute(delete(deliveries).where(deliveries.c.id == item.id))
        return
    values = {"target": one.inbox, "is_inbox": True, "host": one.host}
    connection.execute(update(deliveries).where(deliveries.c.id == item.id).values(**values))
    _expect(connection, deliveries.c.id == item.id, now)
