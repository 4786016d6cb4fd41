"""The courier against real servers: who does not answer holds up nobody, and what each answer means."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.exchange.courier import Courier
from app.operations.exchange.deliver import judge
from app.store import actors, deliveries, hosts, outbox
from app.store.database import Connection
from app.store.hosts import Host
from app.store.outbox import Target
from app.wiring import Instance
from tests.network.servers import Server, answer, serving
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock

pytestmark = pytest.mark.anyio

NOW = int(Clock().now().timestamp())


async def queue(instance: Instance, number: int, addresses: Iterable[str]) -> None:
    """One activity for an inbox at each address (`127.0.0.1:80`)."""
    targets = [Target(f"http://{address}/inbox", is_inbox=True, host=address) for address in addresses]

    def publish(connection: Connection) -> None:
        name, now = f"{instance.url}/activities/{number}", int(instance.now().timestamp())
        body = b'{"number":%d}' % number
        outbox.publish(connection, name, instance.assembly, body, public=True, now=now, targets=targets)

    await instance.database.write(publish)
    instance.departures.set()


@asynccontextmanager
async def working(courier: Courier) -> AsyncIterator[None]:
    async def work() -> None:
        while True:
            await courier.turn()

    tasks = [asyncio.create_task(work()), asyncio.create_task(courier.listen())]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def state(instance: Instance) -> dict[str, Host]:
    found = await instance.database.read(hosts.known)
    return {host.host: host for host in found}


async def until(instance: Instance, host: str, *, waiting: int = 0, failures: int = 0) -> None:
    """Return once a host stands so; the test's own timeout ends what never does."""
    while True:
        found = (await state(instance)).get(host)
        if found is not None and (found.waiting, found.failures) == (waiting, failures):
            return
        await asyncio.sleep(0.02)


def responding(status: str, _: str) -> bytes:
    return answer(b"", status)


def host_of(server: Server) -> str:
    return server.url.removeprefix("http://")


