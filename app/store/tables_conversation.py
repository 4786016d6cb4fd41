"""Tables of what others say and do about our posts, of whom we follow, and of what waits for its premise."""

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
)

from app.store.tables import metadata, moment

voices = Table(
    "voices",
    metadata,
    Column("id", String(2048), primary_key=True),
    Column("author", String(2048), nullable=False),
    Column("account", ForeignKey("accounts.id")),  # the member of ours who answered; null for a voice from outside
    Column("kind", String(16), nullable=False),
    Column("answers", String(2048), nullable=False),  # a post of ours, or another voice
    Column("dossier", String(2048), nullable=False),
    Column("visibility", BigInteger, nullable=False),  # see `Visibility` in app.federation.posts
    Column("title", Text, nullable=False),
    Column("content", Text, nullable=False),  # sanitised HTML; empty for what is not for everybody
    Column("summary", Text, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("page", String(2048)),
    Column("details", Text, nullable=False),  # JSON: files, the options of a poll
    Column("raw", LargeBinary),  # as rendered, where it is ours
    moment("published_at"),
    moment("updated_at", nullable=True),
    Index("ix_voices_dossier_published_at", "dossier", "published_at"),
    Index("ix_voices_author", "author"),
)

reactions = Table(
    "reactions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of who did it and its id
    Column("id", String(2048), nullable=False),  # of the activity, by which it can be undone
    Column("kind", String(16), nullable=False),  # `Like`, `Announce` or `Follow`
    Column("object", String(2048), nullable=False),
    Column("actor", String(2048), nullable=False),
    Column("mark", LargeBinary, nullable=False, unique=True),  # the digest of actor, kind and object: each once
    moment("happened_at"),
    Index("ix_reactions_id", "id"),
    Index("ix_reactions_object", "object"),
    Index("ix_reactions_actor", "actor"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of who took it back, and its id: only theirs stays away
    Column("domain", String(255), nullable=False),  # the registrable one of the actor
    moment("buried_at"),
    Index("ix_tombstones_domain", "domain", "buried_at", "digest"),
    Index("ix_tombstones_buried_at", "buried_at"),
)

flags = Table(
    "flags",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of who complained and the id
    Column("id", String(2048), nullable=False),
    Column("actor", String(2048), nullable=False),
    Column("domain", String(255), nullable=False),  # the registrable one of the actor
    Column("about", Text, nullable=False),  # JSON: the addresses that are complained of
    Column("content", Text, nullable=False),
    moment("received_at"),
    Index("ix_flags_domain", "domain", "received_at", "digest"),
)

following = Table(
    "following",
    metadata,
    Column("followed", String(2048), primary_key=True),
    Column("activity", String(2048), nullable=False),  # our Follow
    Column("state", String(8), nullable=False),  # `asked`, `accepted` or `rejected`
    moment("since"),
)

lookups = Table(
    "lookups",
    metadata,
    Column("root", String(2048), primary_key=True),  # a conversation, or the server on whose word we look
    Column("hour", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
)

parked = Table(
    "parked",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of who signed it and its id
    Column("activity_id", String(2048), nullable=False),
    Column("actor", String(2048), nullable=False),
    Column("domain", String(255), nullable=False),  # the registrable one of the actor
    Column("raw", LargeBinary, nullable=False),
    Column("premise", String(2048), nullable=False),
    Column("because", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    moment("parked_at"),
    moment("due_at"),
    Index("ix_parked_premise", "premise"),
    Index("ix_parked_due_at", "due_at"),
    Index("ix_parked_domain", "domain"),
)
