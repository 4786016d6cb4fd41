"""Count it again yourself: the offline verifier of a file of the record.

A second implementation of governance.md, protocol.md and fine-print.md, written from those pages
alone. It needs Python 3.11 and `cryptography`, opens no connection and no database, writes no
file and imports nothing of the server, so that it can be read from top to bottom and run by
somebody who trusts nobody: `python verifier.py FILE [--trust DIGEST] [--json]`.

The sections: bytes · keys and proofs · acts · the file · key-logs · ledgers · rules · the record ·
mandates · where an assembly stands · outcomes · the report · the command.
"""

import argparse
import base64
import binascii
import hashlib
import io
import json
import re
import stat
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from ipaddress import ip_address
from math import gcd
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json: TypeAlias = dict[str, Any]

# ----------------------------------------------------------------------------------------------
# Bytes: strict JSON in, canonical JSON out, base58, digests (RFC 7493, RFC 8785, fine-print 32)
# ----------------------------------------------------------------------------------------------

MOST_ACT_BYTES: Final = 61_440
MOST_DEPTH: Final = 32
MOST_INTEGER: Final = 2**53 - 1
_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE_OF: Final = {char: value for value, char in enumerate(_ALPHABET)}
_LONGEST_BASE58: Final = 128
_QUOTE: Final = json.JSONEncoder(ensure_ascii=False).encode
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_SHA2_256: Final = b"\x12\x20"
_STRINGS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKETS: Final = re.compile(rb"[\[\]{}]")


class Unreadable(ValueError):  # noqa: N818 - says what the bytes are, not that somebody erred
    """Bytes or values that a strict reader refuses; `code` is the dotted name of hostile.md."""

    def __init__(self, code: str, because: str) -> None:
        super().__init__(because)
        self.code = code
        self.because = because


def read_json(raw: bytes, *, most: int, floats: bool = False) -> Json:
    """The one JSON object in `raw`. Unreadable if two parsers could read it in two ways (hostile B20 to B24)."""
    if len(raw) > most:
        raise Unreadable("json.size", f"{len(raw)} bytes, {most} are allowed")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Unreadable("json.text", "starts with a byte order mark")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as bad:
        raise Unreadable("json.text", "not UTF-8") from bad
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_DEPTH:
            raise Unreadable("json.depth", f"nested deeper than {MOST_DEPTH}")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_each_key_once,
            parse_int=_whole,
            parse_float=_any_number if floats else _no_number,
            parse_constant=_no_number,
        )
    except Unreadable:
        raise
    except ValueError as bad:
        raise Unreadable("json.form", f"not JSON: {bad}") from bad
    if not isinstance(value, dict):
        raise Unreadable("json.form", "the top is no object")
    if not raw.isascii() or b"\\u" in raw:  # else every text is plain and in normal form
        _check_texts(value, normal=not floats)
    return value


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of objects, lists, texts, whole numbers, true, false and null; acts hold nothing else."""
    return _canonical(value).encode("utf-8")


def base58_decode(text: str) -> bytes:
    """The bytes of a base58btc text of at most 128 characters; Unreadable otherwise."""
    number = 0
    if len(text) > _LONGEST_BASE58 or not set(text) <= _VALUE_OF.keys():
        raise Unreadable("base58", "not base58btc, or too long")
    for char in text:
        number = number * 58 + _VALUE_OF[char]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58_encode(data: bytes) -> str:
    """The base58btc text of `data`."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def _canonical_of_read(document: Json) -> bytes:
    """As `canonical`, of what `read_json` took: that has no floats, and plain keys are sorted alike in every order."""
    text = _PLAIN(document)
    return text.encode() if text.isascii() else canonical(document)


def digest_of(data: bytes) -> str:
    """The digest string of raw bytes: `z` and base58btc of the sha2-256 multihash (protocol.md §2)."""
    return "z" + base58_encode(_SHA2_256 + sha256(data))


def digest(document: Json) -> str:
    """The digest string of a document without its proof."""
    return digest_of(canonical({key: value for key, value in document.items() if key != "proof"}))


def _canonical(value: object) -> str:
    if isinstance(value, str):
        return _QUOTE(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, dict):
        # RFC 8785 sorts keys by UTF-16 code units, which is not code-point order beyond U+FFFF.
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_in_utf_16)
        return "{" + ",".join(f"{_canonical(key)}:{_canonical(value[key])}" for key in keys) + "}"
    raise Unreadable("json.number", f"acts hold no {type(value).__name__}")


def _in_utf_16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _each_key_once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("json.dup", "an object has the same key twice")
    return found


def _whole(text: str) -> int:
    if text == "-0" or len(text) > 17 or abs(int(text)) > MOST_INTEGER:
        raise Unreadable("json.number", f"no whole number within ±(2^53−1): {text[:20]}")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise Unreadable("json.number", f"not a whole number: {text[:20]}")


def _any_number(text: str) -> float:
    return float(text)


def _check_texts(value: object, *, normal: bool) -> None:
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)):
            raise Unreadable("json.text", "a NUL or a lone surrogate")
        if normal and not unicodedata.is_normalized("NFC", value):
            raise Unreadable("json.text", f"not in normal form C: {value[:40]!r}")
    elif isinstance(value, list):
        for item in value:
            _check_texts(item, normal=normal)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key, normal=normal)
            _check_texts(item, normal=normal)


def without_nulls(document: Json) -> Json:
    """`document` in which null reads as absent, all the way down (fine-print 32)."""
    return {key: _without(item) for key, item in document.items() if item is not None}


def _without(value: object) -> object:
    if isinstance(value, dict):
        return without_nulls(value)
    return [_without(item) for item in value] if isinstance(value, list) else value


# ----------------------------------------------------------------------------------------------
# Keys and proofs: Ed25519, Multikey, eddsa-jcs-2022 (fine-print 31; hostile A20, A21, B15 to B18)
# ----------------------------------------------------------------------------------------------

CONTEXT: Final = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    {"gov": "https://w3id.org/roundabout/gov#"},
]
_PROOF_KEYS: Final = {
    "@context",
    "type",
    "cryptosuite",
    "verificationMethod",
    "proofPurpose",
    "created",
    "proofValue",
}
_PROOF_WORDS: Final = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "proofPurpose": "assertionMethod",
}
_MULTIKEY: Final = b"\xed\x01"
_P: Final = 2**255 - 19
_ORDER_8: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y of the eight points of small order, under which anybody can sign."""


def key_of(multikey: object) -> bytes:
    """The 32 bytes of an Ed25519 Multikey. Unreadable if it is none, not canonical, or of small order."""
    if not isinstance(multikey, str) or not multikey.startswith("z"):
        raise Unreadable("key.malformed", "not a Multikey")
    raw = base58_decode(multikey[1:])
    if len(raw) != 34 or not raw.startswith(_MULTIKEY):
        raise Unreadable("key.malformed", "not an Ed25519 Multikey")
    y = int.from_bytes(raw[2:], "little") & (2**255 - 1)
    if y >= _P or y in _SMALL:
        raise Unreadable("key.small_order", "a key under which anybody could sign")
    return raw[2:]


def signature_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """True if `signature` over `message` was made with the private half of `key`."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Proof(NamedTuple):
    """What a well-formed proof claims: whose key, which signature, over which bytes."""

    controller: str
    signature: bytes
    message: bytes


def proof_of(document: Json, bare: bytes) -> Proof:
    """The one proof of `document`; `bare` are its JCS bytes without it. Unreadable but in the form of fine-print 31."""
    proof = document.get("proof")
    if proof is None:
        raise Unreadable("proof.required", "it is not signed")
    if not isinstance(proof, dict) or set(proof) != _PROOF_KEYS:
        raise Unreadable("proof.form", "its proof has other parts than a proof has")
    if proof["@context"] != document.get("@context") or any(proof[key] != word for key, word in _PROOF_WORDS.items()):
        raise Unreadable("proof.form", "its proof is of another kind")
    method, value = proof["verificationMethod"], proof["proofValue"]
    if not isinstance(method, str) or not isinstance(value, str) or not value.startswith("z"):
        raise Unreadable("proof.form", "its proof names no key or holds no signature")
    read_instant(proof["created"])
    options = {key: item for key, item in proof.items() if key != "proofValue"}
    message = sha256(_canonical_of_read(options)) + sha256(bare)
    return Proof(method.partition("#")[0], base58_decode(value[1:]), message)


# ----------------------------------------------------------------------------------------------
# Acts: ids, instants, and the keys that each type must have (protocol.md §2)
# ----------------------------------------------------------------------------------------------

