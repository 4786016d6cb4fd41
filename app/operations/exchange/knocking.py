"""Knocking: a request is signed the way its host takes it, and once more the other way where that is refused.

Nobody says beforehand which scheme it reads, so what worked is remembered, and so is how a host signs to us.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from app.federation import documents, http_signatures
from app.federation.keys import RsaSigner
from app.federation.signatures import Scheme
from app.kernel.refusal import Refusal
from app.network.client import MAX_BYTES, MAX_HOPS, Answer
from app.operations.record.sealing import http_signer
from app.store import signing
from app.wiring import Instance

_NOT_THIS_WAY: Final = frozenset({400, 401})
_OTHER: Final = {Scheme.CAVAGE: Scheme.RFC9421, Scheme.RFC9421: Scheme.CAVAGE}
_REMEMBERED: Final = timedelta(minutes=10)  # in memory; another process may learn better meanwhile


async def get(
    instance: Instance, url: str, accept: str, *, max_hops: int = MAX_HOPS, max_bytes: int = MAX_BYTES
) -> Answer | Refusal:
    """What `url` answers to a fetch that the instance's own actor signed."""
    signer = await _signer(instance, instance.application)

    async def knock(scheme: Scheme) -> Answer | Refusal:
        def sign(method: str, address: str) -> Mapping[str, str]:
            return http_signatures.sign(method, address, instance.now(), None, signer, scheme)

        headers = {"Accept": accept}
        return await instance.client.get(url, headers=headers, max_hops=max_hops, max_bytes=max_bytes, sign=sign)

    return await _either_way(instance, url, knock)


async def post(instance: Instance, actor: str, inbox: str, body: bytes, along: Mapping[str, str]) -> Answer | Refusal:
    """What `inbox` answers to a delivery that `actor` signed, with a fresh date at every try.

    `along` are headers that go with it and are not signed.
    """
    signer = await _signer(instance, actor)

    async def knock(scheme: Scheme) -> Answer | Refusal:
        headers = await asyncio.to_thread(http_signatures.sign, "POST", inbox, instance.now(), body, signer, scheme)
        return await instance.client.post(inbox, headers={**headers, **along}, body=body)

    return await _either_way(instance, inbox, knock)


async def learn(instance: Instance, host: str, scheme: Scheme) -> None:
    """Remember on disk how `host` signs, or what it took."""
    now = instance.now()
    if instance.keyring.schemes.get(host, now) is scheme:
        return
    learnt_at = int(now.timestamp())
    await instance.database.write(lambda connection: signing.remember_scheme(connection, host, scheme.value, learnt_at))
    instance.keyring.schemes.put(host, scheme, now + _REMEMBERED)


async def _either_way(
    instance: Instance, url: str, knock: Callable[[Scheme], Awaitable[Answer | Refusal]]
) -> Answer | Refusal:
    host = documents.host_of(url)
    scheme = await _scheme_of(instance, host)
    answer = await knock(scheme)
    if isinstance(answer, Refusal) or answer.status not in _NOT_THIS_WAY:
        return answer
    second = await knock(_OTHER[scheme])
    if isinstance(second, Refusal) or second.status in _NOT_THIS_WAY:
        return answer
    if second.status < 300:
        await learn(instance, host, _OTHER[scheme])
    return second


async def _signer(instance: Instance, actor: str) -> RsaSigner:
    known = instance.keyring.http.get(f"{actor}#main-key")
    if known is not None:
        return known
    return await instance.database.read(lambda connection: http_signer(connection, instance, actor))


def recall(instance: Instance, stored: Mapping[str, str | None]) -> None:
    """Take into memory what the store knows of hosts that are about to be knocked at, None for nothing."""
    now = instance.now()
    for host, scheme in stored.items():
        if instance.keyring.schemes.get(host, now) is None:
            instance.keyring.schemes.put(host, _or_cavage(scheme), now + _REMEMBERED)


async def _scheme_of(instance: Instance, host: str) -> Scheme:
    now = instance.now()
    known = instance.keyring.schemes.get(host, now)
    if known is None:
        stored = await instance.database.read(lambda connection: signing.scheme_of(connection, host))
        known = _or_cavage(stored)
        instance.keyring.schemes.put(host, known, now + _REMEMBERED)
    return known


def _or_cavage(stored: str | None) -> Scheme:
    return Scheme(stored) if stored is not None else Scheme.CAVAGE
