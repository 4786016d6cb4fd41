"""The jobs of a server: handle the inbox, deliver the outbox, ask for what is missing, keep deadlines."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from app.kernel.instant import Instant
from app.operations.confederation import hosting, looking_up, standing_in
from app.operations.exchange import gleaning, illustrating, pulling, reviewing
from app.operations.exchange.courier import Courier
from app.operations.exchange.process import ask_for_missing, try_parked
from app.operations.exchange.secretary import Secretary
from app.operations.mandates import instructing
from app.operations.matters import consulting, fulfilling, lapsing
from app.operations.meetings import facilitating
from app.operations.record import forgetting
from app.operations.votes import closing, setting_aside
from app.store import pulls
from app.store.bell import News, listen
from app.store.database import StoreUnavailableError
from app.wiring import Instance

_EVERY_SECONDS: Final = 1.0
_GATHERING_SECONDS: Final = 0.02  # what comes meanwhile shares a transaction
_LOOK_SECONDS: Final = 3.0
_MINUTE_SECONDS: Final = 60.0
_HOUR_SECONDS: Final = 3600.0
_log = structlog.get_logger()


async def run(instance: Instance) -> None:
    """Work until cancelled; woken by new rows, and by the clock for what falls due. Any number may work on PostgreSQL.

    The jobs do not wait for each other: a long inbox holds up no delivery, and no deadline.
    """
    courier, secretary = Courier(instance), Secretary(instance)
    await _guarded(courier.resume)
    bells = {News.ARRIVAL: instance.arrivals, News.DEPARTURE: instance.departures}
    jobs = (
        _inbox(instance, secretary),
        _outbox(courier),
        courier.listen(),
        _each_second(instance),
        _asking(lambda: ask_for_missing(instance)),
        _asking(lambda: try_parked(instance)),
        _asking(lambda: gleaning.fetch_wanted(instance)),
        _records(instance),
        _each_minute(instance),
        _each_hour(instance, courier, secretary),
    )
    tasks = [asyncio.create_task(job) for job in (*jobs, listen(instance.database.url, bells))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _guarded(secretary.finish)
        await _guarded(courier.finish)


async def _inbox(instance: Instance, secretary: Secretary) -> None:
    while True:
        await asyncio.sleep(_GATHERING_SECONDS)
        heard = instance.arrivals.rings
        if not await _guarded(secretary.handle_due):
            await instance.arrivals.wait(heard, _EVERY_SECONDS)


async def _outbox(courier: Courier) -> None:
    while True:
        await _guarded(courier.turn)


async def _records(instance: Instance) -> None:
    now = int(instance.now().timestamp())
    await _guarded(lambda: instance.database.write(lambda connection: pulls.hurry(connection, now)))
    while True:
        if not await _guarded(lambda: pulling.pull_due(instance)):
            await asyncio.sleep(_LOOK_SECONDS)


async def _asking(ask: Callable[[], Awaitable[int | None]]) -> None:
    """Ask others for what is missing, apart from the duties: a server that answers slowly holds up no deadline."""
    while True:
        await _guarded(ask)
        await asyncio.sleep(_EVERY_SECONDS)


async def _each_hour(instance: Instance, courier: Courier, secretary: Secretary) -> None:
    while True:
        await _guarded(courier.forget)
        await _guarded(lambda: looking_up.renew(instance))
        await _guarded(secretary.forget)
        await _guarded(lambda: illustrating.forget_files(instance))
        await asyncio.sleep(_HOUR_SECONDS)


async def _each_second(instance: Instance) -> None:
    last: Instant | None = None
    while True:
        now = instance.now()
        if now != last:
            last = now
            await _guarded(lambda: _duties(instance))
        await asyncio.sleep(_EVERY_SECONDS)


async def _each_minute(instance: Instance) -> None:
    while True:
        await _guarded(lambda: instance.database.write(lambda connection: instructing.duties(connection, instance)))
        await _guarded(lambda: instance.database.write(lambda connection: fulfilling.duties(connection, instance)))
        await _guarded(lambda: instance.database.write(lambda connection: setting_aside.duties(connection, instance)))
        await _guarded(lambda: instance.database.write(lambda connection: lapsing.duties(connection, instance)))
        await _guarded(lambda: instance.database.write(lambda connection: reviewing.lapse_due(connection, instance)))
        await _guarded(lambda: instance.database.write(lambda connection: standing_in.duties(connection, instance)))
        await asyncio.sleep(_MINUTE_SECONDS)


async def _duties(instance: Instance) -> None:
    await instance.database.write(lambda connection: closing.close_due(connection, instance))
    await instance.database.write(lambda connection: facilitating.close_forgotten(connection, instance))
    await instance.database.write(lambda connection: hosting.duties(connection, instance))
    await instance.database.write(lambda connection: consulting.close_due(connection, instance))
    await instance.database.write(lambda connection: forgetting.forget_due(connection, instance))


async def _guarded(work: Callable[[], Awaitable[int | None]]) -> int:
    """The work's result; neither a store that is away nor a bug in one duty ends the others."""
    try:
        return await work() or 0
    except StoreUnavailableError as away:
        with suppress(OSError):  # the log may lie on the disk that is full
            _log.warning("store away", because=str(away))
    except Exception:  # noqa: BLE001 - what is due stays due, and is tried again
        with suppress(OSError):
            _log.exception("a duty failed")
    await asyncio.sleep(_EVERY_SECONDS)
    return 0
