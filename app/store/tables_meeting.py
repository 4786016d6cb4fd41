"""Tables of an assembly's meetings: when, where, what about, who does what, who is there, what came of it."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from app.store.tables import Serial, metadata, moment

meetings = Table(
    "meetings",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("place", Text, nullable=False),
    Column("rooms", Text, nullable=False),  # JSON: names of the rooms in which it sits at once, one or more
    moment("meets_at"),
    Column("state", String(16), nullable=False),  # see `Stage` in app.governance.meeting
    moment("convened_at"),
    Column("convened_by", ForeignKey("accounts.id")),
    Column("called_off_by", ForeignKey("accounts.id")),  # who wants it called off, until one more does
    moment("opened_at", nullable=True),
    Column("begun_by", ForeignKey("accounts.id")),  # who facilitates and opened it
    moment("closed_at", nullable=True),
    Column("attended", Text),  # JSON: how many were there; set at the close, when who was there is forgotten
    Column("notes", Text, nullable=False),  # the free part of the minutes
    Column("adopted_by", ForeignKey("items.id")),  # the matter by which the assembly adopted the minutes
    moment("adopted_at", nullable=True),
)

points = Table(
    "points",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("meeting", ForeignKey("meetings.id"), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # see `Kind` in app.governance.meeting
    Column("title", Text, nullable=False),
    Column("item", ForeignKey("items.id")),
    Column("about", String(64)),  # the text of the item that the convocation named
    Column("minutes_of", ForeignKey("meetings.id")),
    Column("state", String(16), nullable=False),  # see `Point` in app.governance.meeting
    Column("notes", Text, nullable=False),  # what came of it
    moment("named_at"),  # since when a convocation names it
    Column("carried_to", ForeignKey("meetings.id")),
    Index("ix_points_meeting", "meeting", "position"),
    Index("ix_points_item", "item"),
)

duties = Table(
    "duties",
    metadata,
    Column("meeting", ForeignKey("meetings.id"), primary_key=True),
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("duty", String(16), primary_key=True),  # see `Duty` in app.store.meetings
)

attendances = Table(
    "attendances",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("meeting", ForeignKey("meetings.id"), nullable=False),
    Column("card", BigInteger, nullable=False),
    Column("account", ForeignKey("accounts.id")),  # none for who is on no list
    Column("name", Text, nullable=False),  # what they want to be called; may be empty
    Column("votes", Boolean, nullable=False),  # else voice without vote
    Column("room", BigInteger, nullable=False),
    moment("came_at"),
    moment("left_at", nullable=True),
    UniqueConstraint("meeting", "card"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("point", ForeignKey("points.id"), nullable=False),
    Column("circle", Text, nullable=False),  # what the small group calls itself
    Column("body", Text, nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    moment("written_at"),
    Index("ix_findings_point", "point"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("meeting", ForeignKey("meetings.id"), nullable=False),  # to the minutes of this one
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),  # see `State` in app.store.corrections
    moment("written_at"),
    Index("ix_corrections_meeting", "meeting"),
)

households = Table(
    "households",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False),  # who facilitated, and entered it
    Column("meeting", ForeignKey("meetings.id"), nullable=False),
    moment("counted_at"),
)

founding_counts = Table(
    "founding_counts",
    metadata,
    Column("meeting", ForeignKey("meetings.id"), primary_key=True),
    Column("teller", ForeignKey("accounts.id"), primary_key=True),
    Column("entered_by", ForeignKey("accounts.id"), nullable=False),
    Column("said", Text, nullable=False),  # JSON: what was decided and how many agreed, as this teller has it
)
