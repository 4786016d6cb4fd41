"""Like and Announce of what is here; Announce of what others say in a group (FEP-1b12)."""

from typing import Final

from app.federation import documents, objects
from app.federation.domains import domain_of
from app.federation.objects import Activity, Pointer
from app.federation.posts import KINDS, Post
from app.kernel.ids import Id, same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange import threads
from app.operations.exchange.handling import posts
from app.operations.exchange.handling.outcome import Outcome, Waiting, ignored
from app.store import reactions, voices
from app.store.database import Connection
from app.store.reactions import Reaction
from app.wiring import Instance

_BRINGS: Final = frozenset({"Create", "Update"})
_MANY: Final = "reaction.many"


async def like(instance: Instance, activity: Activity) -> Outcome:
    """A post of ours or a voice is liked; it counts for nothing but the number beside it."""
    return await _react(instance, activity)


async def announce(instance: Instance, activity: Activity) -> Outcome:
    """A post of ours or a voice is shared; or a group passes on what somebody said, which is a pointer and no more.

    The inner activity never runs (hostile B05): its object is fetched from where it lives, and heard
    if it belongs to a conversation of ours; a deletion, or that something was undone, is believed of a group that we
    follow when the object is gone there; a Like when the server of who likes has it.
    """
    thing = activity.thing
    inner = _inner(instance, thing)
    if inner is None and not set(thing.kinds) - KINDS:
        shared = await _react(instance, activity)
        if not isinstance(shared, Refusal | Waiting) or (isinstance(shared, Refusal) and shared.code == _MANY):
            return shared
        pointed = await _pointed_at(instance, activity, thing)
        return shared if isinstance(pointed, Refusal) and pointed.code == "activity.ignored" else pointed
    if inner is None or inner.thing.id is None:
        return ignored(f"an Announce of {'/'.join(thing.kinds)[:40]} has no place here")
    if inner.kind in _BRINGS:
        return await _pointed_at(instance, activity, inner.thing, newer=inner.kind == "Update")
    if inner.kind in {"Delete", "Undo"}:
        return await _gone(instance, activity, inner.thing.id)
    if inner.kind == "Like":
        return await _liked(instance, activity, inner)
    return Refusal("announce.unverified", f"a {inner.kind[:40]} of {inner.actor}, on the word of {activity.actor}")


def _inner(instance: Instance, thing: Pointer) -> Activity | None:
    """The activity that is announced, as it is said to be."""
    if thing.said is None:
        return None
    read = objects.read(thing.said, loopback=instance.loopback)
    return read if isinstance(read, Activity) else None


async def _react(instance: Instance, activity: Activity) -> Outcome:
    thing = activity.thing.id
    known = thing is not None and await instance.database.read(
        lambda connection: voices.dossier_of(connection, thing) is not None
    )
    if thing is None or (not known and same_origin(thing, instance.url)):
        return ignored(f"{activity.kind} of what is not here")
    if not known:  # it may be a voice that is on its way
        return Waiting(thing, f"{activity.kind} of what is not here yet")
    return _kept(instance, Reaction(activity.id, activity.kind, thing, activity.actor))


def _kept(instance: Instance, reaction: Reaction) -> Outcome:
    """A like or a share is kept, of one domain so many in a day: `reaction.many` for what is more (hostile D10)."""
    now, domain = instance.now(), domain_of(documents.host_of(reaction.actor))
    if not instance.budgets.reactions.take(domain, now):
        return Refusal(_MANY, f"{domain} has had as many likes and shares kept as it may for today")

    def effect(connection: Connection) -> None:
        reactions.react(connection, reaction, int(now.timestamp()))

    return effect


async def _pointed_at(instance: Instance, activity: Activity, thing: Pointer, *, newer: bool = False) -> Outcome:
    """Fetch what is passed on, if it says to answer something here or comes from a group that we follow."""
    if thing.id is None or not await _is_worth_fetching(instance, activity, thing):
        return ignored("it belongs to no conversation of ours")
    post = await threads.fetch_post(instance, thing.id, payer=threads.payer_of(activity.actor))
    if isinstance(post, Refusal):
        return post
    at = post.updated or instance.now()
    return await posts.brought(instance, post, int(at.timestamp()), newer=newer)


async def _is_worth_fetching(instance: Instance, activity: Activity, thing: Pointer) -> bool:
    said = objects.read(thing.said, loopback=instance.loopback) if thing.said is not None else None
    answers = said.answers if isinstance(said, Post) else None

    def look(connection: Connection) -> bool:
        ours = answers is not None and voices.dossier_of(connection, answers) is not None
        here = thing.id is not None and voices.get(connection, thing.id) is not None
        return ours or here or reactions.is_followed(connection, activity.actor) == "accepted"

    return await instance.database.read(look)


async def _liked(instance: Instance, activity: Activity, inner: Activity) -> Outcome:
    """A group passes on that somebody likes what is here: asked where it is said to have been done."""
    thing = inner.thing.id
    if thing is None or await instance.database.read(lambda connection: voices.dossier_of(connection, thing)) is None:
        return ignored("a Like of what is not here")
    found = await threads.fetch_activity(instance, inner.id, payer=threads.payer_of(activity.actor))
    if isinstance(found, Refusal):
        return found
    if (found.kind, found.actor, found.thing.id) != ("Like", inner.actor, thing):
        return Refusal("announce.unverified", f"{inner.id} is no Like of {thing} by {inner.actor}")
    return _kept(instance, Reaction(found.id, "Like", thing, found.actor))


async def _gone(instance: Instance, activity: Activity, thing: Id) -> Outcome:
    def look(connection: Connection) -> tuple[frozenset[str], bool]:
        followed = reactions.is_followed(connection, activity.actor) == "accepted"
        return voices.authors_of(connection, thing), followed

    authors, followed = await instance.database.read(look)
    if not authors:
        return ignored("what is deleted there is not here")
    if not followed:  # whoever asks at the right moment would take away what its author let stand
        return Refusal("announce.unverified", f"{activity.actor}, whom we do not follow, says that {thing} is gone")
    gone = await threads.is_gone(instance, thing, payer=threads.payer_of(activity.actor))
    if isinstance(gone, Refusal):
        return gone
    if not gone:
        return Refusal("announce.unverified", f"{thing} is still there")
    now = int(instance.now().timestamp())

    def effect(connection: Connection) -> None:
        for author in authors:
            voices.bury(connection, thing, author, now)

    return effect
