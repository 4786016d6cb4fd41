"""Looking up other servers' actors and keys: what is stored, else fetched, signed by the instance's own actor."""

from collections.abc import Mapping

import orjson

from app.federation import documents, http_signatures
from app.federation.documents import Actor
from app.federation.keys import Ed25519PublicKey, PublicKey
from app.federation.verification import confirm_key
from app.kernel.canonical import Document, read_document
from app.kernel.ids import parse_id, same_origin, without_fragment
from app.kernel.refusal import Refusal
from app.operations import blocking
from app.operations.sealing import http_signer
from app.store import actors
from app.store.actors import StoredActor
from app.wiring import Instance

_ACCEPT = f'{documents.ACTIVITY_JSON}, application/ld+json; profile="{documents.AS2}"'


async def fetch(instance: Instance, address: str) -> Document | Refusal:
    """The ActivityPub document at `address`, believed only where it was found (hostile B01, B02)."""
    barred = (await blocking.policy(instance)).refuses(documents.host_of(address))
    if barred is not None:
        return barred
    signer = await instance.database.read(lambda connection: http_signer(connection, instance, instance.application))

    def sign(method: str, url: str) -> Mapping[str, str]:
        return http_signatures.sign(method, url, instance.now(), None, signer)

    answer = await instance.client.get(address, headers={"Accept": _ACCEPT}, sign=sign)
    if isinstance(answer, Refusal):
        return answer
    if answer.status in {404, 410}:
        return Refusal("obj.gone", f"{address} answered {answer.status}")
    if answer.status != 200:
        return Refusal("net.status", f"{address} answered {answer.status}")
    if not documents.is_activity_type(answer.headers.get("content-type", "")):
        return Refusal("obj.media_type", f"{address} is not an ActivityPub document")
    document = read_document(answer.body)
    if isinstance(document, Refusal):
        return document
    return documents.check_fetched(document, answer.url) or document


async def actor(instance: Instance, actor_id: str, *, fresh: bool = False) -> StoredActor | Refusal:
    """Another server's actor, stored or fetched; what is fetched is kept."""
    bad = parse_id(actor_id, loopback=instance.loopback)
    if isinstance(bad, Refusal):
        return bad
    if not fresh:
        known = await instance.database.read(lambda connection: actors.get(connection, actor_id))
        if known is not None:
            return known
    document = await fetch(instance, actor_id)
    if isinstance(document, Refusal):
        return document
    read = documents.parse_actor(document, actor_id, loopback=instance.loopback)
    if isinstance(read, Refusal):
        return read
    stored = _stored(read, document, int(instance.now().timestamp()))
    await instance.database.write(lambda connection: actors.put(connection, stored))
    instance.keyring.known.update({key.id: key for key in read.keys})
    return stored


async def key(instance: Instance, key_id: str, *, fresh: bool = False) -> PublicKey | Refusal:
    """The public key with this id, confirmed by the actor that lists it (hostile A22 to A24)."""
    if not fresh and key_id in instance.keyring.known:
        return instance.keyring.known[key_id]
    actor_id = without_fragment(key_id)
    found = await actor(instance, actor_id, fresh=fresh)
    if isinstance(found, Refusal):
        return found
    document: Document = orjson.loads(found.raw)
    confirmed = confirm_key(key_id, document, actor_id)
    if not isinstance(confirmed, Refusal):
        instance.keyring.known[key_id] = confirmed
    return confirmed


async def seal_key(instance: Instance, method: str) -> Ed25519PublicKey | Refusal:
    """The Ed25519 key that a proof names: of ours, stored, or fetched."""
    if same_origin(method, instance.url):
        return Refusal("id.ours", f"{method} is our own key, and acts of ours do not come from outside")
    found = await key(instance, method)
    if isinstance(found, Refusal) and method not in instance.keyring.known:
        found = await key(instance, method, fresh=True)
    if isinstance(found, Ed25519PublicKey):
        return found
    return found if isinstance(found, Refusal) else Refusal("proof.controller", f"{method} is not an Ed25519 key")


def _stored(read: Actor, document: Document, now: int) -> StoredActor:
    return StoredActor(read.id, orjson.dumps(document), read.inbox, read.shared_inbox, read.reads_acts, now)
