"""The verifier's own reading of bytes, keys and proofs, against the worked example and published vectors."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import verifier
from app.kernel.ids import parse_id
from app.verifier import Unreadable, canonical, decide, digest, key_of, read_act, read_json
from tests.verifier.confederation import CONTEXT, Signer, checkpoint, path_to

VECTORS: Final = Path(__file__).parents[2] / "../shared/vectors/crypto"
P: Final = 2**255 - 19
ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
EXAMPLE: Final[dict[str, Any]] = {
    "@context": CONTEXT,
    "attributedTo": "https://a.example/assembly",
    "content": 'Été: 3/4 "yes"\n',
    "gov:counts": {"entitled": 120, "present": 64},
    "id": "https://a.example/acts/1",
    "published": "2026-11-22T15:04:05Z",
    "type": "gov:Report",
    "proof": {
        "@context": CONTEXT,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": "https://a.example/assembly#ed25519-key",
        "proofPurpose": "assertionMethod",
        "created": "2026-11-22T15:04:05Z",
        "proofValue": ("z4J1t3vJ56QtRCxKaCipBwC3w2xzDozxiycY86Gj5LyUbTQZK1dNHGhEmnP7bvFNSzpwyh3DKzar5hruMJY7T5Qen"),
    },
}
EXAMPLE_KEY: Final = "z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX"
EXAMPLE_SIGNATURE: Final = (
    "KwPZAWX5DSCSnSlRjH5KCrsUt/wRI/uFujvF6rNlOeUMe4DnXoV4f6FO/x6V+SdOeZr0W3ZEq61Xc2cRwAZWzwLXNwI="
)
EXAMPLE_NOTE: Final = f"""https://a.example/assembly
1
tFKdPtfgfZKUm8Uq9bTKz9mgp1y+u6aFvJR8cMWNMTM=

