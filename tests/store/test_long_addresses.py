"""Addresses of others are stored however long they may be: no index of PostgreSQL is asked for more than it takes."""

import random
import string
from typing import Final

import pytest
from sqlalchemy import Column, Connection, LargeBinary, String, Table, Text, insert, text

from app.store.engine import writing_engine
from app.store.schema import metadata
from tests.conftest import copy_of

SIGNS: Final = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@/?%"  # nothing that could be compressed
LONGEST_ENTRY: Final = 2_704
"""So many bytes an entry of a btree index may have: a third of a page."""


@pytest.mark.withstands("B30")
def test_every_index_takes_what_its_columns_may_hold(postgresql: str, postgresql_template: str) -> None:
    chance = random.Random(7)
    for url in copy_of(postgresql_template, postgresql):
        engine = writing_engine(url)
        with engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))  # no row needs another
            for table in metadata.sorted_tables:
                connection.execute(insert(table).values(fullest_row(table, chance)))
            assert rows(connection) == {table.name: 1 for table in metadata.sorted_tables}
        engine.dispose()


def test_an_index_over_two_long_addresses_would_not_take_them(postgresql: str, postgresql_template: str) -> None:
    chance = random.Random(7)
    for url in copy_of(postgresql_template, postgresql):
        engine = writing_engine(url)
        with engine.connect() as connection:
            connection.execute(text("CREATE UNIQUE INDEX too_long ON reactions (object, actor)"))
            connection.execute(text("SET session_replication_role = replica"))
            with pytest.raises(Exception, match=rf"exceeds btree version 4 maximum {LONGEST_ENTRY}"):
                connection.execute(
                    insert(metadata.tables["reactions"]).values(fullest_row(metadata.tables["reactions"], chance))
                )
        engine.dispose()


def fullest_row(table: Table, chance: random.Random) -> dict[str, object]:
    return {column.name: longest(column, chance) for column in table.columns}


def longest(column: Column[object], chance: random.Random) -> object:
    """The longest text of random signs that a column takes, and of what has no end, as much as a digest has."""
    if isinstance(column.type, Text):
        return "x"
    if isinstance(column.type, String):
        return "".join(chance.choices(SIGNS, k=column.type.length or 1))
    if isinstance(column.type, LargeBinary):
        return chance.randbytes(32)
    return column.type.python_type(1)


def rows(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()  # noqa: S608 - ours
        for table in metadata.sorted_tables
    }
