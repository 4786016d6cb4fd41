"""Whom a document is for, however its sender spelt that."""

import pytest

from app.federation.audience import PUBLIC, addresses, is_public

FRIEND = "https://b.example/people/alice"


@pytest.mark.parametrize("public", [PUBLIC, "as:Public", "Public"])
def test_the_public_has_three_spellings(public: str) -> None:
    assert is_public({"to": public})
    assert is_public({"to": [FRIEND], "cc": [public]})
    assert is_public({"cc": [FRIEND, public]})


@pytest.mark.parametrize("value", [None, [], FRIEND, [FRIEND], "public", PUBLIC + "/x", {"id": PUBLIC}, [[PUBLIC]], 1])
def test_what_does_not_name_the_public_is_not_public(value: object) -> None:
    assert not is_public({"to": value, "cc": value})


def test_addresses_are_read_from_a_list_or_one_string_and_what_is_none_is_left_out() -> None:
    assert addresses([FRIEND, 1, None, {"id": FRIEND}]) == (FRIEND,)
    assert addresses(FRIEND) == (FRIEND,)
    assert addresses(None) == addresses({"id": FRIEND}) == ()
