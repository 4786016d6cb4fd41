"""Tiles: each has one address, and a log has those that its length fills."""

import pytest

from app.kernel.refusal import Refusal
from app.ledger.tiles import Tile, address, entries, is_in, parse_address


@pytest.mark.parametrize(
    ("text", "tile"),
    [
        ("0/000", Tile(0, 0, 256)),
        ("0/x001/x234/067", Tile(0, 1_234_067, 256)),
        ("1/003.p/12", Tile(1, 3, 12)),
        ("entries/x001/000.p/255", Tile(None, 1_000, 255)),
    ],
)
def test_an_address_names_one_tile_and_a_tile_has_one_address(text: str, tile: Tile) -> None:
    assert parse_address(text) == tile
    assert address(tile) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "0", "0/0", "0/00", "0/0000", "6/000", "-1/000", "00/000", "0/x000/001", "0/001/002", "0/x001", "0/000.p/0",
        "0/000.p/256", "0/000.p/007", "0/000.p", "0/000.p/", "0/000/", "/0/000", "0/٠٠٠", "data/000", "0/../000",
        "0/" + "x001/" * 6 + "000", "0/000.p/1/../2",
    ],
)  # fmt: skip
def test_what_is_not_the_one_address_of_a_tile_is_none(text: str) -> None:
    found = parse_address(text)
    assert isinstance(found, Refusal)
    assert found.code == "tile.address"


@pytest.mark.parametrize(
    ("tile", "size"),
    [
        (Tile(0, 0, 1), 1),
        (Tile(0, 0, 256), 256),
        (Tile(None, 1, 44), 300),
        (Tile(1, 0, 1), 256),
        (Tile(2, 0, 1), 65_536),
    ],
)
def test_a_tile_is_there_from_the_leaf_that_fills_it(tile: Tile, size: int) -> None:
    assert is_in(tile, size)
    assert is_in(tile, size + 1_000)
    assert not is_in(tile, size - 1)


def test_each_entry_stands_behind_its_length() -> None:
    assert entries([b"one", b"", b"x" * 300]) == b"\x00\x03one\x00\x00\x01\x2c" + b"x" * 300


def test_an_entry_whose_length_does_not_fit_is_a_bug() -> None:
    with pytest.raises(ValueError, match="65535 bytes"):
        entries([b"x" * 65_536])
