"""Migrating on either database, from an installed wheel, and through a kill."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from app.store.engine import writing_engine
from app.store.migration import migrate
from app.store.revision import check_revision, current_revision
from app.store.schema import HEAD, metadata

ROOT: Final = Path(__file__).parents[2]


def test_the_revisions_make_the_tables_that_the_code_expects_on_either_database(empty_url: str) -> None:
    assert migrate(empty_url) is True
    with writing_engine(empty_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert check_revision(connection) is None


@pytest.mark.withstands("E12")
@pytest.mark.parametrize("statements", [1, 5, 30])
def test_a_migration_that_is_killed_leaves_nothing_and_can_be_run_again(empty_url: str, statements: int) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, empty_url, str(statements)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with writing_engine(empty_url).connect() as connection:
        assert inspect(connection).get_table_names() == []
        assert current_revision(connection) is None
    assert migrate(empty_url) is True


KILLED: Final = """
import os, signal, sys
from sqlalchemy import Engine, event
from app.store.migration import migrate

left = int(sys.argv[2])

def count(connection, cursor, statement, *rest):
    global left
    left -= statement.lstrip().startswith(("CREATE", "INSERT"))
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "after_cursor_execute", count)
migrate(sys.argv[1])
"""


def test_an_installed_wheel_brings_its_revisions_along(tmp_path: Path) -> None:
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
