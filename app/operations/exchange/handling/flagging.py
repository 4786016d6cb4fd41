"""Flag: another server complains about something here; kept for those whose duty moderation is, shown nowhere else."""

from typing import Final

from app.federation import markup, values
from app.federation.objects import Activity
from app.operations.exchange.handling.outcome import Outcome, ignored
from app.store import reactions, voices
from app.store.database import Connection
from app.wiring import Instance

_LONGEST: Final = 3_000
_MOST: Final = 20


async def flag(instance: Instance, activity: Activity) -> Outcome:
    """Keep a complaint about what is ours or was said here."""
    about = tuple(dict.fromkeys(thing.id for thing in activity.things if thing.id is not None))
    theirs = [address for address in about if not address.startswith(f"{instance.url}/")]
    known = await instance.database.read(lambda connection: voices.named(connection, *theirs))
    ours = tuple(address for address in about if address.startswith(f"{instance.url}/") or address in known)[:_MOST]
    if not ours:
        return ignored("a complaint about nothing that is here")
    said = values.text(activity.document.get("content")) or values.text(activity.document.get("summary"))
    complaint = reactions.Flag(
        activity.id, activity.actor, ours, markup.line(said, _LONGEST), int(instance.now().timestamp())
    )

    def effect(connection: Connection) -> None:
        reactions.flag(connection, complaint)

    return effect
