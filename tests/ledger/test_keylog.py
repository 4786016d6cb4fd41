"""Key-logs: keys change only to keys that were committed to before."""

from dataclasses import replace
from typing import Any, Final

import pytest

from app.kernel.canonical import digest
from app.kernel.refusal import Refusal
from app.ledger.keylog import KeyEntry, check_chain, check_first, check_next, current_keys, next_key_digest, read_entry

A: Final = "z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX"
B: Final = "z6MkB"
C: Final = "z6MkC"
OWNER: Final = "https://a.example/assembly"


def event(version: int, key: str, committed: str | None, previous: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": f"https://a.example/acts/{version}",
        "type": "gov:KeyEvent",
        "attributedTo": OWNER,
        "gov:version": version,
        "gov:keys": [key],
        "gov:nextKeyDigests": [next_key_digest(committed)] if committed else [],
    } | ({"gov:previous": {"id": previous["id"], "gov:digest": digest(previous)}} if previous else {})


def entry(document: dict[str, Any], signed_by: str) -> KeyEntry:
    found = read_entry(document, signed_by)
    assert isinstance(found, KeyEntry), found
    return found


FIRST: Final = event(1, A, B)
SECOND: Final = event(2, B, C, FIRST)
THIRD: Final = event(3, C, None, SECOND)
CHAIN: Final = (entry(FIRST, A), entry(SECOND, B), entry(THIRD, C))


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


def test_the_digest_of_a_next_key_is_that_of_the_worked_example() -> None:
    assert next_key_digest(A) == "zQmYNnuNDPHYff6szX69HyChiTz16KVoz1nrAPLtSU8X8of"


def test_keys_that_were_committed_to_follow_each_other() -> None:
    assert check_chain(CHAIN) is None
    assert current_keys(CHAIN) == (C,)
    assert check_chain(CHAIN[:1]) is None
    assert code(check_chain(())) == "keylog.first"


def test_a_first_entry_is_version_1_without_predecessor_and_signed_by_itself() -> None:
    assert check_first(CHAIN[0]) is None
    assert code(check_first(CHAIN[1])) == "keylog.first"
    assert code(check_first(replace(CHAIN[0], previous=CHAIN[1].digest))) == "keylog.first"
    assert code(check_first(replace(CHAIN[0], signed_by=B))) == "keylog.signer"


@pytest.mark.withstands("F24")
def test_a_thief_cannot_rotate_to_a_key_that_nobody_committed_to() -> None:
    stolen = entry(event(2, "z6MkThief", None, FIRST), "z6MkThief")
    assert code(check_next(CHAIN[0], stolen)) == "keylog.uncommitted"
    assert code(check_next(CHAIN[0], replace(CHAIN[1], signed_by=A))) == "keylog.signer"
    both = entry(SECOND | {"gov:keys": [B, "z6MkThief"]}, B)
    assert code(check_next(CHAIN[0], both)) == "keylog.uncommitted"


def test_an_entry_names_the_one_before_it_and_none_is_left_out() -> None:
    assert code(check_chain((CHAIN[0], CHAIN[2]))) == "keylog.order"
    assert code(check_next(CHAIN[0], replace(CHAIN[1], previous=CHAIN[2].digest))) == "keylog.order"
    assert code(check_next(CHAIN[0], replace(CHAIN[1], owner="https://b.example/assembly"))) == "keylog.order"


@pytest.mark.parametrize(
    "change",
    [
        {"gov:version": 0},
        {"gov:version": True},
        {"gov:version": "1"},
        {"gov:keys": []},
        {"gov:keys": A},
        {"gov:keys": [1]},
        {"gov:nextKeyDigests": "z"},
        {"gov:previous": "z"},
        {"gov:previous": {"id": "https://a.example/acts/0"}},
        {"attributedTo": [OWNER]},
        {"id": None},
    ],
)
def test_an_event_of_another_shape_is_no_entry(change: dict[str, Any]) -> None:
    assert code(read_entry(FIRST | change, A)) == "keylog.form"
