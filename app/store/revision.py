"""Which form a database has: asked at every start, without the machinery that changes it."""

from sqlalchemy import Connection, inspect, text

from app.kernel.refusal import Refusal
from app.store.schema import HEAD


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None if it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def check_revision(connection: Connection) -> Refusal | None:
    """None if this program can serve the database, else `schema.empty`, `schema.older` or `schema.newer`.

    Revisions are numbers of four digits, so that a program knows a newer one without having it.
    """
    found = current_revision(connection)
    if found == HEAD:
        return None
    if found is None:
        return Refusal("schema.empty", "this database is empty: `roundabout init` makes an instance in it")
    if found > HEAD:
        return Refusal("schema.newer", f"this database has form {found}, newer than this program's {HEAD}: upgrade it")
    return Refusal("schema.older", f"this database has form {found}, this program needs {HEAD}: `roundabout migrate`")
