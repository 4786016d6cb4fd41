"""A transaction is a function: what is acknowledged is there, once, whoever else wrote at the same time."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.store.database import Connection, Database, StoreUnavailableError, UnsafeDatabaseError, open_database
from app.store.engine import writing_engine

pytestmark = pytest.mark.anyio

META: Final = MetaData()
NAMES: Final = Table("names", META, Column("id", Integer, primary_key=True), Column("name", String(99), unique=True))
LATER: Final = Table(
    "later",
    META,
    Column("id", Integer, primary_key=True),
    Column("name_id", ForeignKey("names.id", deferrable=True, initially="DEFERRED")),
)
SIZES: Final = Table("sizes", META, Column("one", Integer, primary_key=True), Column("size", Integer))


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Database]:
    database = open_database(empty_url)
    await database.write(META.create_all)
    yield database
    await database.close()


@pytest.fixture
def commits() -> Iterator[list[Connection]]:
    """Every commit of this process, as SQLAlchemy tells it."""
    seen: list[Connection] = []

    def commits(connection: Connection) -> None:
        seen.append(connection)

    event.listen(Engine, "commit", commits)
    yield seen
    event.remove(Engine, "commit", commits)


def add(name: str) -> Callable[[Connection], None]:
    def function(connection: Connection) -> None:
        connection.execute(insert(NAMES).values(name=name))

    return function


def ask(question: str, connection: Connection) -> object:
    return connection.scalar(text(question))


def names(connection: Connection) -> set[str]:
    return set(connection.scalars(select(NAMES.c.name)))


async def hold(store: Database) -> Callable[[], None]:
    """Keep every writer busy until the returned function is called, so that what is asked meanwhile waits."""
    gate = threading.Event()
    lanes = 1 if store.dialect == "sqlite" else 2
    inside = threading.Semaphore(0)

    def function(_: Connection) -> None:
        inside.release()
        gate.wait(30)

    held = [asyncio.ensure_future(store.write(function)) for _ in range(lanes)]
    for _ in range(lanes):
        await asyncio.to_thread(inside.acquire)
    assert not any(task.done() for task in held)
    return gate.set


async def test_what_a_function_returns_is_what_the_write_returns(store: Database) -> None:
    assert await store.write(lambda connection: connection.scalar(select(func.count()).select_from(NAMES))) == 0


async def test_a_read_sees_what_was_written_before_it(store: Database) -> None:
    for number in range(20):
        await store.write(add(str(number)))
        assert str(number) in await store.read(names)


async def test_a_read_cannot_write(store: Database) -> None:
    with pytest.raises((DBAPIError, StoreUnavailableError)):
        await store.read(add("smuggled"))
    assert await store.read(names) == set()


async def test_writes_that_wait_together_share_commits(store: Database, commits: list[Connection]) -> None:
    go = await hold(store)
    waiting = [asyncio.ensure_future(store.write(add(str(number)))) for number in range(100)]
    await asyncio.sleep(0)
    commits.clear()
    go()
    await asyncio.gather(*waiting)
    assert len(commits) <= 10
    assert len(await store.read(names)) == 100


async def test_a_function_that_raises_undoes_its_own_work_and_nobody_elses(store: Database) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError("a bug of its own")

    go = await hold(store)
    waiting = [asyncio.ensure_future(store.write(function)) for function in (add("one"), fails, add("two"))]
    await asyncio.sleep(0)
    go()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), LookupError, type(None)]
    assert await store.read(names) == {"one", "two"}


async def test_a_statement_that_fails_spoils_no_other_function(store: Database) -> None:
    go = await hold(store)
    waiting = [asyncio.ensure_future(store.write(add(name))) for name in ("same", "same", "other")]
    await asyncio.sleep(0)
    go()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "NoneType", "NoneType"]
    assert await store.read(names) == {"same", "other"}


async def test_when_a_shared_commit_fails_each_function_runs_again_alone(store: Database) -> None:
    def dangles(connection: Connection) -> None:
        connection.execute(insert(LATER).values(name_id=404))  # refused by the commit, not by the statement

    go = await hold(store)
    waiting = [asyncio.ensure_future(store.write(function)) for function in (add("one"), dangles, add("two"))]
    await asyncio.sleep(0)
    go()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), IntegrityError, type(None)]
    assert await store.read(names) == {"one", "two"}


@pytest.mark.withstands("E08")
async def test_of_a_hundred_equal_inserts_at_once_one_stays(store: Database) -> None:
    def add_once(connection: Connection) -> bool:
        try:
            with connection.begin_nested():
                add("once")(connection)
        except IntegrityError:
            return False
        return True

    assert sum(await asyncio.gather(*(store.write(add_once) for _ in range(100)))) == 1
    assert await store.read(names) == {"once"}


async def test_writers_that_both_count_on_from_one_number_get_two(store: Database, empty_url: str) -> None:
    other = open_database(empty_url)  # another process's, as the worker's beside the web's
    await store.write(lambda connection: connection.execute(insert(SIZES).values(one=1, size=0)))
    together = threading.Barrier(2)

    def append(connection: Connection) -> int:
        number = int(connection.scalar(select(SIZES.c.size)) or 0)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(1)  # on PostgreSQL both have looked; SQLite lets one writer in at a time
        connection.execute(insert(NAMES).values(id=number, name=str(number)))
        connection.execute(update(SIZES).values(size=number + 1))
        return number

    assert sorted(await asyncio.gather(store.write(append), other.write(append))) == [0, 1]
    await other.close()


async def test_a_caller_that_gave_up_delays_nobody_and_its_waiting_function_never_runs(store: Database) -> None:
    go = await hold(store)
    gone = asyncio.ensure_future(store.write(add("gone")))
    stays = asyncio.ensure_future(store.write(add("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    go()
    await stays
    assert await store.read(names) == {"stays"}


async def test_closing_finishes_what_waits_and_takes_nothing_more(store: Database, empty_url: str) -> None:
    go = await hold(store)
    waiting = [asyncio.ensure_future(store.write(add(str(number)))) for number in range(5)]
    await asyncio.sleep(0)
    go()
    await store.close()
    await asyncio.gather(*waiting)
    with pytest.raises(RuntimeError):
        await store.read(names)
    with writing_engine(empty_url).connect() as connection:
        assert len(names(connection)) == 5


def test_a_released_savepoint_does_not_survive_the_outer_rollback(empty_url: str) -> None:
    with writing_engine(empty_url).connect() as connection:
        META.create_all(connection)
        connection.commit()
        with connection.begin_nested():
            add("inside")(connection)
        connection.rollback()
        assert names(connection) == set()


def test_an_address_of_another_database_is_refused() -> None:
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "postgresql+asyncpg://localhost/x"):
        with pytest.raises(ValueError, match="a database is"):
            open_database(url)


@pytest.mark.withstands("E02")
async def test_commits_are_on_the_disk_when_they_are_acknowledged(store: Database) -> None:
    if store.dialect == "sqlite":
        settings = {"PRAGMA synchronous": 2, "PRAGMA journal_mode": "wal"}
    else:
        settings = {"SHOW synchronous_commit": "on", "SHOW fsync": "on"}
    for question, wanted in settings.items():
        assert await store.write(partial(ask, question)) == wanted


@pytest.mark.withstands("E02")
def test_a_database_that_cannot_promise_that_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(UnsafeDatabaseError):
        open_database(f"sqlite:///file:{tmp_path / 'nolock.db'}?nolock=1&uri=true")  # without locks there is no WAL


@pytest.mark.withstands("E05")
def test_a_database_that_is_not_there_is_named_unavailable(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/missing/x.db", f"postgresql+psycopg://nobody@/x?host={tmp_path}"):
        with pytest.raises(StoreUnavailableError):
            open_database(url)


@pytest.mark.withstands("E01")
def test_what_was_acknowledged_before_a_kill_is_there_after_it(empty_url: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, empty_url], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = {child.stdout.readline().strip() for _ in range(200)}
    child.send_signal(signal.SIGKILL)
    acknowledged |= {line.strip() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
    child.stdout.close()
    child.wait()
    with writing_engine(empty_url).connect() as connection:
        found = set(connection.scalars(text("SELECT name FROM names")))
    assert acknowledged <= found


WRITER: Final = """
import asyncio, sys
from sqlalchemy import text
from app.store.database import open_database

async def main():
    database = open_database(sys.argv[1])
    await database.write(lambda c: c.execute(text("CREATE TABLE names (name VARCHAR(99))")))
    async def one(number):
        await database.write(lambda c: c.execute(text("INSERT INTO names VALUES (:name)"), {"name": str(number)}))
        print(number, flush=True)
    for start in range(0, 1_000_000, 20):
        await asyncio.gather(*(one(start + more) for more in range(20)))

asyncio.run(main())
"""
