"""Bringing a database to the form that this program needs. The one module that imports Alembic."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from app.kernel.refusal import Refusal
from app.store.engine import SQLITE, dialect_of, open_to_write
from app.store.revision import check_revision, current_revision

_INSIDE_WHEEL: Final = Path(__file__).parents[1] / "migrations"
_BESIDE_SOURCE: Final = Path(__file__).parents[2] / "migrations"


def scripts() -> Path:
    """Where the revisions lie: inside the installed package, or beside it in a source tree."""
    return _INSIDE_WHEEL if _INSIDE_WHEEL.is_dir() else _BESIDE_SOURCE


def upgrade(url: str) -> bool | Refusal:
    """As `migrate`, for a database that is there; `schema.empty` where none is, and then nothing is made."""
    found = make_url(url)
    if dialect_of(url) == SQLITE and not Path(found.database or "").is_file():
        return Refusal("schema.empty", f"there is no database at {found.database}: `roundabout init` makes an instance")
    with open_to_write(url) as connection:
        state = check_revision(connection)
    return state if state is not None and state.code == "schema.empty" else migrate(url)


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
