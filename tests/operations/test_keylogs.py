"""Whose key signed is for the author's key-log to say: what a neighbour makes of swapped, stolen and retired keys."""

from pathlib import Path
from typing import Final

import pytest

from app.federation import integrity_proofs, keys
from app.federation.keys import SealSigner
from app.governance.assembly import Body
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.ledger.keylog import next_key_digest
from app.operations.record import recording
from app.operations.record.sealing import load, seal_signer
from app.store import acts
from app.store.acts import Standing
from app.translation import build
from tests.operations.neighbours import Place, Valley, settle_down

THIEF: Final = b"\x07" * 32


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    made = settle_down(tmp_path, sqlite_template, {"Riverside": ("Ana", "Bo"), "Hill": ("Rojin", "Tom")})
    made.visit(made["Hill"], made["Riverside"])
    return made


def signer(author: Place, seed: bytes) -> SealSigner:
    return keys.seal_signer(f"{author.assembly}#ed25519-key", seed)


def current(author: Place) -> SealSigner:
    return author.do(lambda c, i: seal_signer(c, i, author.assembly))


def sealed(author: Place, name: str, key: SealSigner) -> Document:
    """A report of the author, signed by this key."""
    author.clock.tick()
    at = author.clock.now()
    document = build.draft(id=Id(f"{author.instance.url}/acts/{name}"), author=author.assembly, published=at, name=name)
    return integrity_proofs.seal(document, key, at)


def entry(author: Place, key: SealSigner, *, version: int = 2, following: bool = True) -> Document:
    """A KeyEvent of the author in which `key` is the one key, signed by it."""
    first = author.read(lambda c: acts.of_type(c, "gov:KeyEvent", author=author.assembly))[0]
    author.clock.tick()
    at = author.clock.now()
    document = build.key_event(
        id=Id(f"{author.instance.url}/acts/key-{version}-{key.multikey()[-6:]}"),
        author=author.assembly,
        published=at,
        version=version,
        keys=(key.multikey(),),
        next_key_digests=(next_key_digest("nothing"),),
        body=Body.COMMUNE,
    )
    if following:
        document["gov:previous"] = {"id": first.id, "gov:digest": first.digest}
    return integrity_proofs.seal(document, key, at)


def standing(place: Place, document: Document) -> tuple[Standing, str]:
    """What a place makes of an act whose proof holds under a key that the author's actor lists."""
    kept = place.do(recording.record, document, {}, None)
    assert kept is not None
    return kept.standing, (kept.because or "").partition(":")[0]


def test_the_key_log_comes_with_the_record(valley: Valley) -> None:
    held = valley["Hill"].read(lambda c: acts.of_type(c, "gov:KeyEvent", author=valley["Riverside"].assembly))
    assert [load(act)["gov:keys"] for act in held] == [[current(valley["Riverside"]).multikey()]]


@pytest.mark.withstands("A27")
def test_an_act_by_a_key_that_was_swapped_in_is_evidence(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    assert standing(hill, sealed(river, "honest", current(river))) == (Standing.AUTHENTIC, "")
    assert standing(hill, sealed(river, "swapped", signer(river, THIEF))) == (Standing.EVIDENCE, "key.unlogged")


@pytest.mark.withstands("B19")
def test_a_retired_key_is_good_for_what_came_before_its_successor(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    old, new = current(river), signer(river, river.next_key)
    assert standing(hill, sealed(river, "before", old)) == (Standing.AUTHENTIC, "")
    assert standing(hill, entry(river, new)) == (Standing.AUTHENTIC, "")
    assert standing(hill, sealed(river, "after", new)) == (Standing.AUTHENTIC, "")
    assert standing(hill, sealed(river, "too-late", old)) == (Standing.EVIDENCE, "key.unlogged")
    before = hill.read(lambda c: acts.by_id(c, f"{river.instance.url}/acts/before"))
    assert before is not None
    assert before.standing is Standing.AUTHENTIC


@pytest.mark.withstands("F24")
def test_a_thief_cannot_rotate_to_a_key_to_which_nobody_committed(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    stolen = signer(river, THIEF)
    assert standing(hill, entry(river, stolen)) == (Standing.EVIDENCE, "keylog.uncommitted")
    assert standing(hill, sealed(river, "by-thief", stolen)) == (Standing.EVIDENCE, "key.unlogged")
    assert standing(hill, sealed(river, "still-honest", current(river))) == (Standing.AUTHENTIC, "")


@pytest.mark.withstands("F24")
@pytest.mark.parametrize(("version", "following"), [(1, False), (2, False), (3, True)])
def test_what_does_not_follow_from_the_last_entry_changes_nothing(
    valley: Valley, version: int, *, following: bool
) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    new = signer(river, river.next_key)
    assert standing(hill, entry(river, new, version=version, following=following))[0] is Standing.EVIDENCE
    assert standing(hill, sealed(river, "by-next", new)) == (Standing.EVIDENCE, "key.unlogged")
