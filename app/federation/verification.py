"""Who sent this: a request's signer, as an exchange that asks for keys and does no I/O; and what they may say.

Sources: protocol.md §4, FEP-fe34, hostile A22 to A29, B04 to B07, B29, B30, B32.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from app.federation.http_signatures import SignedRequest, parse_signature, verify_signature
from app.federation.keys import PublicKey, actor_key
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
    """The request was signed by this key of this actor."""

    key_id: str
    owner: str


def verify(
    request: SignedRequest, now: Instant, authority: str, own_origin: str, *, loopback: bool = False
) -> Generator[KeyWanted, PublicKey | Refusal, Verified | Refusal]:
    """Who signed the request. Asks for the stored key, then once for a fresh one: it may have been rotated."""
    signature = parse_signature(request, now, authority)
    if isinstance(signature, Refusal):
        return signature
    key_id = signature.key_id
    if isinstance(parse_id(key_id, loopback=loopback), Refusal) or origin(key_id) == own_origin:
        return Refusal("key.bad_uri", f"not the address of another server's key: {key_id[:80]!r}")
    refused = Refusal("sig.bad", f"no key {key_id} made this signature")
    for fresh in (False, True):
        key = yield KeyWanted(key_id, fresh)
        if isinstance(key, Refusal):
            refused = key
            continue
        bad = verify_signature(signature, key)
        if bad is None:
            return Verified(key_id, key.owner)
        refused = bad
        if bad.code == "sig.alg":
            break
    return refused


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


def _check_object(thing: object, kind: str, signer: str, own_origin: str, *, loopback: bool) -> Refusal | None:
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
    owners = thing.get("attributedTo")
    if owners is None:
        # What names no owner is a tombstone, or an actor, which is its own owner.
        owners = target if kind == "Update" else signer
    if owners != signer and (owners != [signer] or _is_act(thing)):
        return Refusal("owner.mismatch", f"{signer} sends what is attributed to {str(owners)[:80]}")
    return None


def _is_act(thing: Document) -> bool:
    kind = thing.get("type")
    return isinstance(kind, str) and kind.startswith("gov:")
