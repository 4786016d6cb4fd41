"""What assemblies, people and proposals are called on pages and in posts."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.kernel.canonical import Document
from app.kernel.ids import same_origin
from app.store import accounts, actors, acts
from app.store.database import Connection
from app.wiring import Instance


def assembly_name(connection: Connection, instance: Instance, assembly: str) -> str:
    """The name that an assembly gave itself, else the host of its address."""
    if assembly == instance.assembly:
        body = accounts.body(connection)
        return body.name if body is not None else assembly
    known = actors.get(connection, assembly)
    name = json.loads(known.raw).get("name") if known is not None else None
    return name if isinstance(name, str) and name else assembly.split("/")[2]


def person_name(connection: Connection, instance: Instance, person: str) -> str:
    """The public name of a person, of ours or as another server gives it, else the end of the address."""
    short = person.rpartition("/")[2]
    if same_origin(person, instance.url):
        account = accounts.named(connection, short)
        return account.shown if account is not None else short
    known = actors.get(connection, person)
    name = json.loads(known.raw).get("name") if known is not None else None
    return name if isinstance(name, str) and name else short


def handle(connection: Connection, person: str) -> str:
    """`@name@host`, the host always that of the address: what an actor says of another host is not shown (B35)."""
    known = actors.get(connection, person)
    name = json.loads(known.raw).get("preferredUsername") if known is not None else None
    short = name if isinstance(name, str) and name.isprintable() and 0 < len(name) <= 64 else person.rpartition("/")[2]
    return f"@{short.lstrip('@')}@{urlsplit(person).netloc}"


def name_of(connection: Connection, instance: Instance, who: str) -> str:
    """The name of an assembly or of a person, whichever the address is of."""
    return (person_name if "/people/" in who else assembly_name)(connection, instance, who)


def title_of(connection: Connection, act_id: str) -> str:
    """The title of the proposal or charter with this id; empty if it is not here."""
    act = acts.by_id(connection, act_id)
    return str(json.loads(act.raw).get("name") or "") if act is not None else ""


def names(connection: Connection, instance: Instance, document: Document) -> Mapping[str, str]:
    """A name for every assembly, person, proposal and mandate's delegate that an act mentions, by address."""
    found: dict[str, str] = {}
    author = document["attributedTo"]
    found[author] = name_of(connection, instance, author)
    for key in ("gov:confederation", "gov:council", "gov:assembly"):
        value = document.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                found[one] = assembly_name(connection, instance, one)
    for person in document.get("gov:delegates") or ():
        found[person] = person_name(connection, instance, person)
    for key in ("gov:proposal", "gov:extends", "gov:mandate", "gov:act", "gov:session"):
        ref = document.get(key)
        if isinstance(ref, dict):
            found[ref["id"]] = title_of(connection, ref["id"])
            mandate = acts.by_id(connection, ref["id"]) if key == "gov:mandate" else None
            for person in json.loads(mandate.raw).get("gov:delegates") or () if mandate is not None else ():
                found[person] = person_name(connection, instance, person)
    return found
