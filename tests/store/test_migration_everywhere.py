"""Migrating on either database, from an installed wheel, and through a kill."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.store.engine import writing_engine
from app.store.migration import migrate
from app.store.revision import check_revision
from app.store.schema import HEAD, metadata

ROOT: Final = Path(__file__).parents[2]


def test_the_revisions_make_the_tables_that_the_code_expects_on_either_database(empty_url: str) -> None:
    assert migrate(empty_url) is True
    with writing_engine(empty_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert check_revision(connection) is None


@pytest.mark.withstands("E12")
def test_a_migration_that_is_killed_at_any_statement_leaves_nothing_and_can_be_run_again(empty_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, empty_url], cwd=ROOT, check=True, capture_output=True, text=True
    )
    *killed, last = done.stdout.splitlines()
    assert len(killed) > len(metadata.tables)
    assert set(killed) == {"-9 [] None"}
    assert last == f"0 {len(metadata.tables) + 1} {HEAD}"


KILLED: Final = """
import os, signal, sys
import alembic.command, alembic.autogenerate, sqlalchemy.dialects.sqlite
import psycopg, sqlalchemy.dialects.postgresql.psycopg
from sqlalchemy import Engine, event, inspect
from app.store.engine import writing_engine
from app.store.migration import migrate
from app.store.revision import current_revision

def look(ended):
    with writing_engine(sys.argv[1]).connect() as connection:
        tables = inspect(connection).get_table_names()
        print(ended, tables if ended else len(tables), current_revision(connection), flush=True)

def run(left, ended):
    def count(connection, cursor, statement, *rest):
        nonlocal left
        left -= statement.lstrip().startswith(("CREATE", "INSERT"))
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if ended is not None:
        look(ended)
    event.listen(Engine, "after_cursor_execute", count)
    migrate(sys.argv[1])
    os._exit(0)

statement, ended = 0, None
while ended != 0:
    statement += 1
    child = os.fork()  # nothing is open yet, so each child is a process of its own that really dies
    if child == 0:
        run(statement, ended)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
look(ended)
"""


def test_an_installed_wheel_brings_its_revisions_its_pages_and_its_words_along(tmp_path: Path) -> None:
    wheels, installed = tmp_path / "wheels", tmp_path / "installed"
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = wheels.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", FROM_WHEEL, f"sqlite:///{tmp_path / 'wheel.db'}"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [str(installed / "app/migrations"), "True", HEAD]
    for folder, least in (("app/http/pages/templates", 50), ("app/http/pages/static", 1), ("app/locale", 1)):
        here = files_in(ROOT / folder)
        assert len(here) >= least
        assert files_in(installed / folder) == here


def files_in(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder, by its place in it."""
    return {found.relative_to(folder): found.read_bytes() for found in folder.rglob("*") if found.is_file()}


FROM_WHEEL: Final = """
import sys
from app.store.engine import writing_engine
from app.store.migration import migrate, scripts
from app.store.revision import current_revision

print(scripts())
print(migrate(sys.argv[1]))
with writing_engine(sys.argv[1]).connect() as connection:
    print(current_revision(connection))
"""


def test_asking_which_form_a_database_has_does_not_load_what_changes_it() -> None:
    code = "import sys, app.store.revision; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
