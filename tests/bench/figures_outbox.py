"""Deliveries of one post to many hosts, some of them dead; and what looking for work costs, whatever waits."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import uvloop
from sqlalchemy import text

from app.federation import http_signatures
from app.governance.assembly import Body
from app.kernel.refusal import Refusal
from app.operations.assembly import founding
from app.operations.exchange.courier import Courier
from app.store import deliveries, outbox
from app.store.database import Connection
from app.store.deliveries import Delivered
from app.store.migration import migrate
from app.store.outbox import Target
from app.wiring import Instance, current_instant, make_secret, open_instance, read_settings
from tests.bench.measure import PER_CPU, Figure
from tests.processes.servers import Someone, free_port

_BODY: Final = b'{"type":"Create","object":{"type":"Note","content":"' + b"x" * 1000 + b'"}}'
_BAD_IN_A_HUNDRED: Final = 5
_ROUNDS: Final = 20
_TURNS: Final = 2  # of each, in turn, and the better one counts: the machine has other things to do too
_AT_ONCE: Final = 64


def fan_out(folder: Path, hosts: int) -> dict[str, Figure]:
    """A post to so many loopback hosts: per CPU-second, and how much longer if 5 % refuse and 5 % never answer."""
    folder.mkdir()
    return uvloop.run(_fan_out(folder, hosts))


def claims(folder: Path, waiting: int) -> dict[str, Figure]:
    """Microseconds of one claim and settlement, each of 64 deliveries, while `waiting` wait for a thousand hosts."""
    return uvloop.run(_claims(folder, waiting))


async def _fan_out(folder: Path, hosts: int) -> dict[str, Figure]:
    sink = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sink", stdout=asyncio.subprocess.PIPE
    )
    good, hanging = map(int, (await sink.stdout.readline()).split()) if sink.stdout is not None else (0, 0)
    addresses = [f"127.{1 + n // 62_500}.{1 + n // 250 % 250}.{1 + n % 250}" for n in range(hosts * 11 // 10)]
    well = [f"{address}:{good}" for address in addresses[:hosts]]
    few = hosts * _BAD_IN_A_HUNDRED // 100
    refusing = [f"{address}:{free_port()}" for address in addresses[hosts : hosts + few]]
    silent = [f"{address}:{hanging}" for address in addresses[hosts + few :]]
    mixed = [name for number in range(few) for name in (*well[number::few], refusing[number], silent[number])]
    try:
        floor = await _used_by_bare_posts(well)
        rounds = [
            (
                await _in_one_go(folder / f"well-{turn}", well, good),
                await _in_one_go(folder / f"mixed-{turn}", mixed, good),
            )
            for turn in range(_TURNS)
        ]
    finally:
        sink.terminate()
        await sink.wait()
    used = min(cpu for (_, cpu), _ in rounds)
    alone, among = min(clock for (clock, _), _ in rounds), min(clock for _, (clock, _) in rounds)
    return {
        f"deliveries to {hosts} hosts": Figure(hosts / used, PER_CPU, hosts / floor, target=1800),
        f"the same, by the clock, {hosts} hosts": Figure(alone, "s"),
        f"with 5 % refusing and 5 % hanging, {hosts} hosts": Figure(among, "s"),
        f"how much longer the others took, {hosts} hosts": Figure(among / alone, "times", target=1.2),
    }


async def _in_one_go(folder: Path, addresses: list[str], good: int) -> tuple[float, float]:
    async with _instance(folder) as instance:
        return await _sent(instance, addresses, good)


@asynccontextmanager
async def _instance(folder: Path) -> AsyncIterator[Instance]:
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs yet
    settings = read_settings(url=f"http://127.0.0.1:{free_port()}", loopback=True, data_dir=folder)
    if isinstance(settings, Refusal):
        raise TypeError(settings.because)
    migrate(settings.database)
    make_secret(settings.secret)
    instance = open_instance(settings)
    if isinstance(instance, Refusal):
        raise TypeError(instance.because)
    await instance.database.write(lambda c: founding.begin(c, instance, Body.COMMUNE, "Bench"))
    yield instance
    await instance.close()


def _queue(connection: Connection, instance: Instance, addresses: list[str], number: int = 1) -> None:
    targets = [Target(f"http://{address}/inbox", is_inbox=True, host=address) for address in addresses]
    name, now = f"{instance.url}/activities/{number}", int(instance.now().timestamp())
    outbox.publish(connection, name, instance.assembly, _BODY, public=True, now=now, targets=targets)


async def _sent(instance: Instance, addresses: list[str], good: int) -> tuple[float, float]:
    """Seconds by the clock and of CPU until everything for the port that answers is delivered."""
    await instance.database.write(lambda c: _queue(c, instance, addresses))
    courier = Courier(instance)
    left = text("SELECT count(*) FROM deliveries WHERE host LIKE :good").bindparams(good=f"%:{good}")

    async def work() -> None:
        while True:
            await courier.turn()

    await instance.client.post(f"http://127.0.0.1:{good}/inbox", headers={}, body=b"")  # what a server makes once
    began, used = time.perf_counter(), time.process_time()
    tasks = [asyncio.create_task(work()), asyncio.create_task(courier.listen())]
    while await instance.database.read(lambda c: c.scalar(left)):  # noqa: ASYNC110 - it is the database that is asked
        await asyncio.sleep(0.05)
    took = time.perf_counter() - began, time.process_time() - used
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await courier.finish()
    return took


async def _used_by_bare_posts(addresses: list[str]) -> float:
    signer = Someone("http://127.0.0.1/someone").http
    limit = asyncio.Semaphore(_AT_ONCE)
    began = time.process_time()
    async with aiohttp.ClientSession() as session:

        async def post(address: str) -> None:
            async with limit:
                url = f"http://{address}/inbox"
                headers = http_signatures.sign("POST", url, current_instant(), _BODY, signer)
                async with session.post(url, data=_BODY, headers=headers) as answer:
                    await answer.read()

        await asyncio.gather(*(post(address) for address in addresses))
    return time.process_time() - began


async def _claims(folder: Path, waiting: int) -> dict[str, Figure]:
    async with _instance(folder) as instance:
        hosts = [f"host-{number}.example" for number in range(1000)]
        for number in range(waiting // 1000):
            await instance.database.write(partial(_queue, instance=instance, addresses=hosts, number=number))
        now = int(instance.now().timestamp())
        while await instance.database.take(lambda c: deliveries.address(c, now)):
            pass
        began = time.perf_counter()
        for _ in range(_ROUNDS):
            await instance.database.take(lambda c: _turn(c, now))
        took = time.perf_counter() - began
    return {f"claim and settle, {waiting:,} waiting": Figure(took / _ROUNDS / _AT_ONCE * 1e6, "µs each")}


def _turn(connection: Connection, now: int) -> None:
    found = deliveries.claim(connection, now, _AT_ONCE, suspects=False, lease=60)
    deliveries.settle(connection, [Delivered(one) for one in found], now)
