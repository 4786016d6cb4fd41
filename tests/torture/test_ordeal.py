"""A short ordeal on each database: ten kills at random instants lose nothing and double nothing."""

import os
from pathlib import Path

import pytest

from tests.torture.ordeal import founded, ordeal

_KILLS = 10


@pytest.mark.withstands("E01")
@pytest.mark.withstands("E10")
@pytest.mark.withstands("E17")
@pytest.mark.xdist_group("torture")
@pytest.mark.timeout(900)
def test_ten_kills_lose_nothing_that_was_acknowledged_and_double_nothing(empty_url: str, tmp_path: Path) -> None:
    on = empty_url if empty_url.startswith("postgresql") else ""
    found = ordeal(founded(tmp_path / "data", on), _KILLS, seed=int.from_bytes(os.urandom(4)))
    assert (found.lost, found.doubled, found.faults) == ([], [], [])
    assert found.acknowledged > _KILLS
