"""Looking up other servers' actors: what is stored, else fetched, signed by the instance's own actor."""

from typing import Final

import orjson

from app.federation import documents
from app.federation.documents import Actor
from app.federation.domains import domain_of
from app.kernel.canonical import Document, read_document
from app.kernel.ids import parse_id
from app.kernel.refusal import Refusal
from app.network.client import MAX_HOPS
from app.operations.exchange import blocking, knocking
from app.store import actors
from app.store.actors import StoredActor
from app.wiring import Instance

_ACCEPT: Final = f'{documents.ACTIVITY_JSON}, application/ld+json; profile="{documents.AS2}"'
NOT_THERE: Final = frozenset({"obj.gone", "obj.missing"})
"""The codes of what is not where it was looked for. That it was deleted only `obj.gone` says: 404 may be a mishap."""

OF_OUR_OWN: Final = frozenset({"net.budget", "net.exhausted"})
"""The codes of what was not asked since we could or would not: they say nothing of what lies there."""

_NOT_THERE: Final = {404: "obj.missing", 410: "obj.gone"}


async def fetch(instance: Instance, address: str, *, max_hops: int = MAX_HOPS) -> Document | Refusal:
    """The ActivityPub document at `address`, believed only where it was found (hostile B01, B02).

    `obj.gone` if the server says that there is none any more, `obj.missing` that there is none;
    `net.budget` if its registrable domain, however many hosts that has, was asked as often as it may be for now
    (hostile D08).
    """
    host = documents.host_of(address)
    barred = (await blocking.policy(instance)).refuses(host)
    if barred is not None:
        return barred
    if not instance.budgets.fetches.take(domain_of(host), instance.now()):
        return Refusal("net.budget", f"{domain_of(host)} was asked as often as it may be for now")
    answer = await knocking.get(instance, address, _ACCEPT, max_hops=max_hops)
    if isinstance(answer, Refusal):
        return answer
    if answer.status in _NOT_THERE:
        return Refusal(_NOT_THERE[answer.status], f"{address} answered {answer.status}")
    if answer.status != 200:
        return Refusal("net.status", f"{address} answered {answer.status}")
    if not documents.is_activity_type(answer.headers.get("content-type", "")):
        return Refusal("obj.media_type", f"{address} is not an ActivityPub document")
    document = read_document(answer.body)
    if isinstance(document, Refusal):
        return document
    return documents.check_fetched(document, answer.url) or document


async def stored_actor(instance: Instance, actor_id: str) -> StoredActor | None:
    """Another server's actor, if it was fetched before."""
    return await instance.database.read(lambda connection: actors.get(connection, actor_id))


async def actor(
    instance: Instance, actor_id: str, *, fresh: bool = False, max_hops: int = MAX_HOPS
) -> StoredActor | Refusal:
    """Another server's actor, stored or fetched; what is fetched is kept, and that one is gone is remembered."""
    bad = parse_id(actor_id, loopback=instance.loopback)
    if isinstance(bad, Refusal):
        return bad
    known = None if fresh else await stored_actor(instance, actor_id)
    if known is not None:
        return known
    document = await fetch(instance, actor_id, max_hops=max_hops)
    if isinstance(document, Refusal):
        await note_gone(instance, actor_id, document)
        return document
    return await keep(instance, document, actor_id)


async def keep(instance: Instance, document: Document, actor_id: str) -> StoredActor | Refusal:
    """The actor that `document`, fetched from `actor_id`, is, kept in place of what was known of it before."""
    read = documents.parse_actor(document, actor_id, loopback=instance.loopback)
    if isinstance(read, Refusal):
        return read
    stored = _stored(read, document, int(instance.now().timestamp()))
    await instance.database.write(lambda connection: actors.put(connection, stored))
    instance.keyring.known.drop(lambda key: key.owner == actor_id)  # some may have been rotated out
    return stored


async def note_gone(instance: Instance, actor_id: str, refused: Refusal) -> None:
    """Remember of a stored actor that its server says there is none, if that is why it was not fetched."""
    if refused.code in NOT_THERE:
        now = int(instance.now().timestamp())
        await instance.database.write(lambda connection: actors.mark_gone(connection, actor_id, now))


def _stored(read: Actor, document: Document, now: int) -> StoredActor:
    return StoredActor(read.id, orjson.dumps(document), read.inbox, read.shared_inbox, read.reads_acts, now)
