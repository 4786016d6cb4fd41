"""Handling what the inbox kept: each activity once, whatever the order."""

from collections.abc import Awaitable, Callable
from typing import Final

import nh3
import structlog

from app.federation import documents
from app.kernel.canonical import Document, read_document
from app.kernel.ids import parse_id, same_origin
from app.kernel.instant import parse_instant
from app.kernel.refusal import Refusal
from app.operations import publishing, recording, resolve
from app.store import actors, acts, inbox, notices
from app.store.database import Connection, StoreUnavailableError
from app.store.inbox import Received
from app.wiring import Instance

_MOST_TRIES: Final = 5
_MAX_CONTENT: Final = 65_536
_BATCH: Final = 64
_LEASE_SECONDS: Final = 60  # a worker that dies gives back what it took by doing nothing
_TAGS: Final = {"p", "br", "a", "span", "strong", "em", "b", "i", "u", "ul", "ol", "li", "blockquote", "code", "pre"}

_log = structlog.get_logger()

Effect = Callable[[Connection], None]


async def resume(instance: Instance) -> None:
    """Take over what a worker that died was handling; only SQLite knows that there is no other."""
    now = int(instance.now().timestamp())
    if instance.database.dialect == "sqlite":
        await instance.database.take(lambda connection: inbox.release_all(connection, now))


async def handle_due(instance: Instance) -> int:
    """Handle what is due, oldest first; how many activities that were."""
    now = int(instance.now().timestamp())
    due = await instance.database.take(lambda connection: inbox.claim(connection, now, _BATCH, _LEASE_SECONDS))
    for received in due:
        try:
            await handle(instance, received)
        except StoreUnavailableError:
            raise
        except Exception as bug:  # noqa: BLE001 - it must not hold up what came after it (hostile D20)
            _log.exception("an activity could not be handled", activity=received.activity_id)
            await _again(instance, received, f"{type(bug).__name__}")
    return len(due)


async def handle(instance: Instance, received: Received) -> None:
    """Handle one activity: its effects and its being done are one transaction. After 5 tries it is put aside."""
    activity = read_document(received.raw)
    outcome = activity if isinstance(activity, Refusal) else await _effect(instance, activity, received.actor)
    if isinstance(outcome, Refusal) and outcome.code.startswith("net."):
        await _again(instance, received, f"{outcome.code}: {outcome.because}")
        return

    def settle(connection: Connection) -> None:
        if not inbox.is_open(connection, received.seq):
            return  # another worker was given it, when this one took longer than its lease
        if isinstance(outcome, Refusal):
            inbox.settle(connection, received.seq, f"{outcome.code}: {outcome.because}")
            return
        outcome(connection)
        inbox.settle(connection, received.seq)

    await instance.database.write(settle)


async def _again(instance: Instance, received: Received, because: str) -> None:
    """Try an activity once more later; after 5 tries put it aside with its reason."""
    tries = received.tries + 1
    due_at = None if tries >= _MOST_TRIES else int(instance.now().timestamp()) + (1 << tries)
    await instance.database.write(lambda connection: inbox.postpone(connection, received.seq, because, due_at))


async def ask_for_missing(instance: Instance) -> None:
    """Fetch acts that others name and that are not here, from where they live (hostile E09)."""
    now = int(instance.now().timestamp())
    wants = await instance.database.read(lambda connection: acts.due_wants(connection, now, _BATCH))
    for act_id, _, tries in wants:
        document = await resolve.fetch(instance, act_id)
        refused = document if isinstance(document, Refusal) else await recording.check(instance, document)
        due_at = None if tries >= 8 else now + (2 << tries)
        if isinstance(document, Refusal) or (refused is not None and refused.code.startswith("net.")):
            await instance.database.write(_postpone(act_id, due_at))
        else:
            await instance.database.write(_record(instance, [(document, refused)], {}))
            await instance.database.write(_postpone(act_id, due_at))


