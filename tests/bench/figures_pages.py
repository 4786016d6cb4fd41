"""What other servers read, each beside the same bytes from a bare application; memory and cold start."""

import asyncio
import json
import time
from typing import Final

import aiohttp

from tests.bench import serving
from tests.bench.measure import PER_CPU, Figure, at_once, percentile
from tests.bench.serving import Measured, Stage
from tests.processes.servers import request

_CONCURRENCY: Final = 32
_ACCEPT: Final = {"Accept": "application/activity+json"}
_TARGET: Final = {"actor": 12_000.0}


def figures(stage: Stage, most: int, where: str) -> dict[str, Figure]:
    """GET of actor, act, WebFinger and outbox page, and what the server takes before anybody asks."""
    began = time.perf_counter()
    with serving.served(stage) as ours:
        found = {
            f"cold start, {where}": Figure(time.perf_counter() - began, "s", target=1.5),
            f"cold start, {where}, of the processor": Figure(ours.cpu(), "CPU-s"),
            f"idle memory, {where}": Figure(ours.web.memory_info().rss / 1e6, "MB", target=130),
        }
        paths = _paths(ours)
        got = {name: _got(ours, path, most) for name, path in paths.items()}
        actor = request("GET", ours.url + paths["actor"], _ACCEPT)[1]
    with serving.floor(stage, actor) as floor:
        least, _ = _got(floor, "/actor", most)
    for name, (value, times) in got.items():
        found |= {
            f"GET {name}, {where}": Figure(value, PER_CPU, least, _TARGET.get(name)),
            f"GET {name} p50, {where}": Figure(percentile(times, 0.5), "ms"),
            f"GET {name} p99, {where}": Figure(percentile(times, 0.99), "ms"),
        }
    return found


def _paths(ours: Measured) -> dict[str, str]:
    acts = json.loads(request("GET", f"{ours.url}/acts?limit=1", _ACCEPT)[1])
    host = ours.url.removeprefix("http://")
    return {
        "actor": "/assembly",
        "act": str(acts["gov:items"][0]["act"]["id"]).removeprefix(ours.url),
        "WebFinger": f"/.well-known/webfinger?resource=acct:assembly@{host}",
        "outbox page": "/assembly/outbox?page=1",
    }


def _got(ours: Measured, path: str, most: int) -> tuple[float, list[float]]:
    async def run() -> list[float]:
        async with aiohttp.ClientSession(headers=_ACCEPT) as session:

            async def get() -> None:
                async with session.get(ours.url + path) as answer:
                    await answer.read()
                    if answer.status != 200:
                        raise AssertionError(f"{path} answered {answer.status}")

            return await at_once([get] * most, _CONCURRENCY)

    before = ours.cpu()
    times = asyncio.run(run())
    return most / max(ours.cpu() - before, 0.01), times
