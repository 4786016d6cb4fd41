"""Lanes: a thread each, with one connection, in which functions become transactions, several at a time."""

import asyncio
import os
import secrets
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Final, Self

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from app.store.engine import StoreUnavailableError, is_disk_failing, is_passing, is_unavailable, leaves_doubt

TRIES: Final = 5
_FIRST_PAUSE_MS: Final = 20  # doubled after each try, half of it by chance: about 0.3 s in all
_GROUP_SECONDS: Final = 0.05  # nobody waits longer than this for those who came later


_log = structlog.get_logger()


class _DoubtError(StoreUnavailableError):
    """Nobody knows whether the commit lasted, so nothing of it may run again by itself."""


@dataclass(slots=True, eq=False)
class Caught:
    """What a block raised: `with caught:` keeps it in `error`, for whoever it concerns."""

    error: BaseException | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.error = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True


@dataclass(slots=True, eq=False)
class Job(Caught):
    """A function on its way to the database and the future that waits for its result."""

    function: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    value: Any = None

    def settle(self) -> None:
        """Tell the caller, in the caller's own thread; one that went away meanwhile is told nothing."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        elif is_unavailable(self.error):
            unavailable = StoreUnavailableError(str(self.error))
            unavailable.__cause__ = self.error
            self.future.set_exception(unavailable)
        else:
            self.future.set_exception(self.error)


Queue = SimpleQueue[Job | None]
"""What a lane works off; None ends one lane, after all that was put before it."""


class Lane:
    """One thread and one connection that do the jobs of a queue, up to `group` of them in one transaction."""

    def __init__(self, engine: Engine, queue: Queue, group: int, name: str) -> None:
        self._engine = engine
        self._queue = queue
        self._group = group
        self._connection: Connection | None = None
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work off the queue."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the lane has met its None."""
        self._thread.join()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            if job.future.cancelled():
                continue
            if self._group > 1:
                self._do_together(job)
            else:
                self._do_alone(job)
                _report((job,))
        self._disconnect()

    def _do_together(self, first: Job) -> None:
        taken: list[Job] = []
        with Caught() as shared:
            connection = self._begin_in_time()
            for job in self._waiting(first):
                taken.append(job)
                _run_in_savepoint(connection, job)
            self._commit(connection)
        if shared.error is not None and not taken:
            self._fail(tuple(self._waiting(first)), shared.error)
            return
        if shared.error is None:
            again = [job for job in taken if is_passing(job.error)]
        else:
            # What the function itself did may be in order; alone, it shows.
            self._disconnect()
            again = taken
        if isinstance(shared.error, _DoubtError):
            for job in again:
                job.error = shared.error
            again = []
        _report(job for job in taken if job not in again)
        for job in again:
            self._do_alone(job)
            _report((job,))

    def _fail(self, jobs: tuple[Job, ...], error: BaseException) -> None:
        """No transaction began: so it is for all who wait, and nobody waits for the tries of the others (E05)."""
        for job in jobs:
            job.error = error
        _report(jobs)

    def _do_alone(self, job: Job) -> None:
        """Run a job in a transaction of its own, again while what stops it is passing (hostile E05)."""
        for tries in range(TRIES):
            with job:
                connection = self._begin()
                job.value = job.function(connection)
                self._commit(connection)
            if job.error is None:
                return
            self._roll_back()
            if not is_passing(job.error):
                return
            if tries + 1 < TRIES:
                _pause(tries)

    def _waiting(self, first: Job) -> Iterator[Job]:
        """The first job and all that come while its group is under way, within the group's size and time."""
        yield first
        ends = monotonic() + _GROUP_SECONDS
        for _ in range(self._group - 1):
            if monotonic() > ends:
                return
            try:
                job = self._queue.get_nowait()
            except Empty:
                return
            if job is None:
                self._queue.put(None)
                return
            if not job.future.cancelled():
                yield job

    def _begin(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        self._connection.begin()
        return self._connection

    def _begin_in_time(self) -> Connection:
        """A transaction, begun again while what stops it is passing (hostile E05)."""
        tries = 0
        while True:
            try:
                return self._begin()
            except DBAPIError as error:
                self._roll_back()
                tries += 1
                if tries == TRIES or not is_passing(error):
                    self._disconnect()  # it may have been opened while the disk was read-only
                    raise
            _pause(tries - 1)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.commit()
        except DBAPIError as error:
            # SQLAlchemy holds the transaction to be over, SQLite does not: a fresh connection agrees with both.
            self._disconnect()
            if is_disk_failing(error):
                _die(error)
            if leaves_doubt(error):
                raise _DoubtError(f"the commit may or may not have lasted: {error.orig}") from error
            raise

    def _roll_back(self) -> None:
        with Caught() as failed:
            if self._connection is not None:
                self._connection.rollback()
        if failed.error is not None or (self._connection is not None and self._connection.invalidated):
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError, PendingRollbackError):  # it is broken, which is why it goes
                connection.close()


def _run_in_savepoint(connection: Connection, job: Job) -> None:
    """Run a job so that what it raises undoes only its own work.

    The driver's cursor is used, since SQLAlchemy's savepoints would cost more than the row. If the
    savepoint is gone because SQLite undid everything by itself (disk full), this raises, and the whole group runs
    again, each alone.
    """
    cursor = connection.connection.cursor()
    cursor.execute("SAVEPOINT job")
    with job:
        job.value = job.function(connection)
    if job.error is not None:
        cursor.execute("ROLLBACK TO SAVEPOINT job")
    cursor.execute("RELEASE SAVEPOINT job")
    cursor.close()


def _report(jobs: Iterable[Job]) -> None:
    """Settle jobs in their loops, with one call for all of a loop: waking it costs more than the rest."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = defaultdict(list)
    for job in jobs:
        by_loop[job.loop].append(job)
    for loop, settled in by_loop.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, settled)


def _settle_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()


def _die(error: DBAPIError) -> None:
    """End the process: after a failed sync the system may forget what was written and say that all is well (E03).

    Trying again would only seem to succeed. At the next start the database tells what lasted; nothing more is signed
    or answered before. PostgreSQL does the same by itself.
    """
    _log.critical("the disk failed at a commit, so this server ends", because=str(error.orig))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(os.EX_IOERR)


def _pause(tries: int) -> None:
    longest = _FIRST_PAUSE_MS << tries
    sleep((longest // 2 + secrets.randbelow(longest // 2 + 1)) / 1000)
