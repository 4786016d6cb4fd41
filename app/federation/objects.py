"""Anything that another server may send or serve, read as what it is or refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.federation import posts, values
from app.federation.documents import Actor, parse_actor
from app.federation.posts import Post, parse_post
from app.kernel.canonical import Document
from app.kernel.ids import Id, parse_id
from app.kernel.refusal import Refusal

ACTORS: Final = frozenset({"Person", "Group", "Application", "Service", "Organization"})
COLLECTIONS: Final = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})
_PASSIVE: Final = frozenset({"Travel", "Arrive"})  # activities that have no object


@dataclass(frozen=True, slots=True)
class Pointer:
    """What an activity is about: an address, and what the sender says lies there (never believed unverified)."""

    id: Id | None
    kinds: tuple[str, ...]
    said: Document | None


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as read: who did what to which things."""

    id: Id
    kind: str
    actor: Id
    things: tuple[Pointer, ...]
    target: Id | None
    document: Document

    @property
    def thing(self) -> Pointer:
        """The first thing; an empty pointer if there is none."""
        return self.things[0] if self.things else Pointer(None, (), None)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a thing that was deleted."""

    id: Id


@dataclass(frozen=True, slots=True)
class Collection:
    """A list, or a page of one; `items` are addresses and what is said to lie there."""

    id: Id | None
    items: tuple[Pointer, ...]
    total: int | None
    first: "Id | Collection | None"
    following: Id | None


Thing: TypeAlias = Activity | Actor | Collection | Post | Tombstone


def read(document: Document, *, loopback: bool = False) -> Thing | Refusal:
    """What a document is; `obj.kind` for a type that nothing here knows, or the refusal of its own reader."""
    kinds = set(values.kinds(document.get("type")))
    if kinds & ACTORS:
        said = document.get("id")
        return parse_actor(document, said if isinstance(said, str) else "", loopback=loopback)
    if kinds & posts.KINDS:
        return parse_post(document, loopback=loopback)
    if "Tombstone" in kinds:
        found = parse_id(document.get("id"), loopback=loopback)
        return found if isinstance(found, Refusal) else Tombstone(found)
    if kinds & COLLECTIONS:
        return parse_collection(document, loopback=loopback)
    if "actor" in document and ("object" in document or kinds & _PASSIVE):
        return parse_activity(document, loopback=loopback)
    return Refusal("obj.kind", f"nothing that is known here: {str(document.get('type'))[:80]!r}")


def parse_activity(document: Document, *, loopback: bool = False) -> Activity | Refusal:
    """The activity that a document is; `act.type`, `id.form` or `actor.form` if it is none."""
    kind, activity_id = document.get("type"), parse_id(document.get("id"), loopback=loopback)
    if not isinstance(kind, str):
        return Refusal("act.type", "an activity has one string as type")
    if isinstance(activity_id, Refusal):
        return activity_id
    actor = values.first(document.get("actor"), loopback=loopback)
    if actor is None:
        return Refusal("actor.form", f"{activity_id} names nobody who did it")
    things = tuple(pointer(item, loopback=loopback) for item in values.listed(document.get("object")))
    target = values.first(document.get("target"), loopback=loopback)
    return Activity(activity_id, values.kinds(kind)[0], actor, things, target, document)


def parse_collection(document: Document, *, loopback: bool = False) -> Collection:
    """The list that a document is, with at most 500 of its items (hostile D05)."""
    listed = values.listed(document.get("orderedItems"), 500) or values.listed(document.get("items"), 500)
    first = document.get("first")
    return Collection(
        values.address(document.get("id"), loopback=loopback),
        tuple(pointer(item, loopback=loopback) for item in listed),
        values.number(document.get("totalItems")),
        _first_page(first, loopback=loopback),
        values.address(document.get("next"), loopback=loopback),
    )


def pointer(value: object, *, loopback: bool = False) -> Pointer:
    """What a property points at."""
    found = values.address(value, loopback=loopback)
    if isinstance(value, Mapping):
        return Pointer(found, values.kinds(value.get("type")), dict(value))
    return Pointer(found, (), None)


def _first_page(value: object, *, loopback: bool) -> Id | Collection | None:
    """The first page: its address, or the page itself where a server embeds it (one level, never deeper)."""
    if isinstance(value, Mapping) and ("items" in value or "orderedItems" in value):
        return parse_collection({key: item for key, item in value.items() if key != "first"}, loopback=loopback)
    return values.address(value, loopback=loopback)
