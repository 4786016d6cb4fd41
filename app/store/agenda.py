"""The assembly's agenda: what it has to decide, the texts it has had, what was said, and what happened."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.store.tables_assembly import comments, feed, items, texts


class Kind(StrEnum):
    """What an item asks the assembly to do."""

    PROPOSAL = "proposal"  # decide a text of our own
    ANSWER = "answer"  # say where we stand on what was brought to us
    MANDATE = "mandate"  # give delegates a mandate
    RECALL = "recall"  # end a mandate
    JOIN = "join"  # ask to join a confederation
    LEAVE = "leave"  # leave one
    CHARTER = "charter"  # change our own rules
    AMENDMENT = "amendment"  # change a text that is open
    REPORT = "report"  # accept what a delegate reports
    HOST = "host"  # call a session of delegations and host it
    ENTRY = "entry"  # let somebody in
    EXCLUSION = "exclusion"  # exclude a person for a time
    DEPARTURE = "departure"  # take somebody off the list who leaves
    HIDING = "hiding"  # keep hidden what was hidden by duty
    HASTE = "haste"  # ask a forum that answers close before all its members have met
    EXTENSION = "extension"  # ask for more time to answer what was brought to us
    BLOCK = "block"  # confirm that we do not talk with a server
    ERASURE = "erasure"  # take the words of an entry of ours out of the record
    MINUTES = "minutes"  # adopt the minutes of a meeting
    CARETAKERS = "caretakers"  # choose who keeps the server


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda; `act` and `act_digest` are the text in force, `details` what its kind needs."""

    id: str
    kind: Kind
    category: str
    title: str
    state: str
    details: Mapping[str, Any]
    act: str
    act_digest: str
    author: int | None
    asked: bool
    created_at: int


@dataclass(frozen=True, slots=True)
class Text:
    """One version of an item's text, as written (Markdown)."""

    version: int
    act: str
    act_digest: str
    source: str
    published_at: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What a member said about an item; `number` is under what it is kept."""

    account: int
    body: str
    written_at: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that every member is shown."""

    seq: int
    kind: str
    act: int | None
    item: str | None
    happened_at: int
    meeting: str | None


def add(connection: Connection, item: Item) -> None:
    """Put an item on the agenda."""
    connection.execute(
        insert(items).values(
            id=item.id,
            kind=item.kind.value,
            category=item.category,
            title=item.title,
            state=item.state,
            details=json.dumps(dict(item.details)),
            act=item.act,
            act_digest=item.act_digest,
            author=item.author,
            asked=item.asked,
            created_at=item.created_at,
        )
    )


def get(connection: Connection, item_id: str) -> Item | None:
    """The item with this id."""
    row = connection.execute(select(items).where(items.c.id == item_id)).first()
    return None if row is None else _item(row)


def about(connection: Connection, act_id: str) -> Item | None:
    """The newest item whose text in force is this act."""
    newest = (items.c.created_at.desc(), items.c.id.desc())
    row = connection.execute(select(items).where(items.c.act == act_id).order_by(*newest)).first()
    return None if row is None else _item(row)


def listed(connection: Connection, limit: int | None) -> tuple[Item, ...]:
    """The newest items first; all of them with no limit."""
    rows = connection.execute(select(items).order_by(items.c.created_at.desc(), items.c.id.desc()).limit(limit))
    return tuple(_item(row) for row in rows)


def of_kind(connection: Connection, kind: Kind) -> tuple[Item, ...]:
    """Every item of one kind, newest first."""
    found = select(items).where(items.c.kind == kind.value).order_by(items.c.created_at.desc(), items.c.id.desc())
    return tuple(_item(row) for row in connection.execute(found))


def in_states(connection: Connection, states: Iterable[str]) -> tuple[Item, ...]:
    """Every item in one of these states of its life, oldest first."""
    found = select(items).where(items.c.state.in_(list(states))).order_by(items.c.created_at, items.c.id)
    return tuple(_item(row) for row in connection.execute(found))


def set_state(connection: Connection, item_id: str, state: str) -> None:
    """Move an item to a state of its life; whether it may go there is governance's to say."""
    connection.execute(update(items).where(items.c.id == item_id).values(state=state))


def set_author(connection: Connection, item_id: str, account: int) -> None:
    """Let another of its authors be the one whose proposal an item is."""
    connection.execute(update(items).where(items.c.id == item_id).values(author=account))


def set_details(connection: Connection, item_id: str, details: Mapping[str, Any]) -> None:
    """Replace what the item's kind needs."""
    connection.execute(update(items).where(items.c.id == item_id).values(details=json.dumps(dict(details))))