_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?=.)(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_VISIBLE: Final = re.compile(r"[!-~]{1,2048}", re.ASCII)
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST: Final = rf"(?:{_LABEL}\.)*{_LABEL}"
_ADDRESS: Final = re.compile(rf"(https?)://({_HOST}|\[[0-9a-f:.]+\])(?::([1-9][0-9]{{0,4}}))?(?=[/?#]|\Z)", re.ASCII)
_ONION: Final = re.compile(r"(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion", re.ASCII)
_FRACTION: Final = re.compile(r"(0|[1-9]\d{0,8})/([1-9]\d{0,8})", re.ASCII)


def read_instant(text: object) -> datetime:
    """The instant that `2026-11-22T15:04:05Z` names; Unreadable for any other form."""
    if isinstance(text, str) and _INSTANT.fullmatch(text):
        try:
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            pass
    raise Unreadable("act.form", f"not an instant in UTC with whole seconds: {text!r}")


def read_duration(text: object) -> timedelta:
    """The length that `P7D` or `PT24H` names; Unreadable for any other form."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Unreadable("act.form", f"not a duration such as P7D: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def read_fraction(text: object) -> Fraction:
    """The fraction that `"3/4"` names; Unreadable unless in lowest terms and at most 1."""
    found = _FRACTION.fullmatch(text) if isinstance(text, str) else None
    if found is None or gcd(int(found[1]), int(found[2])) != 1 or int(found[1]) > int(found[2]):
        raise Unreadable("rule.fraction", f"not a fraction in lowest terms: {text!r}")
    return Fraction(int(found[1]), int(found[2]))


def is_id(value: object) -> bool:
    """True if `value` may be an id: ASCII https, a plain lower-case host; http for .onion and loopback (33)."""
    if not isinstance(value, str) or not _VISIBLE.fullmatch(value) or set('\\"<>^`{|}') & set(value):
        return False
    found = _ADDRESS.match(value)
    if found is None or int(found[3] or 0) > 65_535 or len(found[2]) > 253 or not _is_host(found[2]):
        return False
    return found[1] == "https" or _ONION.fullmatch(found[2]) is not None or _is_loopback(found[2])


def _is_host(host: str) -> bool:
    try:
        return not host.startswith("[") or ip_address(host[1:-1]).version == 6
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin_of(address: str) -> str:
    """Scheme, host and port of an id."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(address: str) -> str:
    """The host of an id, for a sentence; of what is no id, its beginning."""
    return plain(urlsplit(address).netloc if is_id(address) else address)


def plain(text: str) -> str:
    """`text` on one line of at most 120 characters, without what could steer a terminal or turn its direction."""
    shown = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Zl", "Zp"})
    return shown if len(shown) <= 120 else shown[:119] + "…"


class Ref(NamedTuple):
    """A reference to an act: its id and the digest string of its bytes."""

    id: str
    digest: str


class Stance(StrEnum):
    """The four stance words (fine-print 16)."""

    RATIFIED = "ratified"
    REJECTED = "rejected"
    ABSTAINED = "abstained"
    RESERVED = "reserved"


class Status(StrEnum):
    """What a count came to."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    NO_QUORUM = "no_quorum"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Act:
    """One signed entry whose proof holds.

    `body` is the document with null read as absent; `key` the Multikey that signed; `leaf` its
    index in its home ledger where a proof shows it; `when` its effective time: `published` unless
    a witness proves it backdated (fine-print 35).
    """

    ref: Ref
    type: str
    author: str
    published: datetime
    when: datetime
    body: Json
    file: str
    key: str
    leaf: int | None = None

    def one(self, key: str) -> Ref | None:
        """The reference under `key`, or None."""
        value = self.body.get(key)
        return as_ref(value) if value is not None else None

    def need(self, key: str) -> Ref:
        """The reference under a key that the form of this type makes sure of."""
        return as_ref(self.body[key])

    def time(self, key: str) -> datetime | None:
        """The instant under `key`, or None."""
        return read_instant(self.body[key]) if key in self.body else None


def as_ref(value: Json) -> Ref:
    """The reference that `{id, gov:digest}` is."""
    return Ref(value["id"], value["gov:digest"])


def precedes(one: Act, other: Act) -> bool:
    """True if `one` came strictly before `other`: by leaf in one home ledger, else by time (fine-print 35)."""
    if one.leaf is not None and other.leaf is not None and origin_of(one.author) == origin_of(other.author):
        return one.leaf < other.leaf
    return one.when < other.when


def in_order(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Each act once, by time and then by reference, in whatever order they came."""
    return tuple(sorted({act.ref: act for act in acts}.values(), key=lambda act: (act.when, act.ref)))


Check: TypeAlias = Callable[[Any], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _object(value: object) -> bool:
    return isinstance(value, dict)


def _ref(value: object) -> bool:
    return isinstance(value, dict) and is_id(value.get("id")) and _digest(value.get("gov:digest"))


def _digest(value: object) -> bool:
    return isinstance(value, str) and value.startswith("z") and len(value) <= 64


def _instant(value: object) -> bool:
    return _reads(read_instant, value)


def _reads(read: Callable[[object], object], value: object) -> bool:
    try:
        read(value)
    except Unreadable:
        return False
    return True


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _word(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _shape(**keys: tuple[Check, bool]) -> Check:
    return lambda value: isinstance(value, dict) and _misfit(value, keys) is None


def _misfit(body: Json, form: Mapping[str, tuple[Check, bool]]) -> str | None:
    """The first key of `form` that `body` lacks or has wrong, or None."""
    for key, (check, needed) in form.items():
        if key not in body:
            if needed:
                return key
        elif not check(body[key]):
            return key
    return None


_CHOICES: Final = {"fixed": (1, 1), "range": (1, 4), "amendable": (1, 1), "indicative": (0, 4)}


def _counts(value: object) -> bool:
    """The eight figures: nothing below 0, the six within `present`, that within `entitled` (fine-print 3)."""
    if not isinstance(value, dict) or not all(_number(value.get(key, 0)) for key in COUNT_KEYS):
        return False
    counts = Counts.read(value)
    return counts.chosen <= counts.present <= counts.entitled


def _latitude(value: object) -> bool:
    if not isinstance(value, dict) or not _word(*_CHOICES)(value.get("kind")):
        return False
    least, most = _CHOICES[value["kind"]]
    choices: Any = value.get("choices", [])
    fits = _list_of(_word(*Stance))(choices) and least <= len(choices) <= most and len(set(choices)) == len(choices)
    return fits and _list_of(_text)(value.get("clauses", []))


def _settings(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    form: dict[str, tuple[Check, bool]] = {
        "rules": (lambda rules: isinstance(rules, dict) and all(map(_object, rules.values())), False),
        "binds": (lambda binds: isinstance(binds, dict) and all(map(_word("ratifying", "all"), binds.values())), False),
        "scope": (_word("platform", "coordination"), False),
        "contest": (lambda text: _reads(read_duration, text), False),
        "scrutineers": (_scrutineers, False),
    }
    return _misfit(value, form) is None


def _scrutineers(value: object) -> bool:
    person = _shape(id=(_text, True), publicKeyMultibase=(_text, True))
    if not isinstance(value, dict) or not _list_of(person)(value.get("of")):
        return False
    k: Any = value.get("k")
    return _number(k) and 1 <= k <= len({one["id"] for one in value["of"]})


_CLAUSES: Final = _list_of(_shape(number=(_text, True), content=(_text, True)))
_MEMBER: Final[dict[str, tuple[Check, bool]]] = {
    "assembly": (is_id, True),
    "gov:keylog": (_digest, False),
    "gov:seats": (_number, False),
}
_ITEM: Final[dict[str, tuple[Check, bool]]] = {
    "gov:subject": (_either(_ref, _shape(topic=(_text, True))), True),
    "gov:latitude": (_latitude, True),
}
_ROW: Final = _shape(
    assembly=(is_id, True),
    stance=(_word(*Stance, "indicative", "contested", "silent"), True),
    by=(_word("ratification", "mandate", "delegate"), False),
    choice=(_word(*Stance), False),
    act=(_either(_ref, _list_of(_ref)), False),
)
_NEED_REF: Final = (_ref, True)
_MAY_REF: Final = (_ref, False)
_OPTION: Final = {"id": (_text, True), "name": (_text, True), "gov:proposal": _MAY_REF}
_FORMS: Final[dict[str, dict[str, tuple[Check, bool]]]] = {
    "gov:Charter": {
        "gov:version": (_number, False),
        "gov:settings": (_settings, True),
        "gov:clauses": (_CLAUSES, False),
        "gov:members": (_list_of(lambda item: isinstance(item, dict) and _misfit(item, _MEMBER) is None), False),
        "gov:outcome": _MAY_REF,
    },
    "gov:Proposal": {
        "name": (_text, True),
        "gov:category": (_text, True),
        "gov:topics": (_list_of(_text), False),
        "gov:assembly": (is_id, False),
        "gov:forum": (_either(is_id, _list_of(is_id)), False),
        "gov:rule": (_object, False),
        "gov:opens": (_instant, False),
        "gov:closes": (_instant, False),
        "gov:clauses": (_CLAUSES, False),
        "gov:options": (_list_of(_shape(**_OPTION)), False),
        "gov:validUntil": (_instant, False),
        "gov:hastens": _MAY_REF,
        "gov:answersBy": (_instant, False),
        "gov:earlier": _MAY_REF,
        "gov:charter": _MAY_REF,
        "gov:decision": _MAY_REF,
        "gov:mandate": _MAY_REF,
        "gov:outcome": _MAY_REF,
        "gov:unresolved": _MAY_REF,
    },
    "gov:Decision": {
        "gov:status": (_word(*Status), True),
        "gov:counts": (_counts, True),
        "gov:rule": (_object, True),
        "gov:proposal": _MAY_REF,
        "gov:charter": _MAY_REF,
        "gov:unresolved": _MAY_REF,
        "gov:small": (_flag, False),
        "gov:modes": (_list_of(_text), False),
        "gov:extends": _MAY_REF,
        "gov:closes": (_instant, False),
    },
    "gov:Ratification": {
        "gov:proposal": _NEED_REF,
        "gov:stance": (_word(*Stance), True),
        "gov:confederation": (is_id, False),
        "gov:counts": (_counts, False),
        "gov:rule": (_object, False),
        "gov:status": (_word(*Status), False),
        "gov:charter": _MAY_REF,
        "gov:unresolved": _MAY_REF,
        "gov:outcome": _MAY_REF,
        "gov:small": (_flag, False),
        "gov:modes": (_list_of(_text), False),
    },
    "gov:Mandate": {
        "gov:delegates": (_list_of(is_id), True),
        "gov:items": (_list_of(lambda item: isinstance(item, dict) and _misfit(item, _ITEM) is None), False),
        "gov:default": (_latitude, False),
        "gov:validFrom": (_instant, True),
        "gov:validUntil": (_instant, True),
        "gov:term": (_text, False),
        "gov:council": (_either(is_id, _list_of(is_id)), False),
        "gov:office": (_object, False),
        "gov:decision": _NEED_REF,
    },
    "gov:Recall": {
        "gov:mandate": _NEED_REF,
        "gov:decision": _NEED_REF,
        "gov:delegates": (_list_of(is_id), False),
    },
    "gov:DelegateVote": {
        "gov:assembly": (is_id, True),
        "gov:proposal": _NEED_REF,
        "gov:choice": (_word(*Stance), True),
        "gov:confederation": (is_id, False),
        "gov:mandate": _MAY_REF,
        "gov:indicative": (_flag, False),
    },
    "gov:Attestation": {"gov:act": _NEED_REF},
    "gov:Session": {"name": (_text, True), "startTime": (_instant, True)},
    "gov:Registration": {"gov:session": _NEED_REF, "gov:mandate": _NEED_REF},
    "gov:Draft": {"name": (_text, True)},
    "gov:Receipt": {"gov:act": _NEED_REF, "gov:leaf": (_number, True), "gov:roll": (_list_of(is_id), False)},
    "gov:Outcome": {
        "gov:proposal": _NEED_REF,
        "gov:rule": (_object, True),
        "gov:roll": (_list_of(is_id), True),
        "gov:stances": (_list_of(_ROW), True),
        "gov:counts": (_counts, True),
        "gov:status": (_word(*Status), True),
        "gov:confederation": (is_id, False),
        "gov:tendency": (_shape(status=(_word(*Status), True), counts=(_counts, True)), False),
        "gov:binds": (_list_of(is_id), False),
        "gov:final": (_flag, False),
        "gov:correctionOf": _MAY_REF,
        "gov:order": (_list_of(_list_of(_text)), False),
        "gov:adopted": _MAY_REF,
    },
    "gov:Draw": {"gov:seed": (_text, True)},
    "gov:Admission": {
        "gov:assembly": (is_id, True),
        "gov:outcome": _NEED_REF,
        "gov:keylog": (_digest, False),
        "gov:seats": (_number, False),
    },
    "gov:Withdrawal": {"gov:confederation": (is_id, True), "gov:assembly": (is_id, False)},
    "gov:KeyEvent": {
        "gov:version": (lambda value: _number(value) and value >= 1, True),
        "gov:keys": (lambda value: _list_of(_text)(value) and 1 <= len(value) <= 10, True),
        "gov:nextKeyDigests": (_list_of(_text), False),
        "gov:previous": _MAY_REF,
        "gov:body": (_word("commune", "council", "committee", "caucus"), False),
    },
}
"""What each type that bears on a count must have, and may have; other keys are signed and ignored."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that reads as an act; whether its proof holds is not yet known."""

    act: Act
    document: Json
    proof: Proof


def read_act(raw: bytes, file: str) -> Draft:
    """The act in `raw`; Unreadable with the code of the first thing that is wrong."""
    document = read_json(raw, most=MOST_ACT_BYTES)
    if document.get("@context") != CONTEXT:
        raise Unreadable("ctx.unknown", "its @context is not that of an act")
    kind: Any = document.get("type")
    author: Any = document.get("attributedTo")
    if not isinstance(kind, str) or not kind.startswith("gov:"):
        raise Unreadable("act.type", "it is not of one type of act")
    if not is_id(document.get("id")) or not is_id(author):
        raise Unreadable("act.form", "its id or its owner is no address")
    if origin_of(document["id"]) != origin_of(author):
        raise Unreadable("act.origin", "its id is not at home with its owner")
    published = read_instant(document.get("published"))
    body = without_nulls(document)
    form = {**_FORMS.get(kind, {}), "gov:supersedes": _MAY_REF}
    wrong = _misfit(body, form)
    if wrong is not None:
        raise Unreadable("act.form", f"{wrong} is missing or not of its form")
    bare = _canonical_of_read({key: value for key, value in document.items() if key != "proof"})
    ref = Ref(document["id"], digest_of(bare))
    return Draft(Act(ref, kind, author, published, published, body, file, ""), document, proof_of(document, bare))


# ----------------------------------------------------------------------------------------------
# The file: a zip or a folder with a manifest (fine-print 38; hostile H03 to H05)
# ----------------------------------------------------------------------------------------------

MOST_MEMBER: Final = 262_144
MOST_MANIFEST: Final = 67_108_864
MOST_TOTAL: Final = 536_870_912
MOST_MEMBERS: Final = 500_000
MOST_RATIO: Final = 200
_NAME: Final = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_MEMBER_PATH: Final = re.compile(
    rf"(?:acts|actors|keylog)/{_NAME}(?<=\.json)|(?:checkpoints|proofs)/{_NAME}(?<=\.txt)", re.ASCII
)
_FOLDERS: Final = frozenset({"acts", "actors", "keylog", "checkpoints", "proofs"})
_MANIFEST: Final = "manifest.json"
_BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class Refused(ValueError):  # noqa: N818 - the whole file is refused; nobody erred
    """The file is no file of the record, or one that plays tricks; nothing in it was looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a dotted code, the sentence that says it, and what and whom it is about."""

    code: str
    sentence: str
    act: Ref | None = None
    who: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """The members by path; what the manifest says differently; what it lists and is not there."""

    members: Mapping[str, bytes]
    altered: tuple[str, ...]
    unlisted: tuple[str, ...]
    absent: tuple[str, ...]


def open_bundle(data: bytes | Path) -> Bundle:
    """The members of a `.gov.zip` or of a folder made from one. Refused if anything in it is out of place.

    No name in the file is ever used as a path on disk.
    """
    if isinstance(data, Path):
        if data.is_dir():
            return _against_manifest(_read_folder(data))
        if data.stat().st_size > MOST_TOTAL:
            raise Refused("it is larger than any file of the record")
        data = data.read_bytes()
    return _against_manifest(_read_zip(data))


def _read_zip(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_entries(archive)
    except Refused:
        raise
    except _BROKEN_ZIP as bad:
        raise Refused("it is not a zip that can be read") from bad


def _read_entries(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_TOTAL:
        raise Refused("it unpacks to more than any file of the record")
    members: dict[str, bytes] = {}
    for entry in entries:
        if entry.is_dir() and entry.filename.rstrip("/") in _FOLDERS and not entry.file_size:
            continue
        _check_entry(entry, members)
        members[entry.filename] = _read_entry(archive, entry)
    return members


def _check_entry(entry: zipfile.ZipInfo, members: Mapping[str, bytes]) -> None:
    name = entry.filename
    if entry.orig_filename != name or not _may_be_called(name):
        raise Refused(f"it has a member called {name[:80]!r}, which no file of the record has")
    if name in members:
        raise Refused(f"it has {name} twice")
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG} or entry.flag_bits & 1:
        raise Refused(f"{name} is no plain file")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(f"{name} is packed in a way that no file of the record is")
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise Refused(f"{name} unpacks to over {MOST_RATIO} times its size")


def _may_be_called(name: str) -> bool:
    return name == _MANIFEST or _MEMBER_PATH.fullmatch(name) is not None


def _most(name: str) -> int:
    return MOST_MANIFEST if name == _MANIFEST else MOST_MEMBER


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # What the directory of a zip says about sizes is a claim, so reading is bounded too.
    most = min(_most(entry.filename), entry.file_size)
    with archive.open(entry) as stream:
        raw = stream.read(most + 1)
    if len(raw) > most:
        raise Refused(f"{entry.filename} is larger than it may be")
    return raw


def _read_folder(folder: Path) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise Refused(f"{name[:80]!r} is no plain file")
        if path.is_dir() and name in _FOLDERS:
            continue
        if not path.is_file() or not _may_be_called(name):
            raise Refused(f"it has a member called {name[:80]!r}, which no file of the record has")
        total += path.stat().st_size
        if path.stat().st_size > _most(name) or total > MOST_TOTAL or len(members) >= MOST_MEMBERS:
            raise Refused(f"{name} is larger than it may be")
        members[name] = path.read_bytes()
    return members


def _against_manifest(members: dict[str, bytes]) -> Bundle:
    if _MANIFEST not in members:
        raise Refused("it has no manifest")
    try:
        manifest = read_json(members.pop(_MANIFEST), most=MOST_MANIFEST)
    except Unreadable as bad:
        raise Refused(f"its manifest cannot be read: {bad.because}") from bad
    listed = manifest.get("gov:files")
    if manifest.get("type") != "gov:Bundle" or manifest.get("gov:version") != 1 or not isinstance(listed, dict):
        raise Refused("its manifest is not that of a file of the record, version 1")
    altered = tuple(name for name in sorted(members) if name in listed and digest_of(members[name]) != listed[name])
    unlisted = tuple(sorted(members.keys() - listed.keys()))
    return Bundle(members, altered, unlisted, tuple(sorted(listed.keys() - members.keys())))


# ----------------------------------------------------------------------------------------------
# Key-logs: whose key was whose, and when (fine-print 27, 28; hostile A27, F23, F24)
# ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chain:
    """The standing key-log of one body, first entry first; `body` is its kind, where the first entry says it."""

    events: tuple[Act, ...]

    @property
    def body(self) -> str | None:
        """`commune`, `council`, `committee`, `caucus` or None."""
        kind: str | None = self.events[0].body.get("gov:body")
        return kind

    def ever(self) -> Iterator[tuple[str, Act | None]]:
        """Every Multikey it ever had, with the entry that retired it or None."""
        seen: dict[str, Act | None] = {}
        for index, event in enumerate(self.events):
            successor = self.events[index + 1] if index + 1 < len(self.events) else None
            for key in event.body["gov:keys"]:
                seen[key] = successor
        yield from seen.items()


def signed_by(draft: Draft, multikeys: Iterable[str]) -> str | None:
    """The first of `multikeys` under which the proof of `draft` holds, or None."""
    for multikey in multikeys:
        try:
            key = key_of(multikey)
        except Unreadable:
            continue
        if signature_holds(key, draft.proof.signature, draft.proof.message):
            return multikey
    return None


def _own_event(draft: Draft) -> Act | None:
    """The KeyEvent of `draft` if one of its own keys signed it."""
    if draft.proof.controller != draft.act.author:
        return None
    key = signed_by(draft, draft.act.body["gov:keys"])
    return replace(draft.act, key=key) if key is not None else None


def chain_of(events: Sequence[Act], anchors: frozenset[str], actor_keys: frozenset[str]) -> Chain | Finding | None:
    """The standing chain among the self-signed `events` of one body; None if it has no first entry.

    `anchors` are the digests that those who admitted the body, or who verifies, gave for its first
    entry. A Finding if there is an anchor and nothing in the file fits it.
    """
    firsts = [event for event in events if event.body["gov:version"] == 1 and "gov:previous" not in event.body]
    fitting = [event for event in firsts if event.ref.digest in anchors] if anchors else firsts
    if not firsts:
        return None
    if not fitting:
        who = firsts[0].author
        return Finding("key.unlogged", f"the first key entry of {who} is not the one that was named", None, who)
    known = [event for event in fitting if actor_keys & set(event.body["gov:keys"])]
    chain = [min(known or fitting, key=lambda event: (event.when, event.ref))]
    while following := _next_event(chain[-1], events):
        chain.append(following[0])
    return Chain(tuple(chain))


def _next_event(last: Act, events: Sequence[Act]) -> tuple[Act, ...]:
    """What may follow `last`: it names it, and `last` had committed to every key of it."""
    committed = set(last.body.get("gov:nextKeyDigests", ()))
    return in_order(
        event
        for event in events
        if event.body["gov:version"] == last.body["gov:version"] + 1
        and event.one("gov:previous") == last.ref
        and {digest_of(key.encode()) for key in event.body["gov:keys"]} <= committed
    )


def forked(chain: Chain, events: Sequence[Act]) -> tuple[Act, ...]:
    """Two entries of one later version that both follow the chain: a proof of two versions (fine-print 27)."""
    for event in chain.events:
        following = _next_event(event, events)
        if len(following) > 1:
            return following
    return ()


# ----------------------------------------------------------------------------------------------
# Ledgers: checkpoints, cosignatures, inclusion (fine-print 34 to 36; C2SP tlog-checkpoint, tlog-proof)
# ----------------------------------------------------------------------------------------------

MOST_NOTE: Final = 16_384
_BACKDATED: Final = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed note: whose ledger, how many leaves, which root; `signatures` are (name, key id, bytes)."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


def read_checkpoint(note: str) -> Checkpoint:
    """The checkpoint that `note` is; Unreadable otherwise."""
    text, _, rest = note.rpartition("\n\n")
    lines = text.split("\n")
    signatures = rest.split("\n")
    if len(note) > MOST_NOTE or len(lines) < 3 or signatures[-1] != "" or not 2 <= len(signatures) <= 17:
        raise Unreadable("checkpoint.form", "not a checkpoint")
    if not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1], re.ASCII):
        raise Unreadable("checkpoint.form", "no origin or no size")
    found: list[tuple[str, bytes, bytes]] = []
    for line in signatures[:-1]:
        dash, _, named = line.partition(" ")
        name, _, value = named.partition(" ")
        raw = _base64(value)
        if dash != "—" or not name or len(raw) < 5:
            raise Unreadable("checkpoint.form", "a signature line is not of its form")
        found.append((name, raw[:4], raw[4:]))
    root = _base64(lines[2])
    if len(root) != 32:
        raise Unreadable("checkpoint.form", "no root")
    return Checkpoint(lines[0], int(lines[1]), root, (text + "\n").encode(), tuple(found))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as bad:
        raise Unreadable("checkpoint.form", "not base64") from bad


def is_sealed(note: Checkpoint, keys: Iterable[bytes]) -> bool:
    """True if one of `keys`, those of the ledger's owner, signed the checkpoint (type 0x01)."""
    return any(
        name == note.origin
        and key_id == sha256(name.encode() + b"\n\x01" + key)[:4]
        and signature_holds(key, signature, note.text)
        for key in keys
        for name, key_id, signature in note.signatures
    )


def witnessed(note: Checkpoint, keys: Mapping[str, tuple[bytes, ...]]) -> tuple[datetime, ...]:
    """When witnesses whose keys are at hand cosigned the checkpoint (type 0x04)."""
    times: list[datetime] = []
    for name, key_id, signature in note.signatures:
        for key in keys.get(name, ()):
            stamp = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {stamp}\n".encode() + note.text
            known = len(signature) == 72 and key_id == sha256(name.encode() + b"\n\x04" + key)[:4]
            if known and 0 < stamp < 2**35 and signature_holds(key, signature[8:], message):
                times.append(datetime.fromtimestamp(stamp, UTC))
    return tuple(times)


def read_inclusion(text: str) -> tuple[int, tuple[bytes, ...], Checkpoint]:
    """Index, hashes and checkpoint of a C2SP tlog-proof; Unreadable otherwise."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Unreadable("proof.form", "not a tlog-proof")
    rest = lines[2:] if len(lines) > 1 and lines[1].startswith("extra ") else lines[1:]
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", rest[0] if rest else "", re.ASCII)
    hashes = tuple(_base64(line) for line in rest[1:])
    if index is None or len(hashes) > 63 or any(len(one) != 32 for one in hashes):
        raise Unreadable("proof.form", "not a tlog-proof")
    return int(index[1]), hashes, read_checkpoint(note)


def is_included(leaf: bytes, index: int, hashes: Sequence[bytes], note: Checkpoint) -> bool:
    """True if the bytes `leaf` are the leaf at `index` of the tree that `note` names (RFC 6962 §2.1.1)."""
    if index >= note.size:
        return False
    node, here, last = sha256(b"\0" + leaf), index, note.size - 1
    for one in hashes:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = sha256(b"\1" + one + node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + one)
        here, last = here >> 1, last >> 1
    return last == 0 and node == note.root


# ----------------------------------------------------------------------------------------------
# Rules: what a count comes to (governance.md §3, fine-print 1 to 10)
# ----------------------------------------------------------------------------------------------

COUNT_KEYS: Final = ("entitled", "present", "agree", "reserve", "standAside", "disagree", "block", "abstain")


class Counts(NamedTuple):
    """How many were entitled (E), took part (P), and chose each of the six."""

    entitled: int = 0
    present: int = 0
    agree: int = 0
    reserve: int = 0
    aside: int = 0
    disagree: int = 0
    block: int = 0
    abstain: int = 0

    @classmethod
    def read(cls, document: Json) -> "Counts":
        """The counts of a `gov:counts` object; a missing figure is 0."""
        return cls(*(document.get(key, 0) for key in COUNT_KEYS))

    def document(self) -> Json:
        """The `gov:counts` object."""
        return dict(zip(COUNT_KEYS, self, strict=True))

    @property
    def chosen(self) -> int:
        """How many made one of the six choices."""
        return sum(self[2:])


METHODS: Final = frozenset(
    [
        "majority",
        "qualified",
        "consensus",
        "consent",
        "two_stage",
        "approval",
        "score",
        "dots",
        "ranked",
        "accession",
        "provisional",
        "double",
    ]
)
OF_OPTIONS: Final = frozenset({"approval", "score", "dots", "ranked"})
NO_CHANGE: Final = "no-change"
MOST_OPTIONS: Final = 100
_WHOLE_ONLY: Final = frozenset({"two_stage", "double", "accession"})
_PARTS: Final = {"two_stage": ("first", "then"), "double": ("a", "b")}
_CALLED_BACK_BY: Final = 3
FEW: Final = 5


def rule_flaw(rule: Json, *, inside: bool = False) -> Unreadable | None:
    """Why this verifier cannot count by `rule`, or None; `rule.method` says it does not know how."""
    method = rule.get("method")
    if not isinstance(method, str) or method not in METHODS:
        return Unreadable("rule.method", f"the method {method!r} is not counted here")
    if inside and method in _WHOLE_ONLY:
        return Unreadable("rule.form", f"{method} is no part of another rule")
    try:
        _check_rule(rule, method)
    except Unreadable as bad:
        return bad
    parts: list[Any] = [rule.get(name) for name in _PARTS.get(method, ())]
    if not all(isinstance(part, dict) for part in parts):
        return Unreadable("rule.form", "a part of the rule is missing")
    return next((flaw for part in parts if (flaw := rule_flaw(part, inside=True)) is not None), None)


def _check_rule(rule: Json, method: str) -> None:
    """Unreadable for the first setting of `rule` that is not of its form (fine-print 4, 6, 7)."""
    if method != "accession":
        read_fraction(rule.get("quorum"))
    for key in ("floor", "standAsides"):
        if key in rule:
            read_fraction(rule[key])
    if method == "qualified" and not read_fraction(rule.get("threshold")):
        raise Unreadable("rule.fraction", "the threshold is more than nothing")
    for key in ("wait", "window"):
        read_duration(rule.get(key, "PT0S"))
    caucus = _shape(body=(is_id, True), mode=(_word("veto", "concurrent"), True))
    forms: list[tuple[str, object, Check]] = [
        ("base", "cast", _word("cast", "valid", "present", "entitled")),
        ("weight", "assemblies", _word("assemblies", "delegates", "people")),
        ("strict", False, _flag),
        ("flat", False, _flag),
        ("blocks", 0, _number),
        ("meetings", 1, _number),
        ("n", 0, _number),
        ("caucus", [], _list_of(caucus)),
        ("lot", None, lambda value: value is None or _ref(value)),
    ]
    for key, default, fits in forms:
        if not fits(rule.get(key, default)):
            raise Unreadable("rule.form", f"{key} is not of its form")
    if method == "dots" and not rule.get("n", 0):
        raise Unreadable("rule.form", "n is how many dots each has, one at least")


def counted(rule: Json) -> tuple[Json, ...]:
    """What one count by `rule` looks at: the rule itself, its first stage, its two parts; never `then`."""
    inside = [rule[name] for name in ("first", "a", "b") if name in rule and name in _PARTS.get(rule["method"], ())]
    return (rule, *(part for one in inside for part in counted(one)))


def of_options(rule: Json) -> Json | None:
    """The first of these that puts options in an order, or None."""
    return next((part for part in counted(rule) if part["method"] in OF_OPTIONS), None)


def came_to(rule: Json, body: Json) -> str | None:
    """What an assembly's own count came to; where its choices stay at home, what it said (fine-print 10, 37)."""
    said: str | None = body.get("gov:status")
    if body.get("gov:small", False):
        return said
    status = decide(rule, Counts.read(body["gov:counts"]))
    return said if of_options(rule) is not None and status is not Status.NO_QUORUM else status


def same_rule(one: object, other: object) -> bool:
    """True if two rules have the same JCS bytes (fine-print 7)."""
    return isinstance(one, dict) and isinstance(other, dict) and canonical(one) == canonical(other)


@dataclass(frozen=True, slots=True)
class Vote:
    """One ballot on options: points by option, or groups from first to last; `weight` is how many it counts for."""

    points: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Around:
    """What some rules look at beside the heads: counts and ballots by weight, options, seeds of draws, caucuses.

    `over` is False while there is time to answer; `missing` is what nobody produced of all this.
    """

    counts: Mapping[str, Counts] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    ballots: Mapping[str, tuple[Vote, ...]] = field(default_factory=dict)
    seeds: Mapping[Ref, str] = field(default_factory=dict)
    caucuses: Mapping[str, str] = field(default_factory=dict)
    over: bool = True
    missing: tuple[Ref, ...] = ()


_ALONE: Final = Around()


def decide(rule: Json, counts: Counts, around: Around = _ALONE) -> Status:
    """What `rule`, in which `rule_flaw` found nothing, makes of `counts`: people at home, assemblies between them."""
    method = rule["method"]
    if method == "accession":
        return Status.OPEN
    quorum = read_fraction(rule["quorum"])
    if counts.present < 1 or counts.present * quorum.denominator < quorum.numerator * counts.entitled:
        return Status.NO_QUORUM
    if method == "two_stage":
        first = decide(rule["first"], counts, around)
        status: Status = Status.UNRESOLVED if first is Status.REJECTED else first
    elif method == "double":
        statuses = {decide(rule[part], counts, around) for part in ("a", "b")}
        worst: tuple[Status, ...] = (Status.NO_QUORUM, Status.REJECTED, Status.UNRESOLVED)
        status = next((one for one in worst if one in statuses), Status.ADOPTED)
    elif method in OF_OPTIONS:
        status = order_of(rule, around)[0]
    else:
        heads = around.counts.get(rule.get("weight", "assemblies"), counts)
        status = _by_figures(rule, heads, over=around.over)
    return _with_caucuses(rule, status, around) if status is Status.ADOPTED else status


def _by_figures(rule: Json, counts: Counts, *, over: bool) -> Status:
    yes, no = counts.agree + counts.reserve, counts.disagree + counts.block
    if rule["method"] == "consent":
        return Status.REJECTED if no else Status.ADOPTED if over else Status.UNRESOLVED
    if rule["method"] == "provisional":
        called = no >= _CALLED_BACK_BY
        return Status.REJECTED if not yes else Status.UNRESOLVED if called else Status.ADOPTED
    if rule["method"] == "consensus":
        return Status.ADOPTED if _consents(rule, counts) else Status.REJECTED
    adopted = _majority(rule, counts, yes, no) if rule["method"] == "majority" else _qualified(rule, counts, yes, no)
    if "floor" in rule:
        adopted = adopted and _reaches(yes, counts.entitled, read_fraction(rule["floor"]))
    return Status.ADOPTED if adopted else Status.REJECTED


def _with_caucuses(rule: Json, status: Status, around: Around) -> Status:
    """A caucus that must agree as well and did not, rejects; one that may suspend and refused, suspends (20)."""
    stances = [(one["mode"], around.caucuses.get(one["body"])) for one in rule.get("caucus", ())]
    agreed = {"ratified", "reserved"}
    if any(mode == "concurrent" and stance not in agreed for mode, stance in stances):
        return Status.REJECTED
    return Status.UNRESOLVED if ("veto", "rejected") in stances else status


# Options: approval, score, dots and Schulze's order (fine-print 6, 10) -----------------------------


def options_of(rule: Json, proposal: Json) -> tuple[str, ...]:
    """The ids that are counted, sorted; `no-change` is always one under `ranked`."""
    named = {one["id"] for one in proposal.get("gov:options", ())}
    return tuple(sorted(named | ({NO_CHANGE} if rule["method"] == "ranked" else set())))


def text_of(proposal: Act, order: Sequence[Sequence[str]]) -> Ref | None:
    """The text that came first alone in `order`, where a proposal asks which of several texts; else None."""
    first = order[0] if order else ()
    texts = {one["id"]: one.get("gov:proposal") for one in proposal.body.get("gov:options", ())}
    text = texts.get(first[0]) if len(first) == 1 else None
    return as_ref(text) if text is not None else None


def read_vote(rule: Json, options: Sequence[str], value: object, weight: int = 1) -> Vote:
    """The ballot that a `gov:ballot` is under `rule`; Unreadable with `vote.ballot` if it is none."""
    bad = Unreadable("vote.ballot", f"its ballot is none of {rule['method']} about these options")
    if rule["method"] == "ranked":
        if not _list_of(_list_of(_text))(value) or not isinstance(value, list):
            raise bad
        named = [option for group in value for option in group]
        if len(set(named)) != len(named) or not set(named) <= set(options):
            raise bad
        return Vote(groups=tuple(tuple(group) for group in value if group), weight=weight)
    if rule["method"] == "approval":
        if not isinstance(value, list) or not all(map(_text, value)) or len(set(value)) != len(value):
            raise bad
        value = dict.fromkeys(value, 1)
    if not isinstance(value, dict) or not set(value) <= set(options):
        raise bad
    low, high = (-2, 2) if rule["method"] == "score" else (0, rule.get("n", 1) or 1)
    if not all(isinstance(one, int) and not isinstance(one, bool) and low <= one <= high for one in value.values()):
        raise bad
    if rule["method"] == "dots" and sum(value.values()) > rule["n"]:
        raise bad
    return Vote(value, weight=weight)


def order_of(rule: Json, around: Around) -> tuple[Status, tuple[tuple[str, ...], ...]]:
    """What ballots on options come to: a unique first is adopted, a tie unresolved, `no-change` rejected (6, 10)."""
    votes = around.ballots.get(rule.get("weight", "assemblies"), ())
    if not any(any(vote.points.values()) or vote.groups for vote in votes):
        return Status.UNRESOLVED, ((around.options,) if around.options else ())
    order = _by_path(around.options, votes) if rule["method"] == "ranked" else _by_points(around.options, votes)
    level = order[0]
    seed = around.seeds.get(as_ref(rule["lot"])) if "lot" in rule else None
    if seed is not None:
        order = tuple(
            (one,) for group in order for one in sorted(group, key=lambda one: sha256(f"{seed}{one}".encode()))
        )
    if len(order[0]) > 1:
        return Status.UNRESOLVED, order
    if order[0][0] == NO_CHANGE:
        return Status.REJECTED, order
    return Status.UNRESOLVED if NO_CHANGE in level else Status.ADOPTED, order


def order_in(rule: Json, counts: Counts, around: Around) -> tuple[tuple[str, ...], ...]:
    """The order that a count puts options in; none where too few took part, or the rule puts none in any."""
    if decide(rule, counts, around) is Status.NO_QUORUM:
        return ()
    if rule["method"] == "two_stage":
        return order_in(rule["first"], counts, around)
    return order_of(rule, around)[1] if rule["method"] in OF_OPTIONS else ()


def _by_points(options: Sequence[str], votes: Sequence[Vote]) -> tuple[tuple[str, ...], ...]:
    total = {option: sum(vote.points.get(option, 0) * vote.weight for vote in votes) for option in options}
    return tuple(
        tuple(one for one in options if total[one] == level) for level in sorted(set(total.values()), reverse=True)
    )


def _by_path(options: Sequence[str], votes: Sequence[Vote]) -> tuple[tuple[str, ...], ...]:
    """Schulze's order by winning votes; those whom none of the rest beats by a stronger path share a place."""
    ahead = dict.fromkeys(((one, other) for one in options for other in options), 0)
    for vote in votes:
        rank = {option: place for place, group in enumerate(vote.groups) for option in group}
        for one, place in rank.items():
            for other in options:
                if place < rank.get(other, len(options)):
                    ahead[one, other] += vote.weight
    path = {pair: votes_for if votes_for > ahead[pair[::-1]] else 0 for pair, votes_for in ahead.items()}
    for by in options:
        for one in options:
            for other in options:
                path[one, other] = max(path[one, other], min(path[one, by], path[by, other]))
    order: list[tuple[str, ...]] = []
    left = list(options)
    while left:
        first = [one for one in left if all(path[one, other] >= path[other, one] for other in left)]
        order.append(tuple(sorted(first)))
        left = [one for one in left if one not in first]
    return tuple(order)


def _consents(rule: Json, counts: Counts) -> bool:
    asides = read_fraction(rule.get("standAsides", "1/4"))
    return (
        counts.agree + counts.reserve >= 1
        and counts.disagree == 0
        and counts.block <= rule.get("blocks", 0)
        and counts.aside * asides.denominator <= asides.numerator * counts.present
    )


def _majority(rule: Json, counts: Counts, yes: int, no: int) -> bool:
    if rule.get("base", "cast") == "cast":
        return yes > no
    return 2 * yes > _base(rule, counts, yes, no)


def _qualified(rule: Json, counts: Counts, yes: int, no: int) -> bool:
    share, base = read_fraction(rule["threshold"]), _base(rule, counts, yes, no)
    if rule.get("strict", False):
        return yes * share.denominator > share.numerator * base and yes >= 1
    return _reaches(yes, base, share) and yes >= 1


def _base(rule: Json, counts: Counts, yes: int, no: int) -> int:
    cast = yes + no
    valid = cast + counts.abstain + counts.aside
    bases = {"cast": cast, "valid": valid, "present": counts.present, "entitled": counts.entitled}
    return bases[rule.get("base", "cast")]


def _reaches(in_favour: int, base: int, share: Fraction) -> bool:
    return in_favour * share.denominator >= share.numerator * base


# ----------------------------------------------------------------------------------------------
# The record: acts by reference, charters, co-signers, rolls (governance.md §1, §2, fine-print 14, 29)
# ----------------------------------------------------------------------------------------------

_A_SECOND: Final = timedelta(seconds=1)
_WEEK: Final = "P7D"
_COUNCIL_ON_OUTCOME: Final = frozenset(
    {"gov:Ratification", "gov:Charter", "gov:Mandate", "gov:Recall", "gov:Withdrawal", "gov:Admission"}
)
_COUNCIL_SEALS: Final = _COUNCIL_ON_OUTCOME | {
    "gov:KeyEvent",
    "gov:Redaction",
    "gov:Session",
    "gov:Receipt",
    "gov:Outcome",
    "gov:Draft",
    "gov:Task",
    "gov:Report",
    "gov:DrawPool",
    "gov:DrawReveal",
    "gov:Draw",
}
_COUNCIL_SEALS_NO: Final = {
    "gov:Proposal": "a proposal",
    "gov:Decision": "a decision",
    "gov:Ratification": "an answer",
    "gov:DelegateVote": "a delegate's vote",
    "gov:Charter": "rules",
    "gov:Mandate": "a mandate",
    "gov:Recall": "a recall",
    "gov:Withdrawal": "a withdrawal",
    "gov:Admission": "an admission",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why an act counts as none.

    `missing` are references that nobody produced, if that is why (it accuses nobody); `by` the act
    that undid it (a Recall), if one did.
    """

    code: str
    because: str
    missing: tuple[Ref, ...] = ()
    by: Act | None = None


class Record:
    """Every act whose proof holds and whose author may seal it, found by reference and by type."""

    def __init__(self, acts: Iterable[Act], names: Mapping[str, str]) -> None:
        self.acts: dict[Ref, Act] = {act.ref: act for act in acts}
        self.names = names
        self._types: dict[str, list[Act]] = {}
        for act in in_order(self.acts.values()):
            self._types.setdefault(act.type, []).append(act)
        self._indexes: dict[tuple[str, str, bool], dict[str | Ref, list[Act]]] = {}
        self.admitted: dict[Ref, Flaw | None] = {}
        self.settled: dict[Ref, datetime] = {}
        self.cases: dict[tuple[Ref, str | None], Case] = {}
        self.judged: dict[Ref, Judgement] = {}
        self.in_force: dict[Ref, Flaw | None] = {}
        self.lines = set[str]()
        self.formations: dict[str, Formation] = {}
        self.deep = 0
        self.closings: dict[tuple[Ref, datetime], datetime | None] = {}

    def of(self, kind: str, at: datetime | None = None, **keys: str | Ref) -> tuple[Act, ...]:
        """The acts of a type up to `at` whose `author`, or the `gov:` key named, has the value given, in order."""
        found: Iterable[Act] = self._types.get(f"gov:{kind}", ())
        for place, (key, value) in enumerate(keys.items()):
            if place == 0:
                found = self._index(kind, key, isinstance(value, Ref)).get(value, ())
            else:
                found = [act for act in found if _value(act, key, as_reference=isinstance(value, Ref)) == value]
        return tuple(act for act in found if at is None or act.when <= at)

    def _index(self, kind: str, key: str, as_reference: bool) -> dict[str | Ref, list[Act]]:  # noqa: FBT001 - a part of the index's name
        name = (kind, key, as_reference)
        if name not in self._indexes:
            index = self._indexes[name] = {}
            for act in self._types.get(f"gov:{kind}", ()):
                value = _value(act, key, as_reference=as_reference)
                if value is not None:
                    index.setdefault(value, []).append(act)
        return self._indexes[name]

    def find(self, ref: Ref | None, kind: str) -> Act | None:
        """The act of a type under a reference, or None."""
        act = self.acts.get(ref) if ref is not None else None
        return act if act is not None and act.type == f"gov:{kind}" else None

    def name(self, address: str) -> str:
        """What to call an assembly or a person in a sentence."""
        return self.names.get(address) or host_of(address)


def _value(act: Act, key: str, *, as_reference: bool) -> str | Ref | None:
    if key == "author":
        return act.author
    if as_reference:
        return act.one(f"gov:{key}")
    found = act.body.get(f"gov:{key}")
    return found if isinstance(found, str) else None


def council_oversteps(act: Act) -> bool:
    """True if a council may not seal `act`: it has no opinions (governance.md §1, fine-print 25; B8)."""
    if act.type not in _COUNCIL_SEALS:
        return True
    first_charter = act.type == "gov:Charter" and "gov:supersedes" not in act.body
    return act.type in _COUNCIL_ON_OUTCOME and "gov:outcome" not in act.body and not first_charter


def settings_of(charter: Act | None) -> Json:
    """What code reads of a charter; nothing for a forum that is a list."""
    found: Json = charter.body["gov:settings"] if charter is not None else {}
    return found


def rule_of(charter: Act, category: str) -> Json | None:
    """The rule that a charter has for a category, or None."""
    found: Json | None = settings_of(charter).get("rules", {}).get(category)
    return found


def admits(charter: Act, categories: Iterable[str], rule: Json) -> Json | None:
    """The charter's rule of one of `categories` that `rule` is, whole, its first or its then (fine-print 9)."""
    for category in categories:
        whole = rule_of(charter, category)
        if whole is not None and any(same_rule(rule, one) for one in (whole, whole.get("first"), whole.get("then"))):
            return whole
    return None


def is_second_round(whole: Json, rule: Json) -> bool:
    """True if `rule` is the `then` of a charter's rule, and neither the whole nor its `first`."""
    return same_rule(rule, whole.get("then")) and not any(same_rule(rule, one) for one in (whole, whole.get("first")))


def attested(record: Record, act: Act, at: datetime) -> Flaw | None:
    """None if the co-signers whom the charter then in force asks for have confirmed `act` (fine-print 29)."""
    charters = record.of("Charter", act.when, author=act.author)
    if not charters:
        return None
    charter = max(charters, key=lambda one: (one.when, one.body.get("gov:version", 0), one.ref))
    scrutineers = settings_of(charter).get("scrutineers")
    if scrutineers is None:
        return None
    named = {one["id"]: one["publicKeyMultibase"] for one in scrutineers["of"]}
    confirmed = {one.author for one in record.of("Attestation", at, act=act.ref) if named.get(one.author) == one.key}
    if len(confirmed) >= scrutineers["k"]:
        return None
    because = f"{len(confirmed)} of {scrutineers['k']} co-signers confirmed it"
    return Flaw("attest.missing", because, (act.ref,))


def first_charter(record: Record, council: str) -> Act | None:
    """The founding Charter of a confederation, or None."""
    charters = [act for act in record.of("Charter", author=council) if "gov:supersedes" not in act.body]
    return next((act for act in charters if "gov:members" in act.body), charters[0] if charters else None)


def charter_flaw(record: Record, charter: Act) -> Flaw | None:
    """None if a charter may be in force: a confederation's later ones rest on an adopted result (fine-print 25)."""
    if charter.ref not in record.in_force:
        # One by one, so that a long line of versions is not one deep look.
        for earlier in record.of("Charter", author=charter.author) if charter.author not in record.lines else ():
            record.lines.add(charter.author)
            if earlier.when < charter.when:
                charter_flaw(record, earlier)
        found = _charter_flaw(record, charter)
        if found is not None and found.missing:
            return found  # perhaps only while its result is being judged
        record.in_force[charter.ref] = found
    return record.in_force[charter.ref]


def _charter_flaw(record: Record, charter: Act) -> Flaw | None:
    if "gov:outcome" not in charter.body:
        first = first_charter(record, charter.author)
        if first is None or is_host(first) or first.ref == charter.ref:
            return None
        return Flaw("proposal.charter", "a confederation's later charter names no result of its members")
    found = _result_behind(record, charter, "proposal.charter")
    if isinstance(found, Flaw):
        return found
    outcome, proposal = found
    whose = (proposal.body["gov:category"], proposal.body.get("gov:forum"), outcome.body.get("gov:confederation"))
    if whose != ("charter", charter.author, charter.author):
        return Flaw("proposal.charter", "the result of that charter is not about the rules of its author")
    if outcome.body["gov:status"] != Status.ADOPTED:
        return Flaw("proposal.charter", "the result of that charter was not adopted")
    if _rules_in(charter) != _rules_in(proposal):
        return Flaw("proposal.charter", "that charter says something else than what was adopted")
    kind = judge(record, outcome).kind
    if kind is Kind.FAULT:
        return Flaw("proposal.charter", "the result of that charter is refuted")
    return _missing(outcome.ref) if kind is Kind.INCOMPLETE else None


def _result_behind(record: Record, act: Act, code: str) -> tuple[Act, Act] | Flaw:
    """The Outcome on which an act of a confederation rests and the Proposal that it is about; `code` if on neither."""
    outcome = record.find(act.need("gov:outcome"), "Outcome")
    if outcome is None:
        return _missing(act.need("gov:outcome"))
    if record.find(outcome.need("gov:proposal"), "Charter") is not None:
        return Flaw(code, "its result is about founding a confederation")
    if was_forming(record, act.author, act.when, outcome.body["gov:roll"]):
        return Flaw("act.missing", "as far as the file tells its author was still forming", (outcome.ref,))
    proposal = record.find(outcome.need("gov:proposal"), "Proposal")
    return (outcome, proposal) if proposal is not None else _missing(outcome.need("gov:proposal"))


def _rules_in(act: Act) -> tuple[object, bytes]:
    clauses = [
        (one["number"], one["content"], one.get("gov:entrenched", False)) for one in act.body.get("gov:clauses", ())
    ]
    return clauses, canonical(act.body.get("gov:settings"))


def roll_at(record: Record, council: str, at: datetime) -> tuple[str, ...]:
    """The sorted ids of the member assemblies of a confederation at `at`, inclusive (fine-print 14).

    A founding member from its own Ratification of the first Charter's digest, others from their
    Admission, not before the end of the time to object to it, until their Withdrawal; at one
    instant joining goes before leaving. Of a host: who registered for the session of it that had opened at `at`.
    """
    charter = first_charter(record, council)
    if is_host(charter):
        return _registered_at(record, council, at)
    moves = [*_founding(record, charter, at), *_leaving(record, council, at)] if charter is not None else []
    let_in = [act for act in record.of("Admission", at, author=council) if admission_flaw(record, act) is None]
    since = [(max(act.when, record.settled.get(act.ref, act.when)), act.body["gov:assembly"]) for act in let_in]
    return _on_roll([*moves, *((when, True, assembly) for when, assembly in since if when <= at)])


Move = tuple[datetime, bool, str]
"""When an assembly joins (True) or leaves."""


def _founding(record: Record, charter: Act, at: datetime) -> list[Move]:
    named = {member["assembly"] for member in charter.body.get("gov:members", ())}
    answers = [
        act
        for act in record.of("Ratification", at, proposal=charter.ref)
        if act.author in named and weigh_answer(record, act, charter.author, "charter", at) is None
    ]
    agreed = {Stance.RATIFIED, Stance.RESERVED}
    return [(act.when, True, act.author) for act in standing(answers) if act.body["gov:stance"] in agreed]


def _said_to_found(record: Record, council: str, at: datetime) -> frozenset[str]:
    """Councils whose answer to the first Charter is here, and not what their members said: it was said elsewhere."""
    charter = first_charter(record, council)
    if charter is None or is_host(charter):
        return frozenset()
    named = {member["assembly"] for member in charter.body.get("gov:members", ())}
    said = set()
    for act in record.of("Ratification", at, proposal=charter.ref):
        flaw = weigh_answer(record, act, charter.author, "charter", at) if act.author in named else None
        if "gov:outcome" in act.body and flaw is not None and flaw.missing:
            said.add((act.author, act.body["gov:stance"]))
    return frozenset(author for author, stance in said if stance in {Stance.RATIFIED, Stance.RESERVED})


def _leaving(record: Record, council: str, at: datetime) -> list[Move]:
    said = record.of("Withdrawal", at, confederation=council)
    left = (act for act in said if act.body.get("gov:assembly", act.author) == act.author)
    return [(act.when, False, act.author) for act in left if not _came_too_soon(record, act)]


def _on_roll(moves: Iterable[Move]) -> tuple[str, ...]:
    roll: set[str] = set()
    for _, joins, assembly in sorted(moves, key=lambda move: (move[0], not move[1])):
        (roll.add if joins else roll.discard)(assembly)
    return tuple(sorted(roll))


FORMING_BELOW: Final = 2
"""A confederation with fewer members on its roll is forming (fine-print 14)."""


class Formation(NamedTuple):
    """From when two founders are known to have joined, if they have; founders whose answer is not in the file."""

    since: datetime | None
    unheard: frozenset[str]


def was_forming(record: Record, body: str, at: datetime, roll: Collection[str] | None) -> bool:
    """True for a confederation that counted over `roll`, or sealed something else, before two founders had joined (14).

    It says so itself by such a roll; or every founder's answer is in the file, and says so. Else it cannot be told.
    """
    charter = first_charter(record, body)
    if charter is None or is_host(charter):
        return False
    if body not in record.formations:
        record.formations[body] = Formation(charter.when, frozenset())  # while it is looked at: no body founds itself
        record.formations[body] = _formation(record, charter)
    since, unheard = record.formations[body]
    says_so = roll is not None and len(roll) < FORMING_BELOW
    return (since is None or at < since) and (says_so or not unheard)


def _came_too_soon(record: Record, act: Act) -> bool:
    outcome = record.find(act.one("gov:outcome"), "Outcome")
    return was_forming(record, act.author, act.when, outcome.body["gov:roll"] if outcome is not None else None)


def _formation(record: Record, charter: Act) -> Formation:
    answers = record.of("Ratification", proposal=charter.ref)
    counted = [one for one in answers if weigh_answer(record, one, charter.author, "charter", one.when) is None]
    unheard = frozenset(member["assembly"] for member in charter.body.get("gov:members", ()))
    unheard -= {one.author for one in counted}
    for when in sorted({act.when for act in counted}):
        moves = [*_founding(record, charter, when), *_leaving(record, charter.author, when)]
        if len(_on_roll(moves)) >= FORMING_BELOW:
            return Formation(when, unheard)
    return Formation(None, unheard)


_FORMING_SEALS: Final = frozenset({"gov:KeyEvent", "gov:Session", "gov:Receipt", "gov:Draft"})
"""Beside its first Charter."""


def sealed_too_soon(record: Record) -> tuple[Act, ...]:
    """What confederations sealed while they were forming, as far as the file tells, and does not count (14).

    Of one whose founders' answers are not in the file nothing is said.
    """
    found: list[Act] = []
    for act in record.acts.values():
        first = first_charter(record, act.author)
        if first is None or is_host(first) or act.type in _FORMING_SEALS or act.ref == first.ref:
            continue
        was_forming(record, act.author, act.when, None)
        since, unheard = record.formations[act.author]
        if len(unheard) < len(first.body["gov:members"]) and (since is None or act.when < since):
            found.append(act)
    return in_order(found)


def is_host(charter: Act | None) -> bool:
    """True if the forum with this first charter has no members of its own: it hosts sessions, if it is a forum."""
    return charter is None or not charter.body.get("gov:members")


class Opening(NamedTuple):
    """A session as it now stands: when it opens, its first version and all of them."""

    starts: datetime
    first: Ref
    versions: frozenset[Ref]


def openings(record: Record, host: str) -> tuple[Opening, ...]:
    """The sessions that `host` called, in the order in which they open.

    What is published at or after the opening cannot move it: who may answer hangs on it.
    """
    found: dict[Ref, Opening] = {}
    begun: dict[Ref, Ref] = {}
    for act in sorted(record.of("Session", author=host), key=lambda one: (one.when, one.ref)):
        starts = act.time("startTime")
        earlier = act.one("gov:supersedes")
        first = begun.get(earlier) if earlier is not None else None
        if starts is None:
            continue
        if first is None:
            first, known = act.ref, Opening(starts, act.ref, frozenset())
        else:
            known = found[first]
        moved = starts if act.when < known.starts else known.starts
        begun[act.ref] = first
        found[first] = Opening(moved, first, known.versions | {act.ref})
    return tuple(sorted(found.values()))


def _registered_at(record: Record, host: str, at: datetime) -> tuple[str, ...]:
    """The sorted ids of those whose Registration came before the latest session that had opened at `at` (14)."""
    opened = [one for one in openings(record, host) if one.starts <= at]
    if not opened:
        return ()
    last = opened[-1]
    came = (act for ref in last.versions for act in record.of("Registration", session=ref))
    return tuple(sorted({act.author for act in came if act.when < last.starts}))


def admission_flaw(record: Record, admission: Act) -> Flaw | None:
    """None if an adopted proposal of category `admission` about that assembly carries it (fine-print 14)."""
    if admission.ref not in record.admitted:
        circular = Flaw("admission.circular", "it rests on itself")
        outcome = record.find(admission.need("gov:outcome"), "Outcome")
        if outcome is not None and record.judged.get(outcome.ref) == _CIRCULAR:
            return circular  # its result is being judged just now: true only until that is done, so not kept
        # While it is looked at it admits nobody, so that no Admission can rest on itself.
        record.admitted[admission.ref] = circular
        record.admitted[admission.ref] = _admission_flaw(record, admission)
    return record.admitted[admission.ref]


VOUCHERS: Final = 2
"""So many assemblies let another one in: they say that they know it as one, which no server can."""


def _admission_flaw(record: Record, admission: Act) -> Flaw | None:
    found = _result_behind(record, admission, "admission.outcome")
    if isinstance(found, Flaw):
        return found
    outcome, proposal = found
    about = (proposal.body["gov:category"], proposal.body.get("gov:assembly"), proposal.body.get("gov:forum"))
    if about != ("admission", admission.body["gov:assembly"], admission.author):
        return Flaw("admission.outcome", "its result is not about letting that assembly in")
    if outcome.body.get("gov:confederation") != admission.author:
        return Flaw("admission.outcome", "its result is over the members of another confederation")
    if outcome.body["gov:status"] != Status.ADOPTED:
        return Flaw("admission.outcome", "its result was not adopted")
    kind = judge(record, outcome).kind
    if kind is Kind.FAULT:
        return Flaw("admission.outcome", "its result is refuted")
    if sum(row["stance"] in {Stance.RATIFIED, Stance.RESERVED} for row in outcome.body["gov:stances"]) < VOUCHERS:
        return Flaw("admission.outcome", f"fewer than {VOUCHERS} assemblies say that they know it as one")
    return _missing(outcome.ref) if kind is Kind.INCOMPLETE else _waiting_flaw(record, admission, proposal)


def _waiting_flaw(record: Record, admission: Act, proposal: Act) -> Flaw | None:
    """None unless what was said while there was time to object undid an Admission that came before that was over.

    Such a one lets in when it is over (hostile F16): that moment is kept in `record.settled`.
    """
    case, closes = case_of(record, proposal), proposal.time("gov:closes")
    moved = closes_of(record, proposal, closes) if closes is not None else None
    contest = read_duration(settings_of(case.charter).get("contest", _WEEK))
    if moved is None or not contest or admission.when >= moved + contest:
        return None
    record.settled[admission.ref] = moved + contest
    count = recount(record, case, moved + contest)
    if isinstance(count, Count) and count.status is Status.ADOPTED:
        return None
    return Flaw("admission.outcome", "what was said while there was time to object undid its result")


def _missing(*refs: Ref) -> Flaw:
    return Flaw("act.missing", f"entry {refs[0].id} is not in the file", refs)


def standing(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Those of `acts` that none of them by the same author supersedes (fine-print 17)."""
    once = in_order(acts)
    replaced = {(act.author, act.one("gov:supersedes")) for act in once}
    return tuple(act for act in once if (act.author, act.ref) not in replaced)


def subject_of(record: Record, ref: Ref) -> Act | None:
    """What assemblies answer: a Proposal, or a Charter that founding members assent to (fine-print 14)."""
    charter = record.find(ref, "Charter")
    return founding(charter) if charter is not None else record.find(ref, "Proposal")


def founding(charter: Act) -> Act:
    """A Charter as what its founding members answer: it names no rule, for nobody decides on it for all."""
    return replace(charter, body={"gov:category": "charter", "gov:forum": charter.author})


def weigh_answer(
    record: Record, act: Act, confederation: str | None, category: str, at: datetime, *, caucus: bool = False
) -> Flaw | None:
    """None if a Ratification counts: its own charter's rule, and a stance that follows (fine-print 9, 18, 19).

    A caucus has no charter: its stance follows from its own rule and counts (fine-print 20).
    """
    body = act.body
    if body.get("gov:confederation") != confederation:
        return Flaw("ratification.confederation", "it is about another confederation")
    if "gov:outcome" in body:
        return _weigh_upward(record, act) or attested(record, act, at)
    if caucus:
        return _weigh_caucus(act) or attested(record, act, at)
    charter = record.find(act.one("gov:charter"), "Charter")
    if charter is None:
        cited = act.one("gov:charter")
        return _missing(cited) if cited is not None else Flaw("ratification.charter", "it cites no charter")
    if charter.author != act.author:
        return Flaw("ratification.charter", f"it cites a charter of {record.name(charter.author)}")
    rule = body.get("gov:rule")
    whole = admits(charter, ("ratification", category), rule) if rule is not None else None
    if rule is None or whole is None:
        return Flaw("ratification.rule", "its rule is not that of its author's own charter")
    flaw = rule_flaw(rule)
    if flaw is not None:
        return Flaw(flaw.code, flaw.because)
    if is_second_round(whole, rule):
        second = _weigh_second_round(record, act, act.need("gov:proposal"))
        if second is not None:
            return second
    return _weigh_stance(act, rule) or attested(record, act, at)


def _weigh_caucus(act: Act) -> Flaw | None:
    rule = act.body.get("gov:rule")
    if rule is None:
        return Flaw("ratification.rule", "it names no rule")
    flaw = rule_flaw(rule)
    return Flaw(flaw.code, flaw.because) if flaw is not None else _weigh_stance(act, rule)


_UNCLEAR: Final = "outcome.members"
"""The roll names a member of whom nothing in the file shows how it joined."""


def _weigh_upward(record: Record, act: Act) -> Flaw | None:
    outcome = record.find(act.one("gov:outcome"), "Outcome")
    if outcome is None:
        return _missing(act.need("gov:outcome"))
    allowed = {Status.ADOPTED: {"ratified", "reserved"}, Status.REJECTED: {"rejected"}}
    status = Status(outcome.body["gov:status"])
    its_own = (outcome.author, outcome.body.get("gov:confederation"), outcome.need("gov:proposal"))
    if its_own != (act.author, act.author, act.need("gov:proposal")):
        return Flaw("ratification.outcome", "the result that it cites is not that of its own members on this text")
    # What made the members of a council below may have gone to these alone: what they said is heard all the same.
    kinds = {one.kind for one in judge(record, outcome).reasons if one.code != _UNCLEAR}
    if Kind.FAULT in kinds:
        return Flaw("ratification.stance", "the result that it cites is refuted")
    if Kind.INCOMPLETE in kinds:
        return _missing(outcome.ref)
    if act.body["gov:stance"] not in allowed.get(status, set()):
        return Flaw("ratification.stance", "its stance does not follow from the result of its own members")
    return None


def _weigh_second_round(record: Record, act: Act, subject: Ref | None) -> Flaw | None:
    cited = act.one("gov:unresolved")
    first = record.find(cited, "Decision")
    if cited is not None and first is None:
        return _missing(cited)
    if first is None or first.author != act.author or first.body["gov:status"] != Status.UNRESOLVED:
        return Flaw("ratification.rule", "a second round names the first, which left it unresolved")
    if first.one("gov:proposal") != subject:
        return Flaw("ratification.rule", "its first round was about another text")
    return None


def _hides(act: Act) -> bool:
    """True if an act hides choices that federate whole: of 5 ballots or more, or that everybody saw (fine-print 37)."""
    seen = {"room", "rollCall"} & set(act.body.get("gov:modes", ()))
    return act.body.get("gov:small", False) and (bool(seen) or Counts.read(act.body["gov:counts"]).present >= FEW)


def _weigh_stance(act: Act, rule: Json) -> Flaw | None:
    if "gov:counts" not in act.body:
        return Flaw("ratification.counts", "it has no counts")
    if _hides(act):
        return Flaw("ratification.counts", "it hides choices that it has to show")
    status = came_to(rule, act.body)
    allowed = {
        Status.ADOPTED: {"ratified", "reserved", "abstained"},
        Status.REJECTED: {"rejected", "abstained"},
        Status.UNRESOLVED: {"abstained"},
    }
    if status is None or act.body["gov:stance"] not in allowed.get(Status(status), set()):
        return Flaw("ratification.stance", f"{act.body['gov:stance']} does not follow from its own counts")
    return None


# ----------------------------------------------------------------------------------------------
# Mandates: what a delegate's vote is worth (governance.md §5, fine-print 9, 13, 15, 16, 25, 26)
# ----------------------------------------------------------------------------------------------

_TENDENCY: Final = frozenset({"declared", "exceeds", "no_mandate"})


@dataclass(frozen=True, slots=True)
class Case:
    """One proposal before one council, with what frames its count: what is wrong, and what is not there to say.

    `charter` is the council's that rules, `rule` what is counted by, `seats` those of the members;
    `council` is None for a forum that is a list; `tier` says that it is a lower council (fine-print 19);
    `frozen` that a Receipt fixed the roll, which of a forum that is silent follows from what made members so far.
    """

    proposal: Act
    council: str | None
    charter: Act | None
    roll: tuple[str, ...]
    void: Flaw | None
    faults: tuple[Finding, ...] = ()
    unclear: tuple[str, ...] = ()
    seats: Mapping[str, int] = field(default_factory=dict, hash=False)
    tier: bool = False
    frozen: bool = True

    @property
    def rule(self) -> Json | None:
        """The proposal's rule; in a lower tier its own charter's for the category (fine-print 19)."""
        if self.tier:
            return rule_of(self.charter, self.category) if self.charter is not None else None
        return self.proposal.body.get("gov:rule")

    @property
    def confederation(self) -> str | None:
        """The council whose members answer, or None for a forum that is a list (fine-print 33)."""
        return self.council

    @property
    def category(self) -> str:
        """The proposal's category."""
        found: str = self.proposal.body["gov:category"]
        return found


def granted(record: Record, act: Act, category: str, at: datetime) -> Flaw | None:
    """None if the Decision that a Mandate or Recall names adopted it by its author's own rule (B13)."""
    cited = act.need("gov:decision")
    decision = record.find(cited, "Decision")
    if decision is None:
        return _missing(cited)
    if decision.author != act.author:
        return Flaw("decision.charter", f"its decision is one of {record.name(decision.author)}")
    about = record.find(decision.one("gov:proposal"), "Proposal")
    if about is not None and about.body["gov:category"] != category:
        return Flaw("decision.category", f"its decision is about {about.body['gov:category']}, not about a {category}")
    return _adopted(record, decision, category, at) or attested(record, act, at)


def _adopted(record: Record, decision: Act, category: str, at: datetime) -> Flaw | None:
    """None if its author adopted a Decision by its own rule for a category, and its co-signers confirmed it."""
    charter = record.find(decision.one("gov:charter"), "Charter")
    if charter is None:
        named = decision.one("gov:charter")
        return _missing(named) if named is not None else Flaw("decision.charter", "its decision cites no charter")
    if charter.author != decision.author:
        return Flaw("decision.charter", f"its decision cites a charter of {record.name(charter.author)}")
    rule = decision.body["gov:rule"]
    whole = admits(charter, (category,), rule)
    if whole is None:
        return Flaw("decision.rule", f"its decision is not one by its author's own rule for a {category}")
    flaw = rule_flaw(rule)
    if flaw is not None:
        return Flaw(flaw.code, flaw.because)
    if is_second_round(whole, rule):
        second = _weigh_second_round(record, decision, decision.one("gov:proposal"))
        if second is not None:
            return second
    if _hides(decision):
        return Flaw("decision.counts", "its decision hides choices that it has to show")
    if came_to(rule, decision.body) != decision.body["gov:status"] or decision.body["gov:status"] != Status.ADOPTED:
        return Flaw("decision.status", "its decision was not adopted")
    return attested(record, decision, at)


LONGEST_EXTENSION: Final = timedelta(weeks=3)


def closes_of(record: Record, proposal: Act, at: datetime) -> datetime | None:
    """When answers to a proposal close, as known at `at`: moved once, by the first request that stands (§2)."""
    key = (proposal.ref, at)
    if key not in record.closings:
        record.closings[key] = proposal.time("gov:closes")  # while it is looked at: rolls do not hang on it
        record.closings[key] = _closes_of(record, proposal, at)
    return record.closings[key]


def _closes_of(record: Record, proposal: Act, at: datetime) -> datetime | None:
    """What a request needs, co-signers and the forum's Receipt, has to be there when the first close comes."""
    closes = proposal.time("gov:closes")
    requests = record.of("Decision", min(at, closes), extends=proposal.ref) if closes is not None else ()
    if closes is None or not requests:
        return closes
    by, askers = min(at, closes), _askers(record, proposal)
    for request in requests:
        moved = request.time("gov:closes")
        fits = moved is not None and closes < moved <= closes + LONGEST_EXTENSION
        if not fits or request.author not in askers or not _is_on_record(record, proposal, request, by):
            continue
        if _adopted(record, request, "procedure", by) is None:
            return moved
    return closes


def _is_on_record(record: Record, proposal: Act, request: Act, by: datetime) -> bool:
    """True if the forum had a request by then; a list of assemblies has nobody who would say so (33)."""
    forum = proposal.body.get("gov:forum")
    if isinstance(forum, list) or request.author == forum:
        return True
    return any(receipt.author == forum for receipt in record.of("Receipt", by, act=request.ref))


def _askers(record: Record, proposal: Act) -> frozenset[str]:
    """Everybody who is counted in a proposal, in whatever tier."""
    found: set[str] = set()
    left = [case_of(record, proposal).roll]
    while left:
        new = set(left.pop()) - found
        found |= new
        left += [case_of(record, proposal, one).roll for one in sorted(new) if _freezing(record, proposal, one)]
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Worth:
    """A vote that counts: `binds` as the assembly's stance, else it shows the tendency only."""

    vote: Act
    binds: bool


def weigh_vote(record: Record, case: Case, vote: Act, at: datetime) -> Worth | Flaw:
    """What a delegate's vote is worth at `at`, or why it counts as none."""
    body = vote.body
    if origin_of(vote.author) != origin_of(body["gov:assembly"]):
        return Flaw("vote.seat", "its author is not at home with that assembly")
    if body.get("gov:confederation") != case.confederation:
        return Flaw("vote.confederation", "it is about another confederation")
    cited = vote.one("gov:mandate")
    mandate = record.find(cited, "Mandate")
    if cited is not None and mandate is None:
        return _missing(cited)
    own = mandate is not None and mandate.author == body["gov:assembly"]
    flaw = granted(record, mandate, "mandate", at) if mandate is not None and own else None
    if flaw is not None and flaw.missing:
        return flaw
    recalls: list[Act] = []
    for recall in record.of("Recall", at, author=body["gov:assembly"]):
        if _ends(record, recall, vote):
            why = granted(record, recall, "recall", at)
            if why is not None and why.missing:
                return why
            recalls += [recall] if why is None else []
    return _worth(record, case, vote, None if flaw is not None else mandate, recalls, at)


def _ends(record: Record, recall: Act, vote: Act) -> bool:
    """True if `recall` ends the seat from which `vote` was cast; leaving the mandate out undoes no recall (B4)."""
    mandate = vote.one("gov:mandate")
    if mandate is not None and recall.need("gov:mandate") != mandate:
        return False
    named = recall.body.get("gov:delegates")
    if named is None:
        recalled = record.find(recall.need("gov:mandate"), "Mandate")
        named = recalled.body["gov:delegates"] if recalled is not None else []
    return vote.author in named


def _worth(
    record: Record, case: Case, vote: Act, mandate: Act | None, recalls: Sequence[Act], at: datetime
) -> Worth | Flaw:
    past = [recall for recall in recalls if not precedes(vote, recall)]
    if past:
        return Flaw("mandate.recalled", "it came after the recall", by=past[0])
    if mandate is not None:
        outside = _outside_term(record, vote, mandate, at)
        if outside is not None:
            return outside
    verdict = _verdict(record, case, vote, mandate)
    if verdict == "contradicts":
        return Flaw("mandate.contradicts", "it goes against the mandate")
    if verdict in _TENDENCY and recalls:
        return Flaw("mandate.recalled", "the recall took what only showed the tendency with it", by=recalls[0])
    return Worth(vote, verdict == "conforms")


def _outside_term(record: Record, vote: Act, mandate: Act, at: datetime) -> Flaw | None:
    starts, ends = read_instant(mandate.body["gov:validFrom"]), read_instant(mandate.body["gov:validUntil"])
    if vote.when < starts:
        return Flaw("mandate.not_yet", "its mandate had not begun")
    if vote.when >= ends:
        return Flaw("mandate.expired", "its mandate had ended")
    own = mandate.author == vote.body["gov:assembly"]
    for later in record.of("Mandate", at, author=mandate.author) if own else ():
        replaces = later.one("gov:supersedes") == mandate.ref or (
            _same_seat(mandate, later) and precedes(mandate, later)
        )
        stands = replaces and later.ref != mandate.ref and granted(record, later, "mandate", at) is None
        if stands and not precedes(vote, later):
            return Flaw("mandate.expired", "a later grant had taken its mandate's place", by=later)
    return None


def _same_seat(one: Act, other: Act) -> bool:
    keys = ("gov:term", "gov:council", "gov:office")
    return "gov:term" in one.body and all(one.body.get(key) == other.body.get(key) for key in keys)


def _verdict(record: Record, case: Case, vote: Act, mandate: Act | None) -> str:
    """no_mandate, declared, contradicts, exceeds or conforms; times and recalls have been looked at (16)."""
    if mandate is None or not _has_seat(case, vote, mandate):
        return "no_mandate"
    if vote.body.get("gov:indicative", False):
        return "declared"
    earlier = _earlier_versions(record, case.proposal)
    item = _item_for(case, mandate, earlier)
    latitude: Json | None = item["gov:latitude"] if item is not None else mandate.body.get("gov:default")
    if latitude is None or latitude["kind"] == "indicative":
        return "exceeds"
    if vote.body["gov:choice"] not in latitude.get("choices", ()):
        return "contradicts"
    followed = latitude["kind"] != "amendable" or item is None or _left_alone(case.proposal, item, earlier)
    return "conforms" if followed else "exceeds"


def _has_seat(case: Case, vote: Act, mandate: Act) -> bool:
    body = mandate.body
    if mandate.author != vote.body["gov:assembly"] or vote.author not in body["gov:delegates"] or "gov:office" in body:
        return False
    forum = case.proposal.body.get("gov:forum")
    if isinstance(forum, list) and not body.get("gov:council"):
        return True
    return bool(body.get("gov:council") == forum)


def _earlier_versions(record: Record, proposal: Act) -> dict[Ref, Act]:
    found: dict[Ref, Act] = {}
    ref = proposal.one("gov:supersedes")
    while ref is not None and ref not in found:
        version = record.find(ref, "Proposal")
        if version is None:
            break
        found[ref] = version
        ref = version.one("gov:supersedes")
    return found


def _item_for(case: Case, mandate: Act, earlier: Mapping[Ref, Act]) -> Json | None:
    """By exact digest, then an earlier version that may be amended, then topic; the first decides (16)."""
    items: list[Json] = mandate.body.get("gov:items", [])
    named = [(item, None if "topic" in item["gov:subject"] else as_ref(item["gov:subject"])) for item in items]
    exact = [item for item, ref in named if ref == case.proposal.ref]
    amended = [item for item, ref in named if ref in earlier and item["gov:latitude"]["kind"] == "amendable"]
    topics = {case.category, *case.proposal.body.get("gov:topics", ())}
    by_topic = [item for item, ref in named if ref is None and item["gov:subject"]["topic"] in topics]
    return next(iter((*exact, *amended, *by_topic)), None)


def _left_alone(proposal: Act, item: Json, earlier: Mapping[Ref, Act]) -> bool:
    subject = item["gov:subject"]
    before = earlier.get(as_ref(subject)) if "topic" not in subject else None
    if before is None:
        return True
    old, new = ({one["number"]: one for one in act.body.get("gov:clauses", ())} for act in (before, proposal))
    return all(number in old and old[number] == new.get(number) for number in item["gov:latitude"].get("clauses", ()))


# ----------------------------------------------------------------------------------------------
# Where an assembly stands, and the count (governance.md §7, §8, fine-print 11 to 22)
# ----------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A row of `gov:stances`."""

    assembly: str
    stance: str
    by: str | None = None
    choice: str | None = None
    acts: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one assembly stands, and why not elsewhere.

    `alike` are the acts that may be named for the row (two delegates with one choice); `undone`
    the acts that others took the place of; `void` those that count as none; `missing` what nobody
    produced and what could change the row.
    """

    row: Row
    alike: frozenset[Ref] = frozenset()
    undone: tuple[tuple[Ref, Act], ...] = ()
    void: tuple[tuple[Ref, Flaw], ...] = ()
    missing: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A whole recount: where each stands, figures and status, binding and as a tendency, and whom it binds."""

    stands: tuple[Stand, ...]
    counts: Counts
    status: Status
    wider: Counts
    tendency: Status
    binds: tuple[str, ...]

    @property
    def missing(self) -> tuple[Ref, ...]:
        """What nobody produced and what could change a row."""
        return tuple(sorted({ref for one in self.stands for ref in one.missing}))


def case_of(record: Record, proposal: Act, council: str | None = None) -> Case:
    """The frame of the count of `proposal` by its forum, or by a lower `council` that relayed it to its members."""
    forum = proposal.body.get("gov:forum")
    tier = council is not None and council != forum
    key = (proposal.ref, council if tier else None)
    if key not in record.cases:
        if tier:
            record.cases[key] = _tier(record, proposal, str(council))
        elif isinstance(forum, list):
            flaw = _proposal_flaw(proposal, None)
            record.cases[key] = Case(proposal, None, None, tuple(sorted(set(forum))), flaw)
        else:
            charter = record.find(proposal.one("gov:charter"), "Charter")
            whose = forum if isinstance(forum, str) else None
            flaw = charter_flaw(record, charter) if charter is not None else None
            if flaw is not None and flaw.missing:
                charter = None  # what it says cannot be held against anyone
            frame = Case(proposal, whose, charter, (), flaw or _proposal_flaw(proposal, charter))
            record.cases[key] = _framed_by(record, frame, str(forum))
    return record.cases[key]


def _tier(record: Record, proposal: Act, council: str) -> Case:
    """A lower tier counts by its own charter's rule for the category (fine-print 19)."""
    receipts = _freezing(record, proposal, council)
    since = receipts[0].when if receipts else proposal.when
    known = [(act, charter_flaw(record, act)) for act in record.of("Charter", since, author=council)]
    charters = [act for act, flaw in known if flaw is None or flaw.missing]
    charter = max(charters, key=lambda one: (one.when, one.body.get("gov:version", 0), one.ref), default=None)
    if charter is not None and charter_flaw(record, charter) is not None:
        charter = None  # its result is not at hand, so what it says cannot be held against anyone
    frame = Case(proposal, council, charter, (), None, tier=True)
    if charter is None:
        frame = replace(frame, void=Flaw("proposal.charter", f"the charter of {record.name(council)} is not at hand"))
    else:
        rule = frame.rule
        flaw = rule_flaw(rule) if rule is not None else Unreadable("proposal.rule", "its charter has no rule for this")
        frame = replace(frame, void=Flaw(flaw.code, flaw.because) if flaw is not None else None)
    return _framed_by(record, frame, council)


def _freezing(record: Record, proposal: Act, forum: str) -> list[Act]:
    return [act for act in record.of("Receipt", author=forum, act=proposal.ref) if "gov:roll" in act.body]


def _seats(record: Record, case: Case, forum: str) -> dict[str, int]:
    """The seats of each member when the roll was frozen, by what is not shown to be void (fine-print 5)."""
    charter = first_charter(record, forum)
    members = charter.body.get("gov:members", ()) if charter is not None else ()
    if charter is not None and not members:
        return dict.fromkeys(case.roll, 1)  # a host gives every delegation one
    seats = {member["assembly"]: member.get("gov:seats", 1) for member in members}
    receipts = _freezing(record, case.proposal, forum)
    at = receipts[0].when if receipts else case.proposal.time("gov:opens") or case.proposal.when
    for act in record.of("Admission", at, author=forum):
        flaw = admission_flaw(record, act)
        if flaw is None or flaw.code != "admission.outcome":
            seats[act.body["gov:assembly"]] = act.body.get("gov:seats", 1)
    return seats


def _proposal_flaw(proposal: Act, charter: Act | None) -> Flaw | None:
    """Why a proposal is void, or cannot be counted here (fine-print 9, 20)."""
    body, rule = proposal.body, proposal.body.get("gov:rule")
    if rule is None:
        return Flaw("proposal.rule", "it names no rule to decide by")
    flaw = rule_flaw(rule)
    if flaw is not None:
        return Flaw(flaw.code, flaw.because)
    options = {one["id"] for one in body.get("gov:options", ())}
    if of_options(rule) is not None and not 1 <= len(options) <= MOST_OPTIONS:
        return Flaw("proposal.options", f"a question has from 1 to {MOST_OPTIONS} options")
    if isinstance(body.get("gov:forum"), list):
        return None
    if charter is None:
        cited = proposal.one("gov:charter")
        return _missing(cited) if cited is not None else Flaw("proposal.charter", "it cites no charter")
    whole = rule_of(charter, body["gov:category"])
    if charter.author != body.get("gov:forum"):
        return Flaw("proposal.charter", "the charter that it cites is not its forum's")
    if _touches_entrenched(proposal, charter) and not _by_charter_rule(charter, rule):
        return Flaw("proposal.entrenched", "it changes what is entrenched, and is not decided as the rules are")
    return _by_another_rule(body, rule, whole)


def _by_another_rule(body: Json, rule: Json, whole: Json | None) -> Flaw | None:
    if same_rule(rule, whole):
        return None
    if whole is None or not same_rule(rule, whole.get("then")):
        return Flaw("proposal.rule", "its rule is not that of the charter for its category")
    names_first = "gov:supersedes" in body and "gov:decision" in body
    if not names_first or not {"gov:outcome", "gov:unresolved"} & body.keys():
        return Flaw("proposal.rule", "a second round names the first and the vote to go on")
    return None


def _by_charter_rule(charter: Act, rule: Json) -> bool:
    hard = rule_of(charter, "charter") or {}
    return same_rule(rule, hard) or same_rule(rule, hard.get("then"))


def _touches_entrenched(proposal: Act, charter: Act) -> bool:
    """True if a link of a proposal changes a decision that the charter entrenches by its address (governance.md §4)."""
    links, entrenched = proposal.body.get("gov:links"), settings_of(charter).get("entrenched")
    if not isinstance(links, dict) or not isinstance(entrenched, list):
        return False
    named = (one for kind in ("amends", "supersedes", "repeals") for one in links.get(kind, ()))
    return any(isinstance(one, dict) and one.get("id") in entrenched for one in named)


def _by_seats(rule: Json) -> bool:
    return any(part.get("weight") == "delegates" for part in counted(rule))


def _framed_by(record: Record, case: Case, forum: str) -> Case:
    """The frame with the frozen roll and, where the rule counts them, the seats."""
    case = _with_roll(record, case, forum)
    whole = case.proposal.body.get("gov:rule", {})
    asked = rule_flaw(whole) is None and _by_seats(whole)
    if case.void is not None or case.rule is None or not (asked or _by_seats(case.rule)):
        return case
    return replace(case, seats=_seats(record, case, forum))


def _with_roll(record: Record, case: Case, forum: str) -> Case:
    receipts, hosted = _freezing(record, case.proposal, forum), is_host(first_charter(record, forum))
    if not receipts:
        roll = roll_at(record, forum, case.proposal.time("gov:opens") or case.proposal.when)
        if roll:
            return replace(case, roll=roll, frozen=False)
        return replace(case, unclear=(f"the receipt of {record.name(forum)} that froze who may answer",))
    receipt = receipts[0]
    roll = tuple(sorted(set(receipt.body["gov:roll"])))
    opens = case.proposal.time("gov:opens") or receipt.when
    lags = (timedelta(0),) if hosted else (timedelta(0), _A_SECOND)
    moments = {moment - lag for moment in (opens, receipt.when) for lag in lags}
    known = {roll_at(record, forum, moment) for moment in moments}
    if roll in known:
        return replace(case, roll=roll)
    strangers = sorted(set(roll).difference(*known))
    if strangers and set(strangers) <= _said_to_found(record, forum, receipt.when):
        return replace(case, roll=roll)
    if strangers:
        # An Admission that was taken out of the file must not turn into an accusation.
        names = ", ".join(map(record.name, strangers))
        return replace(case, roll=roll, unclear=(f"what made {names} a member",))
    because = f"{record.name(forum)} froze another list of assemblies than the record has, in entry {receipt.ref.id}"
    fault = Finding("receipt.roll", because, receipt.ref, forum)
    return replace(case, roll=roll_at(record, forum, opens), faults=(fault,))


def recount(record: Record, case: Case, at: datetime) -> Count | Flaw:
    """The count at `at` from the acts alone; a Flaw where the proposal is void."""
    rule = case.rule
    if case.void is not None or rule is None:
        return case.void or Flaw("proposal.rule", "it names no rule to decide by")
    case = _seated(record, case, rule)
    stands = tuple(stand(record, home, assembly, at) for assembly, home in sorted(homes_of(record, case, rule).items()))
    rows = [one.row for one in stands]
    counts, wider = counts_of(rows), counts_of(rows, tendency=True)
    status, tendency = came_of(record, case, rule, rows, at)
    return Count(stands, counts, status, wider, tendency, bound_by(case, rows, status))


def _seated(record: Record, case: Case, rule: Json) -> Case:
    """The frame with the seats of everybody who is counted: over all base assemblies, those in its own council."""
    if not (rule.get("flat", False) and _by_seats(rule)):
        return case
    homes = homes_of(record, case, rule)
    return replace(case, seats={name: home.seats[name] for name, home in homes.items() if name in home.seats})


def came_of(record: Record, case: Case, rule: Json, rows: Sequence[Row], at: datetime) -> tuple[Status, Status]:
    """What `rule` makes of `rows` at `at`: binding, and as a tendency."""
    return (
        decide(rule, counts_of(rows), around(record, case, rule, rows, at)),
        decide(rule, counts_of(rows, tendency=True), around(record, case, rule, rows, at, tendency=True)),
    )


def homes_of(record: Record, case: Case, rule: Json) -> dict[str, Case]:
    """Who is counted, each with the frame in which it answers: the members, or all base assemblies if `flat`."""
    if rule.get("flat", False):
        return _bases(record, case)
    return dict.fromkeys(case.roll, case)


def _bases(record: Record, case: Case) -> dict[str, Case]:
    """The base assemblies of all tiers, each in the first one by the order of ids; a council with a tier is none."""
    forum = case.proposal.body.get("gov:forum")
    above = {case.council, *(forum if isinstance(forum, list) else [forum])}
    met = set(above)
    found: dict[str, Case] = {}
    for member, home in list(_met(record, case, met, _DEEPEST_TIER)):
        if member not in met - above:
            found.setdefault(member, home)
    return found


def _met(record: Record, case: Case, met: set[str | None], deep: int) -> Iterator[tuple[str, Case]]:
    """Whoever is met on the way down, each council once: it could name the same ones again on every tier."""
    for member in sorted(set(case.roll)):
        if deep and member not in met and _freezing(record, case.proposal, member):
            met.add(member)
            yield from _met(record, case_of(record, case.proposal, member), met, deep - 1)
        else:
            yield member, case


def around(
    record: Record, case: Case, rule: Json, rows: Sequence[Row], at: datetime, *, tendency: bool = False
) -> Around:
    """What `rule` looks at beside the heads of `rows`: seats, people, ballots, a draw, caucuses (5, 6, 10, 20)."""
    parts = counted(rule)
    cited = [row for row in rows if row.by == "ratification" and row.stance in set(Stance) and row.acts]
    found = [(row, record.find(row.acts[0], "Ratification")) for row in cited]
    ratified = [(row, act) for row, act in found if act is not None]
    counts = {"delegates": counts_of(rows, case.seats, tendency=tendency), "people": _people(ratified)}
    choosing = of_options(rule)
    options = options_of(choosing, case.proposal.body) if choosing is not None else ()
    lots = [as_ref(part["lot"]) for part in parts if "lot" in part]
    drawn = [(lot, record.find(lot, "Draw")) for lot in lots]
    draws = {lot: draw.body["gov:seed"] for lot, draw in drawn if draw is not None and not _came_too_soon(record, draw)}
    looks_in = choosing is not None or any(part.get("weight") == "people" for part in parts)
    missing = [row.acts[0] for row, act in found if act is None] if looks_in else []
    bodies = {one["body"] for part in parts for one in part.get("caucus", ())}
    closes = closes_of(record, case.proposal, at)
    return Around(
        {weight: figures for weight, figures in counts.items() if weight in {part.get("weight") for part in parts}},
        options,
        {
            part.get("weight", "assemblies"): _votes(part, case, ratified)
            for part in parts
            if part["method"] in OF_OPTIONS
        },
        draws,
        {body: stand(record, case, body, at, caucus=True).row.stance for body in sorted(bodies)},
        over=closes is not None and at >= closes,
        missing=(*missing, *(lot for lot in lots if lot not in draws)),
    )


def _people(ratified: Iterable[tuple[Row, Act]]) -> Counts:
    """The people in counted Ratifications; those whose choices stay at home abstain (fine-print 5, 37)."""
    sums = Counts()
    for _, act in ratified:
        counts = Counts.read(act.body.get("gov:counts", {}))
        if act.body.get("gov:small", False):
            counts = Counts(counts.entitled, counts.entitled, abstain=counts.entitled)
        sums = Counts(*map(int.__add__, sums, counts))
    return sums


def _votes(rule: Json, case: Case, ratified: Iterable[tuple[Row, Act]]) -> tuple[Vote, ...]:
    """The ballots of the assemblies in favour, as heavy as `rule` weighs them."""
    votes: list[Vote] = []
    for row, act in ratified:
        if not _says_of_options(act) or row.stance not in {"ratified", "reserved"}:
            continue
        counts = Counts.read(act.body.get("gov:counts", {}))
        weights = {"delegates": case.seats.get(row.assembly, 1), "people": counts.agree + counts.reserve}
        try:
            weight = weights.get(rule.get("weight", "assemblies"), 1)
            votes.append(read_vote(rule, options_of(rule, case.proposal.body), act.body["gov:ballot"], weight))
        except Unreadable:
            continue
    return tuple(votes)


def counts_of(rows: Iterable[Row], seats: Mapping[str, int] | None = None, *, tendency: bool = False) -> Counts:
    """The eight figures over assemblies or their `seats`; with `tendency`, indicative choices take part (1, 3, 22)."""
    have = dict.fromkeys(Stance, 0)
    everybody = 0
    for row in rows:
        heads = 1 if seats is None else seats.get(row.assembly, 1)
        everybody += heads
        word = row.choice if tendency and row.stance == "indicative" else row.stance
        if word in set(Stance):
            have[Stance(str(word))] += heads
    return Counts(
        everybody,
        sum(have.values()),
        have[Stance.RATIFIED],
        have[Stance.RESERVED],
        disagree=have[Stance.REJECTED],
        abstain=have[Stance.ABSTAINED],
    )


def bound_by(case: Case, rows: Iterable[Row], status: Status) -> tuple[str, ...]:
    """The sorted ids whom a result binds: by the charter's `binds` and `scope`; a call, who signed (11, 22)."""
    if status is Status.OPEN:
        return tuple(sorted(row.assembly for row in rows if row.stance in {"ratified", "reserved"}))
    settings = settings_of(case.charter)
    if status is not Status.ADOPTED or (case.charter is not None and settings.get("scope", "platform") == "platform"):
        return ()
    default = "all" if case.category in {"charter", "admission", "challenge"} else "ratifying"
    everybody = settings.get("binds", {}).get(case.category, default) == "all"
    return tuple(sorted(row.assembly for row in rows if everybody or row.stance in {"ratified", "reserved"}))


def stand(record: Record, case: Case, assembly: str, at: datetime, *, caucus: bool = False) -> Stand:
    """Where `assembly` stands: its Ratification, else a conforming vote, else an indicative one, else silent."""
    votes = _stand_by_votes(record, case, assembly, at)
    good: list[Act] = []
    void: list[tuple[Ref, Flaw]] = []
    for act in record.of("Ratification", at, author=assembly, proposal=case.proposal.ref):
        flaw = _late(record, case, act, at)
        flaw = flaw or weigh_answer(record, act, case.confederation, case.category, at, caucus=caucus)
        flaw = flaw or _ballot_flaw(case, act)
        if flaw is None:
            good.append(act)
        else:
            void.append((act.ref, flaw))
    missing = tuple(ref for _, flaw in void for ref in flaw.missing)
    if not good:
        return replace(votes, void=votes.void + tuple(void), missing=votes.missing + missing)
    heads = standing(good)
    refs = tuple(act.ref for act in heads)
    row = Row(assembly, heads[0].body["gov:stance"], "ratification", None, refs)
    if len(heads) > 1:
        row = Row(assembly, "contested", "ratification", None, refs)
    outranked = tuple((ref, heads[0]) for ref in sorted(votes.alike | set(votes.row.acts)))
    undone = _superseded(good) + _contesting(heads) + outranked + votes.undone
    return Stand(row, frozenset(refs), undone, votes.void + tuple(void), missing)


def _says_of_options(act: Act) -> bool:
    """True if an act has a ballot that is read: one beside `gov:small` would say what so few chose (37)."""
    return "gov:ballot" in act.body and not act.body.get("gov:small", False)


def _ballot_flaw(case: Case, act: Act) -> Flaw | None:
    rule = of_options(case.rule) if case.rule is not None else None
    if rule is None or not _says_of_options(act):
        return None
    try:
        read_vote(rule, options_of(rule, case.proposal.body), act.body["gov:ballot"])
    except Unreadable as bad:
        return Flaw(bad.code, bad.because)
    return None


def _late(record: Record, case: Case, act: Act, at: datetime) -> Flaw | None:
    rule, closes = case.rule or {}, closes_of(record, case.proposal, at)
    if rule.get("method") == "accession" and act.body.get("gov:stance") == "rejected" and "gov:supersedes" in act.body:
        return None  # a signature under a call is taken back at any time (fine-print 11)
    return Flaw("vote.late", "it came after the close") if closes is not None and act.when > closes else None


def _stand_by_votes(record: Record, case: Case, assembly: str, at: datetime) -> Stand:
    good: dict[Ref, Worth] = {}
    void: list[tuple[Ref, Flaw]] = []
    for vote in record.of("DelegateVote", at, assembly=assembly, proposal=case.proposal.ref):
        found = _late(record, case, vote, at) or weigh_vote(record, case, vote, at)
        if isinstance(found, Worth):
            good[vote.ref] = found
        else:
            void.append((vote.ref, found))
    missing = tuple(ref for _, flaw in void for ref in flaw.missing)
    # A void vote undoes nothing, so supersession is looked at among those that count.
    acts = [worth.vote for worth in good.values()]
    heads = standing(acts)
    binding = [vote for vote in heads if good[vote.ref].binds]
    basis = binding or list(heads)
    undone = _superseded(acts)
    if not basis:
        return Stand(Row(assembly, "silent"), undone=undone, void=tuple(void), missing=missing)
    undone += tuple((vote.ref, binding[0]) for vote in heads if binding and not good[vote.ref].binds)
    choices = {vote.body["gov:choice"] for vote in basis}
    refs = tuple(vote.ref for vote in basis)
    if len(choices) > 1 and binding:
        row = Row(assembly, "contested", "mandate", None, refs)
        undone += _contesting(basis)
    elif binding:
        row = Row(assembly, choices.pop(), "mandate", None, refs[:1])
        undone += _outrun(basis)
    elif len(choices) == 1:
        row = Row(assembly, "indicative", "delegate", choices.pop(), refs[:1])
        undone += _outrun(basis)
    else:
        row = Row(assembly, "indicative", "delegate", Stance.ABSTAINED.value, refs[:1])
        undone += _contesting(basis)
    return Stand(row, frozenset(refs), undone, tuple(void), missing)


def _superseded(acts: Sequence[Act]) -> tuple[tuple[Ref, Act], ...]:
    known = {(act.author, act.ref) for act in acts}
    pairs = [(act.one("gov:supersedes"), act) for act in acts]
    return tuple((old, act) for old, act in pairs if old is not None and (act.author, old) in known)


def _outrun(basis: Sequence[Act]) -> tuple[tuple[Ref, Act], ...]:
    """Of votes with one choice the earlier act is named (fine-print 15)."""
    return tuple((vote.ref, basis[0]) for vote in basis[1:] if precedes(basis[0], vote))


def _contesting(heads: Sequence[Act]) -> tuple[tuple[Ref, Act], ...]:
    return tuple((one.ref, other) for one in heads for other in heads if one.ref != other.ref)


# ----------------------------------------------------------------------------------------------
# Outcomes: fine, stale, incomplete or at fault (fine-print 12, 21 to 24)
# ----------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What an Outcome is found to be."""

    FINE = "fine"
    STALE = "stale"
    INCOMPLETE = "incomplete"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing about an Outcome: `clause` is the letter of fine-print 23 where it is a fault."""

    kind: Kind
    code: str
    sentence: str
    clause: str | None = None
    act: Ref | None = None
    assembly: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an Outcome is found to be, with every reason."""

    kind: Kind
    reasons: tuple[Reason, ...] = ()


class Sealed(NamedTuple):
    """What an Outcome says, read once."""

    act: Act
    rows: tuple[Row, ...]
    roll: tuple[str, ...]
    final: bool
    received: frozenset[Ref]


_CIRCULAR: Final = Judgement(Kind.INCOMPLETE, (Reason(Kind.INCOMPLETE, "outcome.circular", "it rests on itself"),))
"""What an Outcome is worth while it is being judged: one that rests on itself by an Admission proves nothing."""
_DEEPEST: Final = 32
"""So many results that rest on one another are looked into; no confederation needs as many."""
_DEEPEST_TIER: Final = 16
"""Tiers below a forum that are looked into; a nesting that never ends is nobody's confederation."""


def judge(record: Record, outcome: Act) -> Judgement:
    """Whether an Outcome follows from itself and from the acts in the file (fine-print 23)."""
    if outcome.ref not in record.judged and record.deep >= _DEEPEST:
        return _CIRCULAR
    if outcome.ref not in record.judged:
        record.judged[outcome.ref] = _CIRCULAR
        record.deep += 1
        reasons = tuple(_reasons(record, outcome))
        kinds = {reason.kind for reason in reasons}
        worst = next((kind for kind in (Kind.FAULT, Kind.INCOMPLETE, Kind.STALE) if kind in kinds), Kind.FINE)
        record.judged[outcome.ref] = Judgement(worst, reasons)
        record.deep -= 1
    return record.judged[outcome.ref]


def _reasons(record: Record, outcome: Act) -> Iterator[Reason]:
    yield from _unreached(record, outcome)
    sealed = _read_outcome(record, outcome)
    proposal = subject_of(record, outcome.need("gov:proposal"))
    if proposal is None and record.find(outcome.need("gov:proposal"), "Draft") is not None:
        yield Reason(Kind.FAULT, "outcome.draft", "what it counts is a draft, on which nobody decides", "b")
        return
    if proposal is None:
        cited = outcome.need("gov:proposal")
        yield Reason(Kind.INCOMPLETE, "outcome.proposal", f"the proposal {cited.id} is not in the file", None, cited)
        return
    case = _case_for(record, proposal, outcome)
    if outcome.author == case.confederation and was_forming(record, outcome.author, outcome.when, sealed.roll):
        sentence = "as far as the file tells fewer than two of its founding assemblies had joined"
        yield Reason(Kind.INCOMPLETE, "outcome.forming", sentence)
    yield from _figures(record, sealed, case)
    if case.void is not None:
        unread = case.tier and case.charter is None
        unclear = unread or bool(case.void.missing) or case.void.code == "rule.method"
        kind = Kind.INCOMPLETE if unclear else Kind.FAULT
        sentence = f"the proposal cannot be decided: {case.void.because}"
        yield Reason(kind, "outcome.proposal", sentence, None if unclear else "b", proposal.ref)
        return
    homes = homes_of(record, case, outcome.body["gov:rule"])
    yield from _roll_reasons(sealed, case, tuple(sorted(homes)))
    everyone = sorted({*sealed.roll, *homes})
    mine = {one: stand(record, homes.get(one, case), one, outcome.when) for one in everyone}
    for row in sealed.rows:
        if row.assembly in mine:
            yield from _differs(record, sealed, row, mine[row.assembly])


def _case_for(record: Record, proposal: Act, outcome: Act) -> Case:
    """The frame by which an Outcome is judged: that of a lower tier if its council is a member somewhere below.

    A Charter makes members, so that a council is asked about one before it is any.
    """
    whole = case_of(record, proposal)
    council = outcome.body.get("gov:confederation")
    if proposal.type == "gov:Charter":
        return case_of(record, proposal, council)
    known, found = {whole.council}, [whole]
    while found:
        case = found.pop()
        members = set(case.roll) - known
        known |= members
        found += [case_of(record, proposal, one) for one in sorted(members) if _freezing(record, proposal, one)]
    return case_of(record, proposal, council) if council is not None and council in known else whole


def _read_outcome(record: Record, outcome: Act) -> Sealed:
    received = frozenset(
        receipt.need("gov:act")
        for receipt in record.of("Receipt", outcome.when, author=outcome.author)
        if outcome.leaf is None or receipt.body["gov:leaf"] < outcome.leaf
    )
    rows = tuple(_read_row(row) for row in outcome.body["gov:stances"])
    return Sealed(outcome, rows, tuple(outcome.body["gov:roll"]), bool(outcome.body.get("gov:final", False)), received)


def _read_row(row: Json) -> Row:
    act = row.get("act")
    acts = [] if act is None else act if isinstance(act, list) else [act]
    return Row(row["assembly"], row["stance"], row.get("by"), row.get("choice"), tuple(as_ref(one) for one in acts))


def _fits_its_stance(row: Row) -> bool:
    """True if a row has the acts, the author kind and the choice that its stance takes (fine-print 21)."""
    if row.stance == "silent":
        return not row.acts and row.choice is None
    if row.stance == "contested":
        return len(set(row.acts)) > 1 and row.choice is None
    if row.stance == "indicative":
        return len(row.acts) == 1 and row.choice is not None and row.by == "delegate"
    return len(row.acts) == 1 and row.by in {"ratification", "mandate"}


def _figures(record: Record, sealed: Sealed, case: Case) -> Iterator[Reason]:
    """Clause (a): rows, counts and status follow from each other."""
    body, rows = sealed.act.body, sealed.rows
    rule = body["gov:rule"]
    flaw = rule_flaw(rule)
    if flaw is not None:
        if case.void is None:
            yield Reason(Kind.FAULT, "outcome.rule", f"its rule cannot be counted by: {flaw.because}", "a")
        return
    checks = [
        ("rows", sorted(row.assembly for row in rows) == sorted(sealed.roll), "its rows are not those of its roll"),
        ("row", all(map(_fits_its_stance, rows)), "a row does not have what its stance takes"),
        ("counts", Counts.read(body["gov:counts"]) == counts_of(rows), "its counts do not follow from its rows"),
        *_framed(record, sealed, case, Status(body["gov:status"])),
    ]
    for code, holds, sentence in checks:
        if not holds:
            yield Reason(Kind.FAULT, f"outcome.{code}", sentence, "a")
    yield from _came_about(record, sealed, case)


def _came_about(record: Record, sealed: Sealed, case: Case) -> Iterator[Reason]:
    """Clause (a) for status, order and tendency; what a caucus said is in no row, and judged like an act left out."""
    body, rows, rule, at = sealed.act.body, sealed.rows, sealed.act.body["gov:rule"], sealed.act.when
    case = _seated(record, case, rule)
    unseated = [row.assembly for row in rows if row.assembly not in case.seats] if case.confederation else []
    if unseated and _by_seats(rule):
        names = ", ".join(map(record.name, unseated))
        yield Reason(Kind.INCOMPLETE, "outcome.seats", f"not in the file: what gave {names} their seats")
        return
    whole = around(record, case, rule, rows, at)
    for ref in whole.missing:
        sentence = f"entry {ref.id}, which its count looks into, is not in the file"
        yield Reason(Kind.INCOMPLETE, "outcome.not_at_hand", sentence, None, ref)
    if whole.missing:
        return
    status, tendency = came_of(record, case, rule, rows, at)
    order = order_in(rule, counts_of(rows), whole)
    told = body.get("gov:order", [])
    if told and [set(group) for group in told] != [set(group) for group in order]:
        yield Reason(Kind.FAULT, "outcome.order", "its order does not follow from the ballots", "a")
    adopted = text_of(case.proposal, order) if status is Status.ADOPTED else None
    if "gov:adopted" in body and body["gov:status"] == status and as_ref(body["gov:adopted"]) != adopted:
        yield Reason(Kind.FAULT, "outcome.adopted", "the text that it calls adopted is not the one that won", "a")
    if body["gov:status"] != status:
        if body["gov:status"] in _possible(rule, rows, whole):
            yield _by_caucus(record, sealed, rule, case)
        else:
            sentence = f"its rows come to {status}, not to {body['gov:status']}"
            yield Reason(Kind.FAULT, "outcome.status", sentence, "a")
    wide = body.get("gov:tendency")
    same = wide is None or Counts.read(wide["counts"]) == counts_of(rows, tendency=True)
    if not same or (wide is not None and body["gov:status"] == status and wide["status"] != tendency):
        yield Reason(Kind.FAULT, "outcome.tendency", "its tendency does not follow from its rows", "a")


def _possible(rule: Json, rows: Sequence[Row], whole: Around) -> set[Status]:
    """Every status that `rows` can come to, whatever the caucuses said."""
    bodies = sorted({one["body"] for part in counted(rule) for one in part.get("caucus", ())})
    agreed = dict.fromkeys(bodies, "ratified")
    cases = [agreed, *({**agreed, body: stance} for body in bodies for stance in ("silent", "rejected"))]
    return {decide(rule, counts_of(rows), replace(whole, caucuses=stances)) for stances in cases if bodies}


def _by_caucus(record: Record, sealed: Sealed, rule: Json, case: Case) -> Reason:
    bodies = sorted({one["body"] for part in counted(rule) for one in part.get("caucus", ())})
    said = [act for body in bodies for act in record.of("Ratification", author=body, proposal=case.proposal.ref)]
    by_then = [act for act in said if act.when <= sealed.act.when]
    known = next((act for act in by_then if act.ref in sealed.received), None)
    if known is not None or (sealed.final and by_then):
        act = known or by_then[0]
        sentence = f"it does not go by entry {act.ref.id} of {record.name(act.author)}"
        return Reason(Kind.FAULT, "outcome.left_out", sentence, "c", act.ref, act.author)
    if by_then:
        sentence = f"{record.name(by_then[0].author)} has answered in entry {by_then[0].ref.id}"
        return Reason(Kind.STALE, "outcome.caucus", sentence, None, by_then[0].ref)
    return Reason(Kind.INCOMPLETE, "outcome.caucus", "what a caucus said to it is not in the file")


def _framed(record: Record, sealed: Sealed, case: Case, status: Status) -> list[tuple[str, bool, str]]:
    """The checks of clause (a) that need the proposal and its charter."""
    body = sealed.act.body
    proposed = case.rule
    checks = [
        ("rule", proposed is None or same_rule(body["gov:rule"], proposed), "its rule is not the proposal's"),
        ("confederation", body.get("gov:confederation") == case.confederation, "it is about another confederation"),
    ]
    if case.charter is None and case.confederation is not None:
        return checks  # what a charter says cannot be held against anyone unread
    binds, due = body.get("gov:binds"), bound_by(case, sealed.rows, status)
    open_ended = status in {Status.ADOPTED, Status.OPEN}
    said = sorted(binds) == list(due) if binds is not None else not open_ended
    names = ", ".join(map(record.name, due)) or "nobody"
    checks.append(("binds", said, f"it does not say whom it binds: {names}"))
    closes, contest = closes_of(record, case.proposal, sealed.act.when), settings_of(case.charter).get("contest", _WEEK)
    over = closes is not None and sealed.act.when >= closes + read_duration(contest)
    checks.append(("final", over or not sealed.final, "it says that it is final before the time to object is over"))
    return checks


def _roll_reasons(sealed: Sealed, case: Case, roll: tuple[str, ...]) -> Iterator[Reason]:
    for what in case.unclear:
        code = _UNCLEAR if case.roll else "outcome.roll"
        yield Reason(Kind.INCOMPLETE, code, f"not in the file: {what}")
    if case.roll and sorted(sealed.roll) != list(roll):
        if case.frozen:
            yield Reason(Kind.FAULT, "outcome.roll", "its roll is not the one that was frozen", "b")
        else:
            yield Reason(Kind.INCOMPLETE, "outcome.roll", "what made members in the file makes another roll")


def _differs(record: Record, sealed: Sealed, theirs: Row, mine: Stand) -> Iterator[Reason]:
    """Clauses (b) and (c): why a row is not ours; and what is missing to say.

    What an Outcome does not cite and what rests on nothing that is here makes no row incomplete: whoever names a
    mandate that nobody ever saw would leave every result open for good.
    """
    row, who = mine.row, theirs.assembly
    same = (theirs.stance, theirs.by, theirs.choice) == (row.stance, row.by, row.choice)
    if same and set(theirs.acts) == set(row.acts):
        return
    for ref in sorted(set(mine.missing)):
        sentence = f"entry {ref.id}, on which the stance of {record.name(who)} rests, is not in the file"
        yield Reason(Kind.INCOMPLETE, "outcome.not_at_hand", sentence, None, ref, who)
    if theirs.stance == "silent":
        yield _left_out(record, sealed, mine)
        return
    found = [reason for ref in theirs.acts if (reason := _cited(record, sealed, ref, theirs, mine)) is not None]
    yield from found
    # Of two acts of one second nobody can say which is the earlier, so either may be named.
    if found or (same and row.stance != "contested" and set(theirs.acts) <= mine.alike):
        return
    if set(theirs.acts) < mine.alike and row.stance == "contested":
        yield Reason(
            Kind.STALE, "outcome.behind", f"{record.name(who)} has given two answers since", None, row.acts[-1], who
        )
    elif not mine.missing:
        sentence = f"it says that {record.name(who)} stands at {theirs.stance}, its entry says {row.stance}"
        yield Reason(Kind.FAULT, "outcome.misstates", sentence, "b", next(iter(theirs.acts), None), who)


def _left_out(record: Record, sealed: Sealed, mine: Stand) -> Reason:
    """It says silent where an act exists: a fault if it is final or its sealer had given a Receipt, else stale."""
    who, sealer = record.name(mine.row.assembly), record.name(sealed.act.author)
    answers = (*mine.row.acts, *sorted(mine.alike), *(old for old, _ in mine.undone))
    known = next((ref for ref in answers if ref in sealed.received), None)
    act = known or mine.row.acts[0]
    if known is not None:
        sentence = f"it gives no answer for {who}, though {sealer} had given a receipt for its entry {act.id}"
    else:
        sentence = f"it gives no answer for {who}, though there is entry {act.id}"
    fault = sealed.final or known is not None
    kind, clause = (Kind.FAULT, "c") if fault else (Kind.STALE, None)
    return Reason(kind, "outcome.left_out", sentence, clause, act, mine.row.assembly)


def _cited(record: Record, sealed: Sealed, ref: Ref, theirs: Row, mine: Stand) -> Reason | None:
    """What is wrong with counting `ref`: not at hand, undone by another act, or counted as none; None if nothing."""
    who = theirs.assembly
    act = record.acts.get(ref)
    if act is None:
        sentence = f"entry {ref.id} of {record.name(who)}, which it counts, is not in the file as it was signed"
        return Reason(Kind.INCOMPLETE, "outcome.not_at_hand", sentence, None, ref, who)
    void = dict(mine.void).get(ref)
    undoing = [by for old, by in mine.undone if old == ref and by.ref not in theirs.acts]
    undoing += [void.by] if void is not None and void.by is not None else []
    if undoing:
        known = next((by for by in undoing if by.ref in sealed.received), None)
        by = known or undoing[0]
        fault = sealed.final or known is not None
        sentence = f"it counts entry {ref.id} of {record.name(who)}, which entry {by.ref.id} took the place of"
        kind, clause = (Kind.FAULT, "b") if fault else (Kind.STALE, None)
        return Reason(kind, "outcome.undone", sentence, clause, by.ref, who)
    if ref in mine.alike:
        return None
    if void is not None and void.missing:
        sentence = f"entry {void.missing[0].id}, on which entry {ref.id} rests, is not in the file"
        return Reason(Kind.INCOMPLETE, "outcome.not_at_hand", sentence, None, void.missing[0], who)
    because = void.because if void is not None else "it is no answer of that assembly to this text by then"
    code = f"outcome.counts_void:{void.code}" if void is not None else "outcome.counts_void"
    sentence = f"it counts entry {ref.id} of {record.name(who)}, which does not count: {because}"
    return Reason(Kind.FAULT, code, sentence, "b", ref, who)


def _unreached(record: Record, outcome: Act) -> Iterator[Reason]:
    """Clause (d): the same sealer's earlier Outcomes that it does not reach through `gov:correctionOf`."""
    mine = record.of("Outcome", author=outcome.author, proposal=outcome.need("gov:proposal"))
    before = [
        act
        for act in mine
        if act.body.get("gov:confederation") == outcome.body.get("gov:confederation") and _came_before(act, outcome)
    ]
    reached: set[Ref] = set()
    following = outcome.one("gov:correctionOf")
    broken: Ref | None = None
    while following is not None and following not in reached:
        reached.add(following)
        act = record.find(following, "Outcome")
        if act is not None and act.need("gov:proposal") != outcome.need("gov:proposal"):
            act = None  # whoever names one about another text says no more than by naming what never was
        broken = following if act is None else None
        following = act.one("gov:correctionOf") if act is not None else None
    for other in before:
        if other.ref not in reached and broken is not None:
            sentence = f"no result about this text in the file is entry {broken.id}, which it corrects"
            yield Reason(Kind.INCOMPLETE, "outcome.second", sentence, None, broken)
        elif other.ref not in reached:
            sentence = f"it does not say that it corrects entry {other.ref.id} of the same sealer"
            yield Reason(Kind.FAULT, "outcome.second", sentence, "d", other.ref)


def _came_before(one: Act, other: Act) -> bool:
    """True if `one` is the earlier: by leaf, then `published`; what its sealer's ledger holds goes first on a tie."""
    if one.ref == other.ref:
        return False
    if one.leaf is not None and other.leaf is not None:
        return one.leaf < other.leaf
    return (one.published, one.leaf is None, one.ref) < (other.published, other.leaf is None, other.ref)


# ----------------------------------------------------------------------------------------------
# Reading a whole file: actors, key-logs, ledgers, proofs, in that order
# ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Actor:
    """What an actor document in the file says: a name to show, and the Multikeys of its assertionMethod."""

    name: str | None
    keys: tuple[str, ...]


class Reading:
    """One pass over a bundle; afterwards `record` holds what may be counted and the lists what was found.

    Steps depend on each other: key-logs before checkpoints, checkpoints before leaves, leaves
    before proofs (a retired key is good only for leaves before its successor).
    """

    def __init__(self, bundle: Bundle, trust: str | None) -> None:
        self.bundle = bundle
        self.trust = trust
        self.bad: list[Finding] = []
        self.faults: list[Finding] = []
        self.missing: list[str] = []
        self.notes: list[str] = []
        self.actors: dict[str, Actor] = {}
        self._read_actors()
        self.names = {address: actor.name for address, actor in self.actors.items() if actor.name is not None}
        self.drafts = self._drafts("acts/")
        self.key_drafts = self._drafts("keylog/")
        self.anchors: dict[str, frozenset[str]] = {}
        self.chains = self._anchored_chains()
        self._keys: dict[str, tuple[bytes, ...]] = {}
        self.checkpoints: dict[Checkpoint, None] = {}
        leaves = self._read_ledgers()
        acts = self._verify(leaves)
        self.record = Record(acts, self.names)
        self._tell_manifest()
        self._tell_versions(acts)
        self._tell_trust()

    def name(self, address: str) -> str:
        """What to call an address in a sentence."""
        return self.names.get(address) or host_of(address)

    def _members(self, folder: str) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self.bundle.members):
            if path.startswith(folder):
                yield path, self.bundle.members[path]

    def _drafts(self, folder: str) -> list[Draft]:
        found: list[Draft] = []
        for path, raw in self._members(folder):
            try:
                draft = read_act(raw, path)
            except Unreadable as bad:
                named, who = _gist(raw)
                entry = f"Entry {named} ({path}), signed by {self.name(who)}:" if named and who else f"{path}:"
                sentence = f"{entry} it cannot be read as an entry of the record: {bad.because}."
                self.bad.append(Finding(bad.code, sentence, None, who, path))
                continue
            if (draft.act.type == "gov:KeyEvent") != (folder == "keylog/"):
                sentence = f"{path} is not where a file of the record has what it holds."
                self.faults.append(Finding("bundle.place", sentence, draft.act.ref, None, path))
                continue
            found.append(draft)
        return found

    def _read_actors(self) -> None:
        for path, raw in self._members("actors/"):
            try:
                document = read_json(raw, most=MOST_MEMBER, floats=True)
            except Unreadable as bad:
                self.notes.append(f"{path} cannot be read: {bad.because}.")
                continue
            address = document.get("id")
            if not isinstance(address, str) or not is_id(address):
                continue
            name = document.get("name")
            methods = document.get("assertionMethod")
            listed = methods if isinstance(methods, list) else [methods]
            keys = tuple(
                key["publicKeyMultibase"]
                for key in listed[:10]
                if isinstance(key, dict)
                and isinstance(key.get("publicKeyMultibase"), str)
                and key.get("controller") == address
            )
            self.actors[address] = Actor(plain(name) if isinstance(name, str) and name else None, keys)

    # Key-logs -------------------------------------------------------------------------------

    def _anchored_chains(self) -> dict[str, Chain]:
        events: dict[str, list[Act]] = {}
        for draft in self.key_drafts:
            event = _own_event(draft)
            if event is None:
                self._broken(draft, "its own key did not sign it")
            else:
                events.setdefault(event.author, []).append(event)
        anchors = self._roots(events)
        while True:
            chains, findings = self._chains(events, anchors)
            named = self._anchors(chains, anchors)
            if named == anchors:
                break
            anchors = named
        self.anchors = anchors
        for finding in findings:
            if self.trust is None:
                self.missing.append(finding.sentence)
            else:
                self.faults.append(finding)
        for author, chain in chains.items():
            for event in forked(chain, events[author])[:1]:
                sentence = f"{self.name(author)} signed two different key entries of one version."
                self.faults.append(Finding("key.forked", sentence, event.ref, author))
        return chains

    def _roots(self, events: Mapping[str, Sequence[Act]]) -> dict[str, frozenset[str]]:
        if self.trust is None:
            self.notes.append("No --trust was given: whose keys these are was taken from the file itself.")
            return {}
        roots = {
            event.author: frozenset({self.trust})
            for known in events.values()
            for event in known
            if event.ref.digest == self.trust
        }
        if not roots:
            sentence = f"The key entry that you trust, {self.trust}, is not in the file."
            self.faults.append(Finding("key.unlogged", sentence))
        return roots

    def _chains(
        self, events: Mapping[str, Sequence[Act]], anchors: Mapping[str, frozenset[str]]
    ) -> tuple[dict[str, Chain], list[Finding]]:
        chains: dict[str, Chain] = {}
        findings: list[Finding] = []
        for author, known in events.items():
            actor = self.actors.get(author)
            keys = frozenset(actor.keys) if actor is not None else frozenset[str]()
            chain = chain_of(known, anchors.get(author, frozenset()), keys)
            if isinstance(chain, Chain):
                chains[author] = chain
            elif chain is not None:
                sentence = f"The first key entry of {self.name(author)} is not the one that its confederation named."
                findings.append(replace(chain, sentence=sentence))
        return chains, findings

    def _anchors(self, chains: Mapping[str, Chain], known: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """What those who can be trusted say about the first key entries of others (fine-print 28)."""
        found = {author: set(digests) for author, digests in known.items()}
        for draft in self.drafts:
            act = draft.act
            if act.type not in {"gov:Charter", "gov:Admission"} or act.author not in chains:
                continue
            if self.trust is not None and act.author not in known:
                continue
            if signed_by(draft, (key for key, _ in chains[act.author].ever())) is None:
                continue
            named = [(member["assembly"], member.get("gov:keylog")) for member in act.body.get("gov:members", ())]
            if act.type == "gov:Admission":
                named.append((act.body["gov:assembly"], act.body.get("gov:keylog")))
            for assembly, first in named:
                if first is not None and assembly != act.author:
                    found.setdefault(assembly, set()).add(first)
        return {author: frozenset(digests) for author, digests in found.items()}

    # Ledgers --------------------------------------------------------------------------------

    def _keys_of(self, owner: str) -> tuple[bytes, ...]:
        """Every key that an assembly ever had in the standing key-log."""
        if owner not in self._keys:
            chain = self.chains.get(owner)
            multikeys = [key for key, _ in chain.ever()] if chain is not None else []
            self._keys[owner] = tuple(key_of(key) for key in multikeys if _reads(key_of, key))
        return self._keys[owner]

    def _read_ledgers(self) -> dict[str, int]:
        """The index in its home ledger of every act for which a proof shows it, by file."""
        for path, raw in self._members("checkpoints/"):
            try:
                self._take_checkpoint(path, read_checkpoint(raw.decode()))
            except (Unreadable, UnicodeDecodeError):
                self._unreadable("ledger.checkpoint", path)
        leaves: dict[str, int] = {}
        drafts = {draft.act.file: draft for draft in self.drafts}
        for path, raw in self._members("proofs/"):
            draft = drafts.get("acts/" + path.removeprefix("proofs/").removesuffix(".txt") + ".json")
            index = self._shown_at(path, raw, draft) if draft is not None else None
            if draft is not None and index is not None:
                leaves[draft.act.file] = index
        self._tell_split_views()
        return leaves

    def _shown_at(self, path: str, raw: bytes, draft: Draft) -> int | None:
        """The index at which the proof in `raw` shows an act in its home ledger, or None."""
        try:
            index, hashes, note = read_inclusion(raw.decode())
        except (Unreadable, UnicodeDecodeError):
            self._unreadable("ledger.proof", path)
            return None
        if not self._take_checkpoint(path, note):
            return None
        home = origin_of(note.origin) == origin_of(draft.act.author)
        if not is_included(_leaf(draft, home=home), index, hashes, note):
            who = self.name(note.origin)
            sentence = f"{path} does not show entry {draft.act.ref.id} in the ledger of {who}."
            self.bad.append(Finding("ledger.proof", sentence, draft.act.ref, None, path))
            return None
        return index if home else None

    def _unreadable(self, code: str, path: str) -> None:
        self.bad.append(Finding(code, f"{path} cannot be read as what it should be.", None, None, path))

    def _take_checkpoint(self, path: str, note: Checkpoint) -> bool:
        """True if the owner of the ledger signed the checkpoint; then it is kept."""
        if note in self.checkpoints:
            return True
        keys = self._keys_of(note.origin)
        if not keys:
            self.notes.append(f"{path}: the key of {self.name(note.origin)} is not in the file, so it was left aside.")
            return False
        if not is_sealed(note, keys):
            sentence = f"{path} is not signed by {self.name(note.origin)}, whose ledger it is about."
            self.bad.append(Finding("ledger.checkpoint", sentence, None, None, path))
            return False
        self.checkpoints[note] = None
        return True

    def _tell_split_views(self) -> None:
        seen: dict[tuple[str, int], bytes] = {}
        told: set[str] = set()
        for note in self.checkpoints:
            if seen.setdefault((note.origin, note.size), note.root) != note.root and note.origin not in told:
                told.add(note.origin)
                sentence = f"{self.name(note.origin)} signed two different ledgers of {note.size} entries."
                self.faults.append(Finding("ledger.split", sentence, None, note.origin))

    # Proofs ---------------------------------------------------------------------------------

    def _verify(self, leaves: Mapping[str, int]) -> list[Act]:
        acts: list[Act] = []
        unknown: dict[str, int] = {}
        drafts = [replace(draft, act=replace(draft.act, leaf=leaves.get(draft.act.file))) for draft in self.drafts]
        logged = [draft for draft in drafts if draft.act.author in self.chains]
        for draft in logged:
            act = self._verified(draft, dict(self.chains[draft.act.author].ever()))
            acts += [act] if act is not None else []
        confirming = _scrutineer_keys(acts)
        for draft in drafts:
            author = draft.act.author
            if author in self.chains:
                continue
            actor = self.actors.get(author)
            keys = {*(actor.keys if actor is not None else ()), *confirming.get(author, ())}
            if not keys:
                unknown[author] = unknown.get(author, 0) + 1
                continue
            act = self._verified(draft, dict.fromkeys(sorted(keys)))
            acts += [act] if act is not None else []
        for author, number in unknown.items():
            whose = self.name(author)
            self.missing.append(f"No key of {whose} is in the file, so {_entries(number)} could not be checked.")
        seen = tuple(self._cosigned())
        return [self._witnessed(act, seen) for act in acts if self._may_seal(act)]

    def _cosigned(self) -> Iterator[tuple[Checkpoint, datetime]]:
        """Every checkpoint that a witness whose key is at hand cosigned, with the latest such time."""
        for note in self.checkpoints:
            names = {name for name, _, _ in note.signatures} & self.chains.keys()
            times = witnessed(note, {name: self._keys_of(name) for name in names})
            if times:
                yield note, max(times)

    def _verified(self, draft: Draft, keys: Mapping[str, Act | None]) -> Act | None:
        act = draft.act
        if draft.proof.controller != act.author:
            self._by_another(draft)
            return None
        key = signed_by(draft, keys)
        if key is None:
            self._broken(draft, "its signature does not hold: it was changed after signing, or another key made it")
            return None
        retired = keys[key]
        if retired is not None and not precedes(act, retired):
            self._broken(draft, "it is signed with a key that had been replaced by then")
            return None
        return replace(act, key=key)

    def _by_another(self, draft: Draft) -> None:
        other = draft.proof.controller
        chain, actor = self.chains.get(other), self.actors.get(other)
        keys = [key for key, _ in chain.ever()] if chain is not None else list(actor.keys if actor is not None else ())
        if signed_by(draft, keys) is None:
            self._broken(draft, f"its signature names the key of {self.name(other)}, and does not hold")
            return
        sentence = f"{self.name(other)} signed entry {draft.act.ref.id} in the name of {self.name(draft.act.author)}."
        self.bad.append(Finding("proof.controller", sentence, draft.act.ref, other, draft.act.file))

    def _broken(self, draft: Draft, because: str) -> None:
        act = draft.act
        sentence = f"Entry {act.ref.id} ({act.file}), signed by {self.name(act.author)}: {because}."
        self.bad.append(Finding("proof.invalid", sentence, act.ref, act.author, act.file))

    def _may_seal(self, act: Act) -> bool:
        chain = self.chains.get(act.author)
        if chain is None or chain.body != "council" or not council_oversteps(act):
            return True
        what = _COUNCIL_SEALS_NO.get(act.type, "something")
        sentence = f"{self.name(act.author)} signed entry {act.ref.id}: {what}, which no council may by itself."
        self.faults.append(Finding("body.may_not_seal", sentence, act.ref, act.author, act.file))
        return False

    def _witnessed(self, act: Act, seen: Iterable[tuple[Checkpoint, datetime]]) -> Act:
        """`act` at its witness's time if a checkpoint proves it backdated (fine-print 35)."""
        if act.leaf is None:
            return act
        without = [
            (time, note.origin)
            for note, time in seen
            if note.size <= act.leaf and origin_of(note.origin) == origin_of(act.author)
        ]
        latest, owner = max(without, default=(act.published, act.author))
        if latest <= act.published + _BACKDATED:
            return act
        sentence = f"{self.name(owner)} dated entry {act.ref.id} back: a witness saw its ledger without it later."
        self.faults.append(Finding("act.backdated", sentence, act.ref, owner, act.file))
        return replace(act, when=latest)

    # What the file itself says ---------------------------------------------------------------

    def _tell_manifest(self) -> None:
        for path in self.bundle.altered:
            named, who = _gist(self.bundle.members[path])
            about = f": entry {named}, signed by {self.name(who)}" if named and who else ""
            sentence = f"{path} was changed after the file was made{about}."
            self.faults.append(Finding("bundle.altered", sentence, None, who, path))
        for path in self.bundle.unlisted:
            self.faults.append(
                Finding("bundle.unlisted", f"{path} was put in after the file was made.", None, None, path)
            )
        self.missing += [f"{path} was taken out after the file was made." for path in self.bundle.absent]

    def _tell_trust(self) -> None:
        """With --trust: whose keys nobody vouched for whom one trusts, forums first (fine-print 28)."""
        if self.trust is None or not self.anchors:
            return
        forums = {act.body.get("gov:forum") for act in self.record.of("Proposal") if _text(act.body.get("gov:forum"))}
        for author in sorted(self.chains.keys() - self.anchors.keys()):
            if author in forums and self.record.of("Receipt", author=author):
                sentence = f"The key entry that you trust does not vouch for {self.name(author)}, a forum of this file."
                self.faults.append(Finding("key.unlogged", sentence, None, author))
            else:
                self.notes.append(f"Whose keys those of {self.name(author)} are was taken from the file itself.")

    def _tell_versions(self, acts: Iterable[Act]) -> None:
        """One id with two valid contents is a proof of two versions, and its author's fault (fine-print 24)."""
        seen: dict[str, Act] = {}
        for act in acts:
            other = seen.setdefault(act.ref.id, act)
            if other.ref != act.ref:
                sentence = f"Proof of two different versions: {self.name(act.author)} signed entry {act.ref.id} twice."
                self.faults.append(Finding("act.equivocation", sentence, act.ref, act.author, act.file))


def _leaf(draft: Draft, *, home: bool) -> bytes:
    """The leaf of an act: the whole of it at home, its id and digest in the ledger of who received it (34)."""
    if home:
        return canonical(draft.document)
    return canonical({"kind": "received", "id": draft.act.ref.id, "digest": draft.act.ref.digest})


def _gist(raw: bytes) -> tuple[str | None, str | None]:
    """The id and the owner that an entry claims, however broken it is otherwise."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(document, dict):
        return None, None
    named, who = document.get("id"), document.get("attributedTo")
    return (named if is_id(named) else None), (who if is_id(who) else None)


def _scrutineer_keys(acts: Iterable[Act]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for act in acts:
        if act.type == "gov:Charter":
            for person in settings_of(act).get("scrutineers", {}).get("of", ()):
                found.setdefault(person["id"], set()).add(person["publicKeyMultibase"])
    return found


# ----------------------------------------------------------------------------------------------
# The report, in sentences and in JSON (stories.md 3, words.md)
# ----------------------------------------------------------------------------------------------

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_STATUS_WORDS: Final = {
    Status.ADOPTED: "Adopted",
    Status.REJECTED: "Rejected",
    Status.UNRESOLVED: "Not resolved in this round",
    Status.NO_QUORUM: "Too few took part",
    Status.OPEN: "Open",
}
_STANCE_WORDS: Final = {
    "ratified": "agreed",
    "reserved": "agreed with reservations",
    "rejected": "against",
    "abstained": "abstained",
    "indicative": "tendency only",
    "contested": "two different answers",
    "silent": "no answer",
}


@dataclass(frozen=True, slots=True)
class SealedResult:
    """One signed result, `label` such as "Valley's second result", and what it was found to be."""

    ref: Ref
    sealer: str
    label: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class ProposalReport:
    """What one proposal came to: `count` is None where it cannot be counted, and `unclear` says why.

    `members` are those of a confederation where what was answered is its founding Charter, which nobody counts;
    `adopted` is what the text is called that won, where several stood under one question.
    """

    ref: Ref
    name: str
    count: Count | None
    outcomes: tuple[SealedResult, ...]
    unclear: tuple[str, ...] = ()
    missing: tuple[Ref, ...] = ()
    set_aside: tuple[tuple[Ref, Flaw], ...] = ()
    members: tuple[str, ...] | None = None
    adopted: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found; `exit_code` is 1 for a fault, 2 for not enough to say, else 0."""

    assemblies: tuple[str, ...] = ()
    entries: int = 0
    bad_signatures: tuple[Finding, ...] = ()
    proposals: tuple[ProposalReport, ...] = ()
    faults: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused: str | None = None
    names: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def exit_code(self) -> int:
        """0 fine, 1 a fault, 2 not enough data."""
        kinds = {one.judgement.kind for proposal in self.proposals for one in proposal.outcomes}
        if self.bad_signatures or self.faults or Kind.FAULT in kinds:
            return 1
        unclear = any(proposal.unclear or proposal.missing for proposal in self.proposals)
        if self.refused is not None or self.missing or unclear or Kind.INCOMPLETE in kinds or not self.proposals:
            return 2
        return 0

    def lines(self) -> tuple[str, ...]:
        """The report in whole sentences: what happened, what is not known, who can settle it."""
        if self.refused is not None:
            return (f"This file was not looked at: {self.refused}.", "Not enough to say.")
        bad = len(self.bad_signatures)
        assemblies = _number_of(len(self.assemblies), "assembly", "assemblies")
        found = [f"{assemblies}, {_entries(self.entries)}, {_number_of(bad, 'bad signature', 'bad signatures')}."]
        found += [finding.sentence for finding in (*self.bad_signatures, *self.faults)]
        for proposal in self.proposals:
            found += self._proposal_lines(proposal)
        found += self.missing
        found += self.notes
        if self.exit_code == 2:
            found.append("Not enough to say.")
        return tuple(found)

    def _proposal_lines(self, proposal: ProposalReport) -> Iterator[str]:
        by_kind = {kind: [one for one in proposal.outcomes if one.judgement.kind is kind] for kind in Kind}
        unknown = bool(proposal.unclear or proposal.missing or by_kind[Kind.INCOMPLETE])
        uncounted = proposal.count is None and proposal.members is None
        if unknown or (uncounted and not by_kind[Kind.FAULT]):
            yield f"{proposal.name}: not enough to say."
        elif proposal.members is not None:
            yield self._founded(proposal.name, proposal.members)
        elif proposal.count is None:
            yield f"{proposal.name}: nothing is decided on it."
        else:
            same = " and ".join(dict.fromkeys(one.label for one in by_kind[Kind.FINE]))
            told = f", same as {same}" if same else "; counted here from what the assemblies signed"
            yield f"{proposal.name}: {_STATUS_WORDS[proposal.count.status]}{told}."
            yield self._figures(proposal.count)
            if proposal.adopted is not None:
                yield f"The text that came first and is adopted: {proposal.adopted}."
        for one in by_kind[Kind.FAULT]:
            yield from _refutation(one)
        for one in by_kind[Kind.INCOMPLETE]:
            yield f"{one.label} ({one.ref.id}) cannot be counted again: {_because(one, Kind.INCOMPLETE)}."
        for one in by_kind[Kind.STALE]:
            yield f"{one.label} ({one.ref.id}) is not up to date: {_because(one, Kind.STALE)}."
        for what in proposal.unclear:
            yield f"{proposal.name}: not in the file: {what}."
        for ref, flaw in proposal.set_aside:
            yield f"Entry {ref.id} is not counted: {flaw.because}."

    def _founded(self, name: str, members: Sequence[str]) -> str:
        who = ", ".join(map(self._name, members)) or "nobody yet"
        forming = " It is still forming." if len(members) < FORMING_BELOW else ""
        return f"{name}: each assembly answers for itself. Members: {who}.{forming}"

    def _figures(self, count: Count) -> str:
        where = ", ".join(f"{self._name(one.row.assembly)} {self._stance(one.row)}" for one in count.stands)
        yes, wide = (one.agree + one.reserve for one in (count.counts, count.wider))
        binds = ", ".join(self._name(one) for one in count.binds)
        told = f" Binds {binds}." if binds else " Binds nobody." if count.status is Status.ADOPTED else ""
        entitled = count.counts.entitled
        return f"{where}. Binding: {yes} of {entitled} agreed. Tendency: {wide} of {entitled}.{told}"

    def _stance(self, row: Row) -> str:
        word = _STANCE_WORDS[row.stance]
        if row.stance == "indicative" and row.choice is not None:
            return f"{word} ({_STANCE_WORDS[row.choice]})"
        return f"{word} (by mandate)" if row.by == "mandate" and row.stance != "contested" else word

    def _name(self, address: str) -> str:
        return self.names.get(address) or host_of(address)

    def as_json(self) -> Json:
        """The report as an object of texts, whole numbers, lists and objects, for scripts."""
        return {
            "exit": self.exit_code,
            "refused": self.refused,
            "assemblies": list(self.assemblies),
            "entries": self.entries,
            "badSignatures": [_finding_json(one) for one in self.bad_signatures],
            "faults": [_finding_json(one) for one in self.faults],
            "missing": list(self.missing),
            "notes": list(self.notes),
            "proposals": [_proposal_json(one) for one in self.proposals],
            "lines": list(self.lines()),
        }


def _because(one: SealedResult, kind: Kind) -> str:
    return "; ".join(reason.sentence for reason in one.judgement.reasons if reason.kind is kind)


def _refutation(one: SealedResult) -> Iterator[str]:
    reasons = [reason for reason in one.judgement.reasons if reason.kind is Kind.FAULT]
    # An entry that was left out or miscounted says more than the bare fact of a second result.
    named = sorted((reason for reason in reasons if reason.act is not None), key=lambda reason: reason.clause == "d")
    if named and named[0].act is not None:
        yield f"{one.label} ({one.ref.id}) is refuted by entry {named[0].act.id}: {named[0].sentence}."
    else:
        yield f"{one.label} ({one.ref.id}) is refuted by itself: {reasons[0].sentence}."
        named = reasons[:1]
    for reason in reasons:
        if reason is not named[0]:
            yield f"{one.label}: {reason.sentence}."


def _number_of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _entries(number: int) -> str:
    return _number_of(number, "entry", "entries")


def _ref_json(ref: Ref | None) -> Json | None:
    return None if ref is None else {"id": ref.id, "gov:digest": ref.digest}


def _finding_json(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "sentence": finding.sentence,
        "act": _ref_json(finding.act),
        "who": finding.who,
        "file": finding.file,
    }


def _proposal_json(proposal: ProposalReport) -> Json:
    count = proposal.count
    counted: Json | None = None
    if count is not None:
        counted = {
            "status": count.status.value,
            "counts": count.counts.document(),
            "tendency": {"status": count.tendency.value, "counts": count.wider.document()},
            "binds": list(count.binds),
            "stances": [
                {
                    "assembly": one.row.assembly,
                    "stance": one.row.stance,
                    "by": one.row.by,
                    "choice": one.row.choice,
                    "acts": [_ref_json(ref) for ref in one.row.acts],
                }
                for one in count.stands
            ],
        }
    return {
        "proposal": _ref_json(proposal.ref),
        "name": proposal.name,
        "count": counted,
        "unclear": list(proposal.unclear),
        "missing": [_ref_json(ref) for ref in proposal.missing],
        "adopted": proposal.adopted,
        "members": None if proposal.members is None else list(proposal.members),
        "setAside": [
            {"act": _ref_json(ref), "code": flaw.code, "because": flaw.because} for ref, flaw in proposal.set_aside
        ],
        "outcomes": [_outcome_json(one) for one in proposal.outcomes],
    }


def _outcome_json(one: SealedResult) -> Json:
    return {
        "outcome": _ref_json(one.ref),
        "sealer": one.sealer,
        "judgement": one.judgement.kind.value,
        "reasons": [
            {
                "kind": reason.kind.value,
                "code": reason.code,
                "clause": reason.clause,
                "act": _ref_json(reason.act),
                "assembly": reason.assembly,
                "sentence": reason.sentence,
            }
            for reason in one.judgement.reasons
        ],
    }


def verify_bundle(data: bytes | Path, trust: str | None = None) -> Report:
    """Check every signature in a file of the record, count everything again, and say what was found.

    `data` is a `.gov.zip` as bytes or as a path, or the folder that one was unpacked to; `trust`
    the digest of the confederation's first KeyEvent. OSError if the path cannot be read.
    """
    try:
        bundle = open_bundle(data)
    except Refused as refused:
        return Report(refused=str(refused))
    reading = Reading(bundle, trust)
    record = reading.record
    latest = max((act.when for act in record.acts.values()), default=datetime.fromtimestamp(0, UTC))
    proposals = tuple(_report_on(record, ref, latest) for ref in _subjects(record))
    cases = [case for (ref, _), case in record.cases.items() if ref in {one.ref for one in proposals}]
    blamed = _at_fault(record, proposals)
    too_soon = sealed_too_soon(record)
    unproduced = _unproduced(record)
    return Report(
        tuple(sorted({assembly for case in cases for assembly in case.roll})),
        sum(path.startswith("acts/") for path in bundle.members),
        tuple(reading.bad),
        proposals,
        (*reading.faults, *(fault for case in cases for fault in case.faults), *blamed),
        (*reading.missing, *unproduced),
        (*reading.notes, *(_too_soon(record, act) for act in too_soon)),
        names=reading.names,
    )


def _subjects(record: Record) -> tuple[Ref, ...]:
    """The proposals to report on: those with a roll or a result, and those that results name and nobody produced."""
    named = {act.need("gov:proposal") for act in record.of("Outcome")}
    received = {act.need("gov:act") for act in record.of("Receipt") if "gov:roll" in act.body}
    proposals = record.of("Proposal")
    known = [
        act.ref
        for act in proposals
        if act.ref in named
        or (act.ref in received and act.body.get("gov:forum") is not None)
        or isinstance(act.body.get("gov:forum"), list)
    ]
    return (*known, *sorted(named - {act.ref for act in proposals}))


def _report_on(record: Record, ref: Ref, latest: datetime) -> ProposalReport:
    outcomes = _results(record, ref)
    proposal = record.find(ref, "Proposal")
    draft, charter = record.find(ref, "Draft"), record.find(ref, "Charter")
    if draft is not None:
        return ProposalReport(ref, plain(draft.body["name"]), None, outcomes)
    if charter is not None:
        name = f"The founding of {record.name(charter.author)}"
        return ProposalReport(ref, name, None, outcomes, members=roll_at(record, charter.author, latest))
    if proposal is None:
        return ProposalReport(ref, f"Proposal {ref.id}", None, outcomes, (f"the proposal {ref.id}",), (ref,))
    case = case_of(record, proposal)
    name = plain(proposal.body["name"])
    count = recount(record, case, latest)
    if isinstance(count, Flaw):
        settled = not count.missing and count.code != "rule.method"
        unclear = () if settled and outcomes else (count.because,)
        return ProposalReport(ref, name, None, outcomes, (*unclear, *case.unclear), count.missing)
    aside = tuple((act, flaw) for one in count.stands for act, flaw in one.void if not flaw.missing)
    adopted = _adopted_text(record, case, count, latest)
    return ProposalReport(ref, name, count, outcomes, case.unclear, count.missing, aside, adopted=adopted)


def _adopted_text(record: Record, case: Case, count: Count, at: datetime) -> str | None:
    """What the text is called that won, where several stood under one question, with its address."""
    rule = case.rule
    if rule is None or count.status is not Status.ADOPTED:
        return None
    order = order_in(rule, count.counts, around(record, case, rule, [one.row for one in count.stands], at))
    won = text_of(case.proposal, order)
    names = (
        [one["name"] for one in case.proposal.body.get("gov:options", ()) if one["id"] == order[0][0]] if won else []
    )
    return f"{plain(names[0])} ({won.id})" if won is not None else None


def _results(record: Record, ref: Ref) -> tuple[SealedResult, ...]:
    by_sealer: dict[str, list[Act]] = {}
    for act in record.of("Outcome", proposal=ref):
        by_sealer.setdefault(act.author, []).append(act)
    found: list[SealedResult] = []
    for sealer, acts in by_sealer.items():
        ordered = sorted(acts, key=lambda act: sum(_came_before(other, act) for other in acts))
        begun = [act for act in ordered if _begins(act, acts) is act]
        for act in ordered:
            place = begun.index(_begins(act, acts))
            which = f"{_ORDINALS[place]} " if len(begun) > 1 and place < len(_ORDINALS) else ""
            label = f"{record.name(sealer)}'s {which}result"
            found.append(SealedResult(act.ref, sealer, label, judge(record, act)))
    return tuple(found)


def _begins(act: Act, acts: Sequence[Act]) -> Act:
    """The result with which the chain of corrections that `act` stands in begins: all of a chain are one result."""
    seen = [act]
    while True:
        corrected = seen[-1].one("gov:correctionOf")
        earlier = next((one for one in acts if one.ref == corrected and one not in seen), None)
        if earlier is None:
            return seen[-1]
        seen.append(earlier)


def _at_fault(record: Record, proposals: Iterable[ProposalReport]) -> tuple[Finding, ...]:
    """Those whose stance does not follow from their own counts are at fault (fine-print 18)."""
    found: dict[Ref, Finding] = {}
    for proposal in proposals:
        for ref, flaw in proposal.set_aside:
            if flaw.code == "ratification.stance":
                who = record.acts[ref].author
                sentence = f"Entry {ref.id} of {record.name(who)} does not hold: {flaw.because}."
                found[ref] = Finding(flaw.code, sentence, ref, who, record.acts[ref].file)
    return tuple(found.values())


def _too_soon(record: Record, act: Act) -> str:
    return f"{record.name(act.author)} signed entry {act.ref.id} while it was still forming: it does not count."


def _unproduced(record: Record) -> tuple[str, ...]:
    """Entries for which a forum gave a Receipt and which are not in the file as they were signed."""
    return tuple(
        f"{record.name(act.author)} gave a receipt for entry {act.need('gov:act').id}, which is not in the file "
        "as it was signed."
        for act in record.of("Receipt")
        if act.need("gov:act") not in record.acts
    )


# ----------------------------------------------------------------------------------------------
# The command
# ----------------------------------------------------------------------------------------------

BAD_USAGE: Final = 64


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(BAD_USAGE, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """`verify FILE [--trust DIGEST] [--json]`: 0 fine, 1 a fault, 2 not enough data, 64 bad usage."""
    parser = _Arguments(prog="verify", description="Count a file of the record again, without any server.")
    parser.add_argument("file", type=Path, metavar="FILE", help="a .gov.zip, or the folder that one was unpacked to")
    parser.add_argument("--trust", metavar="DIGEST", help="the digest of the confederation's first key entry")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    if arguments.trust is not None and not _digest(arguments.trust):
        sys.stderr.write(f"verify: --trust takes a digest such as zQm…, got {arguments.trust!r}\n")
        return BAD_USAGE
    try:
        report = verify_bundle(arguments.file, arguments.trust)
    except OSError as bad:
        sys.stderr.write(f"verify: {arguments.file} cannot be read: {bad.strerror}\n")
        return BAD_USAGE
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2) if arguments.json else "\n".join(report.lines())
    sys.stdout.write(text + "\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
