"""Tables of the traffic: keys, other servers' actors, inbox, outbox and its hosts, followers, posts."""

from typing import Final

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
    text,
)

from app.store.tables import OURS, Serial, metadata, moment

_NEW: Final = text("state = 'new'")
_ASIDE: Final = text("state = 'aside'")

keys = Table(
    "keys",
    metadata,
    Column("key_id", String(2048), primary_key=True),
    Column("owner", String(2048), nullable=False),
    Column("purpose", String(8), nullable=False),  # `http` or `seal`
    Column("public", Text, nullable=False),  # PEM or Multikey, as published
    Column("locked", LargeBinary, nullable=False),  # the private key, encrypted with the instance's secret
    moment("created_at"),
    Index("ix_keys_owner", "owner"),
)

actors = Table(
    "actors",
    metadata,
    Column("id", String(2048), primary_key=True),
    Column("raw", LargeBinary, nullable=False),
    Column("inbox", String(2048), nullable=False),
    Column("shared_inbox", String(2048)),
    Column("reads_acts", Boolean, nullable=False),
    moment("fetched_at"),
    moment("refetched_at", nullable=True),  # when its keys were last asked for anew
    moment("gone_at", nullable=True),  # when its server first said that there is no such actor any more
)

schemes = Table(
    "schemes",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("scheme", String(8), nullable=False),  # how it signs, or what it took
    moment("learnt_at"),
    Index("ix_schemes_learnt_at", "learnt_at"),
)

nonces = Table(
    "nonces",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of key id and nonce
    Column("request", LargeBinary, nullable=False),  # the digest of the request that used it
    moment("until"),
    Index("ix_nonces_until", "until"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),  # of who signed it and its id
    Column("activity_id", String(2048), nullable=False),
    Column("actor", String(2048), nullable=False),
    Column("domain", String(255), nullable=False),  # whose turn it waits for: the registrable one of the actor
    Column("raw", LargeBinary, nullable=False),  # emptied when it is handled, or put aside
    Column("state", String(8), nullable=False),  # `new`, `done` or `aside`
    Column("tries", BigInteger, nullable=False),
    Column("because", Text),
    moment("received_at"),
    moment("due_at"),
    # Only what waits is in them: what was handled, the most by far, costs nothing here.
    Index("ix_inbox_new", "domain", "due_at", "seq", sqlite_where=_NEW, postgresql_where=_NEW),
    Index("ix_inbox_aside", "seq", sqlite_where=_ASIDE, postgresql_where=_ASIDE),
    Index("ix_inbox_received_at", "received_at"),
)

activities = Table(
    "activities",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(2048), nullable=False, unique=True),
    Column("actor", String(2048), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("about", String(2048)),  # the act or post whose words are in it, by which an erasure finds it
    moment("published_at"),
    Index("ix_activities_actor_seq", "actor", "seq"),
    Index("ix_activities_about", "about"),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("activity", ForeignKey("activities.seq"), primary_key=True),  # its deliveries are not in `hosts` yet
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("activity", ForeignKey("activities.seq"), nullable=False),
    Column("target", String(2048), nullable=False),  # an inbox, or an actor whose inbox is not known yet
    Column("is_inbox", Boolean, nullable=False),
    Column("host", String(255), nullable=False),
    Column("tries", BigInteger, nullable=False),
    moment("queued_at"),
    moment("due_at"),
    UniqueConstraint("activity", "target"),
    Index("ix_deliveries_host_due_at", "host", "due_at", "is_inbox", "id"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", String(255), primary_key=True),
    moment("next_at", nullable=True),  # when its oldest delivery may be tried; nothing waits where it is null
    moment("leased_until"),  # until then a worker has one of its deliveries in flight
    moment("blocked_until"),  # until then its breaker lets nothing through
    Column("failures", BigInteger, nullable=False),  # without a success between them
    Column("suspect", Boolean, nullable=False),  # failed or slow at the last try: it gets the small share
    Column("because", Text),  # the last failure
    Column("given_up", BigInteger, nullable=False),
    moment("tried_at"),
    moment("heard_at"),  # it answered, or spoke to us
    Index("ix_hosts_suspect_next_at", "suspect", "next_at"),
)

held_relays = Table(
    "held_relays",
    metadata,
    Column("announce", String(2048), primary_key=True),  # with which we relayed an act to members
    Column("owner", String(2048), nullable=False),  # whose charter will say if it is for everybody
    Index("ix_held_relays_owner", "owner"),
)

pulls = Table(
    "pulls",
    metadata,
    Column("assembly", String(2048), primary_key=True),
    Column("host", String(255), nullable=False),
    Column("leaf", BigInteger, nullable=False),  # the last one that was read of its ledger; -1 for none
    Column("tries", BigInteger, nullable=False),  # that failed since it was last read
    Column("because", Text),
    moment("due_at"),
    moment("pulled_at"),
    Index("ix_pulls_due_at", "due_at"),
    Index("ix_pulls_host", "host"),
)

followers = Table(
    "followers",
    metadata,
    Column("followed", String(OURS), primary_key=True),
    Column("follower", String(2048), primary_key=True),
    Column("inbox", String(2048), nullable=False),
    Column("host", String(255), nullable=False),  # of the inbox
    Column("reads_acts", Boolean, nullable=False),
    moment("since"),
    Index("ix_followers_host", "host"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(OURS), primary_key=True),
    Column("act", ForeignKey("acts.seq"), nullable=False),
    Column("dossier", String(2048), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    moment("published_at"),
    moment("pinned_at", nullable=True),
    Index("ix_notices_act", "act"),
    Index("ix_notices_dossier", "dossier"),
)

hashtags = Table(
    "hashtags",
    metadata,
    Column("tag", String(512), primary_key=True),  # by its key
    Column("notice", ForeignKey("notices.id"), primary_key=True),
    Index("ix_hashtags_notice", "notice"),
)

domain_policies = Table(
    "domain_policies",
    metadata,
    Column("domain", String(255), primary_key=True),
    Column("level", String(8), nullable=False),  # see `Level` in app.federation.policy
    Column("reason", Text, nullable=False),
    Column("draft", Boolean, nullable=False),  # from a shared list, and not decided here
    moment("decided_at"),
)

media = Table(
    "media",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("sha256", String(64), nullable=False),  # of the bytes, and the name of the file
    Column("media_type", String(32), nullable=False),
    Column("width", BigInteger, nullable=False),
    Column("height", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    Column("found_at", String(2048), unique=True),  # where another server showed it; none for ours
    moment("kept_at"),
)

shown_pictures = Table(
    "shown_pictures",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of the two
    Column("address", String(2048), nullable=False),  # where another server shows it
    Column("voice", String(2048), nullable=False),  # that shows it here: without any, it goes
    Index("ix_shown_pictures_address", "address"),
    Index("ix_shown_pictures_voice", "voice"),
)

wanted_pictures = Table(
    "wanted_pictures",
    metadata,
    Column("address", String(2048), primary_key=True),  # where another server shows it
    Column("description", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    moment("due_at"),
    Index("ix_wanted_pictures_due_at", "due_at"),
)
