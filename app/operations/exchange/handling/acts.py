"""Acts within an activity: each is checked by its own proof, whatever carried it (hostile B05, B15)."""

from app.federation import documents
from app.federation.domains import domain_of
from app.kernel.canonical import Document, digest
from app.kernel.ids import parse_id, same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange.handling.outcome import Effect
from app.operations.record import recording
from app.store import acts
from app.store.database import Connection
from app.wiring import Instance


async def carried(instance: Instance, activity: Document, signer: str) -> Effect | Refusal | None:
    """The effect of every act within; `net.*` if one cannot be checked now; None if there is none.

    `budget.acts` if the domain of who sent it has had as many looked at as it may for now, or the author's as many
    recorded: they wait where they are, and none is dropped (hostile D19). An author pays once the proof holds and for
    what is new alone: anybody could use up another's share with what was never theirs, or came before (hostile F35).
    """
    within = documents.acts_within(activity)
    if not within:
        return None
    sender = domain_of(documents.host_of(signer))
    checked: list[tuple[Document, Refusal | None]] = []
    for document in within:
        if not instance.budgets.acts.take(sender, instance.now()):
            return Refusal("budget.acts", f"{sender} has sent as many acts as it may for now")
        act_id = parse_id(document.get("id"), loopback=instance.loopback)
        if isinstance(act_id, Refusal) or same_origin(act_id, instance.url):
            continue  # no act at all, or ours, carried back to us
        refused = await recording.check(instance, document, payer=sender)
        if refused is not None and refused.code.startswith("net."):
            return refused
        spent = await _spent(instance, document, sender) if refused is None else None
        if spent is not None:
            return spent
        checked.append((document, refused))
    return recorded(instance, checked, activity)


async def _spent(instance: Instance, document: Document, sender: str) -> Refusal | None:
    """`budget.acts` if an author has had as many acts recorded as it may for now; else this one is counted."""
    author = domain_of(documents.host_of(document["attributedTo"]))
    if author == sender:
        return None
    known = await instance.database.read(lambda at: acts.by_reference(at, document["id"], digest(document)))
    if known is not None:
        return None
    if instance.budgets.acts.take(author, instance.now()):
        return None
    return Refusal("budget.acts", f"{author} has had as many acts recorded as it may for now")


def recorded(instance: Instance, checked: list[tuple[Document, Refusal | None]], activity: Document) -> Effect:
    """Keep what was checked: as act, or as evidence with the reason; what is no act at all is let go."""

    def effect(connection: Connection) -> None:
        for document, refused in checked:
            if refused is None or not recording.is_no_act(refused):
                recording.record(connection, instance, document, activity, refused)

    return effect
