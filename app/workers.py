"""The jobs of a server: handle the inbox, deliver the outbox, ask for what is missing, keep deadlines."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from app.kernel.instant import Instant
from app.operations import closing, forgetting, hosting
from app.operations.deliver import Courier
from app.operations.process import ask_for_missing, handle_due
from app.store.database import StoreUnavailableError
from app.wiring import Instance

_EVERY_SECONDS: Final = 1.0
_log = structlog.get_logger()


async def run(instance: Instance) -> None:
    """Work until cancelled; woken by new rows, and once a second for what falls due by the clock."""
    courier = Courier(instance)
    rounds = asyncio.create_task(_each_second(instance))
    try:
        while True:
            instance.wake.clear()
            busy = await _guarded(lambda: handle_due(instance))
            busy += await _guarded(courier.send_due)
            if not busy:
                await _wait(instance)
    finally:
        rounds.cancel()
        await courier.finish()


async def _each_second(instance: Instance) -> None:
    last: Instant | None = None
    while True:
        now = instance.now()
        if now != last:
            last = now
            await _guarded(lambda: _duties(instance))
        await asyncio.sleep(_EVERY_SECONDS)


async def _duties(instance: Instance) -> int:
    await ask_for_missing(instance)
    await instance.database.write(lambda connection: closing.close_due(connection, instance))
    await instance.database.write(lambda connection: hosting.duties(connection, instance))
    await instance.database.write(lambda connection: forgetting.forget_due(connection, instance))
    instance.wake.set()
    return 0


async def _guarded(work: Callable[[], Awaitable[int]]) -> int:
    """The work's result; neither a store that is away nor a bug in one duty ends the others."""
    try:
        return await work()
    except StoreUnavailableError as away:
        _log.warning("store away", because=str(away))
    except Exception:  # noqa: BLE001 - what is due stays due, and is tried again
        _log.exception("a duty failed")
    await asyncio.sleep(_EVERY_SECONDS)
    return 0


async def _wait(instance: Instance) -> None:
    try:
        await asyncio.wait_for(instance.wake.wait(), _EVERY_SECONDS)
    except TimeoutError:
        return
