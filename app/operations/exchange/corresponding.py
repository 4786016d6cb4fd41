"""Corresponding: how it stands with other servers, for whoever takes care of this one."""

from dataclasses import dataclass
from typing import Final

from app.federation import documents
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.exchange import resolve
from app.store import hosts, inbox, pulls, signing
from app.store.actors import StoredActor
from app.store.database import Connection
from app.store.hosts import Host
from app.store.inbox import PutAside
from app.store.pulls import Pull
from app.wiring import Instance

_MOST_ASIDE: Final = 100


@dataclass(frozen=True, slots=True)
class Correspondent:
    """One server: its deliveries, its breaker, how it takes signatures (None: not known), its records that we read."""

    host: Host
    breaker: str
    scheme: str | None
    records: tuple[Pull, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits: deliveries by host, activities to handle here, and those put aside with their reasons."""

    hosts: tuple[Host, ...]
    to_handle: int
    aside: tuple[PutAside, ...]


def queue(connection: Connection) -> Queue:
    """What waits for other servers or for us, and what was given up."""
    concerned = tuple(host for host in hosts.known(connection) if host.waiting or host.given_up)
    return Queue(concerned, inbox.waiting(connection), inbox.aside(connection, _MOST_ASIDE))


def peers(connection: Connection, now: Instant) -> tuple[Correspondent, ...]:
    """The servers that we deliver to or whose records we read, by name."""
    known = {host.host: host for host in hosts.known(connection)}
    records: dict[str, list[Pull]] = {}
    for pull in pulls.known(connection):
        records.setdefault(pull.host, []).append(pull)
    return tuple(
        Correspondent(host, _breaker(host, now), signing.scheme_of(connection, name), tuple(records.get(name, ())))
        for name in sorted(known.keys() | records.keys())
        for host in [known.get(name) or hosts.stranger(name)]
    )


async def refetch(instance: Instance, actor_id: str) -> StoredActor | Refusal:
    """An actor of another server as it is now, kept; its server counts as heard from.

    What a running server remembers of asking in vain gives way to it (hostile E18).
    """
    found = await resolve.actor(instance, actor_id, fresh=True)
    if not isinstance(found, Refusal):
        host, now = documents.host_of(found.id), int(instance.now().timestamp())
        await instance.database.write(lambda connection: hosts.retry(connection, host, now))
    return found


def _breaker(host: Host, now: Instant) -> str:
    """`closed` where all goes well, `open` while nothing is let through, `probing` when the next delivery decides."""
    if not host.failures:
        return "closed"
    return "open" if host.blocked_until > now.timestamp() else "probing"
