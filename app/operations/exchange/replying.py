"""Replying: a member answers a voice, in public and under their own name."""

from datetime import UTC, datetime
from html import escape
from typing import Final

import orjson

from app.federation import markup
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.exchange import publishing
from app.operations.mandates.delegating import person_id
from app.operations.record import erasing
from app.operations.record.sealing import give_keys
from app.store import voices
from app.store.accounts import Account
from app.store.database import Connection
from app.store.outbox import Followers
from app.store.voices import Voice
from app.translation import posts, replies
from app.wiring import Instance

LONGEST: Final = 5_000
_HIGHEST: Final = 20


def reply(connection: Connection, instance: Instance, account: Account, answered: str, text: str) -> Voice | Refusal:
    """Answer a voice with a post of the member's own actor, sent to whom it answers; the reply as a voice.

    Refuses by `reply.unknown` (no such voice, or one that is not for everybody) and `reply.text` (empty,
    or over 5,000 characters).
    """
    above = voices.get(connection, answered)
    if above is None or above.visibility < voices.SHOWN_FROM:
        return Refusal("reply.unknown", f"no voice {answered[:80]!r} is here")
    if not 0 < len(text.strip()) <= LONGEST:
        return Refusal("reply.text", f"a reply has 1 to {LONGEST} characters, not {len(text.strip())}")
    person = person_id(instance, account)
    give_keys(connection, instance, person)
    now = instance.now()
    author = _outside(connection, above)
    mention = None if author is None else (author, naming.handle(connection, author))
    note = replies.reply(
        note_id=f"{person}/notes/{instance.new_ulid()}",
        author=person,
        answers=above.id,
        dossier=above.dossier,
        content=_content(text, mention),
        mention=mention,
        published=now,
    )
    voice = Voice(
        id=note["id"],
        author=person,
        content=markup.html(note["content"]),
        published_at=int(now.timestamp()),
        answers=above.id,
        dossier=above.dossier,
        account=account.id,
        raw=orjson.dumps(note),
    )
    voices.hear(connection, voice)
    publishing.send_post(connection, instance, note, () if author is None else (author,))
    return voice


def _outside(connection: Connection, voice: Voice) -> str | None:
    """Whom a reply is sent to: the author of the nearest voice from outside at or above the one that it answers."""
    above: Voice | None = voice
    for _ in range(_HIGHEST):
        if above is None or above.from_outside:
            break
        above = voices.get(connection, above.answers)
    return above.author if above is not None and above.from_outside else None


def _content(text: str, mention: tuple[str, str] | None) -> str:
    """The text in paragraphs; the first begins with whom it is for, as other servers expect."""
    said = markup.from_plain(text.strip())
    if mention is None:
        return said
    address, handle = mention
    return said.replace("<p>", f'<p><a href="{escape(address)}">{escape(handle)}</a> ', 1)


def take_back(connection: Connection, instance: Instance, account: Account, note_id: str) -> str | Refusal:
    """Take back an answer of the member's own: it is gone here, and told to whom it was sent.

    The conversation that it was in; `reply.unknown` if it is no answer of theirs.
    """
    said = voices.get(connection, note_id)
    if said is None or said.account != account.id or not said.content:
        return Refusal("reply.unknown", f"no reply {note_id[:80]!r} of {account.name}")
    author = _outside(connection, said)
    published = format_instant(datetime.fromtimestamp(said.published_at, UTC))
    stone = posts.tombstone(said.id, said.kind, published, instance.now())
    voices.erase(connection, said.id, orjson.dumps(stone))
    erasing.forget_sent(connection, instance, (said.id,))
    followers, told = Followers(said.author), () if author is None else (author,)
    publishing.send(connection, instance, "Delete", said.author, stone, told, followers=followers)
    return said.dossier
