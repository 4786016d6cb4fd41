"""Full, locked, in conflict: what passes is tried again, what stays is said, and reads go on."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from app.store.database import Connection, StoreUnavailableError, open_database
from app.store.engine import writing_engine
from app.store.lane import TRIES

pytestmark = pytest.mark.anyio


def make(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE notes (body VARCHAR(9000))"))


def note(connection: Connection) -> None:
    connection.execute(text("INSERT INTO notes VALUES (:body)"), {"body": "x" * 8000})


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM notes")).scalar_one())


@pytest.fixture
def small_disk() -> Iterator[list[int]]:
    """SQLite's own limit of pages stands for a disk; the list's first number is its size."""
    pages = [30]

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    event.listen(Engine, "connect", limit)
    yield pages
    event.remove(Engine, "connect", limit)


@pytest.mark.withstands("E04")
async def test_on_a_full_disk_writes_are_refused_reads_go_on_and_room_heals_it(
    tmp_path: Path, small_disk: list[int]
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'small.db'}")
    await database.write(make)
    outcomes = await asyncio.gather(*(database.write(note) for _ in range(50)), return_exceptions=True)
    kept = sum(outcome is None for outcome in outcomes)
    assert {type(outcome) for outcome in outcomes} == {type(None), StoreUnavailableError}
    assert await database.read(count) == kept

    small_disk[0] = 10_000
    await database.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 10000")))
    await database.write(note)
    assert await database.read(count) == kept + 1
    await database.close()


@pytest.mark.withstands("E05")
async def test_a_lock_that_stays_is_said_and_one_that_passes_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    database = open_database(f"sqlite:///{path}")
    await database.write(make)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError):
        await database.write(note)
    assert await database.read(count) == 0

    written = asyncio.ensure_future(database.write(note))
    await asyncio.sleep(0.7)  # longer than SQLite itself waits
    assert not written.done()
    other.execute("ROLLBACK")
    await written
    assert await database.read(count) == 1
    other.close()
    await database.close()


@pytest.fixture
def begun() -> Iterator[list[str]]:
    """Every try to begin writing in this process."""
    seen: list[str] = []

    def look(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", look)
    yield seen
    event.remove(Engine, "before_cursor_execute", look)


@pytest.mark.withstands("E05")
async def test_all_who_wait_for_a_lock_that_stays_are_told_at_once(tmp_path: Path, begun: list[str]) -> None:
    path = tmp_path / "locked.db"
    database = open_database(f"sqlite:///{path}")
    await database.write(make)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun.clear()
        outcomes = await asyncio.gather(*(database.write(note) for _ in range(50)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailableError}
    assert TRIES <= len(begun) <= 2 * TRIES  # of the one that came first, and of all the others together
    await database.write(note)
    assert await database.read(count) == 1
    await database.close()


@pytest.mark.withstands("E05")
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_of_two_writers_that_undo_each_others_premise_one_runs_again(empty_url: str) -> None:
    database = open_database(empty_url, writers=2)
    await database.write(make)
    both_have_read = threading.Barrier(2)
    runs: list[int] = []

    def note_if_none(connection: Connection) -> bool:
        found = count(connection)
        runs.append(found)
        if len(runs) <= 2:
            both_have_read.wait(30)
        if found == 0:
            note(connection)
        return found == 0

    wrote = await asyncio.gather(database.write(note_if_none), database.write(note_if_none))
    assert sorted(wrote) == [False, True]
    # the one that lost may run before the winner's commit is to be seen, and lose once more
    assert (runs[:2], runs[-1]) == ([0, 0], 1)
    assert await database.read(count) == 1
    await database.close()


@pytest.mark.withstands("E05")
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_connections_that_the_server_cut_are_made_anew(empty_url: str) -> None:
    database = open_database(empty_url, writers=1, readers=1)
    await database.write(make)
    await database.write(note)
    assert await database.read(count) == 1
    other = open_database(empty_url)
    cut = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    assert await other.write(lambda connection: connection.scalar(cut)) is not None
    await other.close()
    await database.write(note)
    assert await database.read(count) == 2
    await database.close()


@pytest.mark.withstands("E05")
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_commit_that_nobody_answers_is_in_doubt_and_does_not_run_again(empty_url: str) -> None:
    database = open_database(empty_url, writers=1)
    await database.write(make)
    runs: list[int] = []

    def note_and_be_cut(connection: Connection) -> None:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        runs.append(pid)
        note(connection)
        with writing_engine(empty_url).connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    with pytest.raises(StoreUnavailableError, match="may or may not have lasted"):
        await database.write(note_and_be_cut)
    assert len(runs) == 2  # in the group it is cut before the commit, which is no doubt; alone it is cut at it
    assert await database.read(count) == 0
    await database.close()


@pytest.mark.withstands("D16")
async def test_a_reading_that_takes_too_long_is_ended_and_the_next_one_is_served(database_url: str) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    database = open_database(database_url, readers=1, read_seconds=0.5)
    with pytest.raises(StoreUnavailableError):
        await database.read(lambda connection: connection.execute(text(endless)).scalar())
    assert await database.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1
    await database.close()
