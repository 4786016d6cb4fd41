"""Comparing who follows whom with the servers that we write to and hear from (FEP-8fcf)."""

from collections.abc import Mapping

import orjson

from app.federation import synchronization
from app.federation.documents import host_of
from app.federation.signatures import SignedRequest
from app.federation.synchronization import HEADER, Synchronization, partial_digest
from app.kernel.ids import same_origin
from app.operations.publishing import send
from app.store import actors, reactions
from app.store.database import Connection
from app.store.deliveries import Delivery
from app.wiring import Instance


def collection(instance: Instance) -> str:
    """Where a server asks which of its own actors follow the assembly."""
    return f"{instance.assembly}/followers_synchronization"


def followers_at(connection: Connection, instance: Instance, host: str) -> tuple[str, ...]:
    """The followers of the assembly who live on `host`."""
    found = actors.followers_with_inbox_at(connection, instance.assembly, host)
    return tuple(follower for follower in found if host_of(follower) == host)


async def header(instance: Instance, item: Delivery) -> Mapping[str, str]:
    """What goes along with a delivery of the assembly to a host, once an hour for each host that follows it."""
    often = instance.budgets.synchronizations
    if item.actor != instance.assembly or often.wait(item.host, instance.now()):
        return {}
    members = await instance.database.read(lambda connection: followers_at(connection, instance, item.host))
    if not members or not often.take(item.host, instance.now()):
        return {}
    said = Synchronization(f"{instance.assembly}/followers", collection(instance), partial_digest(members))
    return {HEADER: synchronization.render(said)}


async def heed(instance: Instance, request: SignedRequest, signer: str) -> None:
    """Settle whether we follow who just wrote to us, if that server thinks otherwise.

    The assembly is the only one here who follows, so the digest says it all: it is that of the
    assembly, or of nobody. Anything else names actors that are not here, and is passed over.
    """
    header = request.value(HEADER)
    said = synchronization.parse(header) if header else None
    if said is None or not same_origin(said.url, signer):
        return
    them = said.digest == partial_digest([instance.assembly])
    if not them and said.digest != partial_digest([]):
        return

    def agree(connection: Connection) -> bool:
        return _differs(connection, signer, said, followed=them)

    if await instance.database.read(agree):
        await instance.database.write(lambda connection: _settle(connection, instance, signer, followed=them))


def _differs(connection: Connection, signer: str, said: Synchronization, *, followed: bool) -> bool:
    known = actors.get(connection, signer)
    if known is None or orjson.loads(known.raw).get("followers") != said.collection:
        return False
    state = reactions.is_followed(connection, signer)
    return (state != "accepted") if followed else (state == "accepted")


def _settle(connection: Connection, instance: Instance, signer: str, *, followed: bool) -> None:
    state = reactions.is_followed(connection, signer)
    if followed and state == "asked":  # they let us, and the answer was lost
        reactions.answered(connection, signer, accepted=True)
    elif followed and state != "accepted":
        undone = {"id": f"{instance.assembly}#follows/{signer}", "type": "Follow"}
        send(
            connection,
            instance,
            "Undo",
            instance.assembly,
            undone | {"actor": instance.assembly, "object": signer},
            [signer],
        )
    elif not followed and state == "accepted":
        reactions.unfollow(connection, signer)
