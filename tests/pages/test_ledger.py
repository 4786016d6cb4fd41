"""Whoever has only our address counts the root of our ledger again, from tiles (C2SP tlog-tiles)."""

import asyncio
from pathlib import Path

import pytest

from app.ledger import checkpoint
from app.ledger.merkle import leaf_hash, root
from app.operations.record.sealing import append_leaf
from app.store.database import Connection
from tests.pages.commune import Commune, commune

LEAVES = 3 * 256 + 5


def fetched(opened: Commune, path: str) -> bytes:
    answer = opened.client.get(f"/ledger/{path}")
    assert answer.status_code == 200, path
    return bytes(answer.content)


def split(tile: bytes) -> list[bytes]:
    return [tile[start : start + 32] for start in range(0, len(tile), 32)]


def read_entries(raw: bytes) -> list[bytes]:
    found = []
    while raw:
        size = int.from_bytes(raw[:2], "big")
        found.append(raw[2 : 2 + size])
        raw = raw[2 + size :]
    return found


def grow(opened: Commune, size: int) -> None:
    """Append leaves until the ledger has `size` of them."""

    def work(connection: Connection) -> None:
        while append_leaf(connection, opened.instance, b'{"kind":"received"}', None, 0) + 1 < size:
            pass

    asyncio.run(opened.instance.database.write(work))


@pytest.mark.shows("B9")
def test_a_stranger_counts_the_root_again_from_tiles(tmp_path: Path, empty_url: str) -> None:
    with commune(tmp_path, database_url=empty_url) as opened:
        grow(opened, LEAVES)
        note = checkpoint.parse(fetched(opened, "checkpoint").decode())
        assert isinstance(note, checkpoint.Checkpoint)
        assert (note.origin, note.size) == (opened.instance.assembly, LEAVES)
        tiles = [fetched(opened, f"tile/0/{index:03}") for index in range(3)] + [fetched(opened, "tile/0/003.p/5")]
        hashes = [one for tile in tiles for one in split(tile)]
        assert root(hashes) == note.root
        above = split(fetched(opened, "tile/1/000.p/3"))
        assert above == [root(split(tile)) for tile in tiles[:3]]
        bundles = [fetched(opened, f"tile/entries/{index:03}") for index in range(3)]
        bundles.append(fetched(opened, "tile/entries/003.p/5"))
        assert [leaf_hash(entry) for raw in bundles for entry in read_entries(raw)] == hashes


def test_a_tile_may_be_kept_for_ever_and_the_checkpoint_not(tmp_path: Path) -> None:
    with commune(tmp_path) as opened:
        assert "immutable" in opened.client.get("/ledger/tile/0/000.p/1").headers["cache-control"]
        assert opened.client.get("/ledger/tile/entries/000.p/1").headers["cache-control"] == "no-cache"
        assert opened.client.get("/ledger/checkpoint").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["0/000", "0/001.p/1", "1/000.p/1", "5/x999/999", "entries/000", "0/%00", "9/000", "x"]
)
def test_a_tile_that_is_not_there_is_not_found(tmp_path: Path, path: str) -> None:
    with commune(tmp_path) as opened:
        assert opened.client.get(f"/ledger/tile/{path}").status_code == 404
