"""Tables of consultations: advisory questions to everybody outside, and what was answered, which is no ballot."""

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text

from app.store.tables import metadata, moment

consultations = Table(
    "consultations",
    metadata,
    Column("post", ForeignKey("notices.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON: the names, in order
    Column("open", Boolean, nullable=False),
    moment("closes_at"),
)

opinions = Table(
    "opinions",
    metadata,
    Column("post", ForeignKey("consultations.post"), primary_key=True),
    Column("actor", String(2048), primary_key=True),
    Column("option", Text, nullable=False),
    moment("heard_at"),
)
