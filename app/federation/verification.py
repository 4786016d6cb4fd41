"""Who sent this: a request's signer, as an exchange that asks for keys and does no I/O; and what they may say.

Sources: protocol.md §4, FEP-fe34, hostile A22 to A29, B04 to B07, B29, B30, B32.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

from app.federation.http_signatures import SignedRequest, parse_signature, verify_signature
from app.federation.keys import PublicKey, actor_keys
from app.kernel.canonical import Document
from app.kernel.ids import origin, parse_id, same_origin
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

_OWNED: Final = frozenset({"Create", "Update"})


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
    keys = actor_keys(actor)
    if isinstance(keys, Refusal):
        return keys
    for key in keys:
        if key.id == key_id:
            return key
    return Refusal("key.owner_unconfirmed", f"{requested} does not list the key {key_id[:80]}")


def check_activity(activity: Document, signer: str, own_origin: str, *, loopback: bool = False) -> Refusal | None:
    """None if `signer` may say `activity`; else the first reason, before any handler runs."""
    activity_id, actor, kind = activity.get("id"), activity.get("actor"), activity.get("type")
    if isinstance(actor, dict):
        actor = actor.get("id")
    if not isinstance(kind, str):
        return Refusal("act.type", "an activity has one string as type")
    bad_id = parse_id(activity_id, loopback=loopback)
    if isinstance(bad_id, Refusal):
        return bad_id
    if actor != signer:
        return Refusal("actor.mismatch", f"signed by {signer}, says to be of {str(actor)[:80]}")
    if not same_origin(bad_id, signer):
        return Refusal("id.origin", f"the id {bad_id[:80]} is not of the origin of {signer}")
    return _check_object(activity.get("object"), kind, signer, own_origin)


def _check_object(thing: Any, kind: str, signer: str, own_origin: str) -> Refusal | None:  # noqa: ANN401 - any JSON
    target = thing.get("id") if isinstance(thing, dict) else thing
    if isinstance(thing, dict) and isinstance(target, str) and kind in _OWNED | {"Delete"}:
        if origin(target) == own_origin:
            return Refusal("id.ours", f"{signer} sends an object that claims to be ours: {target[:80]}")
        owners = thing.get("attributedTo", signer)
        if kind in _OWNED and not _is_act(thing) and owners not in (signer, [signer]):
            return Refusal("owner.mismatch", f"{signer} sends what is attributed to {str(owners)[:80]}")
        if kind in _OWNED and _is_act(thing) and not isinstance(owners, str):
            return Refusal("owner.mismatch", "an act has one author")
    if kind in {"Update", "Delete"} and isinstance(target, str) and not same_origin(target, signer):
        return Refusal("owner.mismatch", f"{signer} would change {target[:80]}")
    if kind == "Undo" and isinstance(thing, dict) and thing.get("actor", signer) != signer:
        return Refusal("owner.mismatch", f"{signer} would undo what {str(thing.get('actor'))[:80]} did")
    return None


def _is_act(thing: Document) -> bool:
    kind = thing.get("type")
    return isinstance(kind, str) and kind.startswith("gov:")
