"""Files of the record with something taken out, as somebody would who wants another result."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Final

from app.kernel.canonical import canonical, digest_bytes

_MANIFEST: Final = "manifest.json"


def without(bundle: bytes, act_ids: Iterable[str]) -> bytes:
    """The bundle without these acts and their proofs, its manifest made anew. KeyError if one is not in it."""
    left_out = set(act_ids)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != _MANIFEST}
    for name, raw in tuple(members.items()):
        act_id = json.loads(raw).get("id") if name.startswith("acts/") else None
        if act_id in left_out:
            left_out.remove(act_id)
            del members[name]
            members.pop(f"proofs/{name.removeprefix('acts/').removesuffix('.json')}.txt", None)
    if left_out:
        raise KeyError(f"not in the bundle: {sorted(left_out)}")
    files = {name: digest_bytes(raw) for name, raw in sorted(members.items())}
    members[_MANIFEST] = canonical({"type": "gov:Bundle", "gov:version": 1, "gov:files": files})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return packed.getvalue()
