"""Acts within an activity: each is checked by its own proof, whatever carried it (hostile B05, B15)."""

from app.federation import documents
from app.kernel.canonical import Document
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal
from app.operations import recording
from app.operations.handling.outcome import Effect
from app.store.database import Connection
from app.wiring import Instance


async def carried(instance: Instance, activity: Document) -> Effect | Refusal | None:
    """The effect of every act within; `net.*` if one cannot be checked now; None if there is none."""
    within = documents.acts_within(activity)
    if not within:
        return None
    checked: list[tuple[Document, Refusal | None]] = []
    for document in within:
        if same_origin(str(document.get("id")), instance.url):
            continue  # ours, carried back to us
        refused = await recording.check(instance, document)
        if refused is not None and refused.code.startswith("net."):
            return refused
        checked.append((document, refused))
    return recorded(instance, checked, activity)


def recorded(instance: Instance, checked: list[tuple[Document, Refusal | None]], activity: Document) -> Effect:
    """Keep what was checked: as act, or as evidence with the reason; what is no act at all is let go."""

    def effect(connection: Connection) -> None:
        for document, refused in checked:
            if refused is None or not recording.is_no_act(refused):
                recording.record(connection, instance, document, activity, refused)

    return effect
