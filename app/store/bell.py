"""Bells that wake workers: rung inside a process, and on PostgreSQL across processes, when a transaction lasts."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import Connection, func, make_url, select

from app.store.engine import POSTGRESQL, dialect_of

_AGAIN_SECONDS: Final = 5.0
_log = structlog.get_logger()


class News(StrEnum):
    """What there is when a bell rings, by its channel: each worker hears its own, and not the work of another."""

    ARRIVAL = "roundabout_arrival"
    """Something was received, and waits to be handled."""
    DEPARTURE = "roundabout_departure"
    """Something was published, and waits to be delivered."""


class Bell:
    """Counts its rings; each worker waits for those that it has not heard. It may be rung from any thread."""

    def __init__(self) -> None:
        self.rings = 0
        self.reaches_others = False  # true while other processes' rings are heard, too
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = asyncio.Event()
        self._telling = False  # true while the loop is being woken: once is enough, and costs more than a look

    def set(self) -> None:
        """Ring: there is new work in the tables, or will be as soon as the caller's transaction lasts."""
        self.rings += 1
        if self._loop is not None and not self._telling:
            self._telling = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._tell)

    async def wait(self, heard: int, seconds: float) -> None:
        """Return once the bell rang more often than `heard`, or after `seconds`."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._telling = loop, False
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.rings == heard:
                    await self._rung.wait()

    def _tell(self) -> None:
        self._telling = False
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()


def ring(connection: Connection, news: News) -> None:
    """Ring in every process that listens, when the caller's transaction lasts and not before."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_notify(news.value, "")))


async def listen(url: str, bells: Mapping[News, Bell]) -> None:
    """Ring the bell of its news whenever another process rang; until cancelled. On SQLite there is no other process.

    A connection that breaks is made anew; meanwhile `reaches_others` is False, and workers look by themselves.
    """
    if dialect_of(url) != POSTGRESQL:
        return
    import psycopg  # noqa: PLC0415 - a server on SQLite does not load it

    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                for news, bell in bells.items():
                    await connection.execute(f"LISTEN {news}")
                    bell.reaches_others = True
                    bell.set()
                async for notice in connection.notifies():
                    bells[News(notice.channel)].set()
        except psycopg.Error as broken:
            _log.warning("not woken by other processes just now", because=str(broken))
        finally:
            for bell in bells.values():
                bell.reaches_others = False
        await asyncio.sleep(_AGAIN_SECONDS)
