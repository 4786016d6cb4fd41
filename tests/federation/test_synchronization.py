"""Followers compared by digest: the published vector, and headers that are none."""

import json
from pathlib import Path
from typing import Final

import pytest

from app.federation.synchronization import Synchronization, parse, partial_digest, render

VECTOR: Final = Path(__file__).parents[2] / "../shared/vectors/crypto/fep-8fcf"
MEI, BO = "https://ordinary.example/users/mei", "https://ordinary.example/users/bo"
SAID: Final = Synchronization(f"{MEI}/followers", f"{MEI}/sync", partial_digest([BO]))


def test_the_published_digest_and_header_are_ours() -> None:
    files = sorted(VECTOR.glob("*.json"))
    if not files:
        pytest.skip("the vectors of FEP-8fcf are not at hand: ../shared/vectors/crypto/fep-8fcf is missing")
    [vector] = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    assert partial_digest(vector["followers"]) == vector["xor_digest"]
    read = parse(vector["header"])
    assert read is not None
    assert read.digest == vector["xor_digest"]
    assert render(read) == vector["header"]


def test_order_and_repetition_change_no_digest_and_nobody_has_the_digest_of_zeros() -> None:
    assert partial_digest([MEI, BO]) == partial_digest([BO, MEI, BO])
    assert partial_digest([]) == "0" * 64
    assert partial_digest([MEI]) != partial_digest([BO])


def test_what_is_written_is_read() -> None:
    assert parse(render(SAID)) == SAID


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        'collectionId="a", url="b"',
        'collectionId="a", url="b", digest="zz"',
        'collectionId="a", collectionId="a", url="b", digest="' + "0" * 64 + '"',
        'collectionId="a", url="b", digest="' + "0" * 63 + '"',
        'collectionId="a" url="b" digest="' + "0" * 64 + '"',
        '="' * 500,
        'collectionId="' + "a" * 3000 + '", url="b", digest="' + "0" * 64 + '"',
    ],
)
def test_a_header_of_another_form_is_passed_over(header: str) -> None:
    assert parse(header) is None
