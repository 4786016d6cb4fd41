"""All tables, and the revision that this code expects."""

from typing import Final

from app.store import (
    tables_assembly,
    tables_consultation,
    tables_conversation,
    tables_federation,
    tables_mandate,
    tables_meeting,
    tables_people,
    tables_record,
)
from app.store.tables import metadata

HEAD: Final = "0001"
"""The newest revision in `migrations/versions`; serving refuses a database at any other."""

__all__ = [
    "HEAD",
    "metadata",
    "tables_assembly",
    "tables_consultation",
    "tables_conversation",
    "tables_federation",
    "tables_mandate",
    "tables_meeting",
    "tables_people",
    "tables_record",
]
