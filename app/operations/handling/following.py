"""Follow, Block, and the answers to our own Follow."""

from app.federation.objects import Activity
from app.kernel.refusal import Refusal
from app.operations import publishing, resolve
from app.operations.handling.outcome import Outcome, ignored
from app.store import actors, reactions, voices
from app.store.database import Connection
from app.store.reactions import Reaction
from app.wiring import Instance


async def follow(instance: Instance, activity: Activity) -> Outcome:
    """Everybody may follow the assembly, and is told so."""
    if activity.thing.id != instance.assembly:
        return Refusal("follow.whom", f"{activity.thing.id!r} cannot be followed here")
    actor = activity.actor
    found = await resolve.actor(instance, actor)
    if isinstance(found, Refusal):
        return found
    follower = actors.Follower(actor, found.shared_inbox or found.inbox, found.reads_acts)
    now = int(instance.now().timestamp())
    bare = {"id": activity.id, "type": "Follow", "actor": actor, "object": instance.assembly}

    def effect(connection: Connection) -> None:
        if voices.is_buried(connection, activity.id, actor):  # undone before it came
            return
        actors.follow(connection, instance.assembly, follower, now)
        reactions.react(connection, Reaction(activity.id, "Follow", instance.assembly, actor), now)
        publishing.send(connection, instance, "Accept", instance.assembly, bare, [actor])

    return effect


async def block(instance: Instance, activity: Activity) -> Outcome:
    """Who blocks us follows us no longer; nobody here is told."""
    if activity.thing.id is None or not activity.thing.id.startswith(f"{instance.url}/"):
        return ignored("a Block of somebody elsewhere")
    return lambda connection: forget(connection, instance, activity.actor)


async def accept(instance: Instance, activity: Activity) -> Outcome:
    """An actor lets us follow it, if we asked."""
    return await _answered(instance, activity, accepted=True)


async def reject(instance: Instance, activity: Activity) -> Outcome:
    """An actor does not, or no longer, let us follow it."""
    return await _answered(instance, activity, accepted=False)


def forget(connection: Connection, instance: Instance, actor: str) -> None:
    """An actor follows us no longer."""
    actors.unfollow(connection, instance.assembly, actor)
    reactions.withdraw(connection, "Follow", instance.assembly, actor)


async def _answered(instance: Instance, activity: Activity, *, accepted: bool) -> Outcome:
    asked = await instance.database.read(lambda connection: reactions.is_followed(connection, activity.actor))
    if asked is None:
        return ignored(f"{activity.kind} of what was never asked")

    def effect(connection: Connection) -> None:
        reactions.answered(connection, activity.actor, accepted=accepted)

    return effect
