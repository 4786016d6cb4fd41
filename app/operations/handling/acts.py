"""Acts within an activity: each is checked by its own proof, whatever carried it (hostile B05, B15)."""

from app.federation import documents
from app.federation.domains import domain_of
from app.kernel.canonical import Document
from app.kernel.ids import parse_id, same_origin
from app.kernel.refusal import Refusal
from app.operations import recording
from app.operations.handling.outcome import Effect
from app.store.database import Connection
from app.wiring import Instance


async def carried(instance: Instance, activity: Document) -> Effect | Refusal | None:
    """The effect of every act within; `net.*` if one cannot be checked now; None if there is none.

    `budget.acts` if its author's domain has had as many recorded as it may for now: they wait where they are,
    and none is dropped (hostile D19).
    """
    within = documents.acts_within(activity)
    if not within:
        return None
    now = instance.now()
    for document in within:
        author = parse_id(document.get("attributedTo"), loopback=instance.loopback)
        if isinstance(author, Refusal):
            continue  # no act at all, as will be seen
        domain = domain_of(documents.host_of(author))
        if not instance.budgets.acts.take(domain, now):
            return Refusal("budget.acts", f"{domain} has had as many acts recorded as it may for now")
    checked: list[tuple[Document, Refusal | None]] = []
    for document in within:
        act_id = parse_id(document.get("id"), loopback=instance.loopback)
        if isinstance(act_id, Refusal) or same_origin(act_id, instance.url):
            continue  # no act at all, or ours, carried back to us
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
