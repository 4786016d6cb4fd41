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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


def digest_of(data: bytes) -> str:
    """The digest string of raw bytes: `z` and base58btc of the sha2-256 multihash (protocol.md §2)."""
    return "z" + base58_encode(_SHA2_256 + sha256(data))


def digest(document: Json) -> str:
    """The digest string of a document without its proof."""
    return digest_of(canonical({key: value for key, value in document.items() if key != "proof"}))


def _canonical(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, dict):
        # RFC 8785 sorts keys by UTF-16 code units, which is not code-point order beyond U+FFFF.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_canonical(key)}:{_canonical(value[key])}" for key in keys) + "}"
    raise Unreadable("json.number", f"acts hold no {type(value).__name__}")


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
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
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


def proof_of(document: Json) -> Proof:
    """The one proof of `document`. Unreadable unless it has exactly the form of fine-print 31."""
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
    body = {key: item for key, item in document.items() if key != "proof"}
    options = {key: item for key, item in proof.items() if key != "proofValue"}
    message = sha256(canonical(options)) + sha256(canonical(body))
    return Proof(method.partition("#")[0], base58_decode(value[1:]), message)


# ----------------------------------------------------------------------------------------------
# Acts: ids, instants, and the keys that each type must have (protocol.md §2)
# ----------------------------------------------------------------------------------------------

_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?=.)(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_VISIBLE: Final = re.compile(r"[!-~]{1,2048}", re.ASCII)
_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.?)+|\[[0-9a-f:.]+\]", re.ASCII)
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
    try:
        parts = urlsplit(value)
        host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    except ValueError:
        return False
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        return False
    if value.startswith("https://"):
        return True
    return value.startswith("http://") and (_ONION.fullmatch(host) is not None or _is_loopback(host))


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


def _counts(value: object) -> bool:
    """The eight figures: nothing below 0, the six within `present`, that within `entitled` (fine-print 3)."""
    if not isinstance(value, dict) or not all(_number(value.get(key, 0)) for key in COUNT_KEYS):
        return False
    counts = Counts.read(value)
    return counts.chosen <= counts.present <= counts.entitled


def _latitude(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    least, most = {"fixed": (1, 1), "range": (1, 4), "amendable": (1, 1), "indicative": (0, 4)}.get(
        value.get("kind", ""), (1, 0)
    )
    choices: Any = value.get("choices", [])
    fits = _list_of(_word(*Stance))(choices) and least <= len(choices) <= most and len(set(choices)) == len(choices)
    return fits and _list_of(_text)(value.get("clauses", []))


def _settings(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    form: dict[str, tuple[Check, bool]] = {
        "rules": (lambda rules: isinstance(rules, dict) and all(map(_object, rules.values())), False),
        "binds": (lambda binds: isinstance(binds, dict) and set(binds.values()) <= {"ratifying", "all"}, False),
        "scope": (_word("platform", "coordination"), False),
        "contest": (lambda text: _reads(read_duration, text), False),
        "scrutineers": (_scrutineers, False),
    }
    return _misfit(value, form) is None


def _scrutineers(value: object) -> bool:
    person = _shape(id=(_text, True), publicKeyMultibase=(_text, True))
    if not isinstance(value, dict) or not _list_of(person)(value.get("of")):
        return False
    k = value.get("k")
    return _number(k) and 1 <= k <= len({one["id"] for one in value["of"]})


_CLAUSES: Final = _list_of(_shape(number=(_text, True), content=(_text, True)))
_MEMBER: Final[dict[str, tuple[Check, bool]]] = {"assembly": (is_id, True), "gov:keylog": (_digest, False)}
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
_FORMS: Final[dict[str, dict[str, tuple[Check, bool]]]] = {
    "gov:Charter": {
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
    },
    "gov:Admission": {"gov:assembly": (is_id, True), "gov:outcome": _NEED_REF, "gov:keylog": (_digest, False)},
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
    kind, author = document.get("type"), document.get("attributedTo")
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
    ref = Ref(document["id"], digest(document))
    return Draft(Act(ref, kind, author, published, published, body, file, ""), document, proof_of(document))


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

    def keys(self) -> Iterator[tuple[str, Act | None]]:
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
# Rules: what a count comes to (governance.md §3, fine-print 1 to 9)
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


def rule_flaw(rule: Json, *, inside: bool = False) -> Unreadable | None:
    """Why this verifier cannot count by `rule`, or None; `rule.method` says it does not know how."""
    method = rule.get("method")
    if method not in {"majority", "qualified", "consensus", "two_stage"} or (inside and method == "two_stage"):
        return Unreadable("rule.method", f"the method {method!r} is not counted here")
    if rule.get("weight", "assemblies") != "assemblies" or "caucus" in rule:
        return Unreadable("rule.method", "only one voice for each assembly is counted here")
    try:
        read_fraction(rule.get("quorum"))
        for key in ("floor", "standAsides", *(("threshold",) if method == "qualified" else ())):
            if key in rule or key == "threshold":
                read_fraction(rule.get(key))
    except Unreadable as bad:
        return bad
    if rule.get("base", "cast") not in {"cast", "valid", "present", "entitled"}:
        return Unreadable("rule.form", "no such base")
    if not _number(rule.get("blocks", 0)) or not _flag(rule.get("strict", False)):
        return Unreadable("rule.form", "blocks or strict is not of its form")
    stages = [rule.get("first"), rule.get("then")] if method == "two_stage" else []
    if not all(isinstance(stage, dict) for stage in stages):
        return Unreadable("rule.form", "a stage is missing")
    return next((flaw for stage in stages if (flaw := rule_flaw(stage, inside=True)) is not None), None)


def same_rule(one: object, other: object) -> bool:
    """True if two rules have the same JCS bytes (fine-print 7)."""
    return isinstance(one, dict) and isinstance(other, dict) and canonical(one) == canonical(other)


def decide(rule: Json, counts: Counts) -> Status:
    """What `rule`, in which `rule_flaw` found nothing, makes of `counts`."""
    quorum = read_fraction(rule["quorum"])
    if counts.present < 1 or counts.present * quorum.denominator < quorum.numerator * counts.entitled:
        return Status.NO_QUORUM
    if rule["method"] == "two_stage":
        first = decide(rule["first"], counts)
        return Status.UNRESOLVED if first is Status.REJECTED else first
    if rule["method"] == "consensus":
        return Status.ADOPTED if _consents(rule, counts) else Status.REJECTED
    yes, no = counts.agree + counts.reserve, counts.disagree + counts.block
    adopted = _majority(rule, counts, yes, no) if rule["method"] == "majority" else _qualified(rule, counts, yes, no)
    if "floor" in rule:
        adopted = adopted and _reaches(yes, counts.entitled, read_fraction(rule["floor"]))
    return Status.ADOPTED if adopted else Status.REJECTED


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
