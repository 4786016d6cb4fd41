"""Create, Update and Delete of what others wrote, and of the others themselves."""

from typing import Final

from app.federation import documents, objects, posts, values
from app.federation.domains import domain_of
from app.federation.objects import ACTORS, Activity, Pointer
from app.federation.posts import KINDS, Post
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal
from app.operations.confederation import hosting, relaying
from app.operations.exchange import gleaning, resolve, threads
from app.operations.exchange.handling.outcome import Effect, Outcome, Waiting, ignored
from app.operations.exchange.threads import Thread
from app.operations.matters import consulting
from app.operations.record import erasing
from app.store import actors, acts, consultations, parking, reactions, voices
from app.store.database import Connection
from app.store.voices import Voice
from app.wiring import Instance

_MOST_LINKS: Final = 5


async def create(instance: Instance, activity: Activity) -> Outcome:
    """An answer to a post of ours is heard: shown as a voice from outside, never a vote.

    To a council a member's post about an act comes so that those who follow the council see it.
    """
    about = relaying.act_of_post(activity)
    if about is not None:
        return await _passed_on(instance, activity, about)
    return await _brought(instance, activity, activity.thing)


async def update(instance: Instance, activity: Activity) -> Outcome:
    """A newer version of a voice takes its place; of an actor, theirs is fetched."""
    thing = activity.thing
    if set(thing.kinds) & ACTORS:
        if thing.id != activity.actor:
            return Refusal("owner.mismatch", f"{activity.actor} would change {thing.id}")
        found = await resolve.actor(instance, activity.actor, fresh=True)
        return found if isinstance(found, Refusal) else _nothing
    return await _brought(instance, activity, thing)


async def delete(instance: Instance, activity: Activity) -> Outcome:
    """What its owner takes back is gone, also if it comes later; what is another's stays (hostile B06, B07)."""
    thing, actor = activity.thing.id, activity.actor
    if thing is None or not same_origin(thing, actor):
        return Refusal("owner.mismatch", f"{actor} would delete {thing}")
    now = int(instance.now().timestamp())

    def effect(connection: Connection) -> None:
        if thing == actor:
            _forget(connection, actor)
        act = acts.by_id(connection, thing)
        if act is not None and not act.own and act.author == actor and act.erased_at is None:
            erasing.forget_words(connection, instance, act)  # its leaf and its figures stay (hostile B08)
        erasing.forget_relayed(connection, instance, thing, actor)
        voices.bury(connection, thing, actor, now)

    return effect


async def brought(instance: Instance, post: Post, at: int, *, newer: bool) -> Outcome:
    """What a verified post comes to here: a voice in one of our conversations, or nothing.

    `at` is when it was said or changed; `newer` lets it take the place of an earlier version.
    """
    if post.is_vote:
        return await _opinion(instance, post)
    thread = await threads.thread_of(instance, post)
    if isinstance(thread, Waiting | Refusal):
        return thread
    below = await threads.answers_below(instance, thread.missing, payer=threads.payer_of(post.id))
    thread = Thread(thread.dossier, (*thread.missing, *(one for one in below if one.id != post.id)))
    for author in {post.author, *(missing.author for missing in thread.missing)}:
        known = await resolve.actor(instance, author)
        if isinstance(known, Refusal) and author == post.author:
            return known
    domain = domain_of(documents.host_of(post.author))
    if not instance.budgets.voices.take(domain, instance.now()):
        return Refusal("voice.many", f"{domain} has had as many answers kept as it may for today")
    return _hear(instance, post, thread, at, newer=newer)


async def _passed_on(instance: Instance, activity: Activity, about: tuple[str, str]) -> Outcome:
    """What a post about an act comes to: followers of ours see it, once we confirmed the act that it is about."""

    def look(connection: Connection) -> tuple[bool, bool]:
        return (
            hosting.is_forum(connection, instance) and relaying.is_heard(connection, instance, activity.actor),
            relaying.receipt_of(connection, instance, about) is not None,
        )

    is_heard, is_receipted = await instance.database.read(look)
    if not is_heard:
        return Refusal("voice.elsewhere", f"{activity.thing.id} answers nothing of ours")
    if not is_receipted:
        return Waiting(about[0], f"the act {about[0]} has no Receipt of ours")
    return lambda connection: relaying.relay_post(connection, instance, about, activity.document)


