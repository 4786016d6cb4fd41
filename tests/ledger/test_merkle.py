"""The log's tree: a leaf is in it or it is not, and a longer log began as the shorter one."""

import hashlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES: Final = tuple(leaf_hash(bytes([number])) for number in range(70))
SIZES: Final = st.integers(1, len(LEAVES))


def test_the_published_roots_of_rfc_6962_come_out() -> None:
    # The reference inputs that certificate-transparency implementations share.
    inputs = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    roots = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    leaves = [leaf_hash(bytes.fromhex(text)) for text in inputs]
    for size, expected in roots.items():
        assert root(leaves[:size]).hex() == expected


def test_a_leaf_never_hashes_like_an_inner_node() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert root(()) == hashlib.sha256(b"").digest()


@given(SIZES)
def test_appending_one_by_one_gives_the_root_of_the_whole(size: int) -> None:
    log = Frontier()
    for leaf in LEAVES[:size]:
        log = log.append(leaf)
    assert (log.size, log.root()) == (size, root(LEAVES[:size]))
    assert len(log.hashes) == size.bit_count()


@given(SIZES, st.data())
def test_every_leaf_proves_its_place_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    path, head = inclusion_proof(index, LEAVES[:size]), root(LEAVES[:size])
    assert verify_inclusion(LEAVES[index], index, size, path, head)
    assert verify_inclusion(LEAVES[index], other, size, path, head) == (other == index)
    assert not verify_inclusion(LEAVES[index], index, size, (*path, head), head)
    assert not verify_inclusion(leaf_hash(b"forged"), index, size, path, head)


@given(SIZES, st.data())
def test_a_log_that_grew_proves_that_it_only_grew(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    was, now = root(LEAVES[:old]), root(LEAVES[:size])
    path = consistency_proof(old, LEAVES[:size])
    assert verify_consistency(old, was, size, now, path)
    if old < size:
        assert not verify_consistency(old, leaf_hash(b"rewritten"), size, now, path)
        assert not verify_consistency(old, was, size, now, (*path, now))
    if 0 < old < size:
        rewritten = (leaf_hash(b"rewritten"), *LEAVES[1:size])
        assert not verify_consistency(old, was, size, root(rewritten), consistency_proof(old, rewritten))


def test_proofs_are_asked_for_leaves_that_exist() -> None:
    with pytest.raises(IndexError, match="no leaf 3"):
        inclusion_proof(3, LEAVES[:3])
    with pytest.raises(IndexError, match="never 4"):
        consistency_proof(4, LEAVES[:3])
    assert not verify_inclusion(LEAVES[0], 0, 0, (), root(()))
    assert not verify_consistency(3, root(LEAVES[:3]), 2, root(LEAVES[:2]), ())
