"""Documents of ActivityPub: actors of ours as rendered, others' as read, activities, collections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from app.federation.keys import PublicKey, actor_keys
from app.kernel.canonical import Document
from app.kernel.ids import MAX_LENGTH, origin, parse_id, same_origin
from app.kernel.instant import Instant, format_instant
from app.kernel.refusal import Refusal

ACTIVITY_JSON: Final = "application/activity+json"
READS_ACTS: Final = "https://w3id.org/roundabout/gov"
GOV: Final = "https://w3id.org/roundabout/gov#"
AS2: Final = "https://www.w3.org/ns/activitystreams"
CONTEXT: Final = [AS2, "https://w3id.org/security/data-integrity/v2", {"gov": GOV}]
_ACTOR_CONTEXT: Final = [
    AS2,
    "https://w3id.org/security/v1",
    "https://w3id.org/security/multikey/v1",
    {
        "gov": GOV,
        # No context that servers bring along says this beside Multikey, and without it they see no key at all.
        "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id"},
        "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger", "@type": "xsd:string"},
        "implements": {"@id": "https://w3id.org/fep/844e#implements", "@type": "@id"},
        "featured": {"@id": "http://joinmastodon.org/ns#featured", "@type": "@id"},
        "discoverable": "http://joinmastodon.org/ns#discoverable",
        "indexable": "http://joinmastodon.org/ns#indexable",
        "postingRestrictedToMods": "https://join-lemmy.org/ns#postingRestrictedToMods",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    },
]
_DEEPEST: Final = 3  # an act in a Create in an Announce
_NOT_PASSED_ON: Final = frozenset({"bto", "bcc", "signature"})
_ACTOR_TYPES: Final = frozenset({"Person", "Group", "Application", "Service", "Organization"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Another server's actor as read: where it receives, whether it reads acts, its keys of its own origin.

    A key that is called like another server's would take that one's place among the keys that are known.
    """

    id: str
    type: str
    inbox: str
    shared_inbox: str | None
    reads_acts: bool
    keys: tuple[PublicKey, ...]


def is_activity_type(media_type: str) -> bool:
    """True for the two media types of ActivityPub documents; nothing else is one (hostile B02)."""
    kind, *parameters = (part.strip().lower() for part in media_type.split(";"))
    if kind == ACTIVITY_JSON:
        return True
    profiles = [
        value.strip('"').split() for name, _, value in (p.partition("=") for p in parameters) if name == "profile"
    ]
    return kind == "application/ld+json" and any(AS2 in profile for profile in profiles)


def check_fetched(document: Document, final_url: str) -> Refusal | None:
    """None if a document may be believed where it was found: its id has the origin of the final address (B01)."""
    found = parse_id(document.get("id"), loopback=True)  # whether plain http may be spoken was decided by the guard
    if isinstance(found, Refusal) or not same_origin(found, final_url):
        return Refusal("obj.origin", f"{final_url} served a document with the id {str(document.get('id'))[:80]!r}")
    return None


def parse_actor(document: Document, requested: str, *, loopback: bool = False) -> Actor | Refusal:
    """The actor that was asked for at `requested`; `actor.form` for anything that is none (hostile A24)."""
    if document.get("id") != requested:
        return Refusal("actor.id", f"asked for {requested}, got {str(document.get('id'))[:80]!r}")
    kind, inbox = document.get("type"), parse_id(document.get("inbox"), loopback=loopback)
    if not isinstance(kind, str) or kind not in _ACTOR_TYPES:
        return Refusal("actor.form", f"{requested} is a {str(kind)[:40]!r}, not an actor")
    if isinstance(inbox, Refusal) or not same_origin(inbox, requested):
        return Refusal("actor.form", f"{requested} has no inbox of its own")
    endpoints = document.get("endpoints")
    shared = parse_id(endpoints.get("sharedInbox"), loopback=loopback) if isinstance(endpoints, dict) else None
    if not isinstance(shared, str) or not same_origin(shared, requested):
        shared = None
    keys = actor_keys(document)
    listed = () if isinstance(keys, Refusal) else keys
    own = tuple(key for key in listed if _is_near(key.id, requested, loopback=loopback))
    return Actor(requested, kind, inbox, shared, _reads_acts(document), own)