def ask(connection: Connection, item_id: str) -> None:
    """Note that a delegate's vote asks the assembly to decide (request for instruction)."""
    connection.execute(update(items).where(items.c.id == item_id).values(asked=True))


def open_of(connection: Connection, account: int, states: Iterable[str]) -> int:
    """How many proposals of one member are in one of these states."""
    mine = (items.c.author == account, items.c.kind == Kind.PROPOSAL.value, items.c.state.in_(list(states)))
    return int(connection.scalar(select(func.count()).select_from(items).where(*mine)) or 0)


def put_text(connection: Connection, item_id: str, text: Text, title: str) -> None:
    """Add a version and make it the text in force."""
    connection.execute(
        insert(texts).values(
            item=item_id,
            version=text.version,
            act=text.act,
            act_digest=text.act_digest,
            source=text.source,
            published_at=text.published_at,
        )
    )
    connection.execute(
        update(items).where(items.c.id == item_id).values(act=text.act, act_digest=text.act_digest, title=title)
    )


def forget_words(connection: Connection, act: str, blank: str) -> None:
    """Put `blank` in place of a text whose words left the record, and of the title of a matter about it."""
    connection.execute(update(texts).where(texts.c.act == act).values(source=blank))
    connection.execute(update(items).where(items.c.act == act).values(title=blank))


def put_texts(connection: Connection, item_id: str, kept: Iterable[Text]) -> None:
    """Make these the versions of an item's text; which of them is in force stays."""
    connection.execute(delete(texts).where(texts.c.item == item_id))
    connection.execute(insert(texts), [{"item": item_id, **asdict(text)} for text in kept])


def put_right(connection: Connection, item: Item) -> None:
    """Write what acts say of an item: its text in force, title, category and state, and what its kind needs."""
    connection.execute(
        update(items)
        .where(items.c.id == item.id)
        .values(
            category=item.category,
            title=item.title,
            state=item.state,
            details=json.dumps(dict(item.details)),
            act=item.act,
            act_digest=item.act_digest,
        )
    )


def versions(connection: Connection, item_id: str) -> tuple[Text, ...]:
    """The item's texts, first version first."""
    rows = connection.execute(select(texts).where(texts.c.item == item_id).order_by(texts.c.version))
    return tuple(Text(row.version, row.act, row.act_digest, row.source, row.published_at) for row in rows)


def comment(connection: Connection, item_id: str, said: Comment) -> None:
    """Keep what a member said."""
    connection.execute(
        insert(comments).values(item=item_id, account=said.account, body=said.body, written_at=said.written_at)
    )


def discussion(connection: Connection, item_id: str) -> tuple[Comment, ...]:
    """What was said about an item, first word first."""
    rows = connection.execute(select(comments).where(comments.c.item == item_id).order_by(comments.c.id))
    return tuple(Comment(row.account, row.body, row.written_at, row.id) for row in rows)


def has_comment(connection: Connection, number: int) -> bool:
    """True if a member said something that is kept under this number."""
    return connection.scalar(select(comments.c.id).where(comments.c.id == number)) is not None


def tell(
    connection: Connection,
    kind: str,
    now: int,
    *,
    act: int | None = None,
    item: str | None = None,
    meeting: str | None = None,
) -> None:
    """Show every member that something happened."""
    connection.execute(insert(feed).values(kind=kind, act=act, item=item, meeting=meeting, happened_at=now))


def was_told(connection: Connection, kind: str, *, act: int | None = None, item: str | None = None) -> bool:
    """True if every member was shown this of this act, or of this item, before."""
    about = feed.c.act == act if act is not None else feed.c.item == item
    return connection.execute(select(feed.c.seq).where(feed.c.kind == kind, about).limit(1)).first() is not None


def told_of(connection: Connection, kind: str, limit: int) -> tuple[Event, ...]:
    """What happened of one kind, newest first."""
    rows = connection.execute(select(feed).where(feed.c.kind == kind).order_by(feed.c.seq.desc()).limit(limit))
    return tuple(Event(row.seq, row.kind, row.act, row.item, row.happened_at, row.meeting) for row in rows)


def told(connection: Connection, limit: int) -> tuple[Event, ...]:
    """What happened, newest first."""
    rows = connection.execute(select(feed).order_by(feed.c.seq.desc()).limit(limit))
    return tuple(Event(row.seq, row.kind, row.act, row.item, row.happened_at, row.meeting) for row in rows)


def _item(row: Row[tuple[object, ...]]) -> Item:
    return Item(
        row.id,
        Kind(row.kind),
        row.category,
        row.title,
        row.state,
        json.loads(row.details),
        row.act,
        row.act_digest,
        row.author,
        bool(row.asked),
        row.created_at,
    )
