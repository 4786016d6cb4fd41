"""Keys: other servers' as they publish them, checked before use, and our own, encrypted at rest.

Sources: FEP-521a (Multikey), hostile A17 to A21. `cryptography` accepts small-order Ed25519 keys,
under which signatures hold without any private key, and weak RSA keys: both are checked here.
"""

import base64
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import base58
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from app.kernel.canonical import Document
from app.kernel.ids import parse_id, same_origin, without_fragment
from app.kernel.refusal import Refusal

_MAX_BLOB: Final = 16_384
_MAX_KEYS: Final = 10
_SMALLEST_RSA: Final = 2048
_LARGEST_RSA: Final = 8192
_SMALLEST_EXPONENT: Final = 65_537
_LARGEST_EXPONENT: Final = (1 << 32) - 1
_ED25519_MULTICODEC: Final = b"\xed\x01"
_RSA_MULTICODEC: Final = b"\x85\x24"
_MAX_MULTIKEY: Final = 2048
_SIGNATURE_BYTES: Final = 64
_P: Final = 2**255 - 19
_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
_SMALL_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


@dataclass(frozen=True, slots=True)
class RsaPublicKey:
    """Another server's RSA key of at least 2,048 bits; `owner` is the actor that lists it."""

    id: str
    owner: str
    key: rsa.RSAPublicKey = field(compare=False, repr=False)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """True if this key made `signature` over `message` (RSASSA-PKCS1-v1_5 with SHA-256)."""
        try:
            self.key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ed25519PublicKey:
    """An Ed25519 key that is no small-order point; `raw` are its 32 bytes."""

    id: str
    owner: str
    raw: bytes

    def verify(self, signature: bytes, message: bytes) -> bool:
        """True if this key made `signature` over `message`; a malleable one (S ≥ L) does not hold."""
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            crypto_sign_open(signature + message, self.raw)
        except (BadSignatureError, ValueError):
            return False
        return True


PublicKey: TypeAlias = RsaPublicKey | Ed25519PublicKey


def is_same(one: PublicKey, other: PublicKey) -> bool:
    """True if both are one key, whoever lists it and under whatever name."""
    if isinstance(one, RsaPublicKey) and isinstance(other, RsaPublicKey):
        return one.key == other.key
    return isinstance(one, Ed25519PublicKey) and isinstance(other, Ed25519PublicKey) and one.raw == other.raw


def parse_pem(pem: object, key_id: str, owner: str) -> PublicKey | Refusal:
    """The key in one public PEM block; `key.malformed` or `key.weak` else (hostile A17, A18)."""
    if not isinstance(pem, str) or len(pem) > _MAX_BLOB or pem.count("-----BEGIN") != 1 or "PRIVATE" in pem:
        return Refusal("key.malformed", f"{key_id}: not one public key in PEM")
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as bad:
        return Refusal("key.malformed", f"{key_id}: {bad}")
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _checked_ed25519(key.public_bytes_raw(), key_id, owner)
    if not isinstance(key, rsa.RSAPublicKey):
        return Refusal("key.malformed", f"{key_id}: neither RSA nor Ed25519")
    return _checked_rsa(key, key_id, owner)


def parse_multikey(text: object, key_id: str, owner: str) -> PublicKey | Refusal:
    """The Ed25519 or RSA key that a `publicKeyMultibase` names (FEP-521a).

    `key.malformed`, `key.small_order` or `key.weak` for any other (A17, A18, A21).
    """
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _MAX_MULTIKEY:
        return Refusal("key.malformed", f"{key_id}: not a base58 Multikey")
    try:
        raw = base58.b58decode(text[1:])
    except ValueError:
        return Refusal("key.malformed", f"{key_id}: not base58")
    if raw.startswith(_ED25519_MULTICODEC) and len(raw) == len(_ED25519_MULTICODEC) + 32:
        return _checked_ed25519(raw[len(_ED25519_MULTICODEC) :], key_id, owner)
    if not raw.startswith(_RSA_MULTICODEC):
        return Refusal("key.malformed", f"{key_id}: neither an Ed25519 nor an RSA Multikey")
    try:
        key = serialization.load_der_public_key(raw[len(_RSA_MULTICODEC) :])
    except (ValueError, UnsupportedAlgorithm) as bad:
        return Refusal("key.malformed", f"{key_id}: {bad}")
    if not isinstance(key, rsa.RSAPublicKey):
        return Refusal("key.malformed", f"{key_id}: says that it is RSA and is not")
    return _checked_rsa(key, key_id, owner)


def multikey(raw: bytes) -> str:
    """The Multikey string of a raw Ed25519 public key (FEP-521a)."""
    return "z" + base58.b58encode(_ED25519_MULTICODEC + raw).decode()


def actor_keys(actor: Document) -> tuple[PublicKey, ...] | Refusal:
    """The usable keys among the first ten that an actor lists; the first refusal if none is (A18, A19, A22)."""
    owner = actor.get("id")
    if not isinstance(owner, str):
        return Refusal("key.malformed", "an actor without an id lists no keys")
    found: list[PublicKey] = []
    refused: Refusal | None = None
    for entry, is_multikey in _listed(actor):
        key = _entry_key(entry, owner, is_multikey=is_multikey)
        if isinstance(key, Refusal):
            refused = refused or key
        else:
            found.append(key)
    if found:
        return tuple(found)
    return refused or Refusal("key.malformed", f"{owner} lists no key")


