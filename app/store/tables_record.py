"""Tables of the record: acts as signed, what they name, and the leaves of our ledger."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.store.tables import Serial, metadata, moment

acts = Table(
    "acts",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(2048), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("type", String(32), nullable=False),
    Column("author", String(2048), nullable=False),
    moment("published_at"),
    Column("raw", LargeBinary, nullable=False),  # JCS of the whole signed act
    Column("own", Boolean, nullable=False),
    Column("standing", String(16), nullable=False),  # see `Standing` in app.store.acts
    Column("because", Text),
    moment("received_at"),
    Column("leaf", BigInteger),  # index in the home ledger, where known
    moment("erased_at", nullable=True),  # its words were taken out: `raw` is what stays
    UniqueConstraint("id", "digest"),
    Index("ix_acts_type_author", "type", "author"),
    Index("ix_acts_digest", "digest"),
)

references = Table(
    "act_references",
    metadata,
    Column("seq", ForeignKey("acts.seq", ondelete="CASCADE"), primary_key=True),
    Column("relation", String(32), primary_key=True),  # the key that names it: `gov:mandate`
    Column("target_id", String(2048), primary_key=True),
    Column("target_digest", String(64), nullable=False),
    Index("ix_act_references_target_id", "target_id"),
)

wanted = Table(
    "wanted_acts",
    metadata,
    Column("id", String(2048), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("tries", BigInteger, nullable=False),
    moment("due_at"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("act", ForeignKey("acts.seq")),
)

subtrees = Table(
    "ledger_subtrees",
    metadata,
    Column("level", BigInteger, primary_key=True, autoincrement=False),  # of 256 to this power leaves
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

frontier = Table(
    "ledger_frontier",
    metadata,
    Column("one", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("hashes", LargeBinary, nullable=False),  # the compact range: 32 bytes for each full subtree
    Column("checkpoint", Text, nullable=False),
    moment("published_at"),  # of the newest act of our own: it never decreases
)
