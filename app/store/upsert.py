"""Inserts that may meet a row with their own key: both databases say it alike, SQLAlchemy says it for each."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from app.store.engine import POSTGRESQL


def upserting(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert into `table` that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if connection.dialect.name == POSTGRESQL else sqlite.insert(table)
