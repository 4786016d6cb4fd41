"""Tables of an assembly's own life: who it is, its members, its agenda, votes and counts."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from app.store.tables import Serial, metadata, moment

instance = Table(
    "instance",
    metadata,
    Column("one", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", String(2048), nullable=False),
    moment("created_at"),
    moment("founded_at", nullable=True),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),  # the part of addresses and of sign-in
    Column("shown", Text, nullable=False),
    Column("password", Text),  # argon2; none for a member with no device
    Column("caretaker", Boolean, nullable=False),
    Column("standing", String(8), nullable=False),  # see `Standing` in app.store.accounts
    Column("recovery", Text),  # argon2 of the words by which a member confirms a new sign-in
    Column("card", String(16)),  # the number of the card of a member with no device
    moment("joined_at"),
    moment("left_at", nullable=True),
    moment("seen_at"),
    moment("warned_at", nullable=True),  # told that they will not be counted on until they are back
    moment("out_until", nullable=True),  # excluded by the assembly until then
    moment("reset_at", nullable=True),  # a caretaker gave them a new sign-in, which they have not confirmed
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", LargeBinary, primary_key=True),  # SHA-256 of what the cookie holds
    Column("account", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    moment("expires_at"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subject", LargeBinary, nullable=False),  # keyed hash of an account's name or of where a try came from
    moment("tried_at"),
    Index("ix_sign_in_tries_subject", "subject", "tried_at"),
)

items = Table(
    "items",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(16), nullable=False),  # see `Kind` in app.store.agenda
    Column("category", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),  # a state of governance.proposal
    Column("details", Text, nullable=False),  # JSON of what the kind needs: forum, delegates, mandate …
    Column("act", String(2048), nullable=False),  # the text in force: its act …
    Column("act_digest", String(64), nullable=False),  # … and digest
    Column("author", ForeignKey("accounts.id")),
    Column("asked", Boolean, nullable=False),  # a delegate's vote asks the assembly to decide
    moment("created_at"),
    Index("ix_items_act", "act"),
)

texts = Table(
    "texts",
    metadata,
    Column("item", ForeignKey("items.id"), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("act", String(2048), nullable=False),
    Column("act_digest", String(64), nullable=False),
    Column("source", Text, nullable=False),
    moment("published_at"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("body", Text, nullable=False),
    moment("written_at"),
    Index("ix_comments_item", "item"),
)

votes = Table(
    "votes",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("act", String(2048), nullable=False),  # the text voted on
    Column("act_digest", String(64), nullable=False),
    Column("rule", Text, nullable=False),  # JSON, as in the charter then in force
    Column("charter", String(2048), nullable=False),
    Column("charter_digest", String(64), nullable=False),
    Column("meeting", ForeignKey("meetings.id")),  # the meeting that was open then: its hands decide too
    Column("cards", BigInteger, nullable=False),  # of the roll: who is on no list and was counted at the door
    Column("mode", String(16), nullable=False),  # how ballots are kept: see `Mode` in app.governance.modes
    Column("both_rounds", Boolean, nullable=False),  # two thirds of those present agreed to hold both at once
    Column("salt", LargeBinary, nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("state", String(8), nullable=False),  # `open` or `closed`
    Column("result", Text),  # JSON: counts, status and facts of each round
    moment("opened_at"),
    moment("closes_at"),
    moment("ended_at", nullable=True),  # when somebody closed it by hand; then it waits to be signed
    moment("forgets_at", nullable=True),  # when the time to object ends and who chose what is forgotten; then none
    Index("ix_votes_item", "item"),
)

electors = Table(
    "electors",
    metadata,
    Column("vote", ForeignKey("votes.id"), primary_key=True),
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("dormant", Boolean, nullable=False),  # not counted among those entitled until they take part
)

ballots = Table(
    "ballots",
    metadata,
    Column("vote", ForeignKey("votes.id"), primary_key=True),
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("choice", String(16)),  # none once it is forgotten: then only who took part is known
    Column("options", Text),  # JSON of what was said of the options, where there are several; forgotten too
    Column("reason", Text),
    Column("receipt", String(64), nullable=False),  # a salted commitment: proves inclusion, never choice
    Column("helper", ForeignKey("accounts.id")),  # who entered it for somebody who said it aloud …
    Column("teller", ForeignKey("accounts.id")),  # … and in whose presence
    moment("cast_at"),
    # Cast after a new sign-in that the member has not confirmed: it stands beside the one that counts.
    Column("waits", Boolean, primary_key=True),
)

replaced_ballots = Table(
    "replaced_ballots",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("vote", ForeignKey("votes.id"), nullable=False),
    Column("commitment", String(64), nullable=False),  # salted: it proves a ballot stood, not whose or which
)

room_counts = Table(
    "room_counts",
    metadata,
    Column("vote", ForeignKey("votes.id"), primary_key=True),
    Column("room", BigInteger, primary_key=True, autoincrement=False),
    Column("teller", ForeignKey("accounts.id"), primary_key=True),
    Column("entered_by", ForeignKey("accounts.id")),  # who wrote for a teller that has no device
    Column("archive", String(64)),  # fingerprint of the archive of an election held elsewhere
    Column("figures", Text, nullable=False),  # JSON: heads for each choice, and present
    Column("options", Text),  # JSON: what was counted for each of several options
    Column("reason", Text),  # what those said who blocked, or disagreed where the charter wants to know
    Column("both", Text, nullable=False),  # JSON: accounts counted in the room that had voted online
    moment("entered_at"),
)

caretaker_log = Table(
    "caretaker_log",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("what", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    moment("done_at"),
)

feed = Table(
    "feed",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("act", ForeignKey("acts.seq")),
    Column("item", ForeignKey("items.id")),
    Column("meeting", ForeignKey("meetings.id")),
    moment("happened_at"),
)

questions = Table(
    "questions",
    metadata,
    Column("act", ForeignKey("acts.seq"), primary_key=True, autoincrement=False),  # the vote against the mandate
    Column("account", ForeignKey("accounts.id"), nullable=False),  # the delegate who is asked
    moment("asked_at"),
    moment("answer_by"),
    Column("answer", Text),
    moment("answered_at", nullable=True),
)
