"""Each worker is woken for its own work: within a process by its bell, from another one through PostgreSQL."""

import asyncio
from functools import partial
from threading import Thread

import pytest

from app.store.bell import Bell, News, listen, ring
from app.store.database import Connection, Database

pytestmark = pytest.mark.anyio

LONG = 3_600.0


def say(said: str, connection: Connection) -> None:
    connection.exec_driver_sql(said)


async def test_a_bell_that_any_thread_rings_wakes_whoever_has_not_heard_it_each_time() -> None:
    bell = Bell()
    for _ in range(3):
        heard = bell.rings
        waiting = asyncio.create_task(bell.wait(heard, LONG))
        await asyncio.sleep(0)
        ringing = [Thread(target=bell.set) for _ in range(5)]
        for thread in ringing:
            thread.start()
        await waiting
        for thread in ringing:
            thread.join()
    assert bell.rings == 15
    await bell.wait(14, LONG)


def test_a_bell_outlives_the_loop_that_it_woke_last() -> None:
    bell = Bell()
    for _ in range(2):
        # Rung after the loop's last turn: that loop never comes to tell anybody.
        loop = asyncio.new_event_loop()
        loop.run_until_complete(bell.wait(bell.rings - 1, LONG))
        bell.set()
        loop.close()

    async def hear() -> None:
        waiting = asyncio.create_task(bell.wait(bell.rings, LONG))
        await asyncio.sleep(0)
        bell.set()
        await waiting

    asyncio.run(hear())


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_what_arrives_wakes_no_courier_and_what_departs_no_secretary(database: Database) -> None:
    bells = {news: Bell() for news in News}
    listening = asyncio.create_task(listen(database.url, bells))
    try:
        for bell in bells.values():
            await bell.wait(0, LONG)  # it rings once when it begins to listen
        for news in News:
            before = {one: bell.rings for one, bell in bells.items()}
            await database.write(partial(ring, news=news))
            await bells[news].wait(before[news], LONG)
            assert {one: bell.rings - before[one] for one, bell in bells.items()} == {one: one is news for one in News}
            await database.write(partial(say, f"NOTIFY {news}, 'from another version'; NOTIFY roundabout"))
            await bells[news].wait(before[news] + 1, LONG)
    finally:
        listening.cancel()