def _postpone(act_id: str, due_at: int | None) -> Effect:
    return lambda connection: acts.postpone_want(connection, act_id, due_at)


async def _effect(instance: Instance, activity: Document, actor: str) -> Effect | Refusal:
    """What the activity does here, as a function of a connection; all fetching is done before."""
    within = documents.acts_within(activity)
    if within:
        return await _acts(instance, activity, within)
    handlers: dict[str, Callable[[Instance, Document, str], Awaitable[Effect | Refusal]]] = {
        "Follow": _follow,
        "Undo": _undo,
        "Create": _voice,
    }
    handler = handlers.get(activity["type"])
    if handler is None:
        return Refusal("activity.ignored", f"nothing follows here from a {activity['type'][:40]}")
    return await handler(instance, activity, actor)


async def _acts(instance: Instance, activity: Document, within: tuple[Document, ...]) -> Effect | Refusal:
    checked: list[tuple[Document, Refusal | None]] = []
    for document in within:
        if same_origin(str(document.get("id")), instance.url):
            continue  # ours, carried back to us
        refused = await recording.check(instance, document)
        if refused is not None and refused.code.startswith("net."):
            return refused
        checked.append((document, refused))
    return _record(instance, checked, activity)


def _record(instance: Instance, checked: list[tuple[Document, Refusal | None]], activity: Document) -> Effect:
    def effect(connection: Connection) -> None:
        for document, refused in checked:
            if refused is None or not recording.is_no_act(refused):
                recording.record(connection, instance, document, activity, refused)

    return effect


async def _follow(instance: Instance, activity: Document, actor: str) -> Effect | Refusal:
    followed = activity.get("object")
    if followed != instance.assembly:
        return Refusal("follow.whom", f"{followed!r} cannot be followed here")
    found = await resolve.actor(instance, actor)
    if isinstance(found, Refusal):
        return found
    follower = actors.Follower(actor, found.shared_inbox or found.inbox, found.reads_acts)

    def effect(connection: Connection) -> None:
        actors.follow(connection, instance.assembly, follower, int(instance.now().timestamp()))
        bare = {key: activity[key] for key in ("id", "type", "actor", "object")}
        publishing.send(connection, instance, "Accept", instance.assembly, bare, [actor])

    return effect


async def _undo(instance: Instance, activity: Document, actor: str) -> Effect | Refusal:
    undone = activity.get("object")
    if isinstance(undone, dict) and undone.get("type") == "Follow":
        return lambda connection: _forget(connection, instance, actor)
    return Refusal("activity.ignored", "only a Follow can be undone here")


def _forget(connection: Connection, instance: Instance, actor: str) -> None:
    actors.unfollow(connection, instance.assembly, actor)


async def _voice(instance: Instance, activity: Document, actor: str) -> Effect | Refusal:
    """An answer to one of our posts from outside: shown as such, never a vote."""
    post = activity.get("object")
    if not isinstance(post, dict) or post.get("type") != "Note" or not isinstance(post.get("inReplyTo"), str):
        return Refusal("activity.ignored", "not an answer to a post of ours")
    voice_id, published = parse_id(post.get("id"), loopback=instance.loopback), parse_instant(post.get("published"))
    if isinstance(voice_id, Refusal) or not same_origin(voice_id, actor):
        return Refusal("id.origin", f"the post {str(post.get('id'))[:80]} is not of the origin of {actor}")
    found = await resolve.actor(instance, actor)
    if isinstance(found, Refusal):
        return found
    said = instance.now() if isinstance(published, Refusal) else published
    content = nh3.clean(str(post.get("content") or "")[:_MAX_CONTENT], tags=_TAGS)
    voice = notices.Voice(voice_id, actor, content, int(said.timestamp()))
    answered = post["inReplyTo"]

    def effect(connection: Connection) -> None:
        if notices.get(connection, answered) is not None:
            notices.hear(connection, voice, answered)

    return effect
