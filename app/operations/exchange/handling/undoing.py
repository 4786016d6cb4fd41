"""Undo: an actor takes back what that same actor did, whether it is here already or comes later."""

from typing import Final

from app.federation.objects import Activity
from app.federation.values import first
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange.handling import following
from app.operations.exchange.handling.outcome import Outcome, ignored
from app.store import reactions, voices
from app.store.database import Connection
from app.wiring import Instance

_KNOWN: Final = frozenset({"Like", "Announce", "Follow", "Block"})


async def undo(instance: Instance, activity: Activity) -> Outcome:
    """Take back a Like, an Announce, a Follow or a Block, named by its id or said in full (hostile B09)."""
    thing, actor = activity.thing, activity.actor
    said = thing.said or {}
    kind = next((kind for kind in thing.kinds if kind in _KNOWN), None)
    if thing.said is not None and kind is None:
        return ignored(f"nothing follows here from undoing a {'/'.join(thing.kinds)[:40]}")
    if said.get("actor") is not None and first(said["actor"], loopback=instance.loopback) != actor:
        return Refusal("owner.mismatch", f"{actor} would undo what another did")
    if thing.id is not None and not same_origin(thing.id, actor):
        return Refusal("owner.mismatch", f"{actor} would undo {thing.id}")
    about = first(said.get("object"), loopback=instance.loopback)
    now = int(instance.now().timestamp())

    def effect(connection: Connection) -> None:
        known = reactions.of(connection, thing.id, actor) if thing.id is not None else None
        done = kind or (known.kind if known is not None else None)
        whom = about or (known.object if known is not None else instance.assembly)
        stands = reactions.activity_of(connection, done, whom, actor) if done is not None else None
        late = thing.id is not None and voices.is_buried(connection, thing.id, actor)
        if late and stands not in {None, thing.id}:
            pass  # it was done anew since, and that is not undone (hostile E09); an id that nobody used is Lemmy's way
        elif done == "Follow":
            following.forget(connection, whom, actor)
        elif done is not None and about is not None:
            reactions.withdraw(connection, done, about, actor)
        if thing.id is not None:
            voices.bury(connection, thing.id, actor, now)

    return effect
