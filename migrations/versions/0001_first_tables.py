"""The first tables: the record, the traffic and the life of an assembly."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Counts by itself on both databases: SQLite does so only in a plain INTEGER.
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:  # noqa: PLR0915 - one line for each table
    accounts()
    activities()
    actors()
    schemes()
    nonces()
    acts()
    followers()
    hosts()
    inbox()
    instance()
    keys()
    ledger_frontier()
    ledger_subtrees()
    pulls()
    held_relays()
    wanted_acts()
    act_references()
    arrivals()
    deliveries()
    items()
    leaves()
    notices()
    hashtags()
    consultations()
    opinions()
    media()
    shown_pictures()
    wanted_pictures()
    domain_policies()
    caretaker_log()
    sessions()
    sign_in_tries()
    comments()
    tables_of_meetings()
    feed()
    texts()
    voices()
    reactions()
    tombstones()
    flags()
    following()
    lookups()
    parked()
    votes()
    tables_of_ballots()
    questions()
    handovers()
    replaced_ballots()
    room_counts()
    entrants()
    vouchers()
    reset_witnesses()
    hidden()


def accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("caretaker", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("recovery", sa.Text(), nullable=True),
        sa.Column("card", sa.String(length=16), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.Column("out_until", sa.BigInteger(), nullable=True),
        sa.Column("reset_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )


def entrants() -> None:
    op.create_table(
        "entrants",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("card", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("refused_by", SERIAL, nullable=True),
        sa.Column("account", SERIAL, nullable=True),
        sa.Column("item", sa.String(length=26), nullable=True),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_entrants_account_accounts")),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_entrants_item_items")),
        sa.ForeignKeyConstraint(["refused_by"], ["accounts.id"], name=op.f("fk_entrants_refused_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrants")),
    )
    op.create_index("ix_entrants_state", "entrants", ["state", "came_at"], unique=False)
    op.create_index("ix_entrants_token", "entrants", ["token"], unique=False)


def hidden() -> None:
    op.create_table(
        "hidden",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("thing", sa.String(length=2048), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("hidden_at", sa.BigInteger(), nullable=False),
        sa.Column("lapses_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_hidden_account_accounts")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_hidden")),
    )
    op.create_index("ix_hidden_thing", "hidden", ["thing"], unique=False)


def reset_witnesses() -> None:
    op.create_table(
        "reset_witnesses",
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("witness", SERIAL, nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_reset_witnesses_account_accounts")),
        sa.ForeignKeyConstraint(["witness"], ["accounts.id"], name=op.f("fk_reset_witnesses_witness_accounts")),
        sa.PrimaryKeyConstraint("account", "witness", name=op.f("pk_reset_witnesses")),
    )


def vouchers() -> None:
    op.create_table(
        "vouchers",
        sa.Column("entrant", sa.String(length=26), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_vouchers_account_accounts")),
        sa.ForeignKeyConstraint(["entrant"], ["entrants.id"], name=op.f("fk_vouchers_entrant_entrants")),
        sa.PrimaryKeyConstraint("entrant", "account", name=op.f("pk_vouchers")),
    )


def activities() -> None:
    op.create_table(
        "activities",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("actor", sa.String(length=2048), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(length=2048), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_activities")),
        sa.UniqueConstraint("id", name=op.f("uq_activities_id")),
    )
    op.create_index("ix_activities_actor_seq", "activities", ["actor", "seq"], unique=False)
    op.create_index("ix_activities_about", "activities", ["about"], unique=False)


def actors() -> None:
    op.create_table(
        "actors",
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("inbox", sa.String(length=2048), nullable=False),
        sa.Column("shared_inbox", sa.String(length=2048), nullable=True),
        sa.Column("reads_acts", sa.Boolean(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("refetched_at", sa.BigInteger(), nullable=True),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
    )


def schemes() -> None:
    op.create_table(
        "schemes",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("scheme", sa.String(length=8), nullable=False),
        sa.Column("learnt_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_schemes")),
    )
    op.create_index("ix_schemes_learnt_at", "schemes", ["learnt_at"], unique=False)


def nonces() -> None:
    op.create_table(
        "nonces",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_nonces")),
    )
    op.create_index("ix_nonces_until", "nonces", ["until"], unique=False)


def acts() -> None:
    op.create_table(
        "acts",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=2048), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_acts")),
        sa.UniqueConstraint("id", "digest", name=op.f("uq_acts_id")),
    )
    op.create_index("ix_acts_digest", "acts", ["digest"], unique=False)
    op.create_index("ix_acts_type_author", "acts", ["type", "author"], unique=False)


def followers() -> None:
    op.create_table(
        "followers",
        sa.Column("followed", sa.String(length=512), nullable=False),
        sa.Column("follower", sa.String(length=2048), nullable=False),
        sa.Column("inbox", sa.String(length=2048), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("reads_acts", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("followed", "follower", name=op.f("pk_followers")),
    )
    op.create_index("ix_followers_host", "followers", ["host"], unique=False)


def inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("activity_id", sa.String(length=2048), nullable=False),
        sa.Column("actor", sa.String(length=2048), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbox_digest")),
    )
    for name, columns, state in (("new", ["domain", "due_at", "seq"], "new"), ("aside", ["seq"], "aside")):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"ix_inbox_{name}", "inbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"], unique=False)


def instance() -> None:
    op.create_table(
        "instance",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("founded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_instance")),
    )


def keys() -> None:
    op.create_table(
        "keys",
        sa.Column("key_id", sa.String(length=2048), nullable=False),
        sa.Column("owner", sa.String(length=2048), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_keys")),
    )
    op.create_index("ix_keys_owner", "keys", ["owner"], unique=False)


def ledger_frontier() -> None:
    op.create_table(
        "ledger_frontier",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_ledger_frontier")),
    )


def ledger_subtrees() -> None:
    op.create_table(
        "ledger_subtrees",
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_ledger_subtrees")),
    )


def wanted_acts() -> None:
    op.create_table(
        "wanted_acts",
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_acts")),
    )


def act_references() -> None:
    op.create_table(
        "act_references",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("target_id", sa.String(length=2048), nullable=False),
        sa.Column("target_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["acts.seq"], name=op.f("fk_act_references_seq_acts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", "relation", "target_id", name=op.f("pk_act_references")),
    )
    op.create_index("ix_act_references_target_id", "act_references", ["target_id"], unique=False)


def arrivals() -> None:
    op.create_table(
        "arrivals",
        sa.Column("activity", SERIAL, nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.seq"], name=op.f("fk_arrivals_activity_activities")),
        sa.PrimaryKeyConstraint("activity", name=op.f("pk_arrivals")),
    )


def deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("activity", SERIAL, nullable=False),
        sa.Column("target", sa.String(length=2048), nullable=False),
        sa.Column("is_inbox", sa.Boolean(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activities.seq"], name=op.f("fk_deliveries_activity_activities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("activity", "target", name=op.f("uq_deliveries_activity")),
    )
    op.create_index("ix_deliveries_host_due_at", "deliveries", ["host", "due_at", "is_inbox", "id"], unique=False)


def hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("suspect", sa.Boolean(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("given_up", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_index("ix_hosts_suspect_next_at", "hosts", ["suspect", "next_at"], unique=False)


def pulls() -> None:
    op.create_table(
        "pulls",
        sa.Column("assembly", sa.String(length=2048), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("leaf", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("pulled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("assembly", name=op.f("pk_pulls")),
    )
    op.create_index("ix_pulls_due_at", "pulls", ["due_at"], unique=False)
    op.create_index("ix_pulls_host", "pulls", ["host"], unique=False)


def held_relays() -> None:
    op.create_table(
        "held_relays",
        sa.Column("announce", sa.String(length=2048), nullable=False),
        sa.Column("owner", sa.String(length=2048), nullable=False),
        sa.PrimaryKeyConstraint("announce", name=op.f("pk_held_relays")),
    )
    op.create_index("ix_held_relays_owner", "held_relays", ["owner"], unique=False)


def sign_in_tries() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_subject", "sign_in_tries", ["subject", "tried_at"], unique=False)


def items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("act", sa.String(length=2048), nullable=False),
        sa.Column("act_digest", sa.String(length=64), nullable=False),
        sa.Column("author", SERIAL, nullable=True),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["accounts.id"], name=op.f("fk_items_author_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index("ix_items_act", "items", ["act"], unique=False)


def leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("act", SERIAL, nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.seq"], name=op.f("fk_leaves_act_acts")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_leaves")),
    )


def hashtags() -> None:
    op.create_table(
        "hashtags",
        sa.Column("tag", sa.String(length=512), nullable=False),
        sa.Column("notice", sa.String(length=512), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_hashtags_notice_notices")),
        sa.PrimaryKeyConstraint("tag", "notice", name=op.f("pk_hashtags")),
    )
    op.create_index("ix_hashtags_notice", "hashtags", ["notice"], unique=False)


def domain_policies() -> None:
    op.create_table(
        "domain_policies",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_policies")),
    )


def caretaker_log() -> None:
    op.create_table(
        "caretaker_log",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_caretaker_log")),
    )


def shown_pictures() -> None:
    op.create_table(
        "shown_pictures",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(length=2048), nullable=False),
        sa.Column("voice", sa.String(length=2048), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_shown_pictures")),
    )
    op.create_index("ix_shown_pictures_address", "shown_pictures", ["address"], unique=False)
    op.create_index("ix_shown_pictures_voice", "shown_pictures", ["voice"], unique=False)


def wanted_pictures() -> None:
    op.create_table(
        "wanted_pictures",
        sa.Column("address", sa.String(length=2048), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_wanted_pictures")),
    )
    op.create_index("ix_wanted_pictures_due_at", "wanted_pictures", ["due_at"], unique=False)


def media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("found_at", sa.String(length=2048), nullable=True),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("found_at", name=op.f("uq_media_found_at")),
    )


def notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("act", SERIAL, nullable=False),
        sa.Column("dossier", sa.String(length=2048), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("pinned_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.seq"], name=op.f("fk_notices_act_acts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_act", "notices", ["act"], unique=False)
    op.create_index("ix_notices_dossier", "notices", ["dossier"], unique=False)


def consultations() -> None:
    op.create_table(
        "consultations",
        sa.Column("post", sa.String(length=512), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["notices.id"], name=op.f("fk_consultations_post_notices")),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_consultations")),
    )


def opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("post", sa.String(length=512), nullable=False),
        sa.Column("actor", sa.String(length=2048), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["consultations.post"], name=op.f("fk_opinions_post_consultations")),
        sa.PrimaryKeyConstraint("post", "actor", name=op.f("pk_opinions")),
    )


def sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name=op.f("fk_sessions_account_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_sessions")),
    )


def comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("item", sa.String(length=26), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_comments_account_accounts")),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_comments_item_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_item", "comments", ["item"], unique=False)


def tables_of_ballots() -> None:
    ballots()
    electors()


def tables_of_meetings() -> None:
    meetings()
    points()
    duties()
    attendances()
    founding_counts()
    findings()
    corrections()
    households()


def meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("rooms", sa.Text(), nullable=False),
        sa.Column("meets_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("convened_at", sa.BigInteger(), nullable=False),
        sa.Column("convened_by", SERIAL, nullable=True),
        sa.Column("called_off_by", SERIAL, nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("begun_by", SERIAL, nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("attended", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("adopted_by", sa.String(length=26), nullable=True),
        sa.Column("adopted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["adopted_by"], ["items.id"], name=op.f("fk_meetings_adopted_by_items")),
        sa.ForeignKeyConstraint(["begun_by"], ["accounts.id"], name=op.f("fk_meetings_begun_by_accounts")),
        sa.ForeignKeyConstraint(["called_off_by"], ["accounts.id"], name=op.f("fk_meetings_called_off_by_accounts")),
        sa.ForeignKeyConstraint(["convened_by"], ["accounts.id"], name=op.f("fk_meetings_convened_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )


def points() -> None:
    op.create_table(
        "points",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("meeting", sa.String(length=26), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("item", sa.String(length=26), nullable=True),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("minutes_of", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("named_at", sa.BigInteger(), nullable=False),
        sa.Column("carried_to", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["carried_to"], ["meetings.id"], name=op.f("fk_points_carried_to_meetings")),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_points_item_items")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_points_meeting_meetings")),
        sa.ForeignKeyConstraint(["minutes_of"], ["meetings.id"], name=op.f("fk_points_minutes_of_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points")),
    )
    op.create_index("ix_points_meeting", "points", ["meeting", "position"], unique=False)
    op.create_index("ix_points_item", "points", ["item"], unique=False)


def duties() -> None:
    op.create_table(
        "duties",
        sa.Column("meeting", sa.String(length=26), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_duties_account_accounts")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_duties_meeting_meetings")),
        sa.PrimaryKeyConstraint("meeting", "account", "duty", name=op.f("pk_duties")),
    )


def founding_counts() -> None:
    op.create_table(
        "founding_counts",
        sa.Column("meeting", sa.String(length=26), nullable=False),
        sa.Column("teller", SERIAL, nullable=False),
        sa.Column("entered_by", SERIAL, nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("fk_founding_counts_entered_by_accounts")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_founding_counts_meeting_meetings")),
        sa.ForeignKeyConstraint(["teller"], ["accounts.id"], name=op.f("fk_founding_counts_teller_accounts")),
        sa.PrimaryKeyConstraint("meeting", "teller", name=op.f("pk_founding_counts")),
    )


def attendances() -> None:
    op.create_table(
        "attendances",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("meeting", sa.String(length=26), nullable=False),
        sa.Column("card", sa.BigInteger(), nullable=False),
        sa.Column("account", SERIAL, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False),
        sa.Column("room", sa.BigInteger(), nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_attendances_account_accounts")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_attendances_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("meeting", "card", name=op.f("uq_attendances_meeting")),
    )


def findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("point", SERIAL, nullable=False),
        sa.Column("circle", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_findings_account_accounts")),
        sa.ForeignKeyConstraint(["point"], ["points.id"], name=op.f("fk_findings_point_points")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_point", "findings", ["point"], unique=False)


def corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("meeting", sa.String(length=26), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_corrections_account_accounts")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_corrections_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_meeting", "corrections", ["meeting"], unique=False)


def households() -> None:
    op.create_table(
        "households",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("meeting", sa.String(length=26), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_households_account_accounts")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_households_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )


def feed() -> None:
    op.create_table(
        "feed",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("act", SERIAL, nullable=True),
        sa.Column("item", sa.String(length=26), nullable=True),
        sa.Column("meeting", sa.String(length=26), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["acts.seq"], name=op.f("fk_feed_act_acts")),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_feed_item_items")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_feed_meeting_meetings")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_feed")),
    )


def texts() -> None:
    op.create_table(
        "texts",
        sa.Column("item", sa.String(length=26), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=2048), nullable=False),
        sa.Column("act_digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_texts_item_items")),
        sa.PrimaryKeyConstraint("item", "version", name=op.f("pk_texts")),
    )


def voices() -> None:
    op.create_table(
        "voices",
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("author", sa.String(length=2048), nullable=False),
        sa.Column("account", SERIAL, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.String(length=2048), nullable=False),
        sa.Column("dossier", sa.String(length=2048), nullable=False),
        sa.Column("visibility", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("page", sa.String(length=2048), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_voices_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voices")),
    )
    op.create_index("ix_voices_author", "voices", ["author"], unique=False)
    op.create_index("ix_voices_dossier_published_at", "voices", ["dossier", "published_at"], unique=False)


def reactions() -> None:
    op.create_table(
        "reactions",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("object", sa.String(length=2048), nullable=False),
        sa.Column("actor", sa.String(length=2048), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_reactions")),
        sa.UniqueConstraint("mark", name=op.f("uq_reactions_mark")),
    )
    op.create_index("ix_reactions_actor", "reactions", ["actor"], unique=False)
    op.create_index("ix_reactions_id", "reactions", ["id"], unique=False)
    op.create_index("ix_reactions_object", "reactions", ["object"], unique=False)


def tombstones() -> None:
    op.create_table(
        "tombstones",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("buried_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstones")),
    )
    op.create_index("ix_tombstones_domain", "tombstones", ["domain", "buried_at", "digest"], unique=False)
    op.create_index("ix_tombstones_buried_at", "tombstones", ["buried_at"], unique=False)


def flags() -> None:
    op.create_table(
        "flags",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=2048), nullable=False),
        sa.Column("actor", sa.String(length=2048), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_flags")),
    )
    op.create_index("ix_flags_domain", "flags", ["domain", "received_at", "digest"], unique=False)


def following() -> None:
    op.create_table(
        "following",
        sa.Column("followed", sa.String(length=2048), nullable=False),
        sa.Column("activity", sa.String(length=2048), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("followed", name=op.f("pk_following")),
    )


def lookups() -> None:
    op.create_table(
        "lookups",
        sa.Column("root", sa.String(length=2048), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_lookups")),
    )


def parked() -> None:
    op.create_table(
        "parked",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("activity_id", sa.String(length=2048), nullable=False),
        sa.Column("actor", sa.String(length=2048), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("premise", sa.String(length=2048), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("parked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_parked")),
    )
    op.create_index("ix_parked_due_at", "parked", ["due_at"], unique=False)
    op.create_index("ix_parked_domain", "parked", ["domain"], unique=False)
    op.create_index("ix_parked_premise", "parked", ["premise"], unique=False)


def votes() -> None:
    op.create_table(
        "votes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("item", sa.String(length=26), nullable=False),
        sa.Column("act", sa.String(length=2048), nullable=False),
        sa.Column("act_digest", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("charter", sa.String(length=2048), nullable=False),
        sa.Column("charter_digest", sa.String(length=64), nullable=False),
        sa.Column("meeting", sa.String(length=26), nullable=True),
        sa.Column("cards", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("both_rounds", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("forgets_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_votes_item_items")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_votes_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
    )
    op.create_index("ix_votes_item", "votes", ["item"], unique=False)


def ballots() -> None:
    op.create_table(
        "ballots",
        sa.Column("vote", sa.String(length=26), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=True),
        sa.Column("options", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("helper", SERIAL, nullable=True),
        sa.Column("teller", SERIAL, nullable=True),
        sa.Column("cast_at", sa.BigInteger(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_ballots_account_accounts")),
        sa.ForeignKeyConstraint(["helper"], ["accounts.id"], name=op.f("fk_ballots_helper_accounts")),
        sa.ForeignKeyConstraint(["teller"], ["accounts.id"], name=op.f("fk_ballots_teller_accounts")),
        sa.ForeignKeyConstraint(["vote"], ["votes.id"], name=op.f("fk_ballots_vote_votes")),
        sa.PrimaryKeyConstraint("vote", "account", "waits", name=op.f("pk_ballots")),
    )


def electors() -> None:
    op.create_table(
        "electors",
        sa.Column("vote", sa.String(length=26), nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("dormant", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_electors_account_accounts")),
        sa.ForeignKeyConstraint(["vote"], ["votes.id"], name=op.f("fk_electors_vote_votes")),
        sa.PrimaryKeyConstraint("vote", "account", name=op.f("pk_electors")),
    )


def handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("act", SERIAL, autoincrement=False, nullable=False),
        sa.Column("account", SERIAL, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_handovers_account_accounts")),
        sa.ForeignKeyConstraint(["act"], ["acts.seq"], name=op.f("fk_handovers_act_acts")),
        sa.PrimaryKeyConstraint("act", "account", name=op.f("pk_handovers")),
    )


def questions() -> None:
    op.create_table(
        "questions",
        sa.Column("act", SERIAL, autoincrement=False, nullable=False),
        sa.Column("account", SERIAL, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer_by", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_questions_account_accounts")),
        sa.ForeignKeyConstraint(["act"], ["acts.seq"], name=op.f("fk_questions_act_acts")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_questions")),
    )


def replaced_ballots() -> None:
    op.create_table(
        "replaced_ballots",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("vote", sa.String(length=26), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["vote"], ["votes.id"], name=op.f("fk_replaced_ballots_vote_votes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replaced_ballots")),
    )


def room_counts() -> None:
    op.create_table(
        "room_counts",
        sa.Column("vote", sa.String(length=26), nullable=False),
        sa.Column("room", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("teller", SERIAL, nullable=False),
        sa.Column("entered_by", SERIAL, nullable=True),
        sa.Column("archive", sa.String(length=64), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("both", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("fk_room_counts_entered_by_accounts")),
        sa.ForeignKeyConstraint(["teller"], ["accounts.id"], name=op.f("fk_room_counts_teller_accounts")),
        sa.ForeignKeyConstraint(["vote"], ["votes.id"], name=op.f("fk_room_counts_vote_votes")),
        sa.PrimaryKeyConstraint("vote", "room", "teller", name=op.f("pk_room_counts")),
    )
