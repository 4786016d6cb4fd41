"""What was received and not handled yet: raw bytes, kept until then and once."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, literal_column, select, text, update

from app.store.bell import News, ring
from app.store.engine import POSTGRESQL, SQLITE
from app.store.fingerprint import fingerprint
from app.store.tables_federation import inbox

_APPEND: Final = """
INSERT INTO inbox (digest, activity_id, actor, domain, raw, received_at, due_at, state, tries)
VALUES (?, ?, ?, ?, ?, ?, ?, 'new', 0) ON CONFLICT DO NOTHING
"""
_APPEND_TO: Final = {SQLITE: _APPEND, POSTGRESQL: _APPEND.replace("?", "%s")}  # each driver has its own mark
# The state is written out wherever it is asked for: a database uses a partial index only if it sees the same words.
_IS_NEW: Final = inbox.c.state == literal_column("'new'")
_IS_ASIDE: Final = inbox.c.state == literal_column("'aside'")
# The next domain in the order of the index, again and again: what lies behind one domain costs nothing.
_DOMAINS: Final = text("""
WITH RECURSIVE found(domain) AS (
  SELECT (SELECT min(domain) FROM inbox WHERE state = 'new' AND domain > :after)
  UNION ALL
  SELECT (SELECT min(domain) FROM inbox WHERE state = 'new' AND domain > found.domain) FROM found
  WHERE found.domain IS NOT NULL
)
SELECT domain FROM found WHERE domain IS NOT NULL LIMIT :most
""")
# Of each domain its oldest, all in one statement: of one that floods, no more is read than it gets in its turn.
_DUE: Final = {
    SQLITE: text("""
SELECT due.seq, due.activity_id, due.actor, due.domain, due.raw, due.tries
FROM json_each(:whose) AS one CROSS JOIN inbox AS due ON due.seq IN (
  SELECT seq FROM inbox WHERE state = 'new' AND domain = one.value AND due_at <= :now ORDER BY due_at, seq LIMIT :most
)
ORDER BY due.due_at, due.seq
"""),
    POSTGRESQL: text("""
SELECT due.seq, due.activity_id, due.actor, due.domain, due.raw, due.tries
FROM json_array_elements_text(CAST(:whose AS json)) AS one(domain) CROSS JOIN LATERAL (
  SELECT seq, activity_id, actor, domain, raw, tries, due_at FROM inbox
  WHERE state = 'new' AND domain = one.domain AND due_at <= :now ORDER BY due_at, seq LIMIT :most
  FOR UPDATE SKIP LOCKED
) AS due
ORDER BY due.due_at, due.seq
"""),
}
_SETTLE: Final = (
    update(inbox)
    .where(inbox.c.seq == bindparam("row"), _IS_NEW)
    .values(state="done", because=bindparam("why"), raw=b"")
)
_POSTPONE: Final = (
    update(inbox)
    .where(inbox.c.seq == bindparam("row"), _IS_NEW)
    .values(state=bindparam("to"), tries=inbox.c.tries + 1, because=bindparam("why"), due_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An activity on its way in: `actor` signed the request, `domain` is whose turn it waits for."""

    activity_id: str
    actor: str
    domain: str
    raw: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Received:
    """An activity as received; `actor` is who signed the request."""

    seq: int
    activity_id: str
    actor: str
    domain: str
    raw: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class PutAside:
    """An activity that nothing could be done with in five tries, and why."""

    seq: int
    activity_id: str
    actor: str
    because: str
    received_at: int


def append(connection: Connection, arrivals: Sequence[Arrival]) -> list[None]:
    """Keep activities to be handled; one whose id came before of its actor changes nothing (hostile A06, A07, E08)."""
    rows = [
        (digest(one.activity_id, one.actor), one.activity_id, one.actor, one.domain, one.raw, one.at, one.at)
        for one in arrivals
    ]
    connection.exec_driver_sql(_APPEND_TO[connection.dialect.name], rows)
    ring(connection, News.ARRIVAL)
    return [None] * len(rows)


def digest(activity_id: str, actor: str) -> bytes:
    """Under what an activity is known: nobody takes the id of another's by being first (hostile A26)."""
    return fingerprint(actor, activity_id)


def domains(connection: Connection, after: str, most: int) -> list[str]:
    """Domains that something waits of, in turn: first those that come after `after`, then from the beginning."""
    found = list(connection.scalars(_DOMAINS, {"after": after, "most": most}))
    if len(found) < most and after:
        earlier = connection.scalars(_DOMAINS, {"after": "", "most": most - len(found)})
        found += [domain for domain in earlier if domain <= after]
    return found


def claim(connection: Connection, now: int, whose: Collection[str], most: int, lease: int) -> tuple[Received, ...]:
    """What is to be handled now, at most so many of each domain, oldest first; in `Database.take`.

    Where there are several workers it is nobody else's until now + `lease`; one alone knows what it has begun with.
    """
    asked = {"whose": json.dumps(list(whose)), "now": now, "most": most}
    rows = connection.execute(_DUE[connection.dialect.name], asked).all()
    if rows and connection.dialect.name != SQLITE:
        held = inbox.c.seq.in_([row.seq for row in rows])
        connection.execute(update(inbox).where(held).values(due_at=now + lease))
    return tuple(Received(row.seq, row.activity_id, row.actor, row.domain, bytes(row.raw), row.tries) for row in rows)


def settle(connection: Connection, done: Sequence[tuple[int, str | None]]) -> int:
    """Mark as handled; the reason says why nothing was done, where nothing was. How many waited until now."""
    if not done:
        return 0
    return connection.execute(_SETTLE, [{"row": seq, "why": because} for seq, because in done]).rowcount


def postpone(connection: Connection, seq: int, because: str, due_at: int | None) -> None:
    """Try again at `due_at`; None puts the activity aside with its reason and without its bytes (hostile D20)."""
    where = ("aside", 0) if due_at is None else ("new", due_at)
    connection.execute(_POSTPONE, {"row": seq, "to": where[0], "why": because, "at": where[1]})
    if due_at is None:
        connection.execute(update(inbox).where(inbox.c.seq == seq, _IS_ASIDE).values(raw=b""))


def forget(connection: Connection, before: int, most: int) -> int:
    """Forget what was received `before` then and handled or put aside, at most so many in one go; how many that were.

    Acts are known by the record for good; of anything else no signature is so old that it could be sent again.
    """
    old = (inbox.c.received_at < before, inbox.c.state != literal_column("'new'"))
    seqs = select(inbox.c.seq).where(*old).order_by(inbox.c.received_at).limit(most)
    return connection.execute(delete(inbox).where(inbox.c.seq.in_(seqs))).rowcount


def waiting(connection: Connection) -> int:
    """How many activities are not handled yet."""
    return int(connection.scalar(select(func.count()).select_from(inbox).where(_IS_NEW)) or 0)


def aside(connection: Connection, most: int) -> tuple[PutAside, ...]:
    """What was put aside, newest first."""
    rows = connection.execute(select(inbox).where(_IS_ASIDE).order_by(inbox.c.seq.desc()).limit(most))
    return tuple(PutAside(row.seq, row.activity_id, row.actor, row.because, row.received_at) for row in rows)
