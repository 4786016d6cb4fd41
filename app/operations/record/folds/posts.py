"""The posts about acts of ours: each has the text of its act, or a stone where that was erased."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from app.governance.publicity import Publicity
from app.kernel.instant import format_instant
from app.operations.exchange.publishing import dossier_of, post_about, post_id_of
from app.operations.exchange.visiting import Door
from app.operations.record.sealing import load
from app.store import notices
from app.store.acts import StoredAct
from app.store.database import Connection
from app.store.notices import Notice
from app.translation import hashtags, posts
from app.wiring import Instance


def mend(connection: Connection, instance: Instance, door: Door, own: Sequence[StoredAct]) -> Iterator[str]:
    """Put right the posts about these acts of ours; one sentence for each.

    A post as kept stays if it is about its act: it calls people what they were called then.
    """
    kept = notices.these(connection, [post_id_of(instance, act) for act in own])
    for act in own:
        known = kept.get(post_id_of(instance, act))
        if known is None and door.publicity(act) is not Publicity.PUBLIC:
            continue
        right = _right(connection, instance, act, known)
        if right != known:
            notices.put_right(connection, right)
            yield f"the post {right.id}"


def _right(connection: Connection, instance: Instance, act: StoredAct, known: Notice | None) -> Notice:
    document = load(act)
    dossier = dossier_of(connection, instance, document)
    if known is not None and _is_about(known.raw, act):
        said = frozenset(hashtags.keys_of(orjson.loads(known.raw)))
        return replace(known, act=act.seq, dossier=dossier, tags=said)
    published_at = known.published_at if known is not None else act.published_at
    post_id, published = post_id_of(instance, act), _at(published_at)
    if act.erased_at is not None:
        made = posts.tombstone(post_id, "Note", format_instant(published), _at(act.erased_at))
    else:
        made = post_about(connection, instance, act, document, published).signed
    return Notice(post_id, act.seq, dossier, orjson.dumps(made), published_at, frozenset(hashtags.keys_of(made)))


def _is_about(raw: bytes, act: StoredAct) -> bool:
    """True for a post that names exactly this act, and for a stone where the act's words are gone."""
    try:
        document = orjson.loads(raw)
    except ValueError:
        return False
    if act.erased_at is not None:
        return bool(document.get("type") == "Tombstone")
    return bool(document.get("gov:act") == {"id": act.id, "gov:digest": act.digest})


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
