"""What we send: activities as rendered, and a delivery row for each inbox."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, true, update

from app.store.bell import News, ring
from app.store.tables_federation import activities, arrivals, deliveries
from app.store.tables_federation import followers as table
from app.store.upsert import upserting


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery goes: an inbox, or an actor whose inbox is to be looked up (`is_inbox` False)."""

    address: str
    is_inbox: bool
    host: str


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of ours as rendered."""

    seq: int
    id: str
    actor: str
    raw: bytes
    public: bool
    published_at: int


@dataclass(frozen=True, slots=True)
class Followers:
    """Those who follow `followed`: all, or those who read acts, or do not; without some who are reached otherwise."""

    followed: str
    reads_acts: bool | None = None
    without: tuple[str, ...] = ()


def publish(
    connection: Connection,
    activity_id: str,
    actor: str,
    raw: bytes,
    *,
    public: bool,
    now: int,
    about: str | None = None,
    targets: Iterable[Target] = (),
    followers: Followers | None = None,
) -> None:
    """Keep an activity of ours and a delivery for each inbox, in the caller's transaction.

    `about` is the act or post whose words are in it, by which `about` and so an erasure finds it.
    Nothing else of the outbox is touched, so that it never waits for the workers that are delivering.
    """
    seq = connection.execute(
        insert(activities)
        .values(id=activity_id, actor=actor, raw=raw, public=public, about=about, published_at=now)
        .returning(activities.c.seq)
    ).scalar_one()
    rows = [
        {
            "activity": seq,
            "target": target.address,
            "is_inbox": target.is_inbox,
            "host": target.host,
            "tries": 0,
            "queued_at": now,
            "due_at": now,
        }
        for target in dict.fromkeys(targets)
    ]
    if rows:
        connection.execute(insert(deliveries), rows)
    more = _fan_out(connection, seq, followers, now) if followers is not None else 0
    if rows or more:
        connection.execute(insert(arrivals).values(activity=seq))
        ring(connection, News.DEPARTURE)


def _fan_out(connection: Connection, seq: int, to: Followers, now: int) -> int:
    """One delivery for each inbox of the followers, in one statement; how many that made."""
    found = (
        select(literal(seq), table.c.inbox, true(), table.c.host, literal(0), literal(now), literal(now))
        .where(table.c.followed == to.followed)
        .where(table.c.follower.not_in(to.without))
        .distinct()
    )
    if to.reads_acts is not None:
        found = found.where(table.c.reads_acts == to.reads_acts)
    columns = ("activity", "target", "is_inbox", "host", "tries", "queued_at", "due_at")
    new = upserting(connection, deliveries).from_select(columns, found).on_conflict_do_nothing()
    return connection.execute(new).rowcount


def activity(connection: Connection, activity_id: str) -> Activity | None:
    """An activity of ours by its id."""
    row = connection.execute(select(activities).where(activities.c.id == activity_id)).first()
    return None if row is None else _activity(row)


def about(connection: Connection, things: Collection[str]) -> tuple[Activity, ...]:
    """The activities that hold the words of these acts and posts, oldest first."""
    rows = connection.execute(select(activities).where(activities.c.about.in_(things)).order_by(activities.c.seq))
    return tuple(map(_activity, rows))


def bury(connection: Connection, seq: int, stone: bytes) -> None:
    """Put a stone in place of an activity, and deliver it to nobody who has it not yet."""
    connection.execute(update(activities).where(activities.c.seq == seq).values(raw=stone, about=None))
    connection.execute(delete(deliveries).where(deliveries.c.activity == seq))


def page(connection: Connection, actor: str, before: int | None, limit: int) -> tuple[Activity, ...]:
    """An actor's public activities, newest first, those numbered below `before`."""
    query = select(activities).where(activities.c.actor == actor, activities.c.public)
    if before is not None:
        query = query.where(activities.c.seq < before)
    rows = connection.execute(query.order_by(activities.c.seq.desc()).limit(limit))
    return tuple(map(_activity, rows))


def count(connection: Connection, actor: str) -> int:
    """How many public activities an actor has."""
    where = (activities.c.actor == actor, activities.c.public)
    return int(connection.scalar(select(func.count()).select_from(activities).where(*where)) or 0)


def _activity(row: Row[tuple[object, ...]]) -> Activity:
    return Activity(row.seq, row.id, row.actor, bytes(row.raw), bool(row.public), row.published_at)
