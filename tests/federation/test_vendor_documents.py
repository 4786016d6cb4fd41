"""Documents that other software really sent: each is read or refused by name, and nothing breaks.

They lie beside the checkout, where a developer has them; their licences keep them out of it. What must
always run has documents of its own in these shapes (test_posts.py, test_objects.py).
"""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from app.federation import objects, posts, values
from app.federation.documents import Actor
from app.federation.objects import ACTORS, COLLECTIONS, Activity, Collection, Tombstone
from app.federation.posts import Post
from app.kernel.canonical import read_document
from app.kernel.refusal import Refusal

VECTORS: Final = Path(__file__).parents[3] / "shared/vectors"
FOLDERS: Final = ("vendor", "as2-test-documents", "fep-examples")
KNOWN_CODES: Final = {
    "json.form", "json.dup", "json.number", "json.text", "json.depth",
    "id.form", "act.type", "actor.id", "actor.form", "obj.kind", "post.author",
}  # fmt: skip
_MENDED: Final = {
    b"http://": b"https://",
    b"SCRUBBED_ID": b"https://forum.example/thing",
    b"{{": b"",
    b"}}": b"",
    b"DOMAIN": b"social.example",
    b"domain": b"social.example",
}
"""What was taken out of the documents before they were published, and plain http of the years before."""


def files(folder: str) -> list[Path]:
    found = sorted(path for path in (VECTORS / folder).rglob("*") if path.is_file()) if VECTORS.is_dir() else []
    if not found:
        pytest.skip(f"the documents of {folder} are not here: they belong in {VECTORS}, beside the checkout")
    return found


def read(raw: bytes) -> objects.Thing | Refusal:
    document = read_document(raw)
    return document if isinstance(document, Refusal) else objects.read(document)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_document_is_read_or_refused_by_name(folder: str) -> None:
    strange = {
        path.name: found.code
        for path in files(folder)
        if isinstance(found := read(path.read_bytes()), Refusal) and found.code not in KNOWN_CODES
    }
    assert strange == {}


def test_what_a_server_really_sent_is_read_as_what_it_is() -> None:
    """With addresses put back, only what lacks an id, an inbox or an author, or has a type of one software, is out."""
    refused: Counter[str] = Counter()
    wrong = {}
    read_as: Counter[str] = Counter()
    for path in files("vendor"):
        raw = path.read_bytes()
        for gone, instead in _MENDED.items():
            raw = raw.replace(gone, instead)
        document = read_document(raw)
        if isinstance(document, Refusal) or path.parts[-3].startswith("_") or "links" in document:
            continue
        found = objects.read(document)
        kinds = set(values.kinds(document.get("type")))
        expected = (
            Actor if kinds & ACTORS else Post if kinds & posts.KINDS else Collection if kinds & COLLECTIONS
            else Tombstone if "Tombstone" in kinds else Activity
        )  # fmt: skip
        if isinstance(found, Refusal):
            refused[found.code] += 1
        elif not isinstance(found, expected):
            wrong[path.name] = type(found)
        else:
            read_as[expected.__name__] += 1
    assert wrong == {}
    assert read_as["Activity"] >= 140
    assert read_as["Post"] >= 75
    assert read_as["Actor"] >= 75
    assert set(refused) <= {"actor.form", "id.form", "obj.kind", "post.author", "act.type"}
    assert sum(refused.values()) <= 50