def render_actor(
    *,
    actor_id: str,
    kind: str,
    username: str,
    name: str,
    public_pem: str,
    multikey: str,
    published: Instant,
    body: str | None = None,
    searchable: bool = True,
) -> Document:
    """An actor of ours: `Group` for the assembly, `Person` for a delegate, `Application` for the instance.

    With FEP-521a (Multikey), FEP-2c59 (webfinger), FEP-844e (what it implements), FEP-5feb
    (`searchable`: whether search engines may keep its posts); `publicKey` is a single object
    (protocol.md §4), `body` the kind of body (fine-print 25).
    """
    base = "{0.scheme}://{0.netloc}".format(urlsplit(actor_id))
    document: Document = {
        "@context": _ACTOR_CONTEXT,
        "id": actor_id,
        "type": kind,
        "preferredUsername": username,
        "name": name,
        "url": actor_id,
        "inbox": f"{actor_id}/inbox",
        "outbox": f"{actor_id}/outbox",
        "followers": f"{actor_id}/followers",
        "following": f"{actor_id}/following",
        "endpoints": {"sharedInbox": f"{base}/inbox"},
        "published": format_instant(published),
        "manuallyApprovesFollowers": False,
        "discoverable": searchable,
        "indexable": searchable,
        "webfinger": f"{username}@{urlsplit(actor_id).netloc}",
        "generator": {"type": "Application", "id": f"{base}/instance", "implements": [{"href": READS_ACTS}]},
        "publicKey": {"id": f"{actor_id}#main-key", "owner": actor_id, "publicKeyPem": public_pem},
        "assertionMethod": [
            {
                "id": f"{actor_id}#ed25519-key",
                "type": "Multikey",
                "controller": actor_id,
                "publicKeyMultibase": multikey,
            }
        ],
    }
    if kind == "Group":
        document |= {"featured": f"{actor_id}/featured", "postingRestrictedToMods": True}
    if kind == "Application":
        document["implements"] = [{"href": READS_ACTS}]
    return document if body is None else document | {"gov:body": body}


def wrap(
    kind: str,
    *,
    activity_id: str,
    actor: str,
    thing: Document | str | Sequence[str],
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: Instant,
    checkpoint: str | None = None,
    result: Document | None = None,
    target: str | None = None,
    content: str | None = None,
) -> Document:
    """A standard activity around an act, a post, an id or another's activity (protocol.md §3).

    An activity of another goes on as it came, without what was never meant for others: hidden
    recipients and a Linked Data signature, which nobody here has checked (hostile B12).
    """
    activity: Document = {
        "@context": CONTEXT,
        "id": activity_id,
        "type": kind,
        "actor": actor,
        "to": list(to),
        "cc": list(cc),
        "published": format_instant(published),
        "object": _without(thing, _NOT_PASSED_ON) if isinstance(thing, dict) and not _is_act(thing) else thing,
    }
    if result is not None:
        activity["result"] = result
    if target is not None:
        activity["target"] = target
    if content is not None:
        activity["content"] = content
    return activity if checkpoint is None else activity | {"gov:checkpoint": checkpoint}


def collection(collection_id: str, total: int, first: str) -> Document:
    """An ordered collection that is read page by page."""
    return {
        "@context": AS2,
        "id": collection_id,
        "type": "OrderedCollection",
        "totalItems": total,
        "first": first,
    }


def page(page_id: str, part_of: str, items: Sequence[Any], following: str | None) -> Document:
    """One page of an ordered collection; `following` is the address of the next one."""
    document: Document = {
        "@context": AS2,
        "id": page_id,
        "type": "OrderedCollectionPage",
        "partOf": part_of,
        "orderedItems": list(items),
    }
    return document if following is None else document | {"next": following}


def acts_within(activity: Document) -> tuple[Document, ...]:
    """Every act embedded in an activity: as object or result, also of an activity that is announced.

    An act found here is a claim until its own proof is checked; inner activities are never run
    (hostile B05).
    """
    found: list[Document] = []
    level: object = activity
    for _ in range(_DEEPEST):
        if not isinstance(level, dict):
            break
        found += [
            thing for thing in (level.get("object"), level.get("result")) if isinstance(thing, dict) and _is_act(thing)
        ]
        level = level.get("object")
    return tuple(found)


def subject_of(activity: Document) -> str | None:
    """The address of the act or post whose words an activity holds; None for one that holds none.

    Also of an activity that is announced. An erasure finds by it what was sent (hostile B08).
    """
    thing = activity
    for _ in range(_DEEPEST):
        inner = thing.get("object")
        if not isinstance(inner, dict):
            break
        thing = inner
    if thing is activity or thing.get("type") == "Tombstone":
        return None
    found = thing.get("id")
    return found if isinstance(found, str) and len(found) <= MAX_LENGTH else None


def host_of(address: str) -> str:
    """Host and port of an address: what queues and budgets are kept by."""
    return origin(address).partition("://")[2]


def _is_near(address: str, other: str, *, loopback: bool) -> bool:
    found = parse_id(address, loopback=loopback)
    return not isinstance(found, Refusal) and same_origin(found, other)


def _is_act(thing: Document) -> bool:
    return isinstance(thing.get("type"), str) and thing["type"].startswith("gov:")


def _without(document: Document, names: frozenset[str]) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def _reads_acts(document: Document) -> bool:
    generator = document.get("generator")
    implements = generator.get("implements") if isinstance(generator, dict) else None
    listed = implements if isinstance(implements, list) else [implements]
    return any((item.get("href") if isinstance(item, dict) else item) == READS_ACTS for item in listed)