@asynccontextmanager
async def silence() -> AsyncIterator[int]:
    """The port of a server that accepts on every address of this machine and never answers."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            pass
        writer.close()

    server = await asyncio.start_server(listen, "0.0.0.0", 0, backlog=1024)  # noqa: S104 - all of 127.0.0.0/8
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_more_silent_hosts_than_there_are_places_hold_up_nobody(tmp_path: Path, sqlite_template: Path) -> None:
    async with (
        silence() as port,
        serving(lambda _: answer(b"", "202 Accepted")) as good,
        instance_here(tmp_path, sqlite_template, Clock(), seconds=600) as instance,
    ):
        silent = [f"127.1.{number // 200}.{1 + number % 200}:{port}" for number in range(300)]
        courier = Courier(instance)
        await queue(instance, 1, silent)
        await queue(instance, 2, [host_of(good)])
        async with working(courier):
            await until(instance, host_of(good))
            left = await state(instance)
        assert sum(host.waiting for host in left.values()) == len(silent)  # not one of them had to end for it
        assert good.bodies == [b'{"number":2}']
        await courier.finish()


async def test_an_answer_says_whether_a_delivery_is_done_given_up_or_tried_again(
    tmp_path: Path, sqlite_template: Path
) -> None:
    answers = {"ok": "202 Accepted", "gone": "410 Gone", "broken": "500 Oh", "forbidden": "401 No"}
    async with instance_here(tmp_path, sqlite_template, Clock()) as instance:
        courier = Courier(instance)
        async with working(courier):
            for number, (name, status) in enumerate(answers.items()):
                async with serving(partial(responding, status)) as server:
                    await queue(instance, number, [host_of(server)])
                    again = name in {"broken", "forbidden"}
                    await until(instance, host_of(server), waiting=int(again), failures=int(again))
                    host = (await state(instance))[host_of(server)]
                    assert host.given_up == (name == "gone")
                    assert host.heard_at
        await courier.finish()


async def test_a_host_that_asks_for_time_gets_it_and_then_everything_in_order(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock, busy = Clock(), [True]

    def respond(_: str) -> bytes:
        return answer(b"", "503 Busy", Retry_After="120") if busy[0] else answer(b"", "202 Accepted")

    async with serving(respond) as server, instance_here(tmp_path, sqlite_template, clock) as instance:
        courier = Courier(instance)
        for number in range(3):
            await queue(instance, number, [host_of(server)])
        async with working(courier):
            await until(instance, host_of(server), waiting=3, failures=1)
            blocked = (await state(instance))[host_of(server)].blocked_until
            assert blocked - int(clock.now().timestamp()) == 120
            busy[0] = False
            clock.tick(seconds=120)
            await until(instance, host_of(server))
        await courier.finish()
    assert server.bodies == [b'{"number":0}', b'{"number":0}', b'{"number":1}', b'{"number":2}']
    assert server.connections == 1  # kept for all of them


async def test_a_wish_for_haste_makes_nobody_knock_sooner_than_without_it(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock = Clock()
    async with (
        serving(lambda _: answer(b"", "503 Busy", Retry_After="1")) as server,
        instance_here(tmp_path, sqlite_template, clock) as instance,
    ):
        courier = Courier(instance)
        await queue(instance, 1, [host_of(server)])
        async with working(courier):
            for failures in range(1, 9):
                await until(instance, host_of(server), waiting=1, failures=failures)
                blocked = (await state(instance))[host_of(server)].blocked_until
                pause = blocked - int(clock.now().timestamp())
                assert pause >= 2**failures // 2
                clock.tick(seconds=pause)
        await courier.finish()


async def test_a_host_that_failed_five_times_is_probed_with_one_delivery(tmp_path: Path, sqlite_template: Path) -> None:
    clock = Clock()
    async with (
        serving(lambda _: answer(b"", "500 Oh")) as server,
        instance_here(tmp_path, sqlite_template, clock) as instance,
    ):
        courier = Courier(instance)
        for number in range(8):
            await queue(instance, number, [host_of(server)])
        async with working(courier):
            await until(instance, host_of(server), waiting=8, failures=5)
            clock.tick(days=1)
            await until(instance, host_of(server), waiting=8, failures=6)
            clock.tick(seconds=1)
            await queue(instance, 9, [host_of(server)])
            await until(instance, host_of(server), waiting=9, failures=6)
        await courier.finish()
    assert len(server.bodies) == 6
    assert server.bodies[:5] == [b'{"number":%d}' % number for number in range(5)]


async def test_who_is_heard_from_again_gets_what_waits(tmp_path: Path, sqlite_template: Path) -> None:
    clock = Clock()
    async with (
        serving(lambda _: answer(b"", "202 Accepted")) as server,
        instance_here(tmp_path, sqlite_template, clock) as instance,
    ):
        host, now = host_of(server), int(clock.now().timestamp())
        courier = Courier(instance)
        await queue(instance, 1, [host])

        def fail(connection: Connection) -> None:
            while deliveries.address(connection, now):
                pass
            [one] = deliveries.claim(connection, now, 1, suspects=False, lease=60)
            away = deliveries.Postponed(one, "net.timeout: no", now, now + 40_000, 0, answered=False)
            deliveries.settle(connection, [away], now)

        await instance.database.take(fail)
        async with working(courier):
            await instance.database.write(lambda connection: hosts.retry(connection, host, now))
            instance.departures.set()
            await until(instance, host)
        await courier.finish()
    assert server.bodies == [b'{"number":1}']


@pytest.mark.parametrize("is_inbox", [False, True])
async def test_who_is_gone_is_written_to_no_more(tmp_path: Path, sqlite_template: Path, *, is_inbox: bool) -> None:
    async with (
        serving(partial(responding, "410 Gone")) as server,
        instance_here(tmp_path, sqlite_template, Clock()) as instance,
    ):
        host, actor, inbox = host_of(server), f"{server.url}/ann", f"{server.url}/ann/inbox"
        follower = actors.Follower(actor, inbox, reads_acts=False)

        def publish(connection: Connection) -> None:
            actors.follow(connection, instance.assembly, follower, 0)
            name, now = f"{instance.url}/activities/1", int(instance.now().timestamp())
            target = Target(inbox if is_inbox else actor, is_inbox=is_inbox, host=host)
            outbox.publish(connection, name, instance.assembly, b"{}", public=True, now=now, targets=[target])

        await instance.database.write(publish)
        courier = Courier(instance)
        async with working(courier):
            await until(instance, host)
        await courier.finish()
        assert (await state(instance))[host].given_up == 1
        assert await instance.database.read(lambda c: actors.followers_of(c, instance.assembly)) == ()


async def test_a_follower_that_moves_its_inbox_or_begins_to_read_acts_is_reached_there(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with instance_here(tmp_path, sqlite_template, Clock()) as instance:
        ann, here = "https://b.example/ann", instance.assembly
        first = actors.Follower(ann, "https://b.example/old", reads_acts=False)
        seen = actors.StoredActor(
            ann, b"{}", "https://b.example/own", "https://b.example/new", reads_acts=True, fetched_at=1
        )
        assert await instance.database.write(lambda c: actors.follow(c, here, first, 0))
        await instance.database.write(lambda c: actors.put(c, seen))
        await instance.database.write(lambda c: actors.put(c, seen))
        moved = actors.Follower(ann, "https://b.example/new", reads_acts=True)
        assert await instance.database.read(lambda c: actors.followers_of(c, here)) == (moved,)
        again = actors.Follower(ann, "https://b.example/newer", reads_acts=True)
        assert not await instance.database.write(lambda c: actors.follow(c, here, again, 0))
        assert await instance.database.read(lambda c: actors.followers_of(c, here)) == (again,)


@pytest.mark.parametrize(
    ("code", "blocks"), [("net.status", False), ("obj.media_type", False), ("net.timeout", True), ("net.tls", True)]
)
async def test_an_actor_that_cannot_be_read_is_no_trouble_of_its_host(
    tmp_path: Path, sqlite_template: Path, code: str, *, blocks: bool
) -> None:
    async with instance_here(tmp_path, sqlite_template, Clock()) as instance:
        await queue(instance, 1, ["b.example"])
        item = (await instance.database.take(claimed))[0]
        outcome = judge(instance, item, Refusal(code, "it is so"))
        assert isinstance(outcome, deliveries.Postponed)
        assert (outcome.blocked_until > 0) == blocks
        assert isinstance(judge(instance, item, Refusal("net.budget", "asked enough")), deliveries.Untried)


def claimed(connection: Connection) -> tuple[deliveries.Delivery, ...]:
    while deliveries.address(connection, NOW):
        pass
    return deliveries.claim(connection, NOW, 1, suspects=False, lease=60)
