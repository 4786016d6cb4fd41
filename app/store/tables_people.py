"""Tables of who comes in, who vouches for whom, who saw whom in person, and what is hidden by duty."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text

from app.store.tables import Serial, metadata, moment

entrants = Table(
    "entrants",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("shown", Text, nullable=False),
    Column("state", String(8), nullable=False),  # see `State` in app.store.entrants
    Column("token", LargeBinary),  # SHA-256 of what their browser holds; none for somebody with no device
    Column("standing", String(8), nullable=False),  # what the door-keepers said: vote, voice or observer
    Column("card", String(16)),
    Column("reason", Text),  # why somebody was refused …
    Column("refused_by", ForeignKey("accounts.id")),  # … and by whom
    Column("account", ForeignKey("accounts.id")),  # who they are once they are in
    Column("item", ForeignKey("items.id")),  # by which the assembly decides about them
    moment("came_at"),
    Index("ix_entrants_token", "token"),
    Index("ix_entrants_state", "state", "came_at"),
)

hidden = Table(
    "hidden",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("thing", String(2048), nullable=False),  # the address of a voice, or `comment:<number>`
    Column("why", Text, nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False),  # whose turn it was
    moment("hidden_at"),
    moment("lapses_at", nullable=True),  # none once the assembly has confirmed it
    Index("ix_hidden_thing", "thing"),
)

reset_witnesses = Table(
    "reset_witnesses",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),  # who has a new sign-in …
    Column("witness", ForeignKey("accounts.id"), primary_key=True),  # … and who saw them in person
    moment("said_at"),
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("entrant", ForeignKey("entrants.id"), primary_key=True),
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    moment("said_at"),
)
