"""Databases for the bodies of the play."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

BODIES = ("riverside", "hill", "harbour", "valley")


@pytest.fixture
def databases(dialect: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """What `--database` takes: nothing for SQLite files, else an address with `{name}` of databases made for it."""
    if dialect == "sqlite":
        yield ""
        return
    server = make_url(request.getfixturevalue("postgresql"))
    prefix = f"demo_{uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for body in BODIES:
            connection.execute(text(f'CREATE DATABASE "{prefix}_{body}"'))
        yield server.set(database=f"{prefix}_NAME").render_as_string(hide_password=False).replace("NAME", "{name}")
        for body in BODIES:
            connection.execute(text(f'DROP DATABASE "{prefix}_{body}" WITH (FORCE)'))
    engine.dispose()
