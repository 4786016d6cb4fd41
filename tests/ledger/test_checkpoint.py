"""Checkpoints: what an assembly says its log is, signed; and the files that prove a place in it."""

from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusal import Refusal
from app.ledger import checkpoint, tlog_proof
from app.ledger.merkle import inclusion_proof, leaf_hash, root

ORIGIN: Final = "https://a.example/assembly"
KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
OTHER: Final = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
PUBLIC: Final = KEY.public_key().public_bytes_raw()
BODIES: Final = (b"one", b"two", b"three", b"four", b"five")
LEAVES: Final = tuple(leaf_hash(body) for body in BODIES)
NOTE: Final = checkpoint.sign(ORIGIN, 5, root(LEAVES), KEY.sign, PUBLIC)


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def test_a_checkpoint_says_what_was_signed() -> None:
    found = checkpoint.verify(NOTE, ORIGIN, PUBLIC)
    assert isinstance(found, checkpoint.Checkpoint)
    assert (found.origin, found.size, found.root) == (ORIGIN, 5, root(LEAVES))


def test_a_cosignature_beside_the_seal_changes_nothing() -> None:
    cosigned = NOTE + "— witness.example S4X82uH5AAAA\n"
    assert isinstance(checkpoint.verify(cosigned, ORIGIN, PUBLIC), checkpoint.Checkpoint)


def test_another_key_another_log_or_another_size_is_refused() -> None:
    assert code(checkpoint.verify(NOTE, ORIGIN, OTHER.public_key().public_bytes_raw())) == "checkpoint.bad"
    assert code(checkpoint.verify(NOTE, "https://b.example/assembly", PUBLIC)) == "checkpoint.origin"
    assert code(checkpoint.verify(NOTE.replace("\n5\n", "\n6\n"), ORIGIN, PUBLIC)) == "checkpoint.bad"
    forged = checkpoint.sign(ORIGIN, 6, root(LEAVES), OTHER.sign, PUBLIC)
    assert code(checkpoint.verify(forged, ORIGIN, PUBLIC)) == "checkpoint.bad"


@pytest.mark.parametrize(
    "note",
    [
        "",
        NOTE.replace("\n5\n", "\n05\n"),
        NOTE.replace("\n5\n", "\n-5\n"),
        NOTE.replace("\n5\n", "\n٥\n"),
        NOTE.replace("\n5\n", "\n" + "9" * 17 + "\n"),
        NOTE.replace("— ", "-- "),
        NOTE.removesuffix("\n"),
        NOTE.partition("\n\n")[0] + "\n\n",
        NOTE.replace("=\n\n", "\n\n"),
        NOTE + "— witness.example not-base64\n",
        "\n" + NOTE.partition("\n")[2],
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(note: str) -> None:
    assert code(checkpoint.parse(note)) == "checkpoint.form"


@pytest.mark.withstands("D18")
def test_a_giant_checkpoint_too_many_signatures_or_hashes_are_refused() -> None:
    line = NOTE.split("\n\n")[1]
    assert code(checkpoint.parse(NOTE + line * 16)) == "checkpoint.form"
    assert code(checkpoint.parse(NOTE.replace("\n\n", "\n" + "x" * 17_000 + "\n\n"))) == "checkpoint.form"
    assert code(tlog_proof.parse(tlog_proof.render(0, [LEAVES[0]] * 64, NOTE))) == "tlog_proof.form"


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(checkpoint.parse(text), Refusal)
    assert isinstance(tlog_proof.parse(text), Refusal)


@pytest.mark.parametrize("index", range(5))
def test_a_proof_file_shows_that_an_act_is_in_the_log(index: int) -> None:
    text = tlog_proof.render(index, inclusion_proof(index, LEAVES), NOTE)
    assert isinstance(tlog_proof.verify(text, BODIES[index], ORIGIN, PUBLIC), checkpoint.Checkpoint)
    assert code(tlog_proof.verify(text, b"another act", ORIGIN, PUBLIC)) == "tlog_proof.bad"
    assert code(tlog_proof.verify(text, BODIES[index], "https://b.example/assembly", PUBLIC)) == "checkpoint.origin"


def test_the_extra_line_of_the_format_is_passed_over() -> None:
    text = tlog_proof.render(0, inclusion_proof(0, LEAVES), NOTE)
    extra = text.replace("index 0", "extra Z3Vlc3M=\nindex 0")
    assert tlog_proof.parse(extra) == tlog_proof.parse(text)


@pytest.mark.parametrize("index", ["index 00", "index -1", "index", "INDEX 0", "index ٠", "index " + "9" * 17])
def test_an_index_has_one_spelling(index: str) -> None:
    text = tlog_proof.render(0, (), NOTE).replace("index 0", index)
    assert code(tlog_proof.parse(text)) == "tlog_proof.form"
