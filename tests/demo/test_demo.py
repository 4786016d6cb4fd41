"""The whole cycle with real servers, on SQLite files and on databases of one PostgreSQL server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
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


@pytest.mark.shows("B2")
@pytest.mark.shows("B4")
@pytest.mark.shows("B6")
@pytest.mark.shows("B7")
@pytest.mark.shows("B9")
@pytest.mark.shows("B12")
@pytest.mark.shows("G9")
def test_three_communes_and_a_council_play_the_whole_cycle(databases: str, tmp_path: Path) -> None:
    bundle = tmp_path / "record.gov.zip"
    command = [sys.executable, "-m", "app", "demo", "--once", "--json", "--dir", str(tmp_path), "--bundle", str(bundle)]
    if databases:
        command += ["--database", databases]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROUNDABOUT_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    logs = "".join(file.read_text()[-2000:] for body in BODIES for file in sorted((tmp_path / body).glob("*.log")))
    told = json.loads(done.stdout)
    assert told["failed"] is None, logs
    assert done.returncode == 0
    assert sorted({step["step"] for step in told["steps"]}) == list(range(1, 9))
    assert bundle.exists()
