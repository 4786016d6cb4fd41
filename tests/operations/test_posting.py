"""Posts of ours: signed and whole, pinned and unpinned, and the document of the actor when it changes."""

from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.operations import posting
from app.operations.sealing import seal_signer
from tests.operations.hill import founded, post_about, proposed, queued
from tests.operations.neighbours import Place


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    return founded(tmp_path, sqlite_template)


def test_a_post_is_signed_by_the_assembly_and_can_be_checked_by_itself(hill: Place) -> None:
    post = post_about(hill, proposed(hill))
    key = hill.do(lambda c, i: seal_signer(c, i, hill.assembly)).public()
    assert integrity_proofs.verify_proof(post, key) is None
    assert integrity_proofs.verify_proof(post | {"content": "other"}, key) is not None


def test_a_pinned_post_is_told_by_add_and_one_taken_down_by_remove(hill: Place) -> None:
    post = post_about(hill, proposed(hill))["id"]
    assert hill.do(posting.pin, post) is None
    assert hill.do(posting.pin, post) is None  # twice is once
    assert hill.do(posting.unpin, post) is None
    [added], [removed] = queued(hill, "Add"), queued(hill, "Remove")
    assert added["object"] == removed["object"] == post
    assert added["target"] == removed["target"] == f"{hill.assembly}/featured"


def test_only_a_few_posts_are_pinned_and_only_our_own(hill: Place) -> None:
    for number in range(5):
        assert hill.do(posting.pin, post_about(hill, proposed(hill, f"Matter {number}"))["id"]) is None
    sixth = hill.do(posting.pin, post_about(hill, proposed(hill, "Matter 6"))["id"])
    assert sixth is not None
    assert sixth.code == "post.pinned"
    strange = hill.do(posting.pin, "https://elsewhere.example/notes/1")
    assert strange is not None
    assert strange.code == "post.unknown"
    assert hill.do(posting.unpin, "https://elsewhere.example/notes/1") is not None


def test_followers_are_told_of_the_keys_when_they_change(hill: Place) -> None:
    assert [one["object"]["id"] for one in queued(hill, "Update")] == [hill.assembly]
    assert "gov:keylog" in queued(hill, "Update")[0]["object"]
