"""Bundling: the record as one file that anybody counts again, with no server and no network (fine-print 38)."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.kernel.canonical import canonical, digest_bytes
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal
from app.ledger import merkle, tlog_proof
from app.operations.assembly import describing
from app.store import accounts, actors, acts, ledger
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.wiring import Instance

_VERSION: Final = 1
_MOST_MEMBER: Final = 256 * 1024
_MOST_TOTAL: Final = 512 * 1024 * 1024
_PACKED_AT_MOST: Final = 100  # readers refuse a ratio of 200, so what packs better than half of that is not packed
_KEY_EVENT: Final = "gov:KeyEvent"
_SAME_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the same record gives the same bytes
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class _Paths:
    """Inclusion proofs in one log; the root of each subtree is hashed once."""

    leaves: tuple[bytes, ...]
    roots: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def path(self, index: int, start: int, size: int) -> tuple[bytes, ...]:
        """The audit path of leaf `index` in the subtree of `size` leaves from `start` (RFC 6962 §2.1.1)."""
        if size == 1:
            return ()
        split = 1 << (size - 1).bit_length() - 1
        if index < start + split:
            return (*self.path(index, start, split), self._root(start + split, size - split))
        return (*self.path(index, start + split, size - split), self._root(start, split))

    def _root(self, start: int, size: int) -> bytes:
        if size == 1:
            return self.leaves[start]
        if (start, size) not in self.roots:
            split = 1 << (size - 1).bit_length() - 1
            self.roots[start, size] = merkle.node_hash(
                self._root(start, split), self._root(start + split, size - split)
            )
        return self.roots[start, size]


def export(connection: Connection, instance: Instance) -> bytes | Refusal:
    """The whole record as a `.gov.zip`: authentic acts as signed, actors, key entries, checkpoint and proofs.

    An act whose words were taken out is not in it: what stays of one has no proof.

    `body.missing` before there is an instance, `bundle.size` if it would be larger than readers take.
    """
    if accounts.body(connection) is None:
        return Refusal("body.missing", "there is no instance here: `roundabout init` makes one")
    kept = [act for act in _acts(connection) if act.standing is Standing.AUTHENTIC and act.erased_at is None]
    members: dict[str, bytes] = {path_of(act): act.raw for act in kept}
    members |= actors_of(connection, instance, {act.author for act in kept})
    members |= _proofs(connection, kept)
    return pack(members)


def pack(members: Mapping[str, bytes]) -> bytes | Refusal:
    """The zip of `members` by path, with the manifest that lists them; `bundle.size` if it is too large."""
    large = [path for path, raw in members.items() if len(raw) > _MOST_MEMBER]
    if large or sum(len(raw) for raw in members.values()) > _MOST_TOTAL:
        return Refusal("bundle.size", f"larger than a file of the record may be: {', '.join(large) or 'all together'}")
    manifest = {
        "type": "gov:Bundle",
        "gov:version": _VERSION,
        "gov:files": {path: digest_bytes(raw) for path, raw in sorted(members.items())},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, raw in (("manifest.json", canonical(manifest)), *sorted(members.items())):
            entry = zipfile.ZipInfo(path, _SAME_TIME)
            shrinks = len(raw) <= _PACKED_AT_MOST * max(len(zlib.compress(raw)), 1)
            archive.writestr(entry, raw, zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED)
    return packed.getvalue()


def _acts(connection: Connection) -> Iterable[StoredAct]:
    yield from acts.after_leaf(connection, -1, acts.size(connection))
    after = 0
    while found := acts.received_after(connection, after, _PAGE):
        yield from found
        after = found[-1].seq


def path_of(act: StoredAct) -> str:
    """Where an act stands in the file."""
    folder = "keylog" if act.type == _KEY_EVENT else "acts"
    return f"{folder}/{act.seq:08}.json"


def actors_of(connection: Connection, instance: Instance, authors: Iterable[str]) -> dict[str, bytes]:
    """The documents of those who sealed something, where they are known."""
    found: dict[str, bytes] = {}
    for author in sorted(authors):
        if same_origin(author, instance.url):
            raw = describing.actor(connection, instance, author)
        else:
            stored = actors.get(connection, author)
            raw = stored.raw if stored is not None else None
        if raw is not None:
            found[f"actors/{digest_bytes(author.encode())}.json"] = raw
    return found


def _proofs(connection: Connection, kept: Iterable[StoredAct]) -> dict[str, bytes]:
    """Our newest checkpoint, and for each act of ours the proof that it is in our ledger."""
    tip = ledger.tip(connection)
    if tip is None:
        return {}
    paths = _Paths(ledger.leaf_hashes(connection, tip.size))
    found = {"checkpoints/ours.txt": tip.checkpoint.encode()}
    for act in kept:
        if not act.own or act.leaf is None or act.type == _KEY_EVENT:
            continue
        proof = tlog_proof.render(act.leaf, paths.path(act.leaf, 0, tip.size), tip.checkpoint)
        found[f"proofs/{act.seq:08}.txt"] = proof.encode()
    return found
