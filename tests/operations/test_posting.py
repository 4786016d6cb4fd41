"""Posts of ours: signed and whole, pinned and unpinned, and the document of the actor when it changes."""

from pathlib import Path

import pytest

from app.federation import integrity_proofs
from app.operations.exchange import posting
from app.operations.record import erasing
from app.operations.record.sealing import load, seal_signer
from app.store import acts, notices
from tests.operations.hill import founded, ordered, post_about, proposed, queued
from tests.operations.neighbours import Place, done


@pytest.fixture
def hill(tmp_path: Path, sqlite_template: Path) -> Place:
    return founded(tmp_path, sqlite_template)


def test_a_post_is_signed_by_the_assembly_and_can_be_checked_by_itself(hill: Place) -> None:
    post = post_about(hill, proposed(hill))
    key = hill.do(lambda c, i: seal_signer(c, i, hill.assembly)).public()
    assert integrity_proofs.verify_proof(post, key) is None
    assert integrity_proofs.verify_proof(post | {"content": "other"}, key) is not None


def test_a_hashtag_of_a_members_text_is_a_link_and_a_tag_in_the_post_and_not_in_the_act(hill: Place) -> None:
    act = proposed(hill, text="Wood for all. #WinterFuel")
    post = post_about(hill, act)
    address = f"{hill.instance.url}/tags/winterfuel"
    assert post["tag"][1:] == [{"type": "Hashtag", "href": address, "name": "#WinterFuel"}]
    link = f'<a href="{address}" class="mention hashtag" rel="tag">#<span>WinterFuel</span></a>'
    assert post["content"].endswith(f"<p>Wood for all. {link}</p>")
    assert post["contentMap"] == {"en": post["content"]}
    kept = hill.read(lambda c: acts.by_id(c, act))
    assert kept is not None
    assert load(kept)["content"] == "<p>Wood for all. #WinterFuel</p>"


def test_under_a_hashtag_are_the_latest_posts_that_say_it_and_none_that_was_erased(hill: Place) -> None:
    said = [proposed(hill, f"Fuel {number}", f"{number} loads. #winterfuel") for number in range(3)]
    proposed(hill, "A bench", "Of #wood.")

    def listed() -> list[str]:
        found = hill.read(lambda c: notices.tagged(c, "winterfuel", 10))
        return [post.rpartition("/")[2] for post, _ in found]

    names = [act.rpartition("/")[2] for act in reversed(said)]
    assert listed() == names
    done(hill.do(erasing.erase, said[1], "It named somebody.", decision=ordered(hill, said[1])))
    assert listed() == [names[0], names[2]]


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
