"""Describing ourselves: the actors of this instance, as others fetch them."""

from datetime import UTC, datetime

import orjson

from app.federation import documents
from app.kernel.canonical import Document
from app.store import accounts, actors, acts
from app.store.database import Connection
from app.wiring import Instance


def actor(connection: Connection, instance: Instance, actor_id: str) -> bytes | None:
    """The document of the assembly, the instance or a delegate; None for anybody else.

    Members who never acted or spoke in public have no actor: who belongs to the assembly is its own affair.
    """
    body = accounts.body(connection)
    held = {key.purpose: key for key in actors.keys_of(connection, actor_id)}
    if body is None or set(held) != {"http", "seal"}:
        return None
    published = datetime.fromtimestamp(body.founded_at or 0, UTC)
    short = actor_id.rpartition("/")[2]
    kinds = {
        instance.assembly: ("Group", "assembly", body.name),
        instance.application: ("Application", "instance", body.name),
    }
    kind, username, name = kinds.get(actor_id, ("Person", short, short))
    if kind == "Person":
        account = accounts.named(connection, short)
        name = account.shown if account is not None else short
    document = documents.render_actor(
        actor_id=actor_id,
        kind=kind,
        username=username,
        name=name,
        public_pem=held["http"].public,
        multikey=held["seal"].public,
        published=published,
        body=body.kind if actor_id == instance.assembly else None,
        searchable=not instance.watched,
    )
    return orjson.dumps(document | _key_log(connection, actor_id))


def has_actor(connection: Connection, actor_id: str) -> bool:
    """True if `actor_id` is one of our actors, whose collections there are then."""
    return {key.purpose for key in actors.keys_of(connection, actor_id)} == {"http", "seal"}


def _key_log(connection: Connection, actor_id: str) -> Document:
    """Where the actor's first KeyEvent is, so that whoever holds its acts can fetch its keys' history."""
    events = acts.of_type(connection, "gov:KeyEvent", author=actor_id)
    return {"gov:keylog": {"id": events[0].id, "gov:digest": events[0].digest}} if events else {}
