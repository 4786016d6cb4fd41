"""Comparing who follows whom with the servers that we write to and hear from (FEP-8fcf)."""

from collections.abc import Collection, Iterable, Mapping

import orjson

from app.federation import synchronization
from app.federation.documents import host_of
from app.federation.signatures import SignedRequest
from app.federation.synchronization import HEADER, Synchronization, partial_digest
from app.kernel.ids import same_origin
from app.operations.exchange.publishing import send
from app.store import actors, reactions
from app.store.database import Connection
from app.store.deliveries import Delivery
from app.wiring import Instance


def collection(instance: Instance) -> str:
    """Where a server asks which of its own actors follow the assembly."""
    return f"{instance.assembly}/followers_synchronization"


def followers_at(connection: Connection, instance: Instance, hosts: Collection[str]) -> dict[str, list[str]]:
    """The followers of the assembly who live on `hosts`, by host."""
    found = actors.followers_with_inbox_at(connection, instance.assembly, hosts)
    return {host: [one for one in followers if host_of(one) == host] for host, followers in found.items()}


def followers_to_tell(connection: Connection, instance: Instance, items: Iterable[Delivery]) -> dict[str, list[str]]:
    """The followers, by host, where these deliveries of the assembly go and that were not told for an hour."""
    often, now = instance.budgets.synchronizations, instance.now()
    hosts = {item.host for item in items if item.actor == instance.assembly and not often.wait(item.host, now)}
    return followers_at(connection, instance, hosts) if hosts else {}


def header(instance: Instance, item: Delivery, members: Collection[str]) -> Mapping[str, str]:
    """What goes along with a delivery of the assembly to the host of these followers, once an hour."""
    told = item.actor == instance.assembly and bool(members)
    if not told or not instance.budgets.synchronizations.take(item.host, instance.now()):
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
    elif followed and state != "accepted" and instance.budgets.agreements.take(signer, instance.now()):
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
