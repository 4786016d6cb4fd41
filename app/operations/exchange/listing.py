"""Listing: what of a conversation is told to everybody; as on a page, nothing of who is silenced and nothing hidden."""

from collections.abc import Iterable

from app.federation.documents import host_of
from app.operations.exchange import blocking
from app.store import hiding, reactions, voices
from app.store.database import Connection
from app.wiring import Instance


def answers(connection: Connection, instance: Instance, post: str) -> tuple[str, ...]:
    """The ids of what was answered to a post for everybody, oldest first."""
    return _shown(connection, instance, voices.answers_of(connection, post))


def conversation(connection: Connection, instance: Instance, dossier: str) -> tuple[str, ...]:
    """The ids of all posts of a conversation, ours and others', oldest first."""
    return _shown(connection, instance, voices.conversation(connection, dossier))


def figures(connection: Connection, instance: Instance, thing: str) -> tuple[int, int]:
    """How many like a post or a voice, and how many shared it."""
    return reactions.counts(connection, thing, without=blocking.policy_of(connection, instance).hides)


def _shown(connection: Connection, instance: Instance, ids: Iterable[str]) -> tuple[str, ...]:
    policy, hidden = blocking.policy_of(connection, instance), hiding.all_hidden(connection, _now(instance))
    return tuple(one for one in ids if one not in hidden and not policy.hides(host_of(one)))


def _now(instance: Instance) -> int:
    return int(instance.now().timestamp())
