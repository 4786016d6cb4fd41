"""Keys of others: what is weak, malformed or under which anything verifies is refused before it is used."""

import json
from pathlib import Path
from typing import Any, Final

import base58
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from app.federation.keys import (
    Ed25519PublicKey,
    PublicKey,
    RsaPublicKey,
    actor_key,
    actor_keys,
    generate_rsa,
    generate_seal,
    lock,
    multikey,
    parse_multikey,
    parse_pem,
    rsa_signer,
    seal_signer,
    unlock,
)
from app.kernel.refusal import Refusal

VECTORS: Final = Path(__file__).parents[2] / "../shared/vectors/crypto"
ALICE: Final = "https://b.example/people/alice"
MAIN: Final = f"{ALICE}#main-key"
P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493
ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
RSA: Final = rsa_signer(MAIN, generate_rsa())
SEAL: Final = seal_signer(f"{ALICE}#ed25519-key", b"\x01" * 32)


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def pem_of(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def listed(key_id: str = MAIN, owner: str = ALICE, pem: str | None = None) -> dict[str, Any]:
    return {"id": key_id, "owner": owner, "publicKeyPem": RSA.public_pem() if pem is None else pem}


def test_a_key_that_we_made_verifies_what_it_signed() -> None:
    public = parse_pem(RSA.public_pem(), MAIN, ALICE)
    assert isinstance(public, RsaPublicKey)
    assert public.verify(RSA.sign(b"message"), b"message")
    assert not public.verify(RSA.sign(b"message"), b"another")
    sealed = parse_multikey(SEAL.multikey(), SEAL.key_id, ALICE)
    assert isinstance(sealed, Ed25519PublicKey)
    assert sealed == SEAL.public()
    assert sealed.verify(SEAL.sign(b"message"), b"message")
    assert not sealed.verify(SEAL.sign(b"message"), b"another")


@pytest.mark.withstands("A17")
def test_a_weak_rsa_key_is_refused() -> None:
    short = rsa.generate_private_key(65_537, 1024).public_key()  # noqa: S505 - the weak key that is refused
    assert code(parse_pem(pem_of(short), MAIN, ALICE)) == "key.weak"
    cubed = rsa.RSAPublicNumbers(3, RSA.key.public_key().public_numbers().n).public_key()
    assert code(parse_pem(pem_of(cubed), MAIN, ALICE)) == "key.weak"
    assert code(actor_key({"id": ALICE, "publicKey": listed(pem=pem_of(short))}, MAIN)) == "key.weak"


@pytest.mark.withstands("A17")
def test_an_exponent_that_makes_each_check_costly_is_refused() -> None:
    huge = rsa.RSAPublicNumbers((1 << 2047) + 1, RSA.key.public_key().public_numbers().n).public_key()
    assert code(parse_pem(pem_of(huge), MAIN, ALICE)) == "key.malformed"


@pytest.mark.withstands("A18")
@pytest.mark.parametrize(
    "pem",
    [
        None,
        1,
        "",
        "garbage",
        RSA.public_pem() + "x" * 16_384,
        RSA.public_pem() * 2,
        generate_rsa().decode(),
        RSA.public_pem().replace("MIIB", "AAAA"),
        RSA.public_pem().replace("PUBLIC KEY", "CERTIFICATE"),
        pem_of(ec.generate_private_key(ec.SECP256R1()).public_key()),
        "-----BEGIN PUBLIC KEY-----\n\ud800\n-----END PUBLIC KEY-----",
    ],
    ids=range(11),
)
def test_a_malformed_private_or_double_key_is_refused(pem: object) -> None:
    assert code(parse_pem(pem, MAIN, ALICE)) == "key.malformed"
    assert code(actor_keys({"id": ALICE, "publicKey": listed() | {"publicKeyPem": pem}})) == "key.malformed"


@pytest.mark.withstands("A18")
def test_a_giant_rsa_key_is_refused() -> None:
    giant = rsa.RSAPublicNumbers(65_537, (1 << 12_287) + 1).public_key()
    assert code(parse_pem(pem_of(giant), MAIN, ALICE)) == "key.malformed"


@pytest.mark.withstands("A18")
@given(st.text() | st.none() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_no_junk_breaks_the_reader_of_keys(junk: object) -> None:
    assert isinstance(parse_pem(junk, MAIN, ALICE), Refusal)
    assert isinstance(parse_multikey(junk, MAIN, ALICE), Refusal)
    for actor in ({"id": ALICE, "publicKey": junk}, {"id": ALICE, "assertionMethod": junk}, {"id": junk}):
        assert isinstance(actor_keys(actor), Refusal)
        assert isinstance(actor_key(actor, MAIN), Refusal)


@pytest.mark.withstands("A19")
def test_a_key_is_found_by_its_exact_id_among_the_first_ten() -> None:
    others = [listed(f"{ALICE}#{number}") for number in range(9)]
    tenth = actor_key({"id": ALICE, "publicKey": [*others, listed()]}, MAIN)
    assert isinstance(tenth, RsaPublicKey)
    eleventh = actor_key({"id": ALICE, "publicKey": [listed(f"{ALICE}#x"), *others, listed()]}, MAIN)
    assert code(eleventh) == "key.owner_unconfirmed"
    for near in (MAIN.upper(), MAIN + " ", f"{ALICE}#main-key2", ALICE):
        assert code(actor_key({"id": ALICE, "publicKey": [listed()]}, near)) == "key.owner_unconfirmed"


def test_a_key_may_stand_alone_or_in_a_list_beside_multikeys() -> None:
    sealed = {
        "id": SEAL.key_id,
        "type": "Multikey",
        "controller": ALICE,
        "publicKeyMultibase": SEAL.multikey(),
    }
    actor = {"id": ALICE, "publicKey": listed(), "assertionMethod": [sealed]}
    found = actor_keys(actor)
    assert isinstance(found, tuple)
    assert [key.id for key in found] == [MAIN, SEAL.key_id]
    assert {key.owner for key in found} == {ALICE}
    assert isinstance(actor_key(actor, SEAL.key_id), Ed25519PublicKey)


@pytest.mark.withstands("A20")
def test_a_malleable_ed25519_signature_does_not_hold() -> None:
    signature = SEAL.sign(b"message")
    s = int.from_bytes(signature[32:], "little")
    public = SEAL.public()
    assert public.verify(signature, b"message")
    for multiple in range(1, 15):
        if s + multiple * L < 2**256:
            malleable = signature[:32] + (s + multiple * L).to_bytes(32, "little")
            assert not public.verify(malleable, b"message")
    for wrong in (b"", signature[:63], signature + b"\x00", b"\x00" * 64):
        assert not public.verify(wrong, b"message")


def _flipped(raw: bytes, bit: int) -> bytes:
    return (int.from_bytes(raw, "little") ^ 1 << bit).to_bytes(len(raw), "little")


@pytest.mark.withstands("A20")
def test_of_all_that_looks_like_a_signature_only_the_one_that_was_made_holds() -> None:
    """The classes of the Wycheproof vectors for Ed25519, made here: both libraries of ours say the same of each."""
    message, public = b"message", SEAL.public()
    made, other = SEAL.sign(message), SEAL.sign(b"massage")
    point, scalar = made[:32], made[32:]
    n = int.from_bytes(scalar, "little")
    neutral, small = (1).to_bytes(32, "little"), ORDER_8.to_bytes(32, "little")
    base = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
    points = [bytes(32), neutral, small, base, public.raw, b"\xff" * 32, (P + 1).to_bytes(32, "little"), other[:32]]
    scalars = [0, 1, L - 1, L, L + 1, L - n, n + L, n | 1 << 255, n | 1 << 254, 2**253, 2**256 - 1]
    forged = [
        *(_flipped(made, bit) for bit in range(512)),
        *(kept + scalar for kept in points),
        *(point + number.to_bytes(32, "little") for number in scalars),
        *(kept + number.to_bytes(32, "little") for kept in points for number in scalars),
        scalar + point,
        point[::-1] + scalar[::-1],
        other,
        *(made[:length] for length in range(64)),
        *(made + tail for tail in (b"\x00", b"\xff", made, message)),
        b"\x00" + made[:63],
        made[1:] + b"\x00",
    ]
    plain = ed25519.Ed25519PublicKey.from_public_bytes(public.raw)
    assert (public.verify(made, message), _holds(plain, made, message)) == (True, True)
    assert [wrong.hex() for wrong in forged if public.verify(wrong, message) or _holds(plain, wrong, message)] == []
    assert not any(public.verify(made, _flipped(message, bit)) for bit in range(8 * len(message)))
    for said in (b"", message[:-1], message + b"\x00", b"\x00" + message):
        assert not public.verify(made, said)


def _holds(key: ed25519.Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.withstands("A21")
@pytest.mark.parametrize("sign_bit", [0, 1 << 255])
@pytest.mark.parametrize("y", [0, 1, P - 1, ORDER_8, P - ORDER_8, P, P + 1, P + 18, 2**255 - 1])
def test_a_small_order_or_non_canonical_ed25519_key_is_refused(y: int, sign_bit: int) -> None:
    raw = (y | sign_bit).to_bytes(32, "little")
    assert code(parse_multikey(multikey(raw), f"{ALICE}#k", ALICE)) == "key.small_order"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        SEAL.multikey()[1:],
        "m" + SEAL.multikey()[1:],
        SEAL.multikey() + "0",
        SEAL.multikey()[:-1],
        "z" + base58.b58encode(b"\xec\x01" + b"\x05" * 32).decode(),
        "z" + base58.b58encode(b"\xed\x01" + b"\x05" * 31).decode(),
        "z" + "1" * 20_000,
    ],
)
def test_what_is_no_ed25519_multikey_is_malformed(text: str) -> None:
    assert code(parse_multikey(text, f"{ALICE}#k", ALICE)) == "key.malformed"


@pytest.mark.withstands("A22")
@pytest.mark.withstands("A23")
def test_a_key_belongs_to_the_actor_that_lists_it_and_to_no_other() -> None:
    elsewhere = "https://keys.example/1"
    held = actor_key({"id": ALICE, "publicKey": listed(elsewhere)}, elsewhere)
    assert isinstance(held, RsaPublicKey)
    assert held.owner == ALICE
    mallory = {"id": "https://evil.example/mallory", "publicKey": listed()}
    assert code(actor_key(mallory, MAIN)) == "key.owner_unconfirmed"
    assert code(actor_keys(mallory)) == "key.owner_unconfirmed"


@pytest.mark.withstands("H02")
def test_a_key_at_rest_opens_with_its_own_secret_only() -> None:
    private = generate_seal()
    locked = lock(b"s" * 32, private)
    assert private not in locked
    assert unlock(b"s" * 32, locked) == private
    assert code(unlock(b"t" * 32, locked)) == "key.locked"
    assert code(unlock(b"s" * 32, locked[:-4] + b"AAAA")) == "key.locked"


def test_a_signer_never_shows_its_private_key() -> None:
    assert "key=" not in repr(RSA) + repr(SEAL)
    curve, form = ec.generate_private_key(ec.SECP256R1()), serialization.PrivateFormat.PKCS8
    pem = curve.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    with pytest.raises(TypeError, match="not RSA"):
        rsa_signer(MAIN, pem)


def test_the_multikeys_of_fep_521a_are_read_and_written() -> None:
    path = VECTORS / "fep-521a/multikey-cases.json"
    if not path.is_file():
        pytest.skip("the vectors of FEP-521a are not beside this checkout")
    edwards, rsa_case = json.loads(path.read_text())["cases"]
    text, raw = edwards["multikey"]["publicKeyMultibase"], bytes.fromhex(edwards["public_key_hex"])
    assert multikey(raw) == text
    parsed = parse_multikey(text, f"{ALICE}#k", ALICE)
    assert isinstance(parsed, Ed25519PublicKey)
    assert parsed.raw == raw
    listed = rsa_case["multikey"] | {"id": f"{ALICE}#k", "controller": ALICE}
    found = actor_key({"id": ALICE, "assertionMethod": [listed]}, f"{ALICE}#k")
    assert isinstance(found, RsaPublicKey)
    pkcs1 = serialization.PublicFormat.PKCS1
    assert found.key.public_bytes(serialization.Encoding.DER, pkcs1).hex() == rsa_case["public_key_hex"]


def rsa_multikey(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    return "z" + base58.b58encode(b"\x85\x24" + der).decode()


@pytest.mark.withstands("A17")
@pytest.mark.withstands("A18")
def test_an_rsa_key_may_be_listed_as_a_multikey_and_is_held_to_the_same() -> None:
    def listed(text: object) -> PublicKey | Refusal:
        entry = {"id": MAIN, "type": "Multikey", "controller": ALICE, "publicKeyMultibase": text}
        return actor_key({"id": ALICE, "assertionMethod": [entry]}, MAIN)

    good = rsa.generate_private_key(65_537, 2_048)
    found = listed(rsa_multikey(good.public_key()))
    assert isinstance(found, RsaPublicKey)
    assert found.key == good.public_key()
    weak = rsa.generate_private_key(65_537, 1_024)  # noqa: S505 - to be refused
    assert code(listed(rsa_multikey(weak.public_key()))) == "key.weak"
    for junk in ("z", "z0", "z" + "1" * 3_000, rsa_multikey(good.public_key())[:-9], "z4MXabc"):
        assert code(listed(junk)) == "key.malformed"


def test_the_ed25519_vectors_of_did_key_come_out() -> None:
    path = VECTORS / "did-key/ed25519-x25519.json"
    if not path.is_file():
        pytest.skip("the vectors of did:key are not beside this checkout")
    for did, case in json.loads(path.read_text()).items():
        signer = seal_signer(f"{ALICE}#k", bytes.fromhex(case["seed"]))
        assert f"did:key:{signer.multikey()}" == did
