"""Strict JSON in, canonical JSON out, and the digest that references are made of.

Sources: RFC 7493 (I-JSON), RFC 8785 (JCS), protocol.md §2, fine-print 32; hostile B20 to B24.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import base58
import orjson
import rfc8785

from app.kernel.refusal import Refusal

Document: TypeAlias = dict[str, Any]
"""One JSON object as read: str, int, bool, None, list and dict all the way down (float outside acts)."""

MAX_ACT_BYTES: Final = 61_440
MAX_DOCUMENT_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 32
MAX_INTEGER: Final = 2**53 - 1
_LONGEST_NUMBER: Final = 32
_SHA2_256: Final = b"\x12\x20"
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_PLAIN: Final = frozenset({str, int, bool, type(None)})
_BRACKET: Final = re.compile(rb"[\[\]{}]")
_BEYOND_THE_PLANE: Final = re.compile(rb"[\xf0-\xf4]")
_SORTED: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class _BadJsonError(ValueError):
    """Carries a refusal out of the hooks of the standard library's parser."""

    def __init__(self, code: str, because: str) -> None:
        super().__init__(because)
        self.refusal = Refusal(code, because)


def read_document(raw: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> Document | Refusal:
    """The JSON object in `raw`, refused if two parsers could read it in two ways.

    Refuses by `json.size`, `json.text` (not UTF-8, BOM, NUL, lone surrogates), `json.depth` (over
    32), `json.dup`, `json.number` (NaN, infinities, beyond ±(2^53−1)) and `json.form`.
    """
    if len(raw) > max_bytes:
        return Refusal("json.size", f"{len(raw)} bytes, {max_bytes} are allowed")
    if raw.startswith(b"\xef\xbb\xbf"):
        return Refusal("json.text", "starts with a byte order mark")
    try:
        text = raw.decode()
        if _deeper_than(raw, MAX_DEPTH):
            return Refusal("json.depth", f"nested deeper than {MAX_DEPTH}")
        value = _DECODER.decode(text)
        if b"\\u" in raw or b"\x00" in raw:
            _check_texts(value)
    except UnicodeDecodeError:
        return Refusal("json.text", "not UTF-8")
    except _BadJsonError as bad:
        return bad.refusal
    except ValueError as bad:
        return Refusal("json.form", f"not JSON: {bad}")
    return value if isinstance(value, dict) else Refusal("json.form", "the top of a document is an object")


def check_act_bytes(document: Document) -> Refusal | None:
    """None if `document` may be an act's JSON: no floats, texts in NFC, at most 60 KiB in JCS (protocol.md §2)."""
    for text in _leaves(document):
        if isinstance(text, float):
            return Refusal("json.number", f"acts have no floats and no -0: {text!r}")
        if isinstance(text, str) and not unicodedata.is_normalized("NFC", text):
            return Refusal("json.text", f"not in normal form C: {text[:40]!r}")
    size = len(canonical(document))
    return Refusal("json.size", f"{size} bytes, an act has at most {MAX_ACT_BYTES}") if size > MAX_ACT_BYTES else None


def read_act(raw: bytes) -> Document | Refusal:
    """The JSON object in `raw` if it may be an act; otherwise as `read_document` and `check_act_bytes` refuse."""
    document = read_document(raw, max_bytes=MAX_ACT_BYTES)
    if isinstance(document, Refusal):
        return document
    return check_act_bytes(document) or document


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a JSON value. ValueError (of rfc8785) for what JSON cannot hold."""
    return _plainly(value) or rfc8785.dumps(value)  # type: ignore[arg-type]  # its own recursive alias is narrower than Any


def sha256(data: bytes) -> bytes:
    """The 32 bytes of SHA-256 over `data`."""
    return hashlib.sha256(data).digest()


def digest_bytes(data: bytes) -> str:
    """The digest string of raw bytes: `z` and base58btc of the sha2-256 multihash (protocol.md §2)."""
    return "z" + base58.b58encode(_SHA2_256 + sha256(data)).decode()


def digest(document: Document) -> str:
    """The digest string of a document: of its JCS bytes without `proof` (protocol.md §2)."""
    return digest_bytes(canonical({key: value for key, value in document.items() if key != "proof"}))


def commitment(salt: bytes, value: object) -> str:
    """The salted commitment to `value`: the digest string of salt ‖ JCS(value), salt of 32 bytes (fine-print 37)."""
    if len(salt) != 32:
        raise ValueError(f"a salt has 32 bytes, got {len(salt)}")
    return digest_bytes(salt + canonical(value))


def _plainly(value: object) -> bytes | None:
    """The same bytes at a fiftieth of the cost, where they are sure to be the same; else None.

    orjson writes texts and small integers as RFC 8785 does. It writes floats otherwise, and it sorts keys by
    code points, which are in the order of UTF-16 units unless some lie beyond the basic plane.
    """
    if _has_more_than_plain_values(value):
        return None
    try:
        written = orjson.dumps(value, option=_SORTED)
    except TypeError:
        return None
    return None if _BEYOND_THE_PLANE.search(written) else written


def _has_more_than_plain_values(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_more_than_plain_values, value.values()))
    if isinstance(value, list):
        return any(map(_has_more_than_plain_values, value))
    return type(value) not in _PLAIN


def _deeper_than(raw: bytes, most: int) -> bool:
    """True if brackets outside strings nest deeper than `most`; counted before any parser recurses."""
    if raw.count(b"[") + raw.count(b"{") <= most:
        return False
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > most:
            return True
    return False


def _object_once(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _BadJsonError("json.dup", "an object has the same key twice")
    return document


def _integer(text: str) -> int | float:
    if text == "-0":
        return -0.0  # a float, so that acts refuse it
    number = int(text) if len(text) <= _LONGEST_NUMBER else MAX_INTEGER + 1
    if abs(number) > MAX_INTEGER:
        raise _BadJsonError("json.number", f"beyond ±(2^53−1): {text[:24]}")
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _BadJsonError("json.number", f"not a finite number: {text[:24]}")
    return number


def _no_constant(text: str) -> float:
    raise _BadJsonError("json.number", f"not JSON: {text}")


_DECODER: Final = json.JSONDecoder(  # made once: that takes as long as to read a small document
    object_pairs_hook=_object_once, parse_int=_integer, parse_float=_finite, parse_constant=_no_constant
)


def _check_texts(value: object) -> None:
    for leaf in _leaves(value):
        if isinstance(leaf, str) and ("\x00" in leaf or any("\ud800" <= char <= "\udfff" for char in leaf)):
            raise _BadJsonError("json.text", "a NUL or a lone surrogate in a string")


def _leaves(value: object) -> Iterator[object]:
    """Every key and every value that is no container, in document order."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
