"""Who sent this: a request's signer, as an exchange that asks for keys and does no I/O; and what they may say.

Sources: protocol.md §4, FEP-fe34, hostile A22 to A29, B04 to B07, B29, B30, B32.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.federation import http_signatures, signatures
from app.federation.keys import PublicKey, actor_key
from app.federation.signatures import Scheme, Signature, SignedRequest
from app.kernel.canonical import Document
from app.kernel.ids import origin, parse_id, same_origin
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

_OWNING: Final = frozenset({"Create", "Update", "Delete"})


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """Please send me the key with this id; `fresh` means fetched now, not the stored one."""

    key_id: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """The request was signed by this key of this actor, and how."""

    key: PublicKey
    scheme: Scheme = Scheme.CAVAGE
    nonce: str | None = None

    @property
    def owner(self) -> str:
        """The actor that signed."""
        return self.key.owner


Asking: TypeAlias = Generator[KeyWanted, PublicKey | Refusal, Verified | Refusal]


def verify(
    request: SignedRequest, now: Instant, own_origin: str, *, loopback: bool = False, public: bool = False
) -> Asking:
    """Who signed the request. Asks for the stored key, then once for a fresh one: it may have been rotated.

    Of several signatures the first whose key is found decides, for good or ill (hostile A11). For `public` see
    `http_signatures.parse`.
    """
    found = http_signatures.parse(request, now, own_origin, public=public)
    if isinstance(found, Refusal):
        return found
    refused: Refusal | None = None
    for signature in found:
        bad = (
            signature
            if isinstance(signature, Refusal)
            else _check_key_id(signature.key_id, own_origin, loopback=loopback)
        )
        if isinstance(signature, Refusal) or bad is not None:
            refused = refused or bad
            continue
        key = yield KeyWanted(signature.key_id, fresh=False)
        if not isinstance(key, Refusal):
            return (yield from _decide(signature, key))
        refused = refused or key
    return refused or Refusal("sig.missing", "the request is not signed")


def _decide(signature: Signature, key: PublicKey) -> Asking:
    bad = signatures.verify(signature, key)
    if bad is None:
        return Verified(key, signature.scheme, signature.nonce)
    fresh = (yield KeyWanted(signature.key_id, fresh=True)) if bad.code == "sig.bad" else bad
    if isinstance(fresh, Refusal):
        return bad
    return signatures.verify(signature, fresh) or Verified(fresh, signature.scheme, signature.nonce)


def _check_key_id(key_id: str, own_origin: str, *, loopback: bool) -> Refusal | None:
    if isinstance(parse_id(key_id, loopback=loopback), Refusal) or origin(key_id) == own_origin:
        return Refusal("key.bad_uri", f"not the address of another server's key: {key_id[:80]!r}")
    return None


def confirm_key(key_id: str, actor: Document, requested: str) -> PublicKey | Refusal:
    """The key that the actor fetched from `requested` lists under `key_id` (hostile A19, A22 to A24).

    The actor's id must be the address that was asked for, byte for byte, and the key's owner that
    same actor.
    """
    if actor.get("id") != requested:
        return Refusal(
            "key.owner_unconfirmed", f"asked for {requested}, got the document of {str(actor.get('id'))[:80]}"
        )
    return actor_key(actor, key_id)


def named_owner(document: Document, key_id: str) -> object:
    """Whose key `key_id` is, as the document at its address says: a claim that the owner itself must confirm.

    The document is an actor, a key by itself, or an actor as some servers show it to strangers, under the address
    of its key (hostile A22, A23).
    """
    if "publicKeyPem" in document:
        return document.get("owner")
    listed = document.get("publicKey")
    for entry in listed if isinstance(listed, list) else [listed]:
        if isinstance(entry, dict) and entry.get("id") == key_id:
            return entry.get("owner")
    return document.get("id")


def check_activity(activity: Document, signer: str, own_origin: str, *, loopback: bool = False) -> Refusal | None:
    """None if `signer` may say `activity`; else the first reason, before any handler runs.

    A Delete by bare id, and an Undo of a bare id, name no owner: whoever handles them compares
    `signer` with the owner that is stored (hostile B07, B09).
    """
    actor, kind = activity.get("actor"), activity.get("type")
    if isinstance(actor, dict):
        actor = actor.get("id")
    if not isinstance(kind, str):
        return Refusal("act.type", "an activity has one string as type")
    activity_id = parse_id(activity.get("id"), loopback=loopback)
    if isinstance(activity_id, Refusal):
        return activity_id
    if actor != signer:
        return Refusal("actor.mismatch", f"signed by {signer}, says to be of {str(actor)[:80]}")
    if not same_origin(activity_id, signer):
        return Refusal("id.origin", f"the id {activity_id[:80]} is not of the origin of {signer}")
    return _check_object(activity.get("object"), kind, signer, own_origin, loopback=loopback)


def _check_object(value: object, kind: str, signer: str, own_origin: str, *, loopback: bool) -> Refusal | None:
    """The first reason why `signer` may not do this to one of the things that an activity is about."""
    for thing in value if isinstance(value, list) else [value]:
        refused = _check_thing(thing, kind, signer, own_origin, loopback=loopback)
        if refused is not None:
            return refused
    return None


def _check_thing(thing: object, kind: str, signer: str, own_origin: str, *, loopback: bool) -> Refusal | None:
    if kind == "Undo" and isinstance(thing, dict) and thing.get("actor", signer) != signer:
        return Refusal("owner.mismatch", f"{signer} would undo what {str(thing.get('actor'))[:80]} did")
    if kind not in _OWNING or (kind == "Create" and isinstance(thing, str)):  # a bare id is a pointer, to be fetched
        return None
    target = parse_id(thing.get("id") if isinstance(thing, dict) else thing, loopback=loopback)
    if isinstance(target, Refusal):
        return target
    if origin(target) == own_origin:
        return Refusal("id.ours", f"{signer} sends what would be ours: {target[:80]}")
    if not same_origin(target, signer):
        return Refusal("owner.mismatch", f"{signer} would make or change {target[:80]}")
    return _check_owner(thing, kind, target, signer) if isinstance(thing, dict) else None


def _check_owner(thing: Document, kind: str, target: str, signer: str) -> Refusal | None:
    """The owner is the signer: of an act as one string, of others in any form, with the channel that they write in."""
    owners = thing.get("attributedTo")
    if owners is None:
        # What names no owner is a tombstone, or an actor, which is its own owner.
        owners = target if kind == "Update" else signer
    if owners == signer or (not _is_act(thing) and _speaks_alone(owners, signer)):
        return None
    return Refusal("owner.mismatch", f"{signer} sends what is attributed to {str(owners)[:80]}")


def _speaks_alone(owners: object, signer: str) -> bool:
    """True if `signer` is the one owner beside groups of the same origin (hostile B04)."""
    listed = owners if isinstance(owners, list) else [owners]
    others = [
        owner for owner in listed if owner != signer and not (isinstance(owner, dict) and owner.get("id") == signer)
    ]
    return len(others) < len(listed) and all(
        isinstance(owner, dict)
        and owner.get("type") == "Group"
        and isinstance(owner.get("id"), str)
        and same_origin(owner["id"], signer)
        for owner in others
    )


def _is_act(thing: Document) -> bool:
    kind = thing.get("type")
    return isinstance(kind, str) and kind.startswith("gov:")
