"""Confirmations by co-signers that count: made with the key that the charter names (fine-print 29; hostile F26)."""

from collections.abc import Callable

from app.federation import integrity_proofs
from app.governance.assembly import Attestation
from app.governance.charter import Charter, in_force
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation.vocabulary import Act

Parsed = Callable[[StoredAct], Act | None]


def made(connection: Connection, charters: tuple[Charter, ...], parsed: Parsed) -> tuple[Attestation, ...]:
    """The Attestations by the co-signers of `charters` that count; `parsed` reads an act as kept.

    Whoever holds the server can give a co-signer another key, and the confirmations made with it
    count as none.
    """
    named = {person.id for one in charters if one.scrutineers is not None for person in one.scrutineers.of}
    kept = acts.of_authors(connection, named, "gov:Attestation") if named else ()
    return tuple(
        found
        for act in kept
        if isinstance(found := parsed(act), Attestation)
        and (key := _named_key(connection, found, charters, parsed)) is not None
        and integrity_proofs.is_made_with(act.raw, key)
    )


def _named_key(
    connection: Connection, attestation: Attestation, charters: tuple[Charter, ...], parsed: Parsed
) -> str | None:
    """The Multikey by which the author may confirm the act, if the charter in force then names one."""
    act = acts.by_reference(connection, attestation.act.id, attestation.act.digest)
    about = parsed(act) if act is not None else None
    if about is None:
        return None
    charter = in_force(charters, about.head.author, about.head.published)
    listed = charter.scrutineers.of if charter is not None and charter.scrutineers is not None else ()
    return next((person.key for person in listed if person.id == attestation.head.author), None)
