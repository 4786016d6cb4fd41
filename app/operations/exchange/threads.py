"""Threads: which conversation of ours a post belongs to, looking up what is missing between, with bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.federation import documents, objects, posts
from app.federation.domains import domain_of
from app.federation.objects import Activity, Collection, Pointer
from app.federation.posts import Post
from app.kernel.canonical import Document
from app.kernel.ids import Id, same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange import resolve
from app.operations.exchange.handling.outcome import Waiting
from app.store import parking, voices
from app.wiring import Instance

DEEPEST: Final = 20
"""So many answers above a post are looked up (hostile D07)."""

MOST_LOOKUPS: Final = 100
"""So much is looked up in an hour for one conversation, or on the word of one server (hostile D07)."""

MOST_BELOW: Final = 20
"""So many answers to what was looked up are looked up with it."""

MOST_PAGES: Final = 10
MOST_ITEMS: Final = 500
"""So much of a collection is read (hostile D05)."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation of a post, and the posts above it that were not here, from the oldest down."""

    dossier: str
    missing: tuple[Post, ...]


async def thread_of(instance: Instance, post: Post) -> Thread | Waiting | Refusal:
    """Where a post belongs; `voice.elsewhere` if no post of ours is at the root of what it answers.

    What is missing is fetched from where it lives, never believed from another's mouth. What cannot be
    had now is waited for.
    """
    above: list[Post] = []
    at = post.answers
    seen: set[str] = {post.id}
    while at is not None and at not in seen and len(above) < DEEPEST:
        dossier = await _dossier(instance, at)
        if dossier is not None:
            return await _found(instance, dossier, above)
        if same_origin(at, instance.url):
            break
        seen.add(at)
        parent = await fetch_post(instance, at, payer=payer_of(post.id))
        if isinstance(parent, Refusal):
            again = parent.code.startswith("net.") or parent.code == "lookup.spent"
            return Waiting(at, f"{parent.code}: {parent.because}") if again else parent
        above.append(parent)
        at = parent.answers
    return Refusal("voice.elsewhere", f"{post.id} answers nothing of ours")


async def fetch_post(instance: Instance, address: Id, *, payer: str) -> Post | Refusal:
    """A post as its own server has it: its id is the address, its author of the same origin (hostile B01, B04, B05).

    `payer` is the conversation or server whose hourly share pays for the fetch; `lookup.spent` if that is used up.
    """
    document = await _fetch(instance, address, payer)
    if isinstance(document, Refusal):
        return document
    read = objects.read(posts.without_hidden(document), loopback=instance.loopback)
    if isinstance(read, Refusal):
        return read
    if not isinstance(read, Post):
        return Refusal("post.kind", f"{address} is no post")
    if read.id != address or not same_origin(read.author, address):
        return Refusal("owner.mismatch", f"{address} serves {read.id} by {read.author}")
    return read


async def fetch_activity(instance: Instance, address: Id, *, payer: str) -> Activity | Refusal:
    """The activity at `address`, done by somebody of that server; refused as `fetch_post` refuses."""
    document = await _fetch(instance, address, payer)
    if isinstance(document, Refusal):
        return document
    read = objects.read(document, loopback=instance.loopback)
    if isinstance(read, Refusal):
        return read
    if not isinstance(read, Activity) or read.id != address or not same_origin(read.actor, address):
        return Refusal("owner.mismatch", f"{address} serves no activity of its own")
    return read


async def is_gone(instance: Instance, address: Id, *, payer: str) -> bool | Refusal:
    """True if a thing's own server says that it is no more (410, a Tombstone); `net.*` if that cannot be told now."""
    document = await _fetch(instance, address, payer)
    if isinstance(document, Refusal):
        return True if document.code == "obj.gone" else document
    return isinstance(objects.read(document, loopback=instance.loopback), objects.Tombstone)


async def items_of(instance: Instance, address: Id, *, payer: str) -> tuple[Pointer, ...]:
    """What a collection holds: at most 10 pages and 500 items, no page twice, all of the collection's origin."""
    found: list[Pointer] = []
    seen: set[str] = set()
    following: Id | Collection | None = address
    while following is not None and len(seen) <= MOST_PAGES and len(found) < MOST_ITEMS:
        if not isinstance(following, Collection):
            if following in seen or not same_origin(following, address):
                break
            seen.add(following)
            document = await _fetch(instance, following, payer)
            read = document if isinstance(document, Refusal) else objects.read(document, loopback=instance.loopback)
            if not isinstance(read, Collection):
                break
            following = read
        found += following.items
        following = following.first if following.first is not None and not following.items else following.following
    return tuple(found[:MOST_ITEMS])


async def answers_below(instance: Instance, above: Sequence[Post], *, payer: str) -> tuple[Post, ...]:
    """What else was answered to posts that had to be looked up: as their servers list it, and its own servers have it.

    At most 20 in one go: who answers later is found with what answers them.
    """
    found: list[Post] = []
    for post in above:
        if post.replies is None or not same_origin(post.replies, post.id):
            continue
        for item in await items_of(instance, post.replies, payer=payer):
            if len(found) >= MOST_BELOW:
                return tuple(found)
            if item.id is None or await _dossier(instance, item.id) is not None:
                continue
            answer = await fetch_post(instance, item.id, payer=payer)
            if isinstance(answer, Post) and answer.answers == post.id and not answer.is_vote:
                found.append(answer)
    return tuple(found)


def payer_of(address: str) -> str:
    """Whose share pays for what is looked up on the word of a server: that of its whole domain (hostile D08)."""
    return domain_of(documents.host_of(address))


async def _found(instance: Instance, dossier: str, above: list[Post]) -> Thread | Waiting:
    """The thread, if the conversation's own share of the hour allows what was looked up for it."""
    now = int(instance.now().timestamp())
    for post in above:
        if not await instance.database.write(lambda connection: parking.spend(connection, dossier, now, MOST_LOOKUPS)):
            return Waiting(post.id, f"lookup.spent: {MOST_LOOKUPS} look-ups in this hour for {dossier}")
    return Thread(dossier, tuple(reversed(above)))


async def _dossier(instance: Instance, post_id: str) -> str | None:
    return await instance.database.read(lambda connection: voices.dossier_of(connection, post_id))


async def _fetch(instance: Instance, address: Id, payer: str) -> Document | Refusal:
    now = int(instance.now().timestamp())
    if not await instance.database.write(lambda connection: parking.spend(connection, payer, now, MOST_LOOKUPS)):
        return Refusal("lookup.spent", f"{MOST_LOOKUPS} look-ups in this hour for {payer}")
    return await resolve.fetch(instance, address)
