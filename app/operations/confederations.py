"""Which confederations this assembly belongs to, and whom an act of ours must reach."""

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.kernel.canonical import Document
from app.kernel.ids import same_origin
from app.store import actors, acts
from app.store.database import Connection
from app.store.outbox import Target
from app.wiring import Instance

_NAMING = ("gov:confederation", "gov:council", "gov:assembly", "gov:forum")


def members_of(connection: Connection, confederation: str) -> frozenset[str]:
    """The assemblies that a confederation's own acts name as members, whether they answered or not."""
    found: set[str] = set()
    for act in acts.of_type(connection, "gov:Charter", "gov:Admission", author=confederation):
        document = json.loads(act.raw)
        found |= {member["assembly"] for member in document.get("gov:members") or ()}
        found |= {document["gov:assembly"]} if "gov:assembly" in document else set()
    gone = acts.of_authors(connection, found, "gov:Withdrawal")
    return frozenset(found - {act.author for act in gone if json.loads(act.raw).get("gov:assembly") == confederation})


def ours(connection: Connection, instance: Instance) -> frozenset[str]:
    """The confederations that this assembly is a member of by its own decision (hostile B17: never by another's).

    One whose founding Charter lists us counts from our own Ratification of it, one that admitted us
    from the Admission that answers our own `Join`.
    """
    me = instance.assembly
    joined: set[str] = set()
    for act in acts.of_type(connection, "gov:Charter", "gov:Admission"):
        if act.own:
            continue
        document = json.loads(act.raw)
        if act.type == "gov:Admission":
            listed = document.get("gov:assembly") == me and asked_to_join(connection, instance, act.author)
        else:
            listed = any(member["assembly"] == me for member in document.get("gov:members") or ()) and any(
                answer.own
                for answer in acts.naming(connection, act.id, "gov:proposal")
                if answer.type == "gov:Ratification"
            )
        if listed:
            joined.add(act.author)
    return frozenset(joined)


def asked_to_join(connection: Connection, instance: Instance, confederation: str) -> bool:
    """True if a Decision of ours, adopted, was about joining `confederation`."""
    for act in acts.of_type(connection, "gov:Proposal", author=instance.assembly):
        document = json.loads(act.raw)
        if document.get("gov:category") != "admission" or document.get("gov:assembly") != instance.assembly:
            continue
        if document.get("gov:confederation") == confederation and any(
            json.loads(decision.raw).get("gov:status") == "adopted"
            for decision in acts.naming(connection, act.id, "gov:proposal")
            if decision.own and decision.type == "gov:Decision"
        ):
            return True
    return False


def fellows(connection: Connection, instance: Instance) -> frozenset[str]:
    """Every other assembly that shares a confederation with us, and the confederations themselves."""
    found = set(members_of(connection, instance.assembly))
    for confederation in ours(connection, instance):
        found |= {confederation} | members_of(connection, confederation)
    return frozenset(found - {instance.assembly})


def named_by(connection: Connection, instance: Instance, document: Document) -> frozenset[str]:
    """The assemblies that an act names: directly, as members of a confederation, or as the list it is before."""
    found: set[str] = set()
    for key in _NAMING:
        value = document.get(key)
        found |= {value} if isinstance(value, str) else {item for item in value or () if isinstance(item, str)}
    found |= {member["assembly"] for member in document.get("gov:members") or ()}
    about = document.get("gov:proposal")
    act = acts.by_id(connection, about["id"]) if isinstance(about, dict) else None
    forum = json.loads(act.raw).get("gov:forum") if act is not None and act.type == "gov:Proposal" else None
    found |= set(forum) if isinstance(forum, list) else set()
    for name in tuple(found):
        found |= members_of(connection, name)
    return frozenset(found - {instance.assembly})


def targets(connection: Connection, instance: Instance, addresses: Iterable[str]) -> tuple[Target, ...]:
    """Where to deliver for these actors: their shared inbox where it is known, else the actor to look up."""
    found: dict[Target, None] = {}
    for address in sorted(set(addresses)):
        if same_origin(address, instance.url):
            continue
        known = actors.get(connection, address)
        inbox = (known.shared_inbox or known.inbox) if known is not None else None
        host = urlsplit(inbox or address).netloc
        found[Target(inbox or address, inbox is not None, host)] = None
    return tuple(found)
