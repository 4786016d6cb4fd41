"""Follow, Block, and the answers to our own Follow."""

from collections.abc import Sequence

from app.federation import values
from app.federation.objects import Activity
from app.kernel.canonical import Document
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange import publishing, resolve
from app.operations.exchange.handling.outcome import Outcome, ignored
from app.store import accounts, actors, reactions, voices
from app.store.database import Connection
from app.store.reactions import Reaction
from app.wiring import Instance


async def follow(instance: Instance, activity: Activity) -> Outcome:
    """Everybody may follow the assembly and its members who act in public, and is told so; else `Reject` says no.

    Who never acted in public has no actor, and nobody learns that they are a member.
    """
    whom, actor = activity.thing.id, activity.actor
    if whom is None or not await instance.database.read(lambda connection: is_actor(connection, whom)):
        return Refusal("follow.whom", f"{whom!r} cannot be followed here")
    found = await resolve.actor(instance, actor)
    if isinstance(found, Refusal):
        return found
    # Who asks again and again is still heard, and told no more than so often.
    told = [actor] if instance.budgets.answers.take(f"{actor} {whom}", instance.now()) else []
    follower = actors.Follower(actor, found.shared_inbox or found.inbox, found.reads_acts)
    now = int(instance.now().timestamp())
    bare = {"id": activity.id, "type": "Follow", "actor": actor, "object": whom}

    def effect(connection: Connection) -> None:
        if voices.is_buried(connection, activity.id, actor):  # undone before it came
            return
        if not _may_be_followed(connection, instance, whom):
            _say(connection, instance, "Reject", whom, bare, told)
            return
        actors.follow(connection, whom, follower, now)
        reactions.react(connection, Reaction(activity.id, "Follow", whom, actor), now)
        _say(connection, instance, "Accept", whom, bare, told)

    return effect


def _say(
    connection: Connection, instance: Instance, kind: str, whom: str, asked: Document, told: Sequence[str]
) -> None:
    if told:
        publishing.send(connection, instance, kind, whom, asked, told)


async def block(instance: Instance, activity: Activity) -> Outcome:
    """Who blocks one of ours follows them no longer; nobody here is told, and nothing is left to undo."""
    whom, actor = activity.thing.id, activity.actor
    if whom is None or not whom.startswith(f"{instance.url}/"):
        return ignored("a Block of somebody elsewhere")

    def effect(connection: Connection) -> None:
        if not voices.is_buried(connection, activity.id, actor):  # undone before it came
            forget(connection, whom, actor)

    return effect


async def accept(instance: Instance, activity: Activity) -> Outcome:
    """An actor lets us follow it, if we asked."""
    return await _answered(instance, activity, accepted=True)


async def reject(instance: Instance, activity: Activity) -> Outcome:
    """An actor does not, or no longer, let us follow it."""
    return await _answered(instance, activity, accepted=False)


def is_actor(connection: Connection, address: str) -> bool:
    """True if one of our actors is at this address: the assembly, the instance, a member who acts in public."""
    return bool(actors.keys_of(connection, address))


def forget(connection: Connection, whom: str, actor: str) -> None:
    """An actor follows this one of ours no longer."""
    actors.unfollow(connection, whom, actor)
    reactions.withdraw(connection, "Follow", whom, actor)


def _may_be_followed(connection: Connection, instance: Instance, whom: str) -> bool:
    """The assembly, and who is a member still; the instance itself says nothing that could be followed."""
    people = {f"{instance.url}/people/{one.name}" for one in accounts.people(connection)}
    return whom == instance.assembly or whom in people


def _is_our_follow(instance: Instance, activity: Activity, ours: str) -> bool:
    """True if what is answered is our Follow: by its id, or told as one of ours by who had an id of its own for it."""
    thing = activity.thing
    if thing.id is not None and same_origin(thing.id, instance.url):
        return thing.id == ours
    said = thing.said or {}
    who, whom = (values.first(said.get(key), loopback=instance.loopback) for key in ("actor", "object"))
    return "Follow" in thing.kinds and (who, whom) == (instance.assembly, activity.actor)


async def _answered(instance: Instance, activity: Activity, *, accepted: bool) -> Outcome:
    ours = await instance.database.read(lambda connection: reactions.follow_of(connection, activity.actor))
    if ours is None or not _is_our_follow(instance, activity, ours):
        return ignored(f"{activity.kind} of what was never asked")

    def effect(connection: Connection) -> None:
        reactions.answered(connection, activity.actor, accepted=accepted)

    return effect
