"""Delivering: one in flight for each host, oldest first, many hosts at once."""

import asyncio
import random

from app.federation import delivery, http_signatures
from app.federation.delivery import Verdict
from app.kernel.refusal import Refusal
from app.operations import resolve
from app.operations.sealing import http_signer
from app.store import outbox
from app.store.outbox import Delivery
from app.wiring import Instance

_HOSTS_AT_ONCE = 64


class Courier:
    """Sends what is due; knows which hosts it is busy with, so that none gets two at a time."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def send_due(self) -> int:
        """Start what is due for hosts that are free; how many deliveries were started."""
        free = _HOSTS_AT_ONCE - len(self._busy)
        now, busy = int(self._instance.now().timestamp()), tuple(self._busy)
        if free <= 0:
            return 0
        due = await self._instance.database.read(lambda connection: outbox.claim(connection, now, busy, free))
        for item in due:
            task = asyncio.create_task(self._send(item))
            self._busy[item.host] = task
        return len(due)

    async def finish(self) -> None:
        """Wait for what is in flight."""
        await asyncio.gather(*self._busy.values())

    async def _send(self, item: Delivery) -> None:
        try:
            await send(self._instance, item)
        finally:
            del self._busy[item.host]
            self._instance.wake.set()


async def send(instance: Instance, item: Delivery) -> None:
    """Send one delivery and note what became of it."""
    because = await _attempt(instance, item)
    wait = delivery.next_attempt(item.tries, random.random()) if because is not None else None  # noqa: S311 - jitter
    if because is None:
        await instance.database.write(lambda connection: outbox.settle(connection, item.id))
    elif because.code == "net.refused" or wait is None:
        await instance.database.write(lambda connection: outbox.settle(connection, item.id, because=because.because))
    else:
        due_at = int((instance.now() + wait).timestamp())
        await instance.database.write(lambda connection: outbox.postpone(connection, item.id, because.because, due_at))


async def _attempt(instance: Instance, item: Delivery) -> Refusal | None:
    inbox = item.target
    if not item.is_inbox:
        found = await resolve.actor(instance, item.target)
        if isinstance(found, Refusal):
            return found
        inbox = found.shared_inbox or found.inbox
    signer = await instance.database.read(lambda connection: http_signer(connection, instance, item.actor))
    headers = await asyncio.to_thread(http_signatures.sign, "POST", inbox, instance.now(), item.raw, signer)
    answer = await instance.client.post(inbox, headers=headers, body=item.raw)
    if isinstance(answer, Refusal):
        return answer
    match delivery.judge(answer.status):
        case Verdict.DONE:
            return None
        case Verdict.REFUSED:
            return Refusal("net.refused", f"{item.host} answered {answer.status}")
        case Verdict.AGAIN:
            return Refusal("net.status", f"{item.host} answered {answer.status}")
