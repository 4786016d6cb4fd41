"""How each database is opened, and what its errors mean."""

from math import inf
from time import monotonic
from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_DRIVERS: Final = {"sqlite": SQLITE, "sqlite+pysqlite": SQLITE, "postgresql+psycopg": POSTGRESQL}

_BUSY_MILLISECONDS: Final = 500  # then the try counts as failed, and jitter sets writers of other processes apart
_SQLITE_SETTINGS: Final = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA secure_delete = ON",  # what is forgotten leaves no bytes behind (hostile H11)
)
# Of the one writer, in KiB: ids of other servers fall anywhere in their index, so much of it is at hand.
_LARGE_CACHE: Final = "PRAGMA cache_size = -16384"
_SQLITE_MUST_BE: Final = (("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", "2"), ("PRAGMA foreign_keys", "1"))
_POSTGRESQL_SETTINGS: Final = ("SET synchronous_commit = on", "SET lock_timeout = '5s'")
_POSTGRESQL_MUST_BE: Final = (("SHOW synchronous_commit", "on"), ("SHOW fsync", "on"), ("SHOW full_page_writes", "on"))

# Primary result codes of SQLite that speak of the machine: memory, read-only, interrupted, I/O, full, cannot open.
_SQLITE_BUSY: Final = frozenset({5, 6})
_SQLITE_OUT_OF_ORDER: Final = frozenset({7, 8, 9, 10, 13, 14})
_SQLITE_IOERR: Final = 10
_SQLITE_IOERR_WRITE: Final = 778
_SQLITE_PRIMARY: Final = 0xFF
# Serialisation failure, deadlock, lock not available: the same function may succeed a moment later. So may one that
# met a row with its own key: PostgreSQL reports a conflict of two serialisable writers so, too, when both looked first.
_POSTGRESQL_PASSING: Final = frozenset({"40001", "40P01", "55P03", "23505"})
_WRITING: Final = "SERIALIZABLE"
_QUEUEING: Final = "READ COMMITTED"
_READING: Final = "REPEATABLE READ"
_READ_ONLY: Final = "SET default_transaction_read_only = on"
_STEPS_BETWEEN_LOOKS: Final = 100_000  # of SQLite's machine: a few milliseconds
# Classes of states in which the connection is gone; an error without a state is one, too.
_POSTGRESQL_GONE: Final = frozenset({"08", "57"})
_POSTGRESQL_TOO_LONG: Final = "57014"  # a statement over its time, which would be so again


class StoreUnavailableError(Exception):
    """The database cannot do this now: full, locked, read-only or out of reach. Edges answer 503 (hostile E04, E05)."""


class UnsafeDatabaseError(Exception):
    """The database would lose what it acknowledged, so nothing is written to it (hostile E02)."""


def open_to_write(url: str) -> Connection:
    """A first connection to the database at `url`, to see that it can be opened; StoreUnavailableError if not."""
    try:
        return writing_engine(url).connect()
    except DBAPIError as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise StoreUnavailableError(f"{shown} cannot be opened: {error.orig}") from error


def dialect_of(url: str) -> str:
    """`sqlite` or `postgresql`; ValueError for an address of anything else, or of SQLite without a file."""
    parsed = make_url(url)
    dialect = _DRIVERS.get(parsed.drivername)
    if dialect is None or (dialect == SQLITE and parsed.database in {None, "", ":memory:"}):
        raise ValueError(f"a database is sqlite:///path or postgresql+psycopg://..., not {parsed!r}")
    return dialect


def writing_engine(url: str) -> Engine:
    """An engine whose transactions write; each connection that it makes proves that its commits last."""
    if dialect_of(url) == SQLITE:
        return _sqlite(make_url(url), "BEGIN IMMEDIATE", (_LARGE_CACHE,))
    return _postgresql(url, _WRITING)


def queueing_engine(url: str) -> Engine:
    """An engine whose transactions hold what they take by row locks; on SQLite there is one writer, `writing_engine`'s.

    READ COMMITTED sees what another worker just let go, where SERIALIZABLE would fail for having looked before.
    """
    return _postgresql(url, _QUEUEING)


