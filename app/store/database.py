"""The database: a transaction is a function, and functions that wait together share one commit.

SQLite has one writer thread, because several writers starve each other for seconds; PostgreSQL has a
few. A writer takes what is waiting into one transaction, a savepoint each, and commits once, so that
many requests share one fsync; a function that comes alone waits for nobody. Readers have their own
threads and connections, and each function sees one state of the database.

Writes on PostgreSQL are SERIALIZABLE: a function that decides on what it read means there what it means
under SQLite's one writer, with no locks to forget. Snapshots alone (REPEATABLE READ) would let two writers
each pass a check that the other one undoes. The price is a rerun now and then, which `write` makes.
"""

import asyncio
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from app.store.engine import (
    SQLITE,
    StoreUnavailableError,
    UnsafeDatabaseError,
    dialect_of,
    open_to_write,
    queueing_engine,
    reading_engine,
    writing_engine,
)
from app.store.gathering import Gathering
from app.store.lane import Job, Lane, Queue

__all__ = ["Connection", "Database", "StoreUnavailableError", "UnsafeDatabaseError", "open_database"]

T = TypeVar("T")
R = TypeVar("R")

_GROUP_ON_SQLITE: Final = 256
_GROUP_ON_POSTGRESQL: Final = 64  # more savepoints than that in one transaction slow every reader down
_GROUP_OF_ITEMS: Final = 256
_READ_SECONDS: Final = 10.0  # no page is worth more


class Database:
    """Where transactions are made; `dialect` is `sqlite` or `postgresql`. Made by `open_database`."""

    def __init__(self, url: str, writers: int, readers: int, read_seconds: float) -> None:
        self.url, self.dialect = url, dialect_of(url)
        group = _GROUP_ON_SQLITE if self.dialect == SQLITE else _GROUP_ON_POSTGRESQL
        writing, reading = writing_engine(url), reading_engine(url, read_seconds)
        self._writes: Queue = SimpleQueue()
        self._reads: Queue = SimpleQueue()
        self._takes: Queue = self._writes if self.dialect == SQLITE else SimpleQueue()
        self._writers = [Lane(writing, self._writes, group, f"writer-{number}") for number in range(writers)]
        self._takers = [] if self.dialect == SQLITE else [Lane(queueing_engine(url), self._takes, 1, "taker")]
        self._readers = [Lane(reading, self._reads, 1, f"reader-{number}") for number in range(readers)]
        self._gatherings: dict[object, Gathering[Any, Any]] = {}
        self._closed = False
        for lane in self._lanes():
            lane.start()

    async def read(self, function: Callable[[Connection], T]) -> T:
        """What `function(connection)` returns; it sees one state of the database and cannot write.

        Raises what the function raises, and StoreUnavailableError if the database is out of reach or if it
        takes more than ten seconds (hostile D16).
        """
        return await self._do(self._reads, function)

    async def write(self, function: Callable[[Connection], T]) -> T:
        """What `function(connection)` returns, once its work is committed and on the disk.

        The function may run more than once, each time on a fresh transaction, so it changes nothing
        but the database. What it raises undoes its own work alone and is raised here. StoreUnavailableError
        if the database is full, locked for long or out of reach (hostile E04, E05).
        """
        return await self._do(self._writes, function)

    async def take(self, function: Callable[[Connection], T]) -> T:
        """As `write`, for functions that share out work between workers by row locks (`FOR UPDATE SKIP LOCKED`).

        They must not decide anything by rows that they did not lock.
        """
        return await self._do(self._takes, function)

    async def write_each(
        self, function: Callable[[Connection, Sequence[T]], Sequence[R]], item: T, *, decides: bool = True
    ) -> R:
        """What `function(connection, items)` answers for `item`, written in one call with others that wait for it.

        The function is one that lives as long as the program. As with `write`, it may run more than once; what it
        raises is raised for each of the items. One that `decides` nothing by what it reads is spared the conflicts
        of those that do.
        """
        gathering = self._gatherings.get(function)
        if gathering is None:
            gathering = Gathering(self.write if decides else self.take, function, _GROUP_OF_ITEMS)
            self._gatherings[function] = gathering
        answer: R = await gathering.put(item)
        return answer

    async def close(self) -> None:
        """Finish what waits, then give the connections back; RuntimeError for anything asked later."""
        if self._closed:
            return
        self._closed = True
        by_queue = ((self._writes, self._writers), (self._takes, self._takers), (self._reads, self._readers))
        for queue, lanes in by_queue:
            for _ in lanes:
                queue.put(None)
        await asyncio.gather(*(asyncio.to_thread(lane.join) for lane in self._lanes()))

    def _lanes(self) -> tuple[Lane, ...]:
        return (*self._writers, *self._takers, *self._readers)

    async def _do(self, queue: Queue, function: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        queue.put(Job(function, loop, future))
        return await future


def open_database(url: str, *, writers: int = 2, readers: int = 4, read_seconds: float = _READ_SECONDS) -> Database:
    """The database at `sqlite:///path` or `postgresql+psycopg://...`; SQLite has one writer whatever is asked.

    ValueError for another address, UnsafeDatabaseError if its commits would not last (hostile E02),
    StoreUnavailableError if it cannot be opened.
    """
    open_to_write(url).close()
    return Database(url, 1 if dialect_of(url) == SQLITE else writers, readers, read_seconds)
