"""What others did with our posts and told us: likes, shares, follows, complaints; and whom we follow."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from app.federation.documents import host_of
from app.federation.domains import domain_of
from app.store import voices
from app.store.fingerprint import fingerprint
from app.store.inbox import digest
from app.store.room import keep_newest
from app.store.tables_conversation import flags, following, reactions
from app.store.upsert import upserting

MOST_FLAGS = 50
"""So many complaints of one registrable domain are kept: of more, the oldest goes."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An activity that leaves a mark: its id undoes it."""

    id: str
    kind: str
    object: str
    actor: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A complaint of another server about something here; for the moderation duty, never for a page of everybody."""

    id: str
    actor: str
    about: tuple[str, ...]
    content: str
    received_at: int


def react(connection: Connection, reaction: Reaction, now: int) -> bool:
    """Keep a reaction; False if the actor had it on this object before or took it back."""
    if voices.is_buried(connection, reaction.id, reaction.actor) or of(connection, reaction.id, reaction.actor):
        return False
    known, mark = digest(reaction.id, reaction.actor), _mark(reaction.kind, reaction.object, reaction.actor)
    older = connection.scalar(select(reactions.c.id).where(reactions.c.mark == mark))
    if older is not None:  # done again under another id: the newer one is the one that may be undone
        connection.execute(update(reactions).where(reactions.c.mark == mark).values(id=reaction.id, digest=known))
        voices.bury(connection, older, reaction.actor, now)
        return False
    connection.execute(
        insert(reactions).values(
            digest=known,
            id=reaction.id,
            kind=reaction.kind,
            object=reaction.object,
            actor=reaction.actor,
            mark=mark,
            happened_at=now,
        )
    )
    return True


def of(connection: Connection, activity_id: str, actor: str) -> Reaction | None:
    """The reaction that an activity of this actor left: another may have called one of theirs the same."""
    row = connection.execute(select(reactions).where(reactions.c.digest == digest(activity_id, actor))).first()
    return None if row is None else Reaction(row.id, row.kind, row.object, row.actor)


def activity_of(connection: Connection, kind: str, thing: str, actor: str) -> str | None:
    """The id of the activity by which an actor last did this with an object; None if nothing of it stands."""
    found = connection.scalar(select(reactions.c.id).where(reactions.c.mark == _mark(kind, thing, actor)))
    return str(found) if found is not None else None


def withdraw(connection: Connection, kind: str, thing: str, actor: str) -> bool:
    """Take back what an actor did with an object, whatever the activity was called; False if there is none."""
    return connection.execute(delete(reactions).where(reactions.c.mark == _mark(kind, thing, actor))).rowcount > 0


def counts(connection: Connection, thing: str, *, without: Callable[[str], bool]) -> tuple[int, int]:
    """How many like an object and how many shared it, `without` those who live on hosts of which this is true."""
    rows = connection.execute(select(reactions.c.kind, reactions.c.actor).where(reactions.c.object == thing)).all()
    left_out = {host for host in {urlsplit(row.actor).netloc for row in rows} if without(host)}
    found = Counter(row.kind for row in rows if urlsplit(row.actor).netloc not in left_out)
    return found["Like"], found["Announce"]


def follow_nobody(connection: Connection, actor: str) -> None:
    """Take back every Follow by an actor."""
    connection.execute(delete(reactions).where(reactions.c.actor == actor, reactions.c.kind == "Follow"))


def flag(connection: Connection, complaint: Flag) -> None:
    """Keep a complaint, once; of one registrable domain the newest `MOST_FLAGS` (hostile D08)."""
    known, domain = digest(complaint.id, complaint.actor), domain_of(host_of(complaint.actor))
    new = upserting(connection, flags).values(
        digest=known,
        id=complaint.id,
        actor=complaint.actor,
        domain=domain,
        about=json.dumps(complaint.about),
        content=complaint.content,
        received_at=complaint.received_at,
    )
    if connection.execute(new.on_conflict_do_nothing()).rowcount:
        keep_newest(connection, flags, domain, flags.c.received_at, MOST_FLAGS)


def flagged(connection: Connection, limit: int) -> tuple[Flag, ...]:
    """The newest complaints first."""
    rows = connection.execute(select(flags).order_by(flags.c.received_at.desc(), flags.c.id).limit(limit))
    return tuple(Flag(row.id, row.actor, tuple(json.loads(row.about)), row.content, row.received_at) for row in rows)


def follow(connection: Connection, followed: str, activity_id: str, now: int) -> None:
    """Note that we asked to follow another actor."""
    connection.execute(delete(following).where(following.c.followed == followed))
    connection.execute(insert(following).values(followed=followed, activity=activity_id, state="asked", since=now))


def answered(connection: Connection, followed: str, *, accepted: bool) -> bool:
    """Note what an actor answered to our Follow; False if we never asked."""
    state = "accepted" if accepted else "rejected"
    changed = connection.execute(update(following).where(following.c.followed == followed).values(state=state))
    return changed.rowcount > 0


def followed_by_us(connection: Connection) -> Sequence[str]:
    """The actors that let us follow them."""
    where = following.c.state == "accepted"
    return list(connection.scalars(select(following.c.followed).where(where).order_by(following.c.followed)))


def is_followed(connection: Connection, actor: str) -> str | None:
    """Where our Follow of this actor stands: `asked`, `accepted` or `rejected`; None if there is none."""
    found = connection.scalar(select(following.c.state).where(following.c.followed == actor))
    return str(found) if found is not None else None


def follow_of(connection: Connection, followed: str) -> str | None:
    """The id of our Follow of this actor, by which it is undone; None if there is none."""
    found = connection.scalar(select(following.c.activity).where(following.c.followed == followed))
    return str(found) if found is not None else None


def unfollow(connection: Connection, followed: str) -> bool:
    """Forget that we follow an actor; False if we did not."""
    return connection.execute(delete(following).where(following.c.followed == followed)).rowcount > 0


def _mark(kind: str, thing: str, actor: str) -> bytes:
    return fingerprint(actor, kind, thing)
