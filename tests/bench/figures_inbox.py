"""Signed POSTs answered and handled, beside a bare route that checks and keeps the same; and the others in a flood."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Final

import aiohttp

from app.federation.documents import host_of
from app.federation.domains import domain_of
from app.store.database import open_database
from app.store.inbox import domains, waiting
from tests.bench import serving
from tests.bench.measure import PER_CPU, Figure, at_once, peak_of, percentile
from tests.bench.serving import Measured, Stage
from tests.processes.servers import Someone, request, wait_until

_CONCURRENCY: Final = 32
_OTHERS: Final = 20
_EVERY_SECONDS: Final = 0.25
_numbers = count()

Signed = tuple[bytes, dict[str, str]]


def figures(stage: Stage, most: int, where: str) -> dict[str, Figure]:
    """Answered alone, and from the request until it is handled; `where` names the database and what is in it."""
    with serving.floor(stage) as floor:
        least, _ = _posted(floor, stage.senders, most)
    with serving.answering(stage) as ours:
        answered, times = _posted(ours, stage.senders, most)
    with serving.served(stage) as ours:
        _wait_until_handled(stage)
        handled, _ = _posted(ours, stage.senders, most, then=lambda: _wait_until_handled(stage))
        answered_to = _a_post_of(ours)
        heard, _ = _posted(ours, stage.senders, most, answered_to, then=lambda: _wait_until_handled(stage))
        peak = peak_of(ours.web)
    return {
        f"inbox answered, {where}": Figure(answered, PER_CPU, least, 5_000),
        f"inbox p50, {where}": Figure(percentile(times, 0.5), "ms"),
        f"inbox p99, {where}": Figure(percentile(times, 0.99), "ms"),
        f"inbox handled, {where}": Figure(handled, PER_CPU, least, 2_000),
        f"inbox handled as an answer, {where}": Figure(heard, PER_CPU, least),
        f"peak memory, {where}": Figure(peak, "MB"),
    }


def flood(stage: Stage, seconds: float, where: str) -> dict[str, Figure]:
    """How long twenty quiet domains wait for their answers while another sends as fast as it can."""
    with serving.served(stage) as ours:
        quiet = asyncio.run(_quietly(ours.url, stage.senders[1:], seconds))
        disturbed = asyncio.run(_in_a_flood(ours.url, stage.senders, seconds))
        wait_until(lambda: _left(stage, stage.senders[1:]) == 0, "the others' activities were not handled", 60)
    return {
        f"others p95, {where}": Figure(percentile(quiet, 0.95), "ms"),
        f"others p95 in a flood, {where}": Figure(percentile(disturbed, 0.95), "ms", target=1_000),
    }


def _posted(
    ours: Measured,
    senders: list[Someone],
    most: int,
    answered_to: str = "",
    then: Callable[[], None] = lambda: None,
) -> tuple[float, list[float]]:
    """So many a CPU-second, and the sorted times; every sender's key is known before."""
    inbox = f"{ours.url}/inbox"
    for sender in senders:
        body, headers = _signed(sender, inbox)
        request("POST", inbox, headers, body)
    then()
    signed = [_signed(senders[number % len(senders)], inbox, answered_to) for number in range(most)]
    before = ours.cpu()
    times = asyncio.run(_post_all(inbox, signed))
    then()
    return most / max(ours.cpu() - before, 0.01), times


async def _post_all(inbox: str, signed: Iterable[Signed]) -> list[float]:
    async with aiohttp.ClientSession() as session:
        return await at_once([_post(session, inbox, *one) for one in signed], _CONCURRENCY)


def _post(
    session: aiohttp.ClientSession, inbox: str, body: bytes, headers: dict[str, str]
) -> Callable[[], Awaitable[None]]:
    async def post() -> None:
        async with session.post(inbox, data=body, headers=headers) as answer:
            if answer.status != 202:
                raise AssertionError(f"{inbox} answered {answer.status}")

    return post


async def _quietly(url: str, senders: list[Someone], seconds: float) -> list[float]:
    """The sorted times of domains that each send something now and then."""
    inbox, took = f"{url}/inbox", []
    async with aiohttp.ClientSession() as session:

        async def send(sender: Someone) -> None:
            for _ in range(int(seconds / _EVERY_SECONDS)):
                took.extend(await at_once([_post(session, inbox, *_signed(sender, inbox))], 1))
                await asyncio.sleep(_EVERY_SECONDS)

        await asyncio.gather(*(send(sender) for sender in senders[:_OTHERS]))
    return sorted(took)


async def _in_a_flood(url: str, senders: list[Someone], seconds: float) -> list[float]:
    body, headers = _signed(senders[0], f"{url}/inbox")
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "request.json"
        said.write_text(json.dumps({"url": f"{url}/inbox", "headers": headers, "body": body.decode()}))
        flooding = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.flooding", str(said))
        try:
            await asyncio.sleep(1)
            return await _quietly(url, senders[1:], seconds)
        finally:
            flooding.terminate()
            await flooding.wait()


def _signed(sender: Someone, inbox: str, answered_to: str = "") -> Signed:
    number = next(_numbers)
    note = {"id": f"{sender.id}/notes/{number}", "type": "Note", "attributedTo": sender.id, "content": "x" * 400}
    if answered_to:
        note |= {"inReplyTo": answered_to, "to": "https://www.w3.org/ns/activitystreams#Public"}
    activity = {"id": f"{sender.id}/activities/{number}", "type": "Create", "actor": sender.id, "object": note}
    body = json.dumps(activity).encode()
    return body, sender.signed(inbox, body)


def _a_post_of(ours: Measured) -> str:
    """The post about the assembly's first act, to be answered."""
    acts = json.loads(request("GET", f"{ours.url}/acts?limit=1", {})[1])
    return str(acts["gov:items"][0]["act"]["id"]).replace("/acts/", "/notices/")


def _wait_until_handled(stage: Stage) -> None:
    wait_until(lambda: _left(stage) == 0, "the inbox was not handled", 120)


def _left(stage: Stage, senders: Iterable[Someone] = ()) -> int:
    """How many activities wait; with `senders`, of these only."""

    async def ask() -> int:
        database = open_database(stage.database, writers=1, readers=1)
        try:
            if not senders:
                return await database.read(waiting)
            whose = set(await database.read(lambda connection: domains(connection, "", 1_000)))
            return len(whose & {domain_of(host_of(one.id)) for one in senders})
        finally:
            await database.close()

    return asyncio.run(ask())