— https://a.example/assembly {EXAMPLE_SIGNATURE}
"""


def refused(raw: bytes | str, *, most: int = 70_000) -> str:
    with pytest.raises(Unreadable) as caught:
        read_json(raw.encode() if isinstance(raw, str) else raw, most=most)
    return caught.value.code


def test_the_worked_example_has_its_digest_its_proof_its_leaf_and_its_checkpoint() -> None:
    assert digest(EXAMPLE) == "zQmQe4GKeEY5pRT64rF2UnYhzUq8UJqPtyacD3r9STfufsD"
    assert len(canonical(EXAMPLE)) == 794
    draft = read_act(canonical(EXAMPLE), "acts/1.json")
    assert verifier.signed_by(draft, [EXAMPLE_KEY]) == EXAMPLE_KEY
    note = verifier.read_checkpoint(EXAMPLE_NOTE)
    assert verifier.is_sealed(note, [key_of(EXAMPLE_KEY)])
    assert verifier.is_included(canonical(EXAMPLE), 0, (), note)
    assert not verifier.is_included(canonical(EXAMPLE), 1, (), note)


def test_canonical_json_agrees_with_the_published_vectors() -> None:
    folder = VECTORS / "rfc8785-jcs"
    if not folder.is_dir():
        pytest.skip("the published JCS vectors are not beside this checkout")
    compared = 0
    for path in sorted((folder / "input").glob("*.json")):
        value = json.loads(path.read_text(encoding="utf-8"))
        try:
            written = canonical(value)
        except Unreadable:
            continue  # it holds a float, and no act does
        assert written == (folder / "output" / path.name).read_bytes().rstrip(b"\n")
        compared += 1
    assert compared >= 3


@pytest.mark.withstands("B20")
def test_an_object_with_a_key_twice_is_refused() -> None:
    assert refused('{"a":1,"a":1}') == "json.dup"


@pytest.mark.withstands("B21")
@pytest.mark.withstands("B22")
@pytest.mark.parametrize("number", ["1.0", "1e3", "-0", "NaN", "Infinity", "1e400", "9007199254740992", "9" * 5000])
def test_a_number_that_two_readers_could_read_differently_is_refused(number: str) -> None:
    assert refused(f'{{"a":{number}}}') == "json.number"


@pytest.mark.withstands("B23")
def test_depth_32_is_read_and_33_is_refused() -> None:
    assert read_json(b'{"a":' + b"[" * 31 + b"]" * 31 + b"}", most=1000)
    assert refused(b'{"a":' + b"[" * 32 + b"]" * 32 + b"}") == "json.depth"
    assert refused(b"[" * 60_000) == "json.depth"


@pytest.mark.withstands("B24")
@pytest.mark.parametrize("raw", [b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b"\xef\xbb\xbf{}", b'{"a":"\xff"}'])
def test_text_that_is_no_text_is_refused(raw: bytes) -> None:
    assert refused(raw) == "json.text"


def test_text_that_is_not_in_normal_form_c_is_refused() -> None:
    assert refused('{"a":"e\u0301"}') == "json.text"
    assert refused('{"e\u0301":1}') == "json.text"


@pytest.mark.withstands("A21")
@pytest.mark.parametrize("y", [0, 1, P - 1, ORDER_8, P - ORDER_8, P, P + 1, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_a_key_of_small_order_or_not_canonical_is_refused(y: int, sign: int) -> None:
    raw = (y | sign << 255).to_bytes(32, "little")
    with pytest.raises(Unreadable, match="anybody could sign"):
        key_of("z" + verifier.base58_encode(b"\xed\x01" + raw))


@pytest.mark.withstands("B17")
@pytest.mark.withstands("B18")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cryptosuite", "eddsa-rdfc-2022"),
        ("proofPurpose", "authentication"),
        ("type", "Ed25519Signature2020"),
        ("created", None),
        ("expires", "2030-01-01T00:00:00Z"),
        ("@context", CONTEXT[:2]),
        ("proofValue", "uAAAA"),
    ],
)
def test_a_proof_of_any_other_form_is_refused(key: str, value: object) -> None:
    proof = {name: item for name, item in {**EXAMPLE["proof"], key: value}.items() if item is not None}
    with pytest.raises(Unreadable):
        read_act(canonical({**EXAMPLE, "proof": proof}), "acts/1.json")


@pytest.mark.withstands("B15")
def test_an_act_without_a_proof_or_with_two_is_refused() -> None:
    for proof, code in ((None, "proof.required"), ([EXAMPLE["proof"]] * 2, "proof.form")):
        with pytest.raises(Unreadable) as caught:
            read_act(canonical({**EXAMPLE, "proof": proof}), "acts/1.json")
        assert caught.value.code == code


@pytest.mark.withstands("B13")
@pytest.mark.withstands("B14")
@pytest.mark.parametrize("context", [CONTEXT[:2], [*CONTEXT, "https://evil.example/c"], CONTEXT[0], None])
def test_an_act_with_another_context_is_refused(context: object) -> None:
    with pytest.raises(Unreadable, match="@context"):
        read_act(canonical({**EXAMPLE, "@context": context}), "acts/1.json")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://a.example/assembly", True),
        ("http://127.0.0.1:8001/assembly", True),
        ("http://a.example/assembly", False),
        (f"http://{'a' * 56}.onion/assembly", True),
        ("https://A.example/", False),
        ("https://a@b.example/", False),
        ("https://a\\@b.example/", False),
        ("https://a.example/é", False),
        ("https://" + "a" * 30_000, False),
        ("https://" + "a." * 900 + "!", False),
        ("https://" + "a." * 126 + "a/", True),
        ("https://" + "a." * 126 + "aa/", False),
    ],
)
@pytest.mark.withstands("B28")
def test_an_id_is_a_plain_address(address: str, good: bool) -> None:  # noqa: FBT001 - a table of cases
    assert verifier.is_id(address) is good
    assert parse_id(address, loopback=True) == address or not good


_SIGNS = "a b- _c A . .. @ : :8443 :0443 :65536 [ ] [::1] ::ffff:1.2.3.4 127.0.0.1 .localhost .onion / ? # \\ %41 é"
_PIECES = st.sampled_from([*_SIGNS.split(" "), "localhost", "a" * 56, "a" * 64, "a." * 126, " ", "\n"])


@pytest.mark.withstands("B28")
@given(st.sampled_from(["https://", "http://", "https:", "HTTPS://", ""]), st.lists(_PIECES, max_size=6))
def test_the_verifier_and_the_server_take_the_same_addresses(scheme: str, pieces: list[str]) -> None:
    address = scheme + "".join(pieces)
    assert verifier.is_id(address) is (parse_id(address, loopback=True) == address)


@pytest.mark.parametrize(
    ("rule", "counts", "status"),
    [
        ({"method": "majority"}, (100, 3, 2, 0, 0, 1), "adopted"),
        ({"method": "majority"}, (100, 2, 1, 0, 0, 1), "rejected"),
        ({"method": "majority"}, (100, 0), "no_quorum"),
        ({"method": "majority", "base": "present"}, (4, 4, 2), "rejected"),
        ({"method": "majority", "base": "entitled"}, (4, 3, 3), "adopted"),
        ({"method": "majority", "floor": "1/10"}, (100, 9, 9), "rejected"),
        ({"method": "majority", "floor": "1/10"}, (100, 10, 10), "adopted"),
        ({"method": "qualified", "threshold": "2/3"}, (100, 100, 66, 0, 0, 34), "rejected"),
        ({"method": "qualified", "threshold": "2/3"}, (100, 100, 67, 0, 0, 33), "adopted"),
        ({"method": "qualified", "threshold": "2/3"}, (3, 3, 1, 1, 0, 0, 1), "adopted"),
        ({"method": "qualified", "threshold": "2/3", "strict": True}, (3, 3, 2, 0, 0, 1), "rejected"),
        ({"method": "qualified", "threshold": "2/3"}, (3, 1, 0, 0, 0, 0, 0, 1), "rejected"),
        ({"method": "consensus"}, (9, 8, 6, 0, 2), "adopted"),
        ({"method": "consensus"}, (9, 7, 5, 0, 2), "rejected"),
        ({"method": "consensus"}, (9, 8, 7, 0, 0, 1), "rejected"),
        ({"method": "consensus"}, (9, 8, 7, 0, 0, 0, 1), "rejected"),
        ({"method": "consensus", "blocks": 1}, (9, 8, 7, 0, 0, 0, 1), "adopted"),
        ({"method": "consensus"}, (9, 8, 0, 0, 0, 0, 0, 8), "rejected"),
    ],
)
def test_a_rule_decides_at_its_boundary(rule: dict[str, Any], counts: tuple[int, ...], status: str) -> None:
    whole = {**rule, "quorum": "0/1"}
    assert verifier.rule_flaw(whole) is None
    assert decide(whole, verifier.Counts(*counts)) == status
    staged = {"method": "two_stage", "first": whole, "then": whole, "quorum": "0/1"}
    assert decide(staged, verifier.Counts(*counts)) == {"rejected": "unresolved"}.get(status, status)


def test_a_quorum_is_met_exactly_and_every_rule_has_one() -> None:
    fifth = {"method": "majority", "quorum": "1/5"}
    assert decide(fifth, verifier.Counts(38, 7, 7)) == "no_quorum"
    assert decide(fifth, verifier.Counts(38, 8, 8)) == "adopted"
    assert verifier.rule_flaw({"method": "majority"}) is not None
    assert verifier.rule_flaw({"method": "majority", "quorum": "2/10"}) is not None


def test_any_leaf_of_a_tree_of_any_size_is_shown_and_no_other() -> None:
    signer = Signer("https://a.example/assembly", "A", 1)
    for size in range(1, 10):
        raw = [b"leaf %d" % index for index in range(size)]
        leaves = [verifier.sha256(b"\0" + one) for one in raw]
        note = verifier.read_checkpoint(checkpoint(signer, leaves))
        for index in range(size):
            hashes = path_to(index, leaves)
            assert verifier.is_included(raw[index], index, hashes, note)
            assert not verifier.is_included(b"another", index, hashes, note)
            assert not verifier.is_included(raw[index], index, [*hashes, leaves[0]], note)
