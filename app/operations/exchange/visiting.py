"""Visitors: who asks for a document of ours, and which acts of the record they may see (protocol.md §6)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.governance.charter import Charter, in_force
from app.governance.publicity import WATCHED, Publicity, publicity_of
from app.kernel.canonical import Document
from app.kernel.ids import Id, origin
from app.operations.confederation import confederations
from app.operations.record.reading import Reading
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the actor whose key signed the request, or None for a stranger whose request nobody signed."""

    actor: str | None = None

    @property
    def server(self) -> str | None:
        """The origin of the server that asks: it signs with the key of its own actor, whoever wants to read."""
        return origin(self.actor) if self.actor is not None else None


STRANGER: Final = Visitor()


class Door:
    """What visitors may see, in one look at the record: charters are read once."""

    def __init__(self, connection: Connection, instance: Instance) -> None:
        self._connection = connection
        self._instance = instance
        self._reading = Reading(connection, loopback=instance.loopback)
        self._charters: dict[str, tuple[Charter, ...]] = {}
        self._friends: frozenset[str] | None = None

    def opens(self, visitor: Visitor, act: StoredAct) -> bool:
        """True if `visitor` may see `act`."""
        return self.admits(visitor, act.raw, self.publicity(act))

    def admits(self, visitor: Visitor, raw: bytes, publicity: Publicity) -> bool:
        """True if what is for `publicity` is for `visitor`: a confederate's server, or one that the act names."""
        if publicity is Publicity.PUBLIC:
            return True
        if publicity is not Publicity.CONFEDERATES or visitor.server is None:
            return False
        return visitor.server in self._confederates() or visitor.server in self._named(json.loads(raw))

    def awaits(self, act: StoredAct) -> str | None:
        """The assembly whose first charter will say for whom `act` is; None once a charter of it is here."""
        owner = speaks_for(json.loads(act.raw))
        return None if act.own or act.type == "gov:KeyEvent" or self._charters_of(owner) else owner

    def publicity(self, act: StoredAct) -> Publicity:
        """For whom an act is, by the charter that its assembly had in force then."""
        return self.publicity_of(json.loads(act.raw), published_at=act.published_at, own=act.own)

    def publicity_of(self, document: Document, *, published_at: int, own: bool) -> Publicity:
        """The same of a document.

        Another assembly's act whose charter is not here is for confederates: the charter may say
        so. What comes before the first charter goes by that one, and our own, before there is one,
        by the profile that it will begin with.
        """
        about = document.get("gov:act") if document["type"] == "gov:Attestation" else None
        if about is not None:  # a confirmation is for whom the act is that it confirms
            act = acts.by_reference(self._connection, about["id"], about["gov:digest"])
            return self.publicity(act) if act is not None else Publicity.CONFEDERATES
        owner = speaks_for(document)
        charters = self._charters_of(owner)
        at = datetime.fromtimestamp(published_at, UTC)
        charter = in_force(charters, Id(owner), at) or next(iter(charters), None)
        if charter is None and not own and document["type"] != "gov:KeyEvent":
            return Publicity.CONFEDERATES
        said = charter.publicity if charter is not None else WATCHED if own and self._instance.watched else {}
        return publicity_of(said, document["type"], self._category(document))

    def _charters_of(self, owner: str) -> tuple[Charter, ...]:
        if owner not in self._charters:
            kept = acts.of_type(self._connection, "gov:Charter", author=owner)
            self._charters[owner] = self._reading.all_of(Charter, kept)
        return self._charters[owner]

    def _category(self, document: Document) -> str | None:
        about = document.get("gov:proposal")
        if "gov:category" not in document and isinstance(about, dict):
            named = acts.by_id(self._connection, str(about.get("id")))
            document = json.loads(named.raw) if named is not None else {}
        said = document.get("gov:category")
        return said if isinstance(said, str) else None

    def _confederates(self) -> frozenset[str]:
        if self._friends is None:
            fellows = confederations.fellows(self._connection, self._instance)
            self._friends = frozenset(origin(assembly) for assembly in fellows)
        return self._friends

    def _named(self, document: Document) -> frozenset[str]:
        named = confederations.named_by(self._connection, self._instance, document)
        return frozenset(origin(assembly) for assembly in named)


def shown(connection: Connection, instance: Instance, kept: Iterable[StoredAct], *, to_member: bool) -> list[StoredAct]:
    """Those of our record's acts that a page shows: all of them to members, to others what is for everybody."""
    door = Door(connection, instance)
    return [act for act in kept if to_member or door.opens(STRANGER, act)]


def speaks_for(document: Document) -> str:
    """The assembly whose charter speaks for an act: a delegate acts for the one that sent them."""
    author, sender = str(document["attributedTo"]), document.get("gov:assembly")
    is_vote = document["type"] == "gov:DelegateVote" and isinstance(sender, str)
    return str(sender) if is_vote else author
