"""Move: somebody says to have a new address; believed when the new one says so too."""

from app.federation import values
from app.federation.objects import Activity
from app.kernel.canonical import Document, read_document
from app.kernel.refusal import Refusal
from app.operations.exchange import publishing, resolve
from app.operations.exchange.handling.outcome import Outcome, ignored
from app.store import reactions
from app.store.database import Connection
from app.wiring import Instance


async def move(instance: Instance, activity: Activity) -> Outcome:
    """Follow an actor that we follow to its new address, if that one lists the old (hostile B10).

    Never an assembly: that takes its key-log and a decision of the confederation (hostile B11).
    """
    old, new = activity.actor, activity.target
    if activity.thing.id != old or new is None:
        return Refusal("move.unconfirmed", f"{old} would move {activity.thing.id} to {new}")
    there = await resolve.actor(instance, new, fresh=True)
    if isinstance(there, Refusal):
        return there
    here = await resolve.actor(instance, old)
    both = [_document(there.raw), {} if isinstance(here, Refusal) else _document(here.raw)]
    if any(_is_assembly(document) for document in both):
        return Refusal("move.assembly", f"{old} is an assembly: its members decide where it lives")
    if old not in values.addresses(both[0].get("alsoKnownAs"), loopback=instance.loopback):
        return Refusal("move.unconfirmed", f"{new} does not say that it was {old}")
    asked = await instance.database.read(lambda connection: reactions.is_followed(connection, old))
    if asked not in {"asked", "accepted"}:
        return ignored("we do not follow who moved")

    def effect(connection: Connection) -> None:
        reactions.unfollow(connection, old)
        now = int(instance.now().timestamp())
        follow = publishing.send(connection, instance, "Follow", instance.assembly, new, [new])
        reactions.follow(connection, new, follow, now)

    return effect


def _document(raw: bytes) -> Document:
    read = read_document(raw)
    return {} if isinstance(read, Refusal) else read


def _is_assembly(document: Document) -> bool:
    return "gov:body" in document or "gov:keylog" in document
