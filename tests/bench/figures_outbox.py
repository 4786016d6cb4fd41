"""Deliveries of one post to many hosts, beside bare signed POSTs to the same hosts."""

import asyncio
import sys
import time
from pathlib import Path

import aiohttp

from app.federation import http_signatures
from app.governance.assembly import Body
from app.kernel.refusal import Refusal
from app.operations import founding
from app.operations.deliver import Courier
from app.store import outbox
from app.store.database import Connection
from app.store.migration import migrate
from app.store.outbox import Target
from app.wiring import Instance, current_instant, make_secret, open_instance, read_settings
from tests.bench.measure import PER_CPU, Figure
from tests.processes.servers import Someone, free_port

_BODY = b'{"type":"Create","object":{"type":"Note","content":"' + b"x" * 1000 + b'"}}'


def deliveries(folder: Path, hosts: int) -> dict[str, Figure]:
    """Deliveries per CPU-second of this process to `hosts` different loopback hosts."""
    folder.mkdir()
    return asyncio.run(_measured(folder, hosts))


async def _measured(folder: Path, hosts: int) -> dict[str, Figure]:
    settings = read_settings(url=f"http://127.0.0.1:{free_port()}", loopback=True, data_dir=folder)
    if isinstance(settings, Refusal):
        raise TypeError(settings.because)
    migrate(settings.database)
    make_secret(settings.secret)
    instance = open_instance(settings)
    if isinstance(instance, Refusal):
        raise TypeError(instance.because)
    sink = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sink", stdout=asyncio.subprocess.PIPE
    )
    port = int((await sink.stdout.readline()).decode()) if sink.stdout is not None else 0
    addresses = [f"127.0.{1 + number // 250}.{1 + number % 250}:{port}" for number in range(hosts)]
    try:
        await instance.database.write(lambda c: founding.begin(c, instance, Body.COMMUNE, "Bench"))
        await instance.database.write(lambda c: _queue(c, instance, addresses))
        used = await _used_by_courier(instance, hosts)
        floor = await _used_by_bare_posts(addresses)
    finally:
        sink.terminate()
        await sink.wait()
        await instance.close()
    return {f"deliveries to {hosts} hosts": Figure(hosts / used, PER_CPU, hosts / floor)}


def _queue(connection: Connection, instance: Instance, addresses: list[str]) -> None:
    targets = [Target(f"http://{address}/inbox", is_inbox=True, host=address) for address in addresses]
    now = int(instance.now().timestamp())
    outbox.publish(
        connection, f"{instance.url}/activities/1", instance.assembly, _BODY, public=True, now=now, targets=targets
    )


async def _used_by_courier(instance: Instance, hosts: int) -> float:
    courier, began = Courier(instance), time.process_time()
    done = 0
    while done < hosts:
        done += await courier.send_due()
        await asyncio.sleep(0)
        if not done:
            continue
        instance.wake.clear()
        if done < hosts:
            await instance.wake.wait()
    await courier.finish()
    return time.process_time() - began


async def _used_by_bare_posts(addresses: list[str]) -> float:
    signer = Someone("http://127.0.0.1/someone").http
    limit = asyncio.Semaphore(64)
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
