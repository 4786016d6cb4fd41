"""Key-logs: which keys a body has had, each version committed to by the one before (fine-print 27).

Signatures are not checked here: `KeyEntry.signed_by` is the key under which the entry's proof was
found to hold, by whoever reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.kernel.canonical import Document, digest, digest_bytes
from app.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One `gov:KeyEvent`: its digest, its version from 1, its Multikeys, what it commits to and follows."""

    id: str
    digest: str
    owner: str
    version: int
    keys: tuple[str, ...]
    next_digests: frozenset[str]
    previous: str | None
    signed_by: str


def read_entry(event: Document, signed_by: str) -> KeyEntry | Refusal:
    """The entry that the KeyEvent `event` makes; `keylog.form` if one of its keys has another shape.

    `signed_by` is the Multikey under which its proof holds.
    """
    version, keys, committed = event.get("gov:version"), event.get("gov:keys"), event.get("gov:nextKeyDigests") or []
    previous = event.get("gov:previous")
    named = previous.get("gov:digest") if isinstance(previous, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return Refusal("keylog.form", f"versions count from 1, got {version!r}")
    if not _are_texts(keys) or not keys or not _are_texts(committed):
        return Refusal("keylog.form", "keys and next key digests are lists of strings, and there is a key")
    if (previous is not None) != isinstance(named, str):
        return Refusal("keylog.form", "gov:previous names an entry by id and digest")
    owner, entry_id = event.get("attributedTo"), event.get("id")
    if not isinstance(owner, str) or not isinstance(entry_id, str):
        return Refusal("keylog.form", "an entry has an id and one author")
    return KeyEntry(entry_id, digest(event), owner, version, tuple(keys), frozenset(committed), named, signed_by)


def next_key_digest(multikey: str) -> str:
    """What a version says now of a key of the next: the digest string of the UTF-8 Multikey (fine-print 27)."""
    return digest_bytes(multikey.encode())


def check_first(entry: KeyEntry) -> Refusal | None:
    """None if `entry` may begin a key-log: version 1, no predecessor, signed by a key of its own."""
    if entry.version != 1 or entry.previous is not None:
        return Refusal("keylog.first", f"{entry.id} is version {entry.version}, not a first entry without predecessor")
    return _check_own_key(entry)


def check_next(last: KeyEntry, entry: KeyEntry) -> Refusal | None:
    """None if `entry` may follow `last`: it names it, and every key of it was committed to (hostile F24)."""
    if entry.owner != last.owner or entry.version != last.version + 1 or entry.previous != last.digest:
        return Refusal("keylog.order", f"{entry.id} does not follow version {last.version} of {last.owner}")
    unknown = [key for key in entry.keys if next_key_digest(key) not in last.next_digests]
    if unknown:
        return Refusal("keylog.uncommitted", f"version {last.version} did not commit to {unknown[0]}")
    return _check_own_key(entry)


def check_chain(entries: Sequence[KeyEntry]) -> Refusal | None:
    """None if `entries`, first one first, are a key-log; else why the first that does not fit does not."""
    if not entries:
        return Refusal("keylog.first", "a key-log has a first entry")
    refused = check_first(entries[0])
    for last, entry in pairwise(entries):
        refused = refused or check_next(last, entry)
    return refused


def check_act_key(entries: Sequence[KeyEntry], signed_by: str | None) -> Refusal | None:
    """None if an act that arrives now may be signed by `signed_by`: a key of the last entry; else `key.unlogged`.

    An act by a retired key is good only for leaves before its successor's entry (fine-print 27). One that
    arrives after that entry cannot show this.
    """
    if signed_by is not None and signed_by in current_keys(entries):
        return None
    owner = entries[-1].owner if entries else "nobody"
    if any(signed_by in entry.keys for entry in entries):
        return Refusal("key.unlogged", f"the key was retired by version {entries[-1].version} of {owner}")
    return Refusal("key.unlogged", f"the key was never in the key-log of {owner}")


def current_keys(entries: Sequence[KeyEntry]) -> tuple[str, ...]:
    """The Multikeys that may sign fresh acts: those of the last entry (fine-print 27)."""
    return entries[-1].keys if entries else ()


def _check_own_key(entry: KeyEntry) -> Refusal | None:
    if entry.signed_by not in entry.keys:
        return Refusal("keylog.signer", f"{entry.id} is signed by a key that is not its own")
    return None


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
