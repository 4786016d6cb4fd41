"""The revisions make exactly the tables that the code expects, and never touch what they do not know."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.kernel.refusal import Refusal
from app.store.engine import writing_engine
from app.store.migration import migrate
from app.store.revision import check_revision, current_revision
from app.store.schema import HEAD, metadata


def test_the_revisions_make_the_tables_that_the_code_expects(empty_url: str) -> None:
    assert migrate(empty_url) is True
    with writing_engine(empty_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert current_revision(connection) == HEAD
        assert check_revision(connection) is None


def test_a_database_that_is_up_to_date_is_left_as_it_is(empty_url: str) -> None:
    migrate(empty_url)
    assert migrate(empty_url) is False


def test_an_empty_database_is_not_served(empty_url: str) -> None:
    with writing_engine(empty_url).connect() as connection:
        found = check_revision(connection)
    assert isinstance(found, Refusal)
    assert found.code == "schema.empty"


@pytest.mark.withstands("E12")
def test_a_database_of_a_newer_version_is_neither_served_nor_changed(empty_url: str) -> None:
    migrate(empty_url)
    with writing_engine(empty_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    refused = migrate(empty_url)
    assert isinstance(refused, Refusal)
    assert refused.code == "schema.newer"
    with writing_engine(empty_url).connect() as connection:
        assert current_revision(connection) == "9999"
