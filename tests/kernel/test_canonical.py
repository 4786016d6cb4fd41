"""Strict JSON in, canonical JSON out: what two parsers could read in two ways is refused."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.canonical import (
    MAX_ACT_BYTES,
    MAX_DEPTH,
    MAX_INTEGER,
    Document,
    canonical,
    check_act_bytes,
    commitment,
    digest,
    digest_bytes,
    read_act,
    read_document,
)
from app.kernel.refusal import Refusal

VECTORS: Final = Path(__file__).parents[2] / "../shared/vectors/crypto/rfc8785-jcs"


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_canonical_json_is_that_of_rfc_8785(name: str) -> None:
    if not VECTORS.is_dir():
        pytest.skip("the published JCS vectors are not beside this checkout")
    value = json.loads((VECTORS / f"input/{name}.json").read_text(encoding="utf-8"))
    assert canonical(value) == (VECTORS / f"output/{name}.json").read_bytes().rstrip(b"\n")
    assert canonical(value) == bytes.fromhex((VECTORS / f"outhex/{name}.txt").read_text())


def test_keys_are_sorted_by_utf_16_and_nothing_is_spaced_out() -> None:
    assert (
        canonical({"\ue000": 1, "\U0001f600": 2, "a": [True, None]}) == '{"a":[true,null],"😀":2,"\ue000":1}'.encode()
    )
    assert canonical({"é": '3/4 "yes"\n'}) == b'{"\xc3\xa9":"3/4 \\"yes\\"\\n"}'


@pytest.mark.withstands("B20")
@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'[{"a":1,"\\u0061":2}]', b'{"a":[{"b":1,"b":2}]}']
)
def test_an_object_with_a_key_twice_is_refused_however_deep(raw: bytes) -> None:
    assert code(read_document(raw)) == "json.dup"


@pytest.mark.withstands("B21")
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_what_is_no_finite_number_is_refused(number: str) -> None:
    assert code(read_document(f'{{"a":{number}}}'.encode())) == "json.number"


@pytest.mark.withstands("B22")
@pytest.mark.parametrize("number", [str(2**53), str(-(2**53)), "9" * 5_000, "-" + "9" * 5_000])
def test_an_integer_that_a_double_cannot_hold_is_refused(number: str) -> None:
    assert code(read_document(f'{{"a":[{number}]}}'.encode())) == "json.number"
    assert read_document(f'{{"a":{MAX_INTEGER},"b":{-MAX_INTEGER}}}'.encode()) == {"a": MAX_INTEGER, "b": -MAX_INTEGER}


@pytest.mark.withstands("B23")
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_nests_too_deep_is_refused_before_it_is_parsed(depth: int, opening: str, closing: str) -> None:
    nested = '{"a":' + opening * (depth - 1) + "1" + closing * (depth - 1) + "}"
    assert code(read_document(nested.encode())) == "json.depth"
    assert code(read_document((opening * depth).encode())) == "json.depth"


def test_32_levels_are_allowed_and_brackets_in_strings_do_not_count() -> None:
    deepest = '{"a":' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"
    assert isinstance(read_document(deepest.encode()), dict)
    text = "[{" * 100 + '\\"' + "[" * 100
    assert isinstance(read_document(f'{{"a":"{text}"}}'.encode()), dict)


@pytest.mark.withstands("B24")
@pytest.mark.parametrize(
    "raw",
    [
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\\ud800"}',
        b'{"a":"x\\udc00\\ud800"}',
        b'{"\\ud800":1}',
        b'{"a":"\\u0000"}',
        b'{"a\\u0000":1}',
    ],
)
def test_text_that_is_no_unicode_text_is_refused(raw: bytes) -> None:
    assert code(read_document(raw)) == "json.text"


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"1", b'"a"', b"{", b"{'a':1}", b'{"a":1}x', b'{"a":01}', b'{"a":"\x01"}', b"null"]
)
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    assert code(read_document(raw)) == "json.form"


def test_a_surrogate_pair_is_one_character() -> None:
    assert read_document(b'{"a":"\\ud83d\\ude00"}') == {"a": "😀"}


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for read in (read_document, read_act):
        found = read(raw)
        assert isinstance(found, Refusal | dict)


@pytest.mark.parametrize("number", ["1.0", "1e3", "-0", "0.5", "-0.0"])
def test_an_act_has_no_number_but_an_integer(number: str) -> None:
    raw = f'{{"a":{number}}}'.encode()
    assert code(read_act(raw)) == "json.number"
    assert isinstance(read_document(raw), dict)


def test_texts_and_keys_of_an_act_are_in_normal_form_c() -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    assert read_act(f'{{"{composed}":"{composed}"}}'.encode()) == {composed: composed}
    assert code(read_act(f'{{"a":"{decomposed}"}}'.encode())) == "json.text"
    assert code(read_act(f'{{"{decomposed}":"a"}}'.encode())) == "json.text"


def test_an_act_has_at_most_60_kib_as_received_and_as_signed() -> None:
    fits = b'{"a":"' + b"x" * (MAX_ACT_BYTES - 8) + b'"}'
    assert len(fits) == MAX_ACT_BYTES
    assert isinstance(read_act(fits), dict)
    assert code(read_act(fits + b" ")) == "json.size"
    assert code(check_act_bytes({"a": "x" * MAX_ACT_BYTES})) == "json.size"


@pytest.mark.withstands("F41")
@given(st.dictionaries(st.text(max_size=5), st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=5), max_size=5))
def test_two_encodings_of_one_meaning_have_one_canonical_form(document: dict[str, Any]) -> None:
    shuffled = dict(reversed(list(document.items())))
    spaced = json.dumps(shuffled, indent=3, ensure_ascii=True)
    found = read_document(spaced.encode())
    if isinstance(found, Refusal):  # a NUL, which Hypothesis likes
        assert found.code == "json.text"
    else:
        assert canonical(found) == canonical(document)
        assert digest(found) == digest(document)


_PLAIN: Final = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=6)


@given(
    st.recursive(
        _PLAIN | st.floats(allow_nan=False, allow_infinity=False),
        lambda within: st.lists(within, max_size=4) | st.dictionaries(st.text(max_size=4), within, max_size=4),
        max_leaves=12,
    )
)
def test_the_quick_way_to_canonical_json_is_the_standard_one(value: Document) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [MAX_INTEGER + 1, "\ud800", {"a": {1: 2}}, float("nan"), {"a": [b"x"]}])
def test_what_json_cannot_hold_has_no_canonical_form(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


def test_a_digest_is_over_everything_but_the_proof() -> None:
    document = {"id": "https://a.example/acts/1", "content": "x"}
    assert digest(document | {"proof": {"proofValue": "z1"}}) == digest(document) == digest_bytes(canonical(document))
    assert digest(document | {"content": "y"}) != digest(document)
    assert digest(document).startswith("zQm")


def test_a_commitment_hides_its_value_behind_32_bytes_of_salt() -> None:
    assert commitment(b"\x00" * 32, ["a"]) != commitment(b"\x01" * 32, ["a"])
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"short", ["a"])