def actor_key(actor: Document, key_id: str) -> PublicKey | Refusal:
    """The key that an actor lists under exactly `key_id` among its first ten, or why it is no good (A17 to A23)."""
    owner = str(actor.get("id"))
    for entry, is_multikey in _listed(actor):
        if isinstance(entry, dict) and entry.get("id") == key_id:
            return _entry_key(entry, owner, is_multikey=is_multikey)
    return Refusal("key.owner_unconfirmed", f"{owner[:80]} does not list the key {key_id[:80]}")


def bare_key(actor: Document) -> str | None:
    """The address at which an actor's key lies, if the actor names no more of it than that; else None."""
    named, owner = actor.get("publicKey"), parse_id(actor.get("id"), loopback=True)
    found = parse_id(without_fragment(named), loopback=True) if isinstance(named, str) else None
    if found is None or isinstance(found, Refusal) or isinstance(owner, Refusal):
        return None
    return found if found != owner and same_origin(found, owner) else None


def with_key(actor: Document, key: Document) -> Document:
    """The actor with the key that lies at the address that it names, if that is one; what it says is checked later."""
    return actor | {"publicKey": key} if "publicKeyPem" in key else actor


@dataclass(frozen=True, slots=True)
class RsaSigner:
    """Our RSA key, parsed once: a PEM with checks costs 31 ms, and ours was made here."""

    key_id: str
    key: rsa.RSAPrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """The signature over `message` (RSASSA-PKCS1-v1_5 with SHA-256)."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def public_pem(self) -> str:
        """The public half, as actors publish it."""
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


@dataclass(frozen=True, slots=True)
class SealSigner:
    """Our Ed25519 key, with which acts are sealed."""

    key_id: str
    key: ed25519.Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self.key.sign(message)

    def public(self) -> Ed25519PublicKey:
        """The public half."""
        return Ed25519PublicKey(self.key_id, self.key_id.partition("#")[0], self.key.public_key().public_bytes_raw())

    def multikey(self) -> str:
        """The public half, as actors publish it."""
        return multikey(self.public().raw)


def rsa_signer(key_id: str, pem: bytes) -> RsaSigner:
    """The signer of a private PEM of ours. TypeError if it is not RSA."""
    key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{key_id} is not RSA")
    return RsaSigner(key_id, key)


def seal_signer(key_id: str, seed: bytes) -> SealSigner:
    """The signer of a 32-byte Ed25519 seed."""
    return SealSigner(key_id, ed25519.Ed25519PrivateKey.from_private_bytes(seed))


def generate_rsa() -> bytes:
    """A fresh RSA-2048 key as private PEM."""
    key = rsa.generate_private_key(_SMALLEST_EXPONENT, _SMALLEST_RSA)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def generate_seal() -> bytes:
    """A fresh Ed25519 seed of 32 bytes."""
    return ed25519.Ed25519PrivateKey.generate().private_bytes_raw()


def lock(secret: bytes, private: bytes) -> bytes:
    """`private` encrypted with the instance's secret, to lie on disk (hostile H02)."""
    return _box(secret).encrypt(private)


def unlock(secret: bytes, locked: bytes) -> bytes | Refusal:
    """What `lock` was given; `key.locked` with another secret."""
    try:
        return _box(secret).decrypt(locked)
    except InvalidToken:
        return Refusal("key.locked", "this secret did not lock that key")


def _box(secret: bytes) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"roundabout keys at rest").derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))


def _checked_rsa(key: rsa.RSAPublicKey, key_id: str, owner: str) -> RsaPublicKey | Refusal:
    if key.key_size > _LARGEST_RSA:
        return Refusal(
            "key.malformed", f"{key_id}: RSA of {key.key_size} bits, which would cost us more than its owner"
        )
    exponent = key.public_numbers().e
    if key.key_size < _SMALLEST_RSA or exponent < _SMALLEST_EXPONENT:
        return Refusal("key.weak", f"{key_id}: RSA of {key.key_size} bits with e = {exponent}")
    if exponent > _LARGEST_EXPONENT:
        return Refusal(
            "key.malformed", f"{key_id}: an exponent of {exponent.bit_length()} bits, which would cost us much"
        )
    return RsaPublicKey(key_id, owner, key)


def _checked_ed25519(raw: bytes, key_id: str, owner: str) -> Ed25519PublicKey | Refusal:
    y = int.from_bytes(raw, "little") & (1 << 255) - 1
    if y >= _P or y in _SMALL_ORDER:
        return Refusal("key.small_order", f"{key_id}: a point under which anything verifies, or not in canonical form")
    return Ed25519PublicKey(key_id, owner, raw)


def _listed(actor: Document) -> list[tuple[object, bool]]:
    pems, multikeys = actor.get("publicKey"), actor.get("assertionMethod")
    listed = [(entry, False) for entry in (pems if isinstance(pems, list) else [pems])]
    listed += [(entry, True) for entry in (multikeys if isinstance(multikeys, list) else [multikeys])]
    return [(entry, kind) for entry, kind in listed if entry is not None][:_MAX_KEYS]


def _entry_key(entry: object, owner: str, *, is_multikey: bool) -> PublicKey | Refusal:
    key_id = entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(key_id, str) or len(key_id) > 2048:
        return Refusal("key.malformed", f"{owner} lists a key without an id")
    claimed = entry.get("controller" if is_multikey else "owner")
    if claimed != owner:
        return Refusal("key.owner_unconfirmed", f"{key_id} is said to be of {claimed!r}, in the actor {owner}")
    if is_multikey:
        return parse_multikey(entry.get("publicKeyMultibase"), key_id, owner)
    return parse_pem(entry.get("publicKeyPem"), key_id, owner)
