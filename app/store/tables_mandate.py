"""Tables of what stays at home about those whom the assembly sends."""

from sqlalchemy import Column, ForeignKey, Table, Text

from app.store.tables import metadata, moment

handovers = Table(
    "handovers",
    metadata,
    Column("act", ForeignKey("acts.seq"), primary_key=True, autoincrement=False),  # the mandate
    Column("account", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),  # the delegate who leaves it
    Column("text", Text, nullable=False),
    moment("written_at"),
)
