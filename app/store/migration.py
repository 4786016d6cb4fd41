"""Bringing a database to the form that this program needs. The one module that imports Alembic."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

from app.kernel.refusal import Refusal
from app.store.engine import open_to_write
from app.store.revision import check_revision, current_revision

_INSIDE_WHEEL: Final = Path(__file__).parents[1] / "migrations"
_BESIDE_SOURCE: Final = Path(__file__).parents[2] / "migrations"


def scripts() -> Path:
    """Where the revisions lie: inside the installed package, or beside it in a source tree."""
    return _INSIDE_WHEEL if _INSIDE_WHEEL.is_dir() else _BESIDE_SOURCE


def migrate(url: str) -> bool | Refusal:
    """Upgrade the database at `url`, all of it or none; True if anything changed, `schema.newer` if it is ahead.

    UnsafeDatabaseError if its commits would not last, StoreUnavailableError if it cannot be opened.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    with open_to_write(url) as connection, connection.begin():
        state = check_revision(connection)
        if state is None or state.code == "schema.newer":
            return state if state is not None else False
        before = current_revision(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return before != current_revision(connection)