async def _opinion(instance: Instance, post: Post) -> Outcome:
    """What is said in a consultation of ours is noted beside its matter; it is no ballot of ours."""
    asked = str(post.answers)
    if await instance.database.read(lambda connection: consultations.get(connection, asked)) is None:
        return Refusal("vote.outside", f"{post.id} votes in a poll that is none of ours")

    def effect(connection: Connection) -> None:
        consulting.hear(connection, instance, asked, post.author, post.title)

    return effect


async def _brought(instance: Instance, activity: Activity, thing: Pointer) -> Outcome:
    post = await _read(instance, activity, thing)
    if isinstance(post, Refusal):
        return post
    stamp = post.updated or values.when(activity.document.get("published")) or instance.now()
    return await brought(instance, post, int(stamp.timestamp()), newer=activity.kind == "Update")


async def _read(instance: Instance, activity: Activity, thing: Pointer) -> Post | Refusal:
    """The post that an activity brings: as embedded by its own author, else fetched from where it lives (B05)."""
    if thing.id is None:
        return ignored("it brings nothing")
    if thing.said is None:
        post = await threads.fetch_post(instance, thing.id, payer=threads.payer_of(activity.actor))
        if isinstance(post, Refusal):
            return post
    elif not set(thing.kinds) & KINDS:
        return ignored(f"a {'/'.join(thing.kinds)[:40]} has no place here")
    elif values.first(thing.said.get("inReplyTo"), loopback=instance.loopback) is None:
        # Most of what servers send; to read its text first would cost more than all the rest of handling it.
        return Refusal("voice.elsewhere", f"{thing.id} answers nothing of ours")
    else:
        read = objects.read(posts.without_hidden(thing.said), loopback=instance.loopback)
        if not isinstance(read, Post):
            return read if isinstance(read, Refusal) else ignored("not a post")
        post = read
    if post.author != activity.actor or not same_origin(post.id, activity.actor):
        return Refusal("owner.mismatch", f"{activity.actor} brings {post.id} by {post.author}")
    return post


def _hear(instance: Instance, post: Post, thread: Thread, at: int, *, newer: bool) -> Effect:
    now = instance.now()

    def effect(connection: Connection) -> None:
        for missing in thread.missing:
            voices.hear(
                connection, _voice(missing, thread.dossier, int(values.not_after(missing.published, now).timestamp()))
            )
            parking.release(connection, missing.id)
        published = int(values.not_after(post.published, now).timestamp())
        voice = _voice(post, thread.dossier, published, updated_at=min(at, int(now.timestamp())) if newer else None)
        if not voices.hear(connection, voice) and newer:
            voices.change(connection, voice)
        for one in (*(missing.id for missing in thread.missing), post.id):
            kept = voices.get(connection, one)
            if kept is not None and kept.from_outside:
                gleaning.want(connection, instance, kept)
        parking.release(connection, post.id)

    return effect


def _voice(post: Post, dossier: str, published_at: int, updated_at: int | None = None) -> Voice:
    files = [
        {"kind": item.kind, "url": item.url, "mediaType": item.media_type, "description": item.description}
        for item in post.attachments
    ]
    options = [{"name": item.name, "votes": item.votes} for item in post.options]
    emoji = [{"name": one.name, "url": one.picture} for one in post.tags.emoji]
    named = [post.quotes, *(link.href for link in post.tags.links)]
    links = list(dict.fromkeys(address for address in named if address is not None))[:_MOST_LINKS]
    return Voice(
        id=post.id,
        author=post.author,
        content=post.content,
        published_at=published_at,
        answers=post.answers or dossier,
        dossier=dossier,
        kind=post.kind,
        visibility=post.visibility,
        title=post.title,
        summary=post.summary,
        sensitive=post.sensitive,
        page=post.page,
        details={"files": files, "options": options, "emoji": emoji, "links": links},
        updated_at=updated_at,
    )


def _forget(connection: Connection, actor: str) -> None:
    """Somebody is gone: they follow nobody, and what they said and did is taken away."""
    actors.forget_follower(connection, actor)
    voices.forget_actor(connection, actor)
    reactions.unfollow(connection, actor)


def _nothing(_connection: Connection) -> None:
    """Everything was done while it was fetched."""
