"""Consulting everybody: an advisory question; what is answered from outside is shown and is no ballot."""

from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from app.federation import integrity_proofs
from app.kernel.canonical import Document
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.exchange.publishing import dossier_of, to_followers
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.record.sealing import load, seal_signer
from app.store import acts, consultations, notices
from app.store.consultations import Consultation
from app.store.database import Connection
from app.store.notices import Notice
from app.translation import posts
from app.wiring import Instance

_LONGEST_TEXT: Final = 1_000
_LONGEST_OPTION: Final = 50
_SHORTEST: Final = timedelta(minutes=5)
_MOST_TIME: Final = timedelta(days=31)


def ask(
    connection: Connection, instance: Instance, act_id: str, text: str, options: tuple[str, ...], closes: Instant
) -> str | Refusal:
    """Ask everybody outside about a public act of ours; the id of the post.

    Refuses by `consultation.*`: two to four different options of at most 50 signs, a question of at
    most 1,000, open for 5 minutes to 31 days: what servers elsewhere take of a poll.
    """
    act = acts.by_id(connection, act_id)
    if act is None or not act.own or not Door(connection, instance).opens(STRANGER, act):
        return Refusal("consultation.matter", f"{act_id} is no entry of ours that everybody may read")
    if not 0 < len(text) <= _LONGEST_TEXT:
        return Refusal("consultation.text", f"a question has up to {_LONGEST_TEXT} signs, this one {len(text)}")
    named = {option.casefold() for option in options if 0 < len(option) <= _LONGEST_OPTION}
    if not 2 <= len(options) <= 4 or len(named) != len(options):
        return Refusal("consultation.options", f"two to four different options of at most {_LONGEST_OPTION} signs")
    if not _SHORTEST <= closes - instance.now() <= _MOST_TIME:
        return Refusal("consultation.time", "a question is open for 5 minutes to 31 days")
    post_id = f"{instance.url}/notices/{instance.new_ulid()}"
    asked = Consultation(post_id, text, options, int(closes.timestamp()), open=True)
    now = int(instance.now().timestamp())
    dossier = dossier_of(connection, instance, load(act))
    post = _render(connection, instance, asked, dossier, act.id, instance.now())
    notices.add(connection, Notice(post_id, act.seq, dossier, orjson.dumps(post), now))
    consultations.add(connection, asked)
    to_followers(connection, instance, "Create", post)
    return post_id


def hear(connection: Connection, instance: Instance, post_id: str, actor: str, option: str) -> Refusal | None:
    """Note what an actor from outside answered: once each, while it is open, and one of the options."""
    asked, now = consultations.get(connection, post_id), int(instance.now().timestamp())
    if asked is None:
        return Refusal("consultation.unknown", f"{post_id} asks nothing")
    if not asked.open or asked.closes_at <= now:
        return Refusal("consultation.closed", f"{post_id} takes no more answers")
    if option not in asked.options:
        return Refusal("consultation.option", f"{option[:80]!r} is none of its options")
    if not consultations.hear(connection, post_id, actor, option, now):
        return Refusal("consultation.twice", f"{actor} answered before")
    _put(connection, instance, asked)
    return None


def close_due(connection: Connection, instance: Instance) -> int:
    """Close the questions whose time is over and tell followers the figures by `Update`; how many these were."""
    over = consultations.due(connection, int(instance.now().timestamp()))
    for post_id in over:
        consultations.close(connection, post_id)
        asked = consultations.get(connection, post_id)
        if asked is not None:
            to_followers(connection, instance, "Update", _put(connection, instance, asked))
    return len(over)


def _put(connection: Connection, instance: Instance, asked: Consultation) -> Document:
    """Render a question anew with its figures, at its address."""
    kept = orjson.loads(notices.get(connection, asked.post) or b"{}")
    published = datetime.fromisoformat(kept["published"])
    post = _render(connection, instance, asked, kept["context"], kept["url"], published)
    notices.replace(connection, asked.post, orjson.dumps(post))
    return post


def _render(
    connection: Connection, instance: Instance, asked: Consultation, dossier: str, page: str, published: Instant
) -> Document:
    closes = datetime.fromtimestamp(asked.closes_at, UTC)
    post = posts.consultation(
        post_id=asked.post,
        owner=instance.assembly,
        dossier=dossier,
        page=page,
        text=asked.text,
        options=consultations.counted(connection, asked),
        closes=closes,
        closed=None if asked.open else closes,
        published=published,
        updated=instance.now(),
    )
    return integrity_proofs.seal(post, seal_signer(connection, instance, instance.assembly), instance.now())