def reading_engine(url: str, seconds: float) -> Engine:
    """An engine whose transactions see one state of the database, cannot write, and end after `seconds` (hostile D16).

    On PostgreSQL these are counted for each statement.
    """
    if dialect_of(url) == SQLITE:
        engine = _sqlite(make_url(url), "BEGIN", ("PRAGMA query_only = ON",))
        event.listen(engine, "connect", _interrupt_what_is_late)
        event.listen(engine, "begin", lambda connection: connection.info.update(ends=monotonic() + seconds))
        return engine
    return _postgresql(url, _READING, f"SET statement_timeout = {int(seconds * 1000)}", _READ_ONLY)


def _interrupt_what_is_late(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.set_progress_handler(lambda: monotonic() > record.info.get("ends", inf), _STEPS_BETWEEN_LOOKS)


def _sqlite(url: URL, begin: str, more: tuple[str, ...]) -> Engine:
    # Python's sqlite3 would begin by itself, too late and without IMMEDIATE, and let savepoints outlive a rollback.
    sqlite = {"isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=sqlite)

    def connected(connection: DBAPIConnection, _record: object) -> None:
        _settle(connection, (*_SQLITE_SETTINGS, *more), _SQLITE_MUST_BE)

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
    return engine


def _postgresql(url: str, isolation: IsolationLevel, *more: str) -> Engine:
    soon = {"connect_timeout": 5}
    engine = create_engine(url, poolclass=NullPool, isolation_level=isolation, hide_parameters=True, connect_args=soon)

    def connected(connection: DBAPIConnection, _record: object) -> None:
        _settle(connection, (*_POSTGRESQL_SETTINGS, *more), _POSTGRESQL_MUST_BE)
        connection.commit()

    event.listen(engine, "connect", connected)
    return engine


def _settle(connection: DBAPIConnection, settings: tuple[str, ...], must_be: tuple[tuple[str, str], ...]) -> None:
    cursor = connection.cursor()
    for statement in settings:
        cursor.execute(statement)
    for question, wanted in must_be:
        cursor.execute(question)
        row = cursor.fetchone()
        if row is None or str(row[0]) != wanted:
            raise UnsafeDatabaseError(f"{question} must be {wanted!r}, this database says {row!r}")
    cursor.close()


def is_passing(error: BaseException | None) -> bool:
    """True if the database undid everything and the same function may succeed in a moment (hostile E05)."""
    cause = _cause(error)
    if _sqlite_code(cause) in _SQLITE_BUSY or getattr(cause, "sqlstate", "") in _POSTGRESQL_PASSING:
        return True
    state = getattr(cause, "sqlstate", None) or "08"
    return _is_operational(cause) and state[:2] in _POSTGRESQL_GONE and state != _POSTGRESQL_TOO_LONG


def is_unavailable(error: BaseException | None) -> bool:
    """True if the error speaks of the machine or the connection, not of the function that met it."""
    cause = _cause(error)
    code = _sqlite_code(cause)
    if code is not None:
        return code in _SQLITE_BUSY | _SQLITE_OUT_OF_ORDER
    return _is_operational(cause)


def is_disk_failing(error: BaseException) -> bool:
    """True if SQLite could not sync what it was to commit: from then on nobody knows what is on the disk.

    A write that the system refused, since the disk is read-only or a file may not grow, is no such thing: nothing of it
    is on the disk, as on a full one (hostile E17).
    """
    cause = _cause(error)
    return _sqlite_code(cause) == _SQLITE_IOERR and getattr(cause, "sqlite_errorcode", 0) != _SQLITE_IOERR_WRITE


def leaves_doubt(error: BaseException) -> bool:
    """True if a COMMIT that ended so may have lasted: the connection broke, or the disk did not answer."""
    if _sqlite_code(_cause(error)) == _SQLITE_IOERR:
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _is_operational(cause: BaseException | None) -> bool:
    # psycopg calls only such things operational: connections, resources, shutdowns, conflicts between transactions.
    # It is asked by name, for SQLite's servers do not load it.
    return any(kind.__module__ == "psycopg" and kind.__name__ == "OperationalError" for kind in type(cause).__mro__)


def _cause(error: BaseException | None) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _sqlite_code(cause: BaseException | None) -> int | None:
    code = getattr(cause, "sqlite_errorcode", None)
    return code & _SQLITE_PRIMARY if isinstance(code, int) else None
