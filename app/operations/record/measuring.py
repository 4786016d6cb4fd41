"""Measuring: how long the ledger of another assembly is, on its own word."""

from typing import Final

import orjson

from app.federation.keys import Ed25519PublicKey, actor_keys
from app.kernel.ids import origin
from app.kernel.refusal import Refusal
from app.ledger import checkpoint
from app.ledger.checkpoint import Checkpoint
from app.operations.exchange import knocking, resolve
from app.store.actors import StoredActor
from app.wiring import Instance

_MOST_BYTES: Final = 16_384


async def length(instance: Instance, assembly: str) -> int | Refusal:
    """How many leaves `assembly` has, as its newest checkpoint says and a key of its actor signed (protocol.md §5).

    Refuses as a fetch does, and by `checkpoint.*` if the note does not hold, not even with the actor fetched anew.
    """
    answer = await knocking.get(instance, f"{origin(assembly)}/ledger/checkpoint", "text/plain", max_bytes=_MOST_BYTES)
    if isinstance(answer, Refusal):
        return answer
    if answer.status != 200 or origin(answer.url) != origin(assembly):
        return Refusal("net.status", f"{answer.url} answered {answer.status}")
    note = answer.body.decode(errors="replace")
    said = _signed_by(await resolve.actor(instance, assembly), note)
    if isinstance(said, Refusal) and said.code == "checkpoint.bad":  # it may have a new key
        said = _signed_by(await resolve.actor(instance, assembly, fresh=True), note)
    return said if isinstance(said, Refusal) else said.size


def _signed_by(holder: StoredActor | Refusal, note: str) -> Checkpoint | Refusal:
    if isinstance(holder, Refusal):
        return holder
    listed = actor_keys(orjson.loads(holder.raw))
    if isinstance(listed, Refusal):
        return listed
    said: Checkpoint | Refusal = Refusal("checkpoint.bad", f"{holder.id} lists no key that signs notes")
    for key in listed:
        if isinstance(key, Ed25519PublicKey):
            said = checkpoint.verify(note, holder.id, key.raw)
            if isinstance(said, Checkpoint):
                break
    return said
