"""What acts mean is read once, and nobody fills the memory with large ones."""

import json

import pytest

from app.federation.documents import CONTEXT
from app.operations.record.meanings import meaning


def report(number: int, content: str) -> bytes:
    owner = "https://hill.example/assembly"
    return json.dumps(
        {
            "@context": CONTEXT,
            "id": f"https://hill.example/acts/{number}",
            "type": "gov:Report",
            "attributedTo": owner,
            "published": "2026-11-22T15:04:05Z",
            "gov:session": {"id": "https://hill.example/acts/s", "gov:digest": "z" + "Q" * 46},
            "content": content,
        }
    ).encode()


def test_an_act_that_is_read_again_is_the_same_one() -> None:
    raw = report(1, "<p>Short.</p>")
    kept = meaning(raw, None, None, loopback=False)
    assert kept is not None
    assert meaning(report(1, "<p>Short.</p>"), None, None, loopback=False) is kept


@pytest.mark.withstands("D19")
def test_of_large_acts_few_are_remembered() -> None:
    first = report(0, "x" * 50_000)
    kept = meaning(first, None, None, loopback=False)
    assert meaning(first, None, None, loopback=False) is kept
    for number in range(1, 300):
        meaning(report(number, "x" * 50_000), None, None, loopback=False)
    assert meaning(first, None, None, loopback=False) is not kept
