"""Asking the key-log of its author whether an act may stand: a key that was swapped or retired signs nothing more."""

import json
from typing import Final

from app.federation import integrity_proofs
from app.federation.keys import Ed25519PublicKey, parse_multikey
from app.governance.assembly import Body
from app.kernel.canonical import Document, digest
from app.kernel.ids import parse_id, same_origin
from app.kernel.refusal import Refusal
from app.ledger.keylog import KeyEntry, check_act_key, check_first, check_next, read_entry
from app.operations.exchange import resolve
from app.store import actors, acts
from app.store.acts import Reference, Standing
from app.store.database import Connection
from app.wiring import Instance

_KEY_EVENT: Final = "gov:KeyEvent"


def missing_first(connection: Connection, author: str) -> Reference | None:
    """The first KeyEvent that the author's actor names, if none of theirs is here."""
    return None if entries(connection, author) else named_first(connection, author)


async def fetch_first(instance: Instance, author: str, named: Reference) -> Document | Refusal:
    """The first KeyEvent of an author from where it lives.

    Refuses as a fetch does, and by `key.unlogged` if what lies there is another than the one named.
    """
    found = await resolve.fetch(instance, named.id)
    if isinstance(found, Refusal):
        return found
    if found.get("type") != _KEY_EVENT or found.get("attributedTo") != author or digest(found) != named.digest:
        return Refusal("key.unlogged", f"{named.id} is not the key entry that {author} names")
    return found


def named_first(connection: Connection, author: str) -> Reference | None:
    """The author's first KeyEvent, as their actor names it (fine-print 28)."""
    known = actors.get(connection, author)
    named = json.loads(known.raw).get("gov:keylog") if known is not None else None
    if not isinstance(named, dict) or not isinstance(named.get("gov:digest"), str):
        return None
    event = parse_id(named.get("id"), loopback=True)
    if isinstance(event, Refusal) or not same_origin(event, author):
        return None
    return Reference("gov:keylog", event, named["gov:digest"])


def entries(connection: Connection, author: str) -> tuple[KeyEntry, ...]:
    """The author's key-log as far as it is here, first entry first; each follows from the one before."""
    kept = acts.of_type(connection, _KEY_EVENT, author=author)
    documents = [json.loads(act.raw) for act in kept if act.standing is Standing.AUTHENTIC]
    read = [read_entry(document, document["gov:keys"][0]) for document in documents]
    return tuple(sorted((one for one in read if isinstance(one, KeyEntry)), key=lambda entry: entry.version))


def body_of(connection: Connection, author: str) -> Body | None:
    """What kind of body an author is, None for a person: by its first KeyEvent, else by its actor (fine-print 25).

    The KeyEvent is what charters and admissions pin; the actor says today whatever its server wants.
    """
    events = acts.of_type(connection, _KEY_EVENT, author=author)
    first = next((json.loads(act.raw) for act in events if act.standing is Standing.AUTHENTIC), None)
    known = actors.get(connection, author) if first is None else None
    said = first if first is not None else json.loads(known.raw) if known is not None else {}
    if said.get("type") == "Person":
        return None
    return Body(said["gov:body"]) if said.get("gov:body") in set(Body) else Body.COMMUNE


def check(connection: Connection, document: Document) -> Refusal | None:
    """None if the key under which an act's proof holds may sign for its author by the key-log that is here.

    A KeyEvent must begin the log or follow from its last entry (hostile F24); any other act must be signed by a key
    of the last entry: one by a retired key counts if it was here before the successor (hostile B19), one by a key
    that was never in the log never does (hostile A27). Refuses by `key.unlogged` and `keylog.*`. With no log
    here nothing is refused: people have none.
    """
    log = entries(connection, document["attributedTo"])
    if document["type"] == _KEY_EVENT:
        return _check_entry(log, document)
    if not log:
        return None
    known = [key for entry in reversed(log) for key in entry.keys]
    return check_act_key(log, _signer(document, known))


def holds_under_log(connection: Connection, document: Document) -> bool:
    """True if an act's proof holds under a key that its author's key-log has or had: the actor need not list it."""
    log = entries(connection, document["attributedTo"])
    return _signer(document, [key for entry in log for key in entry.keys]) is not None


def _check_entry(log: tuple[KeyEntry, ...], event: Document) -> Refusal | None:
    keys = event.get("gov:keys")
    entry = read_entry(event, _signer(event, keys if isinstance(keys, list) else []) or "")
    if isinstance(entry, Refusal):
        return entry
    if not log:
        return check_first(entry)
    return check_next(log[-1], entry)


def _signer(document: Document, multikeys: list[str]) -> str | None:
    """The first of these keys under which the document's proof holds."""
    method = document["proof"]["verificationMethod"]
    for text in multikeys:
        key = parse_multikey(text, method, document["attributedTo"])
        if isinstance(key, Ed25519PublicKey) and integrity_proofs.verify_proof(document, key) is None:
            return text
    return None
